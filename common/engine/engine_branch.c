/* SPDX-License-Identifier: MIT */
/*
 * Checks that can be met in several ways, such as (a AND b) OR c. A row draws one
 * branch before the columns that the branch restricts; each branch has its own
 * generators for them. Columns that are made before the draw, such as keys, rule
 * branches out instead. Rows for which a partial unique index has no room draw
 * among the branches that do not meet the index's predicate.
 */
#include "common/engine/engine_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"

/* Rows that can meet their checks in several ways: which one each takes, and what follows. */

/* The branch of each row, and one vector of each type in which rows of one
 * branch are drawn together. */
int engine_branches_init(struct engine_block *k, struct arena *a, struct err *e)
{
	const struct table_program *b = k->b;

	if (b->ndisjunctions == 0)
		return 0;
	k->branch = arena_array(a, b->ndisjunctions, sizeof(k->branch[0]));
	k->some = arena_array(a, VT_COUNT, sizeof(k->some[0]));
	if (k->branch == NULL || k->some == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < b->ndisjunctions; i++)
		if ((k->branch[i] = arena_alloc(a, VEC_BLOCK)) == NULL)
			return err_nomem(e);
	for (uint32_t i = 0; i < b->norder; i++) {
		const struct program_column *c = &b->columns[b->order[i]];

		if (c->disjunction >= 0 && k->some[c->type].v.i == NULL &&
			!vec_init(&k->some[c->type], c->type, a))
			return err_nomem(e);
	}
	return 0;
}

/* ---- choosing --------------------------------------------------------------------------- */

static bool in_set(const int64_t *set, uint32_t n, int64_t v)
{
	for (uint32_t i = 0; i < n; i++)
		if (set[i] == v)
			return true;
	return false;
}

/* Whether a value that is there already fits what a branch leaves of its column.
 * Types without bounds always pass here; the check itself is evaluated
 * afterwards. */
static bool allows(const struct sql_domain *d, const struct vec *v, uint32_t i)
{
	int64_t x;

	if (vec_is_null(v, i))
		return !d->must_not_null;
	if (d->must_null)
		return false;
	if (!vec_is_ordinal(v->type))
		return true; /* the check itself will say */
	x = v->v.i[i];
	return (!d->has_lo || x >= d->lo) && (!d->has_hi || x <= d->hi) &&
	       (d->set == NULL || in_set(d->set, d->nset, x)) &&
	       (d->not_set == NULL || !in_set(d->not_set, d->nnot, x));
}

/* Whether row i can take the branch, given the columns that are made already.
 * leave says from which kind of foreign keys on the row may be left without its
 * parent for it. */
static bool open_to(const struct engine_block *k, const struct program_disjunction *x,
	uint32_t branch, uint32_t i, enum branch_leave leave)
{
	for (uint32_t f = 0; f < x->nfixed; f++) {
		const struct sql_domain *d = &x->dom[branch][f];
		const struct program_column *b = &k->b->columns[x->fixed[f]];
		bool null;

		if (x->leave == NULL || x->leave[f] == LEAVE_NEVER) {
			if (!allows(d, k->cols[x->fixed[f]], i))
				return false;
			continue;
		}
		null = vec_is_null(&k->gathers[b->gather], i);
		if ((null && d->must_not_null) || (!null && d->must_null && x->leave[f] < leave))
			return false;
	}
	return true;
}

/* Whether row i is beyond the room of a partial key that the disjunction serves,
 * so that it must not meet the key's predicate. */
static bool outside(const struct engine_block *k, const struct program_disjunction *x, uint32_t i)
{
	for (uint32_t j = 0; j < x->nkeys; j++)
		if (k->beyond[x->keys[j]][i])
			return true;
	return false;
}

/* Weights are stored cumulated, so that one branch's weight is a difference. */
static uint64_t weight(const struct program_disjunction *x, uint32_t branch)
{
	return x->below[branch] - (branch > 0 ? x->below[branch - 1] : 0);
}

/* Branches that a row may draw among. */
struct open_branches {
	uint32_t from, to; /* those of its kind */
	uint32_t n, last;  /* the open ones: how many, and the last */
	uint64_t total;	   /* of their weights */
	enum branch_leave leave;
};

