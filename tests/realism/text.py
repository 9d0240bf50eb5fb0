"""Lines about text: letters without a language, values that are all alike.

A text is random where its words have pairs of letters that words of the locales' lists do not have. The measure is the mean of
-log2 P(letter | the letter before it) over all pairs of the letters of a value, word boundaries included, as estimated from the distinct words
of common/data. Words of Portuguese and English prose, and names, have 2.9 to 4.2 bits, letters drawn at random 5.5 to 8. Letters and digits mixed
within a word, and capitals in the middle of one, count against a value as well.
"""
import glob
import json
import math
import os
import re
from collections import Counter

from catalogue import Question, fold

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
LIMIT = 4.7  # bits a pair: above it, no language
SHARE = 0.15  # of a column's values, above which it counts as random

# Values that have no look by design, and codes, whose look has nothing to do with language.
OPAQUE = (r".*(hash|token|secret|checksum|digest|uuid|guid|api_key|password|senha|salt|signature|assinatura|fingerprint|etag|nonce|sha|md5|crypt|"
          r"external_id|transaction_id|session|chave_pix|stripe|request_id|trace_id|public_key|private_key|certificate|cookie|cursor|blob|geohash).*")
CODE = (r".*(sku|codigo|code|numero|number|rastre|track|serial|serie|lote|batch|ref|prefix|key|nsu|autoriz|carteirinha|guia|matricula|digitavel|"
        r"chave|barcode|barras|ean|gtin|iban|swift|bic|account_no|placa|plate|chassi|vin|protocolo|voucher|coupon|cupom|crm|cid|cnh|rg|isbn|locator|path|url|uri|"
        r"filename|file_name|arquivo|color|cor).*")


def words_of_lists():
    words = set()
    for path in glob.glob(os.path.join(ROOT, "common", "data", "*", "*.t[xs][tv]")):
        for line in open(path, encoding="utf-8"):
            if not line.startswith("# "):
                words.update(re.findall(r"[a-z]{2,}", fold(re.sub(r"\{[^}]*\}", " ", line))))
    return words


class Pairs:
    """How likely letters follow each other in words of the lists."""

    def __init__(self):
        pair, one = Counter(), Counter()
        for w in words_of_lists():
            for a, b in zip(" " + w, w + " "):
                pair[a, b] += 1
                one[a] += 1
        letters = " abcdefghijklmnopqrstuvwxyz"
        self.bits = {(a, b): -math.log2((pair[a, b] + 0.3) / (one[a] + 0.3 * 27)) for a in letters for b in letters}

    def score(self, text):
        """Mean bits a pair, and how many pairs there were."""
        total = n = 0
        for w in re.findall(r"[a-z]{3,}", fold(text)):
            for a, b in zip(" " + w, w + " "):
                total += self.bits[a, b]
                n += 1
        return (total / n if n else 0), n


PAIRS = None


def pairs():
    global PAIRS
    PAIRS = PAIRS or Pairs()
    return PAIRS


def jumbled(text):
    """Whether one of its words mixes cases as no name or code does: aB3xZ."""
    for w in re.findall(r"[A-Za-z0-9]{4,}", text):
        changes = len(re.findall(r"[a-z][A-Z0-9]|[0-9][A-Za-z]|[A-Z][0-9]", w))
        if changes >= 3 and re.search("[a-z]", w) and re.search("[A-Z]", w):
            return True
    return False


def is_random(text, code):
    """Whether a value has no language, or as a code no look."""
    text = re.sub(r"https?://\S+|\S+@\S+|[0-9a-f]{8}-[0-9a-f-]{27}|\b[0-9a-f]{16,}\b", " ", text)
    if jumbled(text):
        return True
    text = re.sub(r"\b[A-Z]{2,5}\b", " ", text)  # HTTP, CPF
    bits, n = pairs().score(text)
    return not code and n >= 5 and bits > LIMIT


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for v in value.values():
            yield from strings(v)
        yield from value.keys()
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)


def texts(db, column):
    values = db.values(column, 300)
    if column.kind != "json":
        return values
    return [" ".join(strings(json.loads(v))) for v in values]


def random_share(db, column):
    """The share of a column's values that are random, or None where it is not asked."""
    if column.kind not in ("text", "json", "array") or column.keyed and column.kind != "text" or re.fullmatch(OPAQUE, column.n):
        return None
    code = re.fullmatch(CODE, column.n) is not None
    values = [v for v in texts(db, column) if v.strip()]
    # letters of the alphabet that make no word of three have nothing to ask of
    if not values:
        return None
    return sum(is_random(v, code) for v in values) / len(values)


SAME = r".*(pais|country|currency|moeda|locale|language|idioma|timezone|fuso|unidade|unit|version|versao|serie|engine|schema|encoding|charset).*"


def questions(db, as_of):
    for t in db.tables:
        if not t.rows:
            continue
        for c in t.columns:
            if c.kind in ("text", "json", "array"):
                share = random_share(db, c)
                if share is not None:
                    yield Question("random letters", c.path, asked=1, bad=int(share > SHARE))
            # a flag that is set in 3 rows of 100 may be set in none of few
            if t.rows >= (200 if c.kind == "bool" else 20) and not c.keyed and not re.fullmatch(SAME, c.n):
                yield Question("one value in all rows", c.path,
                               f"SELECT (count({c.q}) >= 20)::int, (count({c.q}) >= 20 AND min({c.q}::text) = max({c.q}::text))::int FROM {t.q}")
            # what is set in 3 rows of 100 may be in none of few
            if t.rows >= 200 and not c.notnull:
                yield Question("NULL in all rows", c.path, f"SELECT 1, (count({c.q}) = 0)::int FROM {t.q}")
            if c.kind == "json" and t.rows >= 20:
                yield Question("empty JSON in most rows", c.path,
                               f"SELECT 1, (avg(({c.q}::text IN ('{{}}', '[]', '\"\"', 'null'))::int) > 0.5)::int FROM {t.q} WHERE {c.q} IS NOT NULL")
