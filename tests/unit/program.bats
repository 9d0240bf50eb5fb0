#!/usr/bin/env bats
# program and engine: a table of the plan compiled to operations, and what runs them, over every shape of
# relationship, key, exclusion constraint, aggregate and check that the fixtures have.

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
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER"
}

# both FILE SCHEMA PLAN-CMD...: of a fixture, with the plan that a command writes, both units
both() {
	sql_file "$ROOT/tests/fixtures/$1"
	introspect --run run --schema "$2" ${MORE:+--schema "$MORE"} >/dev/null 2>&1
	"${@:3}" >plan.json
	plan-check plan.json --run run --as-of 2026-11-26 --shards 2 >said 2>&1 || fail "$(cat said)"
	make_rows run --discard
	run "$UNIT/program" run
	expect 0
	run "$UNIT/engine" run
	expect 0
	says ' 0 failed'
}

unedited() {
	plan-check --init --bare --run run
}

written() {
	"$PYTHON" "$ROOT/tests/lib/$1.py" "${@:2}"
}

@test "nothing is read before it is made, and a row is the same in any block: relationships" {
	MORE='rel other' both zoo_relations.sql rel written relations 10
}

@test "the same of unique keys" {
	both unique.sql uq written unique 20
}

@test "the same of exclusion constraints" {
	both exclude.sql x written exclude 60
}

@test "the same of aggregates" {
	both aggregates.sql agg written aggregates 20 shuffled
}

@test "the same of checks" {
	both checks_zoo.sql z unedited
}

@test "the same of chains of keys" {
	both chains.sql ch unedited
}
