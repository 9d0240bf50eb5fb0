/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

#include <string.h>

#include "common/relation/foreign.h"

/*
 * Foreign keys that share columns: one chooses its parent, and with it the shared values; the
 * others follow it, picking among the parents that have them.
 */

static bool same_key(const struct pg_constraint *a, const struct pg_constraint *b)
{
	if (a->ref != b->ref || a->ncols != b->ncols)
		return false;
	for (uint32_t i = 0; i < a->ncols; i++) {
		uint32_t k = 0;

		while (k < b->ncols && b->cols[k] != a->cols[i])
			k++;
		if (k == b->ncols || a->ref_cols[i] != b->ref_cols[k])
			return false;
	}
	return true;
}

/* A rule that leaves the choice open. */
static bool follows_by_rule(const struct relationship *rel)
{
	return !rel->has_fan && rel->pick <= PICK_UNIFORM && rel->where == NULL && !rel->cover &&
	       rel->order == ORDER_UNSAID && rel->nsame == 0;
}

/* Whether edge ${i} may pick among the parents that agree with those of edge ${base}: all it
 * shares with others it shares with that one, which chooses by itself. */
static bool can_follow(const struct pg_table *t, const struct node *n, uint32_t i, uint32_t base)
{
	const struct pg_constraint *con = &t->cons[n->edges[i].con];
	const struct pg_constraint *first = &t->cons[n->edges[base].con];

	if (how_follows(n->edges[base].how) || n->edges[base].back ||
		(n->edges[i].rel != NULL && !follows_by_rule(n->edges[i].rel)) ||
		!resolve_partial_follows(t, &n->edges[i], first) || !how_free(n->edges[i].how) ||
		n->edges[base].computed)
		return false;
	for (uint32_t k = 0; k < i; k++) {
		const struct pg_constraint *other = &t->cons[n->edges[k].con];

		for (uint32_t c = 0; how_picks(n->edges[k].how) && c < con->ncols; c++)
			if (pg_has_column(other->cols, other->ncols, con->cols[c]) &&
				!pg_has_column(first->cols, first->ncols, con->cols[c]))
				return false;
	}
	return true;
}

/* NULL in a column of its own leaves the others to the base. */
static bool own_nullable(const struct pg_table *t, const struct node *n, uint32_t i)
{
	return pg_own_nullable(
		t, &t->cons[n->edges[i].con], &t->cons[n->edges[n->edges[i].base].con]);
}

/* Whether edge ${i}, of the table to itself, may make a forest among the children of each parent
 * of edge ${base}: those are known one by one, and all it shares with others is in there. */
static bool can_grow_within(
	const struct pg_table *t, const struct node *n, uint32_t i, uint32_t base)
{
	const struct pg_constraint *con = &t->cons[n->edges[i].con];
	const struct edge *b = &n->edges[base];

	if (con->ref != t || !how_forest(n->edges[i].how) || b->computed ||
		!(how_enumerable(b->how) || (how_free(b->how) && b->rel == NULL)))
		return false;
	for (uint32_t c = 0; c < con->ncols; c++) {
		const struct pg_constraint *first = &t->cons[b->con];
		/* the parent's value of the column is the row's own */
		bool common = pg_has_column(first->cols, first->ncols, con->cols[c]);

		if (common && (con->ref_cols[c] != con->cols[c] ||
				      !pg_column_not_null(&t->columns[con->cols[c]])))
			return false;
		for (uint32_t k = 0; k < i && !common; k++)
			if (how_picks(n->edges[k].how) &&
				pg_has_column(t->cons[n->edges[k].con].cols,
					t->cons[n->edges[k].con].ncols, con->cols[c]))
				return false;
	}
	return true;
}

