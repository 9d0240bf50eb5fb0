"""What walk.py knows of generators that read something: columns of the row, a parent, siblings, children, the
column's own default or labels, or a list of the plan.

Tables r..., one beside each table of plain columns, have what such generators read:

    walk.customers (id, since)             8 rows, parents of several orders
    walk.codes (id, k0, k1 ...)            as many rows as an order's table has: one column of each type, unique
    walk.r... (id, customer_id, code_id, follows_id, first_name, last_name, price, quantity, placed, opens, ...)
    walk.i... (id, order_id, quantity, price, made, at, label)     1 to 5 rows of an order

A checker gets the column's values as texts, and the rows of these tables; it says what is wrong, or nothing.
"""
import datetime
import decimal
import functools
import re
import unicodedata
from collections import Counter, defaultdict

READS = ("derive.slug", "derive.moment", "derive.after_parent", "derive.before_parent", "derive.after_sibling", "derive.children", "derive.email_from_name",
         "derive.end_after_start", "derive.updated_after_created", "derive.expr", "derive.fk", "derive.money_total",
         "derive.parent_value", "derive.root_value", "derive.sibling_number", "derive.tree_path", "derive.when",
         "primitive.enum", "primitive.default", "primitive.shares", "primitive.choice", "primitive.lookup", "record.lookup")
INPUTS = ("id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES walk.customers, code_id integer NOT NULL UNIQUE "
          "REFERENCES walk.codes, follows_id integer REFERENCES walk.{0}, first_name text NOT NULL, last_name text NOT NULL, "
          "price numeric(5,2) NOT NULL, quantity integer NOT NULL, placed timestamp NOT NULL, opens time NOT NULL")
CHILD = ("id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES walk.{0}, quantity integer NOT NULL, "
         "price numeric(5,2) NOT NULL, made date NOT NULL, at timestamptz NOT NULL, opens time NOT NULL, "
         "label walk.label NOT NULL")
AS_OF = "2026-11-28"
B36 = "zabcdefghijklmnopqrstuvwxy0123456789"


# Checkers run once a value, and there are millions of them: what depends on the type alone is asked once.
@functools.cache
def is_text(kind):
    return re.match(r"text|varchar|char", kind) is not None


@functools.cache
def width(kind):
    m = re.fullmatch(r"(?:var)?char\((\d+)\)", kind)
    return int(m.group(1)) if m else 255


