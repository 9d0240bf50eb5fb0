"""Fills databases, asks all questions of one, and prints what came out."""
import os
import re
import subprocess

import catalogue
import moments
import money
import people
import shape
import shapes
import states
import text
from text import ROOT

DEFAULT = ["crm"] + [os.path.join(ROOT, "tests", "fixtures", f"{n}.sql") for n in ("store", "saas", "loja", "clinica")]
SUBJECTS = (moments, states, money, people, text, shape, shapes)
# Lines for which rows of an application have some violations as well: a reason that nobody gave, a name that both sexes have,
# a column that happens to be even. All others are 0.
LIMITS = {"cancelled without a reason": 0.35, "first name and sex disagree": 0.02, "flag like a tossed coin": 0.1, "labels in equal shares": 0.2,
          "amounts spread evenly": 0.1, "children spread evenly": 0.5, "no more rows today than years ago": 0.25}


def database(url, name):
    """The URL of another database of the server."""
    head, _, rest = url.partition("?")
    return head.rsplit("/", 1)[0] + "/" + name + ("?" + rest if rest else "")


def run(*argv, **more):
    return subprocess.run(argv, check=True, capture_output=True, text=True, **more)


def filled(what, rows, as_of, work):
    """(URL, name) of a new database with that schema, filled without a plan."""
    base = os.environ["DATABASE_URL"]
    if what.startswith("corpus:"):
        name = what.split(":", 1)[1]
        subprocess.run([os.path.join(ROOT, "scripts", "corpus"), "--rows", rows, name], check=False, capture_output=True)
        return database(base, name), name
    files = [what]
    if what == "crm":
        crm = os.path.join(ROOT, "tests", "fixtures", "crm")
        files = sorted(os.path.join(crm, f) for f in os.listdir(crm) if f.endswith(".sql"))
    name = re.sub(r"\W", "_", os.path.splitext(os.path.basename(what))[0]).lower()
    url = database(base, f"real_{name}")
    run("psql", "-XqAt", base, "-c", f'DROP DATABASE IF EXISTS "real_{name}"', "-c", f'CREATE DATABASE "real_{name}"')
    run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url, *[a for f in files for a in ("-f", f)])
    try:
        run(os.path.join(ROOT, "scripts", "datalchemy"), "fill", "--rows", rows, "--as-of", as_of, "--run", os.path.join(work, name),
            env={**os.environ, "DATABASE_URL": url, "DATALCHEMY_BIN": os.environ.get("BIN", os.path.join(ROOT, "build", "gcc", "bin"))})
    except subprocess.CalledProcessError as e:
        raise SystemExit(f"realism: {name}: fill failed with status {e.returncode}: {(e.stderr or e.stdout).strip().splitlines()[-1]}") from e
    return url, name


def ask(url, as_of, schemas=None):
    """All questions, answered."""
    db = catalogue.Database(url, schemas)
    found = [x for subject in SUBJECTS for x in subject.questions(db, as_of)]
    asked = catalogue.answer(db, found)
    unasked = [x for x in asked if x.asked is None]
    if unasked:
        raise SystemExit(f"realism: {len(unasked)} questions failed, the first of {unasked[0].line}, {unasked[0].of}: {db.errors.splitlines()[0]}")
    return [x for x in asked if x.asked]


def by_line(result):
    """{line: (asked, violations)} in the order of the subjects."""
    out = {}
    for x in result:
        a, b = out.get(x.line, (0, 0))
        out[x.line] = (a + x.asked, b + x.bad)
    return out


def limit(line, allow):
    return allow.get(line, LIMITS.get(line, 0))


def over(item, allow):
    line, (asked, bad) = item
    return bad > limit(line, allow) * asked


def table(result, name, allow, detail=False):
    rows = by_line(result)
    out = [f"{name:44} {'asked':>8} {'wrong':>8} {'share':>7}"]
    for line, (asked, bad) in rows.items():
        mark = " !" if over((line, (asked, bad)), allow) else ""
        out.append(f"  {line:42} {asked:8} {bad:8} {bad / asked:7.1%}{mark}")
        if detail:
            out += [f"      {x.of}: {x.bad} of {x.asked}" for x in result if x.line == line and x.bad]
    wrong = sum(over(x, allow) for x in rows.items())
    out.append(f"  {len(rows)} lines asked, {wrong} above their limit\n")
    return "\n".join(out)


def lines(result, allow):
    """For --tsv: a line for each question."""
    return [f"{x.line}\t{x.of}\t{x.asked}\t{x.bad}\t{x.bad / x.asked:.4f}\t{limit(x.line, allow)}" for x in result]
