#!/usr/bin/env bats
# What cannot be is named before the first byte, with its numbers and a way out.

load ../lib/common
load ../lib/pipeline

setup_file() {
	export BASE=$BATS_FILE_TMPDIR/base
	cat >"$BATS_FILE_TMPDIR/ddl.sql" <<-'END'
		CREATE SCHEMA f;
		CREATE TYPE f.role AS ENUM ('owner', 'admin', 'member', 'guest');
		CREATE TABLE f.invoice (id bigint PRIMARY KEY);
		CREATE TABLE f.product (id bigint PRIMARY KEY);
		CREATE TABLE f.item (invoice_id bigint NOT NULL REFERENCES f.invoice, product_id bigint NOT NULL REFERENCES f.product,
			PRIMARY KEY (invoice_id, product_id));
		CREATE TABLE f.label (r f.role PRIMARY KEY);
		CREATE TABLE f.node (id bigint PRIMARY KEY, up_id bigint REFERENCES f.node);
		CREATE TABLE f.fifty (n integer NOT NULL UNIQUE CHECK (n BETWEEN 1 AND 50));
		CREATE TABLE f.code (c char(2) PRIMARY KEY);
		CREATE TABLE f.day (d date NOT NULL UNIQUE CHECK (d BETWEEN '2020-01-01' AND '2020-02-29'));
		CREATE TABLE f.grid (r f.role NOT NULL, b boolean NOT NULL, n smallint NOT NULL CHECK (n IN (3, 5, 8)), PRIMARY KEY (r, b, n));
		CREATE TABLE f.passport (id bigint PRIMARY KEY REFERENCES f.invoice);
		CREATE TABLE f.line (id bigint PRIMARY KEY, invoice_id bigint NOT NULL REFERENCES f.invoice, r f.role NOT NULL, UNIQUE (invoice_id, r));
		CREATE TABLE f.counted (id bigint PRIMARY KEY, invoice_id bigint NOT NULL REFERENCES f.invoice, n smallint NOT NULL CHECK (n BETWEEN 1 AND 4));
		CREATE TABLE f.friend (a bigint NOT NULL REFERENCES f.product, b bigint NOT NULL REFERENCES f.product, PRIMARY KEY (a, b), CHECK (a < b));
		CREATE TABLE f.swap (id bigint PRIMARY KEY, a bigint NOT NULL REFERENCES f.product, b bigint NOT NULL REFERENCES f.product, CHECK (a <> b));
		CREATE TABLE f.circle (id bigint PRIMARY KEY, next_id bigint UNIQUE REFERENCES f.circle);
		CREATE TABLE f.owned (id bigint PRIMARY KEY, invoice_id bigint NOT NULL REFERENCES f.invoice);
		CREATE UNIQUE INDEX one_owned ON f.owned (invoice_id) WHERE id > 0;
		CREATE TABLE f.joined (id bigint PRIMARY KEY, x text NOT NULL, y text NOT NULL);
		CREATE UNIQUE INDEX joined_xy ON f.joined ((x || y));
		CREATE TABLE f.booked (day daterange NOT NULL, EXCLUDE USING gist (day WITH &&));
		CREATE TABLE f.let (invoice_id bigint NOT NULL REFERENCES f.invoice, a date NOT NULL CHECK (a >= '2026-01-01'), b date NOT NULL CHECK (b <= '2026-01-10'),
			CONSTRAINT once EXCLUDE USING gist (daterange(a, b, '[]') WITH &&));
		CREATE TABLE f.plot (area box NOT NULL, EXCLUDE USING gist (area WITH &&));
		CREATE TABLE f.cased (t text NOT NULL CHECK (t IN ('a', 'A', 'b')));
		CREATE UNIQUE INDEX cased_t ON f.cased (lower(t));
		CREATE TABLE f.stripped (id bigint PRIMARY KEY, x text NOT NULL);
		CREATE FUNCTION f.strip(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN translate($1, ''a'', ''b''); END';
		CREATE UNIQUE INDEX stripped_x ON f.stripped ((f.strip(x)));
		CREATE TABLE f.hen (id bigint PRIMARY KEY);
		CREATE TABLE f.egg (id bigint PRIMARY KEY REFERENCES f.hen);
		ALTER TABLE f.hen ADD FOREIGN KEY (id) REFERENCES f.egg;
		CREATE TABLE f.tenant (id integer PRIMARY KEY);
		CREATE TABLE f.client (tenant_id integer NOT NULL REFERENCES f.tenant, id integer NOT NULL, PRIMARY KEY (tenant_id, id));
		CREATE TABLE f.good (tenant_id integer NOT NULL REFERENCES f.tenant, id integer NOT NULL, PRIMARY KEY (tenant_id, id));
		CREATE TABLE f.sale (id integer PRIMARY KEY, tenant_id integer NOT NULL, client_id integer NOT NULL, good_id integer NOT NULL,
			FOREIGN KEY (tenant_id, client_id) REFERENCES f.client, FOREIGN KEY (tenant_id, good_id) REFERENCES f.good);
		CREATE TABLE f.shop (id integer PRIMARY KEY, size integer NOT NULL CHECK (size BETWEEN 1 AND 100), rating integer, tenant_id integer NOT NULL REFERENCES f.tenant,
			takings numeric(14,2) NOT NULL);
		CREATE TABLE f.visit (id integer PRIMARY KEY, shop_id integer NOT NULL REFERENCES f.shop, paid numeric(8,2) NOT NULL CHECK (paid BETWEEN 1 AND 9));
		CREATE TABLE f.badge (shop_id integer PRIMARY KEY REFERENCES f.shop);
		CREATE TABLE f.fan (id integer PRIMARY KEY, shop_id integer NOT NULL REFERENCES f.shop);
		CREATE TABLE f.stock (shop_id integer NOT NULL REFERENCES f.shop, good_id bigint NOT NULL REFERENCES f.product, PRIMARY KEY (good_id, shop_id));
		CREATE TABLE f.note (id integer PRIMARY KEY, fan_id integer NOT NULL REFERENCES f.fan);
		CREATE TABLE f.topic (id integer PRIMARY KEY, topic_id integer REFERENCES f.topic);
		CREATE TABLE f.post (id integer PRIMARY KEY, topic_id integer NOT NULL REFERENCES f.topic);
		CREATE TABLE f.rare (id integer PRIMARY KEY, a integer NOT NULL, b integer NOT NULL,
			CONSTRAINT rare_sum CHECK (left(md5(a::text || '-' || b::text), 6) = '000000'));
		CREATE TABLE f.of_rare (id integer PRIMARY KEY, rare_id integer NOT NULL REFERENCES f.rare);
		CREATE TABLE f.coin (id integer PRIMARY KEY, a integer NOT NULL, b integer NOT NULL, CONSTRAINT in_order CHECK (b <= a));
		CREATE TABLE f.of_coin (id integer PRIMARY KEY, coin_id integer NOT NULL REFERENCES f.coin);
	END
	introspect --ddl "$BATS_FILE_TMPDIR/ddl.sql" --run "$BASE" --schema f >/dev/null
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir run
	cp "$BASE/schema.msgpack" run
}

# check "TABLE=ROWS ..." [RULES]: run plan-check on that
check() {
	small_plan f 1 "$@"
	listing >before
	run plan-check plan.json --run run
}

# listing: what is in the run, with digests, but for the log, which has all that happened
listing() {
	(cd run && find . ! -name logs.ndjson \( -type f -exec sha256sum {} + -o -print \) | LC_ALL=C sort)
}

# refuses CODE TEXT...: it is refused, for that and nothing else, with a way out, and leaves nothing behind
refuses() {
	expect 1
	diff before <(listing) || fail "left behind"
	[ "$(grep -c '^error' <<<"$output")" = 1 ] || fail "not one error:" "$output"
	says "error $1 " "${@:2}"
	grep -A1 '^error' <<<"$output" | grep -q '^    hint: .' || fail "no way out:" "$output"
}

# fan TABLE COLUMN MEMBERS: a relationship rule
fan() {
	echo "{\"type\": \"relationship\", \"schema\": \"f\", \"table\": \"$1\", \"columns\": [\"$2\"], $3}"
}

@test "a junction: rows against parents times parents" {
	check "invoice=4000 product=10 item=50000"
	refuses key_space_too_small '"f.item": item_pkey: 50,000 rows need 50,000 distinct (invoice_id, product_id), 4,000 x 10 allow 40,000'
	check "invoice=4000 product=10 item=40000"
	expect 0
}

@test "an enum, a range, dates, char(2): rows against values, and the last value is still taken" {
	check "label=5"
	refuses key_space_too_small '"f.label.r"' 'has 4 distinct values here and the column is unique over 5 rows'
	check "fifty=51"
	refuses key_space_too_small '"f.fifty.n"' 'has 50 distinct values here and the column is unique over 51 rows'
	check "day=61"
	refuses key_space_too_small '"f.day.d"' 'has 60 distinct values here and the column is unique over 61 rows'
	check "code=1000000"
	refuses key_space_too_small '"f.code.c"' 'has 3,906 distinct values here and the column is unique over 1,000,000 rows'
	check "label=4 fifty=50 day=60 code=3906"
	expect 0
}

@test "several columns: rows against the product of their values" {
	check "grid=25"
	refuses key_space_too_small 'grid_pkey: 25 rows need 25 distinct (r, b, n), 4 x 2 x 3 allow 24'
	check "grid=24"
	expect 0
}

@test "a foreign key and a label: rows against parents times labels" {
	check "invoice=1000 line=4001"
	refuses key_space_too_small '4,001 rows need 4,001 distinct (invoice_id, r), 1,000 x 4 allow 4,000'
	check "invoice=1000 line=4000"
	expect 0
}

@test "a parent with more children than a key has values for" {
	check "invoice=1000 line=1000" "[$(fan line invoice_id '"children_per_parent": {"min": 0, "max": 9, "distribution": "zipf"}')]"
	refuses key_space_too_small 'has up to 9 children, which need as many distinct (invoice_id, r): the other columns allow 4'
}

@test "one to one: rows against parents" {
	check "invoice=1000 passport=1001"
	refuses one_to_one_too_few_parents 'passport_pkey: 1,001 rows need 1,001 different rows of f.invoice, which has 1,000'
}

@test "children per parent: rows against the bounds times parents" {
	check "invoice=1000 counted=5001" "[$(fan counted invoice_id '"children_per_parent": {"min": 2, "max": 5}')]"
	refuses fan_out_impossible '5,001 rows cannot be shared among 1,000 rows of "f.invoice" with 2 to 5 children each' '2,000 to 5,000 can'
	check "invoice=1000 counted=1999" "[$(fan counted invoice_id '"children_per_parent": {"min": 2, "max": 5}')]"
	refuses fan_out_impossible '1,999 rows cannot be shared among 1,000 rows' '2,000 to 5,000 can'
}

@test "cover: rows against parents" {
	check "invoice=1000 counted=999" "[$(fan counted invoice_id '"cover": true')]"
	refuses fan_out_impossible '"f.counted": 999 rows cannot cover 1,000 rows of "f.invoice"'
}

@test "a line number that a parent's children run out of" {
	check "invoice=10 counted=41" '[{"type": "column_generator", "schema": "f", "table": "counted", "column": "n",
		"generator": {"id": "derive.sibling_number"}}]'
	refuses key_space_too_small '"f.counted.n"' 'a parent has up to 5 children, it counts 4'
	check "invoice=10 counted=40" '[{"type": "column_generator", "schema": "f", "table": "counted", "column": "n",
		"generator": {"id": "derive.sibling_number"}}]'
	expect 0
}

