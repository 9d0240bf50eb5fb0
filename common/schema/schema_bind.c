/* SPDX-License-Identifier: MIT */
/*
 * A schema that holds together: every index in range, every order as promised,
 * every foreign key resolved to the table that it refers to, so that nobody
 * after this has to ask again. A snapshot may have been written by anybody, so
 * that nothing is taken for granted here; what is wrong is reported with the
 * name of the table and of the object.
 */
#include "common/schema/schema.h"

#include <string.h>

#include "common/base/err.h"
#include "common/schema/keyset.h"

/* The error for a schema that contradicts itself. */
static int table_bad(const struct pg_table *t, const char *what, const char *name, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s.%s: %s \"%s\" does not hold together", t->schema, t->name,
		what, name);
}

/*
 * Finds the table and the columns that a foreign key refers to. A table that
 * was not introspected leaves ref NULL.
 */
static int bind_foreign(const struct schema *s, const struct pg_table *t, struct pg_constraint *c,
	struct arena *a, struct err *e)
{
	c->ref = NULL;
	c->ref_cols = NULL;
	if (c->ref_schema == NULL || c->ref_table == NULL || c->ref_names == NULL || c->ncols == 0)
		return table_bad(t, "foreign key", c->name, e);
	c->ref = schema_table(s, c->ref_schema, c->ref_table);
	if (c->ref == NULL)
		return 0; /* outside the selection */
	c->ref_cols = arena_array(a, c->ncols, sizeof(*c->ref_cols));
	if (c->ref_cols == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < c->ncols; i++) {
		int col = c->ref_names[i] ? pg_column_named(c->ref, c->ref_names[i]) : -1;

		if (col < 0)
			return table_bad(t, "foreign key", c->name, e);
		c->ref_cols[i] = (uint32_t)col;
	}
	return 0;
}

/* Checks a constraint's columns, and resolves a foreign key. */
static int bind_constraint(
	const struct schema *s, struct pg_table *t, uint32_t i, struct arena *a, struct err *e)
{
	struct pg_constraint *c = &t->cons[i], *before = i > 0 ? c - 1 : NULL;

	for (uint32_t k = 0; k < c->ncols; k++)
		if (c->cols[k] >= t->ncolumns)
			return table_bad(t, "constraint", c->name, e);
	if (before != NULL &&
		(before->kind > c->kind ||
			(before->kind == c->kind && strcmp(before->name, c->name) > 0)))
		return table_bad(t, "the order of constraint", c->name, e);
	if (c->kind == PG_CON_CHECK && c->expr == NULL)
		return table_bad(t, "check", c->name, e);
	if ((c->kind == PG_CON_PRIMARY || c->kind == PG_CON_UNIQUE) && c->ncols == 0)
		return table_bad(t, "key", c->name, e);
	return c->kind == PG_CON_FOREIGN ? bind_foreign(s, t, c, a, e) : 0;
}

/* Checks an index: an element is a column or an expression. */
static int bind_index(const struct pg_table *t, const struct pg_index *x, struct err *e)
{
	for (uint32_t k = 0; k < x->ncols; k++) {
		bool expr = x->exprs != NULL && x->exprs[k] != NULL;

		if (expr ? x->cols[k] != UINT32_MAX : x->cols[k] >= t->ncolumns)
			return table_bad(t, "index", x->name, e);
	}
	return 0;
}

/* Checks and resolves all of a table. */
static int bind_table(struct schema *s, uint32_t i, struct arena *a, struct err *e)
{
	struct pg_table *t = &s->tables[i];

	t->index = i;
	for (uint32_t k = 0; k < t->ncolumns; k++) {
		if (t->columns[k].type == NULL)
			return table_bad(t, "column", t->columns[k].name, e);
		if (k > 0 && t->columns[k].position <= t->columns[k - 1].position)
			return table_bad(t, "the position of column", t->columns[k].name, e);
	}
	for (uint32_t k = 0; k < t->ncons; k++)
		if (bind_constraint(s, t, k, a, e) != 0)
			return -1;
	for (uint32_t k = 0; k < t->nindexes; k++)
		if (bind_index(t, &t->indexes[k], e) != 0)
			return -1;
	return keyset_fill(t, a, e);
}

/* ---- types ---------------------------------------------------------------- */

enum mark { UNSEEN, OPEN, CLOSED };

