"""report_md.py METRICS REPORT: every number of report.md's tables of columns, foreign keys and times is
that of metrics.json.  Prints how many lines of each were compared; else ends with what differs."""
import json
import sys

metrics = json.load(open(sys.argv[1]))
text = open(sys.argv[2]).read()


def lines(title):
    """the rows of the table in a section, as lists of cells"""
    section = text.split("\n## %s\n" % title)[1].split("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in section.split("\n") if line.startswith("| ")][1:]


def share(n, of):
    permille = n * 1000 // of if of else None
    if permille is None:
        return "-"
    if n and not permille:
        return "\\< 0.1 %"
    return "%d %%" % (permille // 10) if permille % 10 == 0 else "%d.%d %%" % divmod(permille, 10)


def distinct(c):
    if c["distinct_is_exact"] and c["distinct"] == c["value_count"] > 1:
        return "all"
    return ("" if c["distinct_is_exact"] else "about ") + format(c["distinct"], ",")


def lengths(c):
    if "min_length" not in c:
        return "-"
    least, most = c["min_length"], c["max_length"]
    return "%s%s character%s" % (format(least, ","), "" if least == most else " to %s" % format(most, ","), "s" * (most != 1))


def same(what, got, want):
    if got != want:
        sys.exit("%s: report.md has %s, metrics.json %s" % (what, got, want))


rows = {(t["schema"], t["table"]): t["rows_found"] for t in metrics["tables"]}
columns = {line[0]: line[1:] for line in lines("Columns")}
for c in metrics["column_stats"]:
    name = ".".join((c["schema"], c["table"], c["column"]))
    if "value_count" not in c:
        continue
    same(name, columns[name], [share(c["null_count"], rows[c["schema"], c["table"]]), distinct(c),
                               share(c["most_frequent_in_sample"], c["sampled"]), lengths(c),
                               (c["role"] + ": " if "role" in c else "") + c["source"]])
fans = lines("Children of each parent")
same("foreign keys", len(fans), len(metrics["fan_out"]))
for line, f in zip(fans, metrics["fan_out"]):
    same(line[0], line[1:], [("" if f["parents_are_all"] else "a sample of ") + format(f["parents"], ","),
                             share(f["without_children"], f["parents"])] +
         [format(f[k], ",") for k in ("min", "median", "p90", "max")] +
         [share(f.get("born_before_parent", 0), f.get("births_compared", 0))])
times = lines("Time and rows by stage")
stages = metrics["performance"]["stages"]
for line, s in zip(times, stages):
    same(s["stage"], [line[0], line[2]], [s["stage"], format(s.get("rows", 0), ",")])
found = {line[0]: line[1] for line in lines("Targets and row counts")}
for (schema, table), n in rows.items():
    same(table, found["%s.%s" % (schema, table)], format(n, ","))
warnings = metrics.get("warnings", [])
if warnings and "\n%s warning" % format(len(warnings), ",") not in text:
    sys.exit("warnings: %d" % len(warnings))
print("%d columns, %d foreign keys, %d times" % (len(metrics["column_stats"]), len(fans), len(times)))
