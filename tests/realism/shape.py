"""Lines about how tables hang together: fan-out, pairs of type and id, tenants, counters, files."""
import re

from catalogue import Question, count, q, singular


def questions(db, as_of):
    for t in db.tables:
        if t.rows:
            yield from fan_out(db, t)
            yield from diamonds(db, t)
            yield from polymorphic(db, t)
            yield from counters(db, t)
            yield from files(t)


def fan_out(db, t):
    for fk in t.fks:
        p = db.parent(fk)
        if not p or p is t or t.unique_over(fk["columns"]) or p.rows < 10 or t.rows < 1.5 * p.rows:
            continue
        cols = ", ".join(q(c) for c in fk["columns"])
        known = " AND ".join(f"{q(c)} IS NOT NULL" for c in fk["columns"])
        of = f"{t.path}.{','.join(fk['columns'])}"
        groups = f"(SELECT count(*) AS n FROM {t.q} WHERE {known} GROUP BY {cols}) g"
        yield Question("the same number of children each", of, f"SELECT 1, (count(*) >= 10 AND max(n) - min(n) <= 1 AND avg(n) >= 1.5)::int FROM {groups}")
        yield Question("one parent has most children", of, f"SELECT 1, (count(*) > 1 AND max(n) > 0.5 * sum(n))::int FROM {groups}")
    pairs = [fk for fk in t.fks if len(fk["columns"]) == 1]
    if len(t.pk) == 2 and len({fk["columns"][0] for fk in pairs} & set(t.pk)) == 2:
        parents = [db.parent(fk) for fk in pairs if fk["columns"][0] in t.pk][:2]
        if all(parents):
            most = parents[0].rows * parents[1].rows
            yield Question("junction of all with all", t.path, f"SELECT 1, (count(*) > 0.9 * {most} AND {most} > 25)::int FROM {t.q}")


def diamonds(db, t):
    """Two ways to one table: the invoice's organization, and that of its subscription. Who does something is often another person
    for each row, so tables of persons who work are left out."""
    single = [fk for fk in t.fks if len(fk["columns"]) == 1]
    for a in single:
        for b in single:
            p = db.parent(b)
            if a is b or not p or p is t or re.search(r"user|usuario|employee|funcionari|colaborador|staff|agent|vendedor|seller", a["table"]):
                continue
            for c in p.fks:
                if (c["schema"], c["table"], len(c["columns"])) != (a["schema"], a["table"], 1) or c["columns"][0] != a["columns"][0]:
                    continue
                yield Question("two ways to one table disagree", f"{t.path}.{a['columns'][0]} | {b['columns'][0]}", count(
                    db.joined(t, b), f"c.{q(a['columns'][0])} <> p.{q(c['columns'][0])}",
                    f"c.{q(a['columns'][0])} IS NOT NULL AND p.{q(c['columns'][0])} IS NOT NULL"))


def polymorphic(db, t):
    for c in t.columns:
        m = re.fullmatch(r"(.+)_type", c.n)
        other = m and next((x for x in t.columns if x.n == f"{m[1]}_id"), None)
        if not other or c.kind not in ("text", "choice"):
            continue
        for p in db.tables:
            if len(p.pk) != 1:
                continue
            name = "".join(singular(w) for w in p.n.split("_"))
            yield Question("type and id point to no row", f"{other.path} | {p.name}", count(
                f"{t.q} c", f"NOT EXISTS (SELECT FROM {p.q} p WHERE p.{q(p.pk[0])}::text = c.{other.q}::text)",
                f"c.{other.q} IS NOT NULL AND regexp_replace(regexp_replace(lower(c.{c.q}::text), '.*(::|[.])', ''), '[^a-z]|s$', '', 'g') = '{name}'"))


def counters(db, t):
    """comments_count: as many as there are comments of the row."""
    for c in t.columns:
        m = re.fullmatch(r"(.+?)s?_count|quantidade_(.+)s|total_(.+)s", c.n)
        if not m or c.kind != "int":
            continue
        word = next(g for g in m.groups() if g)
        for child in db.tables:
            if singular(child.n) != singular(word):
                continue
            for fk in child.fks:
                if db.parent(fk) is t and len(fk["columns"]) == 1:
                    yield Question("counter that does not count", c.path, count(
                        f"{t.q} p", f"p.{c.q} <> (SELECT count(*) FROM {child.q} c WHERE c.{q(fk['columns'][0])} = p.{q(fk['refs'][0])})", f"p.{c.q} IS NOT NULL"))
                    break
            pair = next((x for x in child.columns if re.fullmatch(r".+_type", x.n)), None)
            ident = pair and next((x for x in child.columns if x.n == re.sub("_type$", "_id", pair.n)), None)
            if ident and len(t.pk) == 1 and not any(db.parent(fk) is t for fk in child.fks):
                of = f"regexp_replace(lower(c.{pair.q}::text), '[^a-z]|s$', '', 'g') = '{singular(t.n).replace('_', '')}'"
                yield Question("counter that does not count", c.path, count(
                    f"{t.q} p", f"p.{c.q} <> (SELECT count(*) FROM {child.q} c WHERE c.{ident.q}::text = p.{q(t.pk[0])}::text AND {of})", f"p.{c.q} IS NOT NULL"))


# Extensions of files and the words that their media types have.
MEDIA = {"png": "png", "jpg": "jpeg|jpg", "jpeg": "jpeg|jpg", "gif": "gif", "pdf": "pdf", "csv": "csv", "txt": "plain", "zip": "zip", "mp4": "mp4", "mp3": "mpeg|mp3",
         "docx": "word", "doc": "word", "xlsx": "sheet", "xls": "excel", "pptx": "presentation", "json": "json", "xml": "xml", "html": "html", "svg": "svg", "webp": "webp"}


def files(t):
    name = t.find(r"filename|file_name|original_name|nome_arquivo|arquivo", kinds=("text",))
    media = t.find(r"content_type|mime(_type)?|media_type|tipo_conteudo", kinds=("text",))
    if name and media:
        known = " OR ".join(f"(lower({name.q}) LIKE '%.{x}' AND {media.q}::text !~* '{m}')" for x, m in MEDIA.items())
        yield Question("file name and media type disagree", name.path, count(t.q, f"{known} OR {name.q} NOT LIKE '%.%'", f"{name.q} IS NOT NULL AND {media.q} IS NOT NULL"))
