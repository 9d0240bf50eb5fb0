/* SPDX-License-Identifier: MIT */
/*
 * Which rows of the parent a foreign key may pick: those that checks of the child leave, and those
 * that have a key.  Either is a condition over the parent, as a relationship's "where" is.
 */
#include "stages/plan-check/limited.h"
#include "stages/plan-check/referred.h"

/* Whether another foreign key has a column of this one. */
static bool shares(const struct pg_table *t, const struct pg_constraint *con)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == PG_CON_FOREIGN && &t->cons[i] != con &&
			pg_common_columns(
				t->cons[i].cols, t->cons[i].ncols, con->cols, con->ncols) > 0)
			return true;
	return false;
}

/* A relationship of the plan picks among the parents that have a key, too. */
static void limit_said(struct resolver *r, const struct pg_constraint *con, struct edge *e)
{
	struct relationship *rel = arena_alloc(r->c->a, sizeof(*rel));

	if (rel == NULL) {
		r->c->is.failed = true;
		return;
	}
	*rel = *e->rel;
	rel->where = referred_where(r, con, rel->where);
	r->c->requested[rel->t->index].by_con[e->con] = rel;
	e->rel = rel;
}

/* A key that checks limit to some of the parents, or that some of them are without, picks among
 * the others, as if a relationship had said so. */
static void limit(struct resolver *r, const struct pg_table *t, const struct pg_constraint *con,
	struct edge *e)
{
	const char *where = referred_where(r, con, limited_where(r, t, con));
	struct relationship *rel = where != NULL ? arena_alloc(r->c->a, sizeof(*rel)) : NULL;
	struct requested *asked = &r->c->requested[t->index];

	if (rel != NULL && asked->by_con == NULL)
		asked->by_con = arena_array(r->c->a, t->ncons + 1u, sizeof(*asked->by_con));
	if (rel == NULL || asked->by_con == NULL)
		return;
	asked->by_con[e->con] = rel;
	*rel = (struct relationship){.path = resolve_place(r, t),
		.t = t,
		.con = e->con,
		.null_rate = -1,
		.partial_nulls = -1,
		.where = where,
		.sound = true};
	e->rel = rel;
}

void resolve_eligible(struct resolver *r, const struct pg_table *t, struct edge *e)
{
	const struct pg_constraint *con = &t->cons[e->con];

	if (shares(t, con))
		return;
	if (e->rel == NULL)
		limit(r, t, con, e);
	else if (e->rel->nsame == 0)
		limit_said(r, con, e);
}
