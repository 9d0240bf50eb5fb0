#!/usr/bin/env bats

load ../lib/common

@test "gen_moment: moments keep their order, room and median, and are refused by name" {
	run_unit gen_moment
}
