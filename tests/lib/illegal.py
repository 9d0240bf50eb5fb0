#!/usr/bin/python3
"""Key snapshots with legal digests and illegal values, against every stage that reads keys.

illegal.py BIN MADE HELD prints a line for each stage that does not refuse one of them as it
should, and the number of snapshots tried.  MADE is a run directory of tests/fixtures/illegal.sql
whose parents have been made in two shards, HELD one that is only introspected: there the snapshot
is one of rows that the database has.
"""
import os
import struct
import subprocess
import sys

import msgpack

sys.dont_write_bytecode = True
from snapshot import packed, texts, write  # noqa: E402

ROWS = 5
DAY = 86400 * 10**6


def raw(col, kind, width, payload):
    return ({"col": col, "type": kind, "enc": "packed", "row0": 0, "rows": ROWS, "nulls": 0,
             "width": width}, payload)


def affine(col, kind, start, step, rows=ROWS, **more):
    return ({"col": col, "type": kind, "enc": "affine", "row0": 0, "rows": rows, "nulls": 0,
             "start": start, "step": step, **more}, None)


def bitmap(col, kind, bits, nulls, scale=None):
    entry = {"col": col, "type": kind, "enc": "nulls", "row0": 0, "rows": ROWS, "nulls": nulls}
    if scale is not None:
        entry["scale"] = scale
    return (entry, bits)


def offsets(col, kind, ends, data):
    base = {"col": col, "type": kind, "row0": 0, "rows": ROWS, "nulls": 0}
    return [({**base, "enc": "offsets"}, struct.pack("<%dQ" % len(ends), *ends)),
            ({**base, "enc": "bytes"}, data)]


def dictionary(col, kind, codes, values):
    return [({"col": col, "type": kind, "enc": "dict", "row0": 0, "rows": ROWS, "nulls": 0},
             struct.pack("<%dI" % len(codes), *codes)), values]


def legal():
    """A value for every column of k.p, by column."""
    return {
        "id": [packed("id", "int", 8, [1, 2, 3, 4, 5])],
        "b": [packed("b", "bool", 1, [0, 1, 0, 1, 1])],
        "s": [packed("s", "int", 2, [1, -1, 2**15 - 1, -2**15, 0])],
        "n": [packed("n", "int", 4, [1, -1, 2**31 - 1, -2**31, 0])],
        "d": [packed("d", "dec", 8, [1, -1, 999999, -999999, 0], scale=2)],
        "day": [packed("day", "date", 4, [1, -2451545, 2145031948, 2**31 - 1, -2**31])],
        "t": [packed("t", "time", 8, [0, DAY, 1, 2, 3])],
        "ts": [packed("ts", "ts", 8, [0, -2**63, 2**63 - 1, 9223371331199999999, -2451545 * DAY])],
        "tz": [packed("tz", "tstz", 8, [0, 1, 2, 3, 4])],
        "e": [packed("e", "enum", 4, [0, 1, 1, 0, 1])],
        "f": [raw("f", "f64", 8, struct.pack("<5d", 0, 1, float("nan"), float("inf"), -1))],
        "u": [raw("u", "uuid", 16, bytes(range(80)))],
        "x": texts("x", "text", ["a".encode(), "é".encode(), b"", "日本".encode(), b"\xf0\x9f\x98\x80"]),
        "v": texts("v", "text", [b"a", "ééééé".encode(), b"", b"12345", b"x"]),
        "y": texts("y", "bytes", [b"\xff", b"\0", b"", b"abc", b"\xc3"]),
        "j": texts("j", "raw", [b"1", b"{}", b"[]", b"null", b'"x"']),
        "o": [*texts("o", "text", [b"a", b"\xff", b"c", b"d", b"e"]), bitmap("o", "text", b"\x02", 1)],
    }


def one(value):
    """Four legal values around one that is not."""
    return [1, 0, 1, value, 0]


