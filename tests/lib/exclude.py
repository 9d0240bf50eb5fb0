#!/usr/bin/env python3
"""exclude.py N: a plan of tests/fixtures/exclude.sql with N rows of a table of each shape; parents
are few enough to have many children each.  The server takes seconds for a constraint over many
rows: other tables have no more than FEWER."""
import json
import sys

N = int(sys.argv[1])
FEW = {"room": max(N // 100, 3), "teacher": max(N // 50, 3), "site": max(N // 1000, 2), "hall": max(N // 200, 4)}
MANY = "code seat mail term booking meeting lease visit week".split()
FEWER = 5000
FEW["opening"] = min(N, FEWER, 31 * FEW["room"])  # in the days of a January
TABLES = """room teacher site hall code seat mail term block booking stay price event opening meeting lease shift
	bracket tariff rank slot visit week odd lesson desk""".split()

json.dump({
    "plan_version": "0.3", "seed": 7, "global": {"as_of": "2026-11-26"},
    "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
    "targets": [{"schema": "x", "table": t, "rows": FEW.get(t, N if t in MANY else min(N, FEWER))} for t in TABLES],
    "rules": [],
}, sys.stdout)
