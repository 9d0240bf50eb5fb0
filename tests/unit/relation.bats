#!/usr/bin/env bats
# foreign_rel and foreign_fan: who has which children.

load ../lib/common

@test "relations: every child and its parent agree, totals and bounds are exact, shapes are those asked for" {
	run_unit relation
}
