"""What a database has, asked of its catalogue, and questions asked of its rows.

Everything goes through psql, so that nothing but PostgreSQL's own client is needed.
"""
import json
import re
import subprocess
import unicodedata

CATALOGUE = r"""
SELECT json_build_object('schema', s.nspname, 'name', c.relname,
  'comment', obj_description(c.oid, 'pg_class'),
  'rows', (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', s.nspname, c.relname), false, true, '')))[1]::text::bigint,
  'columns', (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
      'base', coalesce(nullif(b.typname, ''), t.typname), 'typtype', t.typtype, 'category', t.typcategory,
      'notnull', a.attnotnull, 'generated', a.attgenerated <> '', 'identity', a.attidentity <> '',
      'default', pg_get_expr(d.adbin, d.adrelid)) ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
  'fks', (SELECT json_agg(json_build_object('columns', x.cols, 'schema', x.fs, 'table', x.ft, 'refs', x.refs) ORDER BY x.conname)
    FROM (SELECT k.conname, fs.nspname AS fs, f.relname AS ft,
        (SELECT json_agg(a.attname ORDER BY u.i) FROM unnest(k.conkey) WITH ORDINALITY u (n, i)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n) AS cols,
        (SELECT json_agg(a.attname ORDER BY u.i) FROM unnest(k.confkey) WITH ORDINALITY u (n, i)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n) AS refs
      FROM pg_constraint k JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fs ON fs.oid = f.relnamespace
      WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0) x),
  'keys', (SELECT json_agg(json_build_object('primary', i.indisprimary, 'partial', i.indpred IS NOT NULL,
      'columns', (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey))))
    FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique))
FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY s.nspname, c.relname;
"""

# What old systems put before a column's name, and other words cut short.
PREFIXES = {"dt": "data", "dta": "data", "vl": "valor", "vlr": "valor", "qt": "quantidade", "qtd": "quantidade",
            "qtde": "quantidade", "nm": "nome", "cd": "codigo", "cod": "codigo", "fl": "flag", "ds": "descricao",
            "nr": "numero", "num": "numero", "st": "status", "tp": "tipo", "pc": "percentual", "perc": "percentual",
            "hr": "hora", "sg": "sigla", "qty": "quantity", "pct": "percent", "amt": "amount"}
SHORT = {"nasc": "nascimento", "canc": "cancelamento", "pagto": "pagamento", "venc": "vencimento", "obs": "observacao",
         "qtd": "quantidade", "qty": "quantity", "pct": "percent", "desc": "desconto", "prev": "previsao",
         "resp": "responsavel", "unit": "unitario", "dob": "birth_date"}


def fold(text):
    """Without accents, in lower case."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()


def plain(name):
    """A column's or table's name in whole words: dt_nasc is data_nascimento, createdAt is created_at."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    words = [w for w in re.split(r"[^a-z0-9]+", fold(name)) if w]
    if len(words) > 1 and words[0] in ("tb", "tbl", "tab", "t"):
        words = words[1:]
    first = [PREFIXES.get(w, SHORT.get(w, w)) if i == 0 else SHORT.get(w, w) for i, w in enumerate(words)]
    return "_".join(first)


def singular(word):
    """Of a word of a table's name; what is the same for two words need not be a word."""
    return word[:-3] + "ao" if word.endswith("oes") else word[:-3] + "y" if word.endswith("ies") else word.rstrip("s")


def q(name):
    return '"' + name.replace('"', '""') + '"'


def lit(text):
    return "'" + text.replace("'", "''") + "'"


class Column:
    def __init__(self, table, d):
        self.table, self.name, self.type = table, d["name"], d["type"]
        self.notnull, self.generated, self.identity = d["notnull"], d["generated"], d["identity"]
        self.default = d["default"]
        self.n = plain(self.name)
        self.q = q(self.name)
        self.path = f"{table.schema}.{table.name}.{self.name}"
        base, category = d["base"], d["category"]
        self.kind = ("choice" if d["typtype"] == "e" else "bool" if base == "bool" else
                     "date" if base == "date" else "timestamp" if base in ("timestamp", "timestamptz") else
                     "int" if base in ("int2", "int4", "int8") else "decimal" if base in ("numeric", "money") else
                     "float" if base in ("float4", "float8") else "json" if base in ("json", "jsonb") else
                     "uuid" if base == "uuid" else "array" if category == "A" else
                     "text" if category == "S" else "other")

    @property
    def moment(self):
        return self.kind in ("date", "timestamp")

    @property
    def number(self):
        return self.kind in ("int", "decimal", "float")

    @property
    def keyed(self):
        """Whether the column belongs to the primary key or to a foreign key."""
        return self.name in self.table.pk or any(self.name in f["columns"] for f in self.table.fks)


