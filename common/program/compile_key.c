/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/rng.h"
#include "common/relation/foreign.h"

/*
 * Uniqueness by construction.  For every set of columns that must be distinct, smallest
 * set first:
 *
 *	already distinct, because a part of it is;
 *	one column: its index is a bijection of the row number;
 *	one FK and nothing else: one to one;
 *	an FK and others: the FK's parents share the rows evenly, and the others are read
 *	from the k-th element of a bijection that the parent names, k being the row's
 *	position among its siblings.  A junction's second FK is such an other;
 *	several columns: the digits of one bijection of the row number.
 */

/* ---- units --------------------------------------------------------------------------- */

/* What the key can be made distinct by: foreign keys that lie in it, and columns
 * that draw. */
static int units_of(struct binder *k, const struct bind_set *s, struct bind_units *u)
{
	u->n = 0;
	if ((u->v = arena_array(k->a, s->ncols + k->b->t->nfks + 1UL, sizeof(u->v[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		const struct pg_constraint *c = &bind_table(k)->cons[k->b->t->fks[f].con];
		int twin = bind_twin_of(k, f);
		bool fills = true;

		for (uint32_t i = 0; i < c->ncols; i++)
			fills = fills && k->b->columns[c->cols[i]].source == PLAN_FOREIGN &&
				k->b->t->columns[c->cols[i]].fk == f;
		if (fills && how_picks(k->b->fks[f].how) && bind_set_holds(s, c->cols, c->ncols))
			u->v[u->n++] = (struct bind_unit){true, f,
				bind_parents_of(k, f) -
					(twin >= 0 && bind_names(k, s, (uint32_t)twin))};
	}
	for (uint32_t i = 0; i < s->ncols; i++)
		if (bind_draws(k, s->cols[i]) && k->b->columns[s->cols[i]].pick == BIND_DRAW &&
			!k->denied[s->cols[i]])
			u->v[u->n++] = (struct bind_unit){
				false, s->cols[i], k->b->columns[s->cols[i]].gen.space};
	return 0;
}

/* Whether a check orders the column with another, which leaves its range as it
 * is. */
static bool is_ordered(const struct binder *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->narrow.norders; i++)
		if (k->narrow.orders[i].left == c || k->narrow.orders[i].right == c)
			return true;
	return false;
}

/* How many distinct values a unit has; its generator is asked to make more if it
 * can. */
static uint64_t room(struct binder *k, struct bind_unit *u, uint64_t need)
{
	struct err e = {.kind = ERR_NONE};
	struct gen_column was;
	struct gen g;

	if (u->is_fk || u->space >= need || is_ordered(k, u->at))
		return u->space;
	was = k->b->columns[u->at].gc;
	if (bind_generator(k, u->at, true, need, &g, &e) == 0 && !g.affine && g.space >= need) {
		k->b->columns[u->at].gen = g;
		u->space = g.space;
	} else {
		k->b->columns[u->at].gc = was;
	}
	return u->space;
}

/* ---- keys ----------------------------------------------------------------------------- */

static int take_key(struct binder *k, const struct bind_set *s, int anchor, uint64_t need)
{
	return bind_take_key(k, s->name, anchor, need);
}

/* Whether the unit may be a digit: a foreign key must not be planned for
 * anything else. */
static bool is_free(const struct binder *k, const struct bind_unit *u)
{
	return !u->is_fk || (how_free(k->b->fks[u->at].how) && bind_is_loose(k, u->at));
}

static bool may_anchor(const struct binder *k, const struct bind_unit *u)
{
	return u->is_fk && bind_may_anchor(k, u->at);
}

/* Gives the key one unit with room for all rows, columns before foreign keys,
 * because a column's values are nobody else's business. If no single unit has
 * enough room, several become digits of one bijection, as many as are needed.
 * False means that even all of them together have too little room. */
static bool fill(
	struct binder *k, const struct bind_set *s, struct bind_units *u, int anchor, uint64_t need)
{
	uint64_t product = 1;
	int at;

	for (int fk = 0; fk < 2; fk++)
		for (uint32_t i = 0; i < u->n; i++)
			if (u->v[i].is_fk == fk && (!fk || (int)u->v[i].at != anchor) &&
				(!fk || anchor >= 0) && is_free(k, &u->v[i]) &&
				room(k, &u->v[i], need) >= need) {
				at = take_key(k, s, anchor, need);
				if (anchor >= 0 && !fk)
					bind_number_lines(k, (uint32_t)at, u->v[i].at);
				if (!fk)
					u->v[i].space = k->b->columns[u->v[i].at].gen.space;
				bind_take_digit(k, at, &u->v[i]);
				return true;
			}
	for (uint32_t i = 0; i < u->n; i++)
		if ((!u->v[i].is_fk || ((int)u->v[i].at != anchor && anchor >= 0)) &&
			is_free(k, &u->v[i]) && u->v[i].space > 0 && product < need)
			product = u->v[i].space > KEY_SPACE_MAX / product ? KEY_SPACE_MAX
									  : product * u->v[i].space;
	if (product < need)
		return false;
	at = take_key(k, s, anchor, need);
	for (uint32_t i = 0; i < u->n && k->b->keys[at].size < need; i++)
		if ((!u->v[i].is_fk || ((int)u->v[i].at != anchor && anchor >= 0)) &&
			is_free(k, &u->v[i]) && u->v[i].space > 0)
			bind_take_digit(k, at, &u->v[i]);
	return true;
}

/* Builds the key on ranks among a parent's children, first by foreign keys that
 * know them already. */
static bool anchored(struct binder *k, const struct bind_set *s, struct bind_units *u)
{
	for (int planned = 1; planned >= 0; planned--) /* those that count children already */
		for (uint32_t i = 0; i < u->n; i++)
			if (may_anchor(k, &u->v[i]) &&
				how_enumerable(k->b->fks[u->v[i].at].how) == planned &&
				fill(k, s, u, (int)u->v[i].at, bind_most_children(k, u->v[i].at)))
				return true;
	return false;
}

/* A unique foreign key: each parent has at most one child. A relationship that
 * the plan asks for is kept if it gives no parent more than one child anyway;
 * one that picks freely becomes a bijection of parents; any other is refused by
 * name. */
static int one_to_one(struct binder *k, const struct bind_set *s, const struct bind_unit *u)
{
	struct bound_fk *f = &k->b->fks[u->at];
	const struct pg_constraint *c = &bind_table(k)->cons[k->b->t->fks[u->at].con];

	if (k->b->t->rows > u->space)
		return bind_too_few_parents(k, s, c, u->space);
	if (how_free(f->how) && !bind_is_loose(k, u->at))
		return bind_problem(k, "unsupported_unique", s->policy != PLAN_ENFORCE, NULL,
			"drop the check, or set its policy to warn",
			"%s: a check has the foreign key in order with another one", s->name);
	if (how_alone(f->how) && f->pair < 0)
		f->how = how_by(PLAN_LAW_ONE_TO_ONE);
	else if (!how_one_to_one(f->how) &&
		 (!how_enumerable(f->how) || bind_most_children(k, u->at) > 1))
		return bind_problem(k, "unsupported_unique", s->policy != PLAN_ENFORCE, NULL,
			"let each parent have at most one child by its relationship",
			"%s: foreign key %s picks a parent more than once", s->name, c->name);
	return 0;
}

/* Whether the set is a foreign key and nothing else. */
static bool is_one_fk(const struct binder *k, const struct bind_set *s, const struct bind_units *u)
{
	return u->n == 1 && u->v[0].is_fk &&
	       s->ncols == bind_table(k)->cons[k->b->t->fks[u->v[0].at].con].ncols;
}

/* A foreign key of whose columns the set has some, and nothing else, that tell its parents apart:
 * UNIQUE (order_id) under (tenant_id, order_id), where order_id is the orders' key.  Rows with a
 * part of the key NULL have no parent, so there it does not follow. */
static bool is_key_of_one_fk(const struct binder *k, const struct bind_set *s, struct bind_unit *u)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		const struct pg_constraint *c = &bind_table(k)->cons[k->b->t->fks[f].con];

		if (s->why != NULL || !how_picks(k->b->fks[f].how) ||
			k->b->t->fks[f].partial_nulls > 0 ||
			pg_common_columns(s->cols, s->ncols, c->cols, c->ncols) != s->ncols ||
			!bind_tells(k, s, f))
			continue;
		*u = (struct bind_unit){true, f, bind_parents_of(k, f)};
		return true;
	}
	return false;
}

/* Tries the ways that the head of this file lists, the cheapest first. */
static int plan_set(struct binder *k, const struct bind_set *s)
{
	struct bound_twins *t;
	struct bind_units u;
	struct bind_unit fk;
	uint64_t pairs;
	int rc;

	if (units_of(k, s, &u) == -1)
		return -1;
	if ((t = bind_pairs(k, s, &pairs)) != NULL && pairs >= plan_need(k->b->t, s->name)) {
		t->key = take_key(k, s, -1, plan_need(k->b->t, s->name));
		k->b->keys[t->key].size = pairs;
		k->b->fks[t->first].pair = k->b->fks[t->second].pair = t->key;
		return 0;
	}
	if (is_one_fk(k, s, &u) && s->why == NULL && !how_follows(k->b->fks[u.v[0].at].how))
		return one_to_one(k, s, &u.v[0]);
	if (anchored(k, s, &u) || fill(k, s, &u, -1, plan_need(k->b->t, s->name)))
		return 0;
	if (s->why == NULL && (rc = bind_joint(k, s)) != 0)
		return rc == -1 ? -1 : 0;
	if (t == NULL && is_key_of_one_fk(k, s, &fk))
		return one_to_one(k, s, &fk);
	return t != NULL ? bind_too_few_pairs(k, s, t, pairs) : bind_too_small(k, s, &u);
}

/* ---- partial ones ----------------------------------------------------------------------- */

/* The set without columns that the predicate makes constant, since these tell no
 * rows apart. */
static int unpinned(struct binder *k, const struct bind_set *s, struct bind_set *to)
{
	bool *pinned = arena_array(k->a, bind_table(k)->ncolumns + 1UL, sizeof(bool));

	*to = *s;
	to->cols = arena_array(k->a, s->ncols + 1UL, sizeof(to->cols[0]));
	to->ncols = 0;
	if (pinned == NULL || to->cols == NULL)
		return err_nomem(k->e);
	if (s->where != NULL && bind_pinned(k, s->where, pinned) == -1)
		return -1;
	for (uint32_t i = 0; i < s->ncols; i++)
		if (!pinned[s->cols[i]])
			to->cols[to->ncols++] = s->cols[i];
	return 0;
}

/* The key has room for some rows (of each parent); the rows beyond it are denied
 * the predicate. */
static int slots(struct binder *k, const struct bind_set *s, const struct bind_units *u)
{
	int anchor = bind_partial_anchor(k, s, u), at, rc;

	if ((rc = bind_deny(k, s, k->b->nkeys)) != 1)
		return rc;
	at = take_key(k, s, anchor, 1);
	if (anchor >= 0)
		bind_count_children(k, (uint32_t)anchor);
	k->b->keys[at].partial = true;
	k->b->keys[at].closed = k->b->t->append;
	for (uint32_t i = 0; i < u->n; i++)
		if ((!u->v[i].is_fk || ((int)u->v[i].at != anchor && anchor >= 0)) &&
			is_free(k, &u->v[i]) && u->v[i].space > 0)
			bind_take_digit(k, at, &u->v[i]);
	return 1;
}

/* If every row can be unique, the predicate is ignored. If not, and for a
 * foreign key alone (one owner of a team), only as many rows as there is room
 * for may meet it. */
static int plan_partial(struct binder *k, const struct bind_set *s)
{
	struct bind_set in;
	struct bind_units u;
	bool one;
	int rc;

	if (unpinned(k, s, &in) == -1 || units_of(k, &in, &u) == -1)
		return -1;
	one = is_one_fk(k, &in, &u);
	if (!one && (anchored(k, &in, &u) || fill(k, &in, &u, -1, plan_need(k->b->t, s->name))))
		return 0;
	if ((rc = slots(k, &in, &u)) != 0)
		return rc == 1 ? 0 : -1;
	if (s->null_of >= 0) { /* NULLS NOT DISTINCT: then there are none */
		k->not_null[s->null_of] = true;
		return 0;
	}
	return one && s->why == NULL ? one_to_one(k, &in, &u.v[0]) : bind_too_small(k, &in, &u);
}

static int others(struct binder *k)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (how_picks(k->b->fks[f].how) && bind_parents_of(k, f) == 0 &&
			bind_zero_parents(k, f) == -1)
			return -1;
	return 0;
}

