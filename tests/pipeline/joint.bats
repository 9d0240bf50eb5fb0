#!/usr/bin/env bats
# Unique keys that foreign keys which share columns complete together: (tenant_id, user_id, role_id),
# users and roles being those of the tenant.  PostgreSQL checks every key; the counts are its own.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db joint
	sql_file - <<-'END'
		CREATE TABLE tenant (id integer PRIMARY KEY);
		CREATE TABLE users (tenant_id integer NOT NULL REFERENCES tenant, id integer NOT NULL, PRIMARY KEY (tenant_id, id));
		CREATE TABLE role (tenant_id integer NOT NULL REFERENCES tenant, id integer PRIMARY KEY, UNIQUE (id, tenant_id));
		CREATE TABLE has (tenant_id integer NOT NULL, user_id integer NOT NULL, role_id integer NOT NULL,
			PRIMARY KEY (tenant_id, user_id, role_id),
			CONSTRAINT a_user FOREIGN KEY (tenant_id, user_id) REFERENCES users,
			CONSTRAINT b_role FOREIGN KEY (role_id, tenant_id) REFERENCES role (id, tenant_id));
		CREATE TABLE shift (id bigint PRIMARY KEY, tenant_id integer NOT NULL, user_id integer NOT NULL, role_id integer NOT NULL,
			until_id integer NOT NULL, day text NOT NULL CHECK (day IN ('sab', 'dom')),
			UNIQUE (tenant_id, day, user_id, role_id, until_id),
			FOREIGN KEY (tenant_id, user_id) REFERENCES users,
			FOREIGN KEY (role_id, tenant_id) REFERENCES role (id, tenant_id),
			FOREIGN KEY (tenant_id, until_id) REFERENCES users);
		CREATE TABLE short (tenant_id integer, role_id integer NOT NULL, as_id integer,
			UNIQUE (role_id, as_id),
			CONSTRAINT a_role FOREIGN KEY (role_id, tenant_id) REFERENCES role (id, tenant_id),
			CONSTRAINT b_role FOREIGN KEY (as_id, tenant_id) REFERENCES role (id, tenant_id));
		CREATE TABLE twice (tenant_id integer NOT NULL, user_id integer NOT NULL, role_id integer NOT NULL, until_id integer NOT NULL,
			CONSTRAINT by_role UNIQUE (tenant_id, user_id, role_id), CONSTRAINT by_until UNIQUE (tenant_id, user_id, until_id),
			FOREIGN KEY (tenant_id, user_id) REFERENCES users,
			FOREIGN KEY (role_id, tenant_id) REFERENCES role (id, tenant_id),
			FOREIGN KEY (tenant_id, until_id) REFERENCES users);
		CREATE TABLE daily (tenant_id integer NOT NULL, user_id integer NOT NULL, role_id integer NOT NULL, day integer NOT NULL CHECK (day BETWEEN 1 AND 5),
			CONSTRAINT u1 UNIQUE (tenant_id, user_id, role_id), CONSTRAINT u2 UNIQUE (tenant_id, user_id, day),
			CONSTRAINT a_user FOREIGN KEY (tenant_id, user_id) REFERENCES users,
			CONSTRAINT b_role FOREIGN KEY (role_id, tenant_id) REFERENCES role (id, tenant_id));
		CREATE TABLE customer (tenant_id integer NOT NULL REFERENCES tenant, id integer NOT NULL, home_id integer, bill_id integer, brought_by integer,
			PRIMARY KEY (tenant_id, id));
		CREATE TABLE address (tenant_id integer NOT NULL REFERENCES tenant, id integer NOT NULL, customer_id integer NOT NULL, PRIMARY KEY (tenant_id, id),
			FOREIGN KEY (tenant_id, customer_id) REFERENCES customer);
		ALTER TABLE customer ADD CONSTRAINT a_home FOREIGN KEY (tenant_id, home_id) REFERENCES address,
			ADD CONSTRAINT b_bill FOREIGN KEY (tenant_id, bill_id) REFERENCES address,
			ADD CONSTRAINT c_brought FOREIGN KEY (tenant_id, brought_by) REFERENCES customer;
		CREATE TABLE product (tenant_id integer NOT NULL REFERENCES tenant, id integer NOT NULL, price numeric(8,2) NOT NULL,
			PRIMARY KEY (tenant_id, id));
		CREATE TABLE invoice (tenant_id integer NOT NULL REFERENCES tenant, id integer NOT NULL, total numeric(14,2) NOT NULL, lines integer NOT NULL,
			PRIMARY KEY (tenant_id, id));
		CREATE TABLE line (tenant_id integer NOT NULL, invoice_id integer NOT NULL, product_id integer NOT NULL, qty integer NOT NULL CHECK (qty BETWEEN 1 AND 9),
			price numeric(8,2) NOT NULL, PRIMARY KEY (tenant_id, invoice_id, product_id),
			CONSTRAINT of_invoice FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoice,
			CONSTRAINT of_product FOREIGN KEY (tenant_id, product_id) REFERENCES product);
		CREATE TABLE step (tenant_id integer NOT NULL, role_id integer NOT NULL, no integer NOT NULL, other_id integer NOT NULL,
			PRIMARY KEY (role_id, no), FOREIGN KEY (role_id, tenant_id) REFERENCES role (id, tenant_id),
			FOREIGN KEY (other_id) REFERENCES tenant (id));
		CREATE TABLE motto (tenant_id integer, role_id integer UNIQUE, FOREIGN KEY (role_id, tenant_id) REFERENCES role (id, tenant_id));
		CREATE TABLE visit (tenant_id integer NOT NULL, user_id integer NOT NULL, no integer NOT NULL,
			PRIMARY KEY (user_id, no), FOREIGN KEY (tenant_id, user_id) REFERENCES users);
	END
	catalogue base public
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" joint
}