class Table:
    def __init__(self, d):
        self.schema, self.name, self.rows = d["schema"], d["name"], d["rows"]
        self.n = plain(self.name)
        self.q = f"{q(self.schema)}.{q(self.name)}"
        self.path = f"{self.schema}.{self.name}"
        self.fks = d["fks"] or []
        self.keys = [k for k in d["keys"] or [] if k["columns"]]
        self.pk = next((k["columns"] for k in self.keys if k["primary"]), [])
        self.columns = [Column(self, c) for c in d["columns"] or []]
        self.by_name = {c.name: c for c in self.columns}

    def find(self, *patterns, kinds=None):
        """The first column whose name matches the first pattern, else the second, and so on."""
        for p in patterns:
            for c in self.columns:
                if re.fullmatch(p, c.n) and (kinds is None or c.kind in kinds):
                    return c
        return None

    def unique_over(self, columns):
        return any(set(k["columns"]) <= set(columns) and not k["partial"] for k in self.keys)


class Database:
    def __init__(self, url, schemas=None):
        self.url = url
        tables = [Table(json.loads(line)) for line in self.ask(CATALOGUE)]
        self.tables = [t for t in tables if not schemas or t.schema in schemas]
        self.by_path = {(t.schema, t.name): t for t in self.tables}

    def ask(self, sql):
        """The lines that psql prints for the statements; what is wrong with one does not stop the others."""
        p = subprocess.run(["psql", "-XqAt", "-d", self.url], input="SET TimeZone = 'UTC'; SET client_min_messages = error;\n" + sql,
                           capture_output=True, text=True, check=False)
        if p.returncode not in (0, 3):
            raise SystemExit(f"psql: {p.stderr.strip()}")
        self.errors = p.stderr.strip()
        return [line for line in p.stdout.split("\n") if line]

    def json(self, sql):
        return [json.loads(line) for line in self.ask(sql)]

    def parent(self, fk):
        return self.by_path.get((fk["schema"], fk["table"]))

    def joined(self, child, fk, kind="JOIN"):
        """FROM clause: the child c with its parent p by that foreign key."""
        parent = self.parent(fk)
        on = " AND ".join(f"c.{q(a)} = p.{q(b)}" for a, b in zip(fk["columns"], fk["refs"]))
        return f"{child.q} c {kind} {parent.q} p ON {on}"

    def values(self, column, limit=1000):
        """Values of a column as text, spread over the table."""
        step = max(1, column.table.rows // limit)
        return self.json(f"SELECT to_json({column.q}::text) FROM (SELECT {column.q}, row_number() OVER () AS i FROM {column.table.q}"
                         f" WHERE {column.q} IS NOT NULL) x WHERE i % {step} = 0 LIMIT {limit};")


class Question:
    """A line of the table, what it is asked of, and the query that gives two counts: rows asked, rows that violate it."""

    def __init__(self, line, of, sql=None, asked=None, bad=None):
        self.line, self.of, self.sql, self.asked, self.bad = line, of, sql, asked, bad


def count(source, violated, where="true"):
    """A query for a Question: rows of source where `where` holds, and those of them that violate."""
    return f"SELECT count(*), count(*) FILTER (WHERE {violated}) FROM {source} WHERE {where}"


def answer(db, questions):
    """Asks them all in one session; those that failed have asked = None."""
    sql = [f"SELECT json_build_array({i}, a, b) FROM ({x.sql}) x (a, b);" for i, x in enumerate(questions) if x.sql]
    for i, a, b in db.json("\n".join(sql)):
        questions[i].asked, questions[i].bad = a, b
    return questions
