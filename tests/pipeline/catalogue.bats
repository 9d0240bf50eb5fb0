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
