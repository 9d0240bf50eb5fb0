#!/usr/bin/env bats
# Rows that are made before there are parents to choose from by value: for a parent's aggregate, and
# where keys close a ring.  What such a part of a table makes must be what the table makes.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db ahead
	sql_file - <<-'END'
		CREATE TABLE project (id bigint PRIMARY KEY, used integer NOT NULL, lent integer NOT NULL);
		CREATE TABLE room (project_id bigint NOT NULL REFERENCES project, id smallint NOT NULL, PRIMARY KEY (project_id, id));
		CREATE TABLE used (project_id bigint NOT NULL, room_id smallint,
			CONSTRAINT a_room FOREIGN KEY (project_id, room_id) REFERENCES room,
			CONSTRAINT b_project FOREIGN KEY (project_id) REFERENCES project);
		CREATE TABLE lent (project_id bigint, room_id smallint, CHECK (project_id IS NOT NULL OR room_id IS NULL),
			CONSTRAINT a_room FOREIGN KEY (project_id, room_id) REFERENCES room,
			CONSTRAINT b_project FOREIGN KEY (project_id) REFERENCES project);
		CREATE TABLE tenant (id integer PRIMARY KEY);
		CREATE TABLE role (tenant_id integer NOT NULL REFERENCES tenant, id integer PRIMARY KEY, pairs integer NOT NULL, UNIQUE (id, tenant_id));
		CREATE TABLE pair (role_id integer NOT NULL, tenant_id integer NOT NULL, other_id integer, UNIQUE (tenant_id, role_id, other_id),
			CONSTRAINT a_role FOREIGN KEY (role_id, tenant_id) REFERENCES role (id, tenant_id),
			CONSTRAINT b_other FOREIGN KEY (other_id, tenant_id) REFERENCES role (id, tenant_id));
		CREATE TABLE account (id integer PRIMARY KEY, total bigint NOT NULL);
		CREATE TABLE price (id integer PRIMARY KEY, account_id integer NOT NULL REFERENCES account, k integer NOT NULL CHECK (k BETWEEN 0 AND 9));
		CREATE TABLE bill (id integer PRIMARY KEY, account_id integer NOT NULL REFERENCES account, price_id integer NOT NULL REFERENCES price,
			v integer NOT NULL, m bigint NOT NULL);
		CREATE TABLE line (id integer PRIMARY KEY, bill_id integer NOT NULL REFERENCES bill, price_id integer NOT NULL REFERENCES price, w integer NOT NULL);
	END
	catalogue base public
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" ahead
}

# rules LINE...: "TABLE COLUMNS {members of a relationship}" or "TABLE.COLUMN GENERATOR {params}", as JSON
rules() {
	printf '%s\n' "$@" | "$PYTHON" -c '
import json, sys
out = []
for line in sys.stdin:
    what, how, more = line.rstrip().split(" ", 2)
    if "." in what:
        table, column = what.split(".")
        out.append({"type": "column_generator", "schema": "public", "table": table, "column": column, "generator": how, "params": json.loads(more)})
    else:
        out.append({"type": "relationship", "schema": "public", "table": what, "columns": how.split(","), **json.loads(more)})
print(json.dumps(out))'
}

# holds: all shards alike, loaded, and nothing found
holds() {
	new_run run plan.json
	make_rows run
	whole run one
	for n in 2 7; do
		new_run "r$n" plan.json --shards "$n"
		make_rows "r$n" --jobs 2
		whole "r$n" "whole$n"
		diff -r one "whole$n"
	done
	"$BIN/load" --run run >/dev/null
	run "$BIN/eval" --run run --sql
	expect 0
}

@test "children that follow another key, which may be NULL, are counted as they are" {
	local projects rooms uses
	while read -r projects rooms uses; do
		pg_db "rooms$rooms" ahead
		rm -rf run r2 r7 one whole2 whole7
		small_plan public 1 "project=$projects room=$rooms used=$uses lent=$uses" "$(rules \
			'used project_id {"pick": "round_robin"}' 'lent project_id {"pick": "round_robin"}' \
			'project.used derive.children {"child": "public.used", "foreign_key": "b_project", "aggregate": "count"}' \
			'project.lent derive.children {"child": "public.lent", "foreign_key": "b_project", "aggregate": "count"}')"
		holds
		none "project p WHERE used <> (SELECT count(*) FROM used u WHERE u.project_id = p.id) OR lent <> (SELECT count(*) FROM lent l WHERE l.project_id = p.id)"
	done <<-'END'
		3 2 5
		3 9 5
		50 20 400
	END
}

@test "children of a key that another completes, which may be NULL, are counted as they are" {
	small_plan public 1 "tenant=2 role=60 pair=1500" "$(rules 'role tenant_id {"pick": {"zipf": {"s": 1.5}}}' \
		'role.pairs derive.children {"child": "public.pair", "foreign_key": "a_role", "aggregate": "count"}')"
	holds
	none "role r WHERE pairs <> (SELECT count(*) FROM pair p WHERE p.role_id = r.id)"
	[ "$(sql 'SELECT count(DISTINCT pairs) > 1, sum(pairs) FROM role')" = "t|1500" ]
}

@test "aggregates within aggregates, each over parents that a condition is true of" {
	small_plan public 1 "account=5 price=20 bill=30 line=90" "$(rules 'bill account_id {"pick": "round_robin"}' 'line bill_id {"pick": "round_robin"}' \
		'bill price_id {"where": "k > 3"}' 'line price_id {"where": "k > 3"}' \
		'bill.v derive.expr {"expr": "price_id.k"}' 'line.w derive.expr {"expr": "price_id.k"}' \
		'bill.m derive.children {"child": "public.line", "foreign_key": ["bill_id"], "aggregate": "sum", "expr": "w", "empty": 0}' \
		'account.total derive.children {"child": "public.bill", "foreign_key": ["account_id"], "aggregate": "sum", "expr": "m + v", "empty": 0}')"
	holds
	none "bill b WHERE m <> (SELECT coalesce(sum(w), 0) FROM line l WHERE l.bill_id = b.id)"
	none "account a WHERE total <> (SELECT coalesce(sum(m + v), 0) FROM bill b WHERE b.account_id = a.id)"
	[ "$(sql 'SELECT sum(total) > 100 FROM account')" = t ]
}
