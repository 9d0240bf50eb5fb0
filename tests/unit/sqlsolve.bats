#!/usr/bin/env bats

load ../lib/common

@test "sql: equations in checks are solved for each of their columns that has an inverse" {
	run_unit sqlsolve
}
