#!/usr/bin/env bats

load ../lib/common

@test "gen: parameters that cannot be are refused in a sentence, and choices are values of the column's type" {
	run_unit gen_params
}
