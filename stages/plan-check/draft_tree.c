/* SPDX-License-Identifier: MIT */
/*
 * A column called depth or level, in a table that refers to itself: the parent's depth and one.
 * Roots begin where the checks say, else at 0. Nothing is guessed where that is not
 * certain, because a wrong number would have a check refuse every root.
 */
#include "stages/plan-check/draft_tree.h"

#include <stdlib.h>
#include <string.h>

/* The column of the only foreign key of the table to itself, if it makes trees with roots that are
 * NULL: it may be NULL, no unique key is over it alone, and no other foreign key has it. -1: none.
 */
int draft_parent_column(const struct pg_table *t)
{
	int found = -1;

	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *con = &t->cons[i];

		if (con->kind != PG_CON_FOREIGN || con->ref != t)
			continue;
		if (found != -1 || con->ncols != 1 || pg_column_not_null(&t->columns[con->cols[0]]))
			return -1;
		found = (int)con->cols[0];
	}
	if (found != -1 && pg_foreign_keys_with(t, (uint32_t)found) > 1)
		return -1;
	for (uint32_t i = 0; found != -1 && i < t->nindexes; i++)
		if (t->indexes[i].unique && t->indexes[i].ncols == 1 &&
			t->indexes[i].cols[0] == (uint32_t)found)
			return -1;
	return found;
}

/* What a check of several columns, such as (parent_id IS NULL) = (level = 0), says that some rows
 * have; false: it says something else. */
static bool said_by(const struct pg_constraint *check, const char *name, int64_t *start)
{
	const char *at = strstr(check->definition, name);
	size_t n = strlen(name);
	char *end;

	while (at != NULL && strncmp(at + n, " = ", 3) != 0)
		at = strstr(at + n, name);
	if (at == NULL)
		return false;
	*start = strtol(at + n + 3, &end, 10);
	return end != at + n + 3 && (*end == ')' || *end == ' ');
}

/* What a root has. */
static bool begins_at(
	const struct pg_table *t, uint32_t c, const struct sql_domain *d, int64_t *start)
{
	*start = 0;
	if (d != NULL && (d->set != NULL || d->nnot > 0 || d->step > 0 || d->more))
		return false;
	if (d != NULL && d->has_lo)
		*start = d->lo;
	for (uint32_t i = 0; i < t->ncons; i++) {
		const struct pg_constraint *con = &t->cons[i];
		int64_t said;

		if (con->kind != PG_CON_CHECK || con->ncols < 2 ||
			!pg_has_column(con->cols, con->ncols, c))
			continue;
		if (!said_by(con, t->columns[c].name, &said) ||
			(d != NULL && d->has_lo && said < d->lo))
			return false;
		*start = said;
	}
	return *start >= 0 && *start <= 1 && (d == NULL || !d->has_hi || d->hi >= *start + 2);
}

const char *draft_depth(
	struct draft *d, const struct pg_table *t, uint32_t c, const struct sql_domain *dom)
{
	const struct pg_column *col = &t->columns[c];
	enum pg_class cls = pg_base_of(col->type, col->typmod).type->cls;
	int parent = draft_parent_column(t);
	int64_t start;

	if (parent == -1 || (cls != PG_INT2 && cls != PG_INT4 && cls != PG_INT8) ||
		!begins_at(t, c, dom, &start))
		return NULL;
	return draft_textf(d, "coalesce(%s.%s + 1, %d)", draft_sql(d, t, (uint32_t)parent),
		draft_sql(d, t, c), (int)start);
}
