"""The plan of tests/pipeline/unique.bats.

usage: unique.py N     N rows of uq.person; what depends on them in proportion
"""
import json
import sys

N = int(sys.argv[1])
TEAMS = max(N // 5, 4)
ROWS = {
    "team": TEAMS, "person": N, "member": 10 * TEAMS, "address": 3 * N, "setting": 40, "contract": 3 * N,
    "job": 10 * TEAMS, "shift": 10 * TEAMS, "ticket": 4 * N, "page": 10 * TEAMS, "loan": TEAMS * N + 40 if N <= 40 else 3 * N,
    "login": 2 * N, "tag": 10 * TEAMS, "cased": 5 * TEAMS, "one_null": 40, "null_each": 6 * TEAMS,
    "two_nulls": 2 * N, "later": 6 * TEAMS, "item": 10 * TEAMS, "step": 10 * TEAMS, "local_id": 10 * TEAMS,
    "differ": 20 * TEAMS, "differ_pairs": min(N * (N - 1), 20 * N), "ordered": 20 * TEAMS,
    "ordered_pairs": min(N * (N - 1) // 2, 20 * N), "fifty": 50, "letters": 30, "labels": 4, "days": 60,
    "grid": 24, "cents": 99, "three": 4 * min(TEAMS * N, 10 * N),
}


def nulls(table, column, rate):
    return {"type": "column_generator", "schema": "uq", "table": table, "column": column,
            "generator": {"id": "primitive.date" if column.endswith("on") else "primitive.timestamp"},
            "transforms": [{"transform": "transform.null_rate", "params": {"rate": rate}}]}


def rule(table, column, generator, **params):
    return {"type": "column_generator", "schema": "uq", "table": table, "column": column,
            "generator": {"id": generator, "params": params}}


print(json.dumps({
    "plan_version": "0.3", "seed": 11, "global": {"as_of": "2026-11-26"},
    "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
    "targets": [{"schema": "uq", "table": t, "rows": n} for t, n in ROWS.items()],
    "rules": [
        nulls("contract", "ended_on", 0.5), nulls("loan", "back_on", 0.5), nulls("job", "left_at", 0.5),
        rule("step", "place", "derive.sibling_number", start=100, step=10, foreign_key="team_id"),
        rule("login", "email", "semantic.br.email.safe"),
        rule("tag", "name", "semantic.br.product.name"),
    ],
}))
