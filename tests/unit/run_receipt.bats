#!/usr/bin/env bats

load ../lib/common

@test "run: a receipt holds for what it was made from; the report adds up; make sees the right times; old shards go" {
	run "$UNIT/run_receipt" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output"
}
