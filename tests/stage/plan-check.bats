#!/usr/bin/env bats
# plan-check: a plan against a schema: everything wrong at once, or everything resolved.

load ../lib/common

CASES=$ROOT/tests/stage/plan-check

setup_file() {
	cat "$ROOT"/tests/fixtures/crm/*.sql >"$BATS_FILE_TMPDIR/crm.sql"
	cat "$BATS_FILE_TMPDIR/crm.sql" "$ROOT/tests/stage/plan-check/odd.sql" >"$BATS_FILE_TMPDIR/odd.sql"
	introspect --ddl "$BATS_FILE_TMPDIR/crm.sql" --run "$BATS_FILE_TMPDIR/crm" --schema crm >/dev/null
	introspect --ddl "$BATS_FILE_TMPDIR/odd.sql" --run "$BATS_FILE_TMPDIR/odd" \
		--schema crm --schema odd --schema empty >/dev/null
}

setup() {
	RUN=$BATS_TEST_TMPDIR/run
	cp -r "$BATS_FILE_TMPDIR/${FIXTURE:-crm}" "$RUN"
}

# odd: use the schema with everything unusual in it
odd() {
	rm -rf "$RUN"
	cp -r "$BATS_FILE_TMPDIR/odd" "$RUN"
}

# plan TARGETS [RULES [MORE]]: write plan.json; targets as "crm.leads 10, ..."
plan() {
	"$PYTHON" - "$BATS_TEST_TMPDIR/plan.json" "$@" <<'EOF'
import json, sys
path, targets, *more = sys.argv[1:]
plan = {"plan_version": "0.2", "seed": 42, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
        "global": {"as_of": "2026-11-22"}, "targets": [], "rules": json.loads(more[0]) if more else []}
for t in targets.split(", "):
    name, rows = t.rsplit(" ", 1)
    schema, table = name.split(".", 1)
    plan["targets"].append({"schema": schema, "table": table, "rows": int(rows)})
if len(more) > 1:
    plan.update(json.loads(more[1]))
json.dump(plan, open(path, "w"))
EOF
	PLAN=$BATS_TEST_TMPDIR/plan.json
}

# resolved EXPRESSION: python's, over T (tables by name) and P (the document)
resolved() {
	"$PYTHON" - "$RUN/resolved_plan.json" "$1" <<'EOF'
import json, sys
P = json.load(open(sys.argv[1]))
T = {t["table"]: t for t in P["resolved"]["tables"]}
C = {(t["table"], c["column"]): c for t in P["resolved"]["tables"] for c in t["columns"]}
F = {f["constraint"]: f for t in P["resolved"]["tables"] for f in t["foreign_keys"]}
print(eval(sys.argv[2]))
EOF
}

accept() {
	run plan-check "$PLAN" --run "$RUN" "$@"
	expect 0
}

# is EXPRESSION VALUE: what resolved prints
is() {
	local got
	got=$(resolved "$1")
	[ "$got" = "$2" ] || fail "$1" "want $2" "got  $got"
}

@test "plan-check: every code, at its pointer, with its hint" {
	odd
	run "$PYTHON" "$CASES/cases.py" "$RUN"
	expect 0
}

@test "plan-check: an issue says line and column, counted in characters" {
	printf '{ "plan_version": "0.2", "seed": 1,\n  "comment": "ação \\" } ]",\n%s\n' \
		'  "schema_ref": {"schema_version": "0.2", "engine": "postgres"}, "global": {"as_of": "2026-11-22"},' \
		>"$BATS_TEST_TMPDIR/p.json"
	printf '%s\n' '  "rules": [], "é": 0, "targets": [{"schema": "crm", "table": "leads", "rows": 1},' \
		'	{"table": "nada",' '	"schema": "crm", "rows": 0}]}' >>"$BATS_TEST_TMPDIR/p.json"
	run plan-check "$BATS_TEST_TMPDIR/p.json" --run "$RUN"
	expect 1
	[ "${lines[0]}" = 'error rows_zero /targets/1/rows (6:27): a target of no rows' ] || fail "$output"
	[ "${lines[1]}" = '    hint: ask for one row or more, or remove the target' ] || fail "$output"
	[ "${lines[2]}" = 'error unknown_table /targets/1/table (5:12): there is no table "nada" in schema "crm"' ] ||
		fail "$output"
	[ "${lines[3]}" = 'warning unknown_key /é (4:21): "é" is not a member here' ] || fail "$output"
	says "warning schema_fingerprint_not_set /schema_ref (3:17)" "is refused: 2 errors, 2 warnings"
}

@test "plan-check: a structural problem inside a rule is reported at the rule, placed where it is" {
	cat >"$BATS_TEST_TMPDIR/p.json" <<'EOF'
{"plan_version": "0.2", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
 "targets": [], "rules": [
  {"type": "column_generator", "schema": "crm", "table": "leads", "column": "score",
   "generator": {"id": 7}}]}
EOF
	run plan-check "$BATS_TEST_TMPDIR/p.json" --run "$RUN"
	expect 1
	[ "${lines[0]}" = 'error schema_violation /rules/0 (4:24): "crm.leads.score": generator/id: must be a string' ] || fail "$output"
}

@test "plan-check: what is not JSON, or has a key twice, is bad input with a place" {
	echo '{"a": 1,' >"$BATS_TEST_TMPDIR/p.json"
	run plan-check "$BATS_TEST_TMPDIR/p.json" --run "$RUN"
	expect 2
	says "p.json:2:0: not JSON"
	echo '{"a": 1, "a": 2}' >"$BATS_TEST_TMPDIR/p.json"
	run plan-check "$BATS_TEST_TMPDIR/p.json" --run "$RUN"
	expect 2
	says "p.json:1:" "duplicate object key"
	: >"$BATS_TEST_TMPDIR/p.json"
	run plan-check "$BATS_TEST_TMPDIR/p.json" --run "$RUN"
	expect 2
	run plan-check "$BATS_TEST_TMPDIR/nothing.json" --run "$RUN"
	expect 2
	says "nothing.json"
	echo '[1]' >"$BATS_TEST_TMPDIR/p.json"
	run plan-check "$BATS_TEST_TMPDIR/p.json" --run "$RUN"
	expect 1
	says "error schema_violation / (1:1): must be an object"
	[ ! -e "$RUN/plan.msgpack" ]
}

@test "plan-check: text cut anywhere is refused without harm" {
	plan "crm.leads 5"
	size=$(stat -c %s "$PLAN")
	for ((n = 0; n < size; n += 7)); do
		head -c "$n" "$PLAN" >"$BATS_TEST_TMPDIR/cut.json"
		run plan-check "$BATS_TEST_TMPDIR/cut.json" --run "$RUN"
		expect 2
	done
}

@test "plan-check: refuses options it does not understand" {
	plan "crm.leads 5"
	for args in "--shards 0" "--shards x" "--shards 70000" "--rows 3;crm.nada=4" "--rows crm.leads=" "--seed -1" \
		"--null-rate 1.5" "--as-of 2026-02-30" "--output xml"; do
		# shellcheck disable=SC2086
		run plan-check "$PLAN" --run "$RUN" $args
		expect 2
		says "${args%% *}"
	done
	run plan-check "$PLAN"
	expect 2
	says "--run is required"
	run plan-check --run "$RUN"
	expect 2
	run plan-check "$PLAN" --run "$BATS_TEST_TMPDIR/none"
	expect 2
	[ ! -e "$RUN/plan.msgpack" ]
}

@test "plan-check: issues as JSON on stdout, the verdict on stderr" {
	plan "crm.leads 5, crm.nada 5"
	plan-check "$PLAN" --run "$RUN" --output json >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" && fail accepted
	"$PYTHON" - "$BATS_TEST_TMPDIR/out" <<'EOF'
import json, sys
d = json.load(open(sys.argv[1]))
assert list(d) == ["accepted", "errors", "warnings", "issues"], d
assert (d["accepted"], d["errors"], d["warnings"]) == (False, 1, 1)
first = d["issues"][0]
assert list(first) == ["severity", "code", "path", "line", "column", "message"], first
assert first["code"] == "unknown_table" and first["line"] == 1
EOF
	[ "$(cat "$BATS_TEST_TMPDIR/err")" = "plan-check: $PLAN is refused: 1 error, 1 warning" ]
}

@test "plan-check: a refused plan leaves the artefacts of the last accepted one" {
	plan "crm.leads 5"
	accept
	before=$(cd "$RUN" && sha256sum plan.msgpack resolved_plan.json tables.mk tables/*)
	plan "crm.nada 5"
	run plan-check "$PLAN" --run "$RUN"
	expect 1
	[ "$before" = "$(cd "$RUN" && sha256sum plan.msgpack resolved_plan.json tables.mk tables/*)" ]
}

@test "plan-check: the same inputs give the same bytes, and nothing is touched twice" {
	PLAN=$ROOT/plans/examples/crm_all.plan.json
	accept --shards 3
	cp -r "$RUN" "$BATS_TEST_TMPDIR/first"
	old=$(cd "$RUN" && stat -c '%n %y' plan.msgpack resolved_plan.json tables.mk tables/*)
	accept --shards 3
	[ "$old" = "$(cd "$RUN" && stat -c '%n %y' plan.msgpack resolved_plan.json tables.mk tables/*)" ]
	cp -r "$BATS_FILE_TMPDIR/crm" "$BATS_TEST_TMPDIR/second"
	plan-check "$PLAN" --run "$BATS_TEST_TMPDIR/second" --shards 3 2>/dev/null
	for f in plan.msgpack resolved_plan.json tables.mk tables; do
		diff -r "$BATS_TEST_TMPDIR/first/$f" "$BATS_TEST_TMPDIR/second/$f"
	done
}

@test "plan-check: a table's digest changes with what decides its rows and nothing else" {
	plan "crm.contatos 20, crm.usuarios 5"
	accept
	cp -r "$RUN/tables" "$BATS_TEST_TMPDIR/before"
	same() {
		for t; do
			[ "$(head -1 "$BATS_TEST_TMPDIR/before/crm.$t.digest")" = "$(head -1 "$RUN/tables/crm.$t.digest")" ] ||
				fail "$t changed"
		done
	}
	differs() {
		for t; do
			! cmp -s "$BATS_TEST_TMPDIR/before/crm.$t.digest" "$RUN/tables/crm.$t.digest" || fail "$t did not change"
		done
	}
	plan "crm.contatos 20, crm.usuarios 5, crm.leads 7"
	accept
	same contatos empresas usuarios
	plan "crm.contatos 20, crm.usuarios 5" '[{"type": "column_generator", "schema": "crm", "table": "usuarios",
		"column": "nome", "generator": "primitive.text"}]'
	accept
	same contatos empresas
	differs usuarios
	plan "crm.contatos 20, crm.usuarios 5" '[{"type": "column_generator", "schema": "crm", "table": "empresas",
		"column": "site", "generator": "primitive.text"}]'
	accept
	same usuarios
	differs empresas contatos # contatos picks from empresas
	plan "crm.contatos 20, crm.usuarios 5"
	accept --shards 4
	same contatos empresas usuarios
	accept --seed 43
	differs contatos empresas usuarios
	accept --as-of 2026-11-23
	differs contatos empresas usuarios
}

@test "plan-check: an added parent gets the largest need of any child, in any order of targets" {
	plan "crm.contatos 20, crm.leads 70, crm.oportunidades 30"
	accept
	says "8 tables (5 added as parents)"
	is '{t: T[t]["rows"] for t in ("empresas", "usuarios", "funis", "etapas_funil", "fontes_lead")}' \
		"{'empresas': 70, 'usuarios': 70, 'funis': 30, 'etapas_funil': 30, 'fontes_lead': 70}"
	resolved 'P["resolved"]["tables"]' >"$BATS_TEST_TMPDIR/one"
	plan "crm.oportunidades 30, crm.leads 70, crm.contatos 20"
	accept
	resolved 'P["resolved"]["tables"]' | cmp - "$BATS_TEST_TMPDIR/one"
	accept --rows 'crm.empresas=9;crm.leads=100'
	is '[T[t]["rows"] for t in ("empresas", "leads", "usuarios", "contatos")]' "[9, 100, 100, 20]"
	accept --rows '11;crm.leads=12'
	is '[T[t]["rows"] for t in ("leads", "contatos", "oportunidades")]' "[12, 11, 11]"
}

@test "plan-check: parents before children, smallest name first, levels by the longest path" {
	PLAN=$ROOT/plans/examples/crm_all.plan.json
	accept
	local order=(empresas contatos fontes_lead funis etapas_funil listas_precos produtos itens_lista_precos
		usuarios leads oportunidades atividades anotacoes cotacoes faturas itens_cotacao itens_fatura
		pagamentos reunioes tarefas)
	is '" ".join(T)' "${order[*]}"
	is '[T[t]["level"] for t in ("usuarios", "contatos", "leads", "cotacoes", "tarefas", "pagamentos")]' \
		"[0, 1, 2, 3, 4, 5]"
	is 'sum(t["rows"] for t in T.values())' 1000000
}

@test "plan-check: foreign keys pick as their uniqueness asks" {
	plan "crm.itens_cotacao 10, crm.tarefas 5, crm.leads 10" '[{"type": "column_generator", "schema": "crm",
		"table": "leads", "column": "contato_id", "generator": "derive.fk",
		"transforms": [{"transform": "transform.null_rate", "params": {"rate": 0.25}}]}]'
	accept
	is '[F[f + "_fkey"]["law"] + " ranked" * F[f + "_fkey"].get("ranked", False) for f in ("itens_cotacao_cotacao_id", "itens_cotacao_produto_id", "tarefas_atividade_id",
		"leads_contato_id", "leads_empresa_id")]' \
		"['uniform ranked', 'uniform', 'one_to_one', 'round_robin', 'uniform']"
	is '[F[f + "_fkey"].get("null_rate") for f in ("leads_contato_id", "leads_empresa_id", "itens_cotacao_produto_id")]' \
		"[0.25, 0.1, None]"
	odd
	plan "odd.people_tags 10"
	accept
	is '[F[f]["law"] + " ranked" * F[f].get("ranked", False) for f in ("people_tags_person_id_fkey", "people_tags_tag_id_fkey", "people_boss_id_fkey")]' \
		"['uniform ranked', 'uniform', 'forest']"
	is '[C["people", c]["source"] for c in ("id", "shouted", "boss_id", "country")]' \
		"['generator', 'computed', 'foreign_key', 'always_null']"
	is 'C["people", "id"]["generator"], C["people", "id"]["params"]' \
		"('primitive.int.sequence_hint', {'start': 1000, 'step': 5})"
	is 'T["people"]["keep"]' "['id']"
	plan "odd.tickets 5"
	accept
	is 'F["tickets_tenant_id_user_id_fkey"]["null_rate"], T["users"]["keep"]' "(0.1, ['tenant_id', 'id'])"
}

@test "plan-check: NULLs, one in ten unless told otherwise, never in NOT NULL or a key" {
	plan "crm.usuarios 5" '[{"type": "column_generator", "schema": "crm", "table": "usuarios", "column": "telefone",
		"generator": "primitive.text", "transforms": [
			{"transform": "transform.null_rate", "params": {"rate": 0.5}},
			{"transform": "transform.casing", "params": {"mode": "upper"}}]}]'
	accept
	is 'C["usuarios", "telefone"]["null_rate"], [x["transform"] for x in C["usuarios", "telefone"]["transforms"]]' \
		"(0.5, ['transform.casing'])"
	plan "crm.empresas 5"
	accept
	is '[C["empresas", c].get("null_rate") for c in ("site", "razao_social", "id")]' "[0.1, None, None]"
	accept --null-rate 0.75
	is 'C["empresas", "site"].get("null_rate")' 0.75
	plan "crm.empresas 5" '[]' '{"options": {"null_rate": 0}}'
	accept
	is 'C["empresas", "site"].get("null_rate")' None
}

@test "plan-check: snapshots keep what children refer to and look up" {
	plan "crm.contatos 20" '[{"type": "column_generator", "schema": "crm", "table": "contatos", "column": "data_criacao",
		"generator": "derive.after_parent", "params": {"input_columns": ["empresa_id"], "parent_column": "data_criacao",
		"min": "1d", "max": "1d12h"}}]'
	accept
	is 'T["empresas"]["keep"], T["contatos"]["keep"]' "(['id', 'data_criacao'], [])"
	is 'C["contatos", "data_criacao"]["params"]["max"]' 1d12h
}

@test "plan-check: the normal form: generators are objects, params sorted, unknown keys gone" {
	plan "crm.leads 5" '[{"type": "column_generator", "comment": "x", "schema": "crm", "table": "leads",
		"column": "score", "generator": {"id": "primitive.int", "params": {"min": 1, "max": 5}}, "params": {"min": 99}},
		{"type": "constraint_policy", "schema": "crm", "table": "leads", "constraint": "check", "mode": "warn"}]' \
		'{"whatever": 1, "options": {"strict": null, "allow_fk_disable": true}}'
	accept
	is 'list(P)' "['plan_version', 'seed', 'schema_ref', 'global', 'targets', 'rules', 'options', 'resolved', 'digest']"
	is 'P["rules"][0]' "{'type': 'column_generator', 'schema': 'crm', 'table': 'leads', 'column': 'score', $(
		)'generator': {'id': 'primitive.int', 'params': {'max': 5, 'min': 1}}}"
	is 'P["options"], T["leads"]["policies"]' "({'allow_fk_disable': True}, {'check': 'warn'})"
	cmp <(snapshot "$RUN/plan.msgpack" | "$PYTHON" -c '
import json, sys
for line in sys.stdin:
    d = json.loads(line)
    for v in [d, *d.values()]:
        if isinstance(v, dict) and "resolved" in v:
            print(json.dumps(v)); sys.exit()') <("$PYTHON" -c '
import json, sys
print(json.dumps(json.load(open(sys.argv[1]))))' "$RUN/resolved_plan.json")
}

@test "plan-check: a seed of 64 bits" {
	plan "crm.usuarios 5"
	sed -i 's/"seed": 42/"seed": 18446744073709551615/' "$PLAN"
	accept
	is 'P["seed"]' 18446744073709551615
	sed -i 's/18446744073709551615/18446744073709551616/' "$PLAN"
	run plan-check "$PLAN" --run "$RUN"
	expect 2
	says "too big"
	accept --seed 18446744073709551614 || true
	plan "crm.usuarios 5"
	accept --seed 18446744073709551614
	is 'P["seed"]' 18446744073709551614
}

@test "plan-check: names of plans 0.1 are understood" {
	plan "crm.contatos 20" '[
		{"type": "column_generator", "schema": "crm", "table": "contatos", "column": "id", "generator": "uuid"},
		{"type": "column_generator", "schema": "crm", "table": "contatos", "column": "data_nascimento",
		 "generator": "date_range", "params": {"min": "1980-01-01", "max": "1999-12-31"}},
		{"type": "column_generator", "schema": "crm", "table": "contatos", "column": "data_criacao",
		 "generator": "date_range", "params": {"min": "2020-01-01", "max": "2020-12-31"}},
		{"type": "column_generator", "schema": "crm", "table": "contatos", "column": "telefone",
		 "generator": "regex", "params": {"pattern": "[0-9]{8}"}}]' '{"plan_version": "0.1"}'
	accept
	is '[C["contatos", c]["generator"] for c in ("id", "data_nascimento", "data_criacao", "telefone")]' \
		"['primitive.uuid', 'primitive.date', 'primitive.timestamp', 'primitive.text.pattern']"
	is 'P["rules"][0]["generator"]["id"]' primitive.uuid
	sed -i 's/"0.1"/"0.3"/' "$PLAN"
	run plan-check "$PLAN" --run "$RUN"
	expect 1
	says "unknown_generator_id /rules/0/generator"
	plan "crm.contatos 20" '[
		{"type": "column_generator", "schema": "crm", "table": "contatos", "column": "nome", "generator": "name"},
		{"type": "column_generator", "schema": "crm", "table": "contatos", "column": "email",
		 "generator": "email"}]' '{"plan_version": "0.1"}'
	accept
	is '[C["contatos", c]["generator"] for c in ("nome", "email")]' "['semantic.person.name', 'semantic.person.email']"
}

@test "plan-check: a 0.2 plan that is not strict loses a rule whose values no check takes, and says so" {
	local rule='{"type": "column_generator", "schema": "crm", "table": "atividades", "column": "tipo",
		"generator": "semantic.br.uf"}'
	plan 'crm.atividades 50' "[$rule]"
	run plan-check "$PLAN" --run "$RUN"
	expect 1
	[[ $output == *check_unsatisfiable* ]] || fail "$output"
	plan 'crm.atividades 50' "[$rule]" '{"options": {"strict": true}}'
	run plan-check "$PLAN" --run "$RUN"
	expect 1
	plan 'crm.atividades 50' "[$rule]" '{"options": {"strict": false}}'
	accept
	[[ $output == *'warning rule_dropped /rules/0'*atividades_tipo_chk* ]] || fail "$output"
	[ "$(resolved 'C["atividades", "tipo"]["generator"]')" = primitive.text ]
	plan 'crm.usuarios 5' '[{"type": "column_generator", "schema": "crm", "table": "usuarios", "column": "criado_em",
		"generator": "primitive.int"}]' '{"options": {"strict": false}}'
	run plan-check "$PLAN" --run "$RUN"
	expect 1
}

@test "plan-check: --init writes a plan that is accepted as it stands" {
	plan-check --init --run "$RUN" >"$BATS_TEST_TMPDIR/p.json"
	run plan-check "$BATS_TEST_TMPDIR/p.json" --run "$RUN"
	expect 0
	[[ "${lines[0]}" =~ ^'plan accepted: 20 tables, '[0-9,]+' rows in 20 shards, 6 levels'$ ]] || fail "$output"
	[ "${lines[1]}" = "values: locale pt_BR, seed 42, today is $(date -u +%F)" ]
	[ "${lines[2]}" = '20 tables filled, 0 skipped, 0 clipped' ]
	plan-check --init "$BATS_TEST_TMPDIR/q.json" --run "$RUN"
	cmp "$BATS_TEST_TMPDIR/p.json" "$BATS_TEST_TMPDIR/q.json"
	run plan-check --init "$BATS_TEST_TMPDIR/q.json" --run "$RUN"
	expect 2
	says "exists already"
}

@test "plan-check: --init writes rows, scale, seed, locale, date and null rate into the plan" {
	local p=$BATS_TEST_TMPDIR/p.json
	plan-check --init --run "$RUN" --rows '7;crm.leads=2k' --seed 18446744073709551615 --locale en_US \
		--as-of 2020-02-29 --null-rate 0.25 >"$p"
	[ "$(jq -r '[.global.locale, .global.as_of, .options.null_rate] | join(" ")' "$p")" = "en_US 2020-02-29 0.25" ]
	grep -q '"seed": 18446744073709551615' "$p"
	[ "$(jq '[.targets[] | select(.table == "leads")][0].rows' "$p")" = 2000 ]
	[ "$(jq -c '[.global.rows, ([.targets[].rows] | unique)]' "$p")" = '[7,[null,2000]]' ]
	plan-check "$p" --run "$RUN"
	[ "$(plan-check --init --scale 2.5 --run "$RUN" | jq .global.rows)" = 250 ]
	[ "$(plan-check --init --scale 0.0001 --run "$RUN" | jq .global.rows)" = 1 ]
}

@test "plan-check: --init refuses what it cannot write, and a check refuses what only --init heeds" {
	local bad args
	for bad in '--locale xx_YY|there is no locale "xx_YY": use' '--as-of 2020-02-30|is not a date' \
		'--scale 0|is not a number above 0' '--scale x|is not a number' '--rows 5 --scale 2|exclude each other' \
		'--rows crm.nothing=5|there is no table crm.nothing' '--shards 2|for checking a plan, not for --init' \
		'--seed -1|is not an integer' '--null-rate 2|is not a number from 0 to 1'; do
		read -ra args <<<"${bad%%|*}"
		run plan-check --init --run "$RUN" "${args[@]}"
		refused 2 "${bad#*|}"
	done
	for bad in '--scale 2' '--locale pt_BR' --append --bare; do
		read -ra args <<<"$bad"
		run plan-check "$PLAN" --run "$RUN" "${args[@]}"
		refused 2 'is for --init: write it into the plan'
	done
}

@test "plan-check: --init guesses by name what columns hold, and what a check refuses is no guess" {
	cat >"$BATS_TEST_TMPDIR/names.sql" <<-'SQL'
		CREATE TABLE users (
			id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, "workEmail" text UNIQUE,
			cpf char(11), email_sent boolean, zip_code varchar(9), uf char(2) CHECK (uf ~ '^[0-9]+$'),
			created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL
		);
		CREATE TABLE funnels (name text PRIMARY KEY, email text REFERENCES users ("workEmail"));
	SQL
	local run=$BATS_TEST_TMPDIR/names plan=$BATS_TEST_TMPDIR/names.json
	introspect --ddl "$BATS_TEST_TMPDIR/names.sql" --run "$run" >/dev/null
	plan-check --init --locale pt_BR --run "$run" >"$plan"
	run jq -r '.rules[] | select(.type == "column_generator" and (.column | test("_at$") | not)) | [.table, .column, .generator] | join(" ")' "$plan"
	diff <(printf '%s\n' "${lines[@]}") - <<-'END'
		funnels name record.list
		users name semantic.br.name
		users workEmail semantic.br.email.safe
		users cpf semantic.br.cpf
		users email_sent primitive.choice
		users zip_code semantic.br.cep
		users uf semantic.code.short
	END
	[ "$(jq -r '.rules[] | select(.column == "cpf").guessed | [.role, .why, .confidence] | join(" ")' "$plan")" = \
		'person.cpf its name is cpf 1' ]
	[ "$(plan-check --init --run "$run" | jq -r .global.locale)" = en_US ]
	plan-check --init --explain --run "$run" | grep -q '^public.users.uf .*place.state .* semantic.code.short '
	plan-check "$plan" --run "$run"
	[ "$(plan-check --init --bare --run "$run" | jq '.rules | length')" = 0 ]
}

@test "plan-check: --init --update keeps what somebody wrote, and guesses for what is new, gone or changed" {
	local dir=$BATS_TEST_TMPDIR plan=$BATS_TEST_TMPDIR/kept.json
	cat >"$dir/then.sql" <<-'SQL'
		CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, email text UNIQUE, fax text, note text);
		CREATE TABLE gone (id integer PRIMARY KEY, description text);
	SQL
	cat >"$dir/now.sql" <<-'SQL'
		CREATE TABLE users (id integer PRIMARY KEY, name varchar(80) NOT NULL, email text UNIQUE, phone text, note text);
		CREATE TABLE pets (id integer PRIMARY KEY, "user" integer NOT NULL REFERENCES users, description text);
	SQL
	introspect --ddl "$dir/then.sql" --run "$dir/then" >/dev/null
	introspect --ddl "$dir/now.sql" --run "$dir/now" >/dev/null
	plan-check --init "$plan" --run "$dir/then"
	# somebody edits a rule, takes one out and says a number of rows
	jq '(.rules[] | select(.column == "email")).generator = "semantic.person.free_email" |
		.rules |= map(select(.column != "note")) | (.targets[] | select(.table == "users")).rows = 7' \
		"$plan" >"$plan.new" && mv "$plan.new" "$plan"
	run plan-check "$plan" --run "$dir/now"
	expect 1
	says "new: public.pets, public.users.phone" "gone: public.users.fax, public.gone" \
		"changed: public.users.name (character varying(80), was text)" "--init --update"
	plan-check --init --update "$plan" --run "$dir/now"
	jq -r '.rules[] | select(.type == "column_generator") | [.table, .column, .generator] | join(" ")' "$plan" | sort | diff - <(sort <<-'END'
		pets description primitive.choice
		pets id primitive.int.sequence_hint
		users email semantic.person.free_email
		users id primitive.int.sequence_hint
		users name semantic.person.name
		users phone semantic.person.phone
	END
	)
	jq -e '[.targets[] | [.table, .rows]] == [["users", 7], ["pets", null]]' "$plan"
	plan-check "$plan" --run "$dir/now"
	cp "$plan" "$plan.once"
	plan-check --init --update "$plan" --run "$dir/now" >"$dir/told" 2>"$dir/heard"
	grep -qx '[0-9]* rules kept, 0 left out' "$dir/told"
	[ ! -s "$dir/heard" ]
	cmp "$plan" "$plan.once"
	run plan-check --init --update "$plan" --run "$dir/now" --rows 5
	expect 2
	says "--update: the plan says all of that itself"
	run plan-check --init --update "$dir/now.sql" --run "$dir/now"
	expect 2
}

@test "plan-check: --generators lists ids with their parameters, without a run" {
	run plan-check --generators derive.after_parent
	expect 0
	[ "${lines[0]}" = derive.after_parent ]
	says "input_columns" "an array of column names, required" "30d when left out"
	plan-check --generators >"$BATS_TEST_TMPDIR/all"
	plan-check --generators --output json >"$BATS_TEST_TMPDIR/all.json"
	diff <(grep -v '^ ' "$BATS_TEST_TMPDIR/all") <(jq -r '.[].id' "$BATS_TEST_TMPDIR/all.json")
	grep -qx semantic.br.cpf "$BATS_TEST_TMPDIR/all"
	grep -qx transform.null_rate "$BATS_TEST_TMPDIR/all"
	run plan-check --generators nothing.of.the.kind
	expect 2
	says 'no generator or transform begins with "nothing.of.the.kind"'
}

@test "plan-check: of every generator and transform, --generators says which parameters may be left out" {
	local tool=$BIN/plan-check of=$CASES/parameters.py
	"$PYTHON" "$of" "$tool" "$RUN" ddl >"$BATS_TEST_TMPDIR/g.sql"
	introspect --ddl "$BATS_TEST_TMPDIR/g.sql" --run "$RUN" >/dev/null
	run "$PYTHON" "$of" "$tool" "$RUN" least
	expect 0
	run "$PYTHON" "$of" "$tool" "$RUN" lacking
	expect 0
	says "are required; taken without: []"
	run plan-check --generators transform.format
	says "format           a string, required unless template is given"
}

@test "plan-check: the examples are accepted, and plan.schema.json agrees" {
	for f in "$ROOT"/plans/examples/*.plan.json; do
		PLAN=$f
		accept
		[[ "$output" != *warning*warning* ]] || fail "$f" "$output"
	done
	"$PYTHON" - "$ROOT/plans" <<'EOF'
import glob, json, sys
import jsonschema
schema = json.load(open(f"{sys.argv[1]}/plan.schema.json"))
jsonschema.Draft7Validator.check_schema(schema)
valid = jsonschema.Draft7Validator(schema)
for f in glob.glob(f"{sys.argv[1]}/examples/**/*.json", recursive=True):
    valid.validate(json.load(open(f)))
base = {"plan_version": "0.2", "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
        "targets": [], "rules": []}
assert valid.is_valid(base)
for change in ({"seed": -1}, {"rules": [{"type": "x"}]}, {"rules_unsupported": None}, {"options": {"strict": 1}},
               {"targets": [{"schema": "a", "table": "b"}]}, {"global": {"as_of": "today"}}):
    assert not valid.is_valid(base | change), change
EOF
}

