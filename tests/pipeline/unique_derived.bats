#!/usr/bin/env bats
# Unique columns that are derived from others or transformed: distinct because what they are made from
# is, or by a number that keeps a text's form, and the same whatever the shards are.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

DERIVED=$ROOT/tests/lib/unique_derived.py MATRIX=$ROOT/tests/lib/transform_matrix.py

# What the transforms of tests/lib/transform_matrix.py cannot make: a value of the check's, or one for
# every row.
REFUSED="affix_list affix_list_unique casing_list casing_list_unique choice_any_unique
choice_length_unique choice_list choice_list_unique choice_pattern_unique hash_length
hash_length_unique hash_list hash_list_unique month_any_unique month_length_unique month_list_unique
month_pattern_unique null_rate_list null_rate_list_unique preserve_list preserve_list_unique
redact_any_unique redact_length_unique redact_list redact_list_unique redact_pattern_unique
template_list template_list_unique truncate_list_unique"

setup_file() {
	pg_start
	pg_db ud
	sql_file "$ROOT/tests/fixtures/unique_derived.sql"
	catalogue base ud
	pg_db m
	"$PYTHON" "$MATRIX" sql >"$BATS_FILE_TMPDIR/m.sql"
	sql_file "$BATS_FILE_TMPDIR/m.sql"
	catalogue matrix m
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# rows_of RUN TABLE: its rows, of all shards in order
rows_of() {
	find "$1/data" -name "$2.*csv" | sort -V | xargs cat
}

# refused_as CODE TEXT...: plan.json is refused so
refused_as() {
	rm -rf run
	mkdir run
	cp "$BASE/schema.msgpack" run
	run plan-check plan.json --run run
	expect 1
	says "error $1 " "${@:2}"
}

@test "10,000 rows: every key holds in PostgreSQL, and all shardings make the same rows" {
	"$PYTHON" "$DERIVED" 10000 >plan.json
	new_run one plan.json
	new_run seven plan.json --shards 7
	make_rows one --jobs 2
	make_rows seven --jobs 2
	for table in ud.person ud.part ud.account ud.badge; do
		cmp <(rows_of one $table) <(rows_of seven $table)
	done
	pg_db filled ud
	"$BIN/load" --run one --in-place >/dev/null
	run "$BIN/eval" --run one --sql
	expect 0

	# numbers keep the form, and stand where texts are equal and nowhere else
	[ "$(sql "SELECT count(*) FROM ud.person WHERE email !~ '^[a-z.]+[0-9]*@example\.com$'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM ud.person WHERE slug !~ '^[a-z-]+[a-z](-[0-9]+)?$'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM ud.person WHERE badge !~ '^B-[A-Z]{2}(-[0-9]+)?/x$'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM ud.person WHERE display !~ ('^' || given || ' ' || family || '( [0-9]+)?$')")" = 0 ]
	[ "$(sql "SELECT count(*) FROM (SELECT regexp_replace(email, '[0-9]*@', '@') AS e, count(*) AS n,
		max(coalesce(substring(email FROM '([0-9]+)@'), '1')::int) AS most, bool_or(email !~ '[0-9]') AS plain
		FROM ud.person GROUP BY 1) AS x WHERE n <> most OR NOT plain")" = 0 ]
	[ "$(sql "SELECT max(length(short)), count(*) FROM ud.person WHERE length(short) > 14")" = '|0' ]
	[ "$(sql "SELECT count(*) FROM ud.person WHERE nick IS NULL <> (given = 'Ana')")" = 0 ]

	# what is computed one to one has no numbers
	[ "$(sql "SELECT count(*) FROM ud.part WHERE sku = 'SKU-' || lpad(id::text, 8, '0') AND number = id + 1000")" = 10000 ]
	[ "$(sql "SELECT count(*) FROM ud.badge JOIN ud.person p ON p.id = person_id WHERE label = p.badge")" = 5000 ]
	[ "$(sql "SELECT count(*) FROM ud.account WHERE kind = 'firm' AND number <= 900000 OR kind = 'person' AND number >= 500000")" = 10000 ]
	[ "$(sql "SELECT count(*) FROM ud.account WHERE kind = 'firm'")" = 2500 ]
}

@test "the plan and the report say what keeps each column distinct" {
	"$PYTHON" "$DERIVED" 100 >plan.json
	new_run run plan.json
	make_rows run
	run "$PYTHON" -c '
import json
report = json.load(open("run/generation_report.json"))["unique_columns"]
tables = json.load(open("run/resolved_plan.json"))["resolved"]["tables"]
plan = {(t["table"], c["column"]): c for t in tables for c in t["columns"] if "unique_by" in c}
assert len(plan) == len(report)
for u in report:
	c = plan[u["table"], u["column"]]
	assert (c["unique_by"], c.get("unique_why")) == (u["by"], u.get("why"))
	print("%s.%s: %s %s" % (u["table"], u["column"], u["by"], u.get("why", "")))'
	expect 0
	says 'part.sku: proof' 'part.number: proof' 'person.email: rank' 'person.badge: rank' 'person.tag: rank' \
		'badge.label: proof' "badge.owner: row_number its text is made from a parent's value"
}

@test "the columns that a text is made from keep their values" {
	"$PYTHON" "$DERIVED" 500 >plan.json
	"$PYTHON" -c '
import json
p = json.load(open("plan.json"))
p["targets"] = [t for t in p["targets"] if t["table"] in ("person", "team")]
p["rules"] = [r for r in p["rules"] if r["table"] == "person"]
json.dump(p, open("with.json", "w"))
p["rules"] = [r for r in p["rules"] if r["column"] in ("given", "family", "kind", "middle")]
json.dump(p, open("without.json", "w"))'
	new_run with with.json
	new_run without without.json
	make_rows with
	make_rows without
	cmp <(rows_of with ud.person | cut -d, -f1-4) <(rows_of without ud.person | cut -d, -f1-4)
}

@test "a table with more rows than are counted: still distinct, and any shard alone" {
	small_plan ud 4 crowd=270000 '[
		{"type": "column_generator", "schema": "ud", "table": "crowd", "column": "given", "generator": {"id": "primitive.text.pattern", "params": {"pattern": "[a-d]{3}"}}},
		{"type": "column_generator", "schema": "ud", "table": "crowd", "column": "family", "generator": {"id": "primitive.text.pattern", "params": {"pattern": "[e-h]{3}"}}},
		{"type": "column_generator", "schema": "ud", "table": "crowd", "column": "email", "generator": {"id": "derive.email_from_name", "params": {"input_columns": ["given", "family"]}}}]'
	new_run one plan.json
	new_run nine plan.json --shards 9
	make_rows one
	gen-parents --run nine --table ud.crowd --shard 8 >/dev/null
	cmp <(rows_of one ud.crowd | tail -n 1000) <(rows_of nine ud.crowd | tail -n 1000)
	[ "$(rows_of one ud.crowd | cut -d, -f4 | LC_ALL=C sort -u | wc -l)" = 270001 ]
	[ "$(rows_of one ud.crowd | sed 1d | grep -cvE '^[0-9]+,([a-d]{3}),([e-h]{3}),\1\.\2[0-9]*@example.com$')" = 0 ]
}

