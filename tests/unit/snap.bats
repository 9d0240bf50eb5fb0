#!/usr/bin/env bats

load ../lib/common

@test "snap: reads back what was written; sees every cut, every flipped bit, every lie of a footer, every change of a file it knows" {
	run "$UNIT/snap" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output"
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.tmp.*')" ]
}

@test "snap: python3-msgpack decodes it whole, payloads at multiples of 64" {
	"$UNIT/snap" "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/keys.msgpack"
	run "$PYTHON" - "$BATS_TEST_TMPDIR/keys.msgpack" <<-'EOF'
		import msgpack, struct, sys
		raw = open(sys.argv[1], "rb").read()
		top = msgpack.unpackb(raw)
		magic, header, body, *rest = top
		footer, tail = rest[-2:]
		assert magic == "DALCHM01" and header["kind"] == "keys" and body is None
		assert header["endian"] == struct.pack("<I", 0x01020304)
		assert raw[-34:-32] == b"\xc4\x20" and tail == raw[-32:]
		off, length = struct.unpack("<QQ", tail[:16])
		assert msgpack.unpackb(raw[off:off + length]) == footer
		payloads = rest[1:-2:2]
		chunks = [c for c in footer["chunks"] if c["enc"] != "affine"]
		assert payloads == [raw[c["off"]:c["off"] + c["len"]] for c in chunks]
		assert all(c["off"] % 64 == 0 for c in chunks)
		ids = next(c for c in chunks if c["col"] == "id")
		assert struct.unpack("<3q", raw[ids["off"]:][:24]) == (10, 20, 35)
		print(footer["rows"], len(footer["chunks"]))
	EOF
	[ "$output" = "3 9" ] || fail "$output"
}
