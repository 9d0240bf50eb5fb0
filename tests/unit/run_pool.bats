#!/usr/bin/env bats

load ../lib/common

@test "run: every task is done once, and a worker that fails or is ended is an error that says whose" {
	run_unit run_pool
}
