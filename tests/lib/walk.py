#!/usr/bin/python3
"""Every generator of the table, in every locale, on a column of every type, unique and not.

    walk.py BIN DIR ROWS [TYPE...]    a run directory DIR/run of them all; DATABASE_URL names an empty database

plan-check says which columns it refuses, with a code that a user can act on; every other column has to be made, to
be the same in one shard and in three, to load, and to hold values that are valid by the rules below, which share
no code with the generators. Each id has its rule, in RULES below or, where it reads something, in walk_rows.py.
Prints a line of counts; status 1 where something is not so.
"""
import csv
import datetime
import functools
import glob
import ipaddress
import json
import multiprocessing
import os
import re
import socket
import subprocess
import sys

import documents
import walk_rows

BIN, DIR, ROWS = sys.argv[1], sys.argv[2], int(sys.argv[3])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LABELS = ["novo", "aberta", "tarefa", "Fechamento", "pix", "boleto", "correios", "criado", "F", "M"]
TYPES = ["text", "varchar(1)", "varchar(2)", "varchar(3)", "varchar(5)", "varchar(8)", "varchar(12)", "varchar(20)",
         "varchar(40)", "varchar(80)", "varchar(255)", "char(2)", "char(10)", "boolean", "smallint", "integer", "bigint",
         "numeric(9,2)", "numeric(12,6)", "real", "double precision", "date", "time", "timestamp", "timestamptz", "uuid",
         "inet", "macaddr", "interval", "jsonb", "walk.label"]
if len(sys.argv) > 4:
    TYPES = sys.argv[4:]
# the family of a type, as the table of generators names it
FAMILIES = [(r"text|varchar|char", "text"), (r"boolean", "boolean"), (r"smallint|integer|bigint", "integer"),
            (r"numeric", "numeric"), (r"real|double", "double precision"), (r"date", "date"), (r"timestamp", "timestamp"),
            (r"time", "time"), (r"uuid", "uuid"), (r"walk", "enum"), (r"", "any other")]
# the folders of words that have facts of a country
LOCALES = sorted(os.path.basename(os.path.dirname(p)) for p in glob.glob(f"{ROOT}/common/data/*/fact.tsv"))
# what a refusal may say
CODES = {"incompatible_generator", "key_space_too_small", "generator_cannot", "invalid_generator_params",
         "check_unsatisfiable", "unsupported_unique", "default_unsupported", "value_impossible"}


def tool(name, *args, ok=(0,)):
    p = subprocess.run([f"{BIN}/{name}", *args], capture_output=True, text=True)
    if p.returncode not in ok:
        sys.exit(f"{name} {' '.join(args)}: status {p.returncode}\n{p.stdout[-2000:]}{p.stderr[-2000:]}")
    return p


def sql(text):
    p = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", os.environ["DATABASE_URL"]], input=text,
                       capture_output=True, text=True)
    if p.returncode:
        sys.exit(p.stderr)


# ---- the columns -------------------------------------------------------------------------------

def generators():
    listed = json.loads(tool("plan-check", "--generators", "--output", "json").stdout)
    return [g for g in listed if g["kind"] == "generator"]


def takes(g, kind):
    family = next(f for pattern, f in FAMILIES if re.match(pattern, kind))
    said = re.split(r", | or ", g["columns"].split(", made as")[0])
    return "any" in said or family in said


def params_of(g):
    required = any(p["required"] or "required_unless" in p for p in g["params"])
    return json.loads(g["example"]) if required and g["example"] else {}


def keyed(kind):
    """Whether a unique column of the type can have a value for each row."""
    return not re.match(r"boolean|walk|interval|(var)?char\([12]\)", kind)


class Column:
    def __init__(self, table, name, g, kind, locale, unique):
        self.table, self.name, self.id, self.kind, self.locale, self.unique = table, name, g["id"], kind, locale, unique
        self.at = TYPES.index(kind)
        self.reads = self.id in walk_rows.READS
        self.clause = walk_rows.clause(self, LABELS, self.at, keyed(kind)) if self.reads else ""
        self.params = walk_rows.params(self, ROWS, LABELS, self.at) if self.reads else params_of(g)
        self.has_locale = "locale" in g
        if g.get("locale", "*") != "*":
            self.locale = g["locale"]

    def rule(self):
        generator = {"id": self.id, "params": self.params, **({"locale": self.locale} if self.has_locale else {})}
        return {"type": "column_generator", "schema": "walk", "table": self.table, "column": self.name, "generator": generator}


