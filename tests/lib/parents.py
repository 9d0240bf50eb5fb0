"""parents.py RUN SCHEMA.JSON DIR: hold what the ForeignContext said of every row (DIR, written by the unit
program "context") against the rows of RUN: the keys that were picked are the rows' own, and what
was looked up is what the parent's row has.  Prints tables, keys and values; or the first difference."""
import csv, io, json, os, re, sys

run, catalogue, said = sys.argv[1:4]
catalogue = json.load(open(catalogue))
plan = json.load(open(f"{run}/resolved_plan.json"))["resolved"]["tables"]
existing = {(t["schema"], t["table"]) for t in plan if t.get("existing")}
shards = {(t["schema"], t["table"]): t["shards"] for t in plan}
keys = {(s["name"], t["name"], k["name"]): k for s in catalogue["schemas"] for t in s["tables"]
        for k in t["constraints"] if k["kind"] == "foreign_key"}
asked = picked = looked_up = 0


def encoded(name):
    return re.sub(r"[^A-Za-z0-9_\-\u0080-\uffff]", lambda m: "%%%02X" % ord(m[0]), name)


def rows(*paths):
    """of a CSV file, or of the shards of one, by column"""
    text = "".join(open(p, newline="").read() for p in paths)
    cells = list(csv.reader(io.StringIO(text)))
    return {name: [c[i] for c in cells[1:]] for i, name in enumerate(cells[0])}


tables = {}


def table(schema, name):
    if (schema, name) not in tables:
        path, n = f"{run}/data/{encoded(schema)}.{encoded(name)}", shards[schema, name]
        tables[schema, name] = rows(*(f"{path}.{i}-of-{n}.csv" for i in range(n))) if n > 1 else rows(path + ".csv")
    return tables[schema, name]


def differ(where, row, want, got):
    sys.exit(f"{where}, row {row}: the row has {want!r}, the context says {got!r}")


def check(schema, name, answers):
    global picked, looked_up
    own, by_key = table(schema, name), {}
    for column, got in answers.items():
        where = f"{schema}.{name}: {column}"
        if column in own:  # a column of that name comes before a constraint's
            for i, (a, b) in enumerate(zip(own[column], got, strict=True)):
                if a != b:
                    differ(where, i, a, b)
            picked += len(got)
            continue
        constraint, wanted = column.split(">", 1)
        k = keys[schema, name, constraint]
        of = k["referenced_schema"], k["referenced_table"]
        if of in existing:  # no rows of ours: the key at least is what it was looked up by
            for i, a in enumerate(own[k["columns"][k["referenced_columns"].index(wanted)]] if wanted in k["referenced_columns"] else []):
                if a != got[i]:
                    differ(where, i, a, got[i])
            continue
        parent = table(*of)
        if constraint not in by_key:
            by_key[constraint] = {key: i for i, key in enumerate(zip(*(parent[c] for c in k["referenced_columns"])))}
        for i, key in enumerate(zip(*(own[c] for c in k["columns"]))):
            want = "" if "" in key else parent[wanted][by_key[constraint][key]]
            if want != got[i]:
                differ(where, i, want, got[i])
        looked_up += len(got)


for t in plan:
    path = f"{said}/{t['schema']}.{t['table']}.csv"
    if os.path.exists(path):
        check(t["schema"], t["table"], rows(path))
        asked += 1
print(asked, picked, looked_up)
