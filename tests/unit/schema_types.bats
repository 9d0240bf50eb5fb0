#!/usr/bin/env bats

load ../lib/common

@test "schema_types: types have their widths, expressions one way to be written, names match globs" {
	run_unit schema_types
}