@test "pairs in order, and parents that must differ" {
	check "product=10 friend=46"
	refuses key_space_too_small 'friend_pkey: 46 rows need 46 distinct (a, b), 10 parents in order make 45 pairs'
	check "product=10 friend=45"
	expect 0
	check "product=1 swap=5"
	refuses key_space_too_small 'a and b must differ, and f.product has 1'
}

@test "a tree with more roots than rows" {
	check "node=5" "[$(fan node up_id '"roots": 6')]"
	refuses relationship_conflict "6 roots are more than the table's 5 rows"
	check "node=5" "[$(fan node up_id '"roots": 5')]"
	expect 0
}

@test "a tree of rows whose foreign key to each other is unique" {
	check "circle=10" "[$(fan circle next_id '"roots": 2')]"
	refuses relationship_conflict 'foreign key "circle_next_id_fkey" of "f.circle" is unique: its rows make rings, not trees'
	check "circle=10" "[$(fan circle next_id '"null_rate": 0.2')]"
	expect 0
}

@test "a partial index whose predicate cannot be denied: rows against parents" {
	check "invoice=10 owned=11"
	refuses one_to_one_too_few_parents 'one_owned: 11 rows need 11 different rows of f.invoice, which has 10'
	check "invoice=10 owned=10" "[$(fan owned invoice_id '"children_per_parent": {"min": 0, "max": 2}')]"
	refuses unsupported_unique 'one_owned: foreign key owned_invoice_id_fkey picks a parent more than once'
	check "invoice=10 owned=10" "[$(fan owned invoice_id '"pick": "zipf"')]"
	expect 0
	gen-parents --run run >/dev/null
	gen-children --run run --table f.owned >/dev/null
	[ "$(tail -n +2 run/data/f.owned.csv | cut -d, -f2 | sort -u | wc -l)" = 10 ] || fail "$(cat run/data/f.owned.csv)"
}

