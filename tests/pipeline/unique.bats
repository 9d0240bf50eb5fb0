#!/usr/bin/env bats
# Unique keys of every kind, loaded with the keys in place: partial ones, expressions, NULLs that
# are alike, line numbers, pairs, exact covers.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db uq
	sql_file "$ROOT/tests/fixtures/unique.sql"
	catalogue base uq
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# keys RUN N [OPTION...]: a run with N persons
keys() {
	"$PYTHON" "$ROOT/tests/lib/unique.py" "$2" >"$1.plan.json"
	new_run "$1" "$1.plan.json" "${@:3}"
}

# promises N
promises() {
	local out
	out=$(psql -XqAt -v ON_ERROR_STOP=1 -v n="$1" -d "$DATABASE_URL" -f "$ROOT/tests/lib/unique.sql")
	[[ $out =~ ^[1-9][0-9]*$ ]] || fail "not kept:" "$out"
}

# retries RUN: rows that were drawn again, of all tables
retries() {
	"$PYTHON" -c '
import glob, json, sys
print(sum(json.load(open(f))["retries"] for f in glob.glob(sys.argv[1] + "/receipts/gen.*.json")))' "$1"
}

@test "20 persons: every key holds in PostgreSQL, and so does what is promised beside it" {
	pg_db few uq
	keys run 20
	make_rows run
	"$BIN/load" --run run --in-place
	run "$BIN/eval" --run run --sql
	expect 0
	promises 20
}

@test "20,000 persons: the same, and no row was drawn again" {
	pg_db many uq
	keys run 20000
	make_rows run --jobs 2 --format binary
	"$BIN/load" --run run
	run "$BIN/eval" --run run
	expect 0
	promises 20000
	[ "$(retries run)" = 0 ]
}

@test "1, 2, 7 and 64 shards concatenate to the same bytes" {
	for n in 1 2 7 64; do
		keys "run$n" 40 --shards "$n"
		make_rows "run$n" --jobs 2
		whole "run$n" "whole$n"
		diff -r whole1 "whole$n" || fail "$n shards"
	done
}
