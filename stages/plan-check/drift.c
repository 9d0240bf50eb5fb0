/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/drift.h"

#include <string.h>

#include "common/base/str.h"

bool drift_is_target(const struct pg_table *t)
{
	return (t->kind == 'r' || t->kind == 'p') && t->partition_of == NULL && t->reserved == NULL;
}

/* A name with a dot or a quote in it stands in quotes, so that no two tables have the same key. */
static void put_name(struct buf *b, const char *name)
{
	if (strpbrk(name, ".\"") != NULL)
		buf_quoted(b, '"', name);
	else
		buf_adds(b, name);
}

/* The member of schema_ref.columns that tells of the table; false: memory is out. */
static bool put_key(struct buf *b, const struct pg_table *t)
{
	put_name(b, t->schema);
	buf_addc(b, '.');
	put_name(b, t->name);
	buf_addc(b, '\0');
	return buf_ok(b);
}

static json_t *columns_of(const struct pg_table *t)
{
	json_t *columns = json_object();

	for (uint32_t c = 0; c < t->ncolumns; c++)
		if (json_object_set_new(columns, t->columns[c].name,
			    json_string(t->columns[c].formatted)) == -1) {
			json_decref(columns);
			return NULL;
		}
	return columns;
}

json_t *drift_columns(const struct schema *s)
{
	json_t *all = json_object();

	for (uint32_t i = 0; all != NULL && i < s->ntables; i++) {
		struct buf key = BUF_INIT;

		if (drift_is_target(&s->tables[i]) &&
			(!put_key(&key, &s->tables[i]) ||
				json_object_set_new(all, key.p, columns_of(&s->tables[i])) == -1)) {
			json_decref(all);
			all = NULL;
		}
		buf_free(&key);
	}
	return all;
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
			add(f, (struct drift){DRIFT_NEW, t, name, col->name, NULL, col->formatted});
		else if (old == NULL || strcmp(old, col->formatted) != 0)
			add(f, (struct drift){DRIFT_CHANGED, t, name, col->name,
				       old != NULL ? arena_strdup(f->a, old) : "?",
				       col->formatted});
	}
	json_object_foreach(was, key, type)
	{
		if (pg_column_named(t, key) == -1)
			add(f, (struct drift){
				       DRIFT_GONE, t, name, arena_strdup(f->a, key), NULL, NULL});
	}
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

/* What the plan has written down of the table, which is noted in ${found}; NULL: nothing. Plans of
 * earlier versions have names with dots or quotes as they are. */
static json_t *noted(
	json_t *columns, const struct pg_table *t, const char *key, json_t *found, struct arena *a)
{
	json_t *was = json_object_get(columns, key);

	if (was == NULL) {
		key = arena_printf(a, "%s.%s", t->schema, t->name);
		was = key != NULL ? json_object_get(columns, key) : NULL;
	}
	if (was != NULL && json_object_set_new(found, key, json_true()) == -1)
		arena_fail(a);
	return was;
}

static void look_at_table(
	struct finding *f, const struct pg_table *t, json_t *columns, json_t *found)
{
	struct buf b = BUF_INIT;
	const char *key = put_key(&b, t) ? arena_strdup(f->a, b.p) : NULL;
	json_t *was;

	buf_free(&b);
	if (key == NULL)
		arena_fail(f->a);
	else if ((was = noted(columns, t, key, found, f->a)) == NULL)
		add(f, (struct drift){DRIFT_NEW_TABLE, t, key, NULL, NULL, NULL});
	else
		look_at_columns(f, t, key, was);
}

int drift_find(const struct schema *s, json_t *columns, struct drift **out, struct arena *a)
{
	struct finding f = {.a = a};
	json_t *was, *found;
	const char *key;

	*out = NULL;
	if (!json_is_object(columns))
		return 0;
	if ((f.v = arena_array(a, most(s, columns), sizeof(*f.v))) == NULL ||
		(found = json_object()) == NULL)
		return -1;
	for (uint32_t i = 0; i < s->ntables; i++)
		if (drift_is_target(&s->tables[i]))
			look_at_table(&f, &s->tables[i], columns, found);
	json_object_foreach(columns, key, was)
	{
		if (json_object_get(found, key) == NULL)
			add(&f, (struct drift){DRIFT_GONE_TABLE, NULL, arena_strdup(a, key), NULL,
					NULL, NULL});
	}
	json_decref(found);
	*out = f.v;
	return arena_failed(a) ? -1 : f.n;
}

const struct drift *drift_of(
	const struct drift *d, int n, const struct pg_table *t, const char *column)
{
	for (int i = 0; i < n; i++)
		if (d[i].t == t && (d[i].column == NULL ||
					   (column != NULL && strcmp(d[i].column, column) == 0)))
			return &d[i];
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
