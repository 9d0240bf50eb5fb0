#!/usr/bin/env python3
"""Tables of schema w: every transform under every shape of CHECK, and in chains.

usage: written.py sql | plan [TABLE...]    the plan leaves out the tables named
"""
import json
import sys

PATTERN = ("primitive.text.pattern", {"pattern": "[a-z]{3,6}"})
CODES = ("primitive.text.pattern", {"pattern": "[A-Z]{5}[0-9]{2}"})
WORDS = ("primitive.text", {"min_len": 2, "max_len": 9})
DATES = ("primitive.date", {"min": "2024-01-01", "max": "2025-12-31"})


def choices(*values):
    return [{"value": v, "weight": 1} for v in values]


# transform: its parameters, for a column of text
TEXT = {
    "affix": ("prefix_suffix", {"prefix": "u", "suffix": "@x.com"}),
    "truncate": ("truncate", {"max_len": 3}),
    "upper": ("casing", {"mode": "upper"}),
    "lower": ("casing", {"mode": "lower"}),
    "title": ("casing", {"mode": "title"}),
    "choice": ("weighted_choice", {"choices": choices("ABC", "abc", "u@x.com", "Abcdefgh")}),
    "template": ("format", {"template": "u{value}@x.com"}),
    "hash": ("mask", {"mode": "hash"}),
    "redact": ("mask", {"mode": "redact"}),
    "preserve": ("mask", {"mode": "format_preserving"}),
    "nulls": ("null_rate", {"rate": 0.3}),
}

# shape of CHECK: over v text, and w text where there is one; the generator of v
SHAPES = {
    "short": ("char_length(v) <= 8", PATTERN),
    "three": ("length(v) = 3", PATTERN),
    "long": ("length(v) >= 10", PATTERN),
    "email": ("v ~ '^[a-z0-9.]+@[a-z]+\\.[a-z]+$'", PATTERN),
    "capitals": ("v ~ '^[A-Z]+$'", PATTERN),
    "like": ("v LIKE '%@x.com'", WORDS),
    "prefix": ("v LIKE 'u%'", WORDS),
    "one_of": ("v IN ('ABC', 'abc', 'XYZ', 'u@x.com', 'uab@x.com', '***')", WORDS),
    "none_of": ("v NOT IN ('ABC', 'abc')", WORDS),
    "folded": ("v = lower(v)", CODES),
    "either": ("v ~ '^[A-Z]{3}$' OR v LIKE '%@x.com' OR length(v) = 64", CODES),
    "alike": ("v = w", PATTERN),
    "longer": ("length(v) > n", PATTERN),
    "domain": (None, PATTERN),
    "fits": ("v <> ''", CODES),
}

