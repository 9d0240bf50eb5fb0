"""Lines about time: births of rows, events in the order of life, people's ages."""
import re

from catalogue import Question, count

BIRTHS = (
    r"created(_at|_on|_date|_time)?|create_(date|time)|creation_(date|time)|date_created|inserted_at|criad[oa]_em|"
    r"data_(de_)?criacao|data_(de_)?cadastro|cadastrad[oa]_em|data_inclusao|incluid[oa]_em|registered_(at|on)|signup_date|"
    r"signed_up_at|data_registro|registrad[oa]_em|data_hora_criacao",
    r"ordered_(at|on)|order_date|placed_at|data_pedido|data_venda|data_compra|feit[oa]_em|issued_(at|on)|issue_date|invoice_date|"
    r"emitid[oa]_em|data_emissao|occurred_(at|on)|ocorrid[oa]_em|opened_(at|on)|data_abertura|abert[oa]_em|data_agendamento|"
    r"data_matricula|data_ingresso|joined_(at|on)|data_acesso|logged_at|uploaded_at|posted_at|submitted_at|data_ocorrencia",
    r"payment_date|data_pagamento",
)
UPDATED = r"last_?updated|updated(_at|_on)?|modified(_at|_on)?|last_modified(_at)?|last_update(d)?|changed_at|(alterad|atualizad|modificad)[oa]_em|data_(de_)?(alteracao|atualizacao|modificacao)"
DELETED = r"(deleted|removed)(_at|_on)?|(excluid|removid|deletad|apagad)[oa]_em|data_(exclusao|remocao)"
FUTURE = (r"due|expir|schedul|trial|vencimento|venc$|previs|prazo|validade|valid|vigencia|deadline|expected|estimated|planned|next|"
          r"proxim|until|agendad|consulta$|ate$|fim|end|ends|start|starts|inicio|fechamento_previsto|limit|reminder|lembrete|release|prometid|remind|"
          r"not_before|not_after|desired|desejad|renew|renov")
PAST_SUFFIX = r"(.+_(at|em)|(last|ultim[oa])_.+|(data|date|hora)_.+|.+_(date|on))"
BORN = r"(birth|born|nasc|nascimento)(_.*)?|.*_(birth|nascimento|birthday)|(data|date)_(de_|of_)?(birth|nascimento)|birth(day|date)|dob|nascid[oa]_em"
HIRED = r"(hire|hired|hiring|admission|admissao|contratacao|employment)(_.*)?|(data|date)_(admissao|contratacao|hired|ingresso|posse)|(admitid|contratad)[oa]_em"
ADULTS = (r"user|usuario|employee|funcionari|colaborador|staff|customer|client|seller|vendedor|teacher|professor|doctor|medico|driver|"
          r"motorista|member|contact|contato|lead|author|autor|person|pessoa|agent|corretor|account|candidat|borrower")
MINORS = r"patient|paciente|student|aluno|child|filh|dependent|pet|animal|athlete"

# The order of life of what is ordered, paid, sent.
LIFE = [
    (10, r"ordered(_at|_on)?|order_date|placed_at|data_pedido|feit[oa]_em"),
    (20, r"(confirmed|approved)(_at|_on)?|(confirmad|aprovad)[oa]_em|data_(confirmacao|aprovacao)"),
    (30, r"paid(_at|_on)?|pag[oa]_em|data_pagamento|payment_date|date_paid"),
    (40, r"(packed|picked)_at|separad[oa]_em|data_separacao"),
    (50, r"shipped(_at|_on|_date)?|ship_date|dispatched_at|(enviad|despachad|postad)[oa]_em|data_(envio|despacho|postagem)"),
    (60, r"delivered(_at|_on)?|delivery_date|entregue_em|data_entrega"),
    (70, r"(returned|refunded)(_at|_on)?|return_date|(devolvid|estornad)[oa]_em|data_(devolucao|estorno)"),
]
# Words of names that differ in nothing else: period_start, period_end.
PAIRS = [tuple(p.split("/")) for p in (
    "start/end starts/ends started/ended started/finished started/completed begin/end begins/ends from/to from/until in/out since/until "
    "inicio/fim inicio/termino iniciado/concluido iniciada/concluida iniciado/terminado de/ate abertura/fechamento abertura/encerramento "
    "abertura/resolucao opened/closed open/close admissao/demissao admissao/desligamento admissao/saida hire/termination hired/terminated "
    "hire/end emissao/vencimento emissao/cancelamento issued/due issue/due issued/voided invoice/due order/due invited/accepted "
    "convidado/aceito entrada/saida partida/chegada departure/arrival emitida/cancelada emitido/cancelado emitida/vencimento sent/read "
    "sent/opened sent/clicked received/read ingresso/conclusao ingresso/saida rental/return loan/return order/required").split()]


def birth(table):
    """The column that says when a row came to be."""
    for pattern in BIRTHS:
        found = [c for c in table.columns if c.moment and re.fullmatch(pattern, c.n)]
        if found:
            return sorted(found, key=lambda c: not c.notnull)[0]
    return None


def is_future(c):
    return re.search(rf"(^|_)({FUTURE})", c.n) is not None and not re.match(r"(started|ended|iniciad[oa]|terminad[oa])_", c.n)