# plan "TABLE=ROWS ..." [RULES]
plan() {
	small_plan public 5 "$@"
}

# relationship TABLE COLUMNS MEMBERS: a rule
relationship() {
	echo "{\"type\": \"relationship\", \"schema\": \"public\", \"table\": \"$1\", \"columns\": [$2], $3}"
}

# refused_plan TEXT: by plan-check
refused_plan() {
	rm -rf refused
	mkdir refused
	cp "$BASE/schema.msgpack" refused
	run plan-check plan.json --run refused
	expect 1
	says "$1"
}

# loads RUN: with every constraint in place, and eval finds nothing
loads() {
	"$BIN/load" --run "$1" --in-place >/dev/null
	run "$BIN/eval" --run "$1" --sql
	expect 0
}

# made RUN: the parents
made() {
	gen-parents --run "$1" >/dev/null
	gen-children --run "$1" --table public.users >/dev/null
	gen-children --run "$1" --table public.role >/dev/null
}

# same_in_shards: 2, 7 and 64 shards of plan.json concatenate to the bytes of run
same_in_shards() {
	whole run one
	for n in 2 7 64; do
		new_run "r$n" plan.json --shards "$n"
		make_rows "r$n" --jobs 2
		whole "r$n" "whole$n"
		diff -r one "whole$n"
	done
}

@test "every user of every tenant with every role of it: an exact cover" {
	plan "tenant=20 users=400 role=200 has=4000"
	new_run run plan.json
	make_rows run
	loads run
	none "users u JOIN role r USING (tenant_id) LEFT JOIN has h ON (h.tenant_id, h.user_id, h.role_id) = (u.tenant_id, u.id, r.id) WHERE h IS NULL"
	[ "$(sql 'SELECT count(*) FROM has')" = 4000 ]
}

