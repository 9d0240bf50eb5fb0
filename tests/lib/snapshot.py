#!/usr/bin/python3
"""Writes and reads snapshots as common/FORMATS says, with python3-msgpack and nothing of ours.

As a program: snapshot.py FILE writes one of two rows with a column of every type.
"""
import datetime
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


def raw_column(chunks, rows):
    """The values of a column before its type is asked."""
    by = {c["enc"]: (c, payload) for c, payload in chunks}
    if "affine" in by:
        c = by["affine"][0]
        return [c["start"] + c["step"] * i for i in range(rows)]
    if "offsets" in by:
        ends = struct.unpack("<%dQ" % (by["offsets"][0]["rows"] + 1), by["offsets"][1])
        values = [by["bytes"][1][a:b] for a, b in zip(ends, ends[1:])]
    else:
        c, data = by["packed"]
        w = c["width"]
        values = [data[i * w:i * w + w] for i in range(c["rows"])]
        if c["type"] not in ("uuid", "f64"):
            values = [int.from_bytes(v, "little", signed=True) for v in values]
    if "dict" in by:
        values = [values[i] for i in struct.unpack("<%dI" % rows, by["dict"][1])]
    if "nulls" in by:
        bits = by["nulls"][1]
        values = [None if bits[i // 8] >> i % 8 & 1 else v for i, v in enumerate(values)]
    return values


DAY0 = datetime.datetime(2000, 1, 1)
AS_CSV = {
    "int": str,
    "enum": str,
    "bool": lambda v: "true" if v else "false",
    "date": lambda v: str((DAY0 + datetime.timedelta(days=v)).date()),
    "uuid": lambda v: "-".join((v.hex()[:8], v.hex()[8:12], v.hex()[12:16], v.hex()[16:20], v.hex()[20:])),
    "text": lambda v: v.decode(),
    "ts": lambda v: (DAY0 + datetime.timedelta(microseconds=v)).isoformat(),
    "tstz": lambda v: (DAY0 + datetime.timedelta(microseconds=v)).isoformat() + "+00:00",
}


def read(path):
    """Columns of a snapshot: {name: [text as in CSV, or None]}, every digest compared."""
    with open(path, "rb") as f:
        data = f.read()
    value = msgpack.unpackb(data, strict_map_key=False)
    footer, tail = value[-2], value[-1]
    at, size = struct.unpack("<QQ", tail[:16])
    assert value[0] == "DALCHM01" and tail[24:] == b"DALCHMZ1"
    assert tail[16:24] == xxh3(data[at:at + size])
    payloads = iter(value[4:-2:2])
    columns = {}
    for c in footer["chunks"]:
        payload = None if c["enc"] == "affine" else next(payloads)
        if payload is not None:
            assert c["off"] % 64 == 0 and data[c["off"]:c["off"] + c["len"]] == payload
            assert c["xxh"] == xxh3(payload)
        columns.setdefault(c["col"], []).append((c, payload))
    out = {}
    for name, chunks in columns.items():
        c = chunks[0][0]
        as_csv = AS_CSV.get(c["type"]) or (lambda v, s=c["scale"]: "%d.%0*d" % (v // 10**s, s, v % 10**s))
        out[name] = [v if v is None else as_csv(v) for v in raw_column(chunks, footer["rows"])]
    return out


if __name__ == "__main__":
    every_type(sys.argv[1])
