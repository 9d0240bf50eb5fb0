#!/usr/bin/env bats

load ../lib/common

@test "sql: elements, operators and predicate of exclusion constraints, as PostgreSQL prints them" {
	run_unit exclude
}
