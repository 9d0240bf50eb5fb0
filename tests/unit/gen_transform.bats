#!/usr/bin/env bats

load ../lib/common

@test "gen_transform: every transform, and what a unique column refuses" {
	run_unit gen_transform
}
