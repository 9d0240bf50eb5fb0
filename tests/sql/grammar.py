"""Random typed expressions over table t: a grammar as data, and trees that can be cut smaller.

A type is a short name; RULES say how a value of it is made from others, <type> for each.
What is in small letters only is another nonterminal of the same kind (<k>: a small integer,
<re>: a pattern ...).  An expression reads as PostgreSQL's SQL, without assuming much of the
casts that are implied: an untyped literal may stand for any type.
"""

import re

from oracle import literal
from rows import POOLS

# type: SQL's name, columns of table t, pool of values
TYPES = {
    "b": ("boolean", ["bo"], "bo"), "i2": ("smallint", ["si"], "si"), "i4": ("integer", ["i", "i2", '"Weird Col"', "dpos"], "i"),
    "i8": ("bigint", ["b"], "b"), "n": ("numeric", ["n"], "n"), "f4": ("real", ["r"], "r"), "f8": ("double precision", ["dp"], "dp"),
    "t": ("text", ["tx", "dem", '"order"'], "tx"), "vc": ("varchar", ["vc", "vc2"], "vc"), "bp": ("bpchar", ["ch"], "ch"),
    "nm": ("name", ["nm"], "nm"), "d": ("date", ["d", "d2"], "d"), "ts": ("timestamp", ["ts", "ts2"], "ts"),
    "tz": ("timestamptz", ["tz"], "ts"), "tm": ("time", ["tm"], "tm"), "iv": ("interval", ["iv"], "iv"), "u": ("uuid", ["u"], "u"),
    "by": ("bytea", ["by"], "by"), "js": ("json", ["j"], "jb"), "jb": ("jsonb", ["jb"], "jb"), "ta": ("text[]", ["ta"], "ta"),
    "va": ("varchar[]", ["va"], "ta"), "ia": ("integer[]", ["ia"], "ia"), "ir": ("int4range", ["ir"], "ir"),
    "tr": ("tsrange", ["tr"], "tr"), "m": ("mood", ["m"], "m"),
}
# one of these, chosen anew at each place
CLASSES = {
    "int": ["i2", "i4", "i4", "i8"], "num": ["i2", "i4", "i4", "i8", "n", "n", "f4", "f8"], "str": ["t", "t", "vc", "bp", "nm"],
    "day": ["d", "ts", "tz"], "jx": ["jb", "jb", "js"], "arr": ["ta", "ia"], "rng": ["ir", "tr"],
    "any": [t for t in TYPES if t != "js"], "shown": [t for t in TYPES if t not in ("js",)],
}
SAME = [t for t in TYPES if t != "js"]  # types with an order
WORDS = {
    "cmp": ["=", "<>", "<", "<=", ">", ">="], "arith": ["+", "-", "*"], "is": ["TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"],
    "k": ["0", "1", "2", "3", "4", "-1", "-2", "7"], "unit": ["year", "month", "day", "quarter", "week", "dow", "isodow", "doy", "isoyear", "decade",
                                                         "century", "millennium", "epoch", "julian"],
    "tunit": ["hour", "minute", "second", "milliseconds", "microseconds", "epoch"],
    "iunit": ["year", "month", "day", "hour", "minute", "second", "epoch", "decade", "quarter", "milliseconds"],
    "trunc": ["year", "month", "day", "quarter", "week", "decade", "century", "millennium", "hour", "minute", "second", "milliseconds", "microseconds"],
    "step": ["'1 day'", "'1 mon'", "'1 year'", "'-1 mon'", "'12 hours'", "'1 year 2 mons -3 days'", "'0.5 s'", "'13 mons'", "'-1 microsecond'", "'1 week'"],
    "key": ["'a'", "'b'", "'k'", "'n'", "'zz'", "''"], "idx": ["0", "1", "-1", "2", "-3"], "path": ["'{a}'", "'{a,b}'", "'{b,0}'", "'{b,1,a}'", "'{0}'", "'{}'", "'{-1}'"],
    "quant": ["ANY", "ALL"], "like": ["LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE"], "match": ["~", "!~", "~*", "!~*"],
    "fmt": ["'a'", "'b,c'", "'x'"], "side": ["leading", "trailing", "both"], "zone": ["'UTC'"],
    "numtype": ["smallint", "integer", "bigint", "numeric", "real", "double precision", "numeric(8,2)", "numeric(3,0)", "numeric(5,-1)"],
    "flag": ["'[]'", "'()'", "'[)'", "'(]'"],
}
RULES = """
b	<b> AND <b>
b	<b> OR <b>
b	<b> AND <b> AND <b>
b	NOT <b>
b	<b> IS <is>
b	<any> IS NULL
b	<any> IS NOT NULL
b	<num> <cmp> <num>
b	<num> <cmp> <num>
b	<num> <cmp> <num>
b	<str> <cmp> <str>
b	<day> <cmp> <day>
b	<any> IS DISTINCT FROM NULL
b	<num> BETWEEN <num> AND <num>
b	<i4> NOT BETWEEN SYMMETRIC <i4> AND <i4>
b	<day> BETWEEN <d> AND <ts>
b	<num> IN (<num>, <num>, <k>)
b	<i4> NOT IN (<k>, <k>, <k>)
b	<str> IN (<t>, <t>)
b	<i4> = <quant> (<ia>)
b	<i4> <cmp> <quant> (<ia>)
b	<t> <cmp> <quant> (<ta>)
b	<n> <cmp> <quant> (ARRAY[<n>, <i4>])
b	<i8> <cmp> <quant> (ARRAY[<i4>, <i8>])
b	<t> LIKE <quant> (<ta>)
b	<t> ~ <quant> (ARRAY[<re>, vc])
b	<t> ILIKE <quant> (ARRAY[<lk>, <vc>, NULL])
b	<t> ~ <quant> (ARRAY[<re>, <re>])
b	<str> <like> <lk>
b	<str> <like> <lk>
b	<t> <like> <t>
b	<t> LIKE <lk> ESCAPE '!'
b	<str> <match> <re>
b	<str> <match> <re>
b	<t> SIMILAR TO <lk>
b	starts_with(<t>, <t>)
b	<t> ^@ <t>
b	(<i4>, <i8>) <cmp> (<i4>, <n>)
b	(<t>, <d>) <cmp> (<t>, <d>)
b	(<i4>, <t>, <b>) <cmp> (<i4>, <vc>, <b>)
b	ROW(<any>, <any>) IS NULL
b	ROW(<any>, <any>) IS NOT NULL
b	isfinite(<day>)
b	isfinite(<iv>)
b	(<d>, <d>) OVERLAPS (<d>, <d>)
b	(<ts>, <iv>) OVERLAPS (<ts>, <ts>)
b	<jb> @> <jb>
b	<jb> <@ <jb>
b	<jb> ? <key>
b	<jb> ?| ARRAY[<t>, 'a']
b	<jb> ?& <ta>
b	<ta> @> <ta>
b	<ia> && <ia>
b	<ia> <@ <ia>
b	<va> <@ <va>
b	isempty(<rng>)
b	lower_inf(<rng>)
b	upper_inf(<rng>)
b	lower_inc(<rng>)
b	upper_inc(<rng>)
b	<ir> @> <i4>
b	<i4> <@ <ir>
b	<ts> <@ <tr>
b	<ir> @> <ir>
b	<ir> <@ <ir>
b	<ir> && <ir>
b	<ir> << <ir>
b	<ir> >> <ir>
b	<ir> &< <ir>
b	<ir> &> <ir>
b	<ir> -|- <ir>
b	<tr> && <tr>
b	<tr> -|- <tr>
b	<tr> <@ <tr>
b	(<i4>)::boolean
b	(<t>)::boolean
b	padded(<t>)
b	is_ok(<t>)
b	<d> <= CURRENT_DATE
b	<t> COLLATE "C" <cmp> <t>
i2	<i2> <arith> <i2>
i2	<i2> / <i2>
i2	<i2> % <i2>
i2	(<num>)::smallint
i2	- <i2>
i2	abs(<i2>)
i4	<i4> <arith> <i4>
i4	<i4> <arith> <i4>
i4	<i4> <arith> <i2>
i4	<i2> <arith> <i4>
i4	<i4> / <i4>
i4	<i4> / <k>
i4	<i4> % <i4>
i4	mod(<i4>, <i4>)
i4	- <i4>
i4	+ <i4>
i4	@ <i4>
i4	~ <i4>
i4	abs(<i4>)
i4	<i4> & <i4>
i4	<i4> | <i4>
i4	<i4> # <i4>
i4	<i4> << <k>
i4	<i4> >> <k>
i4	gcd(<i4>, <i4>)
i4	lcm(<i4>, <i4>)
i4	(<num>)::integer
i4	(<t>)::integer
i4	(<b>)::integer
i4	length(<t>)
i4	length(<str>)
i4	char_length(<str>)
i4	octet_length(<str>)
i4	octet_length(<by>)
i4	bit_length(<t>)
i4	length(<by>)
i4	position(<t> in <t>)
i4	strpos(<t>, <t>)
i4	ascii(<t>)
i4	num_nonnulls(<any>, <any>, <any>)
i4	num_nulls(<any>, <any>)
i4	num_nulls(VARIADIC <arr>)
i4	<d> - <d>
i4	array_length(<arr>, 1)
i4	array_length(<arr>, <i4>)
i4	array_upper(<arr>, 1)
i4	array_lower(<arr>, 1)
i4	array_ndims(<arr>)
i4	cardinality(<arr>)
i4	array_position(<ia>, <i4>)
i4	array_position(<ta>, <t>)
i4	(<ia>)[<k>]
i4	(<ia>)[<i4>]
i4	lower(<ir>)
i4	upper(<ir>)
i4	jsonb_array_length(<jb>)
i4	json_array_length(<js>)
i4	scale(<n>)
i4	min_scale(<n>)
i4	width_bucket(<f8>, <f8>, <f8>, <i4>)
i4	(<jb> ->> <key>)::int
i8	<i8> <arith> <i8>
i8	<i8> <arith> <i4>
i8	<i2> <arith> <i8>
i8	<i8> / <i8>
i8	<i8> % <i8>
i8	- <i8>
i8	abs(<i8>)
i8	<i8> << <k>
i8	<i8> & <i8>
i8	(<num>)::bigint
i8	(<t>)::bigint
i8	gcd(<i8>, <i8>)
n	<n> <arith> <n>
n	<n> <arith> <i4>
n	<i8> <arith> <n>
n	<n> / <n>
n	<n> / <i4>
n	<n> % <n>
n	mod(<n>, <n>)
n	div(<n>, <n>)
n	- <n>
n	abs(<n>)
n	sign(<n>)
n	round(<n>)
n	round(<n>, <k>)
n	trunc(<n>, <k>)
n	trunc(<n>)
n	ceil(<n>)
n	floor(<n>)
n	trim_scale(<n>)
n	(<num>)::numeric
n	(<num>)::numeric(10,3)
n	(<num>)::numeric(4,1)
n	(<t>)::numeric
n	(<n>)::numeric(6,2)
n	extract(<unit> from <d>)
n	extract(<unit> from <ts>)
n	extract(<tunit> from <ts>)
n	extract(<tunit> from <tz>)
n	extract(<tunit> from <tm>)
n	extract(<iunit> from <iv>)
n	(<jb> ->> <key>)::numeric
f4	<f4> <arith> <f4>
f4	<f4> / <f4>
f4	- <f4>
f4	abs(<f4>)
f4	(<num>)::real
f4	(<t>)::real
f8	<f8> <arith> <f8>
f8	<f8> <arith> <num>
f8	<f4> <arith> <f8>
f8	<f8> / <f8>
f8	<f8> / <i4>
f8	- <f8>
f8	abs(<f8>)
f8	sign(<f8>)
f8	round(<f8>)
f8	trunc(<f8>)
f8	ceil(<f8>)
f8	floor(<f8>)
f8	sqrt(<f8>)
f8	cbrt(<f8>)
f8	exp(<f8>)
f8	ln(<f8>)
f8	log(<f8>)
f8	power(<f8>, <f8>)
f8	<i4> ^ <k>
f8	(<num>)::double precision
f8	(<t>)::float8
f8	date_part('<unit>', <ts>)
f8	date_part('<unit>', <d>)
f8	date_part('<tunit>', <ts>)
f8	date_part('<iunit>', <iv>)
t	<t> || <t>
t	<t> || <str>
t	<t> || <num>
t	<d> || <t>
t	lower(<str>)
t	upper(<str>)
t	initcap(<t>)
t	trim(<t>)
t	trim(<side> from <t>)
t	trim(<side> <t> from <t>)
t	btrim(<t>, <t>)
t	ltrim(<t>)
t	rtrim(<str>)
t	substring(<t> from <k> for <k>)
t	substring(<t> from <i4> for <i4>)
t	substring(<t> from <i4>)
t	substr(<t>, <k>)
t	substring(<t> from <re>)
t	left(<t>, <k>)
t	right(<t>, <i4>)
t	left(<t>, <i4>)
t	replace(<t>, <t>, <t>)
t	split_part(<t>, <t>, <k>)
t	split_part(<t>, '-', <i4>)
t	overlay(<t> placing <t> from <k>)
t	overlay(<t> placing <t> from <k> for <k>)
t	reverse(<t>)
t	repeat(<t>, <k>)
t	lpad(<t>, <k>)
t	lpad(<t>, <k>, <t>)
t	rpad(<t>, <k>, <t>)
t	translate(<t>, <t>, <t>)
t	concat(<t>, <num>, <str>)
t	concat(<d>, <m>)
t	concat_ws(<t>, <t>, <num>, <t>)
t	md5(<t>)
t	encode(<by>, 'hex')
t	(<shown>)::text
t	(<shown>)::text
t	(<num>)::text
t	(<day>)::text
t	(<m>)::text
t	jsonb_typeof(<jb>)
t	<jb> ->> <key>
t	<jb> ->> <idx>
t	<jx> ->> <key>
t	<jx> #>> <path>
t	(<ta>)[<k>]
t	(<ta>)[<i4>]
t	(regexp_match(<t>, <re>))[1]
t	CASE WHEN <b> THEN <str> ELSE <str> END
vc	(<str>)::varchar
vc	(<str>)::varchar(2)
vc	(<num>)::varchar(3)
bp	(<str>)::char(3)
bp	(<str>)::bpchar
bp	(<num>)::char(4)
nm	(<t>)::name
d	<d> + <i4>
d	<d> - <k>
d	<i4> + <d>
d	(<day>)::date
d	(<t>)::date
d	make_date(<i4>, <i4>, <i4>)
d	make_date(2000 + <k>, <k>, <i4>)
ts	<d> + <iv>
ts	<d> - interval <step>
ts	<ts> + interval <step>
ts	<ts> - <iv>
ts	<ts> + <iv>
ts	<d> + <tm>
ts	(<day>)::timestamp
ts	(<ts>)::timestamp(0)
ts	(<ts>)::timestamp(3)
ts	date_trunc('<trunc>', <ts>)
ts	<tz> AT TIME ZONE <zone>
ts	lower(<tr>)
ts	upper(<tr>)
tz	<tz> + interval <step>
tz	<tz> - <iv>
tz	date_trunc('<trunc>', <tz>)
tz	<ts> AT TIME ZONE <zone>
tz	(<day>)::timestamptz
tm	<tm> + <iv>
tm	<tm> - interval <step>
tm	(<ts>)::time
tm	(<iv>)::time
tm	(<tm>)::time(0)
iv	<ts> - <ts>
iv	<tz> - <tz>
iv	<ts> - <d>
iv	<tm> - <tm>
iv	<iv> + <iv>
iv	<iv> - <iv>
iv	- <iv>
iv	<iv> * <k>
iv	<iv> * <f8>
iv	<iv> / <k>
iv	<iv> / <f8>
iv	age(<ts>, <ts>)
iv	age(<tz>, <tz>)
iv	(<tm>)::interval
iv	interval <step>
iv	(<t>)::interval
iv	justify_days(<iv>)
iv	justify_hours(<iv>)
by	<by> || <by>
u	(<t>)::uuid
jb	<jb> -> <key>
jb	<jb> -> <idx>
jb	<jb> #> <path>
jb	<jb> -> <t>
jb	(<js>)::jsonb
js	<js> -> <key>
js	<js> -> <idx>
js	<js> #> <path>
ta	ARRAY[<t>, <t>]
ta	ARRAY[<t>, <vc>, NULL]
ta	(<va>)::text[]
ta	<ta> || <ta>
ta	array_append(<ta>, <t>)
ta	string_to_array(<t>, ',')
va	ARRAY[<vc>]
ia	ARRAY[<i4>, <i4>]
ia	ARRAY[<i4>, NULL, <k>]
ia	<ia> || <i4>
ia	(<ia>)[<k>:<k>]
ir	int4range(<i4>, <i4>)
ir	int4range(<i4>, <i4>, <flag>)
ir	<ir> * <ir>
tr	tsrange(<ts>, <ts>)
tr	tsrange(<ts>, <ts>, <flag>)
tr	<tr> * <tr>
m	(<t>)::mood
b	<n> IN (<n>, <i4>, <f8>)
b	<str> IN (<str>, <t>, 'a')
b	<b> = <b>
b	<b> <> true
b	<b> IS NOT DISTINCT FROM <b>
b	(<any> IS NULL) = (<any> IS NULL)
b	num_nonnulls(<any>, <any>) = <k>
b	<t> IN (lower(<t>), 'b', NULL)
b	<n> * 100 = trunc(<n> * 100)
b	coalesce(<b>, <k> > <i4>)
b	<d> - <d> < <i4>
b	<ts> - <ts> < <iv>
b	<d> > CURRENT_DATE - <i4>
b	<str> || <str> <cmp> <t>
b	<jb> -> <key> <cmp> <jb>
b	CASE <t> WHEN 'a' THEN <b> WHEN <t> THEN <b> ELSE <b> END
b	CASE WHEN <b> THEN <i4> ELSE <n> END > <f8>
b	(<i4>, <i4>) = (<i4>, <i8>)
b	(<t>, <i4>) <> (<t>, <k>)
b	extract(<unit> from <d>) IN (<k>, <k>, 12)
b	date_trunc('<trunc>', <ts>) = <ts>
b	(<t>)::int > <i4>
b	length(<t>) BETWEEN <k> AND <i4>
b	<t> = ANY ('{a,b,NULL}')
b	<i4> = ANY ('{1,2,3}'::int[])
b	<m> IN ('sad', 'ok')
b	<m> = ANY (ARRAY[<m>, 'ok'])
b	<u> = '00000000-0000-0000-0000-000000000000'
n	greatest(<i4>, <n>)
n	coalesce(<n>, <i4>)
f8	least(<f8>, <n>)
i8	coalesce(<i4>, <i8>)
t	coalesce(<vc>, <t>)
t	nullif(<vc>, <t>)
t	greatest(<t>, <vc>)
ts	greatest(<d>, <ts>)
i4	(<b>)::int + (<b>)::int
f8	<i8> / <f8>
f8	(<n>)::float8 * <f4>
f4	<f4> * 2
n	<n> * 1.5 - 0.25
n	round(<n> * <n>, 2)
n	<n> ^ 2
n	extract(<iunit> from <ts> - <ts>)
t	to_char(<d>, 'YYYY-MM')
t	upper(left(<t>, 1)) || substr(<t>, 2)
t	<t> || NULL
"""
# of every type T
ALWAYS = ["CASE WHEN <b> THEN <T> ELSE <T> END", "CASE WHEN <b> THEN <T> WHEN <b> THEN <T> END", "CASE <i4> WHEN <k> THEN <T> WHEN <i4> THEN <T> END",
          "coalesce(<T>, <T>)", "coalesce(<T>, <T>, <T>)"]