def columns(gens):
    out = []
    for t, kind in enumerate(TYPES):
        for locale in LOCALES:
            for unique in (False, True):
                table = f"{t}_{locale.lower()}_{'u' if unique else 'n'}"
                out += [Column("tr"[g["id"] in walk_rows.READS] + table, f"c{i}", g, kind, locale, unique)
                        for i, g in enumerate(gens) if takes(g, kind)]
    return [c for c in out if c.clause is not None]


def ddl(cols):
    tables = {}
    for c in cols:
        null = "" if c.id == "derive.expr" else " NOT NULL"
        tables.setdefault(c.table, [walk_rows.INPUTS.format(c.table)] if c.reads else []).append(
            f"{c.name} {c.kind}{null}{' UNIQUE' if c.unique else ''}{c.clause}")
    labels = ", ".join(f"'{x}'" for x in LABELS)
    codes = "".join(f", k{i} {kind} NOT NULL UNIQUE" for i, kind in enumerate(TYPES) if keyed(kind))
    return (f"CREATE SCHEMA walk; CREATE TYPE walk.label AS ENUM ({labels});"
            f"CREATE TABLE walk.customers (id integer PRIMARY KEY, since timestamp NOT NULL);"
            f"CREATE TABLE walk.codes (id integer PRIMARY KEY{codes});" +
            "".join(f"CREATE TABLE walk.{t} ({', '.join(of)});" for t, of in tables.items()) +
            "".join(f"CREATE TABLE walk.i{t[1:]} ({walk_rows.CHILD.format(t)});" for t in tables if t[0] == "r"))


