#!/usr/bin/python3
"""The plan of tests/bench/tpch/schema.sql.

usage: tests/bench/tpch/plan.py [SCALE] >plan.json

SCALE 1, the default, is a gigabyte: 6,000,000 rows of lineitem.  It may be a fraction.
"""
import json
import sys

FIXED = {"region": 5, "nation": 25}
SCALED = {"part": 200_000, "supplier": 10_000, "partsupp": 800_000, "customer": 150_000, "orders": 1_500_000, "lineitem": 6_000_000}


def rule(table, column, generator, **params):
    return {"type": "column_generator", "schema": "tpch", "table": table, "column": column,
            "generator": generator, "params": params}


def after(column, parent, least, most):
    """A date some days after that of the order."""
    return rule("lineitem", column, "derive.after_parent", input_columns=["l_orderkey"], parent_schema="tpch",
                parent_table="orders", parent_column=parent, min=f"{least}d", max=f"{most}d")


def plan(scale):
    rows = {**FIXED, **{t: max(10, round(n * scale)) for t, n in SCALED.items()}}
    return {
        "plan_version": "0.3", "seed": 1,
        "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
        "global": {"as_of": "2000-01-01"},
        "targets": [{"schema": "tpch", "table": t, "rows": n} for t, n in rows.items()],
        "rules": [
            after("l_shipdate", "o_orderdate", 1, 121),
            after("l_commitdate", "o_orderdate", 30, 90),
            rule("lineitem", "l_receiptdate", "derive.expr", expr="l_shipdate + 1 + l_linenumber"),
        ],
    }


if __name__ == "__main__":
    json.dump(plan(float(sys.argv[1]) if len(sys.argv) > 1 else 1), sys.stdout, indent=1)
