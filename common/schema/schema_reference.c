/* SPDX-License-Identifier: MIT */
#include "common/schema/schema.h"

#include <string.h>

/*
 * References that a plan adds to a table: a type and an id that name a row of one of several
 * tables.  They stand among the table's constraints, so that rows choose parents by them as they
 * do by foreign keys; but they have no columns, and are no constraint that a server knows.
 */

int schema_add_reference(struct pg_table *t, const struct pg_constraint *r, struct arena *a)
{
	struct pg_constraint *more;

	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_REFERENCE && strcmp(t->cons[i].name, r->name) == 0)
			return (int)i;
	if ((more = arena_array(a, t->ncons + 1UL, sizeof(*more))) == NULL)
		return -1;
	if (t->ncons > 0)
		memcpy(more, t->cons, t->ncons * sizeof(*more));
	more[t->ncons] = *r;
	more[t->ncons].kind = PG_CON_REFERENCE;
	t->cons = more;
	return (int)t->ncons++;
}
