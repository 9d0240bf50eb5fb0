"""sense.py make DATA CUSTOMERS SHARDS [FAULT]: rows of the tables of tests/fixtures/sense.sql, as CSV.

A person could believe them, but for the FAULT, which is planted in as many rows as FAULTS says.  The
files are written into the directory DATA, each table in that many shards.  Prints the rows of each
table, as small_plan of pipeline.bash takes them.

sense.py warnings METRICS: the warnings of metrics.json that are about common sense, one a line: code,
path and message.

sense.py numbers METRICS: what metrics.json says of columns and of foreign keys, as sorted JSON.
"""
import csv
import datetime
import json
import random
import sys

FAULTS = {"child_before_parent": 7, "boss_is_younger": 4, "events_out_of_order": 5, "born_after_today": 3,
          "deleted_at": 1, "is_deleted": 1, "one_value": 0, "random_text": 0, "implausible_number": 0,
          "constant_fan_out": 0, "boss_comes_later": 0}
CODES = {"child_before_parent", "events_out_of_order", "born_after_today", "mostly_deleted", "one_value",
         "random_text", "implausible_number", "constant_fan_out"}
NOTES = ["entrega pela manha", "deixar na portaria", "cliente pediu embrulho", "troco para cem reais",
         "ligar antes de chegar"]
CITIES = ["Recife", "Natal", "Belo Horizonte", "Curitiba", "Manaus"]
HEAD = {"customers": ["id", "created_at", "updated_at", "deleted_at", "is_exclusive"],
        "orders": ["id", "customer_id", "ordered_at", "delivered_on", "is_deleted", "quantity", "visits_per_month",
                   "rating_count", "city", "note", "tracking_code"],
        "staff": ["id", "boss_id", "created_at"]}
FIRST = datetime.datetime(2020, 1, 1, 9)
AFTER_TODAY = datetime.datetime(2026, 11, 29, 12)  # small_plan's today is three days earlier
DAY = datetime.timedelta(days=1)


def stamp(t):
    return "" if t is None else t.strftime("%Y-%m-%d %H:%M:%S")


def letters(rng):
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(18))


def born(i):
    return FIRST + i * datetime.timedelta(minutes=7)


def customers(n, fault):
    # half of them are deleted, which is not most
    deleted = n // 2 + (FAULTS[fault] if fault == "deleted_at" else 0)
    for i in range(n):
        yield [i + 1, stamp(born(i)), stamp(born(i) + DAY), stamp(born(i) + 2 * DAY if i < deleted else None), "t"]


def order(at, customer, k, fault):
    """the at-th order of all, the k-th of its customer, and whether it is one that the fault is planted in"""
    rng, hit = random.Random(at), fault is not None and at < FAULTS[fault]
    ordered = born(customer) + (k + 1) * DAY
    delivered = ordered  # on the day of the order, whose midnight is earlier
    if hit and fault == "child_before_parent":
        ordered = born(customer) - datetime.timedelta(seconds=1)
    if hit and fault == "events_out_of_order":
        delivered = ordered - DAY
    if hit and fault == "born_after_today":
        ordered, delivered = AFTER_TODAY, None
    return [at + 1, customer + 1, stamp(ordered), stamp(delivered)[:10], None,
            (40000 if fault == "implausible_number" else 1) + at % 4, 40 + at % 9, 800 + at % 50,
            CITIES[0 if fault == "one_value" else at % len(CITIES)],
            letters(rng) if fault == "random_text" else NOTES[at % len(NOTES)], letters(rng)]


def orders(n, fault):
    rows = []
    for customer in range(n):
        for k in range(2 if fault == "constant_fan_out" else 1 + customer % 3):
            rows.append(order(len(rows), customer, k, fault))
    deleted = len(rows) // 2 + (FAULTS[fault] if fault == "is_deleted" else 0)
    for i, row in enumerate(rows):
        row[4] = "t" if i < deleted else "f"
    return rows


def staff(n, fault):
    for i in range(n):
        boss, at = (i - 1) // 3 if i > 0 else None, born(i)
        if fault == "boss_comes_later" and i % 5 == 4 and i + 1 < n:
            boss = i + 1
        if fault == "boss_is_younger" and n - FAULTS[fault] <= i:
            at = born((i - 1) // 3) - datetime.timedelta(seconds=1)
        yield [i + 1, "" if boss is None else boss + 1, stamp(at)]


def write(data, table, rows, shards):
    """the shards have the rows that plan-check gives them: equal parts, the last ones one row less"""
    each, more, at = len(rows) // shards, len(rows) % shards, 0
    for i in range(shards):
        part = "" if shards == 1 else ".%d-of-%d" % (i, shards)
        n = each + (i < more)
        with open("%s/sense.%s%s.csv" % (data, table, part), "w", newline="") as f:
            out = csv.writer(f, lineterminator="\n")
            if i == 0:
                out.writerow(HEAD[table])
            out.writerows(rows[at:at + n])
        at += n


def make(data, n, shards, fault=None):
    if fault is not None and fault not in FAULTS:
        sys.exit("no such fault: %s" % fault)
    rows = {"customers": list(customers(int(n), fault)), "orders": orders(int(n), fault),
            "staff": list(staff(2 * int(n), fault))}
    for table in rows:
        if data != "-":
            write(data, table, rows[table], int(shards))
    print(" ".join("%s=%d" % (table, len(rows[table])) for table in rows))


def warnings(metrics):
    for w in json.load(open(metrics)).get("warnings", []):
        if w["code"] in CODES:
            print("%s %s: %s" % (w["code"], w["path"], w["message"]))


def numbers(metrics):
    m = json.load(open(metrics))
    json.dump({"columns": m["column_stats"], "fans": m["fan_out"]}, sys.stdout, indent=1, sort_keys=True)


{"make": make, "warnings": warnings, "numbers": numbers}[sys.argv[1]](*sys.argv[2:])
