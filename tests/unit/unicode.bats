#!/usr/bin/env bats

load ../lib/common

@test "unicode: upper and lower case of every code point are those of utf8proc, but for the sharp s" {
	run_unit unicode
}
