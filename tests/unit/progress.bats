#!/usr/bin/env bats

load ../lib/common

@test "stage: progress is one line on a terminal, redrawn in place and gone at the end" {
	run_unit progress
}
