/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include "common/relation/foreign_partial.h"

/*
 * Foreign keys that no row fills, because the table they refer to is skipped.  The child keeps its
 * rows where NULL satisfies the key.  Of a key that is MATCH SIMPLE one NULL is enough: columns
 * that another foreign key fills, as the tenant_id that both share, keep their values.
 */

bool resolve_left_out(const struct resolver *r, const struct pg_table *t, uint32_t con)
{
	const struct pg_table *ref = t->cons[con].ref;
	bool never = r->c->except[ref->index].skipped || (r->c->skips && ref->reserved != NULL);

	return never && r->nodes[ref->index].made;
}

static bool left_null(const struct edge *e)
{
	return e->how.all_null;
}

/* Whether a foreign key that has parents fills the column. */
static bool is_filled(const struct pg_table *t, const struct node *n, uint32_t col)
{
	for (uint32_t i = 0; i < n->nedges; i++) {
		const struct pg_constraint *con = &t->cons[n->edges[i].con];

		if (how_picks(n->edges[i].how) && pg_has_column(con->cols, con->ncols, col))
			return true;
	}
	return false;
}

/* A column in which the key can be NULL without another foreign key being it too; else the first
 * that may be NULL; -1: none may. */
static int null_column(const struct pg_table *t, const struct node *n, const struct edge *e)
{
	const struct pg_constraint *con = &t->cons[e->con];
	uint32_t bits = partial_nullable(t, con);
	int first = -1;

	if (con->match != PG_MATCH_SIMPLE && bits != partial_all(con))
		return -1;
	for (uint32_t i = 0; i < con->ncols; i++) {
		if (!(bits >> i & 1))
			continue;
		if (!is_filled(t, n, con->cols[i]))
			return (int)con->cols[i];
		first = first == -1 ? (int)con->cols[i] : first;
	}
	return first;
}

/* Foreign keys that would give the columns values are NULL too; true: there was one. */
static bool take_along(
	const struct pg_table *t, struct node *n, const struct edge *e, uint32_t null)
{
	const struct pg_constraint *con = &t->cons[e->con];
	bool all = con->match != PG_MATCH_SIMPLE, any = false;

	for (uint32_t i = 0; i < n->nedges; i++) {
		const struct pg_constraint *other = &t->cons[n->edges[i].con];
		bool has = pg_has_column(other->cols, other->ncols, null);

		for (uint32_t k = 0; all && k < con->ncols; k++)
			has = has || pg_has_column(other->cols, other->ncols, con->cols[k]);
		if (!has || !how_picks(n->edges[i].how))
			continue;
		n->edges[i].how = how_none(true);
		any = true;
	}
	return any;
}

static void say(struct resolver *r, const struct pg_table *t, const struct edge *e, bool can)
{
	const struct pg_constraint *con = &t->cons[e->con];
	bool skipped = r->c->except[con->ref->index].skipped;
	const char *why = skipped		       ? "is skipped"
			  : con->ref->reserved != NULL ? con->ref->reserved
						       : "cannot be chosen, as a foreign key "
							 "that shares its column is NULL";
	struct issue *i = issue_add(&r->c->is, can ? ISSUE_WARNING : ISSUE_ERROR,
		can ? "fk_always_null" : "fk_parent_skipped", resolve_place(r, t),
		issue_path(&r->c->is, "let \"%s.%s\" have rows", con->ref_schema, con->ref_table),
		"\"%s.%s\": foreign key \"%s\" %s rows of \"%s.%s\", which %s%s", t->schema,
		t->name, con->name, can ? "refers to" : "needs", con->ref_schema, con->ref_table,
		why, can ? ": it is NULL in every row" : "");

	i->constraint = con->name;
}

void resolve_nulls(struct resolver *r, const struct pg_table *t, struct node *n)
{
	bool more = true;

	while (more) {
		more = false;
		for (uint32_t i = 0; i < n->nedges && !more; i++) {
			int null = left_null(&n->edges[i]) ? null_column(t, n, &n->edges[i]) : -1;

			more = null != -1 && take_along(t, n, &n->edges[i], (uint32_t)null);
		}
	}
	for (uint32_t i = 0; i < n->nedges; i++)
		if (left_null(&n->edges[i]) && t->cons[n->edges[i].con].ref != NULL)
			say(r, t, &n->edges[i], null_column(t, n, &n->edges[i]) != -1);
}

bool resolve_null_column(
	const struct pg_table *t, const struct plan_fk *fks, uint32_t n, uint32_t fk, uint32_t col)
{
	const struct pg_constraint *con = &t->cons[fks[fk].con];
	uint32_t i = 0;

	while (i < con->ncols && con->cols[i] != col)
		i++;
	if (i == con->ncols || !(partial_nullable(t, con) >> i & 1))
		return false;
	for (uint32_t k = 0; k < n; k++) {
		const struct pg_constraint *other = &t->cons[fks[k].con];

		if (how_picks(fks[k].how) && pg_has_column(other->cols, other->ncols, col))
			return false;
	}
	return true;
}
