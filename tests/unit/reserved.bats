#!/usr/bin/env bats

load ../lib/common

@test "schema: tables of extensions and of migration tools are left alone, and others of such names are not" {
	run_unit reserved
}
