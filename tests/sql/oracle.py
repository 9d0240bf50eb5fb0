"""What PostgreSQL and sqleval say of expressions over the rows of table t (table.sql, ask.sql).

An answer is a list, a row each: T, F, N (NULL), = and a text, E (an error), and of sqleval
L: what PostgreSQL may know and we do not, by a limit that common/SQL names, or because versions
of PostgreSQL answer differently.
"""

import os
import subprocess

GUC = ("SET search_path=public; SET DateStyle='ISO,YMD'; SET IntervalStyle=postgres; SET TimeZone='UTC'; "
       "SET extra_float_digits=1; SET jit=off; SET client_min_messages=error; SET statement_timeout='20s';")


def literal(s):
    """A text as SQL writes it."""
    return "'" + s.replace("'", "''") + "'" if "\\" not in s else "E'" + s.replace("\\", "\\\\").replace("'", "''") + "'"


def agree(theirs, ours):
    """Whether two answers for a row are the same, as far as we have one."""
    return theirs == ours or ours == "L"


class Oracle:
    """A database with table t, sqleval, and a folder for what they exchange."""

    def __init__(self, url, sqleval, folder):
        self.url, self.sqleval, self.folder = url, sqleval, folder
        self.day = self.psql(f"{GUC} SELECT CURRENT_DATE;")[-1]
        self.version = self.psql("SHOW server_version_num;")[-1]

    def psql(self, script, check=True):
        """The lines psql prints for a script."""
        out = subprocess.run(["psql", "-XqAt", "-d", self.url], input=script.encode(), capture_output=True, check=False)
        if check and (out.returncode != 0 or out.stderr):
            raise RuntimeError(out.stderr.decode())
        return out.stdout.decode().split("\n")[:-1]

    def make(self):
        """Table t and what asks it, in an empty database."""
        for name in ("table.sql", "ask.sql"):
            with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as f:
                self.psql(f"{GUC}\n{f.read()}")

    def file(self, name, text):
        """Write a file for sqleval; its path."""
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        return path

    def copied(self, query):
        """The rows of a query in COPY's text format."""
        return "".join(line + "\n" for line in self.psql(f"{GUC} COPY ({query}) TO STDOUT;"))

    def fill(self, lines):
        """Table t has these rows."""
        self.psql(f"{GUC} TRUNCATE t;\nCOPY t FROM STDIN;\n" + "".join(line + "\n" for line in lines) + "\\.\n")

    def theirs(self, sources):
        """Of each expression: how PostgreSQL prints it, as a line of COPY, and its answer; or None."""
        script = [GUC]
        for s in sources:
            script.append(f"SELECT '#' || escaped(deparsed({literal(s)})) || E'\\t' || ask({literal(s)});")
            script.append("SELECT '.';")
        got, line = [], None
        for x in self.psql("\n".join(script), check=False):
            if x == ".":
                got.append(line)
                line = None
            elif x.startswith("#"):
                printed, *answer = x[1:].split("\t")
                line = (printed, answer)
        if len(got) != len(sources):
            raise RuntimeError("PostgreSQL is gone")
        return got

    def ours(self, printed):
        """Of each expression, a line of COPY: ("ok", answer), ("unsupported", why) or ("failed", why)."""
        out = subprocess.run(
            [self.sqleval, self.day, self.file("columns", self.copied("SELECT * FROM columns_of_t")),
             self.file("rows", self.copied("SELECT * FROM t ORDER BY id")), self.file("exprs", "".join(p + "\n" for p in printed)),
             self.file("functions", self.copied("SELECT * FROM functions_of_t")), self.version],
            capture_output=True, check=False)
        if out.returncode != 0:
            raise RuntimeError(f"sqleval: {out.stderr.decode()} ({out.returncode})")
        lines = [x.split("\t") for x in out.stdout.decode().split("\n")[:-1]]
        return [(x[0], x[1:] if x[0] == "ok" else x[1]) for x in lines]
