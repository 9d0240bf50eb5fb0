"""fuzz.py SQLEVAL [--seed N] [--cells N] [--rows N] [--stop]: random expressions (grammar.py) over
random rows (rows.py), evaluated by PostgreSQL and by us; an error is a result as well.
DATABASE_URL is an empty database, a throwaway one: table t is made there.

Each expression is compiled twice: as written, and as PostgreSQL prints it in a CHECK; a cell
counts once.  A mismatch is made as small as it can be and printed as a line for found.txt, with
the row and both answers.  --stop ends at the first.  The last lines count; exits 1 on mismatches.
"""

import argparse
import collections
import os
import random
import re
import sys
import tempfile
import time

from grammar import Grammar
from oracle import Oracle, agree
from rows import rows

BATCH = 400


def line_of(s):
    """A text as a line of COPY."""
    return s.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def why_refused(message):
    """The message without what is of this expression alone."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "'...'", message.replace(" is not supported in an expression", ""))


class Fuzz:
    """The run: what was asked, and what became of it."""

    def __init__(self, both, grammar, args):
        self.both, self.grammar, self.args = both, grammar, args
        self.count = collections.Counter()
        self.refused = collections.Counter()
        self.found = 0

    def compared(self, sources):
        """Of each source: None (PostgreSQL refuses), or its answer, and ours of both forms."""
        theirs = self.both.theirs(sources)
        asked = [(k, form) for k, t in enumerate(theirs) if t for form in (t[0], line_of(sources[k]))]
        ours = [None] * len(sources)
        for (k, _), answer in zip(asked, self.both.ours([form for _, form in asked])):
            ours[k] = (ours[k] or []) + [answer]
        return [None if t is None else (t[1], o) for t, o in zip(theirs, ours)]

    @staticmethod
    def difference(answer):
        """The first row where one of our answers is another, and the two; or None.  What we call a
        failure before any row is (a malformed pattern) may be an error of every row to PostgreSQL."""
        want, ours = answer
        for form, (status, got) in zip(("as printed", "as written"), ours):
            if status == "failed" and set(want) - {"E", "N"}:
                return form, -1, "an answer", f"FAILED {got}"
            if status == "ok":
                for k, (a, b) in enumerate(zip(want, got)):
                    if not agree(a, b):
                        return form, k, a, b
        return None

    def shrunk(self, tree):
        """The smallest tree that still differs, by steps of grammar.Node.smaller."""
        for _ in range(12):
            smaller = sorted({str(s): s for s in tree.smaller()}.items(), key=lambda s: len(s[0]))[:120]
            answers = self.compared([s for s, _ in smaller])
            differ = [s for (_, s), a in zip(smaller, answers) if a and self.difference(a)]
            if not differ or len(str(differ[0])) >= len(str(tree)):
                break
            tree = differ[0]
        return tree

    def report(self, tree):
        """Print a mismatch: the line to keep, then what differs, as comments."""
        tree = self.shrunk(tree)
        form, row, want, got = self.difference(self.compared([str(tree)])[0])
        columns = [c for c in re.findall(r'"[^"]+"|\b[a-z]\w*\b', str(tree)) if c.strip('"') in self.names]
        values = dict(zip(self.names, self.lines[row].split("\t")))
        print(tree)
        print(f"--   {form}: PostgreSQL {want}, we {got}; " + ", ".join(f"{c} = {values[c.strip(chr(34))]}" for c in dict.fromkeys(columns)), flush=True)

    def batch(self, number):
        """New rows, new expressions."""
        rng = random.Random(f"{self.args.seed}/{number}")
        self.grammar.rng = rng
        self.lines = list(rows(rng, self.args.rows))
        self.both.fill(self.lines)
        trees = [self.grammar.expression() for _ in range(BATCH)]
        for tree, answer in zip(trees, self.compared([str(t) for t in trees])):
            self.count["expressions"] += 1
            if answer is None:
                self.count["postgres"] += 1
                continue
            printed = answer[1][0]
            if printed[0] == "unsupported":
                self.count["refused"] += 1
                self.refused[why_refused(printed[1])] += 1
            elif printed[0] == "ok":
                self.count["covered"] += 1
                self.count["cells"] += len(answer[0]) - printed[1].count("L")
                self.count["limits"] += printed[1].count("L")
                self.count["errors"] += sum(a == b == "E" for a, b in zip(answer[0], printed[1]))
            self.count["raw"] += answer[1][1][0] == "ok"
            if self.difference(answer):
                self.count["mismatches"] += 1
                if self.found < 40:
                    self.found += 1
                    self.report(tree)

    def run(self):
        """Batches until there are enough cells."""
        self.names = [c.split("\t")[0] for c in self.both.psql("SELECT name FROM columns_of_t")]
        number = 0
        while self.count["cells"] < self.args.cells and not (self.args.stop and self.found):
            self.batch(number)
            number += 1
        c = self.count
        print(f"refused by us, of {c['expressions'] - c['postgres']} PostgreSQL accepts:")
        for why, n in self.refused.most_common(self.args.told):
            print(f"  {n:6} {why}")
        print(f"seed {self.args.seed}: {c['expressions']} expressions, {c['postgres']} refused by PostgreSQL, {c['refused']} by us, "
              f"{c['covered']} covered ({100 * c['covered'] // max(1, c['expressions'] - c['postgres'])} %), {c['raw']} of them as written too; "
              f"{c['cells']} cells, {c['errors']} of them errors of both, {c['limits']} more beyond our limits; {c['mismatches']} mismatches")


def main():
    """Parse the options, run, count."""
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("sqleval")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--cells", type=int, default=1000000)
    p.add_argument("--rows", type=int, default=256)
    p.add_argument("--told", type=int, default=25, help="how many kinds of refusal to tell")
    p.add_argument("--stop", action="store_true", help="stop at the first mismatch")
    args = p.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        both = Oracle(os.environ["DATABASE_URL"], args.sqleval, folder)
        both.make()
        fuzz = Fuzz(both, Grammar(None), args)
        begun = time.monotonic()
        fuzz.run()
    print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    sys.exit(1 if fuzz.count["mismatches"] else 0)


main()
