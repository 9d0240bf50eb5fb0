"""Lines about numbers: totals and their lines, prices and their products, ranges that names promise."""
import re

from catalogue import Question, count, q, singular

QUANTITY = r"(item_|order_)?(quantity|quantidade|quantidade_item|quantidade_itens)|quantity_ordered"
PRICE = r"unit_price|price|price_each|preco|preco_unitario|valor_unitario|unitario_price|unitario_price_amount|preco_venda|valor_unit"
LIST_PRICE = r"price|unit_price|unitario_price|list_price|sale_price|preco|preco_unitario|preco_venda|preco_base|valor_unitario|monthly_price|valor_procedimento|valor_mensalidade"
AMOUNT = r"line_total|total_price|amount|total|subtotal|valor_total|total_item|valor_item|total_linha|preco_total|total_amount|extended_price"
SUBTOTAL = r"subtotal|sub_total|valor_itens|valor_produtos|valor_bruto|gross(_amount)?|items_total|total_itens|valor_subtotal|net_amount|valor_liquido_itens"
TOTAL = r"total|valor_total|total_amount|amount_total|grand_total|total_price|total_value|valor_nota|invoice_total|order_total"
DISCOUNT = r"discount|valor_desconto|discount_amount|desconto|total_desconto|discount_total"
DISCOUNT_PERCENT = r"(discount_percent(age)?|percentual_desconto|desconto_percentual|discount_rate|discount_pct|percent_discount|perc_desconto)"
FREIGHT = r"freight|shipping(_cost|_fee|_amount)?|frete|valor_frete"
TAX = r"tax|tax_amount|tax_total|imposto|valor_imposto|impostos|valor_icms|vat|vat_amount"
RATE = r"tax_rate|aliquota(_icms)?|aliquota_imposto|vat_rate|tax_percent"
BASE = r"base_calculo|tax_base|taxable_amount|subtotal|sub_total|net_amount"
LINE_TABLE = r"item|itens|line|linha|detail|detalhe|position"

# name, from, to: what lies outside is wrong.  The first that fits counts.
RANGES = [
    (r".*(stock|estoque|saldo|on_hand|available|inventory|capacidade|capacity|minim|maxim).*", None, 1_000_000),
    (QUANTITY, 0, 1000), (r"(qty|quantidade|quantity)_(item|pedid|order|sold|vendid).*", 0, 1000),
    (r"(quantidade_)?(parcelas|installments)|numero_parcelas", 1, 60),
    (r".*(percent|percentual|percentage)(_.*)?|progress|progresso", -100, 100),
    (r"age|idade", 0, 120), (r"rating|stars|estrelas|nota|score_stars", 0, 10),
    (r"(.*_)?(year|ano)", 1900, "year + 6"), (r"(.*_)?lat(itude)?", -90, 90), (r"(.*_)?(lng|lon|longitude)", -180, 180),
    (r"priority|prioridade", 0, 10), (r".*status_code|http_status", 100, 599), (r"port|porta", 1, 65535),
    (r"(valor_)?altura|height_m|altura_m", 0.3, 2.5), (r"(.*_)?(height|width|altura|largura)_cm", 0.1, 1000),
    (r"(valor_|.*_)?(peso|weight)(_kg)?", 0.001, 1500), (r"valor_temperatura|temperatur[ae].*", -60, 120),
    (r".*pressao.*|.*blood_pressure.*", 40, 260), (r".*(minutes|minutos|minuto|_min_duracao|_min)", 0, 1440),
    (r"(estimated|spent|worked|logged)_hours|horas(_.*)?|carga_horaria|quantidade_carga_horaria", 0, 1000),
    (r"(numero_)?(andar|floor)", -5, 200), (r"quantidade_vagas|seats|vagas", 1, 1000), (r"story_points", 0, 100),
    (r"(.*_)?(prazo.*dias|.*_days|dias_.*)", 0, 730), (r"employee_count|numero_funcionarios|employees", 1, 500_000),
    (r"(position|posicao|ordem|sort_order|display_order|ordering)", 0, "rows"), (r".*(likes|comments|replies|views|retry|attempts|failure)s?_count", 0, 1_000_000),
    (r"aliquota.*|.*tax_rate|.*interest_rate|juros.*", 0, 100),
    (r"salary|salario|renda_mensal|annual_salary", 500, 1_000_000),
]
NEVER_BELOW = rf"{QUANTITY}|{PRICE}|{LIST_PRICE}|{AMOUNT}|{SUBTOTAL}|{TOTAL}|{DISCOUNT}|{FREIGHT}|{TAX}|custo|cost|amount_paid|valor"


