"""Lines about states: what a status says against the moments and reasons beside it, flags, roles, deletions."""
import re

from catalogue import Question, count, fold, lit
from moments import DELETED, is_future

STATUS = r"(status|situacao|state|estado|etapa|stage)(_.*)?|.*_(status|situacao)"

# What a moment or a reason speaks of, by its name.
KINDS = {
    "paid": r"paid(_at|_on)?|pag[oa]_em|data_pagamento|payment_date|date_paid|quitad[oa]_em",
    "shipped": r"shipped(_at|_on|_date)?|ship_date|dispatched_at|(enviad|despachad|postad)[oa]_em|data_(envio|despacho|postagem)",
    "delivered": r"delivered(_at|_on)?|delivery_date|entregue_em|data_entrega",
    "cancelled": r"cancell?ed(_at|_on)?|cancell?ation_date|cancelad[oa]_em|data_cancelamento|voided(_at|_on)?|anulad[oa]_em",
    "reason": r"cancell?(ed|ation)?_reason|(motivo|descricao_motivo)_(do_|de_)?cancelamento",
    "refunded": r"refunded(_at|_on)?|(estornad|devolvid|reembolsad)[oa]_em|data_(estorno|devolucao|reembolso)",
    "completed": r"(completed|finished|done|resolved)(_at|_on)?|(concluid|finalizad|resolvid)[oa]_em|data_(conclusao|finalizacao|resolucao)",
    "started": r"started(_at|_on)?|iniciad[oa]_em",
    "archived": r"archived(_at|_on)?|arquivad[oa]_em",
    "approved": r"approved(_at|_on)?|aprovad[oa]_em|data_aprovacao",
    "failed": r"fail(ure|ed)?_(reason|at|message)|error_message|motivo_(recusa|falha)",
    "read": r"read_at|lid[oa]_em|data_leitura",
    "lost": r"lost_reason|loss_reason|motivo_perda",
}

# What a label says of them: + it has happened, - it has not.  What is not named is not asked.
LABELS = {
    "draft rascunho cart carrinho": "-paid -shipped -delivered -cancelled -reason -refunded -completed -archived -approved -lost",
    "pending pendente open aberta aberto new novo nova awaiting_payment aguardando_pagamento aguardando unpaid created criado criada "
    "overdue vencida vencido atrasada atrasado em_aberto": "-paid -shipped -delivered -cancelled -reason -refunded -completed -archived -lost",
    "paid pago paga": "+paid -shipped -delivered -cancelled -reason -refunded",
    "em_separacao separacao packing packed processing processando": "-shipped -delivered -cancelled -reason",
    "shipped enviado enviada despachado despachada in_transit em_transito": "+shipped -delivered -cancelled -reason",
    "delivered entregue": "+shipped +delivered -cancelled -reason",
    "cancelled canceled cancelado cancelada void voided anulado anulada": "+cancelled +reason -delivered -completed",
    "refunded estornado estornada reembolsado reembolsada": "+refunded",
    "failed recusado recusada rejected falhou declined": "-paid -refunded +failed",
    "todo backlog to_do a_fazer planned planejado agendada agendado scheduled": "-started -completed -cancelled -reason -archived",
    "in_progress em_andamento doing in_review em_revisao": "-completed -cancelled -reason",
    "done completed concluida concluido finalizada finalizado realizada realizado resolved resolvido resolvida": "+completed -cancelled -reason",
    "archived arquivado arquivada": "+archived",
    "active ativo ativa trialing trial": "-cancelled -reason -archived",
    "aprovado aprovada approved succeeded confirmed confirmado confirmada settled": "-cancelled -reason -failed -refunded",
    "ganha ganho won": "-lost", "perdida perdido lost": "+lost",
}
# Labels that say it of some tables only: an approved payment has been paid, an approved request has not.
OF_PAYMENTS = {"aprovado aprovada approved succeeded confirmed confirmado confirmada settled completed captured": "+paid",
               "refunded estornado estornada": "+paid", "pending pendente": "-paid -failed", "succeeded aprovado confirmado": "-failed"}
OF_ORDERS = {"shipped enviado enviada despachado despachada delivered entregue em_separacao separacao packed": "+paid"}

ADMINS = r"(is_|e_|eh_|flag_)?(admin|administrator|administrador|superuser|super_admin|staff|root|owner|superusuario)"
RARE = r"(is_|flag_)?(admin|administrator|administrador|superuser|staff|super_admin|deleted|excluid[oa]|removid[oa]|banned|blocked|bloquead[oa]|suspended|locked|spam|test|fraud.*|archived)"