@test "an expression nobody tells apart, and an exclusion constraint, by name" {
	check "joined=10"
	expect 0
	check "stripped=10"
	refuses unsupported_unique 'unique index stripped_x: '
	check "plot=10"
	refuses unsupported_unique 'exclusion constraint plot_area_excl, EXCLUDE USING gist (area WITH &&): area WITH && is not made apart'
	check "plot=1"
	expect 0
	check "cased=3"
	refuses key_space_too_small '"f.cased.t": in letters of one case, as a unique index asks: primitive.text has 2 distinct values here and the column is unique over 3 rows'
}

@test "ranges that do not overlap: rows against the slots that their ends leave" {
	check "invoice=1 let=12"
	refuses key_space_too_small 'once: 12 rows need as many (a, b) that do not overlap: 10 values leave room for 10'
	check "invoice=1 let=10"
	expect 0
	check "booked=8000"
	refuses key_space_too_small 'booked_day_excl: 8,000 rows need as many (day) that do not overlap: 7,296 values leave room for 7,296'
}

@test "a ring of tables whose keys wait for one another" {
	check "hen=10 egg=10"
	expect 1
	says 'error fk_cycle' 'foreign key "egg_id_fkey" of "f.egg" leads back to hen, and the keys of f.egg are not known before its rows: what they are made of hangs on a row that is made in turn, by foreign key egg_id_fkey'
}

