#!/usr/bin/python3
"""Alters files of a run and signs them again, so that only what they say is wrong.

    from resign import members, alter, resign

members(doc): the places of a document of maps and lists, as paths; alter(doc, path): copies of it, each with another value
there, one of another type, or nothing; resign(path, body): a snapshot as it is with that body, digests and all.

As a program:

    resign.py receipt FILE N      writes the N-th alteration of a receipt in its place, prints what it altered; status 3: there is none
    resign.py body FILE N         the same of the body of a snapshot
    resign.py set FILE PATH JSON  one value of a body, by its path: resolved.tables.0.shards
"""
import copy
import hashlib
import json
import os
import struct
import sys

import msgpack

sys.dont_write_bytecode = True
from xxh3 import xxh3  # noqa: E402

GONE = object()


def members(doc, at=()):
    """the places, outer ones first; of a list its first element and its last"""
    if isinstance(doc, dict):
        for key, value in doc.items():
            yield at + (key,)
            yield from members(value, at + (key,))
    elif isinstance(doc, list):
        for i in sorted({0, len(doc) - 1} if doc else ()):
            yield at + (i,)
            yield from members(doc[i], at + (i,))


def others(value):
    """values like it that are not it, one of another type, and its absence"""
    if value is None:
        return [0, "x", GONE]
    if isinstance(value, bool):
        return [not value, "x", GONE]
    if isinstance(value, int):
        return [value + 1, -1, 2**31, 2**63 - 1, "x", GONE]
    if isinstance(value, float):
        return [value + 0.25, float("nan"), "x", GONE]
    if isinstance(value, (str, bytes)):
        return [value[:-1], value + value[:1] if value else value + type(value)(b"x" if isinstance(value, bytes) else "x"), 7, GONE]
    if isinstance(value, list):
        return [value[:-1], value + value[:1], value[::-1], {}, GONE] if value else [[7], {}, GONE]
    return [{**value, "what": 1}, [], GONE]


def alter(doc, path):
    at = doc
    for key in path[:-1]:
        at = at[key]
    for other in others(at[path[-1]]):
        if other is not GONE and other == at[path[-1]]:
            continue
        new = copy.deepcopy(doc)
        to = new
        for key in path[:-1]:
            to = to[key]
        if other is GONE:
            del to[path[-1]]
        else:
            to[path[-1]] = other
        more = isinstance(other, dict) and "what" in other
        yield new, "gone" if other is GONE else "one more" if more else repr(other)[:60]


def shown(path):
    return ".".join(str(k) for k in path)


def alterations(doc, every=1):
    """all of them, or with FAULTS=some (the default) each ${every}-th"""
    n = 0
    every = 1 if os.environ.get("FAULTS") == "every" else every
    for path in members(doc):
        for new, what in alter(doc, path):
            if n % every == 0:
                yield shown(path), what, new
            n += 1


def parts(raw):
    """header, body and footer of a snapshot without chunks"""
    all = msgpack.unpackb(raw, raw=False, strict_map_key=False)
    return all[1], all[2], all[3]


def sealed(body):
    """a plan says the digest of all else that it says"""
    if not isinstance(body, dict) or not {"digest", "resolved"} <= set(body):
        return body
    rest = b"".join(msgpack.packb(k) + msgpack.packb(v) for k, v in body.items() if k != "digest")
    return {**body, "digest": hashlib.sha256(rest).hexdigest()}


def sign(header, body, seal=True):
    body = sealed(body) if seal else body
    out = b"\xdd" + struct.pack(">I", 5) + msgpack.packb("DALCHM01") + msgpack.packb(header) + msgpack.packb(body)
    footer = msgpack.packb({"rows": 0, "head": xxh3(out), "chunks": []})
    return out + footer + b"\xc4\x20" + struct.pack("<QQ", len(out), len(footer)) + xxh3(footer) + b"DALCHMZ1"


def main(kind, path, which, value=None):
    raw = open(path, "rb").read()
    if kind == "set":
        header, body, _ = parts(raw)
        keys = [int(k) if k.isdigit() else k for k in which.split(".")]
        at = body
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = json.loads(value)
        open(path, "wb").write(sign(header, body))
        return 0
    doc = json.loads(raw) if kind == "receipt" else parts(raw)[1]
    for i, (place, what, new) in enumerate(alterations(doc)):
        if i < int(which):
            continue
        text = json.dumps(new, indent=2).encode() + b"\n" if kind == "receipt" else sign(parts(raw)[0], new)
        open(path, "wb").write(text)
        print(place, "=", what)
        return 0
    return 3


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
