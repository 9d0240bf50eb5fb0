/* SPDX-License-Identifier: MIT */
#include "stages/eval/known.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg.h"
#include "common/schema/schema_canon.h"

struct known_entry {
	enum known_kind kind;
	const char *schema, *owner, *name;
	const char *text, *canon; /* as printed; for comparing */
};

/*
 * One row for each text: its kind, whose it is, and what it says.  The expressions are those of
 * introspect's questions, so that a text that did not change is printed alike.  A primary or unique
 * key WITHOUT OVERLAPS (18) is read there as an exclusion constraint that it writes itself, and so
 * is it here.  The first column holds the numbers of enum known_kind.
 */
static const char texts_sql[] =
	"WITH r AS (SELECT c.oid, n.nspname::text, c.relname::text, c.relispartition,"
	"  c.relpartbound, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	"  WHERE n.nspname::text = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'f'))"
	" SELECT 0, r.nspname, r.relname, k.conname::text, pg_get_expr(k.conbin, k.conrelid)"
	"  FROM r JOIN pg_constraint k ON k.conrelid = r.oid WHERE k.contype = 'c'"
	" UNION ALL SELECT 1, n.nspname::text, t.typname::text, k.conname::text,"
	"  pg_get_expr(k.conbin, 0) FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid"
	"  JOIN pg_namespace n ON n.oid = t.typnamespace"
	"  WHERE k.contype = 'c' AND n.nspname::text = ANY ($1::text[])"
	" UNION ALL SELECT v.kind, r.nspname, r.relname, a.attname::text, v.said"
	"  FROM r JOIN pg_attribute a ON a.attrelid = r.oid"
	"  JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
	"  CROSS JOIN LATERAL (VALUES (2, pg_get_expr(d.adbin, d.adrelid)),"
	"   (3, format_type(a.atttypid, a.atttypmod))) v(kind, said) WHERE a.attgenerated <> ''"
	" UNION ALL SELECT 4, r.nspname, r.relname, k.conname::text, CASE WHEN k.contype <> 'x' "
	"THEN"
	"  (SELECT format('EXCLUDE USING gist (%s)', string_agg(format('%I WITH %s', a.attname,"
	"   CASE WHEN u.ord = cardinality(k.conkey) THEN '&&' ELSE '=' END), ', ' ORDER BY u.ord))"
	"   FROM unnest(k.conkey) WITH ORDINALITY u(num, ord)"
	"   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num)"
	"  ELSE pg_get_constraintdef(k.oid, false) END"
	"  FROM r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('p', 'u', 'x')"
	"  JOIN pg_index i ON i.indexrelid = k.conindid AND i.indrelid = r.oid"
	"  WHERE i.indisexclusion"
	" UNION ALL SELECT 5, r.nspname, r.relname, x.relname::text,"
	"  pg_get_indexdef(i.indexrelid, p + 1, false)"
	"  FROM r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid"
	"  CROSS JOIN generate_series(0, i.indnkeyatts - 1) p"
	"  WHERE i.indisunique AND i.indkey[p] = 0"
	" UNION ALL SELECT 6, r.nspname, r.relname, x.relname::text,"
	"  pg_get_expr(i.indpred, i.indrelid)"
	"  FROM r JOIN pg_index i ON i.indrelid = r.oid JOIN pg_class x ON x.oid = i.indexrelid"
	"  WHERE i.indisunique AND i.indpred IS NOT NULL"
	" UNION ALL SELECT 7, r.nspname, r.relname, '', pg_get_partkeydef(r.oid)"
	"  FROM r WHERE r.relkind = 'p'"
	" UNION ALL SELECT 8, r.nspname, r.relname, '', pg_get_expr(r.relpartbound, r.oid)"
	"  FROM r WHERE r.relispartition";

enum { KIND, SCHEMA, OWNER, NAME, TEXT };

static int by_owner(const void *a, const void *b)
{
	const struct known_entry *x = a, *y = b;
	int c = (int)x->kind - (int)y->kind;

	if (c == 0)
		c = strcmp(x->schema, y->schema);
	if (c == 0)
		c = strcmp(x->owner, y->owner);
	return c != 0 ? c : strcmp(x->name, y->name);
}

static const char *canon_of(struct known *k, const char *text)
{
	struct buf b = BUF_INIT;
	const char *s = NULL;

	schema_canon(text, &b);
	if (buf_ok(&b))
		s = arena_strndup(k->a, b.n > 0 ? b.p : "", b.n);
	buf_free(&b);
	k->nomem |= s == NULL;
	return s;
}

static const char *kept(struct known *k, const char *s)
{
	const char *copy = arena_strdup(k->a, s);

	k->nomem |= copy == NULL;
	return copy;
}

/* An object that was dropped between two looks has no text, and is not known. */
static void add(struct known *k, struct pg_rows *r, size_t i)
{
	const char *text = pg_str0(r, i, TEXT);
	struct known_entry *x = &k->entries[k->n];

	if (text == NULL)
		return;
	*x = (struct known_entry){.kind = (enum known_kind)pg_int(r, i, KIND),
		.schema = kept(k, pg_str(r, i, SCHEMA)),
		.owner = kept(k, pg_str(r, i, OWNER)),
		.name = kept(k, pg_str(r, i, NAME)),
		.text = kept(k, text),
		.canon = canon_of(k, text)};
	k->n += !k->nomem;
}