@test "what no number can make distinct is refused, with the column and the reason" {
	small_plan ud 1 "part=100" '[{"type": "column_generator", "schema": "ud", "table": "part", "column": "number",
		"generator": {"id": "derive.expr", "params": {"expr": "id % 7"}}}]'
	refused_as unsupported_unique 'part_number_key' 'column number is derived, and no text'
	small_plan ud 1 "team=10 person=100" '[{"type": "column_generator", "schema": "ud", "table": "person", "column": "badge",
		"generator": "primitive.text", "transforms": [{"transform": "transform.mask", "params": {"mode": "redact"}}]}]'
	refused_as invalid_transform_params '"ud.person.badge"' 'could make values of a unique column alike'
	small_plan ud 1 "team=10 person=2000000" '[{"type": "column_generator", "schema": "ud", "table": "person", "column": "short",
		"generator": {"id": "primitive.text.pattern", "params": {"pattern": "[a-z]{9}"}},
		"transforms": [{"transform": "transform.truncate", "params": {"max_len": 3}},
			{"transform": "transform.prefix_suffix", "params": {"prefix": "x-y-z-"}}]}]'
	refused_as unsupported_unique '"ud.person' 'no room for a number'
	small_plan ud 1 "team=10 person=100" '[{"type": "column_generator", "schema": "ud", "table": "person", "column": "slug",
		"generator": {"id": "derive.expr", "params": {"expr": "'"'Q' || left(given, 1)"'"}}}]'
	refused_as check_not_met 'person_slug_check'
}

@test "each transform under each check, unique or not, is refused by plan-check or loads" {
	BASE=$BATS_FILE_TMPDIR/matrix
	mkdir all
	cp "$BASE/schema.msgpack" all
	"$PYTHON" "$MATRIX" plan >plan.json
	! plan-check plan.json --run all --output json >issues.json 2>/dev/null || fail accepted
	run diff <(tr -s ' \n' '\n' <<<"$REFUSED" | LC_ALL=C sort) <("$PYTHON" -c '
import json, re
errors = [i for i in json.load(open("issues.json"))["issues"] if i["severity"] == "error"]
print("\n".join(sorted({re.match("\"m\.(\w+)", i["message"]).group(1) for i in errors})))')
	expect 0
	# shellcheck disable=SC2086
	"$PYTHON" "$MATRIX" plan $REFUSED >plan.json
	new_run run plan.json
	make_rows run
	pg_db matrix m
	"$BIN/load" --run run --in-place >/dev/null
	run "$BIN/eval" --run run --sql
	expect 0
	[ "$(sql "SELECT count(*) FROM m.truncate_any_unique WHERE v ~ '^[a-z]{2}(-[0-9]+)?$'")" = 2000 ]
}
