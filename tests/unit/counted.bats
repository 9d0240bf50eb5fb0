#!/usr/bin/env bats
# foreign_count: relations that draw their parents, and count their children for a partial key.

load ../lib/common

@test "counted relations: every row knows how many siblings come before it, shares are rounded down or up, trees stay trees" {
	run_unit counted
}
