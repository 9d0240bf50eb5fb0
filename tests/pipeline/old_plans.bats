#!/usr/bin/env bats
# Plans of version 0.2 as the earlier tool had them keep working: each is generated, evaluated strictly
# and loaded. OLD_PLANS names a folder of more such plans.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

OLD=$ROOT/plans/examples/old

setup_file() {
	crm_base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# whole PLAN: all stages, the files and the database judged
whole() {
	rm -rf run
	new_run run "$1"
	make_rows run
	run "$BIN/eval" --run run
	expect 0
	pg_db "$(basename "$1" .plan.json)" crm
	"$BIN/load" --run run >/dev/null 2>&1
	run "$BIN/eval" --run run --sql
	expect 0
}

dropped() {
	grep '^warning rule_dropped' run.check | cut -d' ' -f3 | tr '\n' ' '
}

@test "minimal: all three kinds of rules" {
	whole "$ROOT/plans/examples/minimal.plan.json"
}

@test "m2_primitives: patterns, lorem, a sequence, six transforms" {
	whole "$OLD/m2_primitives.plan.json"
	[ "$(dropped)" = '/rules/12 ' ]
	[ "$(sql "SELECT count(*) FROM crm.produtos WHERE sku !~ '^SKU-[A-Z]{2}[0-9]{5}\$' OR length(descricao) > 45")" = 0 ]
	[ "$(sql "SELECT count(*) FROM crm.usuarios WHERE email !~ '^[a-z]{6,9}[0-9]{3}@example\.org\$'")" = 0 ]
}

@test "m3_ptbr: Brazilian values, masked, in unique columns" {
	whole "$OLD/m3_ptbr.plan.json"
	[ "$(dropped)" = '/rules/17 ' ]
	# a masked value of a unique column keeps its form
	[ "$(sql "SELECT count(*) FROM crm.empresas WHERE cnpj !~ '^\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}\$'")" = 0 ]
	[ "$(sql "SELECT count(*) FROM crm.contatos WHERE telefone <> '***'")" = 0 ]
}

@test "m4_derives: values from the row" {
	whole "$OLD/m4_derives.plan.json"
	[ "$(sql "SELECT count(*) FROM crm.usuarios WHERE data_atualizacao - data_criacao NOT BETWEEN '0' AND '1 day'")" = 0 ]
}

@test "m5_relationships: e-mail addresses of the contacts' names, unique; dates of the parents" {
	whole "$OLD/m5_relationships.plan.json"
	[ "$(sql "SELECT count(*) FROM crm.contatos c JOIN crm.empresas e ON e.id = c.empresa_id
		WHERE c.data_criacao <> e.data_criacao")" = 0 ]
	sql 'CREATE EXTENSION unaccent'
	[ "$(sql "SELECT count(*) FROM crm.contatos WHERE strpos(email,
		regexp_replace(lower(public.unaccent(split_part(nome, ' ', 1))), '[^a-z]', '', 'g')) <> 1")" = 0 ]
}

@test "crm_domain, finance_domain, logistics_domain: labels in texts, enums and unique columns" {
	whole "$OLD/crm_domain.plan.json"
	whole "$OLD/finance_domain.plan.json"
	whole "$OLD/logistics_domain.plan.json"
}

@test "full_stack_ptbr: twelve tables" {
	whole "$OLD/full_stack_ptbr.plan.json"
	[ "$(sql 'SELECT count(*) FROM crm.usuarios')" = 10000 ]
}

@test "faker_baseline: generators as objects, each with a locale" {
	whole "$OLD/faker_baseline.plan.json"
}

@test "faker_enus, faker_ptbr: the global locale decides" {
	whole "$OLD/faker_enus.plan.json"
	[ "$(sql "SELECT count(*) FROM crm.usuarios WHERE telefone !~ '555.?01[0-9][0-9]'")" = 0 ]
	whole "$OLD/faker_ptbr.plan.json"
	[ "$(sql "SELECT count(*) > 5 FROM crm.usuarios WHERE nome ~ '[ãçéíóúâê]'")" = t ]
}

@test "crm_realistic: all twenty tables, eighty rules, members that mean nothing" {
	whole "$OLD/crm_realistic.plan.json"
	[ "$(dropped)" = '' ]
}

@test "OLD_PLANS: a folder of plans" {
	[ -n "${OLD_PLANS:-}" ] || skip 'OLD_PLANS is not set'
	local plan name n=0
	for plan in "$OLD_PLANS"/*.plan.json; do
		name=$(basename "$plan" .plan.json)
		rm -rf run
		mkdir run
		cp "$BASE/schema.msgpack" run
		if ! plan-check "$plan" --run run >said 2>&1; then
			# a generator of another type than its column is refused by name
			grep -q '^error incompatible_generator' said || fail "$name: $(cat said)"
			continue
		fi
		make_rows run
		run "$BIN/eval" --run run
		expect 0
		n=$((n + 1))
	done
	[ "$n" -ge 12 ]
}
