#!/usr/bin/env bats
# SQL in plans: derive.expr, when, defaults, generated columns; PostgreSQL says whether they hold.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base expr expr.sql ex
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	PLAN=$BATS_TEST_TMPDIR/plan.json
	cd "$BATS_TEST_TMPDIR" || return
}

# plan RULES [MEMBERS]: rules as lines "table.column generator [JSON of params [JSON of members]]"
plan() {
	"$PYTHON" - "$PLAN" "$1" "${2:-{\}}" <<'EOF'
import json, sys
path, rules, more = sys.argv[1:]
plan = {"plan_version": "0.3", "seed": 7, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
        "global": {"as_of": "2026-11-22"}, "rules": [],
        "targets": [{"schema": "ex", "table": t, "rows": n} for t, n in
                    (("customers", 60), ("orders", 1500), ("parcels", 2000))]}
for line in filter(None, (l.strip() for l in rules.split("\n"))):
    name, rest = line.split(" ", 1)
    gen, _, params = rest.partition(" ")
    table, column = name.split(".")
    rule = {"type": "column_generator", "schema": "ex", "table": table, "column": column, "generator": gen}
    d = json.JSONDecoder()
    if params:
        p, end = d.raw_decode(params)
        rule["params"] = p
        if params[end:].strip():
            rule.update(json.loads(params[end:]))
    plan["rules"].append(rule)
plan.update(json.loads(more))
json.dump(plan, open(path, "w"))
EOF
}

@test "the example holds: every promised equality, asked of PostgreSQL" {
	pg_db crm
	crm_load
	catalogue crm crm
	BASE=$BATS_FILE_TMPDIR/crm new_run "$RUN" "$ROOT/plans/examples/expressions.plan.json"
	make_rows "$RUN"
	"$BIN/load" --run "$RUN" >/dev/null
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
	none "crm.faturas WHERE data_vencimento <> data_emissao + 30"
	none "crm.itens_cotacao i JOIN crm.produtos p ON p.id = i.produto_id
		WHERE preco_unitario <> round(preco_base * (1 - desconto_percentual / 100), 2)"
	none "crm.itens_fatura i JOIN crm.produtos p ON p.id = i.produto_id WHERE preco_unitario <> preco_base"
	none "crm.pagamentos p JOIN crm.faturas f ON f.id = p.fatura_id
		WHERE valor <> valor_total OR data_pagamento - data_emissao NOT BETWEEN 0 AND 45"
	none "crm.atividades WHERE data_fim - data_inicio NOT IN (SELECT k * interval '15 minutes'
		FROM generate_series(1, 8) k)"
	none "crm.leads WHERE status <> 'novo'"
	none "crm.pagamentos WHERE (valor > 5000) <> (metodo = 'TED')"
	[ "$(sql "SELECT count(DISTINCT desconto_percentual) FROM crm.itens_cotacao")" = 4 ]
}

@test "expressions read the row, the parent, what is derived, and draw" {
	plan 'orders.placed derive.expr {"expr": "customer_id.since + uniform(0, 90)"}
		orders.due derive.expr {"expr": "orders.placed + 14"}
		orders.net derive.expr {"expr": "round(100 * (1 - customer_id.discount / 100) + uniform(0, 9.99), 2)"}
		orders.title derive.expr {"expr": "left(customer_id.label, 5) || choice(\u0027-a\u0027, \u0027-b\u0027)"}
		parcels.sent derive.expr {"expr": "order_id.placed + 2"}
		parcels.tax derive.expr {"expr": "order_id.tax"}
		parcels.weight derive.expr {"expr": "normal(10, 2)"}
		parcels.customer_label derive.expr {"expr": "case when order_id.gross > 110 then upper(grade) else order_id.title end"}
		parcels.grade derive.expr {"expr": "choice(\u0027x\u0027, \u0027y\u0027, \u0027z\u0027)"}'
	filled expr
	none "ex.orders o JOIN ex.customers c ON c.id = customer_id
		WHERE placed - since NOT BETWEEN 0 AND 90 OR due <> placed + 14
		OR net - 100 * (1 - discount / 100) NOT BETWEEN -0.01 AND 10
		OR title NOT IN (left(label, 5) || '-a', left(label, 5) || '-b')"
	none "ex.parcels p JOIN ex.orders o ON o.id = order_id WHERE sent <> placed + 2 OR p.tax <> o.tax
		OR customer_label IS DISTINCT FROM CASE WHEN gross > 110 THEN upper(grade) ELSE title END"
	[ "$(sql "SELECT abs(avg(weight) - 10) < 0.2 AND abs(stddev(weight) - 2) < 0.15 FROM ex.parcels")" = t ]
	[ "$(sql "SELECT min(n) > 550 FROM (SELECT count(*) AS n FROM ex.parcels GROUP BY grade) d")" = t ]
	[ "$(sql "SELECT count(DISTINCT placed - since) FROM ex.orders o JOIN ex.customers c ON c.id = customer_id")" = 91 ]
}

