#!/usr/bin/env bats
# enc: rows to bytes, as PostgreSQL itself reads them.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
}

teardown_file() {
	pg_stop
}

@test "enc: a special byte anywhere in a text of any length is quoted, and no byte beyond it read" {
	run_unit enc
}

@test "enc: PostgreSQL reads every type alike from csv, text and binary" {
	pg_db enc
	sql "CREATE TYPE kind AS ENUM ('novo', 'a,b', 'perdido')"
	local f
	for f in csv text binary; do
		sql "CREATE TABLE t_$f (c0 bool, c1 int2, c2 int8, c3 numeric(20,2), c4 date, c5 time,
			c6 timestamp, c7 timestamptz, c8 kind, c9 float4, c10 float8, c11 uuid, c12 text,
			c13 bytea, c14 jsonb, c15 text)"
		"$UNIT/enc" $f | sql "COPY t_$f FROM STDIN ($([ $f = csv ] && echo 'FORMAT csv, HEADER' || echo "FORMAT $f"))"
	done
	[ "$(sql 'SELECT count(*) FROM (TABLE t_csv UNION TABLE t_text UNION TABLE t_binary) x')" = 2 ]
	run sql "SET timezone = 'UTC'; SELECT * FROM t_binary WHERE c0"
	[ "$output" = 't|-32768|9223372036854775807|-0.05|2024-02-29|13:05:00|2024-02-29 00:00:01.5|2024-02-29 01:00:00+00|novo|0.1|0.1|1a1a1a1a-1a1a-1a1a-1a1a-1a1a1a1a1a1a|olá|\x00ff|{"a": 1}|' ] || fail "$output"
	[ "$(sql 'SELECT count(*) FROM t_csv WHERE c15 IS NULL')" = 1 ]
}

@test "enc: every line of jsonl is an object" {
	"$UNIT/enc" jsonl >"$BATS_TEST_TMPDIR/lines"
	run jq -c '[.c1, .c3, .c7, .c12, .c14, .c15]' "$BATS_TEST_TMPDIR/lines"
	[ "${lines[0]}" = '[-32768,-0.05,"2024-02-29T01:00:00Z","olá",{"a":1},null]' ] || fail "$output"
	[ "${lines[1]}" = '[7,12345678901.23,"infinity","say \"x\",\ty\\\n",[],""]' ] || fail "$output"
}
