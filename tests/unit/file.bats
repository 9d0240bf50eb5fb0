#!/usr/bin/env bats

load ../lib/common

@test "file: whole or not at all, also when killed or on a full disk; names of a run" {
	run "$UNIT/file" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output"
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.tmp.[0-9]*')" ]
}

# a file system of 1 MiB, where mounting is allowed
@test "file: ENOSPC is temporary and leaves nothing" {
	cd "$BATS_TEST_TMPDIR"
	mkdir small
	unshare --mount --map-root-user true 2>/dev/null || skip "no mount namespaces here"
	run unshare --mount --map-root-user bash -c '
		mount -t tmpfs -o size=1m none small || exit 99
		head -c 900000 /dev/zero >small/other
		"$UNIT/snap" small small/keys.msgpack && ls small
		rm small/keys.msgpack
		head -c 140000 /dev/zero >>small/other
		head -c 8192 /dev/zero >>small/rest
		"$UNIT/snap" small small/keys.msgpack
		echo "status $?"
		ls small'
	[ "$status" -ne 99 ] || skip "no tmpfs here"
	[ "$output" = $'keys.msgpack\nother\nstatus 1\nother\nrest' ] || fail "$output"
}