def inputs(cols):
    """Targets and rules of the tables that generators read."""
    out = [{"schema": "walk", "table": "customers", "rows": 8}, {"schema": "walk", "table": "codes", "rows": ROWS}], []
    for t in sorted({c.table for c in cols if c.reads}):
        out[0].append({"schema": "walk", "table": f"i{t[1:]}"})
        out[1].append({"type": "relationship", "schema": "walk", "table": f"i{t[1:]}", "columns": ["order_id"],
                       "children_per_parent": {"min": 1, "max": 5}})
        # a path of more generations may not fit a column in rows that plan-check does not try
        out[1].append({"type": "relationship", "schema": "walk", "table": t, "columns": ["follows_id"], "max_depth": 2})
        out[1].append({"type": "relationship", "schema": "walk", "table": t, "columns": ["customer_id"],
                       "children_per_parent": {"min": 0, "max": ROWS // 4}})
        for column, generator, params in (
                ("first_name", "semantic.person.first_name", {}), ("last_name", "semantic.person.last_name", {}),
                ("quantity", "primitive.int", {"min": 1, "max": 9}),
                ("price", "primitive.decimal.numeric", {"min": 1, "max": 99})):
            out[1].append({"type": "column_generator", "schema": "walk", "table": t, "column": column,
                           "generator": {"id": generator, "params": params}})
    return out


def plan(cols, path):
    targets, rules = inputs(cols)
    json.dump({"plan_version": "0.3", "seed": 5, "global": {"as_of": "2026-11-28"},
               "schema_ref": {"schema_version": "0.2", "engine": "postgres"},
               "targets": [{"schema": "walk", "table": t, "rows": ROWS} for t in sorted({c.table for c in cols})] + targets,
               "rules": [c.rule() for c in cols] + rules}, open(path, "w", encoding="utf-8"))


def place_of(issue, cols):
    """The column that an issue is about: it stands at its rule, or names it as a key's."""
    at = re.match(r"^/rules/(\d+)", issue["path"])
    if issue["code"] not in CODES:
        sys.exit(f"refused by a code of another kind: {issue}")
    if at is not None:
        return int(at.group(1))
    at = re.match(r'^"walk\.(\w+)": .* on \((\w+)\)|^walk\.(\w+)\.(\w+): row', issue["message"])
    if at is None:
        sys.exit(f"refused without a rule: {issue}")
    return next(i for i, c in enumerate(cols) if (c.table, c.name) in (at.groups()[:2], at.groups()[2:]))


def accepted(cols):
    """The columns that plan-check takes, after as many rounds as it has something to refuse; and why it refused."""
    refused = {}
    for step in range(1, 9):
        run, path = f"{DIR}/try{step}", f"{DIR}/try{step}.json"
        sql("DROP SCHEMA IF EXISTS walk CASCADE;" + ddl(cols))
        tool("introspect", "--run", run, "--schema", "walk")
        plan(cols, path)
        p = tool("plan-check", path, "--run", run, "--output", "json", ok=(0, 1))
        if p.returncode == 0:
            os.rename(run, f"{DIR}/run")
            return cols, refused
        gone = set()
        for i in json.loads(p.stdout)["issues"]:
            if i["severity"] != "error":
                continue
            gone.add(place_of(i, cols))
            refused.setdefault(i["code"], 0)
            refused[i["code"]] += 1
        cols = [c for i, c in enumerate(cols) if i not in gone]
    sys.exit("plan-check finds something to refuse in every round")


# ---- what is valid -----------------------------------------------------------------------------

def digits(v):
    return [int(x) for x in v if x.isdigit()]


def luhn(v):
    total = 0
    for i, d in enumerate(reversed(digits("".join(str(int(x, 36)) for x in v)))):
        total += d if i % 2 == 0 else sum(divmod(2 * d, 10))
    return total % 10 == 0


def mod11(d, weights):
    r = sum(a * b for a, b in zip(d, weights)) % 11
    return 0 if r < 2 else 11 - r


def cpf(v):
    d = digits(v)
    return len(d) == 11 and d[9] == mod11(d[:9], range(10, 1, -1)) and d[10] == mod11(d[:10], range(11, 1, -1))


def cnpj(v):
    d = [ord(x) - 48 for x in re.sub(r"[^0-9A-Z]", "", v)]
    w = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    return len(d) == 14 and d[12] == mod11(d[:12], w[1:]) and d[13] == mod11(d[:13], w)


def isbn(v):
    v = v.replace("-", "")
    if len(v) == 13:
        return sum(d * (3 if i % 2 else 1) for i, d in enumerate(digits(v))) % 10 == 0
    return len(v) == 10 and sum((10 if x == "X" else int(x)) * (i + 1) for i, x in enumerate(v)) % 11 == 0


def gtin(v):
    d = digits(v)
    return (v.isdigit() and len(v) in (8, 12, 13, 14) and v.lstrip("1")[0] == "2" and
            sum(x * (3 if i % 2 else 1) for i, x in enumerate(reversed(d))) % 10 == 0)


def nfe_key(v):
    """The layout of the key, the month, the issuer's CNPJ, and the check digit: weights 2 to 9 from the right."""
    d = digits(v)
    r = sum(x * (2 + i % 8) for i, x in enumerate(reversed(d[:43]))) % 11
    return (len(v) == len(d) == 44 and 1 <= int(v[4:6]) <= 12 and cnpj(v[6:20]) and v[20:22] == "55" and
            d[43] == (0 if r < 2 else 11 - r))


def iban(v):
    moved = v[4:] + v[:4]
    return v.startswith("XX") and 15 <= len(v) <= 34 and int("".join(str(int(x, 36)) for x in moved)) % 97 == 1


def password_hash(v):
    """Base64 of 128 bits and of 184 (bcrypt) or 256: the last character has the bits that are left in front."""
    b64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    m = re.fullmatch(r"\$2b\$12\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})", v)
    if m:
        return all(("./" + b64).index(p[-1]) % step == 0 for p, step in zip(m.groups(), (16, 4)))
    m = re.fullmatch(r"\$argon2id\$v=19\$m=65536,t=3,p=4\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})", v)
    if m:
        return all((b64 + "+/").index(p[-1]) % step == 0 for p, step in zip(m.groups(), (16, 4)))
    return re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}", v) is not None


@functools.cache
def reserved(front):
    """Whether addresses that begin with these bytes are nobody's: 3 bytes of 4, or 4 of 16."""
    size = 4 if len(front) == 3 else 16
    return not ipaddress.ip_network((front.ljust(size, b"\0"), 8 * len(front))).is_global


def address_of(*versions):
    def check(v):
        version = 6 if ":" in v else 4
        b = socket.inet_pton(socket.AF_INET6 if version == 6 else socket.AF_INET, v)
        return version in versions and reserved(b[:3] if version == 4 else b[:4])
    return check


def listed(name, column=None):
    @functools.cache
    def of_locale(locale):
        for folder in (locale, "any"):
            for end in (".tsv", ".txt"):
                path = f"{ROOT}/common/data/{folder}/{name}{end}"
                if os.path.exists(path):
                    return words(path, column).__contains__
        return lambda v: False
    return OfLocale(of_locale)


class OfLocale:
    """A check that each locale has its own of."""
    def __init__(self, of_locale):
        self.of_locale = of_locale


@functools.cache
def words(path, column):
    rows = [x.rstrip("\n").split("\t") for x in open(path, encoding="utf-8") if not x.startswith("# ")]
    at = rows[0].index(column) if column else 0
    return {r[at] for r in (rows[1:] if path.endswith(".tsv") else rows)}


def rx(pattern):
    """Whether a text matches as a whole.  A check that has ${all} can say it of many values by one search: between
    NUL characters, which no text has, every match is one value, since each takes one of the NULs before the values."""
    one, many = re.compile(pattern), re.compile(rf"\0(?:{pattern})(?=\0)")

    def check(v):
        return one.fullmatch(v) is not None
    check.all = lambda values: sum(1 for _ in many.finditer("\0".join(["", *values, ""]))) == len(values)
    return check


def between(lo, hi):
    return lambda v: lo <= float(v) <= hi


def moment(v):
    datetime.datetime.fromisoformat(v.replace("Z", "+00:00"))
    return True


def by(us, br, other=lambda v: v != ""):
    """What a value of each locale looks like; of one that is not known here, that there is one."""
    return OfLocale(lambda locale: {"en_US": us, "pt_BR": br}.get(locale, other))


def bare(*rules):
    """A number that is valid without its punctuation, by one of the rules, which differ from state to state."""
    return lambda v: any(rule(re.sub(r"[^0-9A-Za-z]", "", v)) for rule in rules)


UUID = rx(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
EMAIL = rx(r"[a-z0-9._-]+@([a-z0-9-]+\.)*example\.(com|net|org)")
PHONE = by(rx(r".*555.?01\d\d( x\d+)?"), rx(r"[+(]?[\d ()+-]{8,}"))
ZIP = by(rx(r"\d{5}(-\d{4})?"), rx(r"\d{5}-?\d{3}"))
RULES = [
    (r"\.email(\.safe)?$|Email$|\.free_email$", EMAIL),
    (r"(^|\.)(phone|cell)$|PhoneNumber|CellNumber", PHONE),
    (r"record\.place\.postal_code|\.postcode|\.PostCode", ZIP),
    (r"br\.cep", rx(r"\d{5}-?\d{3}")),
    (r"\.cpf$", cpf), (r"\.cnpj$", cnpj), (r"[Ii]sbn", isbn),
    (r"CreditCard", lambda v: luhn(re.sub(r"\D", "", v))),
    (r"[Ii]sin$", lambda v: rx(r"[A-Z]{2}[A-Z0-9]{9}\d")(v) and luhn(v)),
    (r"[Bb]ic$", rx(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")),
    (r"IPv4|\.ipv4|br\.ip$", address_of(4)), (r"IPv6|\.ipv6", address_of(6)),
    (r"\.IP$", address_of(4, 6)), (r"MACAddress|\.mac$", rx(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")),
    (r"HexColor|color\.hex", rx(r"#[0-9a-fA-F]{6}")), (r"RgbColor|color\.rgb", rx(r"rgb\(\d+, ?\d+, ?\d+\)")),
    (r"[Ll]atitude", between(-90, 90)), (r"[Ll]ongitude", between(-180, 180)),
    (r"[Ss]emver", rx(r"\d+\.\d+\.\d+(-(alpha|beta|rc\.\d+))?")), (r"Digit$", rx(r"\d( \d+)?")),
    (r"StatusCode|status_code", rx(r"[1-5]\d\d( .+)?")), (r"Geohash", rx(r"[0-9bcdefghjkmnp-z]{1,12}")),
    (r"uuid", UUID),
    (r"first_name|FirstName", listed("given", "name")), (r"\.last_name|LastName|middle_name", listed("family")),
    (r"place\.city|br\.city|address\.city$|CityName", listed("place", "city")),
    (r"state_abbr|StateAbbr|br\.uf|place\.state$", listed("state", "abbr")),
    (r"address\.state$|StateName|state_name", listed("state", "name")),
    (r"record\.file\.name$", rx(r"([a-z-]+-)?\d{4,10}\.[a-z0-9]{3,4}")), (r"record\.file\.extension$", listed("file", "ending")),
    (r"record\.file\.mime$", listed("file", "mime")), (r"record\.file\.size$", between(2048, 180000 * 1024)),
    (r"record\.file\.(path|url)$", rx(r"(https://files\.example\.com|/uploads)?/\d{10}(/[a-z-]+-\d{4})?\.[a-z0-9]{3,4}")),
    (r"gtin13$", gtin), (r"nfe_key$", nfe_key), (r"\.iban$", iban), (r"password_hash$", password_hash),
    (r"security\.digest$", rx(r"([0-9a-f]{32}){1,4}|[0-9a-f]{40}")), (r"security\.(token|api_key)$", rx(r"[\w-]{6,128}")),
    (r"code\.sku$", rx(r"([A-Z]{3}-?)?\d{4,8}")), (r"code\.tracking$", rx(r"(Z[A-Z]{1,2})?\d{6,10}([A-Z]{2})?")),
    (r"code\.order_number$", rx(r"((PED|ORD)-?)?\d{4,9}")), (r"code\.invoice_number$", rx(r"((FAT|INV)-)?\d{4,9}")),
    (r"code\.(nsu|authorization|card_last4)$", rx(r"\d{4,12}|[A-Z]{1,2}\d{4,5}")), (r"code\.cfop$", rx(r"[567]\.?\d{3}")),
    (r"code\.coupon$", rx(r"[A-Z]{1,12}\d{1,4}(-?[A-Z]\d{3})?")), (r"code\.cnae$", rx(r"\d{4}-?\d/?\d\d")),
    (r"code\.ncm$", rx(r"\d{4}\.?\d\d\.?\d\d")), (r"code\.short$", rx(r"[A-HJ-NP-Z2-9]{1,8}")),
    (r"semantic\.version$", rx(r"\d+(\.\d+){0,2}(-beta\.\d)?")), (r"http\.method$", listed("http_method")),
    (r"semantic\.file\.mime$", listed("file_kind", "mime")), (r"semantic\.file\.extension$", listed("file_kind", "ending")),
    (r"semantic\.file\.(name|path)$", rx(r"[\w/-]+\.[a-z0-9]{3,4}")),
    (r"image_url$", rx(r"(https://(images\.)?example\.com)?(/[a-z]+)?/\d+\.(jpg|webp|png)")),
    (r"internet\.domain$", rx(r"[a-z0-9]+\.example(\.com)?")), (r"internet\.hostname$", rx(r"[a-z]+(-?\d+)?(\.example\.net)?")),
    (r"internet\.path$", rx(r"(/[a-z0-9-]*)+")), (r"internet\.referrer$", rx(r"https://[a-z]+\.example\.(com|net|org)/\S*")),
    (r"semantic\.json$", lambda v: isinstance(json.loads(v), (dict, list)) and len(json.loads(v)) > 0),
    (r"internet\.social$", rx(r"@[a-z0-9._]+")),
    (r"country_code|CountryCode", rx(r"[A-Z]{2}")), (r"CurrencyCode|currency_code", rx(r"[A-Z]{3}")),
    (r"(chrono|time)\.raw\.Date$|semantic\.time\.date$", lambda v: bool(datetime.date.fromisoformat(v[:10]))),
    (r"DateTime|semantic\.time\.datetime", moment), (r"raw\.Time$", lambda v: bool(datetime.time.fromisoformat(v))),
    (r"MimeType", rx(r"[a-z]+/[\w.+-]+")), (r"tracking_code", rx(r"BR\d{10}")), (r"Boolean", rx(r"true|false|t|f")),
    (r"code\.batch$", rx(r"L\d{4,6}[A-Z]|\d{3,4}")), (r"code\.card_brand$", listed("card_brand")),
    (r"code\.serial$", rx(r"(SN\d\d)?[A-Z]{0,3}\d{4,8}")),
    # numbers of documents: documents.py has the rules of their check digits
    (r"br\.cnpj\.alphanumeric", lambda v: bool(documents.cnpj_letters(re.sub(r"[./-]", "", v)))),
    (r"br\.rg$", bare(documents.rg)), (r"br\.pis$", bare(documents.pis)), (r"br\.cnh$", bare(documents.cnh)),
    (r"br\.renavam$", bare(documents.renavam)), (r"br\.linha_digitavel$", bare(documents.slip)),
    (r"br\.ie$", bare(*documents.IE.values())), (r"br\.titulo_eleitor$", bare(*map(documents.voter, documents.VOTERS))),
    (r"br\.placa$", rx(r"[A-Z]{3}\d[A-J]\d\d")), (r"br\.pix$", UUID),
    (r"us\.ssn", rx(r"9\d\d-?(0[1-9]|[1-4]\d|6[6-9]|89|93)-?\d{4}")), (r"us\.itin", rx(r"9\d\d-?[5-9]\d-?\d{4}")),
    (r"us\.ein", rx(r"\d\d-?\d{7}")),
    (r"us\.plate", rx(r"[A-Z]{3}-?\d{4}")), (r"us\.zip$|\.zipcode|ZipCode", ZIP),
    (r"us\.routing_number", lambda v: len(v) == 9 and sum(d * w for d, w in zip(digits(v), [3, 7, 1] * 3)) % 10 == 0),
    (r"company\.registry", by(rx(r"\d\d-?\d{7}"), cnpj)),
    (r"document\.number", by(rx(r"D\d{8}|\d{9}"), lambda v: bool(documents.rg(re.sub(r"[.-]", "", v))))),
    # words of a list
    (r"domain\.(crm|finance|logistics)\.(activity_type|lead_stage|pipeline_name|invoice_status|payment_method|"
     r"transaction_type|carrier|shipment_status)", rx(r"[A-Za-z][a-z_]*")),
    (r"industry$|Industry$", listed("industry")), (r"profession$|Profession$", listed("profession")),
    (r"company\.(suffix|raw\.CompanySuffix)", listed("company_form")), (r"company\.department", listed("department")),
    (r"(person|name\.raw)\.[tT]itle$", listed("title")), (r"(person|name\.raw)\.[sS]uffix$", listed("suffix")),
    (r"raw\.Color$", listed("color")), (r"product\.category", listed("category")),
    (r"address\.country$|CountryName", listed("country", "name")), (r"record\.place\.country$", listed("country", "name")),
    (r"address\.district|place\.district", listed("district")), (r"secondary_type|SecondaryAddressType", listed("secondary")),
    (r"street_suffix|StreetSuffix", listed("street_kind")), (r"timezone|TimeZone", listed("timezone")),
    (r"CityPrefix", listed("city_prefix")), (r"CitySuffix", listed("city_suffix")),
    (r"currency_name|CurrencyName", listed("currency", "name")), (r"currency_symbol|CurrencySymbol", listed("currency", "symbol")),
    (r"domain_suffix|DomainSuffix", listed("tld")), (r"user_agent|UserAgent", listed("user_agent")),
    (r"free_email_provider|FreeEmailProvider", listed("email_provider")), (r"FileExtension", listed("extension")),
    (r"bs_adj|BsAdj", listed("company_buzz_adjective")), (r"bs_noun|BsNoun", listed("company_buzz_noun")),
    (r"bs_verb|BsVerb", listed("company_buzz_verb")), (r"company\.buzzword|raw\.Buzzword$", listed("catch_head")),
    (r"BuzzwordMiddle", listed("catch_middle")), (r"BuzzwordTail", listed("catch_tail")),
    (r"job\.raw\.Field", listed("job_field")), (r"job\.raw\.Position", listed("job_position")),
    (r"job\.raw\.Seniority", listed("job_level")), (r"lorem\.(raw\.Word|word)$", listed("word")),
    (r"place\.area_code", by(rx(r"[2-9]\d\d"), rx(r"[1-9]\d"))), (r"person\.sex", rx(r"F|M")),
    # texts of a form
    (r"building_number|BuildingNumber", rx(r"\d{1,5}")), (r"dimensions_cm", rx(r"\d+x\d+x\d+")), (r"Duration", rx(r"\d+")),
    (r"color\.hsl|HslColor", rx(r"hsl\(\d+, \d+%, \d+%\)")), (r"HslaColor", rx(r"hsla\(\d+, \d+%, \d+%, [01]?(\.\d+)?\)")),
    (r"RgbaColor", rx(r"rgba\(\d+, \d+, \d+, [01]?(\.\d+)?\)")), (r"DirPath|FilePath", rx(r"(/[\w.-]+)+")),
    (r"FileName", rx(r"[\w-]+\.\w+")), (r"[Pp]assword", rx(r"\S+")), (r"[Uu]ser_?name$", rx(r"[a-z0-9._-]+")),
    (r"company\.domain", rx(r"[a-z0-9-]+\.example\.(com|net|org)|[a-z0-9-]+\.example")),
    (r"company\.site|\.url$", rx(r"https?://([a-z0-9-]+\.)*example(\.(com|net|org))?(/[a-z0-9/-]*)?")),
    (r"BlockQuote", rx(r"(> .+\n?)+")), (r"BoldWord|markdown\.bold", rx(r"\*\*\w.*\*\*")),
    (r"ItalicWord|markdown\.italic", rx(r"\*\w.*\*")), (r"BulletPoints", rx(r"(- .+\n?)+")), (r"ListItems", rx(r"(1\. .+\n?)+")),
    (r"raw\.Code", rx(r"(?s:.+)")), (r"markdown\.(raw\.L|l)ink", rx(r"\[.+\]\(https://example\.com/\w+\)")),
    (r"primitive\.int\.sequence_hint", rx(r"\d+")), (r"primitive\.text$", rx(r"[A-Za-z0-9]+")),
    (r"primitive\.text\.pattern", rx(r"[A-Z]{3}-[0-9]{4}")),
    # names and sentences: words and their punctuation, nothing of the forms that they are made from
    (r"\.address$|address\.line|address\.street$|place\.street$|StreetName|address\.secondary$|SecondaryAddress$|place\.complement|"
     r"(br|semantic|record)\.company\.name$|company\.trade_name|CompanyName|company\.bs$|raw\.Bs$|catch_phrase|CatchPhrase|"
     r"job\.raw\.Title|(br|person)\.name$|person\.(wo)?man$|person\.full_name|name\.raw\.Name|product\.name|document\.issuer|"
     r"semantic\.text\.(comment|description|note|paragraph)$|lorem\.raw\.(Words|Sentence|Paragraph)|primitive\.text\.lorem",
     rx(r"[^\W_][^{}\[\]~^\t\n\r_]*(\n[^{}\[\]~^\t\r_]+)*")),
    (r"semantic\.name\.\w+$|semantic\.text\.(title|subject|reason|bio|answer|question|instruction|tag|label|search_query)$",
     rx(r"[^\W_][^{}\[\]~^\t\n\r_]*")),
    (r"semantic\.text\.(log_line|error_message)$", rx(r"[^{}~^\t\n\r]*\w[^{}~^\t\n\r]*")),
    (r"record\.list$", rx(r"[A-Z]{3}")),
    # ids of columns that are no text: see VALUES
    (r"deal_value|installments|money\.(brl|usd)|document\.(expires|issued)_on|person\.birth_date|"
     r"primitive\.(bool|date|int|float|decimal|number|time|timestamp|moment)", None),
]
RULES = [(re.compile(p), check) for p, check in RULES]
# what a value of a type looks like in a file, whatever made it
VALUES = [(r"text|varchar|char", lambda v: True), (r"boolean", rx(r"[tf]|true|false")),
          (r"smallint|integer|bigint", rx(r"0|-?[1-9]\d*")), (r"numeric", rx(r"-?\d+(\.\d+)?")),
          (r"real|double", lambda v: float(v) == float(v)), (r"date", lambda v: bool(datetime.date.fromisoformat(v))),
          (r"timestamp", moment), (r"time", lambda v: bool(datetime.time.fromisoformat(v))),
          (r"uuid", rx(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")), (r"inet", lambda v: bool(ipaddress.ip_interface(v))),
          (r"macaddr", rx(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")), (r"walk", lambda v: v in LABELS),
          (r"jsonb", lambda v: json.loads(v) is not v), (r"interval", rx(r".+"))]
TEXTS = re.compile(r"text|varchar|char")


def rule_of(name):
    """The rule of an id, or False."""
    return next((check for pattern, check in RULES if pattern.search(name)), False)


def checker(c):
    check = rule_of(c.id)
    if not TEXTS.match(c.kind) or not check:
        return next(check for pattern, check in VALUES if re.match(pattern, c.kind))
    return check.of_locale(c.locale) if isinstance(check, OfLocale) else check


def rows_of(table):
    path = f"{DIR}/whole/walk.{table}.csv"
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


@functools.cache
def keyed_rows(table):
    return {r["id"]: r for r in rows_of(table)}


def judge_rows(cols, table):
    """Columns of a table whose generators read something."""
    rows = rows_of(table)
    world = {n: keyed_rows(n) for n in ("customers", "codes")}
    world.update(children=rows_of(f"i{table[1:]}"), labels=LABELS)
    out = []
    for c in cols:
        values = [r[c.name] for r in rows]
        wrong = walk_rows.CHECKS[c.id](c, rows, world)
        if c.unique and len(set(values)) != ROWS and set(values) != {""}:
            wrong = f"{ROWS - len(set(values))} values twice"
        out += [f"{c.id} on {c.kind}, {c.locale}{', unique' if c.unique else ''}: {wrong}"] if wrong else []
    return out


def first_wrong(c, check, values):
    """A value of the column that the check refuses, or None; most checks can be asked of all values at once."""
    if hasattr(check, "all") and check.all(values):
        return None
    for v in values:
        try:
            good = check(v)
        except (ValueError, OSError):
            good = False
        # a number behind a word tells rows of a unique column apart
        if not good and not (c.unique and re.search(r" \d+$", v) and check(re.sub(r" \d+$", "", v))):
            return v
    return None


def judge(cols, path):
    """Every value of a table's file, by the rules."""
    faults = []
    with open(path, encoding="utf-8", newline="") as f:
        rows = csv.reader(f)
        names = next(rows)
        of = dict(zip(names, zip(*rows)))
    for c in cols:
        values = set(of[c.name])
        if c.unique and len(values) != ROWS:
            faults.append(f"{c.id} on {c.kind}, {c.locale}: {ROWS - len(values)} values twice")
        if c.kind.startswith("char("):
            values = {v.rstrip(" ") for v in values}
        wrong = first_wrong(c, checker(c), values)
        if wrong is not None:
            faults.append(f"{c.id} on {c.kind}, {c.locale}{', unique' if c.unique else ''}: {wrong!r} is not valid")
    return faults


def judge_table(table, cols):
    """Whether a table is the same in one shard and in three, and its values are valid."""
    whole = f"{DIR}/whole/walk.{table}.csv"
    parts = sorted(glob.glob(f"{DIR}/run/data/walk.{table}.*of-3.csv"))
    with open(whole, "rb") as f:
        same = f.read() == b"".join(open(p, "rb").read() for p in parts)
    faults = [] if same else [f"{table}: three shards are not one"]
    return faults + ((judge_rows(cols, table) if table[0] == "r" else judge(cols, whole)) if cols else [])


def main():
    os.makedirs(DIR, exist_ok=True)
    gens = generators()
    unknown = [g["id"] for g in gens if g["id"] not in walk_rows.CHECKS and rule_of(g["id"]) is False]
    faults = [f"{i}: neither walk.py nor walk_rows.py says which of its values are valid" for i in unknown]
    every = columns([g for g in gens if g["id"] not in unknown])
    cols, refused = accepted(every)
    run = f"{DIR}/run"

    def generate():
        tool("gen-parents", "--run", run)
        tool("gen-children", "--run", run)
    generate()
    os.rename(f"{run}/data", f"{DIR}/whole")
    plan_path = max(glob.glob(f"{DIR}/try*.json"), key=lambda p: int(re.sub(r"\D", "", os.path.basename(p))))
    tool("plan-check", plan_path, "--run", run, "--shards", "3")
    generate()
    load = subprocess.Popen([f"{BIN}/load", "--run", run], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    tables = [os.path.basename(p).split(".")[1] for p in sorted(glob.glob(f"{DIR}/whole/*.csv"))]
    with multiprocessing.Pool() as pool:
        for found in pool.starmap(judge_table, [(t, [c for c in cols if c.table == t]) for t in tables], 1):
            faults += found
    said = load.communicate()[1]
    if load.returncode:
        sys.exit(f"load: status {load.returncode}\n{said[-2000:]}")
    missing = {g["id"] for g in gens} - {c.id for c in cols} - set(unknown)
    faults += [f"{i}: no column takes it" for i in sorted(missing)]
    for f in faults:
        print(f)
    print(f"{len(gens)} generators, {len(LOCALES)} locales, {len(TYPES)} types, unique and not, {ROWS} rows: "
          f"{len(cols)} columns made and loaded, {len(every) - len(cols)} refused "
          f"({', '.join(f'{n} {c}' for c, n in sorted(refused.items()))}), {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
