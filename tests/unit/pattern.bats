#!/usr/bin/env bats

load ../lib/common

@test "gen: texts drawn from a regular expression match it, as long as asked, or it is refused with a place" {
	run_unit pattern
}
