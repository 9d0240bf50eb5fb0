#!/usr/bin/env bats
# Children of rows that the database has already.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db fresh
	sql_file "$ROOT/tests/fixtures/existing.sql"
	export KEYS='live.paises,live.pessoas,live.lojas,live.arquivos,"Odd.Schema"."ta""b,(le)"'
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db live fresh
}

# plan_of [TARGETS [RULES]]: a plan
plan_of() {
	cat <<-JSON
		{"plan_version": "0.3", "seed": 11, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		 "global": {"as_of": "2026-01-01"},
		 "targets": [${1:-$(target pedidos 400), $(target itens 1000), $(target contas 60)}],
		 "rules": [${2:-}]}
	JSON
}

# target TABLE ROWS
target() {
	echo "{\"schema\": \"live\", \"table\": \"$1\", \"rows\": $2}"
}

# checked PLAN: it is accepted for r
checked() {
	plan-check "$1" --run r >check.out 2>&1 || fail "$(cat check.out)"
}

# orphans: rows that refer to nobody, by SQL, over the keys of every kind
orphans() {
	sql "SELECT (SELECT count(*) FROM live.pedidos p WHERE NOT EXISTS (SELECT FROM live.pessoas x WHERE x.id = p.pessoa)
			OR NOT EXISTS (SELECT FROM live.lojas l WHERE (l.empresa, l.filial) = (p.empresa, p.filial))
			OR NOT EXISTS (SELECT FROM live.arquivos a WHERE a.hash = p.hash)
			OR NOT EXISTS (SELECT FROM \"Odd.Schema\".\"ta\"\"b,(le)\" o WHERE o.\"i.d\" = p.odd)
			OR apelido IS NOT NULL AND NOT EXISTS (SELECT FROM live.pessoas x WHERE x.apelido = p.apelido)
			OR pais IS NOT NULL AND NOT EXISTS (SELECT FROM live.paises x WHERE x.codigo = p.pais))"
}

@test "existing: children attach by int, text, uuid, bytea, composite and unique keys, and load with all constraints live" {
	local before
	before=$(sql "SELECT string_agg(p::text, '' ORDER BY id) FROM live.pessoas p")
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of >p.json
	run plan-check p.json --run r
	expect 0
	says 'plan accepted: 3 tables, 1460 rows' \
		'children attach to the rows of 5 tables, as to the '
	make_rows r
	[ "$(cd r/data && echo *)" = 'live.contas.csv live.itens.csv live.pedidos.csv' ]
	run "$BIN/eval" --run r
	expect 0
	run "$BIN/load" --run r
	expect 0
	[[ "$output" != *live.pessoas* ]]
	run "$BIN/eval" --run r --sql
	expect 0
	[ "$(orphans)" = 0 ]
	[ "$(sql "SELECT count(*), count(DISTINCT pessoa) > 50, count(DISTINCT (empresa, filial)), count(DISTINCT hash), count(DISTINCT odd) FROM live.pedidos")" = '400|t|20|12|7' ]
	[ "$(sql "SELECT count(*), count(DISTINCT pessoa) FROM live.contas")" = '60|60' ]
	[ "$(sql "SELECT count(apelido) BETWEEN 1 AND 399, count(pais) BETWEEN 1 AND 399 FROM live.pedidos")" = 't|t' ]
	# the rows that were there are as they were
	[ "$(sql "SELECT string_agg(p::text, '' ORDER BY id) FROM live.pessoas p")" = "$before" ]
}

@test "existing: a child reads columns of its existing parent: after its date, and only where a condition holds" {
	introspect --run r --keys 'live.pessoas(criada,ativa,apelido),live.paises,live.lojas,live.arquivos,"Odd.Schema"."ta""b,(le)"' >/dev/null
	plan_of "$(target pedidos 300)" '
		{"type": "relationship", "schema": "live", "table": "pedidos", "columns": ["pessoa"], "where": "ativa"},
		{"type": "column_generator", "schema": "live", "table": "pedidos", "column": "criado",
		 "generator": {"id": "derive.after_parent", "params": {"input_columns": ["pessoa"], "parent_column": "criada"}}}' >p.json
	checked p.json
	make_rows r
	"$BIN/eval" --run r >/dev/null
	"$BIN/load" --run r >/dev/null
	[ "$(sql "SELECT count(*) FILTER (WHERE x.ativa AND p.criado >= x.criada), count(*) FROM live.pedidos p JOIN live.pessoas x ON x.id = p.pessoa")" = '300|300' ]
}