def numeric(t, pattern, *others):
    c = t.find(pattern, *others, kinds=("int", "decimal", "float"))
    return c


def questions(db, as_of):
    for t in db.tables:
        if t.rows:
            yield from lines(t)
            yield from equations(t)
            yield from totals(db, t)
            yield from copies(db, t)
            yield from ranges(t, as_of)


def off(a, b, tolerance="0.011"):
    """SQL: they differ by more than a cent, but for what a type that has fewer digits rounds."""
    return f"abs(({a})::numeric - ({b})::numeric) > {tolerance}"


def zero(c, prefix=""):
    return f"coalesce({prefix}{c.q}, 0)" if c else "0"


def line_amount(t, prefix=""):
    """SQL: what a line of it costs; (column of the amount or None, expression or None)."""
    amount, quantity, price = numeric(t, AMOUNT), numeric(t, QUANTITY), numeric(t, PRICE)
    net = None
    if quantity and price and amount is not price:
        net = f"{prefix}{quantity.q} * {prefix}{price.q}"
        percent, discount = numeric(t, DISCOUNT_PERCENT), numeric(t, DISCOUNT)
        if percent:
            net = f"round({net} * (1 - {zero(percent, prefix)}::numeric / 100), 2)"
        elif discount:
            # a discount of at most 1 in every row is a share of the price
            net = (f"({net}) * (1 - {zero(discount, prefix)}::numeric)" if discount.type in ("real", "numeric(3,2)", "numeric(4,3)") else
                   f"({net}) - {zero(discount, prefix)}")
    return amount, net


def is_line(t):
    return re.search(LINE_TABLE, t.n) and (numeric(t, QUANTITY) or numeric(t, AMOUNT)) is not None


def lines(t):
    amount, net = line_amount(t)
    if amount and net and (is_line(t) or len(t.fks) > 1):
        yield Question("line total is not quantity times price", amount.path, count(t.q, off(amount.q, net), f"{amount.q} IS NOT NULL"))


def equations(t):
    total, subtotal, discount = numeric(t, TOTAL), numeric(t, SUBTOTAL), numeric(t, DISCOUNT)
    if total and subtotal and not is_line(t):
        freight, tax = numeric(t, FREIGHT), numeric(t, TAX)
        sum_ = f"{subtotal.q} - {zero(discount)} + {zero(freight)} + {zero(tax)}"
        yield Question("total is not the sum of its parts", total.path, count(t.q, off(total.q, sum_), f"{total.q} IS NOT NULL AND {subtotal.q} IS NOT NULL"))
    if discount and (subtotal or numeric(t, PRICE)):
        of = subtotal.q if subtotal else f"{numeric(t, PRICE).q} * {zero(numeric(t, QUANTITY)) if numeric(t, QUANTITY) else 1}"
        yield Question("discount above the price", discount.path, count(t.q, f"{discount.q} > {of}", f"{discount.q} IS NOT NULL"))
    rate, tax, base = numeric(t, RATE), numeric(t, TAX), numeric(t, BASE)
    if rate and tax and base:
        share = f"(CASE WHEN {rate.q} <= 1 THEN {rate.q} ELSE {rate.q} / 100.0 END)"
        yield Question("tax is not a rate of its base", tax.path, count(
            t.q, f"{off(tax.q, f'{base.q} * {rate.q} / 100.0')} AND {off(tax.q, f'{base.q} * {share}')}",
            f"{tax.q} IS NOT NULL AND {rate.q} IS NOT NULL AND {base.q} IS NOT NULL"))
    cost, price = numeric(t, r"custo|cost|cost_price|preco_custo|unit_cost"), numeric(t, r"preco|price|sale_price|preco_venda|unit_price|unitario_price")
    if cost and price:
        yield Question("costs more than its price", cost.path, count(t.q, f"{cost.q} > {price.q}", f"{cost.q} IS NOT NULL"))


