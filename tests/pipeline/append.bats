#!/usr/bin/env bats
# Rows added to those that the database has.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db fresh
	sql_file "$ROOT/tests/fixtures/existing.sql"
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	pg_db live fresh
}

# plan_of TARGETS [RULES]: a plan
plan_of() {
	cat <<-JSON
		{"plan_version": "0.3", "seed": 11, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
		 "global": {"as_of": "2026-01-01", "locale": "pt_BR"}, "targets": [$1], "rules": [${2:-}]}
	JSON
}

# more TABLE ROWS: a target that is added to
more() {
	echo "{\"schema\": \"live\", \"table\": \"$1\", \"rows\": $2, \"append\": true}"
}

# rule TABLE COLUMN GENERATOR [PARAMS]
rule() {
	echo "{\"type\": \"column_generator\", \"schema\": \"live\", \"table\": \"$1\", \"column\": \"$2\",
		\"generator\": {\"id\": \"$3\", \"params\": ${4:-{\}}}}"
}

# checked: p.json is accepted for r
checked() {
	plan-check p.json --run r >check.out 2>&1 || fail "$(cat check.out)"
}

# added: p.json's rows are made, audited, loaded, and audited again
added() {
	checked
	make_rows r
	"$BIN/eval" --run r >eval.out 2>&1 || fail "$(cat eval.out)"
	"$BIN/load" --run r >load.out 2>&1 || fail "$(cat load.out)"
	"$BIN/eval" --run r --sql >eval.out 2>&1 || fail "$(cat eval.out)"
}

@test "append: identities go on after the last, unique values are new, the sequence is beyond, children are of new rows" {
	introspect --run r --keys live.pessoas,live.paises,live.lojas,live.arquivos,'"Odd.Schema"."ta""b,(le)"' >/dev/null
	plan_of "$(more pessoas 500), {\"schema\": \"live\", \"table\": \"pedidos\", \"rows\": 300}" "$(rule pessoas cpf semantic.br.cpf)" >p.json
	run plan-check p.json --run r
	expect 0
	says 'live.pessoas: 500 rows are added to the 60 in the database'
	added
	[ "$(sql "SELECT count(*), min(id) FILTER (WHERE id > 600), max(id), count(DISTINCT cpf), count(DISTINCT apelido) = count(apelido) FROM live.pessoas")" = '560|601|1100|560|t' ]
	[ "$(sql "INSERT INTO live.pessoas (cpf, pais, criada) VALUES ('x', 'BR', now()) RETURNING id")" = 1101 ]
	[ "$(sql "SELECT min(pessoa) > 600, count(*) FROM live.pedidos")" = 't|300' ]
}

@test "append: the same plan again and again adds other rows each time" {
	plan_of "$(more pessoas 200)" "$(rule pessoas cpf semantic.br.cpf), $(rule pessoas apelido semantic.br.email.safe)" >p.json
	for n in 1 2 3; do
		rm -rf r
		introspect --run r --keys live.pessoas,live.paises >/dev/null
		added
		[ "$(sql "SELECT count(*), count(DISTINCT cpf), count(DISTINCT apelido) = count(apelido), max(id) FROM live.pessoas")" \
			= "$((60 + 200 * n))|$((60 + 200 * n))|t|$((600 + 200 * n))" ]
	done
}

@test "append: values that are there are passed over, to the last one that is left" {
	sql "CREATE TYPE live.cor AS ENUM ('azul', 'verde', 'roxo', 'preto', 'cinza', 'ocre', 'rosa');
		CREATE TABLE live.um (l char(1) PRIMARY KEY CHECK (l ~ '^[a-z]\$'), cor live.cor UNIQUE);
		INSERT INTO live.um SELECT chr(96 + i), (enum_range(NULL::live.cor))[nullif(i % 26, 0)] FROM generate_series(3, 22) i WHERE i > 0;
		CREATE TABLE live.par (a integer NOT NULL, b integer NOT NULL, UNIQUE (a, b));
		INSERT INTO live.par SELECT i / 6, i % 6 FROM generate_series(0, 29) i WHERE i % 4 > 0"
	introspect --run r --keys live.um,live.par >/dev/null
	plan_of "$(more um 6), $(more par 8)" "$(rule um l primitive.text.pattern '{"pattern": "[a-z]"}'),
		$(rule par a primitive.int.range '{"min": 0, "max": 4}'), $(rule par b primitive.int.range '{"min": 0, "max": 5}')" >p.json
	sql "UPDATE live.um SET cor = NULL"
	sql "UPDATE live.um SET cor = 'roxo' WHERE l = 'd'"
	introspect --run r --keys live.um,live.par >/dev/null
	added
	[ "$(sql "SELECT count(*), string_agg(l, '' ORDER BY l) FROM live.um")" = '26|abcdefghijklmnopqrstuvwxyz' ]
	[ "$(sql "SELECT count(*), count(DISTINCT (a, b)) FROM live.par")" = '30|30' ]
	# and not one more
	plan_of "$(more par 9)" "$(rule par a primitive.int.range '{"min": 0, "max": 4}'), $(rule par b primitive.int.range '{"min": 0, "max": 5}')" >p.json
	run plan-check p.json --run r
	expect 1
	says key_space_too_small par_a_b_key '31'
}