/* Finds the branches that are open to row i. Only if there is none may it be left
 * without a parent that its relationship gives it. */
static struct open_branches open_branches(
	const struct engine_block *k, const struct program_disjunction *x, uint32_t i)
{
	bool out = outside(k, x, i);
	struct open_branches o = {
		.from = out ? x->nfree : 0, .to = out ? x->n : x->nfree, .leave = LEAVE_FREELY};

	for (;;) {
		for (uint32_t w = o.from; w < o.to; w++)
			if (open_to(k, x, w, i, o.leave)) {
				o.total += weight(x, w);
				o.last = w;
				o.n++;
			}
		if (o.n > 0 || o.leave == LEAVE_IF_NEEDED)
			return o;
		o.leave = LEAVE_IF_NEEDED;
	}
}

/* Draws among the branches open to row i by their weights, or, where these are all
 * 0, as if they were alike. If none is open it draws among all of its kind: the row
 * then fails its check and is drawn again, or is reported. */
static uint8_t choose(
	const struct engine_block *k, const struct program_disjunction *x, uint64_t key, uint32_t i)
{
	const struct open_branches o = open_branches(k, x, i);
	const bool alike = o.n > 0 && o.total == 0;
	const uint64_t of = alike ? o.n : o.total > 0 ? o.total : BRANCH_WEIGHTS;
	uint64_t at = rng_below(rng_at(key, k->row[i]), of);

	for (uint32_t w = o.from; w < o.to; w++) {
		uint64_t share = alike ? 1 : weight(x, w);

		if (o.n > 0 && !open_to(k, x, w, i, o.leave))
			continue;
		if (at < share)
			return (uint8_t)w;
		at -= share;
	}
	return (uint8_t)(o.n > 0 ? o.last : o.to - 1);
}

void engine_take_branch(struct engine_block *k, uint32_t disjunction)
{
	const struct program_disjunction *x = &k->b->disjunctions[disjunction];
	uint64_t key = engine_attempt_stream(k, x->key, x->tied);

	for (uint32_t i = 0; i < k->n; i++)
		k->branch[disjunction][i] = choose(k, x, key, i);
}

/* ---- what follows -------------------------------------------------------------------------- */

/* Whether the value is NULL in the branch that the row has taken; if the branch
 * leaves it open it is drawn. */
bool engine_branch_null(
	const struct engine_block *k, const struct program_column *b, uint64_t key, uint32_t i)
{
	switch (b->branches[k->branch[b->disjunction][i]].null) {
	case BRANCH_NULL_NEVER:
		return false;
	case BRANCH_NULL_ALWAYS:
		return true;
	case BRANCH_NULL_DRAWN:
		break;
	}
	return b->null_below == UINT64_MAX || rng_at(key, k->row[i]) < b->null_below;
}

/* Draws the rows of one branch together and puts them in their places.
 * Generators work on whole vectors, so that this is faster than one row at a
 * time. */
static void draw_way(struct engine_block *k, const struct program_column *b, const struct gen *g,
	uint32_t branch, struct vec *v)
{
	struct vec *some = &k->some[v->type];
	uint64_t key = engine_attempt_stream(k, g->key, b->tied);
	uint32_t at[VEC_BLOCK], n = 0;

	for (uint32_t i = 0; i < k->n; i++)
		if (k->branch[b->disjunction][i] == branch) {
			at[n] = i;
			k->idx[n++] = engine_index(k, b, g, key, i);
		}
	some->n = n;
	some->scale = v->scale;
	some->has_null = false;
	if (g->ordinal && vec_is_ordinal(v->type))
		for (uint32_t j = 0; j < n; j++)
			some->v.i[j] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * k->idx[j]);
	else if (n > 0)
		g->op->value(g, k->idx, n, some, &k->heap);
	for (uint32_t j = 0; j < n; j++)
		vec_take(v, at[j], some, j);
}

void engine_draw_branches(struct engine_block *k, const struct program_column *b, struct vec *v)
{
	for (uint32_t w = 0; w < k->b->disjunctions[b->disjunction].n; w++)
		if (b->branches[w].gen != NULL)
			draw_way(k, b, b->branches[w].gen, w, v);
}
