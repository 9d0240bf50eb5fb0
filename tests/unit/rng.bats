#!/usr/bin/env bats

load ../lib/common

@test "rng: bits, bytes, pairs and birthdays are those of chance, along rows and across columns" {
	run_unit rng
}
