#!/usr/bin/env bats

load ../lib/common

@test "sql: checks are narrowed to bounds, sets, lengths and orders; hostile text is refused" {
	run_unit sqlnarrow
}
