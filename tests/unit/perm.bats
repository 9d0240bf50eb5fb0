#!/usr/bin/env bats

load ../lib/common

@test "perm: a bijection of [0, n) for every n, and perm_inv undoes it" {
	run_unit perm
}
