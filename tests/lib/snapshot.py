#!/usr/bin/python3
"""Writes snapshots as common/FORMATS says, with python3-msgpack and nothing of ours.

As a program: snapshot.py FILE writes one of two rows with a column of every type.
"""
import struct
import sys

import msgpack

sys.dont_write_bytecode = True
from xxh3 import xxh3  # noqa: E402


def write(path, kind, rows, chunks, header=None, body=None):
    """chunks: (directory entry without off, len, xxh; payload or None when affine)."""
    head = {"v": 1, "kind": kind, "tool": "snapshot.py", "endian": b"\4\3\2\1"}
    head.update(header or {})
    payloads = sum(p is not None for _, p in chunks)
    out = bytearray(b"\xdd" + struct.pack(">I", 5 + 2 * payloads))
    out += msgpack.packb("DALCHM01") + msgpack.packb(head) + msgpack.packb(body)
    directory, first = [], None
    for entry, payload in chunks:
        entry = dict(entry)
        if payload is not None:
            gap = 64 - (len(out) + 5) % 64
            out += b"\xc0" if gap == 1 else b"\xc4" + bytes([gap - 2]) + bytes(gap - 2)
            out += b"\xc6" + struct.pack(">I", len(payload))
            first = len(out) if first is None else first
            entry.update(off=len(out), len=len(payload), xxh=xxh3(payload))
            out += payload
        directory.append(entry)
    at = len(out)
    footer = msgpack.packb(
        {"rows": rows, "head": xxh3(bytes(out[: first or at])), "chunks": directory}
    )
    out += footer + b"\xc4\x20" + struct.pack("<QQ", at, len(footer))
    out += xxh3(footer) + b"DALCHMZ1"
    with open(path, "wb") as f:
        f.write(out)


def packed(col, kind, width, values, **more):
    """A packed chunk of signed integers."""
    data = b"".join(v.to_bytes(width, "little", signed=True) for v in values)
    return ({"col": col, "type": kind, "enc": "packed", "row0": 0, "rows": len(values),
             "nulls": 0, "width": width, **more}, data)


def texts(col, kind, values):
    """The two chunks of a column of texts."""
    ends = [0]
    for v in values:
        ends.append(ends[-1] + len(v))
    base = {"col": col, "type": kind, "row0": 0, "rows": len(values), "nulls": 0}
    return [({**base, "enc": "offsets"}, struct.pack("<%dQ" % len(ends), *ends)),
            ({**base, "enc": "bytes"}, b"".join(values))]


def every_type(path):
    day = 86400 * 10**6
    f64 = {"col": "f", "type": "f64", "enc": "packed", "row0": 0, "rows": 2, "nulls": 0, "width": 8}
    uuid = {"col": "u", "type": "uuid", "enc": "packed", "row0": 0, "rows": 2, "nulls": 0,
            "width": 16}
    write(path, "keys", 2, [
        packed("b", "bool", 1, [1, 0]),
        packed("i", "int", 1, [-2, 127]),
        packed("d", "dec", 2, [-5, 1230], scale=2),
        packed("day", "date", 4, [8825, 2**31 - 1]),
        packed("t", "time", 8, [(13 * 60 + 5) * 60 * 10**6 + 250000, day]),
        packed("ts", "ts", 8, [-1, -(2**63)]),
        packed("tz", "tstz", 8, [8825 * day, -746117 * day]),
        packed("e", "enum", 4, [1, 0]),
        (f64, struct.pack("<dd", 0.1, float("inf"))),
        (uuid, bytes(range(0, 256, 17)) + b"\xff" * 16),
        *texts("s", "text", ['olá "x"\n'.encode(), b""]),
        *texts("y", "bytes", [b"\x00\xff", b""]),
    ])


if __name__ == "__main__":
    every_type(sys.argv[1])
