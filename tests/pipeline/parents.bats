#!/usr/bin/env bats
# The ForeignContext asked one value at a time: for every row of every kind of relation it picks the
# key that the generators wrote, and looks up what the parent's row has.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline
load ../lib/each_database

# read_fixture FILE SCHEMA...: of tests/fixtures, read into the catalogue that new_run uses
read_fixture() {
	sql_file "$ROOT/tests/fixtures/$1"
	catalogue "t$BATS_TEST_NUMBER" "${@:2}"
	export BASE=$BATS_FILE_TMPDIR/t$BATS_TEST_NUMBER
}

# answers TABLES KEYS VALUES: the rows of run, and so much at least was asked
answers() {
	local tables keys values
	mkdir said
	run "$UNIT/context" run said
	expect 0
	run "$PYTHON" "$ROOT/tests/lib/parents.py" run "$BASE/schema.json" said
	expect 0
	read -r tables keys values <<<"$output"
	((tables >= $1 && keys >= $2 && values >= $3)) || fail "$output"
}

# written SCRIPT ARGUMENT...: the plan that a script of tests/lib writes, filled
written() {
	"$PYTHON" "$ROOT/tests/lib/$1.py" "${@:2}" >p.json
	new_run run p.json --shards 2
	make_rows run
}

# unedited: the plan that plan-check writes by itself, filled
unedited() {
	plan-check --init --on-impossible refuse --bare --run "$BASE" >p.json
	new_run run p.json --as-of 2026-11-26
	make_rows run
}

@test "the context picks and looks up what the rows have, in every shape of relationship, self and cyclic ones too" {
	read_fixture zoo_relations.sql rel 'rel other'
	written relations 200
	answers 85 70000 150000
}

@test "the same of every kind of unique key over foreign keys, junctions and pairs" {
	read_fixture unique.sql uq
	written unique 20
	answers 20 2900 2900
}

@test "the same of tables with exclusion constraints" {
	read_fixture exclude.sql x
	written exclude 300
	answers 16 4800 4800
}

@test "the same of parents whose columns are made of their children" {
	read_fixture aggregates.sql agg
	written aggregates 200 shuffled
	answers 5 1000 1000
}

@test "the same of keys that are NULL in part" {
	read_fixture partial_nulls.sql pn
	small_plan pn 3 "uniform=100 zipf=100 cover=100 fan=100 single=50 some=100 three=100" '[
		{"type": "relationship", "schema": "pn", "table": "uniform", "columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5},
		{"type": "relationship", "schema": "pn", "table": "zipf", "columns": ["x", "y"], "null_rate": 0.4, "partial_nulls": 0.5, "pick": "zipf"}]'
	new_run run plan.json
	make_rows run
	answers 7 1000 1000
}

@test "the same of chains of keys and of tables that share a parent" {
	read_fixture chains.sql ch
	unedited
	answers 5 1000 1000
}

@test "the same of a schema with names that need quotes, types of all kinds and tables in cycles" {
	read_fixture zoo.sql zoo 'Odd.Schema/1' other
	unedited
	answers 4 700 1100
}

@test "the same of the CRM, whose checks have rows drawn again" {
	crm_load
	catalogue "t$BATS_TEST_NUMBER" crm
	export BASE=$BATS_FILE_TMPDIR/t$BATS_TEST_NUMBER
	new_run run "$CRM_PLAN" --rows "$(crm_rows 300)"
	make_rows run
	answers 14 7000 13000
}

@test "the same of children of rows that the database has" {
	read_fixture existing.sql live Odd.Schema
	introspect --run "$BASE" --schema live --schema Odd.Schema --keys 'live.paises,live.pessoas(apelido,criada),live.lojas,live.arquivos,"Odd.Schema"."ta""b,(le)"' >/dev/null
	small_plan live 3 "pedidos=100 itens=300"
	cp -r "$BASE" run
	plan-check plan.json --run run >/dev/null 2>&1
	make_rows run
	answers 2 1000 300
}
