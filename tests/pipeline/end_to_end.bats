#!/usr/bin/env bats
# From a catalogue to rows in PostgreSQL, every way a person may go, and what PostgreSQL then
# says of them.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

ROWS=$(crm_rows 300)

setup_file() {
	crm_base
}

teardown_file() {
	pg_stop
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return
}

# older: children that are older than their parent, asked of PostgreSQL
older() {
	sql "SELECT
		(SELECT count(*) FROM crm.oportunidades o JOIN crm.contatos c ON c.id = o.contato_id
		 WHERE o.data_abertura < c.data_criacao) +
		(SELECT count(*) FROM crm.contatos c JOIN crm.empresas e ON e.id = c.empresa_id
		 WHERE c.data_criacao < e.data_criacao) +
		(SELECT count(*) FROM crm.cotacoes q JOIN crm.oportunidades o ON o.id = q.oportunidade_id
		 WHERE q.data_emissao < o.data_abertura) +
		(SELECT count(*) FROM crm.pagamentos p JOIN crm.faturas f ON f.id = p.fatura_id
		 WHERE p.data_pagamento < f.data_emissao)"
}

# counted: rows in the database
counted() {
	sql "SELECT sum((xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM crm.%I',
		relname), false, true, '')))[1]::text::int)
		FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r'"
}

# content: a digest of every row
content() {
	sql "SELECT md5(string_agg(query_to_xml(format('SELECT t.* FROM crm.%I t ORDER BY id', relname),
		true, true, '')::text, '' ORDER BY relname))
		FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r'"
}

@test "all 20 tables, stage by stage, into PostgreSQL: no violation by file or by SQL" {
	pg_db stages crm
	introspect --run "$RUN" --schema crm
	plan-check "$CRM_PLAN" --run "$RUN" --rows "$ROWS"
	gen-parents --run "$RUN"
	gen-children --run "$RUN"
	"$BIN/load" --run "$RUN"
	run "$BIN/eval" --run "$RUN" --sql
	expect 0
	[ "$(counted)" = $((14 * 300 + 20 + 10 + 60 + 20)) ] || fail "$(counted) rows"
	[ "$(sql 'SELECT count(*) FROM pg_constraint WHERE NOT convalidated')" = 0 ]
	[ "$(older)" = 0 ]
	for kind in 'PRIMARY KEY' UNIQUE 'FOREIGN KEY' CHECK 'NOT NULL'; do
		[[ "$output" =~ ${kind}[[:space:]]+[1-9][0-9]*[[:space:]]+0[[:space:]]+0[[:space:]]+0 ]] ||
			fail "$kind: $output"
	done
	grep -q 'every rule was evaluated and holds' "$RUN/report.md"
	[ -s "$RUN/report.html" ]
	no_leftovers "$RUN"
}

@test "datalchemy run --load is all of it" {
	pg_db dispatched crm
	run "$ROOT/scripts/datalchemy" run --plan "$CRM_PLAN" --run "$RUN" --schema crm \
		--rows "$ROWS" --shards 2 --jobs 2 --format binary --load
	expect 0
	[ "${lines[0]}" = "run_dir=$RUN" ] || fail "$output"
	[ "$(older)" = 0 ]
	grep -q 'asked of the files and of the database' "$RUN/report.md"
	grep -q 'every rule was evaluated and holds' "$RUN/report.md"
	was=$(content)
	# once more: the rows are there, and it says so
	run "$ROOT/scripts/datalchemy" run --plan "$CRM_PLAN" --run "$RUN" --rows "$ROWS" \
		--shards 2 --format binary --load
	expect 2
	says 'have rows already'
	[ "$(content)" = "$was" ]
}