@test "plan-check: takes and refuses 600 plans exactly as ajv does by plan.schema.json" {
	"$PYTHON" "$CASES/agree.py" ddl "$BIN" >"$BATS_TEST_TMPDIR/shop.sql"
	introspect --ddl "$BATS_TEST_TMPDIR/shop.sql" --run "$RUN" >/dev/null
	run "$PYTHON" "$CASES/agree.py" run "$BIN" "$RUN" "$ROOT/plans/plan.schema.json"
	expect 0
	says "600 plans, " "; 0 disagree"
}

@test "plan-check: --plan-schema: a house's JSON Schema says what python3-jsonschema says" {
	PLAN=$ROOT/plans/examples/minimal.plan.json
	accept --plan-schema "$ROOT/plans/plan.schema.json"
	run "$PYTHON" "$CASES/house.py" "$RUN" "$PLAN"
	expect 0
}

@test "plan-check: --plan-schema: what is no schema is refused as such, all of it" {
	plan "crm.leads 5"
	cat >"$BATS_TEST_TMPDIR/s.json" <<'EOF'
{"type": "objekt", "properties": {"seed": {"maximum": "5", "wat": 1}, "x": {"$ref": "#/nope"},
 "y": {"pattern": "("}, "z": {"oneOf": []}, "u": {"multipleOf": 0}, "v": 3, "r": {"required": [1]},
 "a": {"items": [{"minItems": -1}]}, "p": {"patternProperties": {"[": true}}}}
EOF
	run plan-check "$PLAN" --run "$RUN" --plan-schema "$BATS_TEST_TMPDIR/s.json"
	expect 1
	[ "$(grep -c '^error schema_validation_error / (1:1): the plan schema at /' <<<"$output")" = 11 ] || fail "$output"
	echo '{' >"$BATS_TEST_TMPDIR/s.json"
	run plan-check "$PLAN" --run "$RUN" --plan-schema "$BATS_TEST_TMPDIR/s.json"
	expect 2
	echo '{"$ref": "#"}' >"$BATS_TEST_TMPDIR/s.json"
	run plan-check "$PLAN" --run "$RUN" --plan-schema "$BATS_TEST_TMPDIR/s.json"
	expect 1
	says "schema_violation / (1:1): is nested too deep"
}

