"""The plan of tests/fixtures/aggregates.sql, for ORDERS rows of pedidos, on stdout.

usage: aggregates.py ORDERS [clustered|shuffled]
"""
import json
import sys

N = int(sys.argv[1])
ORDER = sys.argv[2] if len(sys.argv) > 2 else "clustered"

rules = []


def gen(table, column, generator, **params):
    rules.append({"type": "column_generator", "schema": "agg", "table": table,
                  "column": column, "generator": generator, "params": params})


def fold(table, column, child, aggregate, **params):
    gen(table, column, "derive.children", child=child, aggregate=aggregate, **params)


def relate(table, columns, **how):
    rules.append({"type": "relationship", "schema": "agg", "table": table,
                  "columns": columns, **how})


fold("produtos", "vendidos", "agg.linhas", "sum", expr="qtd")

gen("clientes", "desde", "primitive.date.range", min="2015-01-01", max="2019-12-31")
fold("clientes", "pedidos", "agg.pedidos", "count")
fold("clientes", "comprou", "pedidos", "sum", expr="total - desconto")
fold("clientes", "primeiro", "agg.pedidos", "min", expr="feito_em")
relate("pedidos", ["cliente_id"], order=ORDER,
       children_per_parent={"min": 0, "distribution": {"zipf": {"s": 1.1}}})

gen("pedidos", "loja", "primitive.int.range", min=1, max=9)
gen("pedidos", "numero", "primitive.int.sequence_hint", start=1)
gen("pedidos", "feito_em", "derive.expr", expr="cliente_id.desde + cast(uniform(0, 900) as integer)")
fold("pedidos", "total", "agg.linhas", "sum", expr="valor")
fold("pedidos", "linhas", "agg.linhas", "count")
fold("pedidos", "caras", "agg.linhas", "count", where="preco > 500 AND desconto IS NOT NULL")
fold("pedidos", "menor", "agg.linhas", "min", expr="desconto")
fold("pedidos", "maior", "agg.linhas", "max", expr="valor", where="qtd < 5")
fold("pedidos", "media", "agg.linhas", "avg", expr="preco")
fold("pedidos", "ultimo", "agg.eventos", "max", expr="dia")
fold("pedidos", "eventos", "agg.eventos", "count", empty=None)
fold("pedidos", "peso", "agg.eventos", "sum", expr="peso * grau", empty=-1)
fold("pedidos", "pior", "agg.eventos", "max", expr="grau", where="peso > 50")
fold("pedidos", "nota", "agg.notas", "sum", expr="nota", foreign_key=["pedido", "loja"])
fold("pedidos", "recibo", "agg.recibos", "max", expr="valor")
gen("pedidos", "desconto", "primitive.decimal.numeric", min=0, max=500)

relate("linhas", ["loja", "pedido"], order=ORDER,
       children_per_parent={"min": 1, "max": 9, "distribution": "uniform"})
relate("linhas", ["produto_id"], pick="round_robin")
gen("linhas", "qtd", "primitive.int.range", min=1, max=20)
gen("linhas", "preco", "derive.expr", expr="produto_id.preco")
gen("linhas", "desconto", "primitive.decimal.numeric", min=0, max=30)
rules[-1]["transforms"] = [{"transform": "transform.null_rate", "params": {"rate": 0.4}}]
fold("linhas", "extras", "agg.extras", "sum", expr="valor")

relate("extras", ["loja", "pedido", "n"], order=ORDER,
       children_per_parent={"min": 0, "max": 3, "distribution": {"weighted": [5, 3, 1, 1]}})
gen("extras", "id", "primitive.int.sequence_hint", start=1)
gen("extras", "valor", "derive.expr", expr="n * 1.25 + uniform(0, 40)")
rules[-1]["transforms"] = [{"transform": "transform.null_rate", "params": {"rate": 0.2}}]

relate("eventos", ["loja", "pedido"], order="shuffled", null_rate=0.2,
       children_per_parent={"distribution": {"zipf": {"s": 1.2}}})
gen("eventos", "id", "primitive.int.sequence_hint", start=1)
gen("eventos", "dia", "derive.expr",
    expr="coalesce(pedido.feito_em, DATE '2020-01-01') + cast(uniform(0, 30) as integer)")
gen("eventos", "peso", "primitive.int.range", min=1, max=99)
gen("eventos", "grau", "primitive.int.range", min=1, max=60)

relate("notas", ["loja", "pedido"], pick="round_robin", null_rate=0.3)
gen("notas", "id", "primitive.int.sequence_hint", start=1)
gen("notas", "nota", "primitive.int.range", min=0, max=10)

gen("recibos", "valor", "derive.expr",
    expr="extract(day FROM pedido.cliente_id.desde) + round(uniform(0, 9000), 2)")

gen("pagamentos", "id", "primitive.int.sequence_hint", start=1)
gen("pagamentos", "valor", "derive.expr", expr="pedido.total / 2")

rows = {"produtos": 50, "clientes": max(N // 4, 1), "pedidos": N, "linhas": 4 * N,
        "extras": 3 * N, "eventos": 3 * N, "notas": 2 * N, "recibos": max(N // 2, 1),
        "pagamentos": N}
json.dump({
    "plan_version": "0.3", "seed": 20261126,
    "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
    "global": {"locale": "pt_BR", "as_of": "2026-11-26"},
    "targets": [{"schema": "agg", "table": t, "rows": n} for t, n in rows.items()],
    "rules": rules, "options": {"strict": True},
}, sys.stdout, indent=1)