/* Keys to the table itself that share columns come last: others fill what they share. */
static void last_to_itself(const struct pg_table *t, struct node *n)
{
	uint32_t left = n->nedges;

	for (uint32_t i = 0; left > 0; left--) {
		const struct edge e = n->edges[i];
		const struct pg_constraint *con = &t->cons[e.con];
		bool shares = false;

		for (uint32_t k = 0; con->ref == t && k < n->nedges; k++) {
			const struct pg_constraint *o = &t->cons[n->edges[k].con];

			shares = shares || (o->ref != t && how_picks(n->edges[k].how) &&
						   pg_common_columns(o->cols, o->ncols, con->cols,
							   con->ncols));
		}
		if (!shares) {
			i++;
			continue;
		}
		memmove(&n->edges[i], &n->edges[i + 1], (n->nedges - i - 1) * sizeof(e));
		n->edges[n->nedges - 1] = e;
	}
}

/* Foreign keys go together: the first chooses, the others follow it.  false: two cannot, which
 * are then ${first} and ${second}. */
static bool go_together(const struct pg_table *t, struct node *n, uint32_t *first, uint32_t *second)
{
	for (uint32_t i = 0; i < n->nedges; i++) {
		struct edge *e = &n->edges[i];
		const struct pg_constraint *b = &t->cons[e->con];

		for (uint32_t k = 0; k < i && how_picks(e->how); k++) {
			const struct pg_constraint *a = &t->cons[n->edges[k].con];

			if (!how_picks(n->edges[k].how) || how_agrees(e->how) ||
				pg_common_columns(a->cols, a->ncols, b->cols, b->ncols) == 0)
				continue;
			if (same_key(a, b)) {
				e->how = how_none(false); /* twice: one pick is both */
			} else if (can_follow(t, n, i, k)) {
				e->how = how_agreeing(e->how);
				e->base = k;
				e->nullable = own_nullable(t, n, i);
			} else if (can_grow_within(t, n, i, k)) {
				e->how = how_agreeing(e->how);
				e->base = k;
				e->nullable = own_nullable(t, n, i);
				if (how_free(n->edges[k].how))
					n->edges[k].how = how_ranking(n->edges[k].how);
			} else {
				*first = k;
				*second = i;
				return false;
			}
		}
	}
	return true;
}

static bool is_unique(const struct pg_table *t, const struct pg_constraint *con)
{
	struct resolve_key k;

	for (uint32_t at = 0; resolve_next_key(t, &at, &k);)
		if (resolve_inside(k, con))
			return true;
	return false;
}

static bool within(const struct pg_constraint *con, struct resolve_key k)
{
	return pg_common_columns(con->cols, con->ncols, k.cols, k.n) == con->ncols;
}

/* Whether foreign keys that pick fill all columns of a key. */
static bool of_parents(const struct pg_table *t, const struct node *n, struct resolve_key k)
{
	for (uint32_t c = 0; c < k.n; c++) {
		bool filled = false;

		for (uint32_t i = 0; i < n->nedges && !filled; i++)
			filled = how_picks(n->edges[i].how) &&
				 pg_has_column(t->cons[n->edges[i].con].cols,
					 t->cons[n->edges[i].con].ncols, k.cols[c]);
		if (!filled)
			return false;
	}
	return true;
}

/* A foreign key that is unique cannot follow another, nor can one that is to complete a key which
 * the other has no part in. */
static bool unique_follows(const struct pg_table *t, const struct node *n)
{
	struct resolve_key k;

	for (uint32_t i = 0; i < n->nedges; i++) {
		const struct pg_constraint *con = &t->cons[n->edges[i].con];

		if (!how_follows(n->edges[i].how))
			continue;
		if (is_unique(t, con))
			return true;
		for (uint32_t at = 0; resolve_next_key(t, &at, &k);)
			if (within(con, k) && of_parents(t, n, k) &&
				!within(&t->cons[n->edges[n->edges[i].base].con], k))
				return true;
	}
	return false;
}

/* Who should choose: the one that has a rule, or is unique, or has part in the most keys, or has
 * the most columns. */
static uint32_t claim(const struct pg_table *t, const struct edge *e)
{
	const struct pg_constraint *con = &t->cons[e->con];
	uint32_t keys = 0;
	struct resolve_key k;

	for (uint32_t at = 0; resolve_next_key(t, &at, &k);)
		keys += within(con, k);
	if (e->back)
		return 0;
	return con->ncols + 100 * keys + (is_unique(t, con) ? 100000u : 0u) +
	       (e->rel != NULL && !follows_by_rule(e->rel) ? 200000u : 0u);
}