ORDERED = ["nullif(<T>, <T>)", "greatest(<T>, <T>)", "least(<T>, <T>, <T>)"]
ATOMS = ["a", "b", "A", "x", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\w", r"\s", r"\S", "[[:alpha:]]", "[[:digit:]x]", "(a|b)", "(ab)", "(?:a|bc)", "é", "@", "-", r"\.",
         " ", r"\y", "日", "[^@]", "1", "K", "(a)"]
QUANTIFIERS = ["", "", "", "", "*", "+", "?", "{2}", "{1,3}", "+?", "*?", "{0,1}"]


def rules():
    """{type: templates}."""
    table = {}
    for line in RULES.strip().split("\n"):
        t, template = line.split("\t")
        table.setdefault(t, []).append(template)
    for t in TYPES:
        more = ALWAYS + (ORDERED if t in SAME else [])
        table.setdefault(t, []).extend(m.replace("<T>", f"<{t}>") for m in more)
    for t in SAME:
        table["b"] += [f"<{t}> <cmp> <{t}>", f"<{t}> IS DISTINCT FROM <{t}>"][: 1 if t in ("i4", "t") else 2]
    return table


TABLE = rules()


def unescaped(s):
    """A value of a pool is a field of COPY."""
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), s)


class Node:
    """A value of a type: text with children between its pieces."""

    def __init__(self, kind, pieces, kids=()):
        self.kind, self.pieces, self.kids = kind, pieces, list(kids)

    def __str__(self):
        s = self.pieces[0] + "".join(str(k) + p for k, p in zip(self.kids, self.pieces[1:]))
        return f"({s})" if self.kids else s

    def nodes(self):
        """It and all below."""
        return [self] + [n for k in self.kids for n in k.nodes()]

    def replaced(self, old, new):
        """A copy with one node replaced."""
        return new if self is old else Node(self.kind, self.pieces, [k.replaced(old, new) for k in self.kids])

    def smaller(self):
        """Trees with one node replaced by one below it, a column or NULL of its type."""
        for n in self.nodes():
            if not n.kids or n.kind is None:
                continue
            for below in n.nodes()[1:]:
                if below.kind == n.kind:
                    yield self.replaced(n, below)
            if n is not self:
                for c in TYPES[n.kind][1]:
                    yield self.replaced(n, Node(n.kind, [c]))
                yield self.replaced(n, Node(n.kind, [f"NULL::{TYPES[n.kind][0]}"]))