# A generator that makes what a shard must leave, and a log: one line a call.
fake_generators() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/gen-parents" <<'EOF'
#!/usr/bin/env bash
echo "${0##*/} $*" >>"$LOG"
"$PYTHON" - "$@" <<'PY'
import json, os, sys
run, table = sys.argv[2], sys.argv[4]
shard = int(sys.argv[6]) if len(sys.argv) > 6 else 0
plain = lambda s: "".join(chr(b) if chr(b).isalnum() and b < 128 or b in b"_-" or b >= 128 else "%%%02X" % b
                          for b in s.encode()).encode("latin-1").decode()
for t in json.load(open(f"{run}/resolved_plan.json"))["resolved"]["tables"]:
    if f"{plain(t['schema'])}.{plain(t['table'])}" == table:
        break
else:
    sys.exit(f"no table {table!r}")
n = t["shards"]
name = f"{plain(t['schema'])}.{plain(t['table'])}" + (f".{shard:0{len(str(n))}d}-of-{n}" if n > 1 else "")
files = [f"data/{name}.csv"] + [f"keys/{name}.msgpack"] * bool(t["keep"]) + [f"receipts/gen.{name}.json"]
for f in files:
    path = f"{run}/{f}"
    if f.startswith("receipts") and os.path.exists(path) and open(path).read() == t["digest"]:
        continue
    open(path, "w").write(t["digest"])
