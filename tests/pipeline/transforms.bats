#!/usr/bin/env bats
# Checks, keys and types judge what is written: every transform under every shape of CHECK, and in
# chains, is refused by plan-check, or made and loaded with the constraints live.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

WRITTEN=$ROOT/tests/lib/written.py

# What no written value can pass: of tests/lib/written.py, TRANSFORM_SHAPE and chains.
REFUSED="affix_capitals affix_domain affix_fits affix_folded affix_short affix_three
c_ints_out c_not_month c_unique_cut_too_far c_unique_fails
choice_capitals choice_email choice_folded choice_like choice_long choice_none_of choice_one_of
choice_prefix choice_three
hash_capitals hash_domain hash_email hash_like hash_one_of hash_prefix hash_short hash_three
lower_capitals lower_either lower_email lower_long
nulls_capitals nulls_either nulls_email nulls_folded nulls_long
preserve_capitals preserve_either preserve_email preserve_folded preserve_like preserve_long
preserve_one_of
redact_capitals redact_either redact_email redact_like redact_long redact_prefix
template_capitals template_domain template_fits template_folded template_short template_three
title_capitals title_either title_email title_folded title_long title_prefix
truncate_capitals truncate_email truncate_folded truncate_like truncate_long
upper_either upper_email upper_folded upper_like upper_long upper_prefix"

setup_file() {
	pg_start
	pg_db written
	"$PYTHON" "$WRITTEN" sql >"$BATS_FILE_TMPDIR/written.sql"
	sql_file "$BATS_FILE_TMPDIR/written.sql"
	catalogue base w
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return
}

# refused_names FILE: the tables whose columns have errors in the issues of FILE, sorted
refused_names() {
	"$PYTHON" - "$1" <<-'END'
		import json, re, sys
		errors = [i for i in json.load(open(sys.argv[1]))["issues"] if i["severity"] == "error"]
		print("\n".join(sorted({re.match(r'"w\.(\w+)\.v"', i["message"]).group(1) for i in errors})))
	END
}

# accepted_plan: the plan of the others, as plan.json
accepted_plan() {
	# shellcheck disable=SC2086
	"$PYTHON" "$WRITTEN" plan $REFUSED >plan.json
}

@test "plan-check refuses what no transformed value can pass, and nothing else, each by its name" {
	mkdir "$RUN"
	cp "$BASE/schema.msgpack" "$RUN"
	"$PYTHON" "$WRITTEN" plan >plan.json
	! plan-check plan.json --run "$RUN" --output json >issues.json 2>/dev/null || fail accepted
	run diff <(tr -s ' \n' '\n' <<<"$REFUSED" | LC_ALL=C sort) <(refused_names issues.json)
	expect 0
}

@test "what it accepts is made whole, and loaded with every check live" {
	accepted_plan
	new_run "$RUN" plan.json
	make_rows "$RUN"
	"$BIN/load" --run "$RUN" --in-place >/dev/null
	[ "$(sql "SELECT count(*), bool_and(v ~ '^u[a-z]{3,6}@x.com$') FROM w.affix_email")" = "60|t" ]
	[ "$(sql "SELECT string_agg(DISTINCT v, ' ' ORDER BY v) FROM w.c_choice_upper")" = "RJ SP" ]
	[ "$(sql "SELECT count(*) > 5 FROM w.nulls_short WHERE v IS NULL")" = t ]
	[ "$(sql "SELECT min(length(v)), max(length(v)) FROM w.c_cut_affix")" = "8|8" ]
	[ "$(sql "SELECT count(DISTINCT upper(v)) FROM w.c_unique_upper")" = 60 ]
	[ "$(sql "SELECT bool_and(v ~ '^abcd.*wxyz$') FROM w.c_room")" = t ]
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
}

@test "what is written does not hang on the shard it is written in" {
	accepted_plan
	new_run one plan.json
	new_run many plan.json --shards 3
	make_rows one
	make_rows many
	whole one a
	whole many b
	diff -r a b
}

@test "a text too long for its column after its transforms is refused, or an error of its row, never cut" {
	cat >long.sql <<-'END'
		CREATE SCHEMA y;
		CREATE TABLE y.long (id integer PRIMARY KEY, a text NOT NULL, b varchar(12) NOT NULL);
	END
	introspect --ddl long.sql --run "$RUN" --schema y >/dev/null
	small_plan y 1 long=20 '[
		{"type": "column_generator", "schema": "y", "table": "long", "column": "a",
		 "generator": {"id": "primitive.text.pattern", "params": {"pattern": "[a-z]{6}"}}},
		{"type": "column_generator", "schema": "y", "table": "long", "column": "b",
		 "generator": {"id": "derive.expr", "params": {"expr": "a || a"}},
		 "transforms": [{"transform": "transform.prefix_suffix", "params": {"prefix": "no. "}}]}]'
	if plan-check plan.json --run "$RUN" >check 2>&1; then
		run gen-parents --run "$RUN"
	else
		run cat check
		status=1
	fi
	expect 1
	says "y.long" "column b" "longer than character varying(12)"
}

@test "a choice is a value of its column's type, or is refused: addresses, json and bits" {
	cat >typed.sql <<-'END'
		CREATE SCHEMA t;
		CREATE TABLE t.x (id integer PRIMARY KEY, a inet, n cidr, m macaddr, j jsonb, b bit(3), w numeric(30, 2));
	END
	introspect --ddl typed.sql --run "$RUN" >/dev/null
	"$PYTHON" - <<-'END'
		import json
		values = {"a": (["10.0.0.1", "2001:db8::1/64"], ["north", "7", "10.0.0.1/33"]),
		          "n": (["10.0.0.0/8"], ["10.0.0.1/8"]), "m": (["02:00:5e:10:00:aF"], ["02:00:5e:10:00", "02:00-5e:10:00:af"]),
		          "j": (['{"a": 1}', "7", "null"], ["north", "2020-01-01"]), "b": (["101"], ["10", "102"]), "w": (["7.5"], ["x"])}
		rule = lambda c, v: {"type": "column_generator", "schema": "t", "table": "x", "column": c, "generator": "primitive.choice",
		                     "params": {"choices": [{"value": x, "weight": 1} for x in v]}}
		for name, rules in (("right", [rule(c, good) for c, (good, _) in values.items()]),
		                    *(("wrong%d" % i, [rule(c, [v])]) for i, (c, v) in enumerate((c, v) for c, (_, bad) in values.items() for v in bad))):
		    json.dump({"plan_version": "0.3", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"}, "global": {"as_of": "2026-11-26"},
		               "targets": [{"schema": "t", "table": "x", "rows": 50}], "rules": rules}, open(name + ".json", "w"))
	END
	for plan in wrong*.json; do
		run plan-check "$plan" --run "$RUN"
		[ "$status" = 1 ] && [[ $output = *"the column cannot hold choice 0"* ]] || fail "$plan: $(cat "$plan")" "$output"
	done
	pg_db typed
	sql_file typed.sql
	plan-check right.json --run "$RUN" 2>/dev/null
	make_rows "$RUN"
	"$BIN/load" --run "$RUN" >/dev/null
	[ "$(sql 'SELECT count(*) FROM t.x')" = 50 ]
}
