#!/usr/bin/env bats

load ../lib/common

@test "digest: SHA-256, HMAC and MD5 are those of the standards, for texts of every length" {
	run_unit digest
}