@test "append: shards and slices have the same bytes, and explain-row agrees" {
	introspect --run r --keys live.pessoas,live.paises >/dev/null
	plan_of "$(more pessoas 300)" "$(rule pessoas cpf primitive.text.pattern '{"pattern": "000000[0-9]{5}"}')" >p.json
	for n in 1 7; do
		cp -r r r$n
		plan-check p.json --run r$n --shards $n >/dev/null 2>&1
		make_rows r$n
		whole r$n w$n
	done
	diff -r w1 w7
	run "$PYTHON" "$ROOT/tests/lib/explained.py" r1 30
	expect 0
	run explain-row --run r1 live.pessoas 5
	says 'after 60 rows; at row 5' 'a sequence: 601 + 1 * 5'
	[ "$(ls r1/keys)" = 'live.paises.existing.msgpack
live.pessoas.existing.msgpack' ]
}

@test "append: a sequence that counts down goes on below the least" {
	sql "CREATE TABLE live.baixo (id integer GENERATED ALWAYS AS IDENTITY (INCREMENT -2 START -1) PRIMARY KEY, n text);
		INSERT INTO live.baixo (n) SELECT 'x' FROM generate_series(1, 5)"
	introspect --run r --keys live.baixo >/dev/null
	plan_of "$(more baixo 4)" >p.json
	added
	[ "$(sql "SELECT string_agg(id::text, ' ' ORDER BY id DESC) FROM live.baixo")" = '-1 -3 -5 -7 -9 -11 -13 -15 -17' ]
}

@test "append: an empty table is begun as any other" {
	introspect --run r --keys live.vazia >/dev/null
	plan_of "$(more vazia 5)" >p.json
	added
	[ "$(sql "SELECT count(*) FROM live.vazia")" = 5 ]
}

@test "append: all 20 tables of the CRM a second time, every constraint live" {
	pg_db crm
	crm_load
	catalogue base crm
	export BASE=$BATS_FILE_TMPDIR/base
	new_run first "$CRM_PLAN" --rows "$(crm_rows 300)"
	make_rows first
	"$BIN/load" --run first >/dev/null 2>&1
	introspect --run r --schema crm --keys "$(sql "SELECT string_agg('crm.' || relname, ',') FROM pg_class WHERE relnamespace = 'crm'::regnamespace AND relkind = 'r'")" >/dev/null
	"$PYTHON" - "$CRM_PLAN" >p.json <<-'EOF'
		import json, sys
		p = json.load(open(sys.argv[1]))
		p["plan_version"] = "0.3"
		few = {"fontes_lead": 4, "funis": 2, "etapas_funil": 12, "listas_precos": 5}
		for t in p["targets"]:
		    t["append"] = True
		    t["rows"] = few.get(t["table"], 200)
		    if t["table"] in ("tarefas", "reunioes", "anotacoes"):
		        del t["rows"]  # as many as there are activities of the kind
		json.dump(p, sys.stdout)
	EOF
	added
	[ "$(sql "SELECT (SELECT count(*) FROM crm.itens_fatura), (SELECT count(*) FROM crm.usuarios), (SELECT count(DISTINCT email) FROM crm.usuarios)")" = '500|500|500' ]
}

@test "append: a million rows that are there, two unique keys passed over, in bounded memory" {
	sql "CREATE TABLE live.muitos (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n integer NOT NULL UNIQUE, s text NOT NULL UNIQUE);
		INSERT INTO live.muitos (n, s) SELECT i, lpad((i * 7 % 10000000)::text, 7, '0') FROM generate_series(1, 1000000) i"
	introspect --run r --keys live.muitos >/dev/null
	plan_of "$(more muitos 100000)" "$(rule muitos n primitive.int.range '{"min": 1, "max": 2000000}'),
		$(rule muitos s primitive.text.pattern '{"pattern": "[0-9]{7}"}')" >p.json
	run "$PYTHON" "$ROOT/tests/lib/memory.py" plan-check p.json --run r
	expect 0
	[ "${lines[-1]}" -lt 65536 ] || fail "$output"
	make_rows r
	run "$PYTHON" "$ROOT/tests/lib/memory.py" "$BIN/eval" --run r --memory 8
	expect 0
	[ "${lines[-1]}" -lt 65536 ] || fail "$output"
	"$BIN/load" --run r >/dev/null
	[ "$(sql "SELECT count(*), max(id) FROM live.muitos")" = '1100000|1100000' ]
}

@test "append: refuses, by name, what it cannot promise" {
	introspect --run r --keys 'live.pessoas(id),live.paises,live.lojas' >/dev/null
	plan_of "$(more pessoas 5)" "$(rule pessoas cpf semantic.br.cpf)" >p.json
	run plan-check p.json --run r
	expect 1
	says append_column_missing pessoas_cpf_key 'introspect --keys did not take cpf' "introspect --keys 'live.pessoas(cpf,...)'"
	plan_of "$(more arquivos 5)" >p.json
	run plan-check p.json --run r
	expect 1
	says append_without_keys '"live.arquivos": the keys of the rows it has are not known'
	introspect --run r --keys live.pessoas,live.paises >/dev/null 2>&1
	plan_of "$(more pessoas 5)" "$(rule pessoas id primitive.int.sequence_hint '{"start": 8}'), $(rule pessoas cpf semantic.br.cpf)" >p.json
	run plan-check p.json --run r
	expect 1
	says append_not_distinct pessoas_pkey '1 of 5 rows would repeat a row that is there' 'start after the last'
	plan_of "$(more pessoas 5)" >p.json
	sed -i 's/"0.3"/"0.2"/' p.json
	run plan-check p.json --run r
	expect 1
	says append_needs_0_3
	[ ! -e r/plan.msgpack ]
}

@test "append: one to one with rows that are there already: what would repeat is counted" {
	sql "INSERT INTO live.contas SELECT 10 * i, i FROM generate_series(1, 30) i"
	introspect --run r --keys live.contas,live.pessoas >/dev/null
	plan_of "$(more contas 40)" >p.json
	run plan-check p.json --run r
	expect 1
	says append_not_distinct contas_pkey 'of 40 rows would repeat a row that is there'
	# of people that are made, all are free
	introspect --run r --keys live.contas,live.pessoas,live.paises >/dev/null
	plan_of "$(more contas 40), $(more pessoas 40)" "$(rule pessoas cpf semantic.br.cpf)" >p.json
	added
	[ "$(sql "SELECT count(*) FROM live.contas")" = 70 ]
}

@test "append: load adds without being asked, will not truncate, and still refuses other tables' rows" {
	introspect --run r --keys live.pessoas,live.paises >/dev/null
	plan_of "$(more pessoas 5)" "$(rule pessoas cpf semantic.br.cpf)" >p.json
	checked
	make_rows r
	run "$BIN/load" --run r --truncate
	refused 2 'live.pessoas: the plan adds to its rows, and --truncate would take them away'
	[ "$(sql "SELECT count(*) FROM live.pessoas")" = 60 ]
	run "$BIN/load" --run r
	expect 0
	says 'live.pessoas' 'in place'
	[ "$(sql "SELECT count(*) FROM live.pessoas")" = 65 ]
	# once
	run "$BIN/load" --run r
	refused 2 'live.pessoas: pessoas_pkey: a row has come since introspect --keys read them' 'nothing was loaded'
	[ "$(sql "SELECT count(*) FROM live.pessoas")" = 65 ]
}

@test "append: eval finds a key that the database has" {
	introspect --run r --keys live.pessoas,live.paises >/dev/null
	plan_of "$(more pessoas 5)" "$(rule pessoas cpf semantic.br.cpf)" >p.json
	checked
	make_rows r
	"$BIN/eval" --run r >/dev/null
	sed -i -E '3s/^([0-9]+),[^,]*/\1,00000000031/' r/data/live.pessoas.csv
	run "$BIN/eval" --run r
	expect 1
	grep -q 'live.pessoas.cpf' r/report.md
	grep -q 'the key is in the database already' r/report.md || fail "$(cat r/report.md)"
}

@test "append: a plan without it has the bytes it had" {
	plan_of '{"schema": "live", "table": "paises", "rows": 20}' >p.json
	introspect --run r >/dev/null
	checked
	make_rows r
	sed 's/"rows": 20/"rows": 20, "append": false/' p.json >q.json
	mkdir s
	cp r/schema.msgpack s
	plan-check q.json --run s >/dev/null 2>&1
	make_rows s
	same_run r s
}

@test "a --keys that names no table is refused where it stops making sense" {
	local said
	while IFS='|' read -r keys said; do
		run introspect --run r --keys "$keys"
		refused 2 "--keys: $said"
	done <<-'END'
		live|write SCHEMA.TABLE or SCHEMA.TABLE(COLUMN,...), where it ends
		live.|a name is missing, where it ends
		"live.pessoas|a quote that nothing ends, at
		"".pessoas|an empty name, at
		live.pessoas(id|the list of columns has no end, where it ends
		live.pessoas(id) live.paises|a comma is missing, at "live.paises"
	END
}
