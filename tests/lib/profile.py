"""profile.py METRICS CONSTRAINTS: SQL that names every number of metrics.json that is not so in the database.

CONSTRAINTS has a line "name|child|column|parent|column" for each foreign key of one column.  What
metrics.json calls an estimate may be 10 % off; all else has to be exact.
"""
import json
import sys


def name(*parts):
    return ".".join('"%s"' % p.replace('"', '""') for p in parts)


def text(s):
    return "'%s'" % str(s).replace("'", "''")


def column(c):
    col = name(c["column"])
    asked = ["count(*) - count(%s) = %d" % (col, c["null_count"]), "count(%s) = %d" % (col, c["value_count"])]
    if c["distinct_is_exact"]:
        asked.append("count(DISTINCT %s::text) = %d" % (col, c["distinct"]))
    else:
        asked.append("abs(count(DISTINCT %s::text) - %d) < %d" % (col, c["distinct"], c["distinct"] / 10))
    if "min" in c:
        asked += ["min(%s) = %s" % (col, text(c["min"])), "max(%s) = %s" % (col, text(c["max"]))]
    if "min_length" in c:
        asked += ["min(length(%s::text)) = %d" % (col, c["min_length"]), "max(length(%s::text)) = %d" % (col, c["max_length"])]
    return "SELECT %s, %s FROM %s" % (text(".".join((c["schema"], c["table"], c["column"]))),
                                       " AND ".join("(%s)" % a for a in asked), name(c["schema"], c["table"]))


def fan(f, key):
    child, col, parent, ref = key
    asked = ["sum(n) = %d" % f["rows"]]
    if f["parents_are_all"]:
        asked += ["count(*) = %d" % f["parents"], "count(*) FILTER (WHERE n = 0) = %d" % f["without_children"],
                  "min(n) = %d" % f["min"], "max(n) = %d" % f["max"]]
    else:
        asked += ["abs(avg(n) - %f) < 0.2 * avg(n) + 0.1" % (f["children"] / f["parents"]), "min(n) <= %d" % f["min"], "max(n) >= %d" % f["max"]]
    return "SELECT %s, %s FROM (SELECT count(c.%s) AS n FROM %s p LEFT JOIN %s c ON c.%s = p.%s GROUP BY p.%s) x" % (
        text(f["constraint"]), " AND ".join("(%s)" % a for a in asked), col, parent, child, col, ref, ref)


def main():
    metrics = json.load(open(sys.argv[1]))
    keys = {k[0]: k[1:] for k in (line.rstrip("\n").split("|") for line in open(sys.argv[2]))}
    asked = [column(c) for c in metrics["column_stats"] if "value_count" in c]
    asked += [fan(f, keys[f["constraint"]]) for f in metrics["fan_out"] if f["constraint"] in keys]
    print("SELECT what FROM (%s) x (what, is_so) WHERE is_so IS NOT TRUE;" % "\nUNION ALL ".join(asked))
    print("-- %d questions" % len(asked))


main()
