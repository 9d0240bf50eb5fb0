#!/usr/bin/env bats
# What the catalogues of newer servers hold: read, filled, and loaded with every constraint live.
# `make test-servers` runs this suite against every major version from 13 to 18.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
}

teardown_file() {
	pg_stop
}

setup() {
	bats_require_minimum_version 1.5.0
	RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "v$BATS_TEST_NUMBER"
	sql 'CREATE SCHEMA v'
}

# planned: the catalogue of schema v, and the plan that init writes, made strict
planned() {
	introspect --run "$RUN" --schema v >/dev/null
	plan-check --init --on-impossible refuse --run "$RUN" | jq '.plan_version = "0.3" | .options.strict = true' >plan.json
}

# whole_way: plan, generate, load and audit, all of which must hold
whole_way() {
	planned
	plan-check plan.json --run "$RUN" >/dev/null
	make_rows "$RUN" --format text
	"$BIN/load" --run "$RUN" >/dev/null
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
	says 'every rule was evaluated and holds'
}

# in_schema EXPRESSION: what jq says of the one table NAME of schema.json
in_schema() {
	jq -c --arg t "$1" '.schemas[].tables[] | select(.name == $t) | '"$2" "$RUN/schema.json"
}

@test "13: generated columns are stored, and the server computes them" {
	sql "CREATE TABLE v.line (id int PRIMARY KEY, n int NOT NULL CHECK (n < 1000),
		twice int GENERATED ALWAYS AS (n * 2) STORED, CHECK (twice > 0))"
	whole_way
	[ "$(in_schema line '.columns[2].generated.kind')" = '"stored"' ]
	none 'v.line WHERE twice <> n * 2'
}

@test "14: a multirange is a type, whose values PostgreSQL takes" {
	since 14
	sql 'CREATE TABLE v.open (id int PRIMARY KEY, days datemultirange NOT NULL)'
	whole_way
	[ "$(sql 'SELECT count(*) FROM v.open')" = 100 ]
}

@test "15: a UNIQUE constraint may take NULL for equal to NULL" {
	since 15
	sql 'CREATE TABLE v.few (id int PRIMARY KEY, a int, b text, UNIQUE NULLS NOT DISTINCT (a, b))'
	whole_way
	[ "$(in_schema few '[.constraints[] | select(.kind == "unique") | .nulls_not_distinct]')" = '[true]' ]
}

@test "16: a check in a syntax that the parser does not read is refused by name, and no other is" {
	since 16
	sql 'CREATE TABLE v.doc (id int PRIMARY KEY, body text CONSTRAINT is_doc CHECK (body IS JSON OBJECT),
		n int CONSTRAINT small CHECK (n < 10))'
	planned
	run plan-check plan.json --run "$RUN"
	expect 1
	says 'is_doc' 'syntax that PostgreSQL 15 does not have'
	run ! grep small <<<"$output"
}

@test "18: a generated column may be virtual, and is called so" {
	since 18
	sql "CREATE TABLE v.line (id int PRIMARY KEY, n int NOT NULL CHECK (n < 1000),
		twice int GENERATED ALWAYS AS (n * 2) VIRTUAL, kept int GENERATED ALWAYS AS (n * 3) STORED,
		CHECK (twice > 0))"
	whole_way
	[ "$(in_schema line '[.columns[].generated.kind]')" = '[null,null,"virtual","stored"]' ]
	[ "$(sql 'SELECT count(*) FROM v.line WHERE twice = n * 2 AND kept = n * 3')" = 100 ]
}

@test "18: keys WITHOUT OVERLAPS are exclusion constraints, and hold" {
	since 18
	sql "CREATE EXTENSION btree_gist;
		CREATE TABLE v.guest (id int PRIMARY KEY);
		CREATE TABLE v.stay (room int, during tstzrange, PRIMARY KEY (room, during WITHOUT OVERLAPS));
		CREATE TABLE v.\"Rate\" (\"Guest\" int REFERENCES v.guest, valid daterange,
			CONSTRAINT one_rate UNIQUE (\"Guest\", valid WITHOUT OVERLAPS))"
	whole_way
	says 'EXCLUDE'
	[ "$(in_schema Rate '.exclusion_constraints[0] | [.name, .definition]')" = \
		'["one_rate","EXCLUDE USING gist (\"Guest\" WITH =, valid WITH &&)"]' ]
	# the keys are what they were before the load
	[ "$(sql "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'stay_pkey'")" = \
		'PRIMARY KEY (room, during WITHOUT OVERLAPS)' ]
}

@test "18: a key WITHOUT OVERLAPS that cannot be met is refused by name" {
	since 18
	sql "CREATE EXTENSION btree_gist;
		CREATE TABLE v.many (id int, during datemultirange, PRIMARY KEY (id, during WITHOUT OVERLAPS))"
	planned
	run plan-check plan.json --run "$RUN"
	expect 1
	says 'many_pkey' 'during WITH &&'
}

@test "18: a child with a PERIOD lies within the period of its parent" {
	since 18
	sql "CREATE EXTENSION btree_gist;
		CREATE TABLE v.room (id int, open daterange, PRIMARY KEY (id, open WITHOUT OVERLAPS));
		CREATE TABLE v.stay (id int PRIMARY KEY, room int, during daterange,
			FOREIGN KEY (room, PERIOD during) REFERENCES v.room (id, PERIOD open))"
	whole_way
	none 'v.stay s WHERE NOT EXISTS (SELECT FROM v.room r WHERE r.id = s.room AND r.open @> s.during)
		AND room IS NOT NULL AND during IS NOT NULL'
	[ "$(sql 'SELECT count(*) > 50 FROM v.stay WHERE during IS NOT NULL')" = t ]
}

@test "18: a PERIOD under a key of the child's own is refused by name" {
	since 18
	sql "CREATE EXTENSION btree_gist;
		CREATE TABLE v.room (id int, open daterange, PRIMARY KEY (id, open WITHOUT OVERLAPS));
		CREATE TABLE v.stay (room int, during daterange, PRIMARY KEY (room, during WITHOUT OVERLAPS),
			FOREIGN KEY (room, PERIOD during) REFERENCES v.room (id, PERIOD open))"
	planned
	run plan-check plan.json --run "$RUN"
	expect 1
	says 'stay_pkey' 'v.stay'
}

@test "18: NOT NULL has a name, constraints may not be enforced, and both are kept" {
	since 18
	sql "CREATE TABLE v.top (id int PRIMARY KEY);
		CREATE TABLE v.some (id int PRIMARY KEY, a int CONSTRAINT a_is_there NOT NULL, b int,
			c int CONSTRAINT c_small CHECK (c < 10) NOT ENFORCED,
			d int REFERENCES v.top NOT ENFORCED);
		ALTER TABLE v.some ADD CONSTRAINT b_is_there NOT NULL b NOT VALID"
	before=$(sql "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE connamespace = 'v'::regnamespace ORDER BY 1")
	whole_way
	[ "$(in_schema some '[.constraints[].kind] | unique')" = '["check","foreign_key","primary_key"]' ]
	none 'v.some WHERE b IS NULL OR c >= 10 OR d IS NOT NULL AND NOT EXISTS (SELECT FROM v.top t WHERE t.id = d)'
	[ "$(sql "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
		WHERE connamespace = 'v'::regnamespace ORDER BY 1")" = "$before" ]
}
