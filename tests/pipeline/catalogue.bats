#!/usr/bin/env bats
# Every generator of the table, in each locale, on columns of all kinds, unique and not: what plan-check
# takes is made, is the same in one shard and in three, is valid by rules of the tests' own, and loads.

load ../lib/common
load ../lib/postgres

setup_file() {
	export POSTGRES_LOCAL_OPTS='-c max_locks_per_transaction=4096'
	pg_start
}

teardown_file() {
	pg_stop
}

@test "every generator, on texts short and long, and on its own types" {
	pg_db walk
	run "$PYTHON" "$ROOT/tests/lib/walk.py" "$BIN" "$BATS_TEST_TMPDIR/walk" 60 \
		text 'varchar(5)' 'varchar(20)' 'char(2)' boolean integer 'numeric(9,6)' date time timestamptz inet jsonb walk.label
	expect 0
	[[ ${lines[-1]} =~ ^[23][0-9][0-9]\ generators.*\ 0\ faults$ ]] || fail "$output"
}

@test "each parameter of each generator, and a rule's locale, changes values or is refused" {
	pg_db effects
	run "$PYTHON" "$ROOT/tests/lib/effects.py" "$BIN" "$BATS_TEST_TMPDIR/effects" 8
	expect 0
	[[ ${lines[-1]} =~ ^[0-9]+\ generators:\ [67][0-9][0-9]\ parameters\ change.*\ 0\ are\ ignored$ ]] || fail "$output"
}

@test "a unique column of reals has as many different values as rows, however wide the range" {
	pg_db reals
	psql -Xq "$DATABASE_URL" -c "CREATE SCHEMA r; CREATE TABLE r.t (a real NOT NULL UNIQUE, b real NOT NULL UNIQUE,
		c real NOT NULL UNIQUE, d real NOT NULL)"
	cd "$BATS_TEST_TMPDIR"
	cat >p.json <<-'END'
		{"plan_version": "0.3", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		 "global": {"as_of": "2026-11-28"}, "targets": [{"schema": "r", "table": "t", "rows": 200000}], "rules": [
		 {"type": "column_generator", "schema": "r", "table": "t", "column": "a", "generator": "faker.time.raw.Duration"},
		 {"type": "column_generator", "schema": "r", "table": "t", "column": "b",
		  "generator": {"id": "primitive.float", "params": {"min": 0, "max": 1e30}}},
		 {"type": "column_generator", "schema": "r", "table": "t", "column": "c",
		  "generator": {"id": "primitive.float", "params": {"min": -5e8, "max": 3e8}}},
		 {"type": "column_generator", "schema": "r", "table": "t", "column": "d", "generator": "faker.time.raw.Duration"}]}
	END
	"$BIN/introspect" --run run --schema r
	run "$BIN/plan-check" p.json --run run
	expect 0
	"$BIN/gen-parents" --run run
	run "$BIN/load" --run run
	expect 0
	[ "$(psql -XqAt "$DATABASE_URL" -c "SELECT count(*) FROM r.t WHERE a = floor(a) AND d = floor(d)")" = 200000 ]
	sed -i 's/1e30/1/; s/-5e8/1e9/; s/3e8/1000001000/' p.json
	run "$BIN/plan-check" p.json --run run
	expect 1
	[[ $output == *'distinct values here and the column is unique over 200,000 rows'* ]] || fail "$output"
}
