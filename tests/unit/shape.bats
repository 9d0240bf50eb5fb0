#!/usr/bin/env bats

load ../lib/common

@test "shape: values have the ranks of their distribution, keep checks, and are refused by name" {
	run_unit shape
}
