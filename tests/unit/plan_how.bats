#!/usr/bin/env bats
# plan_how: a relation is a product of four fields.

load ../lib/common

@test "how rows choose parents: every product that is sound answers every question as its word did" {
	run "$UNIT/plan_how"
	[ "$status" -eq 0 ] || fail "$output"
}
