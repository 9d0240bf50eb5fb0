#!/usr/bin/env bats
# Documents of Brazil: a checker that is not the generator takes every number, PostgreSQL every row.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

ROWS=10000

setup_file() {
	pg_start
	pg_db docs
	export RUN=$BATS_FILE_TMPDIR/run
	"$PYTHON" "$ROOT/tests/lib/documents.py" make "$BATS_FILE_TMPDIR"
	psql -Xqd "$DATABASE_URL" -v ON_ERROR_STOP=1 -f "$BATS_FILE_TMPDIR/ddl.sql"
	introspect --run "$RUN" --schema docs >/dev/null
	plan-check "$BATS_FILE_TMPDIR/plan.json" --run "$RUN" --rows $ROWS
	make_rows "$RUN" --format csv
}

teardown_file() {
	pg_stop
}

@test "10,000 of each document, unique and not, have the check digits, the form and the series of their rules" {
	run "$PYTHON" "$ROOT/tests/lib/documents.py" check "$RUN/data" $ROWS
	expect 0
}

@test "a schema of all documents loads, with its unique constraints and checks" {
	run "$BIN/load" --run "$RUN"
	expect 0
	[ "$(sql "SELECT (SELECT count(*) FROM docs.plain), (SELECT count(*) FROM docs.uniq)")" = "$ROWS|$ROWS" ]
}
