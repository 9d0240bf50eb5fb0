#!/usr/bin/env bats

load ../lib/common

@test "zio: frames of 1 MiB read back, plain files too; damage is named" {
	run "$UNIT/zio" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output"
}