@test "a generated column is what PostgreSQL makes of it, and its checks hold" {
	plan ''
	filled expr
	[ "$(sql "SELECT count(*) FROM ex.orders WHERE area IS NOT NULL")" -gt 500 ]
	grep -q '"generated"' "$RUN/metrics.json"
	run head -n 1 "$RUN/data/ex.orders.csv"
	[[ ! $output =~ tax|gross|area ]] || fail "$output"
	"$BIN/snapshot" "$RUN/keys/ex.orders.msgpack" >/dev/null
}

@test "primitive.default is what the server would have filled in" {
	plan 'customers.kind primitive.default
		customers.code primitive.default
		customers.token primitive.default
		customers.since primitive.default
		customers.seen primitive.default
		customers.discount primitive.default
		customers.note primitive.default
		customers.id primitive.default
		orders.id primitive.default
		orders.rate primitive.default'
	filled expr
	none "ex.customers WHERE (kind, code, since, seen, discount, note) IS DISTINCT FROM
		('retail'::ex.kind, 'none', '2026-11-22', '2026-11-22 00:00+00', 2.5, 'n/a')"
	[ "$(sql "SELECT min(id), max(id), count(DISTINCT token) FROM ex.customers")" = "1|60|60" ]
	none "ex.customers WHERE token::text !~ '^.{14}4'"
	[ "$(sql "SELECT min(id), max(id), min(rate), max(rate) FROM ex.orders")" = "1|1500|0.2000|0.2000" ]
}

