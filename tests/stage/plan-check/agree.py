#!/usr/bin/python3
"""Plans that are right and plans that are wrong: plan.schema.json and plan-check must take the same.

    agree.py ddl BIN              the schema that the plans are of
    agree.py run BIN RUN SCHEMA   makes the plans in RUN/agree, asks plan-check and ajv about each

A plan differs in one thing from one that is right: in its structure, or in the parameters of one
generator or transform, in a place where parameters may stand.  What Draft 7 cannot say is left out:
that min is not above max, and that 1.0 is no integer of a plan.
"""
import json
import multiprocessing.pool
import os
import random
import shutil
import subprocess
import sys

BIN = sys.argv[2]
PLANS = 600
# The columns of each type that a generator may make, as the table of generators calls them.
TYPES = {"boolean": "boolean", "integer": "bigint", "numeric": "numeric(12,2)",
         "double precision": "double precision", "text": "text", "uuid": "uuid", "date": "date", "time": "time",
         "timestamp": "timestamp", "enum": "shop.size", "bytea": "bytea", "any other": "inet"}


def catalogue():
    return json.loads(subprocess.check_output([BIN + "/generators", "--json"]))


def ddl():
    print("CREATE SCHEMA shop; CREATE TYPE shop.size AS ENUM ('small', 'medium', 'large');\n"
          "CREATE TABLE shop.customers (id integer PRIMARY KEY, name text NOT NULL, since timestamp NOT NULL);\n"
          "CREATE TABLE shop.orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES shop.customers ON DELETE CASCADE,\n"
          "\tfirst_name text NOT NULL, last_name text NOT NULL, price numeric(12,2) NOT NULL, quantity integer NOT NULL,\n"
          "\tfollows_id integer REFERENCES shop.orders, placed timestamp NOT NULL, plain text DEFAULT 'new',\n\t%s);\n"
          "CREATE TABLE shop.items (id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES shop.orders ON DELETE CASCADE,\n"
          "\tquantity integer NOT NULL, price numeric(12,2) NOT NULL);"
          % ", ".join('"v %s" %s' % x for x in TYPES.items()))


def plan(rules=(), version="0.3", **more):
    rows = [{"schema": "shop", "table": t, "rows": n} for t, n in (("customers", 3), ("orders", 8), ("items", 12))]
    return {"plan_version": version, "seed": 1, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
            "targets": rows, "rules": list(rules), **more}


def column_of(x):
    if x["id"] == "derive.fk":
        return "customer_id"
    if x["id"] == "primitive.default":
        return "plain"
    if x["id"] == "derive.when":
        return "v integer"
    if x["id"] == "derive.expr":
        return "v numeric"
    return "v " + x.get("output", "text")


def rule_of(x, params, place="beside"):
    """A rule whose parameters stand beside the generator, in it, or beside an object with its id."""
    r = {"type": "column_generator", "schema": "shop", "table": "orders", "column": column_of(x)}
    if x["kind"] == "transform":
        r.update(column="v text", generator="primitive.text", transforms=[{"transform": x["id"], "params": params}])
        if params is None:
            del r["transforms"][0]["params"]
    elif place == "within":
        r["generator"] = {"id": x["id"], "params": params}
    else:
        r["generator"] = x["id"] if place == "beside" else {"id": x["id"]}
        r["params"] = params
        if params is None:
            del r["params"]
    return r


OTHER = {"a string": 7, "an integer": "x", "a number": "x", "true or false": 1, "a date": "2023-02-29",
         "a time": "25:00", "a timestamp": "soon", "an array of column names": "name", "an array of names of columns": "name",
         "a duration": "5x", "an array of numbers from 0 to below 1": [1],
         "an array of {value, weight}": [], "an array of {when, generator, params}": [{"generator": "primitive.int"}],
         "an object {generator, params}": {"generator": "no.such"}, "a constraint's name, or an array": 3,
         "a number, a string or null": [1], "an array of strings, numbers": [None], "an array of numbers": [0]}


def wrong_values(p):
    """Of another kind, or outside what the parameter may be."""
    yield OTHER[max((k for k in OTHER if p["kind"].startswith(k)), key=len)]
    number = {"an integer": int, "a number": float}.get(p["kind"])
    if number and "min" in p:
        yield number(p["min"]) - 1
    if number and "max" in p:
        yield number(p["max"]) + 1
    if p.get("not_zero"):
        yield 0
    if "one_of" in p:
        yield p["one_of"].split()[0] + "x"
    if p["kind"] == "a string" and p.get("min") == "1":
        yield ""