def packed_cases():
    for width in 1, 2, 4, 8:
        yield "bool 2 in %d bytes" % width, packed("b", "bool", width, one(2)), "row 3"
        yield "bool -1 in %d bytes" % width, packed("b", "bool", width, one(-1)), "row 3"
        yield "enum past its labels in %d bytes" % width, packed("e", "enum", width, one(2)), "labels"
        yield "enum -1 in %d bytes" % width, packed("e", "enum", width, one(-1)), "row 3"
        yield "time -1 in %d bytes" % width, packed("t", "time", width, one(-1)), "row 3"
    yield "enum 2^62", packed("e", "enum", 8, one(2**62)), "row 3"
    yield "time past a day", packed("t", "time", 8, one(DAY + 1)), "row 3"
    yield "date 2^62", packed("day", "date", 8, one(2**62)), "row 3"
    yield "date past the last", packed("day", "date", 4, one(2145031949)), "row 3"
    yield "date before the first", packed("day", "date", 4, one(-2451546)), "row 3"
    yield "timestamp past the last", packed("ts", "ts", 8, one(2**63 - 2)), "row 3"
    yield "timestamptz before the first", packed("tz", "tstz", 8, one(-2**63 + 1)), "row 3"
    yield "numeric of 19 digits", packed("d", "dec", 8, one(10**18), scale=2), "row 3"
    yield "numeric past its precision", packed("d", "dec", 4, one(10**6), scale=2), "numeric(6,2)"
    yield "numeric of another scale", packed("d", "dec", 8, one(1), scale=3), "scale 3"
    yield "smallint past its range", packed("s", "int", 4, one(2**15)), "smallint"
    yield "integer past its range", packed("n", "int", 8, one(-2**31 - 1)), "integer"
    yield "smallest below the values", packed("id", "int", 8, [1, 2, 3, 4, 5], min=2, max=5), "min"
    yield "largest below the values", packed("tz", "tstz", 8, [1, 2, 3, 4, 5], min=1, max=4), "max"
    yield "an integer in 3 bytes", ({**packed("n", "int", 4, one(1))[0], "width": 3}, bytes(15)), "width"
    yield "a uuid in 8 bytes", raw("u", "uuid", 8, bytes(40)), "width"
    yield "a double in 4 bytes", raw("f", "f64", 4, bytes(20)), "width"
    yield "a text packed", raw("x", "text", 8, bytes(40)), "width"
    yield "an integer for a text", packed("x", "int", 8, one(1)), "int"
    yield "a text for an enum", texts("e", "text", [b"red"] * ROWS), "text"
    yield "a bigint for a timestamp", packed("ts", "int", 8, one(1)), "int"


def affine_cases():
    yield "bool, affine past 1", affine("b", "bool", 0, 1), "step"
    yield "enum, affine past its labels", affine("e", "enum", 0, 1), "labels"
    yield "date, affine past the last", affine("day", "date", 2145031945, 1), "row 4"
    yield "time, affine below 0", affine("t", "time", 3, -1), "row 4"
    yield "timestamp, affine past 2^63", affine("ts", "ts", 2**63 - 3, 2**62), "step"
    yield "bigint, affine past 2^63", affine("id", "int", 2**63 - 3, 1), "step"
    yield "integer, affine past its range", affine("n", "int", 2**31 - 3, 1), "integer"
    yield "numeric, affine past its precision", affine("d", "dec", 999998, 1, scale=2), "numeric(6,2)"
    yield "double, affine", affine("f", "f64", 0, 1), "affine"
    yield "uuid, affine", affine("u", "uuid", 0, 1), "affine"
    yield "text, affine", affine("x", "text", 0, 1), "affine"
    yield "affine, with other bounds", affine("id", "int", 1, 1, min=2, max=5), "min"


