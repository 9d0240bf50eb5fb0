#!/usr/bin/env bats
# load by several connections, and by several loaders: every shard once, whatever ends, and the catalogue as it was.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	RUNS=$BATS_FILE_TMPDIR
	export RUNS
	pg_db shop_template
	sql_file "$ROOT/tests/fixtures/shop.sql"
	introspect --run "$RUNS/base" --schema shop >/dev/null
	plan-check "$ROOT/tests/fixtures/shop.plan.json" --run "$RUNS/base" --shards 5 >/dev/null
	rows "$RUNS/run" --format binary
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" shop_template
	RUN=$BATS_TEST_TMPDIR/run
	cp -r "$RUNS/run" "$RUN"
}

# rows RUN OPTION...: a run of the shop plan, with rows
rows() {
	cp -r "$RUNS/base" "$1"
	gen-parents --run "$1" "${@:2}" >/dev/null
	gen-children --run "$1" "${@:2}" >/dev/null
}

# dump: the schema as pg_dump sees it
dump() {
	pg_dump --schema-only --no-owner -d "$DATABASE_URL" | grep -v '^\\\(un\)\?restrict'
}

# content: a digest of every row
content() {
	sql "SELECT md5(string_agg(c::text, E'\n' ORDER BY id)) FROM shop.customers c;
		SELECT md5(string_agg(o::text, E'\n' ORDER BY id)) FROM shop.orders o"
}

# as_loaded: the rows and the catalogue are those that a load by one connection leaves
as_loaded() {
	dump >dump.several
	content >content.several
	pg_db "alone$BATS_TEST_NUMBER" shop_template
	"$BIN/load" --run "$RUNS/run" >/dev/null
	dump >dump.one
	content >content.one
	pg_db_again
	diff dump.one dump.several && diff content.one content.several
}

pg_db_again() {
	DATABASE_URL=$(pg_url "t$BATS_TEST_NUMBER") PG_NOW=$(pg_url "t$BATS_TEST_NUMBER")
	export DATABASE_URL PG_NOW
}

