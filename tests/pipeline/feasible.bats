#!/usr/bin/env bats
# What cannot be is named before the first byte, with its numbers and a way out.

load ../lib/common

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
		CREATE TABLE f.booked (room integer NOT NULL, during int4range NOT NULL, EXCLUDE USING gist (during WITH &&));
		CREATE TABLE f.cased (t text NOT NULL CHECK (t IN ('a', 'A', 'b')));
		CREATE UNIQUE INDEX cased_t ON f.cased (lower(t));
		CREATE TABLE f.hen (id bigint PRIMARY KEY);
		CREATE TABLE f.egg (id bigint PRIMARY KEY REFERENCES f.hen);
		ALTER TABLE f.hen ADD FOREIGN KEY (id) REFERENCES f.egg;
		CREATE TABLE f.tenant (id integer PRIMARY KEY);
		CREATE TABLE f.client (tenant_id integer NOT NULL REFERENCES f.tenant, id integer NOT NULL, PRIMARY KEY (tenant_id, id));
		CREATE TABLE f.good (tenant_id integer NOT NULL REFERENCES f.tenant, id integer NOT NULL, PRIMARY KEY (tenant_id, id));
		CREATE TABLE f.sale (id integer PRIMARY KEY, tenant_id integer NOT NULL, client_id integer NOT NULL, good_id integer NOT NULL,
			FOREIGN KEY (tenant_id, client_id) REFERENCES f.client, FOREIGN KEY (tenant_id, good_id) REFERENCES f.good);
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
	"$PYTHON" - "$@" >plan.json <<-'END'
		import json, sys
		json.dump({"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-11-26"},
		           "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		           "targets": [{"schema": "f", "table": t, "rows": int(n)} for t, n in (w.split("=") for w in sys.argv[1].split())],
		           "rules": json.loads(sys.argv[2]) if len(sys.argv) > 2 else []}, sys.stdout)
	END
	run plan-check plan.json --run run
}

# refuses CODE TEXT...: it is refused, for that and nothing else, with a way out
refuses() {
	expect 1
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
	refuses unsupported_unique 'unique index joined_xy: expression ((x || y)) is not made distinct'
	check "booked=10"
	refuses unsupported_unique 'exclusion constraint booked_during_excl, EXCLUDE USING gist (during WITH &&)'
	check "cased=3"
	refuses key_space_too_small '"f.cased.t": in letters of one case, as a unique index asks: primitive.text has 2 distinct values here and the column is unique over 3 rows'
}

@test "a ring of tables whose keys wait for one another" {
	check "hen=10 egg=10"
	expect 1
	says 'error fk_cycle' 'foreign key "egg_id_fkey" of "f.egg" leads back to hen, and the keys of f.hen hang on those of f.egg, which are made no earlier'
}

@test "overlapping foreign keys whose groups are empty are named when rows are made" {
	check "tenant=10 client=10 good=10 sale=10" "[$(fan client tenant_id '"where": "id % 2 = 0"'), $(fan good tenant_id '"where": "id % 2 = 1"')]"
	expect 0
	gen-parents --run run >/dev/null
	gen-children --run run --table f.client >/dev/null
	gen-children --run run --table f.good >/dev/null
	run gen-children --run run --table f.sale
	expect 1
	says "table f.sale: foreign key sale_tenant_id_client_id_fkey: of 10 rows of f.client none has values that the other foreign keys of the same columns can follow"
}
