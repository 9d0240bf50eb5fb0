#!/usr/bin/env bats
# Foreign keys to a unique key whose columns may be NULL: a row that is NULL there is nobody's parent.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db nullable
	sql "CREATE TABLE account (name text UNIQUE, secret text);
		CREATE TABLE device (id int PRIMARY KEY, owner text NOT NULL REFERENCES account (name));
		CREATE TABLE profile (owner text PRIMARY KEY REFERENCES account (name), bio text);
		CREATE TABLE visit (owner text REFERENCES account (name), at date);
		CREATE TABLE alias (owner text UNIQUE REFERENCES account (name), note text);
		CREATE TABLE mail (id int PRIMARY KEY, alias text NOT NULL REFERENCES alias (owner));
		CREATE TABLE contact (phone text UNIQUE, email text UNIQUE, CHECK (num_nonnulls(phone, email) = 1));
		CREATE TABLE call (id int PRIMARY KEY, phone text NOT NULL REFERENCES contact (phone));
		CREATE TABLE letter (id int PRIMARY KEY, email text NOT NULL REFERENCES contact (email));
		CREATE TABLE place (tenant int NOT NULL, code text, UNIQUE (tenant, code));
		CREATE TABLE room (tenant int NOT NULL, code text NOT NULL, no int, PRIMARY KEY (tenant, code, no),
			FOREIGN KEY (tenant, code) REFERENCES place (tenant, code))"
	introspect --run "$BATS_FILE_TMPDIR/base" >/dev/null
	export BASE=$BATS_FILE_TMPDIR/base
	export ALL="account=200 device=300 profile=60 visit=300 alias=100 mail=300 contact=300 call=200 letter=200 place=100 room=200"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# nulls TABLE COLUMN RATE: a rule that leaves that share of them NULL
nulls() {
	printf '{"type": "column_generator", "schema": "public", "table": "%s", "column": "%s", "generator": "semantic.person.name",
		"transforms": [{"transform": "transform.null_rate", "params": {"rate": %s}}]}' "$1" "$2" "$3"
}

# fits [OPTION...]: rows of plan.json hold, as eval and the server say
fits() {
	rm -rf run
	new_run run plan.json "$@"
	make_rows run
	"$BIN/eval" --run run >/dev/null
	pg_db loaded nullable
	"$BIN/load" --run run >/dev/null
}

@test "columns that foreign keys refer to are not NULL unless a rule says so" {
	small_plan public 7 "$ALL" '[]'
	fits
	[ "$(sql 'SELECT count(*) FROM account WHERE name IS NULL')" = 0 ]
	[ "$(sql 'SELECT count(*) > 0 FROM account WHERE secret IS NULL')" = t ]
	[ "$(sql 'SELECT count(*) FROM contact WHERE num_nonnulls(phone, email) <> 1')" = 0 ]
}

@test "plan-check --init writes no share of NULLs for them" {
	"$BIN/plan-check" --init --run "$BASE" >plan.json
	jq -e '[.rules[] | select(.table == "account" and .column == "name" and .transforms)] == []' plan.json
	fits
}

@test "where a rule makes some NULL, children pick among the others, in any shards" {
	small_plan public 7 "$ALL" "[$(nulls account name 0.5)]"
	fits
	[ "$(sql 'SELECT count(*) BETWEEN 70 AND 130 FROM account WHERE name IS NULL')" = t ]
	[ "$(sql 'SELECT count(DISTINCT owner) > 60 FROM device')" = t ]
	whole run one.rows
	fits --shards 3
	whole run three.rows
	diff -r one.rows three.rows
}

@test "numbers of children are shared among the parents that have a key" {
	small_plan public 7 "account=100 device=300" "[$(nulls account name 0.5), {\"type\": \"relationship\", \"schema\": \"public\",
		\"table\": \"device\", \"columns\": [\"owner\"], \"children_per_parent\": {\"min\": 1, \"max\": 9}}]"
	fits
	[ "$(sql 'SELECT count(*) FROM account WHERE name IS NOT NULL AND name NOT IN (SELECT owner FROM device)')" = 0 ]
}

@test "a relationship's own condition is kept beside it" {
	small_plan public 7 "account=100 device=300" "[$(nulls account name 0.5), {\"type\": \"relationship\", \"schema\": \"public\",
		\"table\": \"device\", \"columns\": [\"owner\"], \"where\": \"name LIKE '%a%' OR name LIKE '%e%'\"}]"
	fits
	[ "$(sql "SELECT count(*) FROM device WHERE owner NOT LIKE '%a%' AND owner NOT LIKE '%e%'")" = 0 ]
}

@test "more rows than parents with a key are refused, with the numbers" {
	small_plan public 7 "account=100 profile=90" "[$(nulls account name 0.5)]"
	run new_run run plan.json
	expect 1
	[[ $output == *"90 rows need as many rows of"* ]]
}
