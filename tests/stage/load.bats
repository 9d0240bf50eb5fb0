#!/usr/bin/env bats
# load: a run into a database, whole or not at all, the catalogue as it was.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
	RUNS=$BATS_FILE_TMPDIR
	export RUNS
	pg_db shop_template
	sql_file "$ROOT/tests/fixtures/shop.sql"
	make_run csv
	make_run binary
	make_run text
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" shop_template
	RUN=$BATS_TEST_TMPDIR/run
	cp -r "$RUNS/binary" "$RUN"
}

# make_run FORMAT: a run of the shop plan in $RUNS/FORMAT
make_run() {
	introspect --run "$RUNS/$1" --schema shop >/dev/null
	plan-check "$ROOT/tests/fixtures/shop.plan.json" --run "$RUNS/$1" >/dev/null
	gen-parents --run "$RUNS/$1" --format "$1" >/dev/null
	gen-children --run "$RUNS/$1" --format "$1" >/dev/null
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

nothing_there() {
	[ "$(sql 'SELECT (SELECT count(*) FROM shop.customers) + (SELECT count(*) FROM shop.orders)')" = 0 ]
}

not_valid() {
	sql 'SELECT count(*) FROM pg_constraint WHERE NOT convalidated'
}

@test "load: the bulk road leaves every row, every constraint, and the catalogue as it was" {
	dump >before
	run "$BIN/load" --run "$RUN"
	expect 0
	says shop.customers bulk 'every constraint checked'
	[ "$(sql 'SELECT count(*) FROM shop.orders')" = 300 ]
	dump >after
	diff before after
	[ "$(not_valid)" = 0 ]
	[ "$(sql 'SELECT count(*) FROM shop.orders o LEFT JOIN shop.customers c ON c.id = o.customer_id WHERE c.id IS NULL')" = 0 ]
}

@test "load: in place gives the same rows and the same catalogue" {
	"$BIN/load" --run "$RUN"
	bulk=$(content)
	pg_db other shop_template
	dump >before
	run "$BIN/load" --run "$RUN" --in-place
	expect 0
	says 'in place'
	dump >after
	diff before after
	[ "$(content)" = "$bulk" ]
}

@test "load: csv, text and binary rows are the same rows" {
	"$BIN/load" --run "$RUN"
	binary=$(content)
	for format in csv text; do
		pg_db other shop_template
		run "$BIN/load" --run "$RUNS/$format"
		expect 0
		says "the run has $format rows"
		[ "$(content)" = "$binary" ] || fail "$format differs"
	done
}

@test "load: sequences go on after the rows, and stay where they were when it fails" {
	"$BIN/load" --run "$RUN"
	[ "$(sql "SELECT nextval('shop.customers_id_seq')")" = 101 ]
	[ "$(sql 'INSERT INTO shop.orders (customer_id, placed_on, total) VALUES (1, CURRENT_DATE, 1) RETURNING id')" = 301 ]
	pg_db other shop_template
	sql "ALTER TABLE shop.orders ADD CONSTRAINT none CHECK (total < 0)" >/dev/null
	run "$BIN/load" --run "$RUN"
	expect 2
	[ "$(sql "SELECT nextval('shop.customers_id_seq')")" = 1 ]
}

@test "load: refuses tables that have rows, and touches nothing" {
	"$BIN/load" --run "$RUN"
	was=$(content)
	run "$BIN/load" --run "$RUN"
	expect 2
	says shop.customers 'have rows already: 2 of 2 tables' --truncate --append
	[ "$(content)" = "$was" ]
}

@test "load: --truncate replaces the rows, --append that collides changes nothing" {
	"$BIN/load" --run "$RUN"
	was=$(content)
	run "$BIN/load" --run "$RUN" --truncate
	expect 0
	[ "$(content)" = "$was" ]
	run "$BIN/load" --run "$RUN" --append
	expect 2
	says customers_pkey
	[ "$(content)" = "$was" ]
	run "$BIN/load" --run "$RUN" --append --truncate
	expect 2
	says 'exclude each other'
}

@test "load: a row the server refuses leaves nothing behind, keys included" {
	cp -r "$RUNS/csv" csv
	f=csv/data/shop.orders.csv
	rows=$(head -n 300 "$f")
	printf '%s\n' "$rows" "$(tail -n 1 <<<"$rows")" >"$f"
	dump >before
	run "$BIN/load" --run csv --no-verify
	expect 2
	says orders_pkey
	nothing_there
	dump >after
	diff before after
}

@test "load: a child without its parent is refused by the foreign key, on both roads" {
	cp -r "$RUNS/csv" csv
	sed -i '5s/^\([0-9]*\),[0-9]*,/\1,99999,/' csv/data/shop.orders.csv
	for road in '' --in-place; do
		run "$BIN/load" --run csv --no-verify $road
		expect 2
		says orders_customer_id_fkey
		nothing_there
	done
}

@test "load: files that hold other rows than the plan says are refused" {
	cp -r "$RUNS/csv" csv
	printf '%s\n' "$(head -n 300 csv/data/shop.orders.csv)" >csv/data/shop.orders.csv
	run "$BIN/load" --run csv --no-verify
	expect 2
	says 'shop.orders' 299 300
	nothing_there
}

@test "load: bytes that are not those of the receipt are not loaded, on both roads, in every form" {
	for road in '' --in-place; do
		for run in "$RUN" "$RUNS/csv"; do
			rm -rf changed && cp -r "$run" changed
			f=(changed/data/shop.orders*)
			# a letter of a text becomes another: a row that the server would take
			"$PYTHON" - "${f[-1]}" <<-'END'
				import re, sys
				b = bytearray(open(sys.argv[1], "rb").read())
				at = [m.start() for m in re.finditer(rb"[a-y]{4}", bytes(b))][-1]
				b[at] += 1
				open(sys.argv[1], "wb").write(b)
			END
			run "$BIN/load" --run changed $road
			refused 2 "${f[-1]##*/}" 'shard ' "is not what was generated" 'run gen-children again, or add --no-verify'
			nothing_there
		done
	done
	run "$BIN/load" --run changed --no-verify
	expect 0
}

@test "load: rows that no receipt vouches for, or that are of another seed, are not loaded" {
	cp -r "$RUNS/csv" csv
	rm csv/receipts/gen.shop.orders*
	run "$BIN/load" --run csv
	refused 2 'shop.orders: shard 0 of ' 'has no receipt' 'run gen-children, or add --no-verify'
	nothing_there
	run "$BIN/load" --run csv --no-verify
	expect 0
	sql 'TRUNCATE shop.customers, shop.orders CASCADE'
	rm -rf csv && cp -r "$RUNS/csv" csv
	plan-check "$ROOT/tests/fixtures/shop.plan.json" --run csv --seed 77 >/dev/null 2>&1
	run "$BIN/load" --run csv
	refused 2 'were made from another plan'
	nothing_there
}

@test "load: once the server has committed, no call says that it failed" {
	cp -r "$RUNS/csv" late
	# the receipt's name is taken by a folder: it cannot appear
	rm -f late/receipts/load*
	mkdir late/receipts/load.json
	run "$BIN/load" --run late --append
	expect 0
	says 'the rows are loaded, but their receipt cannot be written'
	rows=$(sql 'SELECT count(*) FROM shop.orders')
	[ "$rows" -gt 0 ]
	# who calls again is told, and no row comes twice
	run "$BIN/load" --run late --append
	says 'the rows of this run are loaded: an earlier call committed them'
	[ "$(sql 'SELECT count(*) FROM shop.orders')" = "$rows" ]
}

@test "load: a missing file names the stage to run" {
	rm "$RUN"/data/shop.orders*
	run "$BIN/load" --run "$RUN"
	expect 2
	says shop.orders 'run gen-children'
}

@test "load: another schema than the rows were made for is refused by name" {
	sql 'ALTER TABLE shop.orders ALTER note TYPE varchar(41)' >/dev/null
	run "$BIN/load" --run "$RUN"
	expect 2
	says shop.orders.note 'character varying(40)' 'character varying(41)' introspect
	sql 'DROP TABLE shop.orders CASCADE' >/dev/null 2>&1
	run "$BIN/load" --run "$RUN"
	expect 2
	says 'shop.orders is not in this database'
}

@test "load: a role without privileges is told which one it lacks" {
	sql 'CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA shop TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA shop TO reader' >/dev/null || true
	run "$BIN/load" --run "$RUN" --conn "${DATABASE_URL/datalchemy/reader}"
	expect 2
	says 'shop.customers: the role may not insert'
	nothing_there
}

@test "load: a role that does not own the tables loads in place" {
	sql 'DROP ROLE IF EXISTS writer; CREATE ROLE writer LOGIN; GRANT USAGE ON SCHEMA shop TO writer; GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA shop TO writer' >/dev/null
	run "$BIN/load" --run "$RUN" --conn "${DATABASE_URL/datalchemy/writer}"
	expect 0
	says 'in place' 'the role may not set shop.customers_id_seq and 1 more sequence'
	[ "$(sql 'SELECT count(*) FROM shop.orders')" = 300 ]
	sql 'DROP OWNED BY writer; DROP ROLE writer' >/dev/null
}

@test "load: a server that is away may be retried, and no password is told" {
	run "$BIN/load" --run "$RUN" --conn 'postgresql://u:Xsecret9@/db?host=/nonexistent'
	expect 75
	[[ "$output" != *Xsecret9* ]]
	if grep -rq Xsecret9 "$RUN"; then
		fail "the password is in the run directory"
	fi
}

@test "load: killed in the middle, it leaves nothing and runs again" {
	sql "CREATE FUNCTION shop.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END';
		CREATE TRIGGER slow BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.slow()" >/dev/null
	"$BIN/load" --run "$RUN" 2>/dev/null 3>&- &
	pid=$!
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'datalchemy load' AND query LIKE 'COPY%orders%' AND datname = current_database()")" = 1 ]; do
		kill -0 $pid
	done
	kill -9 $pid
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'datalchemy load' AND datname = current_database()")" = 0 ]; do
		sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'datalchemy load' AND datname = current_database()" >/dev/null
	done
	nothing_there
	run "$BIN/load" --run "$RUN" --no-triggers
	expect 0
	[ "$(sql "SELECT tgenabled FROM pg_trigger WHERE tgname = 'slow'")" = O ]
}

@test "load: names the triggers that fire on insert" {
	sql "CREATE FUNCTION shop.noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
		CREATE TRIGGER noop BEFORE INSERT ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.noop()" >/dev/null
	run "$BIN/load" --run "$RUN"
	expect 0
	says 'shop.orders: trigger noop' --no-triggers
}

@test "load: refuses a missing --run" {
	run "$BIN/load"
	expect 2
	[ "$output" = "load: --run is required" ]
}