def some(kind, n, labels):
    """n values of a type, different where it has so many; they are written as a plan writes them."""
    day = datetime.date(2024, 1, 1)
    for pattern, of in (
            (r"boolean", lambda i: "true" if i % 2 else "false"), (r"smallint|integer|bigint|numeric|real|double", str),
            (r"date", lambda i: str(day + datetime.timedelta(days=i))),
            (r"timestamptz", lambda i: f"{day + datetime.timedelta(days=i)}T00:00:00Z"),
            (r"timestamp", lambda i: f"{day + datetime.timedelta(days=i)}T00:00:00"),
            (r"time", lambda i: f"{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}"), (r"uuid", lambda i: f"00000000-0000-4000-8000-{i:012x}"),
            (r"inet", lambda i: f"10.0.{i // 250}.{i % 250 + 1}"), (r"macaddr", lambda i: f"02:00:00:00:{i // 256:02x}:{i % 256:02x}"),
            (r"interval", lambda i: f"{i // 60:02}:{i % 60:02}:00"), (r"jsonb", lambda i: f'{{"n": {i}}}'),
            (r"walk", lambda i: labels[i % len(labels)]),
            (r"text|varchar|char", lambda i: "".join(B36[i // 36 ** p % 36] for p in (2, 1, 0)
                                                     if p == 0 or width(kind) > p and n > 36 ** p))):
        if re.match(pattern, kind):
            return [of(i) for i in range(1, n + 1)]
    raise ValueError(kind)


EXPR = [(r"boolean", "quantity > 5"), (r"smallint|integer|bigint", "quantity * 2 + 1"), (r"numeric|real|double", "price * quantity"),
        (r"date", "placed::date + quantity"), (r"timestamptz", "placed AT TIME ZONE 'UTC'"),
        (r"timestamp", "placed + interval '1 day'"), (r"time", "opens"), (r"walk", "CASE WHEN quantity > 5 THEN 'novo' ELSE 'pix' END"),
        (r"text|varchar|char", "left(first_name, {width})"), (r"", "NULL")]
CHILDREN = [(r"smallint|integer|bigint", "count", None), (r"numeric|real|double", "max", "price"), (r"date", "min", "made"),
            (r"timestamptz", "max", "at"), (r"timestamp", "max", "at AT TIME ZONE 'UTC'"), (r"time", "max", "opens"),
            (r"walk", "min", "label"), (r"", "count", None)]


def first(table, kind):
    return next(row for row in table if re.match(row[0], kind))[1:]


def params(c, rows, labels, at):
    """The parameters of a rule of the column: ${at}: the number of its type, which is that of its column of codes."""
    parent = {"input_columns": ["customer_id"], "parent_column": "since"}
    few = some(c.kind, rows if c.unique else 3, labels)
    list_of = {"values": few} if c.unique else {"values": few, "weights": [6, 3, 1]}
    count, expr = first(CHILDREN, c.kind)
    high, low = some(c.kind, 4, labels)[2:4], some(c.kind, 4, labels)[:2]
    return {
        "derive.after_parent": parent, "derive.before_parent": parent, "derive.after_sibling": parent,
        "derive.children": {"child": f"walk.i{c.table[1:]}", "aggregate": count, **({"expr": expr} if expr else {})},
        "derive.moment": {"after": ["placed", "customer_id.since"]}, "derive.slug": {"input_columns": ["first_name"]},
        "derive.email_from_name": {"input_columns": ["first_name", "last_name"]},
        "derive.end_after_start": {"input_columns": ["opens" if c.kind == "time" else "placed"]},
        "derive.updated_after_created": {"input_columns": ["opens" if c.kind == "time" else "placed"]},
        "derive.expr": {"expr": first(EXPR, c.kind)[0].format(width=width(c.kind))},
        "derive.money_total": {"input_columns": ["price", "quantity"]},
        "derive.parent_value": {"input_columns": ["code_id"], "parent_schema": "walk", "parent_table": "codes",
                                "parent_column": f"k{at}"},
        "derive.root_value": {"input_columns": ["follows_id"]}, "derive.tree_path": {"input_columns": ["follows_id"]},
        "derive.sibling_number": {"foreign_key": "customer_id"},
        "derive.when": {"rules": [{"when": "quantity > 5", "generator": "primitive.lookup", "params": {"values": high}}],
                        "otherwise": {"generator": "primitive.lookup", "params": {"values": low}}},
        "primitive.shares": {"choices": [{"value": low[0], "weight": 9}, {"value": low[1], "weight": 1}]},
        "primitive.choice": {"choices": [{"value": low[0], "weight": 9}, {"value": low[1], "weight": 1}]},
        "primitive.lookup": list_of, "record.lookup": {**list_of, "record": c.name},
    }.get(c.id, {})


def clause(c, labels, at, keyed):
    """What follows the column's type in CREATE TABLE; None: there is no such column."""
    if c.id == "derive.fk":
        return f" REFERENCES walk.codes (k{at})" if keyed else None
    if c.id == "derive.parent_value" and not keyed:
        return None
    if c.id == "primitive.default":
        return f" DEFAULT '{some(c.kind, 3, labels)[-1]}'::{c.kind}"
    return ""


# ---- what is valid -----------------------------------------------------------------------------

@functools.lru_cache(1 << 16)
def moment(v):
    return datetime.datetime.fromisoformat(v.replace("Z", "+00:00")).replace(tzinfo=None)


def when_of(c, v):
    """A value of a column of dates or moments beside a moment: a date is its whole day."""
    return moment(v).date() if c.kind == "date" else moment(v)


def least(c, v):
    return moment(v).date() if c.kind == "date" else moment(v)


SAME = [(r"numeric|real|double", lambda a, b: abs(decimal.Decimal(a) - decimal.Decimal(b)) < decimal.Decimal("0.001")),
        (r"smallint|integer|bigint", lambda a, b: abs(int(a) - decimal.Decimal(b)) <= decimal.Decimal("0.5")),
        (r"timestamp", lambda a, b: moment(a) == moment(b)), (r"boolean", lambda a, b: a[0] == b[0]),
        (r"jsonb", lambda a, b: a.replace(" ", "") == b.replace(" ", "")),
        (r"char\(", lambda a, b: a.rstrip(" ") == b.rstrip(" ")), (r"", lambda a, b: a == b)]


@functools.cache
def sameness(kind):
    return first(SAME, kind)[0]


def same(c, a, b):
    return a == b or sameness(c.kind)(a, b)


def bare(c, v):
    """A value of a unique column of texts without the number that tells it from others."""
    return re.sub(r"(-?\d+)$|(-\d+)+$", "", v.rstrip(" ")) if c.unique and is_text(c.kind) else v


def alike(c, v, want):
    """The same, or so in all but the number at its end, for which letters may have made room."""
    if same(c, v, want):
        return True
    return c.unique and is_text(c.kind) and bare(c, v) != v and want.startswith(bare(c, v))


def each(check):
    """A checker of a value beside its row."""
    def of(c, rows, world):
        for r in rows:
            if not check(c, r[c.name], r, world):
                return f"{r[c.name]!r} beside {r}"
        return None
    return of


def folded(v):
    v = unicodedata.normalize("NFKD", v).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", ".", v).strip(".")


def email(c, v, r, world):
    plain = f"{folded(r['first_name'])}.{folded(r['last_name'])}".replace(".", "")
    m = re.fullmatch(r"([a-z0-9._-]+?)(\d*)@example\.com", v)
    if m is None:
        return False
    local = re.sub(r"[._-]", "", m.group(1))
    return local == plain or len(v) + 3 > width(c.kind) and plain.startswith(local)


def slug(c, v, r, world):
    plain = folded(r["first_name"]).replace(".", "-")
    return v == plain[:width(c.kind)].strip("-") or c.unique and plain.startswith(bare(c, v))


# what EXPR gives of a row, by the column's type
EXPRESSED = [(r"boolean", lambda r, n, c: "t" if n > 5 else "f"), (r"smallint|integer|bigint", lambda r, n, c: str(2 * n + 1)),
             (r"numeric|real|double", lambda r, n, c: decimal.Decimal(r["price"]) * n),
             (r"date", lambda r, n, c: str(moment(r["placed"]).date() + datetime.timedelta(days=n))),
             (r"timestamptz", lambda r, n, c: r["placed"]),
             (r"timestamp", lambda r, n, c: str(moment(r["placed"]) + datetime.timedelta(days=1))),
             (r"time", lambda r, n, c: r["opens"]), (r"walk", lambda r, n, c: "novo" if n > 5 else "pix"),
             (r"text|varchar|char", lambda r, n, c: r["first_name"][:width(c.kind)]), (r"", lambda r, n, c: "")]


@functools.cache
def expressed(kind):
    return first(EXPRESSED, kind)[0]


def expression(c, v, r, world):
    want = expressed(c.kind)(r, int(r["quantity"]), c)
    return alike(c, v, want) if v else want == ""


def children(c, rows, world):
    of = defaultdict(list)
    for i in world["children"]:
        of[i["order_id"]].append(i)
    how, expr = first(CHILDREN, c.kind)
    column = (expr or "").split(" ")[0]
    for r in rows:
        items = of[r["id"]]
        if how == "count":
            want = str(len(items))
        elif column == "label":
            want = min((i[column] for i in items), key=world["labels"].index)
        elif column == "price":
            want = max((i[column] for i in items), key=decimal.Decimal)
        else:
            want = (max if how == "max" else min)(i[column] for i in items)
        if not same(c, r[c.name], want):
            return f"{r[c.name]!r}, its children say {want!r}"
    return None


def siblings(c, rows, world):
    """The default: 1 to 30 days from one to the next, the first no earlier than the parent."""
    of = defaultdict(list)
    for r in rows:
        of[r["customer_id"]].append(moment(r[c.name]))
    for parent, v in of.items():
        v.sort()
        if c.kind != "date" and v[0] < moment(world["customers"][parent]["since"]):
            return f"{v[0]} before its parent"
        if not all(1 <= (b - a).total_seconds() / 86400 <= 30 for a, b in zip(v, v[1:])):
            return f"{v} are not 1 to 30 days from one to the next"
    return None


def numbered(c, rows, world):
    of = defaultdict(list)
    for r in rows:
        of[r["customer_id"]].append(decimal.Decimal(r[c.name]))
    wrong = [k for k, v in of.items() if sorted(v) != list(range(1, len(v) + 1))]
    return f"children of customer {wrong[0]} are not 1, 2, ..." if wrong else None


def of_root(c, rows, world):
    at = {r["id"]: r for r in rows}

    def root(r):
        while r["follows_id"]:
            r = at[r["follows_id"]]
        return r
    def begin_alike(a, b):
        return a.startswith(b) or b.startswith(a) if c.unique else a == b
    return next((f"{r[c.name]!r} is not {root(r)[c.name]!r}, the root's" for r in rows
                 if not begin_alike(bare(c, r[c.name]), bare(c, root(r)[c.name]))), None)


def path(c, rows, world):
    at = {r["id"]: r for r in rows}
    for r in rows:
        above = at[r["follows_id"]][c.name].rstrip(" ") + "/" if r["follows_id"] else ""
        if r[c.name].rstrip(" ") != above + r["id"]:
            return f"{r[c.name]!r} below {above!r}"
    return None


def in_turn(c, rows, world):
    times = Counter(r[c.name] for r in rows)
    strange = set(times) - {k[f"k{c.at}"] for k in world["codes"].values()}
    return f"{min(strange)!r} is no key" if strange else "a key more often than another" if set(times.values()) != {1} else None


def weighed(c, rows):
    """How many rows have the one choice and the other."""
    times = Counter(r[c.name] for r in rows)
    return [sum(n for v, n in times.items() if alike(c, v, x["value"])) for x in c.params["choices"]]


def shares(c, rows, world):
    n, m = weighed(c, rows)
    return None if n + m == len(rows) and abs(n * 10 - len(rows) * 9) < 10 else f"{n} and {m} of {len(rows)}"


def choices(c, rows, world):
    n, m = weighed(c, rows)
    return None if n + m == len(rows) and n > m else f"{n} and {m} of {len(rows)}"


def default(c, rows, world):
    want = some(c.kind, 3, world["labels"])[-1]
    return next((f"{v!r} is not {want!r}" for v in {r[c.name] for r in rows} if not alike(c, v, want)), None)


# values that are the same have the same image; the converse is left to alike()
IMAGES = [(r"smallint|integer|bigint|numeric|real|double", decimal.Decimal), (r"timestamp", moment), (r"boolean", lambda v: v[0]),
          (r"jsonb", lambda v: v.replace(" ", "")), (r"", lambda v: v.rstrip(" "))]


def one_of(c, rows, world):
    image = first(IMAGES, c.kind)[0]
    images = {image(x) for x in c.params["values"]}
    for v in {r[c.name] for r in rows}:
        if image(v) not in images and not any(alike(c, v, x) for x in c.params["values"]):
            return f"{v!r} is not in the list"
    return None


def condition(c, v, r, world):
    chosen = c.params["rules"][0]["params"] if int(r["quantity"]) > 5 else c.params["otherwise"]["params"]
    return any(alike(c, v, x) for x in chosen["values"])


def after(c, v, r, world):
    if c.kind == "time":
        return v >= r["opens"]
    return when_of(c, v) >= least(c, r["placed"])


def until_today(c, v, r, world):
    return after(c, v, r, world) and (c.kind == "time" or str(when_of(c, v))[:10] <= AS_OF)


def later(c, v, r, world):
    """Not before the order was placed and its customer came; a date may be the same day."""
    since = world["customers"][r["customer_id"]]["since"]
    return until_today(c, v, r, world) and when_of(c, v) >= least(c, since)


CHECKS = {
    "derive.moment": each(later),
    "derive.after_parent": each(lambda c, v, r, w: when_of(c, v) >= least(c, w["customers"][r["customer_id"]]["since"])),
    "derive.before_parent": each(lambda c, v, r, w: when_of(c, v) <= least(c, w["customers"][r["customer_id"]]["since"])),
    "derive.after_sibling": siblings, "derive.children": children, "derive.email_from_name": each(email),
    "derive.end_after_start": each(after), "derive.updated_after_created": each(until_today),
    "derive.slug": each(slug), "derive.expr": each(expression), "derive.fk": in_turn,
    "derive.money_total": each(lambda c, v, r, w: same(c, v, decimal.Decimal(r["price"]) * int(r["quantity"]))),
    "derive.parent_value": each(lambda c, v, r, w: same(c, v, w["codes"][r["code_id"]][f"k{c.at}"])),
    "derive.root_value": of_root, "derive.sibling_number": numbered, "derive.tree_path": path, "derive.when": each(condition),
    "primitive.enum": each(lambda c, v, r, w: v in w["labels"]),
    "primitive.default": default,
    "primitive.shares": shares, "primitive.choice": choices, "primitive.lookup": one_of, "record.lookup": one_of,
}