@test "datalchemy run --ddl needs no database at all" {
	cat "$ROOT"/tests/fixtures/crm/*.sql >crm.sql
	unset DATABASE_URL
	run env -u PGHOST "$ROOT/scripts/datalchemy" run --plan "$CRM_PLAN" --ddl crm.sql \
		--schema crm --rows "$ROWS"
	expect 0
	[[ "${lines[0]}" =~ ^run_dir=(runs/.*__run_.*) ]] || fail "$output"
	RUN=${BASH_REMATCH[1]}
	[ "$(find "$RUN/data" -type f | wc -l)" = 20 ]
	grep -q 'every rule was evaluated and holds' "$RUN/report.md"
	# the same rows as from the database
	new_run other "$CRM_PLAN" --rows "$ROWS"
	make_rows other
	diff -r "$RUN/data" other/data
}

@test "make -j4, and then nothing is left to do" {
	pg_db made crm
	run run_mk RUN=run PLAN="$CRM_PLAN" CHECKFLAGS="--shards 3 --rows '$ROWS'" -j4
	expect 0
	[ "$(find run/data -type f | wc -l)" = 60 ]
	grep -q 'every rule was evaluated and holds' run/report.md
	run run_mk RUN=run PLAN="$CRM_PLAN" CHECKFLAGS="--shards 3 --rows '$ROWS'" -j4
	expect 0
	[[ "$output" != *gen-* && "$output" != *plan-check* && "$output" != *introspect* ]] ||
		fail "$output"
	run run_mk RUN=run PLAN="$CRM_PLAN" load
	expect 0
	[ "$(older)" = 0 ]
	[ "$(counted)" = $((14 * 300 + 20 + 10 + 60 + 20)) ]
}

@test "make with other formats: the same rows in the database" {
	before=
	for flags in '' '--format binary' '--format text --compress zstd'; do
		pg_db formats crm
		rm -rf run
		run run_mk RUN=run PLAN="$CRM_PLAN" CHECKFLAGS="--rows '$ROWS'" GENFLAGS="$flags" -j2 load
		expect 0
		now=$(content)
		[ "$now" = "${before:=$now}" ] || fail "$flags: other rows"
	done
}

@test "LAUNCH comes before every generator" {
	printf '#!/bin/sh\necho >>launched\nexec "$@"\n' >launch
	chmod +x launch
	run run_mk RUN=run PLAN="$CRM_PLAN" CHECKFLAGS="--rows '$ROWS'" LAUNCH=./launch -j2 rows
	expect 0
	[ "$(wc -l <launched)" = 20 ]
}

@test "every example plan fills tables that PostgreSQL accepts" {
	for plan in "$ROOT"/plans/examples/*.plan.json; do
		[ "$plan" != "$CRM_PLAN" ] || continue
		pg_db example crm
		RUN=$BATS_TEST_TMPDIR/$(basename "$plan")
		run "$ROOT/scripts/datalchemy" run --plan "$plan" --run "$RUN" --schema crm --load
		[ "$status" -eq 0 ] || fail "$plan: $output"
		grep -q 'every rule was evaluated and holds' "$RUN/report.md" || fail "$plan"
	done
}

@test "datalchemy sends each stage its words, and knows when there is no such stage" {
	for stage in introspect plan-check gen-parents gen-children eval load snapshot; do
		run "$ROOT/scripts/datalchemy" $stage --help
		expect 0
		says "usage: $stage" 'Exit status'
	done
	run "$ROOT/scripts/datalchemy" --help
	expect 0
	run "$ROOT/scripts/datalchemy"
	expect 2
	run "$ROOT/scripts/datalchemy" generate
	expect 2
	says generate
	run "$ROOT/scripts/datalchemy" run
	expect 2
	says '--plan is required'
	run "$ROOT/scripts/datalchemy" run --plan nowhere.json
	expect 2
	says nowhere.json
}

@test "a table without columns has rows in every format, and PostgreSQL counts them" {
	pg_db bare
	sql 'CREATE SCHEMA b; CREATE TABLE b.nothing (); CREATE TABLE b.serial (id serial PRIMARY KEY)'
	catalogue bare b
	export BASE=$BATS_FILE_TMPDIR/bare
	small_plan b 1 "nothing=2500 serial=3"
	local f
	for f in csv text binary jsonl; do
		new_run "$f" plan.json --shards 2
		make_rows "$f" --format "$f"
		run "$BIN/eval" --run "$f"
		expect 0
		[ "$f" = jsonl ] && continue
		"$BIN/load" --run "$f" --truncate >/dev/null
		[ "$(sql 'SELECT count(*) FROM b.nothing')" = 2500 ]
	done
	[ "$(grep -c '^{}$' jsonl/data/b.nothing.0-of-2.jsonl)" = 1250 ]
}