@test "what an expression cannot be is refused before the first byte, and named" {
	local bad=(
		'orders.due|net + 1|type numeric, which a column of type date does not take'
		'orders.due|placed +|syntax error'
		'orders.due|customer_id.born|ex.customers has no column born'
		'orders.due|placed.since|no foreign key of a column placed'
		'orders.due|nobody.since|no foreign key of a column nobody'
		'orders.due|frobnicate(placed)|frobnicate'
		'orders.due|since|column since does not exist'
		'orders.due|due + 1|it reads due, the column it is for'
		'orders.due|customer_id.since.year|ex.customers has no foreign key of a column since'
		'orders.net|uniform(1)|a lower and an upper bound'
		'orders.due|(select 1)|a subquery'
		'orders.title|customer_id|'
	)
	local b column rest expr want
	for b in "${bad[@]}"; do
		column=${b%%|*} rest=${b#*|} expr=${rest%%|*} want=${rest#*|}
		plan "$column derive.expr {\"expr\": \"$expr\"}"
		if [ "$want" = "" ]; then
			rm -rf "$RUN"
			new_run "$RUN" "$PLAN"
			continue
		fi
		plan_refused
		[[ $output == *invalid_generator_params*"$want"* ]] ||
			fail "$expr: $output"
	done
	plan 'orders.placed derive.expr {"expr": "due - 1"}
		orders.due derive.expr {"expr": "placed + 1"}'
	plan_refused
	[[ $output == *derive_cycle* ]] || fail "$output"
	plan 'parcels.sent primitive.default'
	plan_refused
	[[ $output == *"has no default"* ]] || fail "$output"
}

@test "a row whose value cannot be is an error that names table, row, column and why" {
	local bad=(
		'orders.net|1 / (net_zero)|division by zero'
		'orders.title|repeat(customer_id.label, 3)|value too long'
		'orders.net|10.0 ^ 9|overflow'
		'orders.placed|nullif(customer_id.since, customer_id.since)|NULL and the column is NOT NULL'
	)
	local b column rest expr want
	for b in "${bad[@]}"; do
		column=${b%%|*} rest=${b#*|} expr=${rest%%|*} want=${rest#*|}
		expr=${expr/net_zero/customer_id - customer_id}
		plan "$column derive.expr {\"expr\": \"$expr\"}"
		plan_refused
		[[ $output == *"error value_impossible "*"ex.${column}: row "*", derive.expr: "*"$want"* ]] ||
			fail "$expr: $output"
	done
}

@test "shards and jobs give the same bytes, redraws included" {
	plan 'orders.due derive.expr {"expr": "placed + uniform(1, 30)"}
		parcels.sent derive.expr {"expr": "uniform(order_id.placed, order_id.due)"}'
	new_run "$RUN" "$PLAN"
	make_rows "$RUN"
	new_run "$RUN.2" "$PLAN" --shards 7
	make_rows "$RUN.2" --jobs 3
	whole "$RUN" one
	whole "$RUN.2" seven
	diff -r one seven >/dev/null
}

@test "when: the first rule whose condition is true, the last resort otherwise, of any generator" {
	plan 'customers.note primitive.text.pattern {"pattern": "big"} {"when": "discount > 25"}
		customers.note derive.expr {"expr": "upper(name)"} {"when": "kind = \u0027trade\u0027 and discount > 0"}
		customers.note primitive.text.pattern {"pattern": "rest"}
		orders.due derive.expr {"expr": "placed"} {"when": "customer_id.kind = \u0027public\u0027"}
		orders.due derive.expr {"expr": "placed + 100 / (net * 0)::int"} {"when": "net < 0"}
		orders.due derive.end_after_start {"input_columns": ["placed"], "max_days": 9}
		orders.title primitive.text.pattern {"pattern": "[0-9]{5}"} {"when": "uniform(1, 100) <= 20"}
		parcels.weight primitive.float {"min": 5, "max": 6} {"when": "order_id.tax > 100 or tax > 100"}'
	filled expr
	none "ex.customers WHERE note IS DISTINCT FROM CASE WHEN discount > 25 THEN 'big'
		WHEN kind = 'trade' AND discount > 0 THEN upper(name) ELSE 'rest' END"
	none "ex.orders o JOIN ex.customers c ON c.id = customer_id
		WHERE due - placed NOT BETWEEN 0 AND CASE kind WHEN 'public' THEN 0 ELSE 9 END"
	[ "$(sql "SELECT count(*) FILTER (WHERE title ~ '^[0-9]{5}$') BETWEEN 200 AND 400 FROM ex.orders")" = t ]
	none "ex.parcels p JOIN ex.orders o ON o.id = order_id
		WHERE (o.tax > 100 OR p.tax > 100) AND weight NOT BETWEEN 5 AND 6"
	[ "$(sql "SELECT count(*) > 0 FROM ex.parcels WHERE weight NOT BETWEEN 5 AND 6")" = t ]
}

@test "when: a rule more changes no row it does not take" {
	plan 'customers.note primitive.text.lorem'
	new_run "$RUN" "$PLAN"
	gen-parents --run "$RUN" --format csv >/dev/null
	plan 'customers.note primitive.text.lorem
		customers.note primitive.text.pattern {"pattern": "seven"} {"when": "id % 7 = 0"}'
	new_run "$RUN.2" "$PLAN"
	gen-parents --run "$RUN.2" --format csv >/dev/null
	run diff "$RUN/data/ex.customers.csv" "$RUN.2/data/ex.customers.csv"
	[ "$(grep -c '^>' <<<"$output")" -le 8 ]
	[ "$(grep '^>' <<<"$output" | grep -c seven)" = "$(grep -c '^>' <<<"$output")" ]
}

@test "when: what cannot be is refused at the rule" {
	plan 'orders.due derive.expr {"expr": "placed"} {"when": "net"}
		orders.title primitive.text.pattern {"pattern": "x"} {"when": "nobody > 1"}
		orders.customer_id primitive.int {} {"when": "net > 1"}
		orders.width primitive.int {} {"when": "net > 1", "transforms": [{"transform": "transform.null_rate", "params": {"rate": 0.5}}]}'
	plan_refused
	for want in "/rules/0/when" "must be boolean, not numeric" "/rules/1/when" "column nobody does not exist" \
		"when_cannot_choose" "/rules/3/transforms"; do
		[[ $output == *"$want"* ]] || fail "no $want: $output"
	done
	plan 'orders.due derive.expr {"expr": "placed"} {"when": "net > 1"}' '{"plan_version": "0.2"}'
	plan_refused
	[[ $output == *when_needs_version* ]] || fail "$output"
	plan 'customers.token derive.expr {"expr": "md5(name)::uuid"} {"when": "discount > 1"}'
	plan_refused
	[[ $output == *"the column is unique"* ]] || fail "$output"
}
