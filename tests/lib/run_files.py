"""The files of a run directory, and whether they are as they were or as they should be."""
import filecmp
import json
import os

# What a run says of itself beside what it made: times, the host, the database that has its rows.
JSON_ONLY = {"config.json", "generation_report.json", "metrics.json", "load.json"}
OTHERS = {"logs.ndjson", "report.md", "report.html"}
PENDING = "receipts/load.pending.json"


def files(top):
    return sorted(os.path.relpath(os.path.join(d, f), top) for d, _, names in os.walk(top) for f in names)


def differs(run, path, *tops):
    """whether the file is in none of the directories as it is in the run"""
    name = os.path.basename(path)
    if name in OTHERS:
        return False
    mine = os.path.join(run, path)
    if name in JSON_ONLY:
        json.load(open(mine))
        return False
    return not any(os.path.exists(os.path.join(t, path)) and filecmp.cmp(mine, os.path.join(t, path), False) for t in tops)


def whole(run, after, broken=False):
    """what is wrong with the run directory if the command is said to have ended well"""
    here = [f for f in files(run) if not (".tmp." in f and broken)]
    # after a COMMIT nothing may fail any more: the transaction's number stands for a receipt that cannot be written
    if PENDING in here:
        here = sorted(set(here) - {PENDING} | {"receipts/load.json"})
    if here != files(after):
        return "other files: %s" % sorted(set(here) ^ set(files(after)))
    return next(("%s is not as it should be" % f for f in here if os.path.exists(os.path.join(run, f)) and differs(run, f, after)), None)