# rel TABLE COLUMN MEMBERS...: relationship rules, for check
rules() {
	local rules=()
	while [ $# -gt 0 ]; do
		rules+=("$(fan "$1" "$2" "$3")")
		shift 3
	done
	local IFS=,
	echo "[${rules[*]}]"
}

@test "a parent without rows" {
	check "invoice=0 counted=10"
	expect 1
	says 'error rows_zero /targets/0/rows' 'error zero_parents /targets/1/rows' '"f.counted": foreign key counted_invoice_id_fkey: f.invoice has no rows to refer to' \
		'    hint: give the parent rows'
	diff before <(listing) || fail "left behind"
}

# what only the values of the parents can tell

@test "overlapping foreign keys whose groups are empty" {
	check "tenant=10 client=10 good=10 sale=10" "$(rules client tenant_id '"where": "id % 2 = 0"' good tenant_id '"where": "id % 2 = 1"')"
	refuses fk_group_empty "/targets/3" "table f.sale: foreign key sale_tenant_id_client_id_fkey: of 10 rows of f.client none has values that the other foreign keys of the same columns can follow"
	check "tenant=10 client=10 good=10 sale=10" "$(rules client tenant_id '"where": "id % 2 = 0"' good tenant_id '"where": "id % 2 = 0"')"
	expect 0
	# a condition that some meet, whom nobody can follow
	"$PYTHON" - >where.json <<-'END'
		import json
		print(json.dumps([{"type": "relationship", "schema": "f", "table": t, "columns": ["tenant_id"], "where": w} for t, w in
		    (("client", "id % 3 < 2"), ("good", "id % 3 > 0"))] +
		    [{"type": "relationship", "schema": "f", "table": "sale", "columns": ["tenant_id", "client_id"], "where": "tenant_id % 3 = 0"}]))
	END
	check "tenant=10 client=50 good=50 sale=10" "$(cat where.json)"
	refuses fk_group_empty "/rules/2" "of 50 rows of f.client none is so that tenant_id % 3 = 0, and has values that the other foreign keys of the same columns can follow"
}

@test "a condition that no parent meets" {
	check "shop=1000 visit=50" "$(rules visit shop_id '"where": "size > 100"')"
	refuses where_matches_none "/rules/0" "table f.visit: foreign key visit_shop_id_fkey: of 1000 rows of f.shop none is so that size > 100"
	check "shop=1000 visit=50" "$(rules visit shop_id '"where": "size > 99"')"
	expect 0
}

@test "conditions over a parent's parent, over an aggregate, and over a table's own tree" {
	check "tenant=10 shop=1000 fan=50" "$(rules shop tenant_id '"where": "id % 2 = 0"' fan shop_id '"where": "tenant_id % 2 = 1"')"
	refuses where_matches_none "of 1000 rows of f.shop none is so that tenant_id % 2 = 1"
	takings='{"type": "column_generator", "schema": "f", "table": "shop", "column": "takings", "generator": {"id": "derive.children",
		"params": {"child": "f.visit", "aggregate": "sum", "expr": "paid"}}}'
	check "shop=100 visit=500 fan=50" "[$takings, $(fan visit shop_id '"children_per_parent": {"min": 1, "max": 9}'), $(fan fan shop_id '"where": "takings > 81"')]"
	refuses where_matches_none "of 100 rows of f.shop none is so that takings > 81"
	check "shop=100 visit=500 fan=50" "[$takings, $(fan visit shop_id '"children_per_parent": {"min": 1, "max": 9}'), $(fan fan shop_id '"where": "takings BETWEEN 1 AND 81"')]"
	expect 0
	check "topic=100 post=50" "$(rules post topic_id '"where": "topic_id = id"')"
	refuses where_matches_none "of 100 rows of f.topic none is so that topic_id = id"
	check "topic=100 post=50" "$(rules post topic_id '"where": "topic_id IS NULL"')"
	expect 0
}