def says(table, label):
    """{kind: whether it has happened} of a label in that table."""
    word = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")
    out = {}
    tables = [LABELS]
    if re.search(r"pay|pagamento|transac", table.n):
        tables.append(OF_PAYMENTS)
    if re.search(r"order|pedido|venda|sale|encomenda|compra", table.n):
        tables.append(OF_ORDERS)
    for t in tables:
        for labels, kinds in t.items():
            if word in labels.split():
                out.update({k[1:]: k[0] == "+" for k in kinds.split()})
    return out


LINES = {"paid": ("unpaid with paid_at", "paid without paid_at"), "cancelled": ("not cancelled with its date", "cancelled without its date"),
         "reason": ("not cancelled with a reason", "cancelled without a reason"),
         "shipped": ("shipped against its status", "shipped against its status"),
         "delivered": ("delivered against its status", "delivered against its status")}


def questions(db, as_of):
    for t in db.tables:
        if not t.rows:
            continue
        status = t.find(STATUS, kinds=("choice", "text"))
        if status:
            labels = db.json(f"SELECT to_json(v) FROM (SELECT DISTINCT {status.q}::text AS v FROM {t.q} WHERE {status.q} IS NOT NULL LIMIT 40) x;")
            yield from against(t, status, labels)
        yield from means(t)
        yield from flags(db, t)


def against(t, status, labels):
    for kind, pattern in KINDS.items():
        column = next((c for c in t.columns if re.fullmatch(pattern, c.n) and c is not status and not is_future(c)), None)
        # a start or an end that is a date is a plan, not something that has happened
        if not column or column.notnull or (kind in ("started", "completed") and column.kind == "date"):
            continue
        never = [x for x in labels if says(t, x).get(kind) is False]
        surely = [x for x in labels if says(t, x).get(kind) is True]
        with_it, without = LINES.get(kind, ("event against its status", "event against its status"))
        for some, null, line in ((never, "IS NOT NULL", with_it), (surely, "IS NULL", without)):
            if some:
                there = f"{status.q}::text IN ({', '.join(lit(x) for x in some)})"
                yield Question(line, f"{column.path} | {status.name}", count(t.q, f"{column.q} {null}", there))


def means(t):
    """What belongs to one way of paying, against the way."""
    way = t.find(r"(payment_)?method|forma(_pagamento)?|meio(_pagamento)?|payment_type|tipo_pagamento", kinds=("choice", "text"))
    for words, names in ((r"card|cart|credit|debit|visa", r"card_brand|card_last4|bandeira|ultimos_digitos|nsu"), (r"pix", r"chave_pix"),
                         (r"boleto|slip", r"linha_digitavel|codigo_barras_boleto")):
        for c in t.columns if way else []:
            if re.fullmatch(names, c.n) and not c.notnull:
                yield Question("details of another way to pay", f"{c.path} | {way.name}", count(t.q, f"{way.q}::text !~* '{words}'", f"{c.q} IS NOT NULL"))


def flags(db, t):
    for c in t.columns:
        if c.kind == "bool" and re.fullmatch(RARE, c.n):
            line = "half of them administrators" if re.fullmatch(ADMINS, c.n) else "rare flags that are common"
            yield Question(line, c.path, f"SELECT 1, (avg({c.q}::int) > 0.25)::int FROM {t.q}")
        if re.fullmatch(r"(role|papel|perfil|member_role|user_role|tipo_usuario)", c.n) and c.kind in ("choice", "text"):
            yield Question("half of them administrators", c.path, f"SELECT 1, (coalesce(avg(({c.q}::text ~* '^(super.?)?(admin|owner|root|propriet)')::int), 0) > 0.25)::int FROM {t.q}")
        if c.moment and re.fullmatch(DELETED, c.n):
            yield Question("mostly deleted", c.path, f"SELECT 1, (avg(({c.q} IS NOT NULL)::int) > 0.2)::int FROM {t.q}")
        if re.fullmatch(r"(is_|flag_)?(active|ativ[oa]|enabled|habilitad[oa])", c.n):
            yield Question("fewer than half active", c.path, f"SELECT 1, (avg(({c.q}::text IN ('t', 'true', 'S', 'Y', '1'))::int) < 0.5)::int FROM {t.q}")