@test "tenants of different sizes: as many rows as there are pairs, and not one more" {
	local uneven pairs
	uneven="[$(relationship users '"tenant_id"' '"pick": {"zipf": {"s": 1.0}}'), $(relationship role '"tenant_id"' '"pick": "uniform"')]"
	plan "tenant=30 users=500 role=200" "$uneven"
	new_run parents plan.json
	make_rows parents
	loads parents
	pairs=$(sql 'SELECT count(*) FROM users JOIN role USING (tenant_id)')
	[ "$(sql 'SELECT count(DISTINCT n) > 9 FROM (SELECT count(*) AS n FROM users GROUP BY tenant_id) x')" = t ]
	sql 'TRUNCATE tenant CASCADE'
	plan "tenant=30 users=500 role=200 has=$pairs" "$uneven"
	new_run run plan.json
	make_rows run
	loads run
	[ "$(sql 'SELECT count(*) FROM has')" = "$pairs" ]
	none "users u JOIN role r USING (tenant_id) LEFT JOIN has h ON (h.tenant_id, h.user_id, h.role_id) = (u.tenant_id, u.id, r.id) WHERE h IS NULL"
}

@test "a third of the pairs: users share the rows in proportion to their tenant's roles" {
	plan "tenant=30 users=500 role=200 has=1100" "[$(relationship users '"tenant_id"' '"pick": {"zipf": {"s": 1.0}}')]"
	new_run run plan.json
	make_rows run
	loads run
	none "(SELECT n, ways * 1100.0 / sum(ways) OVER () AS share FROM (SELECT
		(SELECT count(*) FROM has h WHERE h.tenant_id = u.tenant_id AND h.user_id = u.id) AS n,
		(SELECT count(*) FROM role r WHERE r.tenant_id = u.tenant_id) AS ways FROM users u) x) y WHERE n NOT BETWEEN floor(share) AND ceil(share)"
}

@test "three parents and a column: an exact cover of all their combinations" {
	plan "tenant=4 users=20 role=8 shift=400"
	new_run run plan.json
	make_rows run
	loads run
	[ "$(sql 'SELECT count(*) FROM users a JOIN users b USING (tenant_id) JOIN role r USING (tenant_id), (VALUES (1), (2)) d')" = 400 ]
	[ "$(sql 'SELECT count(DISTINCT (day, user_id, role_id, until_id)) FROM shift')" = 400 ]
}

@test "two keys that one foreign key begins: parents have as many children as both have room for" {
	plan "tenant=10 users=100 role=200 twice=1000"
	new_run run plan.json
	make_rows run
	loads run
	[ "$(sql 'SELECT count(*) FROM twice')" = 1000 ]
	plan "tenant=10 users=100 role=200 twice=1001"
	PLAN=plan.json RUN=no plan_refused
	says "error key_space_too_small /targets/3" "twice: keys by_role, by_until: 1,001 rows need as many combinations of parents that agree on the columns which their foreign keys share: there are 1,000"
}

@test "beside a key with room for five rows of a user: no user has more" {
	plan "tenant=10 users=60 role=100 daily=250" "[$(relationship users '"tenant_id"' '"pick": {"zipf": {"s": 1.0}}'), $(relationship role '"tenant_id"' '"pick": {"zipf": {"s": 1.0}}')]"
	new_run run plan.json
	make_rows run
	loads run
	[ "$(sql 'SELECT count(*) FROM daily')" = 250 ]
	plan "tenant=10 users=60 role=100 daily=301"
	refused_plan "u2: 301 rows need 301 distinct (tenant_id, user_id, day), 60 x 5 allow 300"
}

@test "a key that leaves the shared column out is distinct where its columns tell the parents apart" {
	plan "tenant=10 role=200 short=3000"
	new_run run plan.json
	make_rows run
	loads run
	[ "$(sql 'SELECT count(*) FROM short')" = 3000 ]
	none "short s JOIN role r ON r.id = s.role_id WHERE r.tenant_id <> s.tenant_id"
}

