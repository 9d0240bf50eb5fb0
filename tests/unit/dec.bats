#!/usr/bin/env bats

load ../lib/common

@test "dec: four forms of the same rows are the same vectors; every fault is told by row" {
	run "$UNIT/dec" "$BATS_TEST_TMPDIR"
	expect 0
}