# small: how many of 1,000 shops are of a size up to 50, by the rows that are made
small() {
	check "shop=1000"
	gen-parents --run run >/dev/null
	gen-children --run run >/dev/null
	"$PYTHON" -c 'import csv; print(sum(int(r["size"]) <= 50 for r in csv.DictReader(open("run/data/f.shop.csv"))))'
	rm -r run
	mkdir run
	cp "$BASE/schema.msgpack" run
}

@test "a condition that too few parents meet, for one to one, for bounds, for cover, for pairs" {
	n=$(small)
	[ "$n" -gt 400 ] && [ "$n" -lt 600 ]
	check "shop=1000 badge=$((n + 1))" "$(rules badge shop_id '"where": "size <= 50"')"
	refuses one_to_one_too_few_parents "/rules/0" "f.badge: foreign key badge_shop_id_fkey is unique: $((n + 1)) rows need as many rows of its parent, and $n may be picked"
	check "shop=1000 badge=$n" "$(rules badge shop_id '"where": "size <= 50"')"
	expect 0
	check "shop=1000 visit=$((2 * n - 1))" "$(rules visit shop_id '"where": "size <= 50", "children_per_parent": {"min": 2, "max": 3}')"
	refuses fan_out_impossible "/rules/0" "cannot be shared among $n parents of 2 to 3 children each"
	check "shop=1000 visit=$((2 * n))" "$(rules visit shop_id '"where": "size <= 50", "children_per_parent": {"min": 2, "max": 3}')"
	expect 0
	check "shop=1000 visit=$((n - 1))" "$(rules visit shop_id '"where": "size <= 50", "cover": true')"
	refuses fan_out_impossible "/rules/0" "f.visit: foreign key visit_shop_id_fkey: $((n - 1)) rows cannot cover $n parents"
	check "shop=1000 visit=$n" "$(rules visit shop_id '"where": "size <= 50", "cover": true')"
	expect 0
	check "shop=1000 product=3 stock=$((3 * n + 3))" "$(rules stock shop_id '"where": "size <= 50"')"
	refuses key_space_too_small "/rules/0" "foreign key stock_shop_id_fkey" "need more rows of f.shop than the $n of its key snapshot"
	check "shop=1000 product=3 stock=$((3 * n))" "$(rules stock shop_id '"where": "size <= 50"')"
	expect 0
}

