#!/usr/bin/env bats

load ../lib/common

@test "divide: the processor's own quotient and rest, by every divisor" {
	run_unit divide
}