/* The children of a type: its element, then its attributes. */
static const struct pg_type *type_child(const struct pg_type *t, uint32_t i)
{
	return i == 0 ? t->elem : t->attrs[i - 1].type;
}

/*
 * Looks for a type that contains itself, which would make unwrapping domains
 * and arrays endless. This is a depth-first search with a stack of our own;
 * ${next} is the child that each open type goes on with.
 */
static int check_from(const struct schema *s, uint32_t root, uint8_t *mark, uint32_t *stack,
	uint32_t *next, struct err *e)
{
	uint32_t depth = 0;

	stack[depth++] = root;
	mark[root] = OPEN;
	next[root] = 0;
	while (depth > 0) {
		uint32_t at = stack[depth - 1], to;
		const struct pg_type *t = &s->types[at], *child;

		if (next[at] > t->nattrs) {
			mark[at] = CLOSED;
			depth--;
			continue;
		}
		child = type_child(t, next[at]++);
		if (child == NULL)
			continue;
		to = (uint32_t)(child - s->types);
		if (mark[to] == OPEN)
			return err_set(
				e, ERR_INPUT, "type %s.%s is part of itself", t->schema, t->name);
		if (mark[to] == UNSEEN) {
			mark[to] = OPEN;
			next[to] = 0;
			stack[depth++] = to;
		}
	}
	return 0;
}

/* Whether a type has the parts that its class needs. */
static bool type_whole(const struct pg_type *t)
{
	bool wraps = t->cls == PG_ARRAY || t->cls == PG_DOMAIN || t->cls == PG_RANGE ||
		     t->cls == PG_MULTIRANGE;

	if (wraps && t->elem == NULL)
		return false;
	for (uint32_t i = 0; i < t->nattrs; i++)
		if (t->attrs[i].type == NULL)
			return false;
	for (uint32_t i = 0; i < t->nlabels; i++)
		if (t->labels[i] == NULL)
			return false;
	return true;
}

/* Checks all types: each has its parts, and none contains itself. */
static int bind_types(const struct schema *s, struct arena *a, struct err *e)
{
	uint8_t *mark = arena_array(a, s->ntypes + 1u, sizeof(*mark));
	uint32_t *stack = arena_array(a, s->ntypes + 1u, sizeof(*stack));
	uint32_t *next = arena_array(a, s->ntypes + 1u, sizeof(*next));

	if (mark == NULL || stack == NULL || next == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < s->ntypes; i++) {
		const struct pg_type *t = &s->types[i];

		if (!type_whole(t))
			return err_set(e, ERR_INPUT, "type %s.%s does not hold together", t->schema,
				t->name);
		if (mark[i] == UNSEEN && check_from(s, i, mark, stack, next, e) != 0)
			return -1;
	}
	return 0;
}

/* A zone's changes are in order, and its offsets less than a day. */
static int check_zones(const struct schema *s, struct err *e)
{
	enum { DAY = 86400 };

	for (uint32_t i = 0; i < s->nzones; i++) {
		const struct pg_zone *z = &s->zones[i];
		bool whole = z->nchanges > 0;

		for (uint32_t k = 0; k < z->nchanges; k++)
			whole = whole && z->changes[k].offset > -DAY &&
				z->changes[k].offset < DAY &&
				z->changes[k].from > -(INT64_C(1) << 40) &&
				z->changes[k].from < INT64_C(1) << 40 &&
				(k == 0 || z->changes[k - 1].from < z->changes[k].from);
		if (!whole)
			return err_set(
				e, ERR_INPUT, "time zone %s does not hold together", z->name);
	}
	return 0;
}

/* Also checks the order of the tables, which bisection relies on. */
int schema_bind(struct schema *s, struct arena *a, struct err *e)
{
	for (uint32_t i = 1; i < s->ntables; i++) {
		const struct pg_table *t = &s->tables[i];
		int c = strcmp(t[-1].schema, t->schema);

		if (c > 0 || (c == 0 && strcmp(t[-1].name, t->name) >= 0))
			return err_set(
				e, ERR_INPUT, "table %s.%s is out of order", t->schema, t->name);
	}
	if (bind_types(s, a, e) != 0 || check_zones(s, e) != 0)
		return -1;
	for (uint32_t i = 0; i < s->ntables; i++)
		if (bind_table(s, i, a, e) != 0)
			return -1;
	schema_reserve(s);
	return 0;
}
