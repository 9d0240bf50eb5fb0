#!/usr/bin/python3
"""What a value of each generator costs: called by scripts/bench-generators, which says how."""
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

BIN, ARGS = sys.argv[1], sys.argv[2:]
SKIP = re.compile(r"^(derive\.|transform\.|primitive\.(enum|default|shares|lookup)$)")
SLOW, TIMES = 200, 5
REASONS = [(r"lorem\.raw\.(Paragraph|Sentences)|markdown\.raw\.(BlockQuote|BulletPoints|ListItems)", "several sentences a value"),
           (r"^semantic\.json$", "a document of several members")]
KINDS = [("text", "text"), ("integer", "integer"), ("numeric", "numeric(12,2)"), ("double precision", "double precision"),
         ("date", "date"), ("timestamp", "timestamp"), ("time", "time"), ("boolean", "boolean"), ("uuid", "uuid")]


def option(name, default):
    if name in ARGS:
        at = ARGS.index(name)
        value = ARGS[at + 1]
        del ARGS[at:at + 2]
        return value
    return default


ROWS, LOCALE = int(option("--rows", "1000000")), option("--locale", "pt_BR")


def tool(name, *args):
    p = subprocess.run([f"{BIN}/{name}", *args], capture_output=True, text=True)
    if p.returncode:
        sys.exit(f"{name} {' '.join(args)}: {p.stdout[-500:]}{p.stderr[-500:]}")
    return p.stdout


def cpu(run, table):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    tool("gen-parents", "--run", run, "--table", table, "--force")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def kind_of(g):
    made = g["columns"].split(", made as ")[-1]
    families = re.split(r", | or ", g["columns"].split(", made as ")[0])
    return next((t for f, t in KINDS if f == made or (f in families and made not in dict(KINDS))), "text")


def main():
    listed = [g for g in json.loads(tool("plan-check", "--generators", "--output", "json"))
              if g["kind"] == "generator" and not SKIP.match(g["id"]) and (not ARGS or g["id"] in ARGS)]
    with tempfile.TemporaryDirectory() as folder:
        ddl = "DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench;" + "".join(
            f"CREATE TABLE bench.{a}{i} (v {kind_of(g)} NOT NULL);" for i, g in enumerate(listed) for a in ("t", "one"))
        subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", os.environ["DATABASE_URL"], "-c", ddl], check=True)
        rules, targets = [], []
        for i, g in enumerate(listed):
            required = any(p["required"] for p in g["params"])
            for a, rows in (("t", ROWS), ("one", 1)):
                targets.append({"schema": "bench", "table": f"{a}{i}", "rows": rows})
                rules.append({"type": "column_generator", "schema": "bench", "table": f"{a}{i}", "column": "v",
                              "generator": {"id": g["id"], "params": json.loads(g["example"]) if required else {}}})
        run, plan = f"{folder}/run", f"{folder}/plan.json"
        json.dump({"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-11-28", "locale": LOCALE},
                   "schema_ref": {"schema_version": "0.2", "engine": "postgres"}, "targets": targets, "rules": rules},
                  open(plan, "w", encoding="utf-8"))
        tool("introspect", "--run", run, "--schema", "bench")
        tool("plan-check", plan, "--run", run)
        print(f"{'generator':<42}{'column':<18}{'ns a value':>11}{'begins, ms':>12}")
        for i, g in enumerate(listed):
            begins = cpu(run, f"bench.one{i}")
            ns = max(0.0, cpu(run, f"bench.t{i}") - begins) / ROWS * 1e9
            # what else runs only makes it slower: of several times the least counts
            for _ in range(TIMES - 1 if ns > SLOW else 0):
                ns = min(ns, max(0.0, cpu(run, f"bench.t{i}") - begins) / ROWS * 1e9)
            why = next((w for pattern, w in REASONS if re.search(pattern, g["id"])), "no reason is known")
            os.remove(f"{run}/data/bench.t{i}.csv")
            print(f"{g['id']:<42}{kind_of(g):<18}{ns:>11.1f}{begins * 1e3:>12.1f}{' * ' + why if ns > SLOW else ''}", flush=True)


main()