def of_parameters():
    """(what it is, a plan, whether it is right)"""
    for x in catalogue():
        good = json.loads(x.get("example", "{}"))
        lenient = x["id"].startswith(("semantic.br.", "domain.", "derive.")) and x["kind"] == "generator"
        for place in ("beside", "within", "across") if x["kind"] == "generator" else ("beside",):
            yield x["id"] + " as in its example, " + place, plan([rule_of(x, good, place)]), True
            yield x["id"] + " with one unknown, " + place, plan([rule_of(x, {**good, "no_such": 1}, place)]), False
            yield x["id"] + " and no object, " + place, plan([rule_of(x, [good], place)], "0.2"), False
        needs = any(p["required"] or "required_unless" in p for p in x["params"])
        yield x["id"] + " without parameters", plan([rule_of(x, None)]), not needs
        if not lenient:
            yield x["id"] + " with one unknown in 0.2", plan([rule_of(x, {**good, "no_such": 1})], "0.2"), False
        for p in x["params"]:
            for v in wrong_values(p):
                yield "%s, %s %s" % (x["id"], p["name"], json.dumps(v)), plan([rule_of(x, {**good, p["name"]: v})]), False
            if p["name"] not in good:
                yield "%s, %s null" % (x["id"], p["name"]), plan([rule_of(x, {**good, p["name"]: None})]), True
            elif p["required"]:
                rest = {k: v for k, v in good.items() if k != p["name"]}
                yield x["id"] + " without " + p["name"], plan([rule_of(x, rest)]), False


def of_structure():
    ok = {"type": "column_generator", "schema": "shop", "table": "orders", "column": "v text", "generator": "primitive.text"}
    policy = {"type": "constraint_policy", "schema": "shop", "table": "orders", "constraint": "unique", "mode": "warn"}
    yield "nothing but targets", plan(), True
    yield "a schema of its own", plan(**{"$schema": "plan.schema.json"}), True
    yield "a schema that is no text", plan(**{"$schema": 1}), False
    yield "names of plans 0.1", plan([{**ok, "generator": "regex", "params": {"pattern": "a"}}], "0.1"), True
    yield "names of plans 0.1 in 0.3", plan([{**ok, "generator": "name"}]), False
    for k in ("plan_version", "seed", "schema_ref", "targets", "rules"):
        yield "without " + k, {n: v for n, v in plan().items() if n != k}, False
        yield k + " null", {**plan(), k: None}, False
    for k, v in (("seed", -1), ("seed", "1"), ("plan_version", "0.4"), ("plan_version", 3), ("targets", {}), ("rules", {}),
                 ("global", []), ("options", 1), ("rules_unsupported", None), ("rules_unsupported", [{}])):
        yield "%s %s" % (k, json.dumps(v)), {**plan(), k: v}, False
    for version in ("0.1", "0.2", "0.3"):
        for locale, right in (("pt_BR", True), ("en_US", True), ("pt_PT", False), ("", False), (7, False), (None, True)):
            yield "locale %s in %s" % (locale, version), plan([ok], version, **{"global": {"locale": locale}}), right
        for g, right in (({"id": "semantic.br.name", "locale": "en_US"}, version != "0.3"), ({"id": "semantic.br.name", "locale": "pt_BR"}, True),
                         ({"id": "primitive.text", "locale": "pt_BR"}, version != "0.3"), ({"id": "primitive.text", "locale": None}, True)):
            yield "a locale in %s, %s" % (version, json.dumps(g)), plan([{**ok, "generator": g}], version), right
        yield "another member in " + version, plan(version=version, more=1), version != "0.3"
        yield "a comment in " + version, plan(version=version, comment=["a"]), True
        yield "no such generator in " + version, plan([{**ok, "generator": "no.such"}], version), False
        yield "a condition in " + version, plan([{**ok, "when": "quantity > 1"}], version), version == "0.3"
    for g in ({}, 1, None, {"id": 1}, {"id": "primitive.text", "locale": "xx"}, {"id": "primitive.text", "more": 1}, ""):
        yield "generator " + json.dumps(g), plan([{**ok, "generator": g}]), False
    for k in ("type", "schema", "table", "column", "generator"):
        yield "a rule without " + k, plan([{n: v for n, v in ok.items() if n != k}]), False
    for k, v in (("mode", "x"), ("constraint", "x"), ("schema", 1), ("more", 1)):
        yield "a policy with %s %s" % (k, v), plan([{**policy, k: v}]), False
    yield "a policy", plan([policy]), True
    yield "a rule of no type", plan([{**ok, "type": "x"}]), False
    yield "transforms that are none", plan([{**ok, "transforms": [{"transform": "no.such"}]}]), False
    yield "transforms null", plan([{**ok, "transforms": None}]), False
    for k, v, right in (("null_rate", 0.5, True), ("null_rate", 2, False), ("strict", "x", False), ("strict", None, True),
                        ("on_impossible", "skip", True), ("on_impossible", "x", False), ("more", 1, False)):
        yield "option %s %s" % (k, v), plan(options={k: v}), right
    for k, v, right in (("as_of", "2024-02-29", True), ("as_of", "today", False), ("rows", 5, True), ("more", 1, False)):
        yield "global %s %s" % (k, v), plan(**{"global": {k: v}}), right
    for k, v, right in (("rows", -1, False), ("rows", "9", False), ("strategy", {"batch_size": 5}, True),
                        ("strategy", {"insert_order": "x"}, False), ("more", 1, False), ("append", 1, False)):
        p = plan()
        p["targets"][0][k] = v
        yield "a target with %s %s" % (k, v), p, right
    relation = {"type": "relationship", "schema": "shop", "table": "orders", "columns": ["customer_id"]}
    fan = {"min": 0, "max": 8}
    for more, right in (({}, True), ({"columns": []}, False), ({"pick": "round_robin"}, True), ({"pick": None, "order": "shuffled"}, True),
                        ({"pick": "uniform", "order": "shuffled"}, False), ({"pick": "uniform", "order": None}, True),
                        ({"children_per_parent": fan}, True), ({"children_per_parent": fan, "pick": "uniform"}, False),
                        ({"children_per_parent": {**fan, "comment": "x"}}, True), ({"children_per_parent": {**fan, "more": 1}}, False),
                        ({"children_per_parent": {**fan, "min": 10 ** 30}}, False), ({"max_depth": 2 ** 32}, False)):
        yield "a relationship with " + json.dumps(more), plan([{**relation, **more}]), right
    upper = [{"transform": "transform.casing", "params": {"mode": "upper"}}]
    for when, transforms, right in (("quantity > 1", upper, False), ("quantity > 1", [], True), (None, upper, True)):
        yield "a condition %s and transforms %s" % (when, transforms), plan([{**ok, "when": when, "transforms": transforms}]), right
    yield "a day that is none", plan(**{"global": {"as_of": "2026-02-30"}}), False
    yield "a day of another form", plan(**{"global": {"as_of": "2026-2-3"}}), False


