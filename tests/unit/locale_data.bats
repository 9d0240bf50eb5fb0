#!/usr/bin/env bats

load ../lib/common

@test "locale_data: each locale has enough words, and its cities a state, postal codes of their own and a place in the country" {
	run_unit locale_data
}
