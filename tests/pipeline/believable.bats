#!/usr/bin/env bats
# Rows of a plan that nobody has edited, asked of PostgreSQL: numbers and shapes.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

# filled ROWS...: the fixture's rows by init's own plan, loaded into $DATABASE_URL
filled() {
	local run=$BATS_FILE_TMPDIR/$1.run plan=$BATS_FILE_TMPDIR/$1.json
	catalogue "$1.run" public
	plan-check --init --locale en_US "${@:2}" --run "$run" >"$plan"
	plan-check "$plan" --run "$run"
	gen-parents --run "$run" >/dev/null
	gen-children --run "$run" >/dev/null
	"$BIN/load" --run "$run" --conn "$DATABASE_URL" >/dev/null
}

setup_file() {
	pg_start
	for db in usual thousand; do
		pg_db "$db"
		sql_file "$ROOT/tests/fixtures/believable.sql"
	done
	DATABASE_URL=$(pg_url usual) filled usual
	DATABASE_URL=$(pg_url thousand) filled thousand --rows 1000
}

teardown_file() {
	pg_stop
}

setup() {
	DATABASE_URL=$(pg_url usual)
	export DATABASE_URL PG_NOW=$DATABASE_URL
}

# none TABLE CONDITION: no row is so, and there are rows
none() {
	run sql "SELECT count(*) FILTER (WHERE $2), count(*) > 0 FROM $1"
	[ "$output" = "0|t" ] || fail "$1: $2: $output"
}

@test "a line's price is its product's, and its total is quantity times price less discount" {
	none "order_items i JOIN products p ON p.id = i.product_id" "i.unit_price <> p.price"
	none order_items "line_total <> quantity * unit_price - discount OR discount > quantity * unit_price"
	none order_items "quantity > 30"
	none "(SELECT max(line_number) AS last, count(*) AS n FROM order_items GROUP BY order_id) AS x" "last <> n"
}

@test "headers are the sums of their lines, and totals add up, to the cent" {
	none "orders o" "subtotal <> (SELECT coalesce(sum(line_total), 0) FROM order_items WHERE order_id = o.id)"
	none orders "total <> subtotal - discount + tax + shipping"
	none orders "balance_due <> total - amount_paid"
	none "orders o LEFT JOIN coupons c ON c.id = coupon_id" \
		"discount <> least(subtotal, round(subtotal * coalesce(percent, 0) / 100, 2))"
}

@test "payments share the total, and an invoice has it" {
	none "(SELECT total, sum(amount) AS paid FROM orders o JOIN payments p ON p.order_id = o.id GROUP BY o.id) AS x" "paid <> total"
	none invoices "total <> net_amount + tax OR tax <= 0"
	none "invoices i JOIN orders o ON o.id = i.order_id" "i.total <> o.total"
	# a tax that is in the price is of all of it; several notes of an order share its total
	none notas_fiscais "base_calculo <> valor_nota OR abs(valor_icms - base_calculo * aliquota_icms / 100) > 0.01"
	none "(SELECT total, sum(valor_nota) AS noted FROM orders o JOIN notas_fiscais n ON n.pedido_id = o.id GROUP BY o.id) AS x" "noted <> total"
	none "subscriptions s JOIN plans p ON p.id = s.plan_id" "s.unit_price <> p.monthly_price"
	none small_orders "total > 9999.99" # sums that may not fit are not written
}

@test "counters count, and an average is that of the rows" {
	none "coupons c" "times_used <> (SELECT count(*) FROM orders WHERE coupon_id = c.id)"
	none "customers c" "orders_count <> (SELECT count(*) FROM orders WHERE customer_id = c.id)"
	none "products p" "rating <> (SELECT round(avg(rating), 2) FROM reviews WHERE product_id = p.id)"
}

@test "numbers stay beside those that bound them, and keys are 1 to N" {
	none products "cost > price OR reserved > stock OR max_quantity < min_quantity"
	[ "$(sql 'SELECT count(*) = max(id) AND min(id) = 1 FROM coupons')" = t ]
	[ "$(sql 'SELECT avg(rating) > 3.5 FROM reviews')" = t ]
	[ "$(sql "SELECT count(*) FILTER (WHERE price::text ~ '[.](90|99)\$') > 0.6 * count(*) FROM products")" = t ]
}

