/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/drift.h"

#include <string.h>

#include "common/base/str.h"

/* Tables that a plan can have rows for. */
static bool counts(const struct pg_table *t)
{
	return (t->kind == 'r' || t->kind == 'p') && t->partition_of == NULL && t->reserved == NULL;
}

json_t *drift_columns(const struct schema *s)
{
	json_t *all = json_object();
	bool ok = all != NULL;

	for (uint32_t i = 0; ok && i < s->ntables; i++) {
		const struct pg_table *t = &s->tables[i];
		json_t *columns = counts(t) ? json_object() : NULL;
		struct buf name = BUF_INIT;

		if (!counts(t))
			continue;
		for (uint32_t c = 0; ok && c < t->ncolumns; c++)
			ok = json_object_set_new(columns, t->columns[c].name,
				     json_string(t->columns[c].formatted)) == 0;
		buf_addf(&name, "%s.%s", t->schema, t->name);
		ok = ok && buf_ok(&name);
		if (!ok || json_object_set_new(all, name.p, columns) == -1)
			ok = false;
		buf_free(&name);
	}
	if (ok)
		return all;
	json_decref(all);
	return NULL;
}

/* ---- comparing ---------------------------------------------------------------------------------
 */

struct finding {
	struct drift *v;
	int n;
	struct arena *a;
};

static void add(struct finding *f, struct drift d)
{
	f->v[f->n++] = d;
}

/* Columns that are there now. */
static void look_at_columns(
	struct finding *f, const struct pg_table *t, const char *name, json_t *was)
{
	const char *key;
	json_t *type;

	for (uint32_t c = 0; c < t->ncolumns; c++) {
		const struct pg_column *col = &t->columns[c];
		const char *old = json_string_value(json_object_get(was, col->name));

		if (json_object_get(was, col->name) == NULL)
			add(f, (struct drift){DRIFT_NEW, name, col->name, NULL, col->formatted});
		else if (old == NULL || strcmp(old, col->formatted) != 0)
			add(f, (struct drift){DRIFT_CHANGED, name, col->name,
				       old != NULL ? arena_strdup(f->a, old) : "?",
				       col->formatted});
	}
	json_object_foreach(was, key, type)
	{
		if (pg_column_named(t, key) == -1)
			add(f, (struct drift){
				       DRIFT_GONE, name, arena_strdup(f->a, key), NULL, NULL});
	}
}

static const struct pg_table *table_named(const struct schema *s, const char *name)
{
	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *t = &s->tables[i];
		size_t n = strlen(t->schema);

		if (counts(t) && strncmp(name, t->schema, n) == 0 && name[n] == '.' &&
			strcmp(name + n + 1, t->name) == 0)
			return t;
	}
	return NULL;
}

static size_t most(const struct schema *s, json_t *columns)
{
	size_t n = s->ntables + json_object_size(columns);
	const char *key;
	json_t *v;

	for (uint32_t i = 0; i < s->ntables; i++)
		n += s->tables[i].ncolumns;
	json_object_foreach(columns, key, v) n += json_object_size(v);
	return n + 1;
}

int drift_find(const struct schema *s, json_t *columns, struct drift **out, struct arena *a)
{
	struct finding f = {.a = a};
	const char *key;
	json_t *was;

	*out = NULL;
	if (!json_is_object(columns))
		return 0;
	if ((f.v = arena_array(a, most(s, columns), sizeof(*f.v))) == NULL)
		return -1;
	for (uint32_t i = 0; i < s->ntables; i++) {
		const struct pg_table *t = &s->tables[i];
		const char *name = arena_printf(a, "%s.%s", t->schema, t->name);

		if (name == NULL)
			return -1;
		if (!counts(t))
			continue;
		if ((was = json_object_get(columns, name)) == NULL)
			add(&f, (struct drift){DRIFT_NEW_TABLE, name, NULL, NULL, NULL});
		else
			look_at_columns(&f, t, name, was);
	}
	json_object_foreach(columns, key, was)
	{
		if (table_named(s, key) == NULL)
			add(&f, (struct drift){
					DRIFT_GONE_TABLE, arena_strdup(a, key), NULL, NULL, NULL});
	}
	*out = f.v;
	return arena_failed(a) ? -1 : f.n;
}

const struct drift *drift_of(
	const struct drift *d, int n, const struct pg_table *t, const char *column)
{
	size_t len = strlen(t->schema);

	for (int i = 0; i < n; i++) {
		if (strncmp(d[i].table, t->schema, len) != 0 || d[i].table[len] != '.' ||
			strcmp(d[i].table + len + 1, t->name) != 0)
			continue;
		if (d[i].column == NULL || (column != NULL && strcmp(d[i].column, column) == 0))
			return &d[i];
	}
	return NULL;
}

/* ---- for people --------------------------------------------------------------------------------
 */

static void put(struct buf *b, const struct drift *d)
{
	buf_adds(b, d->table);
	if (d->column != NULL)
		buf_addf(b, ".%s", d->column);
	if (d->kind == DRIFT_CHANGED)
		buf_addf(b, " (%s, was %s)", d->now, d->was);
}

/* The first few of two kinds, and how many more there are. */
static void put_group(struct buf *b, const char *what, const struct drift *d, int n,
	enum drift_kind one, enum drift_kind other)
{
	enum { FEW = 8 };
	int seen = 0;

	for (int i = 0; i < n; i++) {
		if (d[i].kind != one && d[i].kind != other)
			continue;
		if (seen < FEW) {
			buf_adds(b, seen > 0 ? ", " : b->n > 0 ? "; " : "");
			if (seen == 0)
				buf_addf(b, "%s: ", what);
			put(b, &d[i]);
		}
		seen++;
	}
	if (seen > FEW)
		buf_addf(b, " and %d more", seen - FEW);
}

const char *drift_text(const struct drift *d, int n, struct arena *a)
{
	struct buf b = BUF_INIT;
	const char *text;

	put_group(&b, "new", d, n, DRIFT_NEW_TABLE, DRIFT_NEW);
	put_group(&b, "gone", d, n, DRIFT_GONE_TABLE, DRIFT_GONE);
	put_group(&b, "changed", d, n, DRIFT_CHANGED, DRIFT_CHANGED);
	text = buf_ok(&b) ? arena_strdup(a, b.n > 0 ? b.p : "") : NULL;
	buf_free(&b);
	if (text == NULL)
		arena_fail(a);
	return text != NULL ? text : "";
}
