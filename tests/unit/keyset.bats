#!/usr/bin/env bats

load ../lib/common

@test "keyset: whatever keeps rows of a table apart is in one list, with its elements and what it implies" {
	run_unit keyset
}