PY
EOF
	chmod +x "$BATS_TEST_TMPDIR/bin/gen-parents"
	ln -s gen-parents "$BATS_TEST_TMPDIR/bin/gen-children"
	export LOG=$BATS_TEST_TMPDIR/log
	: >"$LOG"
}

# make_run: what make -j2 runs, in the order of names
make_run() {
	: >"$LOG"
	printf 'include tables.mk\nall: $(ALL_FILES)\n' >"$RUN/all.mk"
	env -u MAKEFLAGS make -s -C "$RUN" -f all.mk BIN="$BATS_TEST_TMPDIR/bin/" -j2 all >&2 || return
	sort "$LOG"
}

@test "plan-check: make follows tables.mk, and reruns what is missing or changed alone" {
	fake_generators
	plan "crm.contatos 20, crm.leads 7"
	accept --shards '1;crm.contatos=3'
	run make_run
	[ "$(grep -c gen-parents <<<"$output")" = 3 ] || fail "$output"
	[ "$(grep -c -- '--table crm.contatos --shard' <<<"$output")" = 3 ] || fail "$output"
	[ "$(make_run)" = "" ]

	rm "$RUN/data/crm.contatos.1-of-3.csv"
	run make_run
	[ "$output" = "gen-children --run . --table crm.contatos --shard 1" ] || fail "$output"
	rm "$RUN/keys/crm.empresas.msgpack"
	run make_run
	[ "$output" = "gen-parents --run . --table crm.empresas" ] || fail "$output"
	[ "$(make_run)" = "" ]

	plan "crm.contatos 20, crm.leads 7, crm.produtos 3"
	accept --shards '1;crm.contatos=3'
	run make_run
	[ "$output" = "gen-parents --run . --table crm.produtos" ] || fail "$output"
	accept --shards '1;crm.contatos=3' --rows 'crm.leads=8'
	run make_run
	says "crm.leads"
	[[ "$output" != *crm.contatos* ]] || fail "$output"
}

