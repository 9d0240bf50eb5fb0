#!/usr/bin/env bats

load ../lib/common

@test "plan: what is written is read back, and a plan of another schema is refused" {
	cd "$BATS_TEST_TMPDIR"
	run_unit plan
}
