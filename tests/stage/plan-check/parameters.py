#!/usr/bin/python3
"""What `plan-check --generators` says of parameters, held against what plan-check takes.

    parameters.py PLAN-CHECK DIR ddl      the schema: a column for each rule of the two plans
    parameters.py PLAN-CHECK DIR least    each generator and transform with what is required and no
                                          more: the plan is accepted
    parameters.py PLAN-CHECK DIR lacking  each without one parameter that it requires: every one of
                                          these rules is refused, and the parameter named
"""
import json
import subprocess
import sys

TOOL, DIR, WHAT = sys.argv[1:]

# A value for each parameter that is required, and the type of column that takes it.
NOON = "2024-01-01T12:00:00"
CHOICES = [{"value": "a", "weight": 1}]
READER = {"input_columns": ["p_id"], "parent_schema": "g", "parent_table": "p"}
VALUES = {
    "derive.after_parent": {**READER, "parent_column": "d"},
    "derive.after_sibling": {**READER, "parent_column": "d", "start": "2024-01-01"},
    "derive.before_parent": {**READER, "parent_column": "d"},
    "derive.children": {"child": "g.k", "aggregate": "count", "expr": "n"},
    "derive.email_from_name": {"input_columns": ["t0"]},
    "derive.end_after_start": {"input_columns": ["d0"]},
    "derive.expr": {"expr": "n0 + 1"},
    "derive.money_total": {"input_columns": ["m0", "n0"]},
    "derive.parent_value": {**READER, "parent_column": "t"},
    "derive.root_value": {"input_columns": ["up"]},
    "derive.slug": {"input_columns": ["t0"]},
    "derive.tree_path": {"input_columns": ["up"]},
    "derive.updated_after_created": {"input_columns": ["d0"]},
    "derive.when": {"rules": [{"when": "n0 > 5", "generator": "primitive.int", "params": {}}],
                    "otherwise": {"generator": "primitive.int", "params": {}}},
    **{"faker.%s.raw.DateTime%s" % (of, which): {"after": NOON, "before": NOON, "start": NOON, "end": NOON}
       for of in ("chrono", "time") for which in ("After", "Before", "Between")},
    "primitive.lookup": {"values": ["a", "b"], "file": "values.csv"},
    "record.list": {"list": "currency", "column": "code"},
    "record.lookup": {"values": ["a", "b"], "file": "values.csv", "record": "r"},
    "primitive.choice": {"choices": CHOICES},
    "primitive.shares": {"choices": CHOICES},
    "primitive.text.pattern": {"pattern": "[a-z]{5}"},
    "transform.casing": {"mode": "upper"},
    "transform.format": {"format": "%Y-01-%d", "template": "no {value}"},
    "transform.mask": {"mode": "redact"},
    "transform.null_rate": {"rate": 0.5},
    "transform.truncate": {"max_len": 3},
    "transform.weighted_choice": {"choices": CHOICES},
}
# Of one that makes values of more than one type by nature, of the type that its values here are of.
TYPES = {"derive.children": "bigint", "derive.expr": "integer", "derive.when": "integer",
         "primitive.default": "integer DEFAULT 3", "derive.after_parent": "date",
         "derive.after_sibling": "date", "derive.before_parent": "date", "derive.end_after_start": "date",
         "derive.updated_after_created": "date"}
OUTPUT = {"numeric": "numeric(14,2)", "enum": "g.e", "any other": "inet"}


def type_of(x, params):
    """Of what it makes by nature; a format is of dates."""
    if "format" in params:
        return "date"
    return TYPES.get(x["id"]) or OUTPUT.get(x.get("output"), x.get("output", "text"))


def cases():
    """(entry, params, the parameter that is lacking or None)"""
    for x in json.loads(subprocess.check_output([TOOL, "--generators", "--output", "json"])):
        must = [p["name"] for p in x["params"] if p["required"]]
        either = [p["name"] for p in x["params"] if "required_unless" in p]
        full = {n: VALUES[x["id"]][n] for n in must}
        for name in either or [None]:
            yield x, {**full, name: VALUES[x["id"]][name]} if name else full, None
        for name in must:
            rest = {**full, **{n: VALUES[x["id"]][n] for n in either[:1]}}
            del rest[name]
            yield x, rest, name
        if either:
            yield x, full, either[0]


def column(i, x):
    return "p_id" if x["id"] == "derive.fk" else "c%d" % i


def ddl():
    own = ["%s %s" % (column(i, x), type_of(x, params)) for i, (x, params, _) in enumerate(cases())
           if x["id"] != "derive.fk"]
    print("CREATE SCHEMA g; CREATE TYPE g.e AS ENUM ('a', 'b');\n"
          "CREATE TABLE g.p (id integer PRIMARY KEY, d date NOT NULL, t text NOT NULL);\n"
          "CREATE TABLE g.r (id integer PRIMARY KEY, p_id integer NOT NULL REFERENCES g.p, up integer REFERENCES g.r, t0 text NOT NULL,\n"
          "\td0 date NOT NULL, m0 numeric(9,2) NOT NULL, n0 integer NOT NULL, %s);\n"
          "CREATE TABLE g.k (id integer PRIMARY KEY, r_id integer NOT NULL REFERENCES g.r, n integer NOT NULL);"
          % ", ".join(own))


def rule(i, x, params):
    r = {"type": "column_generator", "schema": "g", "table": "r", "column": column(i, x)}
    if x["kind"] == "generator":
        r["generator"] = {"id": x["id"], "params": params}
    else:
        r["generator"] = "primitive.date" if "format" in params else "primitive.text"
        r["transforms"] = [{"transform": x["id"], "params": params}]
    return r


def check(lacking):
    chosen = [(i, x, params, name) for i, (x, params, name) in enumerate(cases()) if (name is not None) == lacking]
    rules = [rule(i, x, params) for i, x, params, name in chosen]
    rules.append({"type": "relationship", "schema": "g", "table": "k", "columns": ["r_id"],
                  "children_per_parent": {"min": 1, "max": 9}})
    with open(DIR + "/values.csv", "w") as f:
        f.write("v\na\nb\n")
    json.dump({"plan_version": "0.3", "seed": 1, "global": {"as_of": "2026-01-01"},
               "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
               "targets": [{"schema": "g", "table": t, "rows": n} for t, n in (("p", 5), ("r", 20), ("k", 40))],
               "rules": rules}, open(DIR + "/parameters.json", "w"))
    run = subprocess.run([TOOL, DIR + "/parameters.json", "--run", DIR, "--output", "json"],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    issues = [i for i in json.loads(run.stdout)["issues"] if i["severity"] == "error"]
    if not lacking:
        for i in issues:
            print(i)
        sys.exit(run.returncode)
    taken = [(x["id"], name) for n, (_, x, _, name) in enumerate(chosen)
             if not any(i["path"].startswith("/rules/%d/" % n) and name in i["path"] + i["message"] for i in issues)]
    print(len(chosen), "are required; taken without:", taken)
    sys.exit(len(taken) > 0)


ddl() if WHAT == "ddl" else check(WHAT == "lacking")