# more than one transform, and other types: type, CHECK, generator, transforms
CHAINS = {
    "c_affix_upper": ("text", "v ~ '^[A-Z]+-BR$'", PATTERN, [("prefix_suffix", {"suffix": "-br"}), ("casing", {"mode": "upper"})]),
    "c_upper_affix": ("text", "v ~ '^[A-Z]+-br$'", PATTERN, [("casing", {"mode": "upper"}), ("prefix_suffix", {"suffix": "-br"})]),
    "c_cut_affix": ("varchar(8)", "length(v) = 8", WORDS, [("truncate", {"max_len": 4}), ("prefix_suffix", {"prefix": "ab", "suffix": "cd"})]),
    "c_affix_cut": ("text", "length(v) = 6", WORDS, [("prefix_suffix", {"prefix": "abcdef"}), ("truncate", {"max_len": 6})]),
    "c_choice_upper": ("text", "v IN ('SP', 'RJ')", WORDS, [("weighted_choice", {"choices": choices("sp", "rj")}), ("casing", {"mode": "upper"})]),
    "c_upper_choice": ("text", "v IN ('sp', 'rj')", WORDS, [("casing", {"mode": "upper"}), ("weighted_choice", {"choices": choices("sp", "rj")})]),
    "c_hash_cut": ("text", "v ~ '^[0-9a-f]{12}$'", WORDS, [("mask", {"mode": "hash"}), ("truncate", {"max_len": 12})]),
    "c_all": ("text", "v ~ '^ID-[0-9A-F]{8}$'", WORDS, [("null_rate", {"rate": 0.2}), ("mask", {"mode": "hash"}), ("truncate", {"max_len": 8}), ("format", {"template": "id-{value}"}), ("casing", {"mode": "upper"})]),
    "c_room": ("varchar(12)", "v LIKE 'abcd%wxyz'", ("primitive.text", {}), [("prefix_suffix", {"prefix": "abcd", "suffix": "wxyz"})]),
    "c_month": ("date", "extract(day from v) = 1", DATES, [("format", {"format": "%Y-%m-01"})]),
    "c_not_month": ("date", "extract(day from v) = 2", DATES, [("format", {"format": "%Y-%m-01"})]),
    "c_dates": ("date", "v >= '2025-03-01' AND v < '2025-06-01'", DATES, [("format", {"format": "%Y-%m-01"})]),
    "c_noon": ("timestamp", "date_trunc('hour', v) = v", ("primitive.timestamp", {}), [("format", {"format": "%Y-%m-%d %H:00:00"})]),
    "c_ints": ("integer", "v BETWEEN 5 AND 9", ("primitive.int", {"min": 1, "max": 100}), [("weighted_choice", {"choices": choices("5", "7")})]),
    "c_ints_out": ("integer", "v BETWEEN 5 AND 9", ("primitive.int", {"min": 1, "max": 100}), [("weighted_choice", {"choices": choices("3", "7")})]),
    "c_unique_upper": ("text UNIQUE", "v = upper(v)", ("primitive.text.pattern", {"pattern": "[a-z]{6}"}), [("casing", {"mode": "upper"})]),
    "c_unique_affix": ("varchar(12) UNIQUE", "v LIKE 'a-%'", ("primitive.text.pattern", {"pattern": "[a-z]{6}"}), [("prefix_suffix", {"prefix": "a-"})]),
    "c_unique_template": ("text UNIQUE", "v LIKE '%@x.com'", ("primitive.text.pattern", {"pattern": "[a-z]{6}"}), [("format", {"template": "{value}.{value}@x.com"})]),
    "c_unique_cut": ("text UNIQUE", "length(v) = 4", ("primitive.text.pattern", {"pattern": "[a-z]{4}"}), [("truncate", {"max_len": 9})]),
    "c_unique_cut_too_far": ("text UNIQUE", "length(v) <= 4", ("primitive.text.pattern", {"pattern": "[a-z]{6}"}), [("truncate", {"max_len": 4})]),
    "c_unique_hash": ("text UNIQUE", "length(v) = 64", WORDS, [("mask", {"mode": "hash"})]),
    "c_unique_mask": ("text UNIQUE", "v LIKE '%@%'", ("semantic.br.email.safe", {}), [("mask", {"mode": "format_preserving"})]),
    "c_unique_fails": ("text UNIQUE", "v ~ '^[a-m]'", ("primitive.text.pattern", {"pattern": "[a-z]{6}"}), [("prefix_suffix", {"suffix": "-x"})]),
}


def tables():
    for t, transform in TEXT.items():
        for s, (check, generator) in SHAPES.items():
            column = {"domain": "w.code_d", "fits": "varchar(8)"}.get(s, "text")
            more = {"alike": ", w text NOT NULL", "longer": ", n integer NOT NULL CHECK (n BETWEEN 1 AND 20)"}.get(s, "")
            yield "%s_%s" % (t, s), column, check, more, generator, [transform]
    for name, (column, check, generator, transforms) in CHAINS.items():
        yield name, column, check, "", generator, transforms


def ddl():
    print("CREATE SCHEMA w;")
    print("CREATE DOMAIN w.code_d AS text CHECK (length(VALUE) <= 9 AND VALUE !~ 'b');")
    for name, column, check, more, _, _ in tables():
        checked = "" if check is None else ", CONSTRAINT %s_ck CHECK (%s)" % (name, check)
        print("CREATE TABLE w.%s (id integer PRIMARY KEY, v %s%s%s);" % (name, column, more, checked))


def plan(out):
    rules, targets = [], []
    for name, _, _, _, (gen, params), transforms in tables():
        if name in out:
            continue
        targets.append({"schema": "w", "table": name, "rows": 60})
        rules.append({"type": "column_generator", "schema": "w", "table": name, "column": "v",
                      "generator": {"id": gen, "params": params},
                      "transforms": [{"transform": "transform." + t, "params": p} for t, p in transforms]})
    json.dump({"plan_version": "0.3", "seed": 9, "global": {"as_of": "2026-11-26"},
               "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
               "targets": targets, "rules": rules}, sys.stdout)


if sys.argv[1] == "sql":
    ddl()
else:
    plan(sys.argv[2:])
