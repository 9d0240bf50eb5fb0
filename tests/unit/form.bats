#!/usr/bin/env bats

load ../lib/common

@test "forms: unique texts are distinct by proof, words come by weight and fit, every form of the data can be used" {
	run_unit form
}
