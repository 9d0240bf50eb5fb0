#!/usr/bin/env bats

load ../lib/common

@test "docs: msgpack both ways, hostile bytes refused; JSON" {
	run_unit docs
}