@test "existing: fan-out over rows of the database, exact for each of them" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of '{"schema": "live", "table": "pedidos"}' '
		{"type": "relationship", "schema": "live", "table": "pedidos", "columns": ["pessoa"], "children_per_parent": 3}' >p.json
	checked p.json
	make_rows r
	"$BIN/load" --run r >/dev/null
	[ "$(sql "SELECT count(*), min(n), max(n) FROM (SELECT count(*) n FROM live.pedidos GROUP BY pessoa) x")" = '60|3|3' ]
}

@test "existing: shards, jobs and Make give the same bytes, and each receipt names the keys it read" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of >p.json
	for n in 1 7; do
		cp -r r r$n
		plan-check p.json --run r$n --shards $n >/dev/null 2>&1
		make_rows r$n --jobs 2
		whole r$n w$n
	done
	diff -r w1 w7
	cp -r r m
	run_mk RUN=m PLAN=p.json CHECKFLAGS='--shards 7' -j2 >/dev/null 2>&1
	whole m wm
	diff -r w1 wm
	grep -q keys/live.pessoas.existing.msgpack r1/receipts/gen.live.pedidos.json
	run run_mk RUN=m PLAN=p.json CHECKFLAGS='--shards 7' -q
	expect 0
}

@test "existing: other keys make children stale, the same keys do not" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of >p.json
	checked p.json
	make_rows r
	introspect --run r --keys "$KEYS" >/dev/null
	checked p.json
	run gen-children --run r
	says 'live.pedidos: up to date' 'live.contas: up to date'
	sql "INSERT INTO live.pessoas (id, cpf, pais, criada) VALUES (7, '7', 'BR', now())"
	introspect --run r --keys "$KEYS" >/dev/null
	run gen-children --run r
	refused 2 'live.pessoas.existing.msgpack: not the keys that the plan was held against: rerun plan-check'
	run "$BIN/eval" --run r
	refused 2 'rerun plan-check'
	checked p.json
	run gen-children --run r
	expect 0
	says 'live.pedidos: 400 rows'
}

@test "existing: plan-check refuses, by name, what the rows that are there do not allow" {
	introspect --run r --keys "$KEYS,live.vazia" >/dev/null
	plan_of "$(target pessoas 5), $(target pedidos 10)" >p.json
	run plan-check p.json --run r
	expect 1
	says target_exists '"live.pessoas" is a target, and introspect --keys took the keys of its 60 rows'
	plan_of "$(target soltos 10)" >p.json
	run plan-check p.json --run r
	expect 1
	says 'error zero_parents /targets/0/rows' '"live.soltos": foreign key soltos_nada_fkey: live.vazia has no rows in the database' \
		'    hint: fill it first, or make it a target and introspect without its keys'
	plan_of "$(target contas 61)" >p.json
	run plan-check p.json --run r
	expect 1
	says '61 rows need 61 different rows of live.pessoas, which has 60'
	plan_of "$(target pedidos 1000)" '{"type": "relationship", "schema": "live", "table": "pedidos",
		"columns": ["pessoa"], "children_per_parent": {"min": 1, "max": 9}}' >p.json
	run plan-check p.json --run r
	expect 1
	says '1,000 rows cannot be shared among 60 rows of "live.pessoas"'
	plan_of "$(target pedidos 10)" '{"type": "column_generator", "schema": "live", "table": "pedidos", "column": "criado",
		 "generator": {"id": "derive.after_parent", "params": {"input_columns": ["pessoa"], "parent_column": "criada"}}}' >p.json
	run plan-check p.json --run r
	expect 1
	says existing_column_missing '"live.pessoas.criada", which introspect --keys did not take' "introspect --keys 'live.pessoas(criada,...)'"
	[ ! -e r/plan.msgpack ]
}

@test "existing: rows with a NULL in what a foreign key refers to are nobody's parents" {
	sql 'CREATE TABLE live.apelidos (id integer PRIMARY KEY, apelido text NOT NULL REFERENCES live.pessoas (apelido));
		CREATE TABLE live.um_cada (apelido text PRIMARY KEY REFERENCES live.pessoas (apelido));
		CREATE TABLE live.donos (id integer PRIMARY KEY, dono uuid NOT NULL REFERENCES live.arquivos (dono))'
	introspect --run r --keys live.pessoas,live.arquivos >/dev/null
	plan_of "$(target apelidos 500), $(target um_cada 40), $(target donos 30)" >p.json
	checked p.json
	make_rows r
	"$BIN/eval" --run r >/dev/null
	"$BIN/load" --run r >/dev/null
	[ "$(sql "SELECT (SELECT count(DISTINCT apelido) FROM live.apelidos), (SELECT count(*) FROM live.um_cada), (SELECT count(DISTINCT dono) FROM live.donos)")" = '40|40|6' ]
	plan_of "$(target um_cada 41)" >p.json
	run plan-check p.json --run r
	expect 1
	says one_to_one_too_few_parents '41 rows need as many rows of live.pessoas, of which 40 of 60 have no NULL'
	sql 'TRUNCATE live.apelidos, live.um_cada; UPDATE live.pessoas SET apelido = NULL'
	introspect --run r --keys live.pessoas >/dev/null 2>&1
	plan_of "$(target apelidos 5)" >p.json
	run plan-check p.json --run r
	expect 1
	says zero_parents 'every row of live.pessoas in the database has a NULL in what it refers to'
}

