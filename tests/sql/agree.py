"""agree.py URL SQLEVAL EXPRESSIONS DIR [TOLD]: ask PostgreSQL and sqleval, compare row by row.

Expressions PostgreSQL refuses are left out.  Exits 1 on any disagreement; the last line counts.
TOLD=1 prints each expression that is not covered, and why.
"""

import os
import subprocess
import sys

URL, SQLEVAL, EXPRESSIONS, DIR = sys.argv[1:5]
GUC = ("SET search_path=public; SET DateStyle='ISO,YMD'; SET IntervalStyle=postgres; SET TimeZone='UTC'; "
       "SET extra_float_digits=1; SET jit=off; SET client_min_messages=error;")


def psql(script):
    """The lines psql prints for a script."""
    out = subprocess.run(["psql", "-XqAt", "-d", URL], input=script, capture_output=True, text=True, check=True)
    if out.stderr:
        print(out.stderr, file=sys.stderr)
    return out.stdout.split("\n")[:-1]


def copied(query):
    """The rows of a query in COPY's text format."""
    return "\n".join(psql(f"{GUC} COPY ({query}) TO STDOUT;")) + "\n"


def file(name, text):
    """Write a file of the test's directory; its path."""
    path = os.path.join(DIR, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def literal(s):
    return "'" + s.replace("'", "''") + "'" if "\\" not in s else "E'" + s.replace("\\", "\\\\").replace("'", "''") + "'"


def asked(sources):
    """For each expression: how PostgreSQL prints it and what it says, or None."""
    script = [GUC]
    for s in sources:
        script.append(f"SELECT '#' || replace(replace(deparsed({literal(s)}), E'\\\\', E'\\\\\\\\'), E'\\n', '\\n') || E'\\t' || ask({literal(s)});")
        script.append("SELECT '.';")
    out = subprocess.run(["psql", "-XqAt", "-d", URL], input="\n".join(script), capture_output=True, text=True, check=False)
    got, line = [], None
    for x in out.stdout.split("\n")[:-1]:
        if x == ".":
            got.append(line)
            line = None
        elif x.startswith("#"):
            line = x[1:].rsplit("\t", 1)
    assert len(got) == len(sources), out.stderr
    return got


def main():
    """Ask both; print what differs."""
    with open(EXPRESSIONS, encoding="utf-8") as f:
        sources = [s for s in f.read().split("\n") if s and not s.startswith("--")]
    theirs = asked(sources)
    known = [(s, t[0], t[1]) for s, t in zip(sources, theirs) if t is not None]
    day = psql(f"{GUC} SELECT CURRENT_DATE;")[-1]
    out = subprocess.run(
        [SQLEVAL, day, file("columns", copied("SELECT * FROM columns_of_t")), file("rows", copied("SELECT * FROM t ORDER BY id")),
         file("exprs", "".join(d + "\n" for _, d, _ in known)), file("functions", copied("SELECT * FROM functions_of_t"))],
        capture_output=True, text=True, check=False)
    if out.returncode != 0:
        sys.exit(f"sqleval: {out.stderr} ({out.returncode})")
    ours = [x.split("\t", 1) for x in out.stdout.split("\n")[:-1]]
    bad = covered = 0
    for (source, deparsed, want), (status, got) in zip(known, ours):
        if status == "ok":
            covered += 1
            wrong = [k for k, (a, b) in enumerate(zip(want, got)) if a != b]
            if wrong or len(want) != len(got):
                bad += 1
                print(f"DIFFERS {source}   [{deparsed}]   {len(wrong)} rows, id {wrong[0] + 1}: PostgreSQL {want[wrong[0]]}, we {got[wrong[0]]}")
        elif status == "failed":
            bad += 1
            print(f"FAILED {source}   [{deparsed}]   {got}")
        elif os.environ.get("TOLD"):
            print(f"not covered: {source}: {got}")
    print(f"{len(sources)} expressions, {len(sources) - len(known)} PostgreSQL refuses, {covered} covered, "
          f"{len(known) - covered} not, {bad} disagreements")
    sys.exit(1 if bad else 0)


main()
