#!/usr/bin/env bats
# Columns that are aggregates of children's rows: what PostgreSQL makes of the rows that were
# loaded is what the parents say, whatever the shards, and what cannot be is refused.

load ../lib/common
load ../lib/postgres
load ../lib/pipeline

setup_file() {
	pg_start
	pg_db agg
	sql_file "$ROOT/tests/fixtures/aggregates.sql"
	catalogue base agg
	export BASE=$BATS_FILE_TMPDIR/base
}

teardown_file() {
	pg_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# plan OUT ORDERS ORDER [CODE]: the plan, after Python's CODE has changed what fold(), gen(),
# relate() and rows() find in it
plan() {
	"$PYTHON" "$ROOT/tests/lib/aggregates.py" "$2" "$3" | "$PYTHON" -c '
import json, sys
plan = json.load(sys.stdin)
def gen(table, column, generator=None, **params):
    for r in plan["rules"]:
        if r["table"] == table and r.get("column") == column:
            if generator:
                r["generator"], r["params"] = generator, params
            r["params"].update(params)
            return r
    r = {"type": "column_generator", "schema": "agg", "table": table, "column": column,
         "generator": generator, "params": params}
    plan["rules"].append(r)
    return r
def relate(table, column, **how):
    for r in plan["rules"]:
        if r["table"] == table and column in r.get("columns", []):
            for k in [k for k in r if k not in ("type", "schema", "table", "columns")]:
                del r[k]
            r.update(how)
def rows(table, n):
    for t in plan["targets"]:
        if t["table"] == table:
            t["rows"] = n
exec(sys.argv[1])
json.dump(plan, sys.stdout)' "${4:-}" >"$1"
}

# agrees: PostgreSQL, asked over all rows, finds every aggregate of the loaded rows right
agrees() {
	local out
	out=$(psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" -f "$ROOT/tests/lib/aggregates.sql")
	[ "$(grep -c '^[a-z.]*|[1-9][0-9]*|0$' <<<"$out")" = 18 ] || fail "$out"
}

# no CODE MESSAGE...: plan-check refuses the changed plan, and says so
no() {
	plan bad.json 40 clustered "$1"
	mkdir -p bad
	cp "$BASE/schema.msgpack" bad
	run plan-check bad.json --run bad
	expect 1
	says "${@:2}"
	[ ! -e bad/plan.msgpack ]
}

@test "clustered children: every aggregate is what PostgreSQL makes of the loaded rows" {
	pg_db clustered agg
	plan p.json 3000 clustered
	new_run run p.json
	make_rows run
	"$BIN/load" --run run
	run "$BIN/eval" --run run --sql
	expect 0
	agrees
	[ "$(sql 'SELECT count(*) > 50 FROM agg.notas WHERE pedido IS NULL')" = t ]
	[ "$(sql 'SELECT count(*) > 50 FROM agg.pedidos WHERE eventos IS NULL AND peso = -1')" = t ]
}

@test "shuffled children, in shards and by several workers: the same" {
	pg_db shuffled agg
	plan p.json 1777 shuffled
	new_run run p.json --shards 3
	make_rows run --jobs 2 --format binary
	"$BIN/load" --run run
	run "$BIN/eval" --run run --sql
	expect 0
	agrees
}

@test "children of the parents that a condition is true of: the same, and the others have none" {
	pg_db "where" agg
	plan plan.json 500 clustered 'relate("notas", "pedido", pick="round_robin", where="numero % 3 = 1")'
	new_run run plan.json --shards 3
	make_rows run
	"$BIN/load" --run run >/dev/null
	agrees
	[ "$(sql 'SELECT count(DISTINCT (n.loja, n.pedido)) > 100, count(*) FILTER (WHERE p.numero % 3 <> 1) FROM agg.notas n
		JOIN agg.pedidos p ON (p.loja, p.numero) = (n.loja, n.pedido)')" = "t|0" ]
}

@test "few rows: the same for 1, 2, 5, 40 and 511 orders" {
	for n in 1 2 5 40 511; do
		pg_db "few$n" agg
		plan p.json "$n" clustered
		new_run "run$n" p.json
		make_rows "run$n"
		"$BIN/load" --run "run$n"
		agrees
	done
}

@test "children that were drawn again for a check count as they are in the end" {
	plan p.json 500 clustered
	new_run run p.json
	make_rows run
	"$PYTHON" - run/receipts/gen.agg.eventos.json run/receipts/gen.agg.pedidos.json <<'E'
import json, sys
events, orders = (json.load(open(f)) for f in sys.argv[1:])
assert events["retries"] > 100, events["retries"]
assert orders["generator_usage"]["derive.children"] >= 12 * 500
E
	pg_db again agg
	"$BIN/load" --run run # which checks them
	agrees
}

@test "children that read a parent's column which a check has drawn again fold as they are in the end" {
	pg_db redrawn agg
	# the discount is drawn again for a check against the number of lines, other children
	plan p.json 700 shuffled 'gen("pedidos", "desconto", min=0, max=9000)
gen("eventos", "dia", "derive.expr", expr="coalesce(pedido.feito_em + cast(pedido.desconto as integer) % 300, DATE \x272020-01-01\x27)")'
	new_run run p.json --shards 2
	make_rows run
	"$BIN/load" --run run
	agrees
	[ "$(sql 'SELECT count(*) FROM agg.eventos e JOIN agg.pedidos p ON (p.loja, p.numero) = (e.loja, e.pedido)
		WHERE e.dia <> p.feito_em + p.desconto::integer % 300')" = 0 ]
	"$PYTHON" -c '
import json
assert sum(json.load(open(f"run/receipts/gen.agg.pedidos.{i}-of-2.json"))["retries"] for i in range(2)) > 50'
}

@test "1, 2, 7 and 64 shards concatenate to the same bytes, clustered and shuffled" {
	for order in clustered shuffled; do
		plan p.json 300 $order
		for n in 1 2 7 64; do
			new_run "$order$n" p.json --shards "$n"
			make_rows "$order$n" --jobs $((n > 2 ? 2 : n))
			whole "$order$n" "whole.$order$n"
			diff -r "whole.${order}1" "whole.$order$n" || fail "$order, $n shards"
		done
	done
}

@test "one shard alone, and some rows alone, are as they are in the whole" {
	plan p.json 300 shuffled
	new_run run p.json --shards 5
	make_rows run
	cp run/data/agg.pedidos.3-of-5.csv was
	rm run/data/agg.pedidos.3-of-5.csv
	gen-children --run run --table agg.pedidos --shard 3
	cmp was run/data/agg.pedidos.3-of-5.csv
	cmp <(gen-children --run run --table agg.pedidos --slice 180:60 | tail -n +2) was
}

@test "the tables that a child's rows are read from are made before: levels, receipts and Make" {
	plan p.json 100 clustered
	new_run run p.json
	table_lines run >lines
	grep -q '^0 agg.produtos' lines
	grep -q '^2 agg.pedidos' lines # after the clients, which after the products
	"$PYTHON" -c '
import json
tables = json.load(open("run/resolved_plan.json"))["resolved"]["tables"]
reads = {t["table"]: [r["table"] for r in t.get("reads", [])] for t in tables}
assert reads["pedidos"] == reads["clientes"] == ["produtos"] and reads["linhas"] == [], reads'
	mkdir made
	cp run/schema.msgpack made
	run run_mk RUN=made PLAN=p.json -j2 rows
	expect 0
	make_rows run
	diff -r run/data made/data
	grep -q agg.produtos run/receipts/gen.agg.pedidos.json
}

@test "explain-row says which rows an aggregate is made of" {
	plan p.json 40 clustered
	new_run run p.json
	make_rows run
	run explain-row --run run agg.pedidos 7
	expect 0
	says "computed from the rows of agg.linhas that refer to this one by linhas_loja_pedido_fkey" \
		"total numeric(14,2) = $(sed -n 9p run/data/agg.pedidos.csv | cut -d, -f5)"
}

@test "a change in what the children's rows are makes their parents again, and no one else" {
	plan p.json 60 clustered
	new_run run p.json
	make_rows run
	plan q.json 60 clustered 'gen("linhas", "qtd", max=19)'
	plan-check q.json --run run
	run gen-parents --run run
	says 'agg.produtos: 50 rows'
	run gen-children --run run
	says 'agg.pedidos: 60 rows' 'agg.linhas: 240 rows' 'agg.clientes: 15 rows'
	plan q.json 60 clustered 'gen("pagamentos", "id", start=7); gen("linhas", "qtd", max=19)'
	plan-check q.json --run run
	run gen-children --run run
	says 'agg.pedidos: up to date' 'agg.pagamentos: 60 rows'
}

@test "a parent of a million children is folded in the memory that one of a thousand takes" {
	for n in 1000 1000000; do
		plan p.json 1 clustered "rows('eventos', $n)"
		new_run "run$n" p.json
		gen-parents --run "run$n"
		"$PYTHON" "$ROOT/tests/lib/memory.py" gen-children --run "run$n" --table agg.clientes >"rss$n"
		gen-children --run "run$n" --table agg.pedidos
	done
	[ "$(cut -d, -f13 run1000000/data/agg.pedidos.csv | tail -n 1)" = 800000 ]
	[ $(($(cat rss1000000) - $(cat rss1000))) -lt 2000 ] || fail "$(cat rss*)"
}

@test "values that hang on themselves are refused, with the columns of the loop" {
	no 'gen("linhas", "preco", "derive.expr", expr="pedido.total / 10")' \
		'"agg.pedidos.total": a loop of values: agg.pedidos.total, of agg.linhas.valor, of agg.linhas.preco, of agg.pedidos.total'
	no 'gen("pedidos", "feito_em", "derive.expr", expr="ultimo + 1")' \
		'a loop of values: agg.pedidos.ultimo, of agg.eventos.dia, of agg.pedidos.feito_em, of agg.pedidos.ultimo'
	no 'gen("extras", "valor", "derive.expr", expr="n + pedido.preco"); gen("linhas", "preco", "derive.expr", expr="extras * 2")' \
		'a loop of values: agg.linhas.extras, of agg.extras.valor, of agg.linhas.preco, of agg.linhas.extras'
	no 'gen("linhas", "desconto", "derive.expr", expr="pedido.numero * 0.01"); gen("linhas", "desconto")["transforms"] = []; gen("produtos", "vendidos", expr="desconto")' \
		'"agg.produtos" has an aggregate whose rows read "agg.pedidos", and that table waits for "agg.produtos"'
}

@test "children that nobody can list are refused" {
	no 'relate("eventos", "pedido", pick={"zipf": {"s": 1}})' \
		'"agg.pedidos.eventos": foreign key eventos_loja_pedido_fkey of agg.eventos does not list the children of a parent' children_per_parent
	no 'plan["targets"] = [t for t in plan["targets"] if t["table"] != "recibos"]' \
		'"agg.pedidos.recibo": agg.recibos is not in the plan: make it a target'
	no 'plan["rules"].append({"type": "foreign_key_strategy", "schema": "agg", "table": "notas", "mode": "disable"}); plan["options"]["allow_fk_disable"] = True
plan["rules"] = [r for r in plan["rules"] if not (r["table"] == "notas" and r["type"] == "relationship")]' \
		'foreign key notas_loja_pedido_fkey of agg.notas picks no parents'
}

@test "unknown names, wrong words and types are refused" {
	no 'gen("pedidos", "linhas", child="agg.linha")' 'there is no table agg.linha'
	no 'gen("pedidos", "linhas", child="agg.produtos")' 'agg.produtos has no foreign key to agg.pedidos'
	no 'gen("pedidos", "linhas", child="pedidos")' 'not its own child'
	no 'gen("pedidos", "linhas", foreign_key="linhas_produto_id_fkey")' 'agg.linhas has no such foreign key'
	no 'gen("pedidos", "nota", foreign_key=["pedido"])' 'agg.notas has no such foreign key'
	no 'gen("pedidos", "linhas", aggregate="median")' 'sum, count, min, max or avg'
	no 'del gen("pedidos", "total")["params"]["expr"]' 'parameter expr'
	no 'gen("pedidos", "total", expr="valorr")' valorr
	no 'gen("pedidos", "total", expr="n || 1")' 'derive.children'
	no 'gen("pedidos", "total", expr="qtd::float8")' 'of type double precision' 'cast it'
	no 'gen("pedidos", "ultimo", aggregate="sum", expr="peso")' '"agg.pedidos.ultimo"' 'no number'
	no 'gen("pedidos", "ultimo", expr="peso")' 'a column of type date does not take'
	no 'gen("pedidos", "total", where="qtd")' boolean
	no 'gen("pedidos", "peso", empty="many")' 'derive.children: empty'
	no 'gen("pedidos", "total", unknown=1)' 'unknown parameter unknown'
	no 'gen("pedidos", "total", foreign_key=3)' "parameter foreign_key must be a constraint's name, or an array of its columns"
	no 'gen("pedidos", "total")["when"] = "numero > 5"' 'every row of its column or none'
	no 'gen("pedidos", "pior")["transforms"] = [{"transform": "transform.null_rate", "params": {"rate": 0.5}}]' \
		'"agg.pedidos.pior": the column is an aggregate of its children'
}

@test "what a column cannot hold is refused where it is certain, warned of where it may be" {
	no 'relate("linhas", "pedido", children_per_parent=40000)
rows("linhas", 1600000); rows("extras", 1); relate("extras", "n", children_per_parent={"max": 1})' \
		'"agg.pedidos.linhas": a parent has up to 40000 children, of up to 1 each, and the column holds 32767 at most'
	no 'gen("eventos", "grau", min=2000000000, max=2100000000); gen("pedidos", "eventos", aggregate="sum", expr="grau")' \
		'"agg.pedidos.eventos": a parent has up to'
	no 'gen("pedidos", "nota", empty=None)' \
		'"agg.pedidos.nota": a parent may have no children, which makes it NULL, and the column is NOT NULL' empty
	plan p.json 40 clustered 'gen("notas", "nota", min=0, max=17000); gen("pedidos", "linhas", child="agg.notas", aggregate="sum", expr="nota")'
	new_run run p.json
	grep -q 'warning aggregate_may_overflow.*"agg.pedidos.linhas"' run.check
}

@test "what turns out too large is an error that names table, row and column" {
	no 'gen("pedidos", "linhas", aggregate="sum", expr="qtd * 20000")' \
		'error value_impossible' 'agg.pedidos.linhas: row ' 'derive.children: integer out of range'
	no 'gen("pedidos", "total", expr="1 / (qtd - 3)")' \
		'table agg.pedidos, column total: of rows of agg.linhas: the expression cannot be computed in a row' 'is refused: 1 error'
}

@test "a check that ties the aggregate has the others drawn again, never it" {
	plan p.json 300 clustered
	new_run run p.json
	make_rows run
	cp run/data/agg.pedidos.csv was
	# a discount of which many are above the total, but none of those that are kept
	plan q.json 300 clustered 'gen("pedidos", "desconto", min=0, max=9000)'
	plan-check q.json --run run
	make_rows run
	cmp <(cut -d, -f1-5,7- was) <(cut -d, -f1-5,7- run/data/agg.pedidos.csv)
	[ "$(tail -n +2 run/data/agg.pedidos.csv | awk -F, '$6 > $5' | wc -l)" = 0 ]
	# none can be: the check is named
	plan q.json 300 clustered 'gen("pedidos", "desconto", min=10000000, max=20000000)'
	run plan-check q.json --run run
	expect 1
	says '"agg.pedidos"' 'desconto <= total' 'is refused: 1 error'
}
