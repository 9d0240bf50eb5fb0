"""explained.py RUN ROWS: of every table in the plan of RUN, explain ROWS rows and hold what is
said against the files: the row, its values, its parents' rows, its siblings.  Prints a count."""
import csv, io, json, os, random, re, subprocess, sys

run, each = sys.argv[1], int(sys.argv[2])
tables = json.load(open(f"{run}/resolved_plan.json"))["resolved"]["tables"]
random.seed(1)


def encoded(name):
    return re.sub(r"[^A-Za-z0-9_\-\u0080-\uffff]", lambda m: "%%%02X" % ord(m[0]), name)


class Table:
    def __init__(self, t):
        self.name = f"{t['schema']}.{t['table']}"
        self.rows, self.existing = t["rows"], t.get("existing", False)
        if self.existing:
            path = f"{run}/keys/{encoded(t['schema'])}.{encoded(t['table'])}.existing.msgpack"
            out = subprocess.run(["snapshot", "--values", path], capture_output=True, text=True, check=True)
            self.dicts = [json.loads(l) for l in out.stdout.splitlines()]
            return
        text = open(f"{run}/data/{encoded(t['schema'])}.{encoded(t['table'])}.csv", newline="").read()
        cells = list(csv.reader(io.StringIO(text)))
        self.dicts = [dict(zip(cells[0], c)) for c in cells[1:]]
        self.lines = text.split("\n")[1:-1] if text.count("\n") == len(cells) else None


all_tables = {(t["schema"], t["table"]): Table(t) for t in tables}
done = 0


def plain(v):
    """as a snapshot shows it, or CSV"""
    v = "" if v is None else str(v).replace("+00:00", "Z").removeprefix("\\x")
    return {"True": "t", "False": "f", "true": "t", "false": "f"}.get(v, v)


def check(t, i):
    out = subprocess.run(["explain-row", "--run", run, t.name, str(i), "--output", "json"],
                         capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    x = json.loads(out.stdout)
    where = f"{t.name} row {i}"
    if t.lines is not None:
        assert x["csv"] == t.lines[i], f"{where}\n{x['csv']}\n{t.lines[i]}"
    for c in x["columns"]:
        if c["column"] in t.dicts[i]:
            assert (c["value"] or "") == t.dicts[i][c["column"]], f"{where} {c}"
        for r in c.get("parent_values", []):  # the parent's, of one that has a snapshot
            p = next(p for p in x["parents"] if p["constraint"] == r["constraint"])
            parent = all_tables[p["parent_schema"], p["parent_table"]]
            assert plain(r["value"]) == plain(parent.dicts[p["row"]][r["column"]]), f"{where} {r}"
        d = c.get("draw")
        if d and d["pick"] != "sequence":
            assert d["first"] <= d["index"] <= d["last"] < d["of"], f"{where} {c}"
    for p in x["parents"]:
        if p["mode"] in ("off", "null"):
            continue
        parent = all_tables[p["parent_schema"], p["parent_table"]]
        # an own generator or another key may fill a member; the plan says whose it is
        mine = [c for c in p["columns"] for d in x["columns"]
                if d["column"] == c["column"] and d.get("foreign_key") == p["constraint"]]
        if p["row"] is None and p["values_of_row"] is not None: # NULL in part
            other = parent.dicts[p["values_of_row"]]
            assert p["partial_nulls"] > 0 and any(c["value"] is None for c in mine), f"{where} {p}"
            assert any(c["value"] is not None for c in mine), f"{where} {p}"
            for c in mine:
                assert c["value"] is None or plain(c["value"]) == plain(other[c["parent_column"]]), f"{where} {p}"
            continue
        assert p["row"] == p["values_of_row"], f"{where} {p}"
        if p["row"] is None:
            assert all(c["value"] is None for c in mine), f"{where} {p}"
            continue
        for c in mine:
            if c["parent_column"] in parent.dicts[p["row"]]:
                assert plain(c["value"]) == plain(parent.dicts[p["row"]][c["parent_column"]]), f"{where} {p}"
        s = p["siblings"]
        if s is None or not mine:
            continue
        assert s["position"] < s["count"], where
        if s["position"] < len(s["first_rows"]):
            assert s["first_rows"][s["position"]] == i, f"{where} {s}"
        # a sibling whose key is NULL after all has no parent
        same = lambda r: (any(t.dicts[r][c["column"]] == "" for c in mine)
                          or all(t.dicts[r][c["column"]] == t.dicts[i][c["column"]] for c in mine))
        assert all(same(r) for r in s["first_rows"] + [s["last_row"]]), f"{where} {s}"
        if p["null_rate"] == 0 and len(mine) == len(p["columns"]):
            n = sum(all(r[c["column"]] == t.dicts[i][c["column"]] for c in mine) for r in t.dicts)
            assert n == s["count"], f"{where}: {n} siblings, {s}"
    return x


for t in all_tables.values():
    if t.existing:
        continue
    for i in sorted({0, t.rows - 1} | {random.randrange(t.rows) for _ in range(each)}):
        check(t, i)
        done += 1
print(done)
