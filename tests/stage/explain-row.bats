#!/usr/bin/env bats
# explain-row: what it says of a row is what the files have.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db crm
	crm_load
	catalogue base crm
	export BASE=$BATS_FILE_TMPDIR/base CRM=$BATS_FILE_TMPDIR/crm
	new_run "$CRM" "$CRM_PLAN" --rows "$(crm_rows 500)"
	make_rows "$CRM"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# agrees RUN ROWS: of every table, at least
agrees() {
	run "$PYTHON" "$ROOT/tests/lib/explained.py" "$1" "$2"
	expect 0
}

@test "explain-row: of every table of the CRM, row, values, parents and siblings are those of the files" {
	agrees "$CRM" 4
	[ "$output" -ge 100 ]
}

@test "explain-row: the same of every shape of relationship" {
	pg_db zoo
	sql_file "$ROOT/tests/fixtures/zoo_relations.sql"
	catalogue zoo rel 'rel other'
	"$PYTHON" "$ROOT/tests/lib/relations.py" 40 >p.json
	BASE=$BATS_FILE_TMPDIR/zoo new_run r p.json
	make_rows r
	agrees r 3
	[ "$output" -ge 100 ]
	run explain-row --run r rel.led_zipf 3
	says "the row's place among shares of the rows, each parent's as large as its odds"
}

@test "explain-row: the same of every kind of unique key" {
	pg_db uq
	sql_file "$ROOT/tests/fixtures/unique.sql"
	catalogue uq uq
	"$PYTHON" "$ROOT/tests/lib/unique.py" 20 >p.json
	BASE=$BATS_FILE_TMPDIR/uq new_run r p.json
	make_rows r
	agrees r 6
	[ "$output" -ge 100 ]
	run explain-row --run r uq.differ 3
	says 'picked at random, but not the parent of differ_a_fkey'
	run explain-row --run r uq.ordered_pairs 3
	says 'of a pair of parents that no other row has, in order with ordered_pairs_b_fkey'
	run explain-row --run r uq.item 3
	says 'its place among the children by item_team_id_fkey is counted: '
}

@test "explain-row: the same of children of rows that the database has" {
	pg_db live
	sql_file "$ROOT/tests/fixtures/existing.sql"
	introspect --run r --keys 'live.paises,live.pessoas(apelido,criada),live.lojas,live.arquivos,"Odd.Schema"."ta""b,(le)"' >/dev/null
	echo '{"plan_version": "0.3", "seed": 3, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		"targets": [{"schema": "live", "table": "pedidos", "rows": 50}, {"schema": "live", "table": "itens", "rows": 200}], "rules": []}' >p.json
	plan-check p.json --run r >/dev/null 2>&1
	make_rows r
	agrees r 20
	run explain-row --run r live.pedidos 3
	expect 0
	says 'pedidos_pessoa_fkey -> live.pessoas' 'of 60, which the database has'
}

@test "explain-row: says in words who the parent is, what was drawn from which stream, and what the checks left" {
	run explain-row --run "$CRM" crm.itens_fatura 17
	expect 0
	says 'crm.itens_fatura, row 17 of 500, counted from 0; seed 2026; as it was first drawn' \
		"$(sed -n 19p "$CRM/data/crm.itens_fatura.csv")" \
		'itens_fatura_fatura_id_fkey -> crm.faturas' 'of this parent: row' \
		'stream: seed 2026, crm, itens_fatura, itens_fatura_fatura_id_fkey, "foreign key"; at row 17' \
		'stream: seed 2026, crm, itens_fatura, quantidade, "value"; at row 17' \
		'the checks leave: at least 1' 'of 50, from 1 to 50' \
		'stream: seed 2026, crm, itens_fatura, itens_fatura_pkey, "unique"; at row 17' \
		'itens_fatura_quantidade_chk, CHECK (quantidade > 0)' 'holds whatever is drawn'
	run "$ROOT/scripts/datalchemy" explain-row --run "$CRM" crm.contatos 0
	expect 0
	says 'crm.contatos, row 0 of' 'NULL in'
	run explain-row --run "$CRM" crm.pagamentos 3
	expect 0
	says 'faturas.data_emissao of pagamentos_fatura_id_fkey' 'where faturas.data_emissao is 20'
}