@test "a condition that leaves too few parents for a key of their children" {
	check "invoice=1000 line=3900" "[$(fan line invoice_id '"where": "id % 2 = 0"')]"
	refuses key_space_too_small 'table f.line: ' ': 3,900 rows among the ' ' rows of f.invoice that may be picked by foreign key line_invoice_id_fkey give one of them ' ', and the key has room for 4'
}

@test "weights that nobody can be picked by" {
	by() {
		check "shop=100 visit=50" "$(rules visit shop_id "\"pick\": {\"weighted\": {\"by\": \"$1\"}}")"
	}
	by 'size - size'
	refuses weights_unusable "/rules/0" "table f.visit: foreign key visit_shop_id_fkey: all 100 rows of f.shop that may be picked have the weight 0: size - size"
	by 'size - 1000'
	refuses weights_unusable "/rules/0" "row 0 of f.shop has a weight that is negative: size - 1000"
	by 'rating * 0'
	refuses weights_unusable "/rules/0" "of f.shop has a weight that is NULL: rating * 0"
	by 'size'
	expect 0
}

@test "all that cannot be is named at once, but for what hangs on it" {
	check "shop=100 visit=50 fan=50 note=50" "$(rules visit shop_id '"where": "size > 100"' fan shop_id '"pick": {"weighted": {"by": "-size"}}' note fan_id '"where": "shop_id < 0"')"
	expect 1
	says 'error where_matches_none /rules/0' 'error weights_unusable /rules/1' 'is refused: 2 errors'
}

@test "a table whose rows fail a check in every draw is refused by name, and what refers to it is tried all the same" {
	check "rare=10 of_rare=10"
	refuses check_unsatisfiable "/targets/0" '"f.rare' 'check rare_sum, CHECK ('
	local more='{"type": "column_generator", "schema": "f", "table": "coin", "column": "b", "generator": {"id": "derive.expr", "params": {"expr": "a + 1"}}}'
	for rows in 10 2000; do
		for rule in '"pick": "uniform"' '"where": "a > 5"'; do
			check "coin=$rows of_coin=10" "[$more, $(fan of_coin coin_id "$rule")]"
			refuses check_not_met "/rules/0" '"f.coin": check in_order, CHECK (b <= a), over a, b: row 0 does not meet it: it failed in every one of 100 draws'
		done
	done
}

@test "an accepted plan: the artefacts are there and nothing else" {
	check "tenant=10 shop=1000 visit=50" "$(rules shop tenant_id '"where": "id % 2 = 0"' visit shop_id '"where": "size > 50", "pick": {"weighted": {"by": "size"}}')"
	expect 0
	[ "$(find run -type f | LC_ALL=C sort | tr '\n' ' ')" = 'run/logs.ndjson run/plan.msgpack run/resolved_plan.json run/schema.msgpack run/tables.mk run/tables/f.shop.digest run/tables/f.tenant.digest run/tables/f.visit.digest ' ]
}

