"""hostile.py SQLEVAL DIR: deep, huge, malformed and costly expressions, each in time and memory.

For each: how sqleval ends (ok, unsupported or failed; or, of a block that would not fit, status 2
with "out of memory"), what it says, in one line, and within SECONDS and, but for sanitizers, whose
maps are larger, MEMORY of address space.  Prints what is not so, and a count.
"""

import os
import re
import resource
import subprocess
import sys

SQLEVAL, DIR = sys.argv[1:]
SECONDS, MEMORY = 20, 1 << 30
COLUMNS = "i\tint4\t-1\t\ntx\ttext\t-1\t\njb\tjsonb\t-1\t\nta\ttext[]\t-1\t\nn\tnumeric\t-1\t\n"
ROWS = [["1", "a" * 60 + "b", "{}", "{a}", "1.5"], ["2", "[" * 100000, "1", "{}", "2"], ["3", "aaa", "[1]", "{b}", "3"], ["\\N"] * 5]
MANY = [["1", "abc", "{}", "{a}", "1.5"]] * 1024
FUNCTIONS = [("selfish", "SELECT selfish($1)"), ("ping", "SELECT pong($1)"), ("pong", "SELECT ping($1)"), ("f0", "SELECT $1 # 1")]
FUNCTIONS += [(f"f{k}", "SELECT " + " # ".join([f"f{k - 1}($1)"] * 4)) for k in range(1, 12)]

DEEP = "unsupported\tnesting deeper than 400 levels"
LONG = r"unsupported\tan expression of \d+ bytes; at most 32768"
CASES = [  # what it is, the expression, what sqleval must say of it
    ("10,000 terms of a sum", "i+" * 10000 + "1 > 0", DEEP),
    ("3,000 alternatives", "i=1 OR " * 3000 + "i=2", "ok\tT\tT\tF\tN"),
    ("10,000 alternatives", "i=1 OR " * 10000 + "i=2", LONG),
    ("10,000 elements of IN", "i IN (" + "1," * 10000 + "2)", "ok\tT\tT\tF\tN"),
    ("1 MB of a name", "x" * (1 << 20), LONG),
    ("1 MB of a literal", "tx = '" + "x" * (1 << 20) + "'", LONG),
    ("12,000 parentheses", "(" * 12000 + "1" + ")" * 12000, "failed\tmemory exhausted"),
    ("300 parentheses", "(" * 300 + "i" + ")" * 300 + "=1", "ok\tT\tF\tF\tN"),
    ("1,400 CASEs", "CASE WHEN i=1 THEN " * 1400 + "1" + " END" * 1400 + " = 1", DEEP),
    ("300 CASEs", "CASE WHEN i=1 THEN " * 300 + "1" + " END" * 300 + " = 1", "ok\tT\tN\tN\tN"),
    ("5,000 casts", "i" + "::int::text" * 2500 + " = 'a'", DEEP),
    ("8,000 NOTs", "NOT " * 8000 + "true", DEEP),
    ("4,000 calls in one another", "lower(" * 4000 + "tx" + ")" * 4000 + " = 'a'", DEEP),
    ("1,000 COALESCEs", "coalesce(" * 1000 + "i" + ",1)" * 1000 + " = 1", DEEP),
    ("500 ARRAYs", "ARRAY[" * 500 + "1" + "]" * 500 + " IS NULL", DEEP),
    ("a function that calls itself", "selfish(i) = 1", "unsupported\tfunction public.selfish.., nested too deeply"),
    ("two that call each other", "ping(i) = 1", "unsupported\tfunction public.ping.., nested too deeply"),
    ("4^11 calls", "f11(i) = 1", "unsupported\ta tree of more than 2000 calls"),
    ("4^11 calls of a constant", "f11(1) = 1", "unsupported\ta tree of more than 2000 calls"),
    ("a byte that is no UTF-8", b"tx = '\xff'", "failed\tthe expression is not valid UTF-8"),
    ("a character cut short", b"tx = '\xe6\x97'", "failed\tthe expression is not valid UTF-8"),
    ("a surrogate", b"tx = '\xed\xa0\x80'", "failed\tthe expression is not valid UTF-8"),
    ("an overlong slash", b"tx = '\xc0\xaf'", "failed\tthe expression is not valid UTF-8"),
    ("an open literal", "tx = 'a", "failed\tunterminated quoted string"),
    ("nested comments", "true /* " + "/*" * 3000, "failed\tunterminated /. comment"),
    ("dollar quotes", "$tag$" * 3000, "failed\tsyntax error"),
    ("a parameter", "$99999999999 = 1", "failed\tthere is no parameter"),
    ("a second statement", "true; DROP TABLE x", "failed\tnot one expression"),
    ("a subquery that sleeps", "(SELECT pg_sleep(10)) IS NULL", "unsupported\ta subquery"),
    ("nothing", " ", "failed\t"),
    ("a pattern that doubles", "tx ~ '^(a|aa|aaa)+$'", "ok\tF\tF\tT\tN"),
    ("a pattern that squares", "tx ~ '^(([a-z])+.)+[A-Z]([a-z])+$'", "ok\tF\tF\tF\tN"),
    ("nine times anything", "tx ~ '" + "(.*)" * 9 + "[^b]$'", "ok\tF\tT\tT\tN"),
    ("a back reference that doubles", r"tx ~ '^(a|aa|aaa)+\1+(a|aa)+$'", "ok\tL\tF\tT\tN"),
    ("stars of stars", "tx ~ '^(a*)*(b|a)*c?(a*)*$'", "ok\tT\tF\tT\tN"),
    ("a row's own pattern", "tx ~ ('((' || tx || ')*)*c')", "ok\tF\t[EL]\tF\tN"),
    ("repetitions of repetitions", "tx ~ '((a{1,200}){1,200}){1,200}'", "unsupported\t"),
    ("5,000 groups", "tx ~ '" + "(" * 5000 + "a" + ")" * 5000 + "'", "unsupported\tsuch deep nesting in a regular expression"),
    ("5,000 optional letters", "tx ~ '" + "a?" * 5000 + "a" * 5000 + "'", "ok\tF\tF\tF\tN"),
    ("40 wildcards of LIKE", "tx LIKE '" + "%a" * 40 + "%c'", "ok\tF\tF\tF\tN"),
    ("wildcards of SIMILAR TO", "tx SIMILAR TO '(a|a)*(a|a)*(a|a)*c'", "ok\tF\tF\tF\tN"),
    ("100,000 brackets as jsonb", "tx::jsonb IS NULL", "ok\tE\tE\tE\tT"),
    ("20,000 brackets as jsonb", "'" + "[" * 20000 + "'::jsonb = jb", "failed\t"),
    ("20,000 braces as an array", "ta = '" + "{" * 20000 + "'", "failed\t"),
    ("a number of a million digits", "'1e1000000'::numeric > n", "unsupported\tthe literal"),
    ("a power of two billion", "n ^ 2147483647 > 1", "ok\tL\tL\tL\tN"),
    ("a root of two billion", "(0.1 ^ 2147483647) > n", "ok\tL\tL\tL\tL"),
    ("two billion decimals", "round(n, 2147483647) > 1", "ok\tL\tL\tL\tN"),
    ("2^12 copies of a text", "(" * 12 + "tx" + "||tx)" * 12 + " = 'a'", "ok\tF\tF\tF\tN"),
    ("two billion copies of a text", "repeat(tx, 2147483647) = 'a'", "ok\t[EL]\t[EL]\t[EL]\tN"),
    ("a text cut out of bounds", "substring(tx, -2147483648, 2147483647) = ''", "ok\t"),
]
HUGE = ["length(repeat(tx, 10000000)) > 0", "length(repeat(repeat(tx, 100000), 100)) > 0",
        "length(replace(replace(repeat(tx, 1000), 'a', repeat('a', 1000)), 'a', tx)) > 1"]


