#!/usr/bin/env bats
# Every shape of CHECK seen in real schemas, a table each: filled from the plan that plan-check
# writes, without a rule, and loaded with the constraints live.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

ROWS=200

# What no generator here can fill by itself.  Refused by plan-check, with the check's name ...
REFUSED=""
# Checks the evaluator does not cover; PostgreSQL holds them all the same.
UNSUPPORTED="inet_v4 json_size"
# The most attempts a row may cost: on average, in each table; and any one row.
MEAN=1.05
WORST=50

setup_file() {
	pg_start
	pg_db zoo
	sql_file "$ROOT/tests/fixtures/checks_zoo.sql"
	introspect --run "$BATS_FILE_TMPDIR/base" --schema z >/dev/null
	plan-check --init --on-impossible refuse --bare --run "$BATS_FILE_TMPDIR/base" >"$BATS_FILE_TMPDIR/init.json"
	export BASE=$BATS_FILE_TMPDIR/base PLAN=$BATS_FILE_TMPDIR/init.json
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return
}

# without TABLE...: the plan, but for these tables, as plan.json
without() {
	"$PYTHON" - "$PLAN" "$@" >plan.json <<'END'
import json, sys
plan = json.load(open(sys.argv[1]))
plan["targets"] = [t for t in plan["targets"] if t["table"] not in sys.argv[2:]]
json.dump(plan, sys.stdout)
END
}

# receipts EXPRESSION: python's, over R, the generators' receipts by table
receipts() {
	"$PYTHON" - "$RUN" "$1" <<'END'
import glob, json, sys
R = {}
for f in glob.glob(sys.argv[1] + "/receipts/gen.*.json"):
    R[f.split(".")[-2]] = json.load(open(f))
print(eval(sys.argv[2]))
END
}

# few_attempts: what the report says of every table's rows is within the bounds
few_attempts() {
	run "$PYTHON" - "$RUN/generation_report.json" $MEAN $WORST <<'END'
import json, sys
report, mean, worst = json.load(open(sys.argv[1])), float(sys.argv[2]), int(sys.argv[3])
assert len(report["tables"]) > 120
for t in [dict(report, table="all")] + report["tables"]:
    if t["attempts_most"] < 1 or t["attempts_most"] > worst:
        print(t["table"], "a row was drawn", t["attempts_most"], "times")
    if t["attempts_average"] > mean:
        print(t["table"], "a row is drawn", t["attempts_average"], "times on average")
END
	expect 0
	[ -z "$output" ] || fail "$output"
}

@test "the zoo has at least 120 tables, and no rule in its plan" {
	[ "$(sql "SELECT count(*) >= 120 FROM pg_class WHERE relkind = 'r'
		AND relnamespace = 'z'::regnamespace")" = t ]
	! grep -q '"rules": \[[^]]*generator' "$PLAN" || fail "the plan has a rule"
}

@test "plan-check accepts them all, and names the checks nobody here can evaluate" {
	mkdir "$RUN"
	cp "$BASE/schema.msgpack" "$RUN"
	run plan-check "$PLAN" --run "$RUN" --rows $ROWS
	expect 0
	[ "$(grep -c '^warning check_unsupported' <<<"$output")" = "$(wc -w <<<"$UNSUPPORTED")" ]
	for t in $UNSUPPORTED; do
		says "warning check_unsupported" "\"z.$t\": check"
	done
}

@test "a check that no row of many meets is refused with its name before any is made" {
	cat >rare.sql <<-'END'
		CREATE SCHEMA y;
		CREATE TABLE y.rare (a integer NOT NULL, b integer NOT NULL,
			CONSTRAINT rare_sum CHECK (left(md5(a::text || '-' || b::text), 6) = '000000'));
	END
	introspect --ddl rare.sql --run rare --schema y >/dev/null
	plan-check --init --on-impossible refuse --run rare >rare.json
	run plan-check rare.json --run rare --rows 10
	expect 1
	says 'error check_unsatisfiable' '"y.rare.a"' "passes check rare_sum, CHECK (" \
		"set the policy of checks to warn"
}

@test "all are filled and loaded with constraints live, few rows drawn twice" {
	without
	new_run "$RUN" plan.json --rows $ROWS
	make_rows "$RUN"
	"$BIN/load" --run "$RUN" --in-place >/dev/null
	[ "$(receipts 'all(r["rows"] == '$ROWS' for r in R.values())')" = True ]
	few_attempts
	# eval cannot evaluate these checks in the files; PostgreSQL finds no violation of them
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
	[[ "$output" =~ CHECK[[:space:]]+[0-9]+[[:space:]]+0[[:space:]]+$(wc -w <<<"$UNSUPPORTED")[[:space:]]+0 ]] || fail "$output"
	says 'verdict: holds'
}

