#!/usr/bin/env bats

load ../lib/common

@test "sql: draws lie where they are asked to, of every type; what an expression may not have is named" {
	run_unit sqldraw
}
