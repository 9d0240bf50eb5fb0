#!/usr/bin/python3
"""Every generator with each of its parameters, and with a locale: is it honoured or refused?

    effects.py BIN DIR [EVERY]    DATABASE_URL names an empty database; files go below DIR

With EVERY, patterns and sets of characters of texts, for which a generator draws 131,072 texts, are tried with each
EVERYth generator of texts alone.

A table has a column for each generator.  It is made once as the examples say, and once more for each parameter,
with a value chosen from what the column has: the column has to change, or plan-check to refuse the rule.  Of a
locale the table of generators says whether it changes the values; one that does not is refused.  Prints a line of
counts; status 1 where something is ignored.
"""
import csv
import json
import os
import re
import subprocess
import sys

BIN, DIR, EVERY = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1
ROWS = 300
COLUMN = {"derive.expr": "numeric(12,2)", "derive.when": "integer", "derive.parent_value": "text", "derive.root_value": "text",
          "derive.children": "numeric(12,2)", "derive.fk": "integer NOT NULL REFERENCES shop.customers",
          "primitive.default": "text DEFAULT 'new'", "primitive.enum": "shop.size"}
TYPES = {"numeric": "numeric(14,2)", "any other": "jsonb", "enum": "shop.size", None: "text"}
# parameters that generators need beside the one that is looked at, where there is no example
WITH = {"derive.after_parent": {"input_columns": ["customer_id"], "parent_column": "left_on", "max": "900d"},
        "derive.before_parent": {"input_columns": ["customer_id"], "parent_column": "ends_on"},
        "derive.after_sibling": {"input_columns": ["customer_id"], "parent_column": "since"},
        "derive.sibling_number": {"foreign_key": "customer_id"},
        "derive.moment": {"after": ["placed", "customer_id.since"], "typical": "300d", "most": "900d"},
        "primitive.text": {}, "primitive.text.pattern": {"pattern": "[A-Z]{3}-[0-9]*"}, "primitive.number": {"shape": "lognormal", "median": 79.9, "p90": 400, "max": 5000}}
# values that cannot be chosen by what the column has
VALUES = {
    "input_columns": {"derive.money_total": ["quantity", "quantity"], "derive.parent_value": ["follows_id"], "derive.root_value": ["other_id"],
                      "derive.tree_path": ["other_id"], "derive.updated_after_created": ["later"], "derive.end_after_start": ["later"],
                      "derive.after_parent": ["patron_id"], None: ["last_name"]},
    "before": {"derive.moment": ["later"], None: "2023-01-01T00:00:00"}, "after": {"derive.moment": ["later"], None: "2023-01-01T00:00:00"},
    "start": {"derive.tree_path": "/", "derive.sibling_number": 5, "primitive.int.sequence_hint": 7, None: "2024-06-01T00:00:00"},
    "end": {"derive.tree_path": "/", None: "2024-03-01T00:00:00"},
    "parent_column": {"derive.parent_value": "email", "derive.root_value": "first_name", None: "since", "derive.after_sibling": "left_on"},
    "choices": [{"value": "5", "weight": 1}], "values": ["8", "9"], "weights": [1, 9, 90], "hours": "day", "weekdays": False,
    "rules": [{"when": "quantity > 2", "generator": "primitive.int", "params": {"min": 100, "max": 200}}],
    "otherwise": {"generator": "primitive.int", "params": {"min": 500, "max": 900}},
    "expr": "price + 1", "aggregate": "max", "child": "shop.parcels", "where": "quantity > 5", "empty": 7, "label": "email",
    "pattern": {"primitive.text.pattern": "[a-c]{4}"}, "charset": {"primitive.text": "xyz"}, "domain": "shop.example", "separator": ".",
    "list": "country", "column": {"record.list": "name", None: "nowhere"}, "record": "other", "words": 9, "min_words": 5, "max_words": 4, "max_repeat": 3,
    "precision": 4, "ratio": 5, "scale": 1, "endings": [0.5], "growth": 5, "shape": "uniform", "from": "2025-01-01", "to": "2y",
    "min": {"derive.after_parent": "20d", "derive.before_parent": "20d", "derive.after_sibling": "20d"},
    "max": {"derive.after_parent": "1d", "derive.before_parent": "1d", "derive.after_sibling": "2d"},
    "least": "30d", "typical": "30d", "most": "4d", "max_days": 2, "max_seconds": 60, "uf": "MG", "step": {None: 5}, "p90": 90, "median": 20,
    "parent_schema": "nowhere", "parent_table": "items", "source": "nowhere", "file": "nowhere.csv", "weight_column": "nowhere", "kind": "cpf",
    "mean": 5000, "foreign_key": "other_id", "future": True,
}


def tool(name, *args, ok=(0,)):
    p = subprocess.run([f"{BIN}/{name}", *args], capture_output=True, text=True)
    if p.returncode not in ok:
        sys.exit(f"{name} {' '.join(args)}: status {p.returncode}\n{p.stdout[-2000:]}{p.stderr[-2000:]}")
    return p


