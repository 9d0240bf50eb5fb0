#!/usr/bin/env bats

load ../lib/common

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	"$UNIT/snap" . keys.msgpack
}

@test "snapshot: shows the header, then a line for each chunk" {
	run snapshot keys.msgpack
	expect 0
	[ "${#lines[@]}" -eq 10 ]
	[[ "${lines[0]}" == '{"header":{"v":1,"kind":"keys",'*'"table":"crm.leads"},"rows":3,"chunks":9}' ]]
	[[ "${lines[1]}" == '{"chunk":{"col":"n","type":"int","enc":"affine",'*'"start":-5,"step":2}}' ]]
	printf '%s\n' "${lines[@]}" | "$PYTHON" -c 'import json, sys; [json.loads(l) for l in sys.stdin]'
}

@test "snapshot: --values gives the values, NULLs and all" {
	run snapshot --values keys.msgpack
	expect 0
	[ "${lines[0]}" = '{"n":-5,"id":10,"name":"ab","kind":20,"price":"0.10","empty":null}' ]
	[ "${lines[1]}" = '{"n":-3,"id":20,"name":null,"kind":10,"price":"0.20","empty":null}' ]
	[ "${lines[2]}" = '{"n":-1,"id":35,"name":"vwxyz","kind":20,"price":"0.35","empty":null}' ]
	run snapshot --values --limit 1 keys.msgpack
	[ "${#lines[@]}" -eq 1 ]
}

@test "snapshot: shows every type as people write it, from a file of another program" {
	"$PYTHON" "$ROOT/tests/lib/snapshot.py" types.msgpack
	run snapshot --values types.msgpack
	expect 0
	[ "${lines[0]}" = '{"b":true,"i":-2,"d":"-0.05","day":"2024-02-29","t":"13:05:00.25","ts":"1999-12-31T23:59:59.999999","tz":"2024-02-29T00:00:00Z","e":1,"f":0.1,"u":"00112233-4455-6677-8899-aabbccddeeff","s":"olá \"x\"\n","y":"00ff"}' ] || fail "$output"
	[ "${lines[1]}" = '{"b":false,"i":127,"d":"12.30","day":"infinity","t":"24:00:00","ts":"-infinity","tz":"0044-03-15T00:00:00Z BC","e":0,"f":null,"u":"ffffffff-ffff-ffff-ffff-ffffffffffff","s":"","y":""}' ] || fail "$output"
}

@test "snapshot: refuses what is no snapshot, cut, bent or absent, each in one line" {
	run snapshot
	expect 2
	says "snapshot: FILE is required"
	run snapshot none.msgpack
	expect 2
	says "snapshot: open none.msgpack: No such file or directory"
	echo '{"a": 1}' >j.json
	run snapshot j.json
	expect 2
	says "snapshot: j.json: not a snapshot"
	head -c 500 keys.msgpack >cut.msgpack
	run snapshot cut.msgpack
	expect 2
	says "snapshot: cut.msgpack: damaged snapshot: no tail: cut short"
	# byte 200 is in the first payload that there is, the ids
	"$PYTHON" - <<-'EOF'
		raw = bytearray(open("keys.msgpack", "rb").read())
		raw[raw.index(b"vwxyz")] ^= 1
		open("bent.msgpack", "wb").write(raw)
	EOF
	run snapshot bent.msgpack
	expect 2
	[ "$output" = "snapshot: bent.msgpack: damaged snapshot: chunk 3, column name: digest" ]
	run snapshot --quick bent.msgpack
	expect 0
	: >empty.msgpack
	run snapshot empty.msgpack
	expect 2
	says "not a snapshot"
	run snapshot .
	expect 2
	says "not a regular file"
}

@test "snapshot: a future format is told apart from damage" {
	"$PYTHON" - <<-'EOF'
		raw = bytearray(open("keys.msgpack", "rb").read())
		raw[12:14] = b"02"
		open("next.msgpack", "wb").write(raw)
	EOF
	run snapshot next.msgpack
	expect 2
	says "snapshot format 02, this program reads 01"
}

@test "snapshot: head may close the pipe" {
	run bash -c 'snapshot keys.msgpack | head -1; echo "${PIPESTATUS[0]}"'
	[ "${lines[1]}" = 0 ]
}

@test "snapshot: a full disk under stdout is a temporary error" {
	run bash -c 'snapshot keys.msgpack >/dev/full'
	expect 75
	says "No space left on device"
}

@test "snapshot: the old name of --values works, with a note on stderr" {
	bats_require_minimum_version 1.5.0
	run --separate-stderr snapshot --rows keys.msgpack
	expect 0
	[[ "$stderr" == *'--rows is called --values now'* ]] || fail "$stderr"
	[ "$output" = "$(snapshot --values keys.msgpack)" ]
	run snapshot --help
	[[ "$output" != *--rows* ]] || fail "$output"
	run snapshot --rows --values keys.msgpack
	refused 2 'given twice'
}