@test "children are few for most parents, and never as many for all" {
	local fan='SELECT count(DISTINCT n) > 3 AND max(n) <= 20 AND count(*) FILTER (WHERE n <= 2) > count(*) / 2 FROM'
	[ "$(sql "$fan (SELECT count(i.order_id) AS n FROM orders o LEFT JOIN order_items i ON i.order_id = o.id GROUP BY o.id) AS x")" = t ]
	[ "$(sql "$fan (SELECT count(a.id) AS n FROM customers c LEFT JOIN addresses a ON a.customer_id = c.id GROUP BY c.id) AS x")" = t ]
	[ "$(sql 'SELECT min(n) FROM (SELECT count(*) AS n FROM order_items GROUP BY order_id) AS x')" = 1 ]
	[ "$(sql 'SELECT (SELECT count(*) FROM order_items) BETWEEN 240 AND 280')" = t ]
}

@test "a thousand rows of all are a thousand, but for lists and pairs" {
	export DATABASE_URL PG_NOW
	DATABASE_URL=$(pg_url thousand)
	PG_NOW=$DATABASE_URL
	[ "$(sql 'SELECT (SELECT count(*) FROM orders), (SELECT count(*) FROM order_items), (SELECT count(*) FROM products)')" = \
		'1000|1000|1000' ]
	[ "$(sql 'SELECT count(*) < 100 FROM currencies')" = t ]
	[ "$(sql 'SELECT count(DISTINCT n) > 3 FROM (SELECT count(*) AS n FROM order_items GROUP BY order_id) AS x')" = t ]
	none "orders o" "subtotal <> (SELECT coalesce(sum(line_total), 0) FROM order_items WHERE order_id = o.id)"
}

@test "tables of codes have the entries of a list, whose columns agree" {
	[ "$(sql "SELECT name, symbol FROM currencies WHERE code = 'USD'")" = 'US dollar|$' ] ||
		[ "$(sql "SELECT count(*) FROM currencies WHERE code = 'USD' AND name ILIKE '%dollar%'")" = 1 ]
	[ "$(sql 'SELECT count(*) BETWEEN 10 AND 60 FROM categories')" = t ]
}

@test "an address is the customer's, and a type and an id name a row that exists" {
	none "orders o JOIN addresses a ON a.id = o.shipping_address_id" "a.customer_id <> o.customer_id"
	local type missing=0
	for type in $(sql 'SELECT DISTINCT commentable_type FROM comments'); do
		case $type in
		Order | Product | Customer | User | Coupon | Address | Group | Review | Payment | Invoice | SmallOrder) ;;
		*) missing=1 ;;
		esac
	done
	[ "$missing" = 0 ] || fail "$(sql 'SELECT DISTINCT commentable_type FROM comments')"
	none "comments c" "commentable_type = 'Order' AND NOT EXISTS (SELECT FROM orders WHERE id = commentable_id)"
	none "comments c" "commentable_type = 'Product' AND NOT EXISTS (SELECT FROM products WHERE id = commentable_id)"
}

@test "trees have roots and a few levels, and pairs do not cover everything" {
	[ "$(sql 'SELECT count(*) FILTER (WHERE parent_id IS NULL) BETWEEN count(*) * 0.1 AND count(*) * 0.35 FROM categories')" = t ]
	[ "$(sql 'WITH RECURSIVE t AS (SELECT id, 0 AS deep FROM categories WHERE parent_id IS NULL
		UNION ALL SELECT c.id, deep + 1 FROM categories c JOIN t ON c.parent_id = t.id) SELECT max(deep) BETWEEN 1 AND 4 FROM t')" = t ]
	[ "$(sql 'SELECT (SELECT count(*) FROM user_groups) < (SELECT count(*) FROM users) * (SELECT count(*) FROM groups) / 2')" = t ]
}
