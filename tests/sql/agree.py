"""agree.py URL SQLEVAL EXPRESSIONS DIR: ask PostgreSQL and sqleval, compare row by row.

Expressions PostgreSQL refuses are left out.  Exits 1 on any disagreement; the last line counts.
TOLD=1 prints each expression that is not covered, and why, and in how many rows one is beyond our
limits.
"""

import os
import sys

from oracle import Oracle, agree


def main():
    """Ask both; print what differs."""
    url, sqleval, expressions, folder = sys.argv[1:]
    with open(expressions, encoding="utf-8") as f:
        sources = [s for s in f.read().split("\n") if s and not s.startswith("--")]
    both = Oracle(url, sqleval, folder)
    known = [(s, *t) for s, t in zip(sources, both.theirs(sources)) if t is not None]
    ours = both.ours([printed for _, printed, _ in known])
    bad = covered = cells = 0
    for (source, printed, want), (status, got) in zip(known, ours):
        if status == "ok":
            covered += 1
            cells += len(got)
            if os.environ.get("TOLD") and "L" in got:
                print(f"limited: {source}\t{got.count('L')}")
            wrong = [k for k, (a, b) in enumerate(zip(want, got)) if not agree(a, b)]
            if wrong or len(want) != len(got):
                bad += 1
                print(f"DIFFERS {source}   [{printed}]   {len(wrong)} rows, id {wrong[0] + 1}: "
                      f"PostgreSQL {want[wrong[0]]}, we {got[wrong[0]]}")
        elif status == "failed":
            bad += 1
            print(f"FAILED {source}   [{printed}]   {got}")
        elif os.environ.get("TOLD"):
            print(f"not covered: {source}\t{got}")
    print(f"{len(sources)} expressions, {len(sources) - len(known)} PostgreSQL refuses, {covered} covered, "
          f"{len(known) - covered} not, {cells} cells, {bad} disagreements")
    sys.exit(1 if bad else 0)


main()
