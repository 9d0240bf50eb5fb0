#!/usr/bin/env bats

load ../lib/common

@test "gen: every generator is valid, distinct, repeatable and within what checks allow" {
	run_unit gen
}
