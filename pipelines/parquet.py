#!/usr/bin/env python3
"""parquet.py RUN OUT: the CSV shards of a run as Parquet, a file for each, with the types of the schema.

It needs DuckDB's module for Python (pip install duckdb), which is in no Debian package.  Shards may be
compressed.  A numeric column without a precision, or with more than 38 digits, and types that Parquet
has no form for (json, arrays, ranges, addresses) become text, as PostgreSQL prints them.
"""
import csv
import io
import json
import os
import re
import subprocess
import sys

# By class of the column's base type (schema.json); others are text.
TYPES = {
    "bool": "BOOLEAN", "int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT", "float4": "FLOAT", "float8": "DOUBLE",
    "date": "DATE", "time": "TIME", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMPTZ", "uuid": "UUID", "oid": "BIGINT",
}


def fail(message):
    print("parquet.py: " + message, file=sys.stderr)
    sys.exit(2)


def load(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError) as e:
        return fail("%s: %s" % (path, e))


def type_of(column):
    """DuckDB's type of a column, and the expression that makes it of the text: {} is the column."""
    t = column["column_type"]
    cls, precision = t["class"], t["numeric_precision"]
    if cls == "numeric" and precision is not None and precision <= 38 and 0 <= (t["numeric_scale"] or 0) <= precision:
        return "DECIMAL(%d,%d)" % (precision, t["numeric_scale"] or 0), "{}"
    if cls == "bytea":
        return "VARCHAR", "unhex(substr({}, 3))"
    return TYPES.get(cls, "VARCHAR"), "{}"


def receipts(run, table):
    """The receipts of a table's shards, in order."""
    pattern = re.compile(r"gen\..*\.json")
    found = []
    for name in os.listdir(os.path.join(run, "receipts")):
        if pattern.fullmatch(name):
            r = load(os.path.join(run, "receipts", name))
            if (r["schema"], r["table"]) == table:
                found.append(r)
    return sorted(found, key=lambda r: r["shard"])


def first_line(path, zstd):
    """The names of the columns."""
    if zstd:
        with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE) as p:
            text = p.stdout.read(1 << 20).decode("utf-8", "replace")
            p.kill()
    else:
        with open(path, encoding="utf-8", errors="replace", newline="") as f:
            text = f.read(1 << 20)
    return next(csv.reader(io.StringIO(text)))


def quoted(name):
    return '"%s"' % name.replace('"', '""')


def text(s):
    return "'%s'" % s.replace("'", "''")


def convert(db, run, out, columns, shards):
    """The shards of one table; returns the number of rows."""
    rows = 0
    rules = [r.get("header", "first") for r in shards]
    data = [next(o["path"] for o in r["outputs"] if o["kind"] == "rows") for r in shards]
    if shards[0]["format"] != "csv" or rules[0] == "none":
        fail("%s: its shards are no CSV with a header: generate with --format csv" % data[0])
    names = first_line(os.path.join(run, data[0]), shards[0]["compress"] != "")
    types = {n: type_of(columns[n]) for n in names}
    struct = ", ".join("%s: %s" % (text(n), text(types[n][0])) for n in names)
    exprs = ", ".join("%s AS %s" % (types[n][1].format(quoted(n)), quoted(n)) for n in names)
    for path, rule, r in zip(data, rules, shards):
        header = rule == "each" or (rule == "first" and r["shard"] == 0)
        target = os.path.join(out, re.sub(r"\.csv(\.zst)?$", ".parquet", os.path.basename(path)))
        source = (
            "read_csv(%s, header = %s, columns = {%s}, delim = ',', quote = '\"', escape = '\"', nullstr = '', "
            "allow_quoted_nulls = false, auto_detect = false, compression = %s)"
            % (text(os.path.join(run, path)), "true" if header else "false", struct, text("zstd" if r["compress"] else "none"))
        )
        db.execute("COPY (SELECT %s FROM %s) TO %s (FORMAT parquet)" % (exprs, source, text(target + ".tmp")))
        got = db.execute("SELECT count(*) FROM read_parquet(%s)" % text(target + ".tmp")).fetchall()[0][0]
        if got != r["rows"]:
            fail("%s: %d rows, its receipt says %d" % (path, got, r["rows"]))
        os.rename(target + ".tmp", target)
        rows += got
    return rows


def main():
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    run, out = sys.argv[1:]
    try:
        import duckdb
    except ImportError:
        return fail("the module duckdb is not installed: pip install duckdb")
    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    os.makedirs(out, exist_ok=True)
    schema = load(os.path.join(run, "schema.json"))
    for t in load(os.path.join(run, "resolved_plan.json"))["resolved"]["tables"]:
        found = receipts(run, (t["schema"], t["table"]))
        if len(found) != t["shards"]:
            return fail("%s.%s: %d of %d shards are made" % (t["schema"], t["table"], len(found), t["shards"]))
        tables = next(s["tables"] for s in schema["schemas"] if s["name"] == t["schema"])
        columns = next(x["columns"] for x in tables if x["name"] == t["table"])
        rows = convert(db, run, out, {c["name"]: c for c in columns}, found)
        print("%s.%s: %d rows in %d file%s" % (t["schema"], t["table"], rows, len(found), "" if len(found) == 1 else "s"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