def text_cases():
    bad = {"a lone continuation": b"\x80", "cut short": b"\xc3", "overlong": b"\xc0\xaf",
           "a surrogate": b"\xed\xa0\x80", "past U+10FFFF": b"\xf4\x90\x80\x80", "a NUL": b"a\0b",
           "Latin-1": b"caf\xe9", "cut short after eight bytes": b"abcdefgh\xe6\x97"}
    for what, data in bad.items():
        for col, kind in ("x", "text"), ("j", "raw"):
            yield "%s, %s" % (kind, what), texts(col, kind, [b"a", b"b", b"c", data, b"d"]), "row 3"
    yield "a character cut by an offset", offsets("x", "text", [0, 1, 2, 3, 4, 5], b"ab\xc3\xa9d"), "row 2"
    yield "offsets that go back", offsets("x", "text", [0, 2, 1, 3, 4, 5], b"abcde"), "row 1"
    yield "bytea, offsets that go back", offsets("y", "bytes", [0, 2, 1, 3, 4, 5], b"abcde"), "row 1"
    yield "offsets past the bytes", offsets("y", "bytes", [0, 1, 2, 3, 4, 6], b"abcde"), "row 4"
    yield "offsets of 2^63", offsets("x", "text", [0, 1, 2, 3, 2**63, 2**63], b"abcde"), "row 3"
    yield "offsets without bytes", offsets("x", "text", [0, 1, 2, 3, 4, 5], b"abcde")[:1], "bytes"
    yield "varchar(5) of 6 letters", texts("v", "text", [b"a", b"b", b"c", "éééééé".encode(), b"d"]), "character varying(5)"
    yield "an integer in offsets", offsets("n", "int", [0, 1, 2, 3, 4, 5], b"abcde"), "offsets"


def null_cases():
    x = texts("x", "text", [b"a", b"b", b"c", b"d", b"e"])
    yield "a NULL in a NOT NULL column", [*x, bitmap("x", "text", b"\x01", 1)], "NOT NULL"
    yield "a NULL in a key", [packed("id", "int", 8, [1, 2, 3, 4, 5]), bitmap("id", "int", b"\x10", 1)], "NOT NULL"
    o = texts("o", "text", [b"a", b"b", b"c", b"d", b"e"])
    yield "a bitmap of more NULLs than it says", [*o, bitmap("o", "text", b"\x03", 1)], "nulls"
    yield "NULLs that no bitmap shows", [({**o[0][0], "nulls": 1}, o[0][1]), o[1]], "nulls"
    yield "illegal beside a NULL", [*texts("o", "text", [b"a", b"\xff", b"c", b"\xff", b"e"]),
                                    bitmap("o", "text", b"\x02", 1)], "row 3"
    yield "two bitmaps", [*o, bitmap("o", "text", b"\x01", 1), bitmap("o", "text", b"\x02", 1)], "two"
    yield "values twice", [packed("id", "int", 8, [1, 2, 3, 4, 5]), affine("id", "int", 1, 1)], "two"


def dict_cases():
    two = {"row0": 0, "rows": 2}
    yield "dict codes past their values", dictionary("e", "enum", [0, 1, 0, 2, 1], packed("e", "enum", 1, [0, 1])), "row 3"
    yield "dict of illegal values", dictionary("b", "bool", [0, 1, 0, 1, 1], packed("b", "bool", 1, [0, 7])), "value 1"
    yield "dict of texts that are no UTF-8", [dictionary("x", "text", [0, 1, 0, 1, 1], None)[0],
          *[({**c, **two}, p) for c, p in texts("x", "text", [b"a", b"\xff"])]], "value 1"
    yield "a dict, legal but for keys", dictionary("b", "bool", [0, 1, 0, 1, 1], packed("b", "bool", 1, [0, 1])), "encoding dict"
    yield "dict without values", dictionary("n", "int", [0, 1, 0, 1, 1], None)[:1], "values"


def cases():
    for made in packed_cases, affine_cases, text_cases, null_cases, dict_cases:
        for name, chunks, word in made():
            chunks = chunks if isinstance(chunks, list) else [chunks]
            yield name, chunks[0][0]["col"], chunks, word


# What only the catalogue tells, or the use as keys: "snapshot", which knows files alone, shows it,
# and "eval" sees first that the file is another than the plan was held against.
DECLARED = {"labels", "smallint", "integer", "numeric(6,2)", "scale 3", "character varying(5)",
            "NOT NULL", "int", "text", "encoding dict"}

# What differs from the other shard's file too, unless that has it as well.
OF_BOTH = {"scale 3", "int", "text"}


def header_of(path):
    with open(path, "rb") as f:
        return msgpack.unpackb(f.read(), strict_map_key=False)[1]


