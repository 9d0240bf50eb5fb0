#!/usr/bin/env bats
# Expressions mean to us what they mean to PostgreSQL: the same expressions over the same
# rows, evaluated by both.

load ../lib/common
load ../lib/postgres

ROWS=2048
D=$ROOT/tests/sql

setup_file() {
	pg_start
	pg_db agree
	sql_file "$D/table.sql" "$D/ask.sql"
	"$PYTHON" "$D/rows.py" "$ROWS" >"$BATS_FILE_TMPDIR/rows"
	sql "\\copy t from '$BATS_FILE_TMPDIR/rows'"
}

teardown_file() {
	pg_stop
}

@test "sql: PostgreSQL and we agree on every expression of the survey we cover, row by row" {
	run "$PYTHON" "$D/agree.py" "$DATABASE_URL" "$UNIT/sqleval" "$D/expressions.txt" "$BATS_TEST_TMPDIR"
	expect 0
	echo "# ${lines[-1]}" >&3
}
