#!/usr/bin/env bats
# Checks that say what a column is: the column without a rule is computed, and what is asked of it is
# asked of those that it is computed from.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

ROWS=300

setup_file() {
	fixture_base equations equations.sql q
	plan-check --init --on-impossible refuse --bare --run "$BASE" >"$BATS_FILE_TMPDIR/init.json"
	export INIT=$BATS_FILE_TMPDIR/init.json
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return
}

# with_rules RULE...: init's plan and these rules, each "TABLE COLUMN GENERATOR PARAMS", as plan.json
with_rules() {
	"$PYTHON" - "$INIT" "$@" >plan.json <<-'END'
		import json, sys
		plan = json.load(open(sys.argv[1]))
		for rule in sys.argv[2:]:
		    table, column, generator, params = rule.split(" ", 3)
		    plan["rules"].append({"type": "column_generator", "schema": "q", "table": table, "column": column,
		                          "generator": {"id": generator, "params": json.loads(params)}})
		json.dump(plan, sys.stdout)
	END
}

RULES=('stay_ruled nights primitive.int {"min": 1, "max": 14}'
	'ruled subtotal primitive.decimal.numeric {"min": 10, "max": 900}'
	'ruled total primitive.decimal.numeric {"min": 1000, "max": 2000}'
	'ordered price derive.expr {"expr": "product_id.price"}')

# only TABLE: the plan of plan.json, for one table, as one.json
only() {
	"$PYTHON" - "$1" >one.json <<-'END'
		import json, sys
		plan = json.load(open("plan.json"))
		for member in "targets", "rules":
		    plan[member] = [t for t in plan[member] if t.get("table") == sys.argv[1]]
		json.dump(plan, sys.stdout)
	END
}

@test "every equation of the fixture is met, with constraints live, and few rows are drawn twice" {
	with_rules "${RULES[@]}"
	new_run "$RUN" plan.json --rows $ROWS
	make_rows "$RUN"
	"$BIN/load" --run "$RUN" --in-place >/dev/null
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
	run "$PYTHON" - "$RUN/generation_report.json" <<-'END'
		import json, sys
		tables = json.load(open(sys.argv[1]))["tables"]
		assert len(tables) > 30
		for t in tables:
		    if t["rows_generated"] != 300 or t["attempts_average"] > 1.15 or t["attempts_most"] > 10:
		        print(t["table"], t["rows_generated"], t["attempts_average"], t["attempts_most"])
	END
	expect 0
	[ -z "$output" ] || fail "$output"
	# all that is allowed is used: no value that was only tried, no few that come again and again
	[ "$(sql "SELECT count(DISTINCT total) > 290, count(DISTINCT shipping) > 290 FROM q.sums")" = "t|t" ]
	[ "$(sql "SELECT count(*) FROM q.line WHERE quantity = 1 OR price IN (0.01, 1) OR shipping = 0")" -le 3 ]
	[ "$(sql "SELECT max(total) > 400000, count(DISTINCT quantity) > 200 FROM q.line")" = "t|t" ]
	[ "$(sql "SELECT min(tax / gross) < 0.1, max(tax / gross) > 0.9 FROM q.net WHERE gross > 0")" = "t|t" ]
	[ "$(sql "SELECT min(nights) >= 1, max(nights), count(DISTINCT nights) FROM q.stay_ruled")" = "t|14|14" ]
	[ "$(sql "SELECT max(a) > 80, max(b) > 80, max(c) > 80 FROM q.parts")" = "t|t|t" ]
	[ "$(sql "SELECT count(*) > 10 FROM q.nullable WHERE c IS NULL AND a IS NOT NULL AND b IS NOT NULL")" = t ]
	[ "$(sql "SELECT count(*) > 10 FROM q.not_null WHERE a IS NULL AND c <> b")" = t ]
	[ "$(sql "SELECT count(DISTINCT whole % 2) FROM q.half")" = 2 ]
	[ "$(sql "SELECT min(nights), max(nights) FROM q.stay_short")" = "1|14" ]
	[ "$(sql "SELECT count(*) FILTER (WHERE total = a + b) > 60, count(*) FILTER (WHERE total <> a + b) > 60
		FROM q.closed")" = "t|t" ]
	[ "$(sql "SELECT count(*) FILTER (WHERE total = a + b) > 60, count(*) FILTER (WHERE total = 0) > 60
		FROM q.closed_or_zero")" = "t|t" ]
	[ "$(sql "SELECT count(*) FROM q.ordered o JOIN q.product p ON p.id = o.product_id AND p.price = o.price")" = $ROWS ]
}

@test "with a rule for each of its columns, samples say whether an equation is met or refused" {
	with_rules 'ruled subtotal primitive.decimal.numeric {"min": 10, "max": 900}' \
		'ruled shipping primitive.decimal.numeric {"min": 10, "max": 900}' \
		'ruled total primitive.decimal.numeric {"min": 1000, "max": 2000}'
	only ruled
	run plan-check one.json --run "$BASE" --rows 10
	expect 1
	says "error check_unsatisfiable" "passes check ruled_check, CHECK (total = (subtotal + shipping))" "rules"
	with_rules 'ruled subtotal primitive.decimal.numeric {"min": 10, "max": 900}' \
		'ruled shipping primitive.decimal.numeric {"min": 10, "max": 900}' \
		'ruled total derive.expr {"expr": "subtotal + shipping"}'
	only ruled
	new_run "$RUN" one.json --rows $ROWS
	make_rows "$RUN"
	[ "$(grep -c . "$RUN/data/q.ruled.csv")" = $((ROWS + 1)) ]
}

@test "a column that others are derived from is not computed from those" {
	with_rules 'ruled subtotal derive.expr {"expr": "round(total * 0.9, 2)"}'
	only ruled
	new_run "$RUN" one.json --rows $ROWS
	make_rows "$RUN"
	run awk -F, 'NR > 1 && ($4 - $2 - $3 > 0.001 || $2 + $3 - $4 > 0.001)' "$RUN/data/q.ruled.csv"
	[ -z "$output" ] || fail "$output"
}

@test "an equation over columns that are not drawn again is refused before a row is made" {
	cat >unique.sql <<-'END'
		CREATE SCHEMA y;
		CREATE TABLE y.coded (id integer PRIMARY KEY, code text NOT NULL UNIQUE, CONSTRAINT code_of_id CHECK (code = 'P-' || id::text));
		CREATE TABLE y.slug (id integer PRIMARY KEY, name text NOT NULL, slug text NOT NULL UNIQUE,
			CONSTRAINT slug_of_name CHECK (slug = lower(name)));
	END
	introspect --ddl unique.sql --run "$RUN" --schema y >/dev/null
	small_plan y 3 "coded=20"
	run plan-check plan.json --run "$RUN"
	expect 1
	says "error check_unsatisfiable" "y.coded" "check code_of_id" "are not drawn again"
	small_plan y 3 "slug=20"
	run plan-check plan.json --run "$RUN"
	expect 1
	says "y.slug" "check slug_of_name"
}

@test "what is computed is the same from any shard" {
	with_rules "${RULES[@]}"
	new_run one plan.json --rows $ROWS
	new_run many plan.json --rows $ROWS --shards 4
	make_rows one
	make_rows many
	whole one a
	whole many b
	diff -r a b
}
