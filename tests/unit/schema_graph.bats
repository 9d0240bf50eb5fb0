#!/usr/bin/env bats

load ../lib/common

@test "schema_graph: orders any graph of tables, parents first, and a chain of any length" {
	run_unit schema_graph
}