def chosen():
    """All of structure, and of those of parameters as many as are missing, right and wrong ones."""
    structure, params = list(of_structure()), list(of_parameters())
    random.Random(11).shuffle(params)
    right, wrong = ([x for x in params if x[2] is side] for side in (True, False))
    n = PLANS - len(structure)
    return structure + right[:n // 2] + wrong[:n - n // 2]


AJV = """
const fs = require('fs'), Ajv = require('ajv');
const valid = new Ajv({unknownFormats: 'ignore', nullable: false}).compile(JSON.parse(fs.readFileSync(process.argv[1])));
for (const f of process.argv.slice(2))
  console.log(valid(JSON.parse(fs.readFileSync(f))) ? 'yes' : 'no ' + JSON.stringify(valid.errors[0].dataPath + ' ' + valid.errors[0].message));
"""


def check_alone(plan_file, where):
    """In a run directory of its own: two at a time write different files."""
    own = plan_file[:-5]
    os.makedirs(own, exist_ok=True)
    shutil.copy(where + "/schema.msgpack", own)
    return subprocess.run([BIN + "/plan-check", plan_file, "--run", own], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, universal_newlines=True)


def run(where, schema):
    cases, bad = chosen(), 0
    os.makedirs(where + "/agree", exist_ok=True)
    files = ["%s/agree/%d.json" % (where, i) for i in range(len(cases))]
    for f, (_, p, _) in zip(files, cases):
        json.dump(p, open(f, "w"))
    ajv = subprocess.check_output(["/usr/bin/node", "-e", AJV, schema] + files, universal_newlines=True,
                                  env={**os.environ, "NODE_PATH": "/usr/share/nodejs:/usr/lib/nodejs"}).splitlines()
    with multiprocessing.pool.ThreadPool(2) as pool:
        checks = pool.map(lambda f: check_alone(f, where), files)
    for check, (what, _, right), by_schema in zip(checks, cases, ajv):
        taken = (check.returncode == 0, by_schema == "yes")
        if taken != (right, right):
            bad += 1
            print("%s: plan-check %s, ajv %s, should be %s\n\t%s" % (what, taken[0], by_schema, right, check.stderr[:300]))
    print("%d plans, %d right, %d wrong; %d disagree" % (
        len(cases), sum(x[2] for x in cases), sum(not x[2] for x in cases), bad))
    sys.exit(bad > 0)


ddl() if sys.argv[1] == "ddl" else run(*sys.argv[3:])
