#!/usr/bin/env bats

load ../lib/common

@test "plan-check: a plan's tables, rows, order, relations, snapshots and digests follow from it, and are packed whole" {
	run "$UNIT/plan_resolve" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output"
	[ -z "$(ls "$BATS_TEST_TMPDIR")" ] || fail "it left files"
}
