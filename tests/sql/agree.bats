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

# agree FILE: no row of no expression of the file differs
agree() {
	run "$PYTHON" "$D/agree.py" "$DATABASE_URL" "$UNIT/sqleval" "$D/$1" "$BATS_TEST_TMPDIR"
	expect 0
}

# covers N: at least so many of them are evaluated at all
covers() {
	[[ "${lines[-1]}" =~ ([0-9]+)\ covered ]]
	[ "${BASH_REMATCH[1]}" -ge "$1" ] || fail "$output"
}

@test "sql: PostgreSQL and we agree on the checks of real schemas, row by row, and cover 250" {
	[ "$(sql 'SELECT count(*) FROM t')" -ge 2000 ]
	[ "$(grep -c . "$D/expressions.txt")" -ge 270 ]
	TOLD=1 agree expressions.txt
	covers 250
	# what is not covered is what common/SQL says is not, no more and no less
	diff <(sed -n '/these are not covered/,/^$/s/^\t\([^\t]*\)\t.*/\1/p' "$ROOT/common/SQL" | sort) \
		<(sed -n 's/^not covered: \([^\t]*\)\t.*/\1/p' <<<"$output" | sort)
}

@test "sql: what a fuzzer found stays found" {
	agree found.txt
	covers 97
}

@test "sql: what versions of PostgreSQL answer differently is refused by name" {
	TOLD=1 agree versions.txt
	grep "^not covered" <<<"$output" >"$BATS_TEST_TMPDIR/told"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/told")" = "$(grep -cv '^--' "$D/versions.txt")" ] || fail "$output"
	bats_require_minimum_version 1.5.0
	run ! grep -v 'versions of PostgreSQL make different values here' "$BATS_TEST_TMPDIR/told"
}

@test "sql: a row in which versions of PostgreSQL differ has no answer, and the others have" {
	cat >"$BATS_TEST_TMPDIR/rows.txt" <<-'END'
		ts2 - ts < '1 day'
		age(ts, ts2) < '1 day'
		right(tx, i)
		iv * dp > iv
		dp::numeric > n
		1 / dp > 1
		exp(CASE WHEN dp < 9 AND dp > -9 OR dp = '-Infinity' THEN dp END) > 1
		n ^ 2 > 100
		n ^ -1 > 1
		(CASE WHEN abs(n) < 100000 THEN round(n ^ 2, 6) END)::text
		(CASE WHEN n IN (2, 4, -8) THEN (n ^ -2)::float8 END)::text
	END
	TOLD=1 run "$PYTHON" "$D/agree.py" "$DATABASE_URL" "$UNIT/sqleval" "$BATS_TEST_TMPDIR/rows.txt" "$BATS_TEST_TMPDIR"
	expect 0
	says '11 covered'
	limited=$(sed -n 's/^limited: \(.*\)\t.*/\1/p' <<<"$output")
	[ "$limited" = "$(head -n 9 "$BATS_TEST_TMPDIR/rows.txt")" ] || fail "$output"
	while IFS=$'\t' read -r expression rows; do
		[ "$rows" -lt 1400 ] || fail "$expression: $rows rows without an answer"
	done < <(sed -n 's/^limited: //p' <<<"$output")
}

@test "sql: PostgreSQL and we agree on random expressions, and cover four of five" {
	pg_db fuzz
	run "$PYTHON" "$D/fuzz.py" "$UNIT/sqleval" --seed 20261126 --cells 20000 --rows 64
	expect 0
	[[ "$output" =~ covered\ \(([0-9]+)\ % ]]
	[ "${BASH_REMATCH[1]}" -ge 80 ] || fail "$output"
	[[ "$output" == *" 0 mismatches"* ]] || fail "$output"
}

@test "sql: PostgreSQL and we agree on operators, functions and casts, errors included" {
	agree more.txt
	covers 380
}

@test "sql: PostgreSQL and we agree on what is rare: no numbers, odd units, escapes of patterns, JSON and bytea" {
	agree rare.txt
	covers 245 # PostgreSQL 13 has no infinite numerics, and refuses two dozen
}