class Grammar:
    """Expressions drawn by a random.Random."""

    def __init__(self, rng):
        self.rng = rng

    def leaf(self, t):
        """A column, mostly; else a literal of the type's pool, typed or not."""
        name, columns, pool = TYPES[t]
        r = self.rng.random()
        if r < 0.72:
            return Node(t, [self.rng.choice(columns)])
        if r < 0.75:
            return Node(t, [self.rng.choice(["NULL", f"NULL::{name}"])])
        value = unescaped(self.rng.choice(POOLS[pool]))
        if t in ("i4", "n") and r < 0.95:
            return Node(t, [value if value[0] != "-" else f"({value})"])
        return Node(t, [literal(value) + (f"::{name}" if self.rng.random() < 0.5 else "")])

    def pattern(self):
        """A regular expression."""
        n = self.rng.randint(1, 4)
        s = "".join(self.rng.choice(ATOMS) + self.rng.choice(QUANTIFIERS) for _ in range(n))
        s = re.sub(r"(\\y)(\{[^}]*\}|[*+?])\??", r"\1", s)  # that would be malformed
        s = self.rng.choice(["", "", "^"]) + s + self.rng.choice(["", "", "$"])
        return literal(s if self.rng.random() < 0.9 else s + "|" + self.rng.choice(ATOMS))

    def like(self):
        """A pattern of LIKE."""
        return literal("".join(self.rng.choice(["a", "b", "%", "%", "_", "é", "A", "x", r"\%", r"\\", "!_", "@", "1"]) for _ in range(self.rng.randint(0, 5))))

    def node(self, t, depth):
        """An expression of the type (or of one of the class), at most so deep."""
        if t in WORDS:
            return Node(None, [self.rng.choice(WORDS[t])])
        if t in ("re", "lk"):
            return Node(None, [self.pattern() if t == "re" else self.like()])
        if t in CLASSES:
            t = self.rng.choice(CLASSES[t])
        if depth <= 0 or (t != "b" and self.rng.random() < 0.25):
            return self.leaf(t)
        parts = re.split(r"<(\w+)>", self.rng.choice(TABLE[t]))
        return Node(t, parts[::2], [self.node(k, depth - 1) for k in parts[1::2]])

    def expression(self):
        """A condition, or the text of a value."""
        depth = self.rng.choice([1, 2, 2, 3, 3, 4, 5])
        if self.rng.random() < 0.5:
            return self.node("b", depth)
        t = self.rng.choice(CLASSES["shown"])
        value = self.node(t, depth)
        return value if t == "t" and value.kids else Node("t", ["", "::text"], [value])
