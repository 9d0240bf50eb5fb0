#!/usr/bin/env bats
# sqleval is asked by tests/sql; here, what it says when memory is out.

load ../lib/common

setup() {
	[ -e "$UNIT/../shim/fault.so" ] || skip "no fault.so: make units"
	[[ $BIN != *valgrind* ]] || skip "valgrind allocates itself"
	! ldd "$UNIT/sqleval" | grep -q libasan || skip "another preloaded library comes before AddressSanitizer's"
	cd "$BATS_TEST_TMPDIR" || return
}

@test "sql: memory that runs out while an expression is compiled is said as such, wherever it happens" {
	local n k=0
	printf 'i\tint4\t-1\nt\ttext\t-1\n' >columns
	for n in {1..60}; do
		echo -n "i + $n > $n AND length(t) BETWEEN $n AND 99 OR "
	done >expression
	echo 'i IS NULL' >>expression
	: >rows
	for n in {1..60}; do
		rm -f hit
		run env FAULT_STAGE=sqleval FAULT_CALLS=malloc,calloc,realloc,mmap FAULT_AT="$n" FAULT_HIT=hit \
			LD_PRELOAD="$UNIT/../shim/fault.so" "$UNIT/sqleval" 2026-01-01 columns rows expression
		[ -e hit ] || break
		# before the first expression is read, it is the unit's own memory
		[[ $status = 2 || $output = $'failed\tout of memory' ]] || fail "call $n: $output"
		[ "$status" = 2 ] || k=$((k + 1))
	done
	[ ! -e hit ] || fail "it goes on and on"
	[ "$output" = ok ]
	[ "$k" -gt 8 ]
}
