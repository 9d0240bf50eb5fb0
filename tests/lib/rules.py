"""rules.py PATH SCHEMA TABLES RULES [MEMBERS]: a plan, for tests.

TABLES: "customers=60 orders"; without a number a relationship gives the rows.
RULES: lines "table.column generator [JSON of params [JSON of members of the rule]]", or
"table relationship JSON"; MEMBERS: JSON of members of the plan.
"""
import json
import sys

path, schema, tables, rules, *more = sys.argv[1:]


def target(word):
    table, _, rows = word.partition("=")
    t = {"schema": schema, "table": table}
    return {**t, "rows": int(rows)} if rows else t


def rule(line):
    name, kind, *rest = line.split(" ", 2)
    table, _, column = name.partition(".")
    r = {"schema": schema, "table": table}
    if kind == "relationship":
        return {**r, "type": kind, **json.loads(rest[0])}
    r.update(type="column_generator", column=column, generator=kind)
    if rest:
        r["params"], end = json.JSONDecoder().raw_decode(rest[0])
        if rest[0][end:].strip():
            r.update(json.loads(rest[0][end:]))
    return r


plan = {
    "plan_version": "0.3", "seed": 7, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
    "global": {"as_of": "2026-11-22"}, "targets": [target(w) for w in tables.split()],
    "rules": [rule(l.strip()) for l in rules.split("\n") if l.strip()]}
plan.update(json.loads(more[0]) if more else {})
json.dump(plan, open(path, "w"), indent=1)
