#!/usr/bin/env bats
# Columns of type name: 63 bytes, where other types count characters.

load ../lib/common
load ../lib/postgres

setup_file() {
	pg_start
}

teardown_file() {
	pg_stop
}

@test "texts of every generator fit type name by their bytes" {
	pg_db names
	run "$PYTHON" "$ROOT/tests/lib/names.py" "$BIN" "$BATS_TEST_TMPDIR/run" 3000
	expect 0
	[[ ${lines[-1]} =~ ^([0-9]+)\ of\ ([0-9]+)\ columns\ have\ rows$ ]] || fail "$output"
	((BASH_REMATCH[1] > 300 && BASH_REMATCH[1] > BASH_REMATCH[2] / 2)) || fail "$output"
}
