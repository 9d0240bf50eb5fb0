#!/usr/bin/env bats

load ../lib/common

@test "schema: comes back as it was, and refuses what is damaged" {
	run "$UNIT/schema" "$BATS_TEST_TMPDIR"
	[ "$status" -eq 0 ] || fail "$output"
	[ -z "$(find "$BATS_TEST_TMPDIR" -name '*.tmp.*')" ]
}

@test "schema: python3-msgpack reads the catalogue in the body" {
	"$UNIT/schema" "$BATS_TEST_TMPDIR"
	run "$PYTHON" - "$BATS_TEST_TMPDIR/schema.msgpack" <<-'EOF'
		import msgpack, sys
		magic, header, body, *rest = msgpack.unpackb(open(sys.argv[1], "rb").read())
		assert header["kind"] == "schema" and len(header["fingerprint"]) == 64
		assert [t["name"] for t in body["tables"]] == ["child", "parent"]
		assert body["types"][3]["class"] == "domain" and body["types"][3]["elem"] == 1
		print(body["introspected_on"])
	EOF
	[ "$output" = 9822 ] || fail "$output"
}
