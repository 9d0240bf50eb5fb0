#!/usr/bin/env bats
# run.mk: what is given to it decides what is made again, and what it cannot take it refuses.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	crm_base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db "t$BATS_TEST_NUMBER" crm
	small_plan crm 3 'contatos=200 leads=200' >/dev/null
}

# stages: those that the last `run run_mk` called, each once
stages() {
	# shellcheck disable=SC2154
	grep -o "$BIN/[a-z]*[a-z-]*" <<<"$output" | sed 's|.*/||' | uniq | xargs
}

@test "another value of CHECKFLAGS, SHARDS or PLAN has plan-check run again, and no value keeps the last" {
	run run_mk RUN=run PLAN=plan.json CHECKFLAGS='--shards 2' -j2
	expect 0
	[ "$(find run/data -name '*of-2.csv' | wc -l)" = 10 ] || fail "$(ls run/data)"
	run run_mk RUN=run
	says 'Nothing to be done'
	run run_mk RUN=run CHECKFLAGS='--shards 3' -j2
	expect 0
	[ "$(stages)" = 'plan-check gen-parents gen-children eval' ] || fail "$output"
	[ "$(find run/data -name '*of-3.csv' | wc -l)" = 15 ] || fail "$(ls run/data)"
	run run_mk RUN=run SHARDS=1 CHECKFLAGS= -j2
	expect 0
	[ "$(find run/data -name '*.csv' | wc -l)" = 5 ] || fail "$(ls run/data)"
	sed 's/"seed": 3/"seed": 4/' plan.json >older.json
	touch -d '1 day ago' older.json
	run run_mk RUN=run PLAN=older.json -j2
	[ "$(stages)" = 'plan-check gen-parents gen-children eval' ] || fail "$output"
	run run_mk RUN=run
	says 'Nothing to be done'
}

@test "a value that plan-check refuses is tried again until it is another" {
	run_mk RUN=run PLAN=plan.json -j2
	for _ in 1 2; do
		run run_mk RUN=run CHECKFLAGS='--shards none'
		expect 2
		says '--shards'
	done
	run run_mk RUN=run
	says 'Nothing to be done'
}

@test "another value of KEYS or DDL, and other text in the file of DDL, has introspect run again" {
	small_plan crm 3 'leads=50'
	sql "INSERT INTO crm.fontes_lead (nome) VALUES ('Feira')"
	run run_mk RUN=run PLAN=plan.json
	expect 0
	run run_mk RUN=run KEYS=crm.fontes_lead
	expect 0
	[ "$(stages)" = 'introspect plan-check gen-children eval' ] || fail "$output"
	cat "$ROOT"/tests/fixtures/crm/*.sql >a.sql
	for _ in 1 2; do
		run run_mk RUN=run KEYS= DDL=a.sql
		expect 0
		[[ $(stages) == introspect\ plan-check* ]] || fail "$output"
		echo 'CREATE TABLE crm.more (id int);' >>a.sql
	done
	grep -q '"more"' run/schema.json
}

@test "another value of EVALFLAGS has the rows audited again" {
	run_mk RUN=run PLAN=plan.json -j2
	run run_mk RUN=run EVALFLAGS='--strict'
	expect 0
	[ "$(stages)" = eval ] || fail "$output"
	run run_mk RUN=run
	says 'Nothing to be done'
}

@test "another value of GENFLAGS has the generators make what is not in that form, and no value keeps the last" {
	run run_mk RUN=run PLAN=plan.json GENFLAGS='--compress zstd:1' -j2
	expect 0
	run run_mk RUN=run
	says 'Nothing to be done'
	run run_mk RUN=run GENFLAGS='--compress zstd:9' -j2
	expect 0
	[ "$(stages)" = 'gen-parents gen-children eval' ] || fail "$output"
	[ "$(jq -r .compress run/receipts/gen.*.json | sort -u)" = zstd:9 ]
	# a call that only says the same again has nothing to make
	run run_mk RUN=run GENFLAGS='--compress zstd:9' -j2
	says 'Nothing to be done'
	run run_mk RUN=run GENFLAGS= -j2
	expect 0
	[ "$(find run/data -name '*.csv' | wc -l)" = 5 ] || fail "$(ls run/data)"
	run run_mk RUN=run GENFLAGS='--header each' rows
	expect 0
	run run_mk RUN=run rows
	says 'Nothing to be done'
}

@test "names that make would take for something else are refused by one line, and nothing is written" {
	for name in 'a b' "it's" 'a"b' 'a$b' 'a#b' 'a:b' 'a%b' 'a\b' 'a;b' 'a(b' $'a\tb'; do
		for of in RUN PLAN DDL BIN; do
			run run_mk RUN=run PLAN=plan.json "$of=$name"
			refused 2 "$of is '$name" 'run.mk takes names without spaces, quotes and'
		done
		# as the environment has it
		run env RUN="$name" make -f "$ROOT/pipelines/run.mk" BIN="$BIN"
		refused 2 "RUN is '$name'"
	done
	[ "$(ls)" = plan.json ] || fail "$(ls)"
}

@test "a run directory may have any other name" {
	mkdir 'a,b'
	run run_mk RUN='a,b/época-1.x_y+z@h' PLAN=plan.json -j2 load
	expect 0
	[ "$(sql 'SELECT count(*) FROM crm.leads')" = 200 ]
}

@test "installed, run.mk calls the stages that are installed with it" {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$ROOT" "B=$(realpath --relative-to="$ROOT" "${BIN%/bin}")" \
		PREFIX="$BATS_TEST_TMPDIR/there" install
	run env -u MAKEFLAGS -u MAKELEVEL -u DATALCHEMY_BIN -u BIN \
		make -f there/libexec/datalchemy/pipelines/run.mk RUN=run PLAN=plan.json -j2 load
	expect 0
	says there/libexec/datalchemy/
	[[ $output != *"$BIN"* ]] || fail "$output"
	[ "$(sql 'SELECT count(*) FROM crm.leads')" = 200 ]
}
