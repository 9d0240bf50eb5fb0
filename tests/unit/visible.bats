#!/usr/bin/env bats

load ../lib/common

@test "visible: what nobody sees is written by its number, in lines, cells and JSON, and all else stays" {
	run_unit visible
}
