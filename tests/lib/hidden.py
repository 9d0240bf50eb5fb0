#!/usr/bin/python3
"""hidden.py FILE...: the files have no character that a terminal obeys or that nobody sees, and no byte that is no UTF-8.

Line breaks and tabs are layout.  A JSON or NDJSON file must have no such character either: JSON
has escapes for them.  Prints the first of each file, by its line and number; exits 1 if there is one.
"""
import re
import sys

HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
                    "\U000e0000-\U000e007f\udc80-\udcff]")

bad = False
for path in sys.argv[1:]:
    text = open(path, "rb").read().decode("utf-8", "surrogateescape")
    found = HIDDEN.search(text)
    if found is not None:
        bad = True
        line = text.count("\n", 0, found.start()) + 1
        print("%s:%d: U+%04X in %r" % (path, line, ord(found[0]), text.split("\n")[line - 1][:200]))
sys.exit(bad)
