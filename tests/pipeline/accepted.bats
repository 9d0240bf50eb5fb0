#!/usr/bin/env bats
# "Accepted" is said of plans that have been tried: what plan-check takes is made and loaded, and
# holds; what cannot be is refused by name before the first byte.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db accepted
	sql_file "$ROOT/tests/fixtures/accepted.sql"
	mapfile -t all < <(grep -oP '^CREATE SCHEMA \K\w+' "$ROOT/tests/fixtures/accepted.sql")
	export SCHEMAS=${all[*]}
	catalogue base "${all[@]}"
	export BASE=$BATS_FILE_TMPDIR/base
	plan-check --init --bare --on-impossible refuse --run "$BASE" "$BATS_FILE_TMPDIR/init.json"
}

teardown_file() { pg_stop; }

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir run
	cp "$BASE/schema.msgpack" run
}

# only "SCHEMA ..." [RULES]: the plan that init writes, for these schemas alone, and with RULES
only() {
	"$PYTHON" - "$BATS_FILE_TMPDIR/init.json" "$@" >plan.json <<-'END'
		import json, sys
		path, schemas, rules = (sys.argv[1:] + ["[]"])[:3]
		plan, schemas = json.load(open(path)), schemas.split()
		plan["targets"] = [t for t in plan["targets"] if t["schema"] in schemas]
		own = json.loads(rules)
		taken = {(r["table"], r.get("column")) for r in own}
		plan["rules"] = [r for r in plan["rules"] if r["schema"] in schemas and (r["table"], r.get("column")) not in taken] + own
		json.dump(plan, sys.stdout)
	END
}

# rule TABLE COLUMN ID [PARAMS]: of a column, TABLE with its schema
rule() {
	echo "{\"type\": \"column_generator\", \"schema\": \"${1%.*}\", \"table\": \"${1#*.}\", \"column\": \"$2\"," \
		"\"generator\": {\"id\": \"$3\", \"params\": ${4:-"{}"}}}"
}

# shares TABLE COLUMN VALUE=WEIGHT...: a rule that gives these values their shares of the rows
shares() {
	local v list=
	for v in "${@:3}"; do
		list+="${list:+, }{\"value\": \"${v%=*}\", \"weight\": ${v#*=}}"
	done
	rule "$1" "$2" primitive.shares "{\"choices\": [$list]}"
}

# check [OPTION...]: try plan.json
check() {
	rm -f run/plan.msgpack
	run plan-check plan.json --run run "$@"
}

# names SCHEMA: the last check refused a table of that schema, with a way out
names() {
	grep -q "^error [a-z_]* /.*$1\." <<<"$output" || fail "$1 is not named:" "$output"
	grep -A1 '^error' <<<"$output" | grep -q '^    hint: .' || fail "no way out:" "$output"
}

# filled: the rows of the accepted plan, made and loaded, hold
filled() {
	pg_db "t$BATS_TEST_NUMBER" accepted
	make_rows run --format binary
	"$BIN/load" --run run >/dev/null
	run "$BIN/eval" --run run --conn "$DATABASE_URL"
	expect 0
}

# tried ROWS: of every schema, with that many rows, that it is refused by name or can be filled
tried() {
	local schema accepted=() rows="$1;steps.state=4"
	for schema in $SCHEMAS; do
		only "$schema"
		check --rows "$rows"
		case $status in
		0) accepted+=("$schema") ;;
		1) names "$schema" ;;
		*) fail "$schema: status $status" "$output" ;;
		esac
	done
	only "${accepted[*]}"
	check --rows "$rows"
	expect 0
	filled
	echo "filled: ${accepted[*]}"
}

@test "tables whose checks are hard to meet are refused by name, or made, loaded and held" {
	tried 100
}

@test "so are those of more rows than are tried, whose keys are made on demand" {
	tried 3000
}

@test "every table that cannot be is named at once: the check, what it says, its columns and a way out" {
	only "never up" "[$(rule up.loan lent derive.expr '{"expr": "2000 + 0 * id"}')]"
	find run | sort >before
	check
	expect 1
	says 'error check_unsatisfiable /rules/' '"up.loan.lent": none of ' 'check within_limit, CHECK (lent <= 1000)' \
		'"never.t' 'check sixteen_million, CHECK (' 'is refused: 2 errors' \
		'rules whose values it allows, or set the policy of checks to warn'
	find run ! -name logs.ndjson | sort | diff before - || fail "something was left"
	[ "$(grep -c '^    hint: ' <<<"$output")" = 2 ]
}

