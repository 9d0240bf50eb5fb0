#!/usr/bin/env bats
# Moments: rows of an application in the order of life, asked of PostgreSQL.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	fixture_base moments moments.sql mo
}

teardown_file() {
	pg_stop
}

setup() {
	export RUN=$BATS_TEST_TMPDIR/run
	PLAN=$BATS_TEST_TMPDIR/plan.json
	cd "$BATS_TEST_TMPDIR" || return
}

# plan TABLES RULES [MEMBERS]: see tests/lib/rules.py; today is 2026-11-22
plan() {
	"$PYTHON" "$ROOT/tests/lib/rules.py" "$PLAN" mo "$@"
}

LIFE='customers.since primitive.timestamp {"min": "2024-01-01T00:00:00", "max": "2026-11-21T23:59:59"}
	customers.born derive.moment {"before": ["since"], "least": "18y", "typical": "35y", "most": "80y"}
	products.launched primitive.date {"min": "2024-01-01", "max": "2026-11-20"}
	coupons.issued derive.moment {"after": ["customer_id.since"], "typical": "60d", "most": "900d"}
	orders.placed derive.moment {"after": ["customer_id.since", "product_id.launched", "coupon_id.issued", "coupon_id.customer_id.since", "follows_id.placed"], "typical": "90d", "most": "900d"}
	orders.paid derive.moment {"after": ["placed"], "typical": "20m", "most": "5d"}
	orders.shipped derive.moment {"after": ["placed", "paid"], "typical": "1d", "most": "20d", "hours": "business"}
	orders.delivered derive.moment {"after": ["placed", "paid", "shipped"], "typical": "4d", "most": "40d"}
	orders.closed derive.moment {"after": ["placed", "shipped"], "typical": "2d"}
	orders.updated derive.moment {"after": ["paid", "shipped"], "typical": "2d"}
	orders.due derive.moment {"after": ["placed"], "least": "10d", "typical": "30d", "most": "50d", "future": true}
	orders.started derive.moment {"after": ["customer_id.since"]}
	orders.ended derive.moment {"after": ["customer_id.since"], "typical": "1m", "most": "1h"} {"when": "id % 2 = 0"}
	orders.ended derive.moment {"after": ["customer_id.since"], "typical": "1m", "most": "2h"}
	orders relationship {"columns": ["follows_id"], "max_depth": 3}
	orders.coupon_id derive.fk {} {"transforms": [{"transform": "transform.null_rate", "params": {"rate": 0.6}}]}
	notes.written derive.moment {"after": ["order_id.placed", "order_id.customer_id.since"], "before": ["order_id.closed"]}
	notes.seen derive.moment {"after": ["written"], "typical": "1d"}'
RATES='customers=300 products=80 coupons=400 orders=6000 notes=9000'

@test "an order is after customer, product, coupon and the order it follows, and its events in order, by today" {
	plan "$RATES" "$LIFE"
	filled moments
	none "mo.orders o JOIN mo.customers c ON c.id = o.customer_id JOIN mo.products p ON p.id = product_id
		LEFT JOIN mo.coupons k ON k.id = coupon_id LEFT JOIN mo.customers kc ON kc.id = k.customer_id
		LEFT JOIN mo.orders f ON f.id = o.follows_id
		WHERE o.placed < c.since OR o.placed < p.launched OR o.placed < k.issued OR o.placed < kc.since OR o.placed < f.placed
		OR o.paid < o.placed OR o.shipped < o.placed OR o.shipped < o.paid OR o.delivered < o.shipped
		OR o.delivered < o.placed OR o.closed < o.shipped OR o.updated < o.placed OR o.updated < o.shipped
		OR o.due < o.placed + interval '10 days' OR o.due > o.placed + interval '52 days' OR o.started < c.since"
	# a check's order is kept by the draw: no hundred draws would meet it
	none "mo.orders WHERE ended - started NOT BETWEEN '1 second' AND '2 hours 1 second'"
	none "mo.customers WHERE born > since - interval '6570 days' OR born < since - interval '29201 days'"
	none "mo.orders WHERE greatest(placed, paid, shipped, closed, updated, started, ended) > '2026-11-22' OR delivered > '2026-11-22'"
	none "mo.notes n JOIN mo.orders o ON o.id = order_id WHERE written < placed OR written > closed OR seen < written"
	[ "$(sql "SELECT count(*) > 1000 FROM mo.orders WHERE coupon_id IS NOT NULL AND follows_id IS NOT NULL")" = t ]
}

