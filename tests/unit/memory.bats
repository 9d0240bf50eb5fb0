#!/usr/bin/env bats

load ../lib/common

@test "memory: arenas, buffers, vectors; UTF-8 as PostgreSQL accepts it" {
	run_unit memory
}