@test "more rows of parents than are tried: accepted with a note, and named when rows are made" {
	check "shop=2000001 visit=10 fan=10 topic=10 post=10" "$(rules visit shop_id '"where": "size > 100"' fan shop_id '"pick": {"weighted": {"by": "size * 0"}}' post topic_id '"where": "id > 5"')"
	expect 0
	says "the first rows of f.fan and 1 more were not tried, because that needs more than 2,000,000 rows of their parents; gen-children will report what fails"
	gen-parents --run run --discard >/dev/null
	gen-children --run run --discard --table f.shop >/dev/null
	run gen-children --run run --table f.visit
	refused 1 "table f.visit: foreign key visit_shop_id_fkey: of 2000001 rows of f.shop none is so that size > 100"
	run gen-children --run run --table f.fan
	refused 1 "table f.fan: foreign key fan_shop_id_fkey: all 2000001 rows of f.shop that may be picked have the weight 0"
	check "tenant=10 client=1000000 good=1000000 sale=10" "$(rules client tenant_id '"where": "id % 2 = 0"' good tenant_id '"where": "id % 2 = 1"')"
	expect 0
	says "the first rows of f.sale were not tried, because that needs more than 2,000,000 rows of their parents"
	gen-parents --run run --discard >/dev/null
	gen-children --run run --discard --table f.client >/dev/null
	gen-children --run run --discard --table f.good >/dev/null
	run gen-children --run run --table f.sale
	refused 1 "table f.sale: foreign key sale_tenant_id_client_id_fkey: of 1000000 rows of f.client none has values that the other foreign keys of the same columns can follow"
}

@test "ended while rows are tried, by whatever signal, it leaves nothing" {
	check "shop=10"
	expect 0
	"$PYTHON" - >plan.json <<-'END'
		import json
		print(json.dumps({"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-11-26"}, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		    "targets": [{"schema": "f", "table": "shop", "rows": 1999000}, {"schema": "f", "table": "visit", "rows": 10}],
		    "rules": [{"type": "relationship", "schema": "f", "table": "visit", "columns": ["shop_id"], "where": "size > 50 AND rating > 5"}]}))
	END
	listing >before
	cp -a run was
	for signal in TERM INT KILL; do
		ended=
		for after in 0.03 0.06 0.1 0.15 0.2 0.3 0.5 0.8 1.3 2; do # how fast this machine is nobody knows
			env --default-signal=INT plan-check plan.json --run run >/dev/null 2>&1 & # not as a shell starts what it does not wait for
			pid=$!
			sleep "$after"
			seen=$(find "/proc/$pid/fd" -lname '*(deleted)' 2>/dev/null | wc -l)
			kill -s "$signal" "$pid" 2>/dev/null || true
			if ! wait "$pid" && [ "$seen" -gt 0 ]; then
				ended=yes
				diff before <(listing) || fail "left behind by $signal"
				break
			fi
			rm -rf run && cp -a was run # it was too fast
		done
		[ -n "$ended" ] || fail "it was never ended by $signal while rows were tried"
	done
}

@test "parents that somebody else wrote are looked at as they are" {
	mkdir run/keys
	sizes() {
		"$PYTHON" - "$ROOT/tests/lib" "$1" <<-'EOF'
			import sys
			sys.path.insert(0, sys.argv[1])
			from snapshot import packed, write
			write("run/keys/f.shop.msgpack", "keys", 3, [packed("id", "int", 8, [1, 2, 3]), packed("size", "int", 8, [int(sys.argv[2])] * 3)])
		EOF
	}
	sizes 101
	check "shop=1000 visit=50" "$(rules visit shop_id '"where": "size > 100"')"
	expect 0
	gen-children --run run --table f.visit >/dev/null
	[ "$(wc -l <run/data/f.visit.csv)" = 51 ]
	# what they are now is told when rows are made, or by another look at the plan
	sizes 100
	run gen-children --run run --table f.visit
	refused 1 "table f.visit: foreign key visit_shop_id_fkey: of 3 rows of f.shop none is so that size > 100"
	check "shop=1000 visit=50" "$(rules visit shop_id '"where": "size > 100"')"
	refuses where_matches_none "of 3 rows of f.shop none is so that size > 100"
}
