"""Counts the functions of the project, and their files, in what valgrind's callgrind saw of gen-children.

	row_path.py CALLS [--list]

scripts/row-path says what is counted.
"""
import collections
import re
import sys

# what makes a block of rows, encodes it, and keeps what children look up
OF_A_ROW = ("engine_block", "enc_rows", "keys_writer_block")


def read(path):
    """The functions, as (file, name), and whom each calls."""
    names, files, calls = {}, {}, collections.defaultdict(set)
    file = callee_file = function = None
    with open(path) as text:
        for line in text:
            m = re.match(r"(fl|fi|fe|fn|cfi|cfl|cfn)=\((\d+)\)(?: (.*))?", line)
            if not m:
                continue
            kind, number, name = m.groups()
            table = names if kind in ("fn", "cfn") else files
            if name:
                table[number] = name.strip()
            name = table[number]
            if kind == "fl":
                file = name
            elif kind in ("cfi", "cfl"):
                callee_file = name
            elif kind == "fn":
                function = file, name.split("'")[0]
                calls[function]
                callee_file = None
            elif kind == "cfn":
                calls[function].add((callee_file or file, name.split("'")[0]))
                callee_file = None
    return calls


def reached(calls, roots):
    todo = [f for f in calls if f[1] in roots]
    seen = set(todo)
    while todo:
        for f in calls[todo.pop()]:
            if f in calls and f not in seen:
                seen.add(f)
                todo.append(f)
    return seen


def main():
    calls = read(sys.argv[1])
    own = {f: {c for c in called} for f, called in calls.items() if re.search(r"(common|stages)/", f[0])}
    row = reached(own, OF_A_ROW)
    missing = [name for name in OF_A_ROW if name not in {f[1] for f in row}]
    if missing:
        sys.exit("row_path.py: %s was not called" % ", ".join(missing))
    for what, of in (("the row", row), ("the process", own)):
        print("%-12s %5d functions in %3d files" % (what, len(of), len({f[0] for f in of})))
    if "--list" in sys.argv[2:]:
        of_file = collections.Counter(re.sub(r".*?((common|stages)/)", r"\1", f[0]) for f in row)
        for name, n in sorted(of_file.items()):
            print("%5d %s" % (n, name))


main()
