"""Adds the counters of all suites to those beside the objects, where gcov looks for them.

	counters.py BUILD COUNTERS

COUNTERS has a folder for each suite.  A process that is killed while it writes its counters leaves a file that gcov cannot
read: it is left out, so that only what one suite counted for one object is lost.
"""
import array
import glob
import os
import struct
import sys

FUNCTION, ARCS, SUMMARY = 0x01000000, 0x01A10000, 0xA1000000
HEAD = 16  # bytes: magic, version, stamp, checksum


def read(path):
    """The head of the file, and its records as [tag, bytes or counts]; None where it is damaged (gcov-io.h of GCC 12)."""
    with open(path, "rb") as f:
        data = f.read()
    records, at = [], HEAD
    while at + 8 <= len(data):
        tag, size = struct.unpack_from("<Ii", data, at)
        at += 8
        if tag == ARCS and size % 8 == 0 and at + size <= len(data):
            # a negative size stands for as many counts, all of them 0
            counts = array.array("Q", data[at:at + size] if size > 0 else bytes(-size))
            records.append([tag, counts])
        elif tag in (FUNCTION, SUMMARY):
            records.append([tag, data[at:at + size]])
        else:
            return None
        at += max(size, 0)
    if data[:4] != b"adcg" or data[at:] not in (b"", bytes(4)):
        return None
    return data[:HEAD], records


def add(to, other):
    """Adds the counts of another file of the same object; False where it is not of the same."""
    if to[0] != other[0] or [(t, len(x)) for t, x in to[1]] != [(t, len(x)) for t, x in other[1]]:
        return False
    for (tag, counts), (_, more) in zip(to[1], other[1]):
        if tag == ARCS:
            for i, n in enumerate(more):
                counts[i] += n
    return True


def write(path, sums):
    with open(path, "wb") as f:
        f.write(sums[0])
        for tag, payload in sums[1]:
            payload = bytes(payload)
            f.write(struct.pack("<Ii", tag, len(payload)) + payload)
        f.write(bytes(4))


def main():
    build, counters = sys.argv[1:]
    of_object, damaged = {}, 0
    folders = [build] + sorted(glob.glob(counters + "/*/"))
    for folder in folders:
        for path in glob.glob(folder + "/**/*.gcda", recursive=True):
            key, one = os.path.relpath(path, folder), read(path)
            if one is None or (key in of_object and not add(of_object[key], one)):
                damaged += 1
            else:
                of_object.setdefault(key, one)
    for key, sums in of_object.items():
        write(os.path.join(build, key), sums)
    print("%d files of counters were damaged, and left out" % damaged)


main()
