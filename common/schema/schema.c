/* SPDX-License-Identifier: MIT */
/*
 * Looking things up in a schema. Tables are sorted by schema and name, so that
 * one is found by bisection; columns and constraints are few, and are searched
 * from the front.
 */
#include "common/schema/schema.h"

#include <string.h>

/* Bisection over (schema, name), the order that schema_bind() has checked. */
struct pg_table *schema_table(const struct schema *s, const char *schema, const char *table)
{
	uint32_t lo = 0, hi = s->ntables;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = strcmp(s->tables[mid].schema, schema);

		if (c == 0)
			c = strcmp(s->tables[mid].name, table);
		if (c == 0)
			return &s->tables[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

bool schema_has_namespace(const struct schema *s, const char *schema)
{
	for (uint32_t i = 0; i < s->nnamespaces; i++)
		if (strcmp(s->namespaces[i], schema) == 0)
			return true;
	return false;
}

/*
 * The index of the column, or -1. Names are compared exactly, as the catalogue
 * has them.
 */
int pg_column_named(const struct pg_table *t, const char *name)
{
	for (uint32_t i = 0; i < t->ncolumns; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return (int)i;
	return -1;
}

bool pg_has_column(const uint32_t *cols, uint32_t n, uint32_t c)
{
	for (uint32_t i = 0; i < n; i++)
		if (cols[i] == c)
			return true;
	return false;
}

/* How many columns of ${a} are also in ${b}. */
uint32_t pg_common_columns(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < na; i++)
		n += pg_has_column(b, nb, a[i]);
	return n;
}

uint32_t pg_foreign_keys_with(const struct pg_table *t, uint32_t c)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->ncons; i++)
		n += t->cons[i].kind == PG_CON_FOREIGN &&
		     pg_has_column(t->cons[i].cols, t->cons[i].ncols, c);
	return n;
}

bool pg_may_be_null(const struct pg_table *t, const struct pg_constraint *con)
{
	for (uint32_t i = 0; i < con->ncols; i++)
		if (!pg_column_not_null(&t->columns[con->cols[i]]))
			return true;
	return false;
}

/* The primary key, or NULL; a table has at most one. */
const struct pg_constraint *pg_primary(const struct pg_table *t)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_PRIMARY)
			return &t->cons[i];
	return NULL;
}

/*
 * Whether the foreign key has a column that may be NULL and that ${base} does
 * not have.
 */
bool pg_own_nullable(
	const struct pg_table *t, const struct pg_constraint *con, const struct pg_constraint *base)
{
	const struct pg_constraint *pk = pg_primary(t);
	bool any = false;

	for (uint32_t c = 0; c < con->ncols; c++) {
		if (pg_has_column(base->cols, base->ncols, con->cols[c]))
			continue;
		if (pg_column_not_null(&t->columns[con->cols[c]]) ||
			(pk != NULL && pg_has_column(pk->cols, pk->ncols, con->cols[c])))
			return false;
		any = true;
	}
	return any && con->match == PG_MATCH_SIMPLE;
}
