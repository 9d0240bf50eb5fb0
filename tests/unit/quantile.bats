#!/usr/bin/env bats

load ../lib/common

@test "quantile: deviates, logarithms and powers are those of published tables, and medians those asked for" {
	run_unit quantile
}
