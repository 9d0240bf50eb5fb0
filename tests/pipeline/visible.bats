#!/usr/bin/env bats
# Names that a terminal would obey, or that nobody sees, are printed visibly by every stage.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db hidden
	sql_file "$ROOT/tests/fixtures/hidden.sql"
	export BASE=$BATS_FILE_TMPDIR/base
	introspect --run "$BASE" >/dev/null 2>&1
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cp -r "$BASE" run
}

# told CMD...: what it says goes into the file said, its status into $status
told() {
	status=0
	"$@" >>said 2>&1 || status=$?
}

# only_visible FILE...: none of them, nor said, has anything that cannot be seen
only_visible() {
	"$PYTHON" "$ROOT/tests/lib/hidden.py" said "$@" || fail "hidden characters"
}

@test "what the stages say of hidden names, and the files that people read, are visible" {
	told introspect --run anew
	told plan-check --init --run run
	told plan-check --init --explain --run run
	plan-check --init --run run plan.json
	told plan-check plan.json --run run
	[ "$status" = 0 ]
	told plan-check plan.json --run run --output json
	told gen-parents --run run
	told gen-children --run run --jobs 2
	told snapshot --preview 5 run
	told snapshot run/schema.msgpack
	told snapshot run/plan.msgpack
	for keys in run/keys/*; do
		told snapshot "$keys"
		told snapshot --values "$keys"
	done
	child=$("$PYTHON" -c 'print("s\x1b[31m\u202ec.child\x1bc\u202e")')
	for output in text json; do
		told explain-row --run run "$child" 3 --output $output
		[ "$status" = 0 ]
	done
	told "$BIN/load" --run run --check
	told "$BIN/load" --run run
	told "$BIN/eval" --run run --sql
	only_visible plan.json run/report.md run/report.html run/*.json run/*.ndjson run/tables.mk
	for name in 's\u{1b}[31m\u{202e}c.few\u{1b}[5m' 'odd\u{202e}\u{1b}' 'trigger\u{1b}\u{202e}' '\u{9b}'; do
		grep -qF -e "$name" said || fail "not said: $name"
	done
	grep -qF 'few\u{1b}[5m' run/report.md
	# nor in the names of files
	find run >said
	only_visible
	grep -q 'child%1Bc%E2%80%AE' said
}

@test "what is wrong with hidden names is said visibly, by every stage" {
	plan-check --init --run run plan.json
	"$PYTHON" - <<'PY'
import json
plan = json.load(open("plan.json"))
plan["options"].pop("on_impossible")
for t in plan["targets"]:
    t["rows"] = 5000
plan["rules"].append({"type": "column_generator", "schema": "s\x1b[31m\u202ec", "table": "child\x1bc\u202e",
                      "column": "no\x1b\u202e", "generator": "gone\x9b\x07"})
plan["rules"].append({"type": "what\u2067\r", "schema": "\x1bc", "table": "\u2066"})
json.dump(plan, open("wrong.json", "w"))
PY
	told plan-check wrong.json --run run
	[ "$status" = 1 ]
	told plan-check wrong.json --run run --output json
	plan-check plan.json --run run >/dev/null 2>&1
	gen-parents --run run >/dev/null
	gen-children --run run >/dev/null
	told gen-children --run run --table $'no\e[31m\u202e.x\u009b' --shard 7
	told gen-parents --run $'no\e[31m\u202e'
	told gen-parents $'--\e[31m\u202e' --run run
	told explain-row --run run $'no\e[31m\u202e.x\u009b' 0
	told introspect --run other --schema $'no\e[31m\u202e'
	echo $'CREATE TABLE x (); SELECT "no\e[31m\u202e\u009b" FROM x;' >bad.sql
	told introspect --run other --ddl bad.sql
	# files that are not as they were
	few=(run/data/*child*)
	echo "1,1,,1" >>"${few[0]}"
	told "$BIN/eval" --run run
	[ "$status" = 1 ]
	told "$BIN/load" --run run
	rm run/keys/*
	told gen-children --run run --force
	[ "$status" = 2 ]
	rm "${few[0]}"
	told "$BIN/load" --run run
	told "$BIN/eval" --run run
	sql 'SELECT 1' >/dev/null
	psql -Xqd "$DATABASE_URL" -c 'ALTER TABLE U&"s\001B[31m\202Ec".U&"child\001Bc\202E" ADD later int'
	told introspect --run later
	told plan-check plan.json --run later
	told plan-check --init --run later --update plan.json
	psql -Xqd "$DATABASE_URL" -c 'ALTER TABLE U&"s\001B[31m\202Ec".U&"child\001Bc\202E" DROP later'
	only_visible run/*.json run/*.ndjson run/report.md later/*.json
	[ "$(wc -l <said)" -gt 60 ]
}

@test "fill, with rows that the database refuses, make, and a terminal's line are visible" {
	told "$ROOT/scripts/datalchemy" fill --run filled --rows 40
	[ "$status" = 0 ] || fail "$(cat said)"
	grep -qF 'again without s\u{1b}[31m\u{202e}c.refused\u{1b}[9m' said
	told "$ROOT/scripts/datalchemy" fill --run again --rows 40
	told "$ROOT/scripts/datalchemy" fill --run more --rows 40 --append
	told make -f "$ROOT/pipelines/run.mk" RUN=made PLAN="$PWD/filled/plan.json" -j2
	only_visible filled/report.md filled/pipeline.log filled/*.json made/report.md
	rm said
	told script -qec "$BIN/gen-children --run filled --force" /dev/null
	tr -d '\r' <said | sed 's/\x1b\[K//g' >line
	mv line said
	only_visible
}
