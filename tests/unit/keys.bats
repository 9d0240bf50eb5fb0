#!/usr/bin/env bats
# keys and foreign: parents' rows through their snapshots.

load ../lib/common

@test "keys: shards written block by block read as one table; relations hold; the context picks and looks up" {
	run "$UNIT/keys" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output"
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.tmp.*')" ]
}

@test "keys: python3-msgpack reads what we wrote" {
	"$UNIT/keys" "$BATS_TEST_TMPDIR" >/dev/null
	run "$PYTHON" - "$BATS_TEST_TMPDIR/keys/shop.customers.1-of-3.msgpack" <<-'EOF'
		import msgpack, struct, sys
		raw = open(sys.argv[1], "rb").read()
		magic, header, body, *rest = msgpack.unpackb(raw)
		footer = rest[-2]
		of = lambda col, enc: [c for c in footer["chunks"] if (c["col"], c["enc"]) == (col, enc)]
		assert (header["schema"], header["table"], header["shard"]) == ("shop", "customers", 1)
		assert header["row0"] == 66667 and footer["rows"] == header["rows"] == 66667
		assert [c["rows"] for c in of("id", "packed")] == [65536, 1131]
		number = of("number", "affine")[0]
		assert (number["start"], number["step"]) == (100 + 3 * 66667, 3)
		o, b = of("email", "offsets")[0], of("email", "bytes")[0]
		ends = struct.unpack_from("<3Q", raw, o["off"])
		print(raw[b["off"] + ends[0]:b["off"] + ends[1]].decode(), raw[b["off"] + ends[1]:b["off"] + ends[2]].decode())
	EOF
	[ "$output" = 'user66667@example.com user66668@example.com' ] || fail "$output"
}

@test "keys: a snapshot written by python3-msgpack serves as parent" {
	mkdir "$BATS_TEST_TMPDIR/keys"
	"$PYTHON" - "$ROOT/tests/lib" "$BATS_TEST_TMPDIR/keys/shop.customers.msgpack" <<-'EOF'
		import sys
		sys.path.insert(0, sys.argv[1])
		sys.dont_write_bytecode = True
		from snapshot import texts, write
		import os
		rows = 999  # as many as it has, whatever the plan says
		ids = [os.urandom(16) for _ in range(rows)]
		uuid = {"col": "id", "type": "uuid", "enc": "packed", "row0": 0, "rows": rows, "nulls": 0, "width": 16}
		write(sys.argv[2], "keys", rows, [(uuid, b"".join(ids)),
			*texts("email", "text", [b"user%d@example.com" % i for i in range(rows)])])
	EOF
	run "$UNIT/keys" "$BATS_TEST_TMPDIR" theirs
	[ "$status" -eq 0 ] || fail "$output"
}
