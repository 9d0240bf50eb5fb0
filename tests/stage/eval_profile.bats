#!/usr/bin/env bats
# eval: what reports tell of columns, of fan-out and of what nobody would believe.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	crm_base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	RUN=$BATS_TEST_TMPDIR/run
}

# metric EXPRESSION: of metrics.json, which is m
metric() {
	"$PYTHON" -c 'import json, sys
m = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$RUN/metrics.json" "$1"
}

# foreign_keys: name|child|column|parent|column, of those of one column
foreign_keys() {
	sql "SELECT conname, conrelid::regclass, quote_ident(a.attname), confrelid::regclass, quote_ident(b.attname)
		FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
			JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
		WHERE contype = 'f' AND cardinality(conkey) = 1"
}

@test "metrics.json: NULLs, distinct values, ranges, lengths and fan-outs are those that SQL counts" {
	new_run "$RUN" "$CRM_PLAN" --rows "$(crm_rows 3000)" --shards 2
	make_rows "$RUN"
	"$BIN/eval" --run "$RUN" >/dev/null
	pg_db profile crm
	"$BIN/load" --run "$RUN" >/dev/null
	foreign_keys >keys
	"$PYTHON" "$ROOT/tests/lib/profile.py" "$RUN/metrics.json" keys >ask.sql
	[ "$(sed -n 's/^-- \([0-9]*\) questions/\1/p' ask.sql)" -gt 150 ] || fail "$(tail -1 ask.sql)"
	wrong=$(psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f ask.sql)
	[ -z "$wrong" ] || fail "$wrong"
}