@test "existing: foreign keys that share a column agree, both parents being the database's" {
	sql 'CREATE TABLE live.inquilinos (id integer PRIMARY KEY);
		CREATE TABLE live.usuarios (inquilino integer REFERENCES live.inquilinos, id integer, PRIMARY KEY (inquilino, id));
		CREATE TABLE live.projetos (inquilino integer REFERENCES live.inquilinos, id integer, PRIMARY KEY (inquilino, id));
		CREATE TABLE live.tarefas (id integer PRIMARY KEY, inquilino integer NOT NULL, usuario integer NOT NULL, projeto integer NOT NULL,
			FOREIGN KEY (inquilino, usuario) REFERENCES live.usuarios, FOREIGN KEY (inquilino, projeto) REFERENCES live.projetos);
		INSERT INTO live.inquilinos SELECT generate_series(1, 9);
		INSERT INTO live.usuarios SELECT i, u FROM generate_series(1, 9) i, generate_series(1, 5) u;
		INSERT INTO live.projetos SELECT i, 100 + p FROM generate_series(3, 7) i, generate_series(1, i) p'
	introspect --run r --keys live.usuarios,live.projetos >/dev/null
	plan_of "$(target tarefas 400)" >p.json
	checked p.json
	make_rows r
	"$BIN/eval" --run r >/dev/null
	"$BIN/load" --run r >/dev/null
	[ "$(sql "SELECT count(*), count(DISTINCT inquilino) FROM live.tarefas")" = '400|5' ]
}

@test "existing: a number of rows for such a table, and a look beyond its own columns, are refused" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of "$(target pedidos 10)" >p.json
	run plan-check p.json --run r --rows '5;live.pessoas=7'
	refused 2 '--rows: the rows of live.pessoas are in the database: none are made'
	plan_of "$(target pedidos 10)" '{"type": "column_generator", "schema": "live", "table": "pedidos", "column": "apelido",
		"generator": {"id": "derive.expr", "params": {"expr": "pessoa.pais.nome"}}}' >p.json
	run plan-check p.json --run r
	expect 1
	says parent_not_reachable 'reads on through foreign key "pessoas_pais_fkey" of "live.pessoas", whose rows are in the database'
}

@test "existing: a rule for a table whose rows exist is warned of, and its generator is never asked" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of "$(target pedidos 10)" '{"type": "column_generator", "schema": "live", "table": "pessoas", "column": "cpf",
		"generator": {"id": "semantic.br.cpf"}}' >p.json
	run plan-check p.json --run r
	expect 0
	says rule_without_target 'the rows of "live.pessoas" are in the database: none are made'
	run gen-parents --run r --table live.pessoas
	refused 2 'table live.pessoas: its rows are in the database: none are made'
}

@test "existing: keys of another state of the schema are refused" {
	introspect --run r --keys "$KEYS" >/dev/null
	cp -r r/keys kept
	sql "ALTER TABLE live.pessoas ADD COLUMN nova integer"
	introspect --run r --keys live.lojas >/dev/null 2>&1
	cp kept/live.pessoas.existing.msgpack r/keys
	plan_of "$(target pedidos 10)" >p.json
	run plan-check p.json --run r
	refused 2 'live.pessoas.existing.msgpack: read from another state of the schema: run introspect --keys again'
	cp kept/live.pessoas.existing.msgpack r/keys/live.lojas.existing.msgpack
	rm r/keys/live.pessoas.existing.msgpack
	run plan-check p.json --run r
	expect 2
}

@test "existing: a damaged snapshot is named, never trusted" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of >p.json
	checked p.json
	printf x | dd of=r/keys/live.pessoas.existing.msgpack bs=1 seek=320 conv=notrunc status=none
	run gen-children --run r
	refused 2 'live.pessoas.existing.msgpack: damaged snapshot'
	run "$BIN/eval" --run r
	expect 2
	truncate -s 200 r/keys/live.pessoas.existing.msgpack
	run plan-check p.json --run r
	refused 2 'live.pessoas.existing.msgpack: damaged snapshot: no tail: cut short'
}