@test "a check that is left to the database does not stand in the way" {
	only within '[{"type": "constraint_policy", "schema": "within", "table": "token", "constraint": "check", "mode": "warn"}]'
	check
	expect 0
	gen-parents --run run >/dev/null
}

@test "a check over values of a parent's parent, of few rows and of many" {
	for rows in 50 5000; do
		only up "[$(rule up.loan lent derive.expr '{"expr": "contract_id.client_id.credit + 1000"}')]"
		check --rows $rows
		expect 1
		says 'error check_not_met' '"up.loan": check within_limit, CHECK (lent <= 1000), over lent: row'
		only up "[$(rule up.loan lent derive.expr '{"expr": "contract_id.client_id.credit + 900"}')]"
		check --rows $rows
		expect 0
		make_rows run
	done
}

@test "what refers to a refused table is tried, and is not blamed for it" {
	only up "[$(rule up.client credit derive.expr '{"expr": "100 + id"}'), $(rule up.loan lent derive.expr '{"expr": "contract_id.client_id.credit + 2000"}')]"
	for rows in 50 5000; do
		check --rows $rows
		expect 1
		says '"up.client.credit": ' 'check client_credit_check' 'is refused: '
		! grep '^error' <<<"$output" | grep -q '"up.contract"' || fail "contract is blamed:" "$output"
	done
	only up "[$(rule up.client credit derive.expr '{"expr": "100 + id"}'), $(rule up.loan lent derive.expr '{"expr": "2000 + 0 * id"}')]"
	check --rows 50
	says '"up.client.credit": ' 'check client_credit_check' '"up.loan' 'check within_limit' 'is refused: 2 errors'
}

@test "parents that the database has, and rows that are added to a table" {
	pg_db "t$BATS_TEST_NUMBER" accepted
	sql "INSERT INTO up.client SELECT i, i % 50 FROM generate_series(1, 2000) i"
	introspect --run run --schema up --keys 'up.client(credit)' >/dev/null
	for more in 1000 900; do
		small_plan up 1 "contract=50 loan=50" "[$(rule up.loan lent derive.expr "{\"expr\": \"contract_id.client_id.credit + $more + 1\"}")]"
		check
		if [ $more = 1000 ]; then
			expect 1
			says '"up.loan": check within_limit'
		else
			expect 0
			make_rows run
		fi
	done
	small_plan up 1 "client=50" "[$(rule up.client credit derive.expr '{"expr": "100 + id"}')]"
	"$PYTHON" -c 'import json; p = json.load(open("plan.json")); p["targets"][0]["append"] = True; json.dump(p, open("plan.json", "w"))'
	check
	expect 1
	says '"up.client.credit": ' 'check client_credit_check'
}

@test "exact shares of what says which kind of row it is: the rows follow, or the check is named" {
	only kind "[$(shares kind.note kind car=3 bike=1), $(shares kind.pay kind card=1 pix=4), $(shares kind.bill kind new=1 paid=2 void=1)]"
	check --rows 2000
	expect 0
	filled
	[ "$(sql "SELECT (SELECT count(car_id) FROM kind.note), (SELECT count(pix) FROM kind.pay), (SELECT count(*) FROM kind.bill WHERE kind = 'paid')")" = "1500|1600|1000" ]
	only root "[$(shares root.node kind root=1 leaf=4)]"
	check
	[ "$status" = 0 ] || names root
	[ "$status" = 1 ] || gen-parents --run run
}

@test "an equation of which one column has a rule: solved for another, or refused by name" {
	for column in total subtotal frete; do
		only sum "[$(rule sum.fatura $column primitive.decimal.numeric '{"min": 10, "max": 90}')]"
		check
		if [ "$status" = 1 ]; then
			says '"sum.fatura": check total_de_partes' 'over subtotal, frete, total'
		else
			expect 0
			gen-parents --run run >/dev/null
		fi
	done
}