@test "plan-check: names with spaces, quotes, \$, %, #, colons and newlines survive make and shell" {
	odd
	fake_generators
	plan 'odd.línea
dos 3'
	accept --shards 2
	run make_run
	says "odd.a%2Eb%20%27c%27%20%24d%20%25e%23f%3Ag%5Ch --shard 0" "%5Ch --shard 1" "odd.línea%0Ados --shard 1"
	[ "$(grep -c . <<<"$output")" = 4 ] || fail "$output"
	[ "$(make_run)" = "" ]
}

@test "plan-check: --init guesses no words for arrays of numbers" {
	echo 'CREATE TABLE logs (id integer PRIMARY KEY, tags integer[], scopes text[], events varchar(40)[] NOT NULL)' >"$BATS_TEST_TMPDIR/arrays.sql"
	introspect --ddl "$BATS_TEST_TMPDIR/arrays.sql" --run "$BATS_TEST_TMPDIR/arrays" >/dev/null
	plan-check --init --run "$BATS_TEST_TMPDIR/arrays" >"$BATS_TEST_TMPDIR/arrays.json"
	[ "$(jq -r '[.rules[] | select(.column != "id").column] | join(" ")' "$BATS_TEST_TMPDIR/arrays.json")" = 'scopes events' ]
}

