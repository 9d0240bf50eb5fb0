"""Lines about shapes: what a die draws and an application does not have. Flags like tosses of a coin, labels in equal shares, amounts
and children spread evenly. Asked of tables of 200 rows or more; a share of the columns may have such a shape by chance (asking.py).
"""
import re

from catalogue import Question, q
from moments import birth
from money import AMOUNT, LIST_PRICE, PRICE, TOTAL

ENOUGH = 200


def questions(db, as_of):
    for t in db.tables:
        if t.rows >= ENOUGH:
            yield from columns(t)
            yield from children(db, t)


def columns(t):
    for c in t.columns:
        if c.keyed:
            continue
        if c.kind == "bool":
            yield Question("flag like a tossed coin", c.path, f"SELECT 1, (avg({c.q}::int) BETWEEN 0.4 AND 0.6)::int FROM {t.q} HAVING count({c.q}) > 100")
        elif c.kind in ("choice", "text") and (c.kind == "choice" or re.search(r"status|situacao|estado|stage|role|papel|perfil|tipo|type|method|forma|priority", c.n)):
            yield Question("labels in equal shares", c.path, f"""SELECT (count(*) BETWEEN 3 AND 12)::int, (count(*) BETWEEN 3 AND 12 AND max(n) < 1.5 * min(n))::int
                FROM (SELECT count(*) AS n FROM {t.q} WHERE {c.q} IS NOT NULL GROUP BY {c.q}) g""")
        elif (c.number and re.fullmatch(f"{PRICE}|{LIST_PRICE}|{AMOUNT}|{TOTAL}|valor", c.n)
              and not (c.n == "valor_nota" and re.search(r"matricula|turma|aluno|prova|boletim", t.path))):  # a mark, no amount
            # of numbers spread evenly the median is in the middle, of amounts it is far below
            yield Question("amounts spread evenly", c.path, f"""SELECT (count(*) > 100 AND max(v) > 2 * min(v) + 1)::int,
                (count(*) > 100 AND max(v) > 2 * min(v) + 1 AND percentile_cont(0.5) WITHIN GROUP (ORDER BY v) - min(v) > 0.4 * (max(v) - min(v)))::int
                FROM (SELECT {c.q}::float8 AS v FROM {t.q} WHERE {c.q} > 0) x""")
    born = birth(t)
    if born:
        at = f"extract(epoch FROM {born.q})"
        yield Question("no more rows today than years ago", t.path,
                       f"SELECT 1, (avg({at}) < min({at}) + 0.52 * (max({at}) - min({at})))::int FROM {t.q} HAVING count({born.q}) > 100")


def children(db, t):
    for fk in t.fks:
        p = db.parent(fk)
        if not p or p is t or t.unique_over(fk["columns"]) or not 50 <= p.rows <= t.rows:
            continue
        on = " AND ".join(f"c.{q(a)} = p.{q(b)}" for a, b in zip(fk["columns"], fk["refs"]))
        # parents drawn at random for each child have children by Poisson's law, whose variance is its mean
        yield Question("children spread evenly", f"{t.path}.{','.join(fk['columns'])}",
                       f"SELECT 1, (var_pop(n) < 1.3 * avg(n))::int FROM (SELECT (SELECT count(*) FROM {t.q} c WHERE {on}) AS n FROM {p.q} p) g")