/* A column whose generator was refused has been reported: its keys say nothing
 * new. */
static bool broken(const struct binder *k, const struct bind_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		if (k->b->columns[s->cols[i]].source == PLAN_GENERATOR &&
			k->b->columns[s->cols[i]].gen.op == NULL)
			return true;
	return false;
}

/* Plans twins, line numbers and exclusion constraints before keys, because these
 * may make keys distinct. Sets come in order of size, so that a set is skipped
 * if a part of it has been planned already. */
int bind_keys(struct binder *k)
{
	const struct bind_set *s = k->sets;

	k->b->keys = arena_array(k->a, (size_t)k->nsets + k->nspans + bind_table(k)->ncolumns + 1,
		sizeof(k->b->keys[0]));
	k->denials = arena_array(k->a, k->nsets + k->nspans + 1UL, sizeof(k->denials[0]));
	if (k->b->keys == NULL || k->denials == NULL)
		return err_nomem(k->e);
	if (bind_twins(k) == -1 || bind_lines(k) == -1 || bind_spans(k) == -1)
		return -1;
	for (uint32_t i = 0; i < k->nsets; i++)
		if (s[i].policy != PLAN_IGNORE && plan_need(k->b->t, s[i].name) > 1 &&
			!broken(k, &s[i]) && !bind_distinct_by(k, &s[i], s, i) &&
			(s[i].partial ? plan_partial(k, &s[i]) : plan_set(k, &s[i])) == -1)
			return -1;
	return bind_settle_twins(k) == -1 ? -1 : others(k);
}