# only PART...: of the five shards of each table in $1, those that are named stay
only() {
	local i
	for i in 0 1 2 3 4; do
		[[ " ${*:2} " == *" $i "* ]] || rm "$1"/data/*."$i-of-5.bin"
	done
}

untouched() {
	dump >dump.now
	pg_db fresh shop_template
	dump >dump.fresh
	pg_db_again
	diff dump.fresh dump.now
	[ "$(sql 'SELECT (SELECT count(*) FROM shop.customers) + (SELECT count(*) FROM shop.orders)')" = 0 ]
}

@test "load --jobs: the rows, the catalogue and the sequences of one connection" {
	run "$BIN/load" --run "$RUN" --jobs 3
	expect 0
	says shop.customers bulk 'every constraint checked'
	as_loaded
	jq -e '.tables | length == 2' "$RUN/receipts/load.json"
	[ "$(sql "SELECT nextval('shop.customers_id_seq')")" = 101 ]
	run "$BIN/load" --run "$RUN" -j 3
	expect 2
	says 'have rows already'
	run "$BIN/load" --run "$RUN" -j 2 --truncate
	expect 0
	as_loaded
}

@test "load --shared: loaders with parts of the files, in any order, and again; --finish when all are there" {
	cp -r "$RUN" other
	only "$RUN" 0 3 4
	only other 1 2 4
	run "$BIN/load" --run other --finish
	expect 2
	says 'begin with load --shared'
	run "$BIN/load" --run other --shared
	expect 0
	says '240 rows of 6 shards copied' 'other shards are missing'
	run "$BIN/load" --run other --finish
	refused 75 '4 shards are not copied yet: shop.customers 0, shop.customers 3, shop.orders 0, shop.orders 3'
	run "$BIN/load" --run other --shared --jobs 2
	expect 0
	says '0 rows of 0 shards'
	run "$BIN/load" --run "$RUN" --shared --jobs 2
	expect 0
	says '160 rows of 4 shards copied' 'all shards are there'
	run "$BIN/load" --run other --finish --record shop.loads
	expect 0
	says 'every constraint checked'
	# a loader that comes too late does nothing
	run "$BIN/load" --run "$RUN" --shared --record shop.loads
	expect 0
	says 'are loaded'
	run "$BIN/load" --run "$RUN" --shared
	expect 2
	says 'have rows already'
	sql 'DROP TABLE shop.loads'
	as_loaded
}

@test "load --shared: several loaders of the same files at once copy each shard once" {
	local pids=() p
	for p in 1 2 3; do
		"$BIN/load" --run "$RUN" --shared --jobs 2 >"out.$p" &
		pids+=($!)
	done
	for p in "${pids[@]}"; do
		wait "$p" || return 1
	done
	[ "$(cat out.? | awk '/shards? copied/ { s += $4 } END { print s }')" = 10 ]
	run "$BIN/load" --run "$RUN" --finish
	expect 0
	as_loaded
}

@test "load --abandon: tables and keys are as before; then all begins again" {
	only "$RUN" 1 2
	"$BIN/load" --run "$RUN" --shared
	[ "$(sql 'SELECT count(*) FROM shop.orders')" = 120 ]
	run "$BIN/load" --run "$RUN" --abandon
	expect 0
	untouched
	run "$BIN/load" --run "$RUN" --abandon
	expect 0
	says 'nothing was changed'
	"$BIN/load" --run "$RUNS/run" --jobs 2
	as_loaded
}

@test "load --jobs: what the server refuses leaves the target as it was" {
	sql 'ALTER TABLE shop.orders ADD CONSTRAINT few CHECK (id < 290)'
	run "$BIN/load" --run "$RUN" --jobs 2
	expect 2
	says 'shop.orders, shard 4 of 5' few
	sql 'ALTER TABLE shop.orders DROP CONSTRAINT few'
	untouched
	# a key that the last transaction cannot create
	sql 'CREATE UNIQUE INDEX one_note ON shop.orders ((total >= 0))'
	run "$BIN/load" --run "$RUN" --jobs 2
	expect 2
	says one_note
	sql 'DROP INDEX shop.one_note'
	untouched
}

@test "load --jobs: a shard that is damaged is refused, and the rest goes on when it is made again" {
	printf x >>"$RUN/data/shop.orders.2-of-5.bin"
	run "$BIN/load" --run "$RUN" --shared
	expect 2
	says 'shop.orders, shard 2 of 5'
	cp "$RUNS/run/data/shop.orders.2-of-5.bin" "$RUN/data/"
	run "$BIN/load" --run "$RUN" --jobs 2
	expect 0
	as_loaded
}

@test "load: one loader, and another run, keep out while several load" {
	only "$RUN" 1
	"$BIN/load" --run "$RUN" --shared
	run "$BIN/load" --run "$RUNS/run" --truncate
	refused 2 'shop.customers is being loaded by several loaders' --abandon
	rm -rf other
	cp -r "$RUNS/base" other
	plan-check "$ROOT/tests/fixtures/shop.plan.json" --run other --seed 5 >/dev/null
	gen-parents --run other >/dev/null
	gen-children --run other >/dev/null
	run "$BIN/load" --run other --jobs 2
	expect 2
	says 'a load of another run by several loaders is under way in schema shop'
}

@test "load --finish: rows that somebody else has written meanwhile are noticed" {
	"$BIN/load" --run "$RUN" --shared
	sql 'DELETE FROM shop.orders WHERE id = 7'
	run "$BIN/load" --run "$RUN" --finish
	refused 2 'shop.orders has 299 rows, and 300 were copied' --abandon
	"$BIN/load" --run "$RUN" --abandon
	untouched
}

@test "load --jobs: tables with triggers and tables in place are loaded by the last transaction" {
	sql "CREATE FUNCTION shop.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := ''seen''; RETURN NEW; END'"
	sql 'CREATE TRIGGER seen BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.f()'
	dump >before
	"$BIN/load" --run "$RUN" --shared
	[ "$(sql 'SELECT count(*) FROM shop.orders')" = 0 ]
	mv "$RUN/data/shop.orders.2-of-5.bin" .
	run "$BIN/load" --run "$RUN" --finish
	expect 2
	says 'shop.orders.2-of-5.bin is not there'
	mv shop.orders.2-of-5.bin "$RUN/data"
	run "$BIN/load" --run "$RUN" --finish
	expect 0
	says 'trigger seen fired'
	[ "$(sql "SELECT count(*) FROM shop.orders WHERE note = 'seen'")" = 300 ]
	dump >after
	diff before after
}

@test "load --jobs: every form of rows" {
	local f how
	for f in '--format csv' '--format csv --header each' '--format csv --header none' '--format text' \
		'--format binary --header each' '--format binary --compress zstd'; do
		read -ra how <<<"$f"
		rm -rf form
		rows form "${how[@]}" || return 1
		pg_db "t$BATS_TEST_NUMBER" shop_template || return 1
		run "$BIN/load" --run form --jobs 2
		expect 0 || return 1
		as_loaded || return 1
	done
}

@test "load --jobs: no table that several could load, and options that do not go together" {
	sql 'CREATE ROLE adder; GRANT USAGE ON SCHEMA shop TO adder; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA shop TO adder;
		GRANT USAGE, UPDATE, SELECT ON ALL SEQUENCES IN SCHEMA shop TO adder'
	PGOPTIONS='-c role=adder' run "$BIN/load" --run "$RUN" --jobs 2
	expect 0
	says 'no table of the plan can be loaded by several connections'
	[ "$(sql 'SELECT count(*) FROM shop.orders')" = 300 ]
	local o
	for o in '--jobs 2 --in-place' '--shared --append' '--finish --truncate' '--shared --finish' '--jobs 2 --dry-run' '--finish --jobs 2' '--jobs 0'; do
		read -ra o <<<"$o"
		run "$BIN/load" --run "$RUN" "${o[@]}"
		[ "$status" = 2 ] || fail "${o[*]}: $output"
	done
}