# refusal COLUMNS [RULES [OPTIONS]]: plan-check, of a table r with these columns, into $output
refusal() {
	rm -rf r
	echo "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE r ($1);" >r.sql
	introspect --ddl r.sql --run r --schema public >/dev/null
	"$PYTHON" - "${2:-[]}" "${3:-{\}}" >r.json <<'END'
import json, sys
json.dump({"plan_version": "0.2", "seed": 1, "global": {"as_of": "2026-11-22"},
           "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
           "targets": [{"schema": "public", "table": "r", "rows": 10}],
           "rules": json.loads(sys.argv[1]), "options": json.loads(sys.argv[2])}, sys.stdout)
END
	run plan-check r.json --run r
}

@test "checks that exclude one another are refused with their definitions and columns" {
	refusal 'i int NOT NULL CHECK (i > 5) CHECK (i < 3)'
	expect 1
	says 'error check_unsatisfiable' 'public.r.i' 'i > 5' 'i < 3'
	refusal "m mood NOT NULL CHECK (m NOT IN ('sad', 'ok'))"
	expect 1
	says 'error check_unsatisfiable' 'public.r.m' "'sad'"
	refusal 'a int NOT NULL, b int NOT NULL, CHECK (num_nonnulls(a, b) = 1)'
	expect 1
	says 'error check_unsatisfiable' 'public.r.a' 'num_nonnulls(a, b) = 1'
	refusal "k text NOT NULL CHECK (k IN ('x', 'y')), n int,
		CHECK (k = 'a' AND n IS NULL OR k = 'b' AND n > 0)"
	expect 1
	says 'error check_unsatisfiable' 'public.r.k' 'n IS NULL'
}

@test "a rule whose values no way of a check takes is refused" {
	rule() {
		echo '[{"type": "column_generator", "schema": "public", "table": "r", "column": "i",
			"generator": {"id": "primitive.int", "params": {"min": '"$1"', "max": 99}}}]'
	}
	refusal 'i int NOT NULL CHECK (i < 5)' "$(rule 10)"
	expect 1
	says 'error check_unsatisfiable' '"public.r.i"' 'i < 5'
	refusal 'i int NOT NULL, CHECK (i < 5 OR i BETWEEN 7 AND 8)' "$(rule 10)"
	expect 1
	says 'error check_unsatisfiable' '"public.r.i"' 'i < 5'
	refusal 'i int NOT NULL, CHECK (i < 5 OR i BETWEEN 7 AND 8)' "$(rule 6)"
	expect 0
	gen-parents --run r
	run sort -u r/data/public.r.csv
	[ "$output" = "7"$'\n'"8"$'\n'"i" ] || fail "$output"
}

@test "a check nobody here can evaluate is named with its node; a policy lets it pass" {
	local strict='{"strict": true}' ip='ip inet NOT NULL CHECK (family(ip) = 4)'
	policy() {
		echo '[{"type": "constraint_policy", "schema": "public", "table": "r", "constraint": "check",
			"mode": "'"$1"'"}]'
	}
	refusal "$ip" '[]' "$strict"
	expect 1
	says 'error check_unsupported' 'family()' 'warn or ignore'
	refusal "$ip" "$(policy warn)" "$strict"
	expect 0
	says 'warning check_unsupported' 'family()'
	refusal "$ip" "$(policy ignore)" "$strict"
	expect 0
	[[ "$output" != *family* ]] || fail "$output"
}

@test "216 shapes more, as PostgreSQL prints them back: not one left out, none violated" {
	pg_db shapes
	sql_file "$ROOT/tests/fixtures/check_shapes.sql"
	introspect --run "$RUN" --schema shapes >/dev/null
	plan-check --init --on-impossible refuse --bare --run "$RUN" >plan.json
	plan-check plan.json --run "$RUN" --rows "$ROWS;shapes.few=4" >/dev/null
	make_rows "$RUN"
	"$BIN/load" --run "$RUN" --in-place >/dev/null
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
	few_attempts
}

@test "combinations are the same from any shard" {
	# shellcheck disable=SC2086
	without $REFUSED
	new_run "$RUN" plan.json --rows 300
	make_rows "$RUN"
	new_run "$RUN.5" plan.json --rows 300 --shards 5
	make_rows "$RUN.5" --jobs 2
	whole "$RUN" one
	whole "$RUN.5" five
	diff -r one five >/dev/null
}