@test "parents with a number of children each, as far as others can complete them" {
	plan "tenant=20 users=400 role=200 has=0" "[$(relationship has '"tenant_id", "user_id"' '"children_per_parent": {"min": 2, "max": 10}')]"
	sed -i 's/"has", "rows": 0/"has"/' plan.json
	new_run run plan.json
	make_rows run
	loads run
	[ "$(sql 'SELECT min(n), max(n) FROM (SELECT count(*) AS n FROM has GROUP BY tenant_id, user_id) x')" = "2|10" ]
}

# invoices ROWS: of several shops; each line has a product of the invoice's, and each product once
invoices() {
	local gen='{"type": "column_generator", "schema": "public"'
	plan "tenant=20 product=200 invoice=$1 line=$(($1 * 5))" "[$(relationship product '"tenant_id"' '"pick": {"zipf": {"s": 1.0}}'),
		$gen, \"table\": \"line\", \"column\": \"price\", \"generator\": \"derive.expr\", \"params\": {\"expr\": \"product_id.price\"}},
		$gen, \"table\": \"invoice\", \"column\": \"total\", \"generator\": \"derive.children\",
			\"params\": {\"child\": \"line\", \"foreign_key\": \"of_invoice\", \"aggregate\": \"sum\", \"expr\": \"qty * price\", \"empty\": 0}},
		$gen, \"table\": \"invoice\", \"column\": \"lines\", \"generator\": \"derive.children\",
			\"params\": {\"child\": \"line\", \"foreign_key\": \"of_invoice\", \"aggregate\": \"count\"}}]"
}

@test "an invoice's total is the sum of its lines, whose products are of its own shop" {
	invoices 1000
	new_run run plan.json
	make_rows run
	loads run
	none "invoice i LEFT JOIN (SELECT tenant_id, invoice_id, sum(qty * price) AS total, count(*) AS lines FROM line GROUP BY 1, 2) l
		ON (l.tenant_id, l.invoice_id) = (i.tenant_id, i.id) WHERE i.total <> coalesce(l.total, 0) OR i.lines <> coalesce(l.lines, 0)"
	none "line l JOIN product p ON (p.tenant_id, p.id) = (l.tenant_id, l.product_id) WHERE p.price <> l.price"
	[ "$(sql 'SELECT count(*) FROM line')" = 5000 ]
	same_in_shards
}

