"""names.py BIN DIR ROWS: every generator of texts that needs no parameter, in every locale, on columns of
type name, whose limit is of bytes.  Generated as COPY BINARY, which cuts nothing, and loaded.

The database is that of DATABASE_URL.  What plan-check refuses by column is left out; nothing may fail later.
"""
import glob
import json
import os
import re
import subprocess
import sys

BIN, DIR, ROWS = sys.argv[1], sys.argv[2], int(sys.argv[3])
PER_TABLE = 50  # a row has 64 bytes for each, and 8160 in all


def run(name, *args, ok=(0,)):
    p = subprocess.run([f"{BIN}/{name}", *args, "--run", DIR], capture_output=True, text=True)
    if p.returncode not in ok:
        sys.exit(f"{name}: status {p.returncode}\n{p.stdout[-2000:]}{p.stderr[-2000:]}")
    return p


listed = subprocess.run([f"{BIN}/plan-check", "--generators", "--output", "json"], capture_output=True, text=True, check=True)
ids = [g for g in json.loads(listed.stdout) if g["kind"] == "generator" and "text" in g["columns"]
       and not g["id"].startswith(("derive.", "record.", "primitive.lookup")) and not any(p["required"] for p in g["params"])]
locales = sorted(os.path.basename(os.path.dirname(p)) for p in glob.glob(os.path.dirname(__file__) + "/../../common/data/*/fact.tsv"))
rules = [{"type": "column_generator", "schema": "n", "table": f"t{locale.lower()}{i // PER_TABLE}", "column": f"c{i}",
          "generator": {"id": x["id"], **({"locale": locale} if x.get("locale") in ("*", locale) else {})}} for locale in locales for i, x in enumerate(ids)]
tables = {}
for r in rules:
    tables.setdefault(r["table"], []).append(f"{r['column']} name NOT NULL")
sql = "CREATE SCHEMA n;" + "".join(f"CREATE TABLE n.{t} ({', '.join(c)});" for t, c in tables.items())
subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", os.environ["DATABASE_URL"], "-c", sql], check=True)
run("introspect", "--schema", "n")
plan = {"plan_version": "0.3", "seed": 3, "global": {"as_of": "2026-11-26"}, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
        "targets": [{"schema": "n", "table": t, "rows": ROWS} for t in tables]}
out = set()
while True:
    plan["rules"] = [r for i, r in enumerate(rules) if i not in out]
    kept = [i for i in range(len(rules)) if i not in out]
    with open(f"{DIR}/plan.json", "w") as f:
        json.dump(plan, f)
    said = run("plan-check", f"{DIR}/plan.json", ok=(0, 1)).stderr
    wrong = {kept[int(n)] for n in re.findall(r"error \S+ /rules/(\d+)", said)}
    out |= wrong
    if not wrong:
        break
run("gen-parents", "--format", "binary")
run("load")
print(f"{len(rules) - len(out)} of {len(rules)} columns have rows")
