#!/usr/bin/env bats

load ../lib/common

@test "gen_derive: child dates keep their distance from the parent's, and nothing heaps up" {
	run_unit gen_derive
}