@test "explain-row: a row that was drawn again tells how often, for which check, and what was drawn last" {
	pg_db again
	sql 'CREATE TABLE public.t (id integer PRIMARY KEY, a integer NOT NULL UNIQUE, b integer NOT NULL, c date NOT NULL, d date NOT NULL,
		CONSTRAINT total CHECK ((a + b) % 3 = 1), CONSTRAINT later CHECK (d >= c + 2))'
	introspect --run r >/dev/null
	echo '{"plan_version": "0.3", "seed": 3, "schema_ref": {"schema_version": "0.2", "engine": "postgres"}, "global": {"as_of": "2026-01-01"},
		"targets": [{"schema": "public", "table": "t", "rows": 200}], "rules": [
		{"type": "column_generator", "schema": "public", "table": "t", "column": "a", "generator": {"id": "primitive.int.range", "params": {"min": 1, "max": 1000000}}},
		{"type": "column_generator", "schema": "public", "table": "t", "column": "b", "generator": {"id": "primitive.int.range", "params": {"min": 1, "max": 1000000}}}]}' >p.json
	plan-check p.json --run r >/dev/null 2>&1
	make_rows r
	agrees r 60
	local i again=0
	for ((i = 0; i < 20; i++)); do
		explain-row --run r public.t $i --output json >x.json
		"$PYTHON" - "$(sed -n $((i + 2))p r/data/public.t.csv)" <<-'EOF' && again=$((again + 1))
			import json, sys
			x = json.load(open("x.json"))
			assert x["csv"] == sys.argv[1]
			col = {c["column"]: c for c in x["columns"]}
			check = {c["name"]: c for c in x["checks"]}
			a, b = (int(col[n]["value"]) for n in "ab")
			assert (a + b) % 3 == 1 and check["total"]["status"] == "verified"
			assert check["total"]["failed_draws"] == x["attempts"] - 1
			# what is said to be drawn is what is there
			assert col["a"]["draw"]["index"] + 1 == a and col["b"]["draw"]["index"] + 1 == b
			assert col["a"]["draw"]["pick"] == "bijection" and col["b"]["draw"]["pick"] == "random"
			assert not col["a"]["draw"]["redrawn"]
			assert col["b"]["draw"]["redrawn"] == (x["attempts"] > 1)
			sys.exit(x["attempts"] == 1)
		EOF
	done
	[ "$again" -gt 5 ]
	run explain-row --run r public.t 0
	says 'in this row from'
}

@test "explain-row: what a shard or a slice has, whatever the shards" {
	cp -r "$CRM" r
	plan-check "$CRM_PLAN" --run r --rows "$(crm_rows 500)" --shards 7 >/dev/null 2>&1
	make_rows r
	for i in 0 71 72 499; do
		diff <(explain-row --run r crm.contatos $i) <(explain-row --run "$CRM" crm.contatos $i)
		diff <(explain-row --run r crm.contatos $i | sed -n 2p) <(gen-children --run r --table crm.contatos --slice $i:1 | tail -n 1)
	done
}

@test "explain-row: writes nothing" {
	cp -r "$CRM" r
	(cd r && find . -type f -print0 | sort -z | xargs -0 sha256sum) >before
	explain-row --run r crm.leads 3 >/dev/null
	(cd r && find . -type f -print0 | sort -z | xargs -0 sha256sum) | diff before -
}

@test "explain-row: refuses what it cannot find, in one line" {
	run explain-row --run "$CRM" crm.contatos 500
	refused 2 'table crm.contatos has 500 rows, counted from 0: there is no row 500'
	run explain-row --run "$CRM" crm.nada 0
	refused 2 'no table crm.nada in the plan'
	run explain-row --run "$CRM" crm.contatos x
	refused 2 '"x" is no row: write a number, from 0'
	run explain-row --run "$CRM" crm.contatos -- -1
	refused 2 'is no row'
	run explain-row --run "$CRM" crm.contatos
	refused 2 'name a table and a row'
	run explain-row crm.contatos 0
	refused 2 '--run DIR is required'
	run explain-row --run "$CRM" crm.contatos 0 --output xml
	refused 2 '"xml" is neither text nor json'
	mkdir bare
	cp "$BASE/schema.msgpack" bare
	run explain-row --run bare crm.contatos 0
	refused 2 'plan.msgpack is missing: run plan-check first, which makes it'
}

@test "explain-row: stale or missing keys of a parent are named, with the stage that makes them" {
	cp -r "$CRM" r
	plan-check "$CRM_PLAN" --run r --rows "$(crm_rows 500)" --seed 8 >/dev/null 2>&1
	run explain-row --run r crm.contatos 0
	refused 2 'crm.empresas.msgpack: made from another plan: rerun gen-parents --table crm.empresas'
	rm r/keys/crm.empresas.msgpack
	run explain-row --run r crm.contatos 0
	refused 2 'crm.empresas' gen-parents
}