GENERATORS = [g for g in json.loads(tool("plan-check", "--generators", "--output", "json").stdout) if g["kind"] == "generator"]


def ddl():
    orders = ("id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES shop.customers, other_id integer REFERENCES shop.orders,"
              "patron_id integer NOT NULL REFERENCES shop.customers,"
              "follows_id integer REFERENCES shop.orders, first_name text NOT NULL, last_name text NOT NULL, price numeric(12,2) NOT NULL,"
              "quantity integer NOT NULL, placed timestamp NOT NULL, later timestamp NOT NULL")
    child = ("id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES shop.orders, quantity integer NOT NULL, price numeric(12,2) NOT NULL,"
             "weight numeric(12,2) NOT NULL")
    columns = "".join(f", c{i} " + COLUMN.get(g["id"], TYPES.get(g.get("output"), g.get("output"))) for i, g in enumerate(GENERATORS))
    return ("CREATE SCHEMA shop; CREATE TYPE shop.size AS ENUM ('small', 'medium', 'large');"
            "CREATE TABLE shop.customers (id integer PRIMARY KEY, name text NOT NULL, email text NOT NULL, since timestamp NOT NULL,"
            "left_on timestamp NOT NULL, ends_on timestamp NOT NULL);"
            f"CREATE TABLE shop.orders ({orders}{columns});"
            f"CREATE TABLE shop.items ({child}); CREATE TABLE shop.parcels ({child});")


def rule(i, g, params, locale=None):
    return {"type": "column_generator", "schema": "shop", "table": "orders", "column": f"c{i}",
            "generator": {"id": g["id"], "params": params, **({"locale": locale} if locale else {})}}


def fixed():
    """Rules of what generators read."""
    out = [{"type": "column_generator", "schema": "shop", "table": t, "column": c, "generator": {"id": i, "params": p}} for t, c, i, p in (
        ("orders", "first_name", "semantic.person.first_name", {}), ("orders", "last_name", "semantic.person.last_name", {}),
        ("orders", "price", "primitive.decimal.numeric", {"min": 1, "max": 99}), ("orders", "quantity", "primitive.int", {"min": 1, "max": 9}),
        ("orders", "placed", "primitive.timestamp", {"min": "2025-01-01T00:00:00", "max": "2025-12-31T00:00:00"}),
        ("orders", "later", "primitive.timestamp", {"min": "2026-01-01T00:00:00", "max": "2026-03-31T00:00:00"}),
        ("customers", "since", "primitive.timestamp", {"min": "2024-01-01T00:00:00", "max": "2024-12-31T00:00:00"}),
        ("customers", "left_on", "primitive.timestamp", {"min": "2026-01-01T00:00:00", "max": "2026-02-01T00:00:00"}),
        ("customers", "ends_on", "primitive.timestamp", {"min": "2026-11-30T00:00:00", "max": "2026-12-15T00:00:00"}),
        ("items", "quantity", "primitive.int", {"min": 1, "max": 9}), ("parcels", "quantity", "primitive.int", {"min": 1, "max": 9}))]
    return out + [{"type": "relationship", "schema": "shop", "table": t, "columns": [c], "children_per_parent": {"min": 0, "max": n}}
                  for t, c, n in (("items", "order_id", 5), ("parcels", "order_id", 5), ("orders", "customer_id", 30))]


def made(name, rules, locale="en_US"):
    """The columns of the orders, by name, and the errors of rules that were refused: made without those rules."""
    path, refused = f"{DIR}/{name}.json", {}
    for _ in range(4):
        run = f"{DIR}/{name}"
        tool("introspect", "--run", run, "--schema", "shop")
        json.dump({"plan_version": "0.3", "seed": 3, "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
                   "global": {"as_of": "2026-11-28", "locale": locale},
                   "targets": [{"schema": "shop", "table": t, "rows": n} for t, n in
                               (("customers", 40), ("orders", ROWS), ("items", 2 * ROWS), ("parcels", 2 * ROWS))],
                   "rules": rules + fixed()}, open(path, "w", encoding="utf-8"))
        p = tool("plan-check", path, "--run", run, "--output", "json", ok=(0, 1))
        if p.returncode == 0:
            break
        for i in json.loads(p.stdout)["issues"]:
            at = re.match(r"/rules/(\d+)", i["path"])
            if i["severity"] == "error" and at is None:
                sys.exit(f"refused without a rule: {i}")
            if i["severity"] == "error":
                refused[rules[int(at.group(1))]["column"]] = i
        rules = [r for r in rules if r["column"] not in refused]
    else:
        sys.exit("plan-check finds something to refuse in every round")
    tool("gen-parents", "--run", run)
    tool("gen-children", "--run", run)
    with open(f"{run}/data/shop.orders.csv", encoding="utf-8", newline="") as f:
        rows = csv.reader(f)
        names = next(rows)
        return dict(zip(names, zip(*rows))), refused