/* The schemas of tables and types, as an array literal; one may be there several times. */
static int schemas_of(const struct schema *s, struct buf *b, struct err *e)
{
	const char **names = calloc((size_t)s->ntables + s->ntypes + 1, sizeof(*names));
	size_t n = 0;

	if (names == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < s->ntables; i++)
		if (n == 0 || strcmp(names[n - 1], s->tables[i].schema) != 0)
			names[n++] = s->tables[i].schema;
	for (uint32_t i = 0; i < s->ntypes; i++)
		if (n == 0 || strcmp(names[n - 1], s->types[i].schema) != 0)
			names[n++] = s->types[i].schema;
	pg_array(b, names, n);
	free(names);
	return buf_ok(b) ? 0 : err_nomem(e);
}

int known_read(
	struct known *k, struct pg *c, const struct schema *s, struct arena *a, struct err *e)
{
	struct buf schemas = BUF_INIT;
	struct pg_rows *r = NULL;

	*k = (struct known){.a = a};
	if (schemas_of(s, &schemas, e) == 0)
		r = pg_ask(c, texts_sql, 1, (const char *const[]){schemas.p}, e);
	buf_free(&schemas);
	if (r == NULL)
		return -1;
	k->entries = arena_array(a, pg_count(r) + 1, sizeof(*k->entries));
	k->nomem = k->entries == NULL;
	for (size_t i = 0; !k->nomem && i < pg_count(r); i++)
		add(k, r, i);
	if (pg_done(r, e) == -1)
		return -1;
	if (k->nomem)
		return err_nomem(e);
	if (k->n > 0)
		qsort(k->entries, k->n, sizeof(*k->entries), by_owner);
	return 0;
}

const char *known_text(struct known *k, enum known_kind kind, const char *schema, const char *owner,
	const char *name, const char *text)
{
	struct known_entry key = {.kind = kind, .schema = schema, .owner = owner, .name = name};
	const char *canon = text != NULL ? canon_of(k, text) : NULL;
	size_t lo = 0, hi = k->n;

	if (canon == NULL)
		return NULL;
	while (lo < hi) { /* the first that is not before the key */
		size_t mid = lo + (hi - lo) / 2;

		if (by_owner(&k->entries[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < k->n && by_owner(&k->entries[lo], &key) == 0; lo++)
		if (strcmp(k->entries[lo].canon, canon) == 0)
			return k->entries[lo].text;
	return NULL;
}

/* ---- partitions ------------------------------------------------------------------------- */

/* Whether ${p} is ${t}, or a partition of it at any depth. */
static bool belongs(const struct pg_table *p, const struct pg_table *t)
{
	while (p != NULL && p != t)
		p = p->parent;
	return p != NULL;
}

const char *known_in(struct known *k, const struct schema *s, enum known_kind kind,
	const struct pg_table *t, const char *name, const char *text)
{
	const char *found = known_text(k, kind, t->schema, t->name, name, text);

	for (uint32_t i = 0; found == NULL && t->kind == 'p' && i < s->ntables; i++)
		if (&s->tables[i] != t && belongs(&s->tables[i], t))
			found = known_text(
				k, kind, s->tables[i].schema, s->tables[i].name, name, text);
	return found;
}

/* Whether ${con} of a partitioned table is what schema_lift() writes of a partition's ${check}. */
static bool is_lifted(const struct pg_constraint *con, const struct pg_constraint *check)
{
	static const char begin[] = "((NOT (", middle[] = ")) OR (", end[] = "))";
	size_t tail = strlen(middle) + strlen(check->expr) + strlen(end), n = strlen(con->expr);
	const char *at;

	if (strcmp(con->name, check->name) != 0 || n < strlen(begin) + tail ||
		strncmp(con->expr, begin, strlen(begin)) != 0)
		return false;
	at = con->expr + n - tail;
	return strncmp(at, middle, strlen(middle)) == 0 &&
	       strncmp(at + strlen(middle), check->expr, strlen(check->expr)) == 0;
}

/* The number of CHECKs before ${con} that may be of the same partitions' CHECK. */
static uint32_t place_of(const struct pg_table *t, const struct pg_constraint *con,
	const struct pg_constraint *check)
{
	uint32_t n = 0;

	for (const struct pg_constraint *c = t->cons; c < con; c++)
		n += c->kind == PG_CON_CHECK && is_lifted(c, check);
	return n;
}

/*
 * Partitions may have the same CHECK under the same name, and which of them a lifted one asks of is
 * only in its text.  They were lifted in the schema's order, so the first one is the first
 * partition's.
 */
const char *known_lifted(struct known *k, const struct schema *s, const struct pg_table *t,
	const struct pg_constraint *con, const struct pg_table **p)
{
	uint32_t before = 0;

	for (uint32_t i = 0; t->kind == 'p' && i < s->ntables; i++) {
		*p = &s->tables[i];
		for (uint32_t c = 0; (*p)->parent == t && c < (*p)->ncons; c++) {
			const struct pg_constraint *check = &(*p)->cons[c];

			if (check->kind == PG_CON_CHECK && is_lifted(con, check) &&
				before++ == place_of(t, con, check))
				return known_text(k, KNOWN_CHECK, (*p)->schema, (*p)->name,
					check->name, check->expr);
		}
	}
	return NULL;
}

bool known_partitions(struct known *k, const struct schema *s, const struct pg_table *t)
{
	if (t->kind != 'p')
		return false;
	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *p = &s->tables[i];

		if (!belongs(p, t))
			continue;
		if (p->partition_key != NULL && known_text(k, KNOWN_PARTITION_KEY, p->schema,
							p->name, "", p->partition_key) == NULL)
			return false;
		if (p != t && (p->partition_bound == NULL ||
				      known_text(k, KNOWN_BOUND, p->schema, p->name, "",
					      p->partition_bound) == NULL))
			return false;
	}
	return true;
}