def write(name, lines):
    """A file of the test's folder."""
    path = os.path.join(DIR, name)
    with open(path, "wb") as f:
        f.write(b"".join((x if isinstance(x, bytes) else x.encode()) + b"\n" for x in lines))
    return path


def limit():
    """Of the child; sanitizers map terabytes."""
    if "sanitize" not in os.environ.get("HOSTILE", ""):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def said(rows, expression):
    """How sqleval ended, and what it said."""
    text = expression if isinstance(expression, bytes) else expression.encode()
    try:
        out = subprocess.run([SQLEVAL, "2026-01-01", write("columns", [COLUMNS[:-1]]), write("rows", ["\t".join(r) for r in rows]),
                              write("expressions", [text.replace(b"\\", b"\\\\")]),
                              write("functions", [f"{n}\tx integer\tinteger\tf\t{b}" for n, b in FUNCTIONS])],
                             capture_output=True, timeout=SECONDS, preexec_fn=limit, check=False)
    except subprocess.TimeoutExpired:
        return -1, f"more than {SECONDS} s"
    return out.returncode, (out.stdout if out.returncode == 0 else out.stderr).decode(errors="replace")


def main():
    """All of them."""
    bad = 0
    for name, expression, want in CASES:
        status, text = said(ROWS, expression)
        if status != 0 or not re.match(want, text) or text.count("\n") != 1 or len(text) > 1000:
            bad += 1
            print(f"{name}: status {status}, {text[:300]!r}, not {want!r}")
    for expression in HUGE:
        status, text = said(MANY, expression)
        if status != 2 or text != "out of memory\n":
            bad += 1
            print(f"{expression}: status {status}, {text[:300]!r}")
    print(f"{len(CASES) + len(HUGE)} expressions, each within {SECONDS} s and {MEMORY >> 20} MiB, {bad} not as they should")
    sys.exit(1 if bad else 0)


main()
