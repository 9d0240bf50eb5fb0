#!/usr/bin/env bats

load ../lib/common

@test "plan-check: places, issues, numbers for tables, JSON Schema and rules for make, function by function" {
	run "$UNIT/plan_check" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output"
}