@test "plan-check: --init does not list the marks of a rating that begins far below 0" {
	echo 'CREATE TABLE r (id integer PRIMARY KEY, a_rating integer CHECK (a_rating BETWEEN -2000000000 AND 10),
		rating bigint CHECK (rating >= -9223372036854775808 AND rating <= 10))' >"$BATS_TEST_TMPDIR/marks.sql"
	introspect --ddl "$BATS_TEST_TMPDIR/marks.sql" --run "$BATS_TEST_TMPDIR/marks" >/dev/null
	timeout 20 plan-check --init --run "$BATS_TEST_TMPDIR/marks" >"$BATS_TEST_TMPDIR/marks.json"
	plan-check "$BATS_TEST_TMPDIR/marks.json" --run "$BATS_TEST_TMPDIR/marks"
}

@test "plan-check: --init --update tells tables apart whose names have dots" {
	local dir=$BATS_TEST_TMPDIR
	cat >"$dir/dots.sql" <<-'SQL'
		CREATE SCHEMA a; CREATE SCHEMA "a.b";
		CREATE TABLE a."b.c" (id integer PRIMARY KEY, name text);
		CREATE TABLE "a.b".c (id integer PRIMARY KEY, price numeric);
	SQL
	introspect --ddl "$dir/dots.sql" --run "$dir/dots" >/dev/null
	plan-check --init "$dir/dots.json" --run "$dir/dots"
	[ "$(jq -c '.schema_ref.columns | keys' "$dir/dots.json")" = '["\"a.b\".c","a.\"b.c\""]' ]
	run plan-check --init --update "$dir/dots.json" --run "$dir/dots"
	expect 0
	says '4 rules kept, 0 left out' '0 rules guessed for what is new'
	[[ $output != *gone* ]] || fail "$output"
	# a plan of earlier versions has the name as it is
	sed -i -e '/"\\"a\.b\\"\.c"/d' -e 's/"a\.\\"b\.c\\"": \(.*\),/"a.b.c": \1/' "$dir/dots.json"
	run plan-check --init --update "$dir/dots.json" --run "$dir/dots"
	expect 0
	says '0 left out'
}