def is_past(c):
    """Whether the moment is one of something that has happened to the row."""
    return (c.moment and not re.fullmatch(BORN, c.n) and not is_future(c) and re.fullmatch(PAST_SUFFIX, c.n) is not None)


def before(a, b, x="", y=""):
    """SQL: moment a is before moment b, by the day where one of them is a date."""
    cast = "::date" if "date" in (a.kind, b.kind) else ""
    return f"{x}{a.q}{cast} < {y}{b.q}{cast}"


def pairs_of(table):
    """Pairs of moments whose names differ in one word, that of the beginning and that of the end."""
    for a in table.columns:
        words = a.n.split("_")
        for i, w in enumerate(words):
            for last in [y for x, y in PAIRS if x == w]:
                for name in ("_".join(words[:i] + [last] + words[i + 1:]), last, f"{last}_date", f"data_{last}"):
                    b = next((b for b in table.columns if b.n == name), None)
                    if b and b is not a and a.moment and b.moment:
                        yield a, b


def questions(db, as_of):
    for t in db.tables:
        if not t.rows:
            continue
        born = birth(t)
        yield from children(db, t, born)
        yield from within(t, born)
        yield from against_today(t, as_of)
        yield from people(t, as_of)


def children(db, t, born):
    for fk in t.fks:
        p = db.parent(fk)
        theirs = p and birth(p)
        if born and theirs:
            yield Question("born before its parent", f"{born.path} < {p.name}.{theirs.name}", count(
                db.joined(t, fk), before(born, theirs, "c.", "p."), f"c.{born.q} IS NOT NULL AND p.{theirs.q} IS NOT NULL"))


def within(t, born):
    updated = t.find(UPDATED, kinds=("date", "timestamp"))
    deleted = t.find(DELETED, kinds=("date", "timestamp"))
    both = lambda a, b: f"{a.q} IS NOT NULL AND {b.q} IS NOT NULL"
    if born and updated:
        yield Question("updated before created", updated.path, count(t.q, before(updated, born), both(updated, born)))
    if born and deleted:
        yield Question("deleted before created", deleted.path, count(t.q, before(deleted, born), both(deleted, born)))
    for c in t.columns:
        if not is_past(c) or c in (born, updated, deleted) or re.fullmatch(HIRED, c.n) or re.search(r"invit|convid|demiss|deslig|obito", c.n):
            continue
        if born and not re.fullmatch("|".join(BIRTHS[1:]), c.n):
            yield Question("event before its row", f"{c.path} < {born.name}", count(t.q, before(c, born), both(c, born)))
        if updated and not re.match(r"(last|ultim)", c.n):
            yield Question("updated before an event", f"{updated.path} < {c.name}", count(t.q, before(updated, c), both(updated, c)))
    stages = [(n, c) for n, p in LIFE for c in t.columns if c.moment and re.fullmatch(p, c.n) and not is_future(c)]
    for i, (n, a) in enumerate(stages):
        for m, b in stages[i + 1:]:
            if m > n:
                line = "delivered before shipped" if (n, m) == (50, 60) else "events out of order"
                yield Question(line, f"{b.path} < {a.name}", count(t.q, before(b, a), both(a, b)))
    for a, b in {(a.name, b.name): (a, b) for a, b in pairs_of(t)}.values():
        if not any(a is x and b is y for _, x in stages for _, y in stages):
            yield Question("ended before started", f"{b.path} < {a.name}", count(t.q, before(b, a), both(a, b)))


def against_today(t, as_of):
    for c in t.columns:
        if not c.moment:
            continue
        if is_past(c) or re.fullmatch(BORN, c.n):
            yield Question("after today", c.path, count(t.q, f"{c.q} >= date '{as_of}' + 1", f"{c.q} IS NOT NULL"))
        if t.rows >= 50 and c.kind == "timestamp":
            yield Question("one moment in many rows", c.path,
                           f"SELECT 1, (count(*) >= 50 AND max(n) > 0.05 * sum(n))::int FROM (SELECT count(*) AS n FROM {t.q}"
                           f" WHERE {c.q} IS NOT NULL GROUP BY {c.q}) g")


def people(t, as_of):
    born = next((c for c in t.columns if c.moment and re.fullmatch(BORN, c.n)), None)
    if not born:
        return
    known = f"{born.q} IS NOT NULL"
    if re.search(ADULTS, t.n) and not re.search(MINORS, t.n):
        yield Question("babies at work", born.path, count(t.q, f"{born.q} > date '{as_of}' - interval '18 years'", known))
    yield Question("older than 105", born.path, count(t.q, f"{born.q} < date '{as_of}' - interval '105 years'", known))
    hired = next((c for c in t.columns if c.moment and re.fullmatch(HIRED, c.n)), None)
    if hired:
        years = 3 if re.search(MINORS, t.n) else 16
        yield Question("hired as a child", hired.path, count(t.q, f"{hired.q} < {born.q} + interval '{years} years'", f"{known} AND {hired.q} IS NOT NULL"))
    row = birth(t)
    if row and row is not hired:
        yield Question("person younger than the row", born.path, count(t.q, f"{row.q}::date < {born.q}::date", f"{known} AND {row.q} IS NOT NULL"))