@test "a ring within the shop: a customer's home is an address of its shop, an address has a customer of it" {
	plan "tenant=20 customer=500 address=900" "[$(relationship address '"tenant_id"' '"pick": {"zipf": {"s": 0.8}}')]"
	new_run run plan.json
	make_rows run
	"$BIN/load" --run run >/dev/null
	run "$BIN/eval" --run run --sql
	expect 0
	[ "$(sql 'SELECT count(home_id) BETWEEN 400 AND 480, count(bill_id) BETWEEN 400 AND 480, count(brought_by) BETWEEN 400 AND 480,
		count(*) FILTER (WHERE home_id = bill_id) < 100, count(DISTINCT (tenant_id, home_id)) > 100 FROM customer')" = "t|t|t|t|t" ]
	same_in_shards
}

@test "more children than others can complete, more rows than combinations: refused, with the numbers" {
	plan "tenant=20 users=400 role=200 has=4001"
	PLAN=plan.json RUN=no plan_refused
	says "error key_space_too_small /targets/3" "has: key has_pkey: 4,001 rows need as many combinations of parents that agree on the columns which their foreign keys share: there are 4,000"
	plan "tenant=20 users=400 role=200 has=4400" "[$(relationship has '"tenant_id", "user_id"' '"children_per_parent": {"min": 11}')]"
	PLAN=plan.json RUN=no plan_refused
	says "error key_space_too_small /rules/0" "has: key has_pkey: a row of public.users has 11 children by foreign key a_user, and parents that agree on the shared columns complete the key in 10 ways"
	plan "tenant=20 users=400 role=200 has=80001"
	PLAN=plan.json RUN=no plan_refused
	says "error key_space_too_small" "has_pkey: 80,001 rows need 80,001 distinct (tenant_id, user_id, role_id), 400 x 200 allow 80,000"
}

@test "parents that somebody else wrote after the plan was looked at: refused when rows are made" {
	plan "tenant=20 users=400 role=200 has=4000"
	new_run run plan.json
	made run
	"$PYTHON" - "$ROOT/tests/lib" <<-'END'
		import csv, sys
		sys.path.insert(0, sys.argv[1])
		from snapshot import packed, write
		user = next(csv.DictReader(open("run/data/public.users.csv")))
		write("run/keys/public.users.msgpack", "keys", 1, [packed(c, "int", 8, [int(user[c])]) for c in ("tenant_id", "id")])
	END
	run gen-children --run run --table public.has
	refused 1 "has: key has_pkey: 4,000 rows need as many combinations of parents that agree on the columns which their foreign keys share: there are 10"
}

@test "1, 2, 7 and 64 shards concatenate to the same bytes" {
	plan "tenant=20 users=400 role=200 has=2000 shift=5000 short=1500" \
		"[$(relationship users '"tenant_id"' '"pick": {"zipf": {"s": 1.0}}'), $(relationship has '"tenant_id", "user_id"' '"order": "shuffled"')]"
	new_run run plan.json
	make_rows run
	same_in_shards
}

@test "rows that others have made: users and roles that the database has" {
	sql "INSERT INTO tenant SELECT generate_series(1, 9); INSERT INTO users SELECT i % 9 + 1, i FROM generate_series(1, 90) i;
		INSERT INTO role SELECT i % 5 + 1, i FROM generate_series(1, 50) i"
	introspect --run run --keys public.users,public.role >/dev/null
	plan "has=500"
	plan-check plan.json --run run 2>/dev/null
	make_rows run
	"$BIN/load" --run run --in-place >/dev/null
	[ "$(sql 'SELECT count(*), count(DISTINCT tenant_id) FROM has')" = "500|5" ]
}

@test "what a row's parents were is told" {
	plan "tenant=20 users=400 role=200 has=2000"
	new_run run plan.json
	make_rows run
	run explain-row --run run public.has 17
	expect 0
	says "parents share the rows in proportion to how they can complete key has_pkey" "no combination comes twice"
}

# numbered TABLE: a rule by which its column no is the row's place among siblings
numbered() {
	echo "{\"type\": \"column_generator\", \"schema\": \"public\", \"table\": \"$1\", \"column\": \"no\", \"generator\": {\"id\": \"derive.sibling_number\"}}"
}

@test "line numbers are distinct by a part of the foreign key that is the parents' key" {
	plan "tenant=5 role=40 step=170" "[$(numbered step)]"
	new_run run plan.json
	make_rows run
	loads run
	[ "$(sql 'SELECT count(*) FROM (SELECT FROM step GROUP BY role_id HAVING (min(no), max(no)) = (1, count(*))) x')" = 40 ]
	same_in_shards
}

@test "line numbers are refused where that part of the foreign key is no key of the parents" {
	plan "tenant=5 users=40 visit=170" "[$(numbered visit)]"
	refused_plan 'visit_pkey on (user_id, no)'
}

@test "a part of the foreign key that is the parents' key may be unique: one to one" {
	plan "tenant=5 role=40 motto=40"
	new_run run plan.json
	make_rows run
	loads run
	[ "$(sql 'SELECT count(DISTINCT role_id) = count(role_id) AND count(role_id) > 30 FROM motto')" = t ]
	same_in_shards
	plan "tenant=5 role=40 motto=40" "[$(relationship motto '"role_id", "tenant_id"' '"null_rate": 0')]"
	new_run all plan.json
	plan "tenant=5 role=40 motto=41"
	refused_plan '41 rows need 41 different rows of public.role, which has 40'
}