def totals(db, t):
    """Of a table's parents whose lines it is: their totals against the sums."""
    amount, net = line_amount(t, "c.")
    if not (is_line(t) and (amount or net)):
        return
    for fk in t.fks:
        p = db.parent(fk)
        if not p or not any(singular(w) in t.n for w in p.n.split("_") if len(w) > 3) and fk["columns"][0] not in t.pk:
            continue
        column = numeric(p, SUBTOTAL, TOTAL)
        if not column or p is t or numeric(p, LIST_PRICE) is column:
            continue
        value = f"c.{amount.q}" if amount else net
        on = " AND ".join(f"c.{q(a)} = p.{q(b)}" for a, b in zip(fk["columns"], fk["refs"]))
        yield Question("total is not the sum of its lines", column.path, count(
            f"(SELECT p.{column.q} AS have, (SELECT coalesce(sum({value}), 0) FROM {t.q} c WHERE {on}) AS want FROM {p.q} p) x",
            off("have", "want", "0.05"), "have IS NOT NULL"))


def copies(db, t):
    """Prices that are the product's, amounts of what is one to one with an order, payments."""
    price = numeric(t, PRICE)
    mine = numeric(t, TOTAL, AMOUNT, r"valor")
    for fk in t.fks:
        p = db.parent(fk)
        if not p or p is t:
            continue
        theirs = numeric(p, LIST_PRICE)
        if price and theirs and not numeric(p, TOTAL) and not re.search(r"list|lista|tabela|tier|histor", t.n):
            yield Question("price is not the product's", f"{price.path} | {p.name}.{theirs.name}", count(
                db.joined(t, fk), off(f"c.{price.q}", f"p.{theirs.q}"), f"c.{price.q} IS NOT NULL AND p.{theirs.q} IS NOT NULL"))
        total = numeric(p, TOTAL)
        if not (total and mine) or is_line(t):
            continue
        if t.unique_over(fk["columns"]) and numeric(t, TOTAL):
            yield Question("total is not that of its order", f"{mine.path} | {p.name}.{total.name}", count(
                db.joined(t, fk), off(f"c.{mine.q}", f"p.{total.q}"), f"c.{mine.q} IS NOT NULL"))
        elif re.search(r"pay|pagamento|parcela|installment", t.n):
            yield Question("pays more than is owed", f"{mine.path} | {p.name}.{total.name}", count(
                db.joined(t, fk), f"c.{mine.q} > p.{total.q} + 0.01", f"c.{mine.q} IS NOT NULL"))


def ranges(t, as_of):
    for c in t.columns:
        if not c.number or c.keyed:
            continue
        for pattern, low, high in RANGES:
            # the quantity of a stock is that of a warehouse
            if re.fullmatch(pattern, c.n) and not (pattern is QUANTITY and re.search(r"stock|estoque|saldo|inventor", t.n)):
                if high == "year + 6":
                    high = int(as_of[:4]) + 6
                elif high == "rows":
                    high = max(t.rows, 100)
                outside = f"{c.q} > {high}" + (f" OR {c.q} < {low}" if low is not None else "")
                yield Question("number out of what its name says", c.path, count(t.q, outside, f"{c.q} IS NOT NULL"))
                break
        if re.fullmatch(NEVER_BELOW, c.n):
            yield Question("amount below zero", c.path, count(t.q, f"{c.q} < 0", f"{c.q} IS NOT NULL"))