def base(g):
    return WITH.get(g["id"]) or (json.loads(g["example"]) if "example" in g else {})


def skipped(i, g, p):
    return p["name"] in ("pattern", "charset") and g.get("output", "text") == "text" and i % EVERY != 0


def number(v):
    return float(v) if "." in v or "e" in v else int(v)


def chosen(g, p, values):
    """A value of the parameter that the column's values, made without it, do not all have."""
    name, sample = p["name"], sorted(v for v in values if v != "")
    if name in VALUES:
        v = VALUES[name]
        v = v.get(g["id"], v.get(None)) if isinstance(v, dict) and (g["id"] in v or None in v or name in ("min", "max", "pattern", "charset", "column")) else v
        if v is not None:
            return v
    if name == "punctuated":
        return sample[0].isalnum()
    if "one_of" in p:
        return [x for x in p["one_of"].split() if x not in (p.get("default"), base(g).get(name))][-1]
    if p["kind"] == "true or false":
        return not base(g).get(name, p.get("default") == "true")
    if name in ("min_len", "max_len"):
        n = sorted(len(v) for v in sample)
        return n[0] + 1 if name == "min_len" else n[-1] - 1
    if name == "pattern":
        return "^" + re.escape(sample[len(sample) // 2]) + "$"
    if name == "charset":
        return "".join(sorted(set(sample[0])))
    if name in ("min_count", "max_count"):
        n = sorted(re.split(r"[.!?]\s|\n", v).__len__() for v in sample)
        return 9 if name == "min_count" else 1
    if name in ("min", "max") and sample:
        middle = sorted(values, key=number)[len(values) // 2] if re.match("an integer|a number", p["kind"]) else sample[len(sample) // 2]
        return middle.replace(" ", "T") if not re.match("an integer|a number", p["kind"]) else int(number(middle)) if p["kind"] == "an integer" else number(middle)
    sys.exit(f"{g['id']}: no value is known for {name}, {p['kind']}")


def main():
    os.makedirs(DIR, exist_ok=True)
    subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", os.environ["DATABASE_URL"], "-c", ddl()], check=True)
    plain = [rule(i, g, base(g)) for i, g in enumerate(GENERATORS)]
    whole, refused = made("base", plain)
    faults = [f"{GENERATORS[int(c[1:])]['id']}: the example is refused: {x['message']}" for c, x in refused.items()]
    changed, alone, no = 0, 0, []
    for k in range(max(len(g["params"]) for g in GENERATORS)):
        these = {f"c{i}": (i, g, g["params"][k]) for i, g in enumerate(GENERATORS)
                 if k < len(g["params"]) and f"c{i}" not in refused and not skipped(i, g, g["params"][k])}
        rules = [rule(i, g, {**base(g), p["name"]: chosen(g, p, whole[c])}) for c, (i, g, p) in these.items()]
        columns, gone = made(f"param{k}", rules + [r for r in plain if r["column"] not in these])
        for c, (i, g, p) in these.items():
            if c in gone:
                no.append(f"{g['id']} {p['name']} {rules[[r['column'] for r in rules].index(c)]['generator']['params'][p['name']]!r}: {gone[c]['message']}")
            elif columns[c] != whole[c]:
                changed += 1
            elif p["name"] in ("allow_empty", "source") or len(set(whole[c])) == 1:
                # an empty text may be taken, and none is made; plan-check notes the source of a list; a column of one
                # value can have no other
                alone += 1
            else:
                faults.append(f"{g['id']}: {p['name']} {json.dumps(chosen(g, p, whole[c]))} changes nothing")
    faults += locales(plain, whole)
    for f in faults:
        print(f)
    if os.environ.get("EFFECTS_REFUSED"):
        print(*no, sep="\n")
    print(f"{len(GENERATORS)} generators: {changed} parameters change values, {len(no)} are refused, {alone} allow what no value needs; {len(faults)} are ignored")
    sys.exit(1 if faults else 0)


def locales(plain, whole):
    """What a locale does of the plan, and of a rule."""
    other, _ = made("other", plain, "pt_BR")
    named, refused = made("named", [{**r, "generator": {**r["generator"], "locale": "pt_BR"}} for r in plain])
    out = []
    for i, g in enumerate(GENERATORS):
        c, of = f"c{i}", g.get("locale")
        # of some ids the words are the same in both locales: names of time zones, say
        if other[c] != whole[c] and of != "*" and not g["id"].startswith("derive."):
            out.append(f"{g['id']}: locale {of}, and the plan's changes its values")
        if (c in refused) != (of not in ("*", "pt_BR")):
            out.append(f"{g['id']}: locale {of}, and a rule's is {'refused' if c in refused else 'taken'}")
        elif c in refused and refused[c]["code"] != "locale_without_effect":
            out.append(f"{g['id']}: {refused[c]['message']}")
        elif c not in refused and of == "*" and named[c] != other[c] and not g["id"].startswith("derive."):
            out.append(f"{g['id']}: a rule's locale does other than the plan's")
    return out


main()
