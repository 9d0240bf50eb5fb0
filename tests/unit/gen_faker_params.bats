#!/usr/bin/env bats

load ../lib/common

@test "gen_faker_params: parameters choose among the texts, and what no text meets is refused" {
	run_unit gen_faker_params
}