static void by_claim(const struct pg_table *t, struct node *n)
{
	for (uint32_t i = 1; i < n->nedges; i++) {
		struct edge e = n->edges[i];
		uint32_t k = i;

		for (; k > 0 && claim(t, &n->edges[k - 1]) < claim(t, &e); k--)
			n->edges[k] = n->edges[k - 1];
		n->edges[k] = e;
	}
}

static void to_front(struct node *n, uint32_t at)
{
	struct edge e = n->edges[at];

	memmove(&n->edges[1], &n->edges[0], at * sizeof(e));
	n->edges[0] = e;
}

/* In the order the catalogue has them, or, where that leads nowhere, with another of them first,
 * those with the best claims before the others. */
static bool order(
	const struct pg_table *t, struct node *n, struct edge *was, uint32_t *a, uint32_t *b)
{
	size_t size = n->nedges * sizeof(*was);

	last_to_itself(t, n);
	memcpy(was, n->edges, size);
	if (go_together(t, n, a, b) && !unique_follows(t, n))
		return true;
	memcpy(n->edges, was, size);
	by_claim(t, n);
	memcpy(was, n->edges, size);
	for (uint32_t first = 0; first < n->nedges; first++) {
		memcpy(n->edges, was, size);
		to_front(n, first);
		last_to_itself(t, n);
		if (go_together(t, n, a, b) && !unique_follows(t, n))
			return true;
	}
	memcpy(n->edges, was, size);
	last_to_itself(t, n);
	return false;
}

/* Whether whatever parent the wider key has, the narrower one has too: all its columns are in the
 * wider one, and refer to the same columns of the same table. */
static bool is_within(const struct pg_constraint *narrow, const struct pg_constraint *wide)
{
	if (narrow->ncols == 0 || narrow->ref == NULL || narrow->ref != wide->ref ||
		narrow->ncols >= wide->ncols)
		return false;
	for (uint32_t i = 0; i < narrow->ncols; i++) {
		uint32_t k = 0;

		while (k < wide->ncols && (wide->cols[k] != narrow->cols[i] ||
						  wide->ref_cols[k] != narrow->ref_cols[i]))
			k++;
		if (k == wide->ncols)
			return false;
	}
	return true;
}

/* Leaves out foreign keys that another one implies, so that they need no agreement.  True if there
 * is one. */
static bool drop_implied(const struct pg_table *t, struct node *n)
{
	bool any = false;

	for (uint32_t i = 0; i < n->nedges; i++)
		for (uint32_t k = 0; k < n->nedges && how_picks(n->edges[i].how); k++) {
			const struct edge *wide = &n->edges[k];

			if (k == i || n->edges[i].rel != NULL || n->edges[i].rule != NULL ||
				!how_picks(wide->how) || resolve_partial_nulls(wide) > 0 ||
				!is_within(&t->cons[n->edges[i].con], &t->cons[wide->con]))
				continue;
			n->edges[i].how = how_none(false);
			any = true;
		}
	return any;
}

void resolve_overlaps(struct resolver *r, const struct pg_table *t, struct node *n)
{
	struct edge *was = arena_array(r->c->a, n->nedges + 1UL, sizeof(*was));
	uint32_t a, b;

	if (was == NULL) {
		r->c->is.failed = true;
		return;
	}
	if (order(t, n, was, &a, &b) || (drop_implied(t, n) && order(t, n, was, &a, &b)))
		return;
	while (!go_together(t, n, &a, &b)) {
		n->edges[b].how = how_none(false);
		issue_add(&r->c->is, ISSUE_ERROR, "fk_overlap", resolve_place(r, t),
			"give the columns rules, or disable the table's foreign keys by a "
			"foreign_key_strategy rule",
			"foreign keys \"%s\" and \"%s\" of \"%s.%s\" share columns in a way "
			"that this version cannot fill",
			t->cons[n->edges[a].con].name, t->cons[n->edges[b].con].name, t->schema,
			t->name);
	}
}
