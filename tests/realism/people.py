"""Lines about what stands in one row together: names, e-mail addresses, user names, sexes, cities and states, slugs."""
import csv
import glob
import os
import re

from catalogue import Question, fold
from text import ROOT

PERSONS = (r"user|usuario|employee|funcionari|colaborador|staff|customer|client|seller|vendedor|teacher|professor|doctor|medico|driver|motorista|"
           r"member|contact|contato|lead|author|autor|person|pessoa|patient|paciente|student|aluno|agent|candidat|subscriber|profile|perfil|actor")
FIRST = r"first_name|firstname|given_name|fname|primeiro_nome|nome_proprio"
LAST = r"last_name|lastname|surname|family_name|lname|sobrenome|ultimo_nome"
FULL = r"full_name|nome_completo|display_name|name|nome|nome_(paciente|aluno|medico|cliente|usuario|funcionario|pessoa|contato)|(customer|contact|employee|person)_name"
EMAIL = r"e_?mail|email_address|descricao_email|endereco_email|e_mail"
CITY = r"(.*_)?(city|cidade|municipio)|nome_cidade"
STATE = r"(.*_)?(uf|state|state_code|estado|province|sigla_uf)"
LOCALES = sorted(os.path.basename(os.path.dirname(p)) for p in glob.glob(f"{ROOT}/common/data/*/fact.tsv"))


def rows(*names):
    for locale in LOCALES:
        for name in names:
            path = os.path.join(ROOT, "common", "data", locale, name)
            with open(path, encoding="utf-8") as f:
                text = [line for line in f if not line.startswith("# ")]
            if name.endswith(".tsv"):
                yield from csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
            else:
                yield from ({"name": line.split("\t")[0].strip()} for line in text)


def lists():
    given, sexes = {}, {}
    for r in rows("given.tsv"):
        given[fold(r["name"])] = True
        sexes.setdefault(fold(r["name"]), set()).add(r["sex"])
    family = {fold(r["name"]) for r in rows("family.txt")}
    states = {}
    for r in rows("state.tsv"):
        for k in (r["abbr"], r["name"]):
            states.setdefault(fold(k), set()).add(r["abbr"])
    places, codes = {}, {}
    for r in rows("place.tsv"):
        places.setdefault(fold(r["city"]), set()).add(r["state"])
        codes.setdefault(fold(r["city"]), []).append((int(r["postal_from"]), int(r["postal_to"])))
    return given, sexes, family, states, places, codes


def together(db, t, *columns):
    some = ", ".join(f"{c.q}::text" for c in columns)
    known = " AND ".join(f"{c.q} IS NOT NULL" for c in columns)
    return db.json(f"SELECT json_build_array({some}) FROM {t.q} WHERE {known} LIMIT 5000;")


def tally(line, of, answers):
    """A Question that is answered: None is not asked, True a violation."""
    asked = [a for a in answers if a is not None]
    return Question(line, of, asked=len(asked), bad=sum(asked))


def of_name(names, text):
    """Whether a part of the name stands in the text: its beginning for initials, anadias for Ana Dias; a company's in the domain."""
    text = re.sub(r"[^a-z0-9]", "", fold(re.sub(r"[.]example([.]\w+)?$|[.]\w{2,3}$|@example[.]\w+$|@(gmail|yahoo|hotmail|outlook)[.].*", "", text)))
    parts = [w for n in names for w in re.split(r"[^a-z]+", fold(n)) if len(w) > 1]
    return any(w in text for w in parts if len(w) > 2) or any(w[:3] in text for w in parts)


def questions(db, as_of):
    given, sexes, family, states, places, codes = lists()
    for t in db.tables:
        if not t.rows:
            continue
        first, last, full = (t.find(p, kinds=("text",)) for p in (FIRST, LAST, FULL))
        if not first and last and full and full.n in ("nome", "name"):
            first, full = full, None  # nome beside sobrenome
        if full and not re.search(PERSONS, t.n) and full.n in ("name", "nome", "display_name"):
            full = None
        email, user = t.find(EMAIL, kinds=("text",)), t.find(r"username|user_name|login|nome_usuario", kinds=("text",))
        names = [c for c in (first, last, full) if c]
        if names and email:
            yield tally("name and e-mail disagree", email.path, [not of_name(r[:-1], r[-1]) for r in together(db, t, *names, email)])
        if names and user and user not in names:
            yield tally("name and user name disagree", user.path, [not of_name(r[:-1], r[-1]) for r in together(db, t, *names, user)])
        if first and last and full:
            yield tally("first, last and full name disagree", full.path, [
                not (fold(a).split()[0] in fold(c) and fold(b).split()[-1] in fold(c)) for a, b, c in together(db, t, first, last, full) if a.strip() and b.strip()])
        if first:
            yield tally("first name with a family name", first.path, [
                len(a.split()) > 1 and fold(a).split()[-1] in family and fold(a).split()[-1] not in given for (a,) in together(db, t, first)])
        if last:
            yield tally("last name with a first name", last.path, [
                len(a.split()) > 1 and fold(a).split()[0] in given and fold(a).split()[0] not in family for (a,) in together(db, t, last)])
        yield from sex(db, t, first or full, sexes)
        yield from place(db, t, states, places)
        yield from postal(db, t, codes)
        yield from slug(db, t)


def sex(db, t, name, sexes):
    column = t.find(r"sexo|sex|genero|gender|tipo_sexo")
    if not name or not column:
        return
    answers = []
    for n, s in together(db, t, name, column):
        known, s = sexes.get(fold(n).split()[0] if n.strip() else ""), s.strip().upper()[:1]
        answers.append(None if not known or len(known) != 1 or s not in "MF" or not s else s not in known)
    yield tally("first name and sex disagree", column.path, answers)


def place(db, t, states, places):
    for city in t.columns:
        if city.kind != "text" or not re.fullmatch(CITY, city.n):
            continue
        start = re.sub(r"(city|cidade|municipio)$", "", city.n)
        state = next((c for c in t.columns if c.kind in ("text", "choice") and re.fullmatch(STATE, c.n) and
                      (c.n.startswith(start) or start == "nome_") and not c.n.endswith("_crm")), None)
        if not state:
            continue
        answers = []
        for a, b in together(db, t, city, state):
            at, s = places.get(fold(a.strip())), states.get(fold(b.strip()))
            answers.append(None if at is None else s is None or not s & at)
        yield tally("city is not in its state", city.path, answers)


def postal(db, t, codes):
    city, code = t.find(CITY, kinds=("text",)), t.find(r"(numero_)?(cep|zip|zip_code|zipcode|postal_code|postcode)", kinds=("text",))
    if city and code:
        answers = []
        for a, b in together(db, t, city, code):
            known, digits = codes.get(fold(a.strip())), re.sub(r"\D", "", b)
            answers.append(None if not known or len(digits) not in (5, 8) else not any(x <= int(digits) <= y for x, y in known))
        yield tally("postal code is not its city's", code.path, answers)


def slug(db, t):
    column, name = t.find(r"slug", kinds=("text",)), t.find(r"name|nome|title|titulo", kinds=("text",))
    if column and name:
        answers = []
        for n, s in together(db, t, name, column):
            # hyphens aside: Men's may have one or not
            want, have = re.sub(r"[^a-z0-9]", "", fold(n)), re.sub(r"[^a-z0-9]|\d*$", "", s)
            answers.append(not (want.startswith(have) or have.startswith(want[:10])))
        yield tally("slug is not its name's", column.path, answers)
