#!/usr/bin/env bats

load ../lib/common

@test "divide: the processor's own quotient and rest, by every divisor; a search finds the last that is not above" {
	run_unit divide
}
