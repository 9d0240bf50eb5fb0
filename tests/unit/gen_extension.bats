#!/usr/bin/env bats

load ../lib/common

@test "gen_extension: values of types that a server seldom has are of their shape and distinct, unknown types are refused" {
	run_unit gen_extension
}
