#!/usr/bin/env python3
"""The plan of tests/fixtures/unique_derived.sql.

usage: unique_derived.py PERSONS
"""
import json
import sys

PEOPLE = int(sys.argv[1])
GIVEN = "(Ana|José|Jose|João|Joao|Maria|Caio|Rosângela)"
FAMILY = "(Souza|Silva|Sá|Gonçalves|Lima|de Lima|Albuquerque Cavalcanti)"


def rule(table, column, generator, params=None, transforms=(), when=None):
    r = {"type": "column_generator", "schema": "ud", "table": table, "column": column,
         "generator": {"id": generator, "params": params or {}},
         "transforms": [{"transform": "transform." + t, "params": p} for t, p in transforms]}
    if when is not None:
        r["when"] = when
    return r


def expr(table, column, text, transforms=()):
    return rule(table, column, "derive.expr", {"expr": text}, transforms)


def pattern(table, column, text, transforms=(), when=None):
    return rule(table, column, "primitive.text.pattern", {"pattern": text}, transforms, when)


RULES = [
    pattern("person", "given", GIVEN),
    pattern("person", "family", FAMILY),
    pattern("person", "kind", "(staff|guest)"),
    pattern("person", "middle", "[A-Z]", [("null_rate", {"rate": 0.5})]),
    rule("person", "email", "derive.email_from_name", {"input_columns": ["given", "middle", "family"]}),
    expr("person", "login", "left(given, 2) || family"),
    expr("person", "slug", "translate(lower(given || '-' || family), 'ãáâéóç ', 'aaaeoc-')"),
    expr("person", "display", "given || ' ' || family"),
    expr("person", "short", "left(given || ' ' || family, 14)"),
    expr("person", "page", "'/p/' || lower(family)"),
    pattern("person", "badge", "[a-z]{6}", [("truncate", {"max_len": 2}), ("casing", {"mode": "upper"}),
                                            ("prefix_suffix", {"prefix": "B-", "suffix": "/x"})]),
    expr("person", "nick", "nullif(given, 'Ana')"),
    pattern("person", "tag", "S[0-9]{2}", when="kind = 'staff'"),
    pattern("person", "tag", "[A-Z][0-9]{2}"),
    expr("part", "sku", "'SKU-' || lpad(id::text, 8, '0')"),
    rule("part", "shelf", "primitive.int", {"min": 1, "max": 5}),
    expr("part", "place", "'shelf ' || shelf::text || ', place ' || number::text"),
    expr("part", "number", "id + 1000"),
    rule("part", "id", "primitive.int", {"min": 1, "max": 9999999}),
    rule("account", "kind", "primitive.shares", {"choices": [{"value": "person", "weight": 3}, {"value": "firm", "weight": 1}]}),
    rule("account", "number", "primitive.int", {"min": 1, "max": 900000}, when="kind = 'firm'"),
    rule("account", "number", "primitive.int", {"min": 500000, "max": 2000000}),
    rule("account", "token", "primitive.uuid", when="kind = 'firm'"),
    rule("badge", "label", "derive.parent_value", {"input_columns": ["person_id"], "parent_schema": "ud",
                                                   "parent_table": "person", "parent_column": "badge"}),
    expr("badge", "owner", "person_id.given || ' ' || person_id.family"),
]

json.dump({"plan_version": "0.3", "seed": 7, "global": {"as_of": "2026-11-26"},
           "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
           "targets": [{"schema": "ud", "table": "team", "rows": 20},
                       {"schema": "ud", "table": "person", "rows": PEOPLE},
                       {"schema": "ud", "table": "part", "rows": PEOPLE},
                       {"schema": "ud", "table": "account", "rows": PEOPLE},
                       {"schema": "ud", "table": "badge", "rows": PEOPLE // 2}],
           "rules": RULES}, sys.stdout)