@test "plan-check: --init --update --explain prints the guesses alone on stdout" {
	local dir=$BATS_TEST_TMPDIR
	echo 'CREATE TABLE t (id integer PRIMARY KEY, name text)' >"$dir/t.sql"
	introspect --ddl "$dir/t.sql" --run "$dir/t" >/dev/null
	plan-check --init "$dir/t.json" --run "$dir/t"
	plan-check --init --update "$dir/t.json" --explain --run "$dir/t" >"$dir/told" 2>"$dir/heard"
	[ "$(cut -d' ' -f1 "$dir/told" | paste -sd' ')" = 'column public.t.id public.t.name' ]
	grep -qx '2 rules kept, 0 left out' "$dir/heard"
}

@test "plan-check: --help has an example of init" {
	run plan-check --help
	expect 0
	says 'datalchemy init --explain --run'
}

@test "plan-check: --init names the tables that get fewer rows than --rows asks for" {
	local dir=$BATS_TEST_TMPDIR
	echo 'CREATE TABLE currencies (code char(3) PRIMARY KEY, name text NOT NULL);
		CREATE TABLE notes (id integer PRIMARY KEY, body text)' >"$dir/codes.sql"
	introspect --ddl "$dir/codes.sql" --run "$dir/codes" >/dev/null
	plan-check --init --rows 1000 --run "$dir/codes" >"$dir/codes.json" 2>"$dir/heard"
	local rows
	rows=$(jq '.targets[] | select(.table == "currencies").rows' "$dir/codes.json")
	[ "$rows" -lt 1000 ]
	grep -q "warning: 1 table gets fewer rows than --rows says, .*: public.currencies $rows (--rows " "$dir/heard"
	plan-check --init --run "$dir/codes" 2>&1 >"$dir/codes.json" | diff /dev/null -
}

@test "plan-check: an error of a rule names schema, table and column" {
	local dir=$BATS_TEST_TMPDIR
	echo 'CREATE TABLE t (id integer PRIMARY KEY, name text)' >"$dir/t.sql"
	introspect --ddl "$dir/t.sql" --run "$dir/t" >/dev/null
	plan-check --init "$dir/t.json" --run "$dir/t"
	jq '(.rules[] | select(.column == "name")).generator = "semantic.person.nam"' "$dir/t.json" >"$dir/bad.json"
	run plan-check "$dir/bad.json" --run "$dir/t"
	expect 1
	says 'unknown_generator_id /rules/1/generator' '"public.t.name": there is no generator "semantic.person.nam"'
}
