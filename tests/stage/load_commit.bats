#!/usr/bin/env bats
# load: a COMMIT whose answer does not arrive, and what the next call makes of it.

load ../lib/common
load ../lib/postgres
load ../lib/relay

setup_file() {
	pg_start
	RUNS=$BATS_FILE_TMPDIR
	export RUNS
	pg_db shop_template
	sql_file "$ROOT/tests/fixtures/shop.sql"
	introspect --run "$RUNS/run" --schema shop >/dev/null
	plan-check "$ROOT/tests/fixtures/shop.plan.json" --run "$RUNS/run" >/dev/null
	gen-parents --run "$RUNS/run" --format binary >/dev/null
	gen-children --run "$RUNS/run" --format binary >/dev/null
	cp -r "$RUNS/run" "$RUNS/shards"
	plan-check "$ROOT/tests/fixtures/shop.plan.json" --run "$RUNS/shards" --shards 3 >/dev/null
	gen-parents --run "$RUNS/shards" --format binary >/dev/null
	gen-children --run "$RUNS/shards" --format binary >/dev/null
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" shop_template
	cp -r "$RUNS/run" run
}

there() {
	sql 'SELECT (SELECT count(*) FROM shop.customers) + (SELECT count(*) FROM shop.orders)'
}

# lost ROWS: the last `run load` has heard no answer to its COMMIT, and the database has so many rows
lost() {
	refused 75 'whether the server has committed is not known, and the next call finds out' 'the server closed the connection'
	[ "$(ls run/receipts/load*)" = run/receipts/load.pending.json ] || fail "$(ls run/receipts)"
	no_sessions
	[ "$(there)" = "$1" ] || fail "$(there) rows"
}

# no_sessions: until the server has done what it was asked for
no_sessions() {
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'datalchemy load'")" = 0 ]; do
		sleep 0.05
	done
}

# once_more ROWS OPTION...: the same call again; the rows are there once, and their receipt
once_more() {
	run "$BIN/load" --run run "${@:2}"
	expect 0
	[ "$(there)" = "$1" ] || fail "$(there) rows"
	[ "$(ls run/receipts/load*)" = run/receipts/load.json ] || fail "$(ls run/receipts)"
	jq -e '[.tables[].rows] == [100, 300]' run/receipts/load.json >/dev/null
}

@test "the answer to COMMIT is lost: the same call finds the rows, and loads none twice" {
	for how in '' --in-place --append '--append --record shop.loads' '--record shop.loads'; do
		read -ra options <<<"$how"
		relayed 'say=COMMIT:deaf' -- "$BIN/load" --run run "${options[@]}"
		lost 400
		once_more 400 "${options[@]}"
		says 'the rows of this run are loaded: an earlier call committed them'
		rm run/receipts/load*
		sql 'TRUNCATE shop.customers, shop.orders; DROP TABLE IF EXISTS shop.loads' 2>/dev/null
	done
	relayed 'say=COMMIT:deaf' -- "$BIN/load" --run run --truncate
	lost 400
	once_more 400 --truncate
}

@test "COMMIT does not arrive: the same call finds that there are no rows, and loads them" {
	for how in '' --in-place --append '--append --record shop.loads' --truncate; do
		read -ra options <<<"$how"
		relayed 'say=COMMIT:cut' -- "$BIN/load" --run run "${options[@]}"
		lost 0
		once_more 400 "${options[@]}"
		[[ "$output" != *'an earlier call'* ]] || fail "$output"
		rm run/receipts/load*
		sql 'TRUNCATE shop.customers, shop.orders; DROP TABLE IF EXISTS shop.loads' 2>/dev/null
	done
}

# every_commit HOW: of `load --jobs 2` each COMMIT meets that in turn; the same call loads what is missing
every_commit() {
	local n i
	for ((n = 1; ; n++)); do
		cp -r "$RUNS/shards" run
		RELAY_TOLD=$PWD/told relayed "say=COMMIT#$n:$1" -- "$BIN/load" --run run --jobs 2
		for ((i = 0; i < 600; i++)); do
			[ ! -e told ] || break
			sleep 0.05
		done
		[ -s told ] || break
		refused 75 'the server closed the connection' || return 1
		no_sessions
		once_more 400 --jobs 2 || return 1
		[ "$(sql "SELECT count(*) FROM pg_class WHERE relname LIKE 'datalchemy%'")" = 0 ] || return 1
		[ "$(sql "SELECT count(*) FROM pg_constraint WHERE connamespace = 'shop'::regnamespace")" = "$cons" ] || return 1
		rm -r run told
		sql 'TRUNCATE shop.customers, shop.orders'
	done
	expect 0
	[ "$n" -gt 6 ] || fail "$n COMMITs"
	sql 'TRUNCATE shop.customers, shop.orders'
	rm -r run told
}

@test "each COMMIT of a load by several connections, or its answer, is lost: the same call loads what is missing" {
	cons=$(sql "SELECT count(*) FROM pg_constraint WHERE connamespace = 'shop'::regnamespace")
	rm -r run
	every_commit cut
	every_commit deaf
}

@test "while the server has not done with the COMMIT, the next call waits for what becomes of it" {
	relayed 'say=COMMIT:late=2' -- "$BIN/load" --run run --append
	refused 75 'the server closed the connection'
	once_more 400 --append
	says 'the rows of this run are loaded: an earlier call committed them'
	rm run/receipts/load*
	sql 'TRUNCATE shop.customers, shop.orders'
	relayed 'say=COMMIT:leave=2' -- "$BIN/load" --run run --append
	refused 75 'the server closed the connection'
	once_more 400 --append
	[[ "$output" != *'an earlier call'* ]] || fail "$output"
}

@test "an answer to COMMIT that says ROLLBACK is no commit" {
	relayed 'say=COMMIT:answer=ROLLBACK' -- "$BIN/load" --run run
	refused 2 'the server has rolled back what it was asked to commit'
	[[ "$output" != *'every constraint'* ]] || fail "$output"
	[ ! -e run/receipts/load.json ]
}

@test "a server that has forgotten the transaction leaves it to the user, where rows could come twice" {
	relayed 'say=COMMIT:deaf' -- "$BIN/load" --run run --append
	lost 400
	# as if many transactions had been since
	jq '.transaction = "3" | del(.digest)' run/receipts/load.pending.json >p && cp p run/receipts/load.pending.json
	run "$BIN/load" --run run --append
	refused 2 'has forgotten since whether it happened' 'remove receipts/load.pending.json'
	[ "$(there)" = 400 ]
}
