#!/usr/bin/env bats

load ../lib/common

@test "suffixes: a number keeps a text's form and fits its column, and is told from the text" {
	run_unit gen_suffix
}
