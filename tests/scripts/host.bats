#!/usr/bin/env bats
# What a machine must be: its compiler says so.

load ../lib/common

# compiles TARGET: whether common/base/host.h does for that machine
compiles() {
	run clang --target="$1" -fsyntax-only -std=c11 -x c "$ROOT/common/base/host.h"
}

@test "host: a big-endian machine is refused when it is compiled, for its files would be read wrongly" {
	for target in s390x-linux-gnu powerpc64-linux-gnu aarch64_be-linux-gnu; do
		compiles $target
		expect 1
		says 'datalchemy needs a little-endian machine: its files are used in place (common/FORMATS)'
	done
}

@test "host: a machine of 32 bits is refused, those of 64 that are little-endian are not" {
	compiles i386-linux-gnu
	expect 1
	says 'datalchemy needs addresses of 64 bits'
	for target in x86_64-linux-gnu aarch64-linux-gnu powerpc64le-linux-gnu riscv64-linux-gnu; do
		compiles $target
		expect 0
	done
}

@test "host: who reads numbers in place, or turns them round, says that it needs it" {
	cd "$ROOT"
	# the reader of snapshots, COPY BINARY both ways, and whatever else is in native order
	run bash -c "grep -rlE '__builtin_bswap|ctzll\\(other' common stages --include='*.c' | xargs grep -L common/base/host.h"
	[ -z "$output" ] || fail "$output"
	grep -q '#include "common/base/host.h"' common/snapshot/snap.h
}
