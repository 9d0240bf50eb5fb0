"""page.py PAGE: that an HTML page is whole: elements balance, ids are unique, links within it arrive, tables have
captions, headings have scopes, figures that are pictures have a name, and it asks for nothing from elsewhere.
Prints its text, a line for each text node."""
import html.parser
import sys

VOID = {"meta", "br"}
RAW = {"style"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.stack, self.ids, self.links, self.names, self.faults, self.text = [], [], [], [], [], []
        self.tables, self.captions, self.landmarks = 0, 0, set()

    def one(self, tag, attrs):
        a = dict(attrs)
        if len(a) != len(attrs):
            self.faults.append("an attribute twice in <%s> at %s" % (tag, self.getpos()))
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "a":
            self.links.append(a.get("href", ""))
        self.names += (a.get("aria-labelledby") or "").split()
        if tag == "th" and a.get("scope") not in ("row", "col"):
            self.faults.append("a heading without scope at %s" % (self.getpos(),))
        if a.get("role") in ("img", "region", "group") and not (a.get("aria-label") or a.get("aria-labelledby")):
            self.faults.append("a %s without a name at %s" % (a["role"], self.getpos()))
        if tag in ("script", "link", "iframe", "object", "img") or "src" in a or any(k.startswith("on") for k in a):
            self.faults.append("<%s %s>" % (tag, a))
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.landmarks.add(tag)

    def handle_starttag(self, tag, attrs):
        self.one(tag, attrs)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.one(tag, attrs)

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.faults.append("</%s> within %s at %s" % (tag, self.stack[-3:], self.getpos()))
        else:
            self.stack.pop()

    def handle_data(self, data):
        if data.strip() and not (self.stack and self.stack[-1] in RAW):
            self.text.append(data.strip())
        if any(ord(c) < 32 and c != "\n" for c in data):
            self.faults.append("a control character at %s" % (self.getpos(),))


p = Page()
p.feed(open(sys.argv[1], encoding="utf-8").read())
p.close()
faults = p.faults + (["open: %s" % p.stack] if p.stack else [])
faults += ["id %s twice" % i for i in set(p.ids) if p.ids.count(i) > 1]
faults += ["#%s is not there" % x[1:] for x in p.links if x.startswith("#") and x[1:] not in p.ids]
faults += ["a link to elsewhere: %s" % x for x in p.links if not x.startswith("#")]
faults += ["%s names something and is not there" % n for n in p.names if n not in p.ids]
faults += ["%d tables, %d captions" % (p.tables, p.captions)] if p.tables != p.captions else []
faults += ["no <%s>" % t for t in ("header", "nav", "main", "h1", "title") if t not in p.landmarks]
if faults:
    sys.exit("\n".join(faults))
print("\n".join(p.text))
