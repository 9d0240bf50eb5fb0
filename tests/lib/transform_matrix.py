#!/usr/bin/env python3
"""Tables of schema m: each transform, under no check and three kinds of it, unique and not.

usage: transform_matrix.py sql | plan [TABLE...]    the plan leaves out the tables named
"""
import json
import sys

WORDS = ("primitive.text.pattern", {"pattern": "[a-z]{4,6}"})
DATES = ("primitive.date", {"min": "2001-01-01", "max": "2025-12-31"})
CHOICES = [{"value": v, "weight": 1} for v in ("north", "south", "east")]

# transform: its parameters, and the generator of the column, which is text but for dates
TRANSFORMS = {
    "null_rate": ("null_rate", {"rate": 0.2}, WORDS),
    "truncate": ("truncate", {"max_len": 2}, WORDS),
    "affix": ("prefix_suffix", {"prefix": "sku-", "suffix": "-x"}, WORDS),
    "casing": ("casing", {"mode": "title"}, WORDS),
    "choice": ("weighted_choice", {"choices": CHOICES}, WORDS),
    "template": ("format", {"template": "{value}/{value}"}, WORDS),
    "month": ("format", {"format": "%Y-%m-01"}, DATES),
    "hash": ("mask", {"mode": "hash"}, WORDS),
    "redact": ("mask", {"mode": "redact"}, WORDS),
    "preserve": ("mask", {"mode": "format_preserving"}, WORDS),
}

# of a text, and of a date
CHECKS = {
    "any": (None, None),
    "pattern": ("v ~ '^[A-Za-z0-9/*-]+$'", "v::text ~ '-01$'"),
    "length": ("length(v) <= 16", "extract(year from v) >= 2010"),
    "list": ("v IN ('north', 'south', 'ab', 'sku-ab-x')", "v IN ('2020-01-01', '2020-02-01')"),
}


def tables():
    for t, (transform, params, generator) in TRANSFORMS.items():
        for c, checks in CHECKS.items():
            for unique in (False, True):
                date = generator is DATES
                yield ("%s_%s%s" % (t, c, "_unique" if unique else ""), "date" if date else "text",
                       checks[date], unique, generator, transform, params)


if sys.argv[1] == "sql":
    print("CREATE SCHEMA m;")
    for name, kind, check, unique, _, _, _ in tables():
        print("CREATE TABLE m.%s (id integer PRIMARY KEY, v %s%s%s);"
              % (name, kind, " UNIQUE" if unique else "", " CHECK (%s)" % check if check else ""))
else:
    rules, targets = [], []
    for name, _, _, _, (gen, args), transform, params in tables():
        if name in sys.argv[2:]:
            continue
        targets.append({"schema": "m", "table": name, "rows": 2000})
        rules.append({"type": "column_generator", "schema": "m", "table": name, "column": "v",
                      "generator": {"id": gen, "params": args},
                      "transforms": [{"transform": "transform." + transform, "params": params}]})
    json.dump({"plan_version": "0.3", "seed": 3, "global": {"as_of": "2026-11-26"},
               "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
               "targets": targets, "rules": rules}, sys.stdout)
