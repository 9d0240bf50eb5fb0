#!/usr/bin/env bats
# Key snapshots that another program wrote, whose digests are right and whose values are not.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base illegal illegal.sql k
	local rules
	rules=$(for c in b s n d day t ts tz e f u x v y j o; do
		printf '{"type": "column_generator", "schema": "k", "table": "c", "column": "%s", "generator": {"id": "derive.parent_value",
			"params": {"input_columns": ["id"], "parent_schema": "k", "parent_table": "p", "parent_column": "%s"}}},' $c $c
	done)
	cd "$BATS_FILE_TMPDIR" || return
	small_plan k 5 "p=10 c=100" "[${rules%,}]"
	new_run made plan.json --shards 2
	gen-parents --run made >/dev/null
	# the same child of rows that the database has: plan-check reads their keys
	mkdir -p held/keys
	cp "$BASE/schema.msgpack" held
	small_plan k 5 "c=100" "[${rules%,}]"
	mv plan.json held
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$BATS_FILE_TMPDIR/made" "$BATS_FILE_TMPDIR/held" .
}

@test "a value that its type or its column does not have is refused by file and column, by every stage that reads keys" {
	run "$PYTHON" "$ROOT/tests/lib/illegal.py" "$BIN" made held
	expect 0
	[ "$output" = "89 snapshots" ] || fail "$output"
}