@test "existing: eval finds a child whose parent is not among the keys" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of "$(target contas 20)" >p.json
	checked p.json
	make_rows r
	"$BIN/eval" --run r >/dev/null
	sed -i '2s/^[0-9]*,/7,/' r/data/live.contas.csv
	run "$BIN/eval" --run r --output json
	expect 1
	grep -q '"code": "foreign_key_not_found"\|no such row in the parent' r/report.md r/metrics.json || fail "$(cat r/report.md)"
	says '"foreign_key"'
}

@test "existing: rows that are gone since are told in one line, and nothing is loaded" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of >p.json
	checked p.json
	make_rows r
	sql "DELETE FROM live.pessoas WHERE id IN (10, 20)"
	for how in '' --in-place; do
		# shellcheck disable=SC2086
		run "$BIN/load" --run r $how
		refused 2 '_pessoa_fkey: rows of live.pessoas that were there when introspect --keys read them are gone: nothing was loaded'
		[ "$(sql "SELECT count(*) FROM live.pedidos")" = 0 ]
	done
	[ "$(sql "SELECT count(*) FROM live.pessoas")" = 58 ]
	[ "$(sql "SELECT count(*) FROM pg_constraint WHERE conrelid = 'live.pedidos'::regclass AND contype = 'f' AND convalidated")" = 6 ]
}

@test "existing: --truncate empties the plan's tables and not those whose rows exist, which are never locked" {
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of >p.json
	checked p.json
	make_rows r
	"$BIN/load" --run r >/dev/null
	# somebody else writes to the parents while rows are loaded
	psql -Xq -d "$DATABASE_URL" >/dev/null <<-'SQL' &
		BEGIN; UPDATE live.pessoas SET ativa = NOT ativa WHERE id = 10; SELECT pg_sleep(60);
	SQL
	local pid=$!
	until [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()")" = 1 ]; do :; done
	run timeout 50 "$BIN/load" --run r --truncate
	expect 0
	kill "$pid"
	[ "$(sql "SELECT (SELECT count(*) FROM live.pessoas), (SELECT count(*) FROM live.pedidos)")" = '60|400' ]
}

@test "existing: children of the CRM's own companies and users" {
	pg_db crm
	crm_load data
	introspect --run r --schema crm --keys 'crm.empresas(data_criacao),crm.usuarios' >/dev/null
	plan_of '{"schema": "crm", "table": "contatos", "rows": 300}, {"schema": "crm", "table": "leads", "rows": 200}' >p.json
	checked p.json
	make_rows r
	"$BIN/eval" --run r >/dev/null
	run "$BIN/load" --run r --append
	expect 0
	[ "$(sql "SELECT count(*) >= 300 FROM crm.contatos")" = t ]
	[ "$(sql "SELECT count(*) FROM crm.empresas")" = 2 ]
}

@test "existing: a million rows of the database, and children of them, in bounded memory" {
	sql "INSERT INTO live.pessoas (id, cpf, pais, criada) SELECT 1000 + i, 'c' || i, 'BR', now() FROM generate_series(1, 1000000) i"
	introspect --run r --keys "$KEYS" >/dev/null
	plan_of "$(target pedidos 200000), $(target contas 1000060)" >p.json
	checked p.json
	run "$PYTHON" "$ROOT/tests/lib/memory.py" gen-children --run r
	expect 0
	[ "$output" -lt 65536 ] || fail "$output KiB"
	run "$PYTHON" "$ROOT/tests/lib/memory.py" "$BIN/eval" --run r --memory 8
	expect 0
	[ "$output" -lt 65536 ] || fail "$output KiB"
	# each of them once
	[ "$(cut -d, -f1 r/data/live.contas.csv | sort -u | wc -l)" = 1000061 ]
}

@test "existing: names reach rows of the database through rows that are made, and no further" {
	introspect --run r --keys "${KEYS/live.pessoas/live.pessoas(*)}" >/dev/null
	plan_of '' '{"type": "column_generator", "schema": "live", "table": "itens", "column": "nota", "generator": "derive.expr",
		"params": {"expr": "pedido.pessoa.cpf"}}' >p.json
	checked p.json
	make_rows r
	"$BIN/load" --run r >/dev/null
	[ "$(sql "SELECT count(*) > 900, count(*) FILTER (WHERE nota IS DISTINCT FROM cpf) FROM live.itens i
		JOIN live.pedidos p ON p.id = pedido JOIN live.pessoas x ON x.id = p.pessoa")" = 't|0' ]
	sed -i 's/pessoa.cpf/pessoa.pais.nome/' p.json
	run plan-check p.json --run r
	expect 1
	says parent_not_reachable 'pessoas_pais_fkey' 'of "live.pessoas", whose rows are in the database'
}
