#!/usr/bin/env bats

load ../lib/common

@test "num: parses bounded and exact; formats as PostgreSQL does, and reads back" {
	run_unit num
}
