#!/usr/bin/env bats

load ../lib/common

@test "gen_faker: every id, and every number of the United States, is valid in every locale, on every type, or is refused in words" {
	run_unit gen_faker
}