@test "the order holds whatever the session's time zone" {
	plan "$RATES" "$LIFE"
	filled moments
	for zone in Pacific/Kiritimati Etc/GMT+12 America/Sao_Paulo; do
		[ "$(PGTZ=$zone sql "SELECT count(*) FROM mo.orders o JOIN mo.products p ON p.id = product_id
			WHERE placed < launched AND launched < '2026-11-19' OR delivered < placed AND placed < '2026-11-20'")" = 0 ]
	done
}

@test "the distance has the median that was asked for, and no moment is many rows'" {
	plan "$RATES" "$LIFE"
	filled moments
	run sql "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY paid - placed) BETWEEN '19 min' AND '21 min',
		max(paid - placed) < '5 days 1 second' FROM mo.orders WHERE placed < '2026-11-16'"
	[ "$output" = 't|t' ] || fail "$output"
	run sql "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM due - placed)) / 86400 BETWEEN 29 AND 31.5 FROM mo.orders"
	[ "$output" = t ] || fail "$output"
	run sql "SELECT max(n) FROM (SELECT count(*) n FROM mo.orders GROUP BY placed UNION ALL SELECT count(*) FROM mo.notes GROUP BY written) x"
	[ "$output" -le 5 ] || fail "$output"
	none "mo.orders WHERE extract(hour FROM shipped) NOT BETWEEN 8 AND 17 AND placed < '2026-11-20' AND shipped - paid > '1 day'"
}

@test "in one shard and in three the rows are the same" {
	plan "$RATES" "$LIFE"
	for n in 1 3; do
		new_run "one$n" "$PLAN" --shards "$n"
		make_rows "one$n"
		whole "one$n" "rows$n"
	done
	diff -r rows1 rows3
}

WINDOW='bounds.hour primitive.moment
	bounds.later primitive.moment
	bounds.work primitive.moment {"from": "2y", "hours": "business", "weekdays": true}
	bounds.evening primitive.moment {"from": "2025-01-01", "to": "-10d", "hours": "day", "growth": 3}
	bounds.first primitive.moment {"from": "1y"}'

@test "moments of a window grow in number, keep its ends, its hours and its weekdays, and what checks leave" {
	plan "bounds=20000" "$WINDOW"
	filled moments
	none "mo.bounds WHERE hour < '2025-03-01' OR hour >= '2025-04-01' OR later <= '2027-01-31' OR first < '2025-11-22'
		OR work < '2024-11-22' OR work >= '2026-11-22' OR extract(hour FROM work) NOT BETWEEN 8 AND 17
		OR extract(isodow FROM work) > 5 OR extract(hour FROM evening) NOT BETWEEN 7 AND 22
		OR evening < '2025-01-01' OR evening >= '2026-12-02' OR greatest(hour, first) > '2026-11-22'"
	run sql "SELECT round(count(*) FILTER (WHERE evening >= '2026-11-02')::numeric / count(*) FILTER (WHERE evening < '2025-01-31'), 1)
		BETWEEN 2.5 AND 3.5 FROM mo.bounds"
	[ "$output" = t ] || fail "$output"
	run sql "SELECT max(n) < 6 FROM (SELECT count(*) n FROM mo.bounds GROUP BY evening UNION ALL SELECT count(*) FROM mo.bounds GROUP BY hour) x"
	[ "$output" = t ] || fail "$output"
}

@test "what a moment cannot keep is refused by name, before the first row" {
	refuses() {
		plan "customers=3 coupons=3 products=3 orders=3 notes=3 bounds=3" "$1"
		plan_refused
		says "${@:2}"
	}
	refuses 'bounds.first derive.moment' 'mo.bounds.first' 'cannot promise distinct values'
	refuses 'bounds.first primitive.moment {"hours": "day"}' 'hours, weekdays and growth cannot be kept'
	refuses 'bounds.later primitive.moment {"hours": "day"}' 'a column of type date has no hours'
	refuses 'bounds.work primitive.moment {"from": "2026-12-01"}' 'from is after to'
	refuses 'bounds.work primitive.moment {"from": "2026-11-21", "weekdays": true}' 'no whole weekday'
	refuses 'bounds.work primitive.moment {"from": "soon"}' 'a date (YYYY-MM-DD) or a duration before as_of'
	refuses 'orders.paid derive.moment {"after": ["customer_id.nothing"]}' 'mo.customers has no column nothing'
	refuses 'orders.paid derive.moment {"after": ["customer_id.id"]}' 'id (integer) is no date and no timestamp'
	refuses 'orders.paid derive.moment {"after": ["shipped"]}
		orders.shipped derive.moment {"after": ["paid"]}' 'derived from itself'
	refuses 'orders.paid derive.moment {"after": ["placed"], "least": "9d", "most": "8d"}' 'least, typical and most are not in order'
}