class Suite:
    def __init__(self, bin_dir, made, held):
        self.bin, self.made, self.held = bin_dir, made, held
        self.ours = [os.path.join(made, "keys", "k.p.%d-of-2.msgpack" % i) for i in (0, 1)]
        self.header = {k: v for k, v in header_of(self.ours[1]).items()
                       if k not in ("v", "kind", "tool", "endian")}
        self.existing = os.path.join(held, "keys", "k.p.existing.msgpack")
        fingerprint = header_of(os.path.join(held, "schema.msgpack"))["fingerprint"]
        self.held_header = {"schema": "k", "table": "p", "schema_fingerprint": fingerprint}

    def run(self, *args):
        done = subprocess.run([os.path.join(self.bin, args[0]), *args[1:]], capture_output=True,
                              text=True, errors="replace", timeout=60)
        return done.returncode, (done.stdout[-300:] + done.stderr).strip()

    def place(self, columns, both=False):
        """The same snapshot as the second of two files of ours, or as both, with our digest in its
        header; and as one of rows that the database has."""
        chunks = [c for name in columns for c in columns[name]]
        other = columns if both else legal()
        write(self.ours[0], "keys", ROWS, [c for n in other for c in other[n]], {**self.header, "shard": 0})
        write(self.ours[1], "keys", ROWS, chunks, self.header)
        write(self.existing, "keys", ROWS, chunks, self.held_header)

    def stages(self):
        made, held = ("--run", self.made), ("--run", self.held)
        yield self.ours[1], ("gen-children", *made)
        yield self.ours[1], ("gen-children", *made, "--jobs", "2")
        yield self.ours[1], ("gen-children", *made, "--table", "k.c", "--shard", "1", "--format", "binary")
        yield self.ours[1], ("explain-row", *made, "k.c", "17")
        yield self.existing, ("plan-check", os.path.join(self.held, "plan.json"), *held)
        yield self.existing, ("eval", *held)
        yield self.ours[1], ("snapshot", "--values", self.ours[1])
        yield self.ours[1], ("snapshot", "--values", "--quick", self.ours[1])

    def widths(self):
        """Row groups of several widths hold the same values: the same rows."""
        rows = []
        for width in 8, 1:
            self.place({**legal(), "id": [packed("id", "int", width, [1, 2, 3, 4, 5])],
                        "n": [packed("n", "int", width, [1, -1, 2, -128, 0])]})
            status, said = self.run("gen-children", "--run", self.made, "--force")
            if status != 0:
                print("%d bytes: status %d: %s" % (width, status, said))
            with open(os.path.join(self.made, "data", "k.c.1-of-2.csv")) as f:
                rows.append(f.read())
        if rows[0] != rows[1]:
            print("values of 8 bytes and of 1 give other rows")

    def refuses(self, name, column, word):
        for file, command in self.stages():
            if command[0] in ("snapshot", "eval") and word in DECLARED:
                continue
            status, said = self.run(*command)
            files = self.ours if word in OF_BOTH and file == self.ours[1] else [file]
            if (status != 2 or "\n" in said or not any(os.path.basename(f) in said for f in files)
                    or "column %s" % column not in said or word not in said):
                yield "%s: %s: status %d: %s" % (name, " ".join(command[:1] + command[3:]), status, said)


def main():
    suite = Suite(*sys.argv[1:4])
    tried = 0
    suite.place(legal())
    for command in ("plan-check", os.path.join(suite.held, "plan.json")), ("gen-children",):
        suite.run(*command, "--run", suite.held)
    for file, command in suite.stages():
        status, said = suite.run(*command)
        if status != 0:
            print("legal values: %s: status %d: %s" % (" ".join(command), status, said))
    suite.widths()
    for name in os.listdir(os.path.join(suite.made, "receipts")):
        if name.startswith("gen.k.c"):
            os.unlink(os.path.join(suite.made, "receipts", name))
    for name, column, chunks, word in cases():
        suite.place({**legal(), column: chunks}, word in OF_BOTH)
        tried += 1
        for problem in suite.refuses(name, column, word):
            print(problem)
    print("%d snapshots" % tried)


if __name__ == "__main__":
    main()
