/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

/* Rows refer to any row of the parent, or to one after the other; in their own table, too, where
 * these rows' ids are made anew. */
void resolve_reference(const struct resolver *r, const struct pg_table *t, struct edge *e)
{
	e->nullable = false;
	e->computed = t->cons[e->con].ref == t;
	if (t->cons[e->con].in_turn)
		e->how = how_by(PLAN_LAW_ROUND_ROBIN);
	if (resolve_left_out(r, t, e->con))
		e->how = how_none(true);
}
