"""Each column of a filled database as a person would look at it, and the verdicts that somebody gave."""
import json
import os
import re

import asking
import catalogue


def plan_of(run):
    """{(schema, table, column): (role, generator)} of a run directory, as far as its plan says."""
    out, roles = {}, {}
    if not run or not os.path.exists(os.path.join(run, "resolved_plan.json")):
        return out
    with open(os.path.join(run, "plan.json"), encoding="utf-8") as f:
        for r in json.load(f)["rules"]:
            if "guessed" in r and "column" in r:
                roles[r["schema"], r["table"], r["column"]] = r["guessed"]["role"]
    with open(os.path.join(run, "resolved_plan.json"), encoding="utf-8") as f:
        for t in json.load(f)["resolved"]["tables"]:
            for c in t["columns"]:
                key = t["schema"], t["table"], c["column"]
                params = {k: v for k, v in c.get("params", {}).items() if k != "record"}
                text = json.dumps(params, ensure_ascii=False)
                out[key] = roles.get(key, "-"), c.get("generator", c.get("source", "-")) + (" " + text[:70] if params else "")
    return out


def looks(db, t):
    """{column: (NULL share, distinct values, five samples)} of a table: the samples are of the same rows."""
    parts = ", ".join(f"json_build_array(avg(({c.q} IS NULL)::int), count(DISTINCT {c.q}::text))" for c in t.columns)
    counts = db.json(f"SELECT json_build_array({parts}) FROM {t.q};")[0]
    step = max(1, t.rows // 5)
    some = ", ".join(f"left({c.q}::text, 60)" for c in t.columns)
    rows = db.json(f"SELECT json_build_array({some}) FROM (SELECT *, row_number() OVER () AS i_ FROM {t.q}) x WHERE i_ % {step} = 1 % {step} LIMIT 5;")
    return {c.name: (*counts[i], [r[i] for r in rows]) for i, c in enumerate(t.columns)}


def faults(url, as_of):
    """{schema.table.column: lines that some row of it violates}"""
    out = {}
    for x in asking.ask(url, as_of):
        if x.bad > asking.LIMITS.get(x.line, 0) * x.asked:
            out.setdefault(re.split(r" [<|] ", x.of)[0], []).append(f"{x.line} {x.bad / x.asked:.0%}")
    return out


def given(path):
    """{(table, column): R, A or W} of a file of verdicts: a table a line, then column:verdict."""
    out = {}
    if path and os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            for line in f:
                table, *words = line.split() if not line.startswith("#") else [""]
                for w in words:
                    column, verdict = w.rsplit(":", 1)
                    out[table, column] = verdict
    return out


def page(url, run, as_of, verdicts):
    """The text to look at, a line for each column, keys marked with k."""
    db = catalogue.Database(url)
    plans, wrong = plan_of(run), faults(url, as_of)
    out = []
    for t in db.tables:
        out.append(f"== {t.path} ({t.rows} rows)")
        seen = looks(db, t) if t.rows else {}
        for c in t.columns if t.rows else []:
            nulls, distinct, some = seen[c.name]
            role, generator = plans.get((t.schema, t.name, c.name), ("-", "-"))
            shown = " | ".join("NULL" if v is None else v.replace("\n", " ") for v in some)
            verdict = verdicts.get((t.name, c.name), "?")
            out.append(f"{verdict}{'k' if c.keyed else ' '} {c.name} ({c.type}) <{role}: {generator}> {nulls:.0%} null, {distinct} distinct: {shown}"
                       + (f"   !! {'; '.join(wrong[c.path])}" if c.path in wrong else ""))
    return "\n".join(out), counts(db, verdicts)


def counts(db, verdicts):
    """{verdict: columns}, keys aside."""
    n = {"R": 0, "A": 0, "W": 0, "?": 0}
    for t in db.tables:
        for c in t.columns:
            if not c.keyed and t.rows:
                n[verdicts.get((t.name, c.name), "?")] += 1
    return n


def summary(name, n):
    judged = max(1, n["R"] + n["A"] + n["W"])
    return (f"{name}: {n['R']} right ({n['R'] / judged:.1%}), {n['A']} acceptable ({n['A'] / judged:.1%}), "
            f"{n['W']} wrong ({n['W'] / judged:.1%}), {n['?']} not judged; keys aside")
