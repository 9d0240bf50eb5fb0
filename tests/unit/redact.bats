#!/usr/bin/env bats

load ../lib/common

@test "redact: every part of a connection string, and no secret in any form of one" {
	run_unit redact
}
