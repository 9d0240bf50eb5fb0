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
static int units_of(struct compiler *k, const struct distinct_set *s, struct key_units *u)
{
	u->n = 0;
	if ((u->v = arena_array(k->a, s->ncols + k->b->t->nfks + 1UL, sizeof(u->v[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		const struct pg_constraint *c = &compiler_table(k)->cons[k->b->t->fks[f].con];
		int twin = compile_twin_of(k, f);
		bool fills = c->ncols > 0;

		for (uint32_t i = 0; i < c->ncols; i++)
			fills = fills && k->b->columns[c->cols[i]].source == PLAN_FOREIGN &&
				k->b->t->columns[c->cols[i]].fk == f;
		if (fills && how_picks(k->b->fks[f].how) && compile_set_holds(s, c->cols, c->ncols))
			u->v[u->n++] = (struct key_unit){true, f,
				compile_parents_of(k, f) -
					(twin >= 0 && compile_names(k, s, (uint32_t)twin))};
	}
	for (uint32_t i = 0; i < s->ncols; i++)
		if (compile_draws(k, s->cols[i]) && !k->loose[s->cols[i]] &&
			k->b->columns[s->cols[i]].pick == DRAW_RANDOM &&
			!k->complemented[s->cols[i]])
			u->v[u->n++] = (struct key_unit){
				false, s->cols[i], k->b->columns[s->cols[i]].gen.space};
	return 0;
}

/* Whether a check orders the column with another, which leaves its range as it
 * is. */
static bool is_ordered(const struct compiler *k, uint32_t c)
{
	for (uint32_t i = 0; i < k->narrow.norders; i++)
		if (k->narrow.orders[i].left == c || k->narrow.orders[i].right == c)
			return true;
	return false;
}

/* How many distinct values a unit has; its generator is asked to make more if it
 * can. */
static uint64_t room(struct compiler *k, struct key_unit *u, uint64_t need)
{
	struct err e = {.kind = ERR_NONE};
	struct gen_column was;
	struct gen g;

	if (u->is_fk || u->space >= need || is_ordered(k, u->at))
		return u->space;
	was = k->b->columns[u->at].gc;
	if (compile_generator(k, u->at, true, need, &g, &e) == 0 && !g.affine && g.space >= need) {
		k->b->columns[u->at].gen = g;
		u->space = g.space;
	} else {
		k->b->columns[u->at].gc = was;
	}
	return u->space;
}

/* ---- keys ----------------------------------------------------------------------------- */

static int take_key(struct compiler *k, const struct distinct_set *s, int ranking_fk, uint64_t need)
{
	return compile_take_key(k, s->name, ranking_fk, need);
}

/* Whether the unit may be a digit: a foreign key must not be planned for
 * anything else. */
static bool is_free(const struct compiler *k, const struct key_unit *u)
{
	return !u->is_fk || (how_free(k->b->fks[u->at].how) && compile_is_loose(k, u->at));
}

static bool may_anchor(const struct compiler *k, const struct key_unit *u)
{
	return u->is_fk && compile_may_rank(k, u->at);
}

/* Gives the key one unit with room for all rows, columns before foreign keys,
 * because a column's values are nobody else's business. If no single unit has
 * enough room, several become digits of one bijection, as many as are needed.
 * False means that even all of them together have too little room. */
static bool fill(struct compiler *k, const struct distinct_set *s, struct key_units *u,
	int ranking_fk, uint64_t need)
{
	uint64_t product = 1;
	int at;

	for (int fk = 0; fk < 2; fk++)
		for (uint32_t i = 0; i < u->n; i++)
			if (u->v[i].is_fk == fk && (!fk || (int)u->v[i].at != ranking_fk) &&
				(!fk || ranking_fk >= 0) && is_free(k, &u->v[i]) &&
				room(k, &u->v[i], need) >= need) {
				at = take_key(k, s, ranking_fk, need);
				if (ranking_fk >= 0 && !fk)
					compile_number_lines(k, (uint32_t)at, u->v[i].at);
				if (!fk)
					u->v[i].space = k->b->columns[u->v[i].at].gen.space;
				compile_take_digit(k, at, &u->v[i]);
				return true;
			}
	for (uint32_t i = 0; i < u->n; i++)
		if ((!u->v[i].is_fk || ((int)u->v[i].at != ranking_fk && ranking_fk >= 0)) &&
			is_free(k, &u->v[i]) && u->v[i].space > 0 && product < need)
			product = u->v[i].space > KEY_SPACE_MAX / product ? KEY_SPACE_MAX
									  : product * u->v[i].space;
	if (product < need)
		return false;
	at = take_key(k, s, ranking_fk, need);
	for (uint32_t i = 0; i < u->n && k->b->keys[at].size < need; i++)
		if ((!u->v[i].is_fk || ((int)u->v[i].at != ranking_fk && ranking_fk >= 0)) &&
			is_free(k, &u->v[i]) && u->v[i].space > 0)
			compile_take_digit(k, at, &u->v[i]);
	return true;
}

/* Builds the key on ranks among a parent's children, first by foreign keys that
 * know them already. */
static bool anchored(struct compiler *k, const struct distinct_set *s, struct key_units *u)
{
	for (int planned = 1; planned >= 0; planned--) /* those that count children already */
		for (uint32_t i = 0; i < u->n; i++)
			if (may_anchor(k, &u->v[i]) &&
				how_enumerable(k->b->fks[u->v[i].at].how) == planned &&
				fill(k, s, u, (int)u->v[i].at,
					compile_most_children(k, u->v[i].at)))
				return true;
	return false;
}

/* A unique foreign key: each parent has at most one child. A relationship that
 * the plan asks for is kept if it gives no parent more than one child anyway;
 * one that picks freely becomes a bijection of parents; any other is refused by
 * name. */
static int one_to_one(struct compiler *k, const struct distinct_set *s, const struct key_unit *u)
{
	struct program_fk *f = &k->b->fks[u->at];
	const struct pg_constraint *c = &compiler_table(k)->cons[k->b->t->fks[u->at].con];

	if (k->b->t->rows > u->space)
		return compile_too_few_parents(k, s, c, u->space);
	if (how_free(f->how) && !compile_is_loose(k, u->at))
		return compile_problem(k, "unsupported_unique", s->policy != PLAN_ENFORCE, NULL,
			"drop the check, or set its policy to warn",
			"%s: a check has the foreign key in order with another one", s->name);
	if (how_alone(f->how) && f->completes < 0)
		f->how = how_by(PLAN_LAW_ONE_TO_ONE);
	else if (!how_one_to_one(f->how) &&
		 (!how_enumerable(f->how) || compile_most_children(k, u->at) > 1))
		return compile_problem(k, "unsupported_unique", s->policy != PLAN_ENFORCE, NULL,
			"let each parent have at most one child by its relationship",
			"%s: foreign key %s picks a parent more than once", s->name, c->name);
	return 0;
}

/* ---- for the search ---------------------------------------------------------------------- */

/* Whether the column has as many values as there are rows, and draws them freely. */
bool compile_may_stand_alone(struct compiler *k, uint32_t c)
{
	const struct program_column was = k->b->columns[c];
	struct key_unit u = {false, c, was.gen.space};
	bool may = compile_draws(k, c) && !k->loose[c] && was.pick == DRAW_RANDOM &&
		   room(k, &u, k->b->t->rows) >= k->b->t->rows;

	k->b->columns[c] = was;
	return may;
}

/* Makes the column distinct in the whole table, as the only digit of a key of its own. */
void compile_stand_alone(struct compiler *k, uint32_t c)
{
	struct key_unit u = {false, c, k->b->columns[c].gen.space};

	(void)room(k, &u, k->b->t->rows);
	compile_take_column(k,
		(uint32_t)compile_take_key(k, compiler_column(k, c)->name, -1, k->b->t->rows), c);
}

/* Whether the foreign key picks as it likes among as many parents as there are rows. */
bool compile_may_be_single(const struct compiler *k, uint32_t f)
{
	return how_alone(k->b->fks[f].how) && compile_is_loose(k, f) &&
	       k->b->t->rows <= compile_parents_of(k, f);
}

/* Gives each row such a parent. */
static void be_single(struct compiler *k, uint32_t f)
{
	k->b->fks[f].how = how_by(PLAN_LAW_ONE_TO_ONE);
}

/* Whether the set is a foreign key and nothing else. */
static bool is_one_fk(
	const struct compiler *k, const struct distinct_set *s, const struct key_units *u)
{
	return u->n == 1 && u->v[0].is_fk &&
	       s->ncols == compiler_table(k)->cons[k->b->t->fks[u->v[0].at].con].ncols;
}

/* A foreign key of whose columns the set has some, and nothing else, that tell its parents apart:
 * UNIQUE (order_id) under (tenant_id, order_id), where order_id is the orders' key.  Rows with a
 * part of the key NULL have no parent, so there it does not follow. */
static bool is_key_of_one_fk(
	const struct compiler *k, const struct distinct_set *s, struct key_unit *u)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		const struct pg_constraint *c = &compiler_table(k)->cons[k->b->t->fks[f].con];

		if (s->why != NULL || !how_picks(k->b->fks[f].how) ||
			k->b->t->fks[f].partial_nulls > 0 ||
			pg_common_columns(s->cols, s->ncols, c->cols, c->ncols) != s->ncols ||
			!compile_tells(k, s, f))
			continue;
		*u = (struct key_unit){true, f, compile_parents_of(k, f)};
		return true;
	}
	return false;
}

static int plan_set(struct compiler *k, const struct distinct_set *s);

/* Notes which columns of the set others stood for. */
static int told(struct compiler *k, const struct distinct_set *s, const struct distinct_set *by)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		k->b->columns[s->cols[i]].told |= !compile_set_has(by, s->cols[i]);
	return 1;
}

/* Has the set distinct by what its derived columns are computed from, one to one: 1; 0: it cannot
 * be; -1. */
static int behind(struct compiler *k, const struct distinct_set *s)
{
	const char *failed = k->failed;
	bool quiet = k->quiet, done;
	struct distinct_set in;
	int rc = 0;

	/* columns that are derived from each other in a circle are reported later */
	if (s->why != NULL || k->behind == compiler_table(k)->ncolumns ||
		!compile_set_behind(k, s, &in))
		return 0;
	if (compile_distinct(k, &in))
		return told(k, s, &in);
	k->quiet = true;
	k->failed = NULL;
	k->behind++;
	rc = plan_set(k, &in);
	k->behind--;
	done = k->failed == NULL;
	k->quiet = quiet;
	k->failed = failed;
	return rc == -1 ? -1 : done ? told(k, s, &in) : 0;
}

/* Tries the ways that the head of this file lists, the cheapest first. */
static int plan_set(struct compiler *k, const struct distinct_set *s)
{
	struct program_twins *t;
	struct key_units u;
	struct key_unit fk;
	uint64_t pairs;
	int rc;

	if (units_of(k, s, &u) == -1)
		return -1;
	if ((t = compile_pairs(k, s, &pairs)) != NULL && pairs >= plan_need(k->b->t, s->name)) {
		t->key = take_key(k, s, -1, plan_need(k->b->t, s->name));
		k->b->keys[t->key].size = pairs;
		k->b->fks[t->first].completes = k->b->fks[t->second].completes = t->key;
		return 0;
	}
	if (is_one_fk(k, s, &u) && s->why == NULL && !how_follows(k->b->fks[u.v[0].at].how))
		return one_to_one(k, s, &u.v[0]);
	if (anchored(k, s, &u) || fill(k, s, &u, -1, plan_need(k->b->t, s->name)))
		return 0;
	if (s->why == NULL && (rc = compile_completes(k, s)) != 0)
		return rc == -1 ? -1 : 0;
	if ((rc = behind(k, s)) != 0 || compile_suffix_set(k, s))
		return rc == -1 ? -1 : 0;
	if (t == NULL && is_key_of_one_fk(k, s, &fk))
		return one_to_one(k, s, &fk);
	return t != NULL ? compile_too_few_pairs(k, s, t, pairs) : compile_too_small(k, s, &u);
}

/* ---- partial ones ----------------------------------------------------------------------- */

/* The set without columns that the predicate makes constant, since these tell no
 * rows apart. */
static int unpinned(struct compiler *k, const struct distinct_set *s, struct distinct_set *to)
{
	bool *pinned = arena_array(k->a, compiler_table(k)->ncolumns + 1UL, sizeof(bool));

	*to = *s;
	to->cols = arena_array(k->a, s->ncols + 1UL, sizeof(to->cols[0]));
	to->ncols = 0;
	if (pinned == NULL || to->cols == NULL)
		return err_nomem(k->e);
	if (s->where != NULL && compile_pinned(k, s->where, pinned) == -1)
		return -1;
	for (uint32_t i = 0; i < s->ncols; i++)
		if (!pinned[s->cols[i]])
			to->cols[to->ncols++] = s->cols[i];
	return 0;
}

/* The key has room for some rows (of each parent); the rows beyond it are denied
 * the predicate. */
static int slots(struct compiler *k, const struct distinct_set *s, const struct key_units *u)
{
	int ranking_fk = compile_partial_ranking_fk(k, s, u), at, rc;

	if ((rc = compile_complement(k, s, k->b->nkeys)) != 1)
		return rc;
	at = take_key(k, s, ranking_fk, 1);
	if (ranking_fk >= 0)
		compile_count_children(k, (uint32_t)ranking_fk);
	k->b->keys[at].partial = true;
	k->b->keys[at].closed = k->b->t->append;
	for (uint32_t i = 0; i < u->n; i++)
		if ((!u->v[i].is_fk || ((int)u->v[i].at != ranking_fk && ranking_fk >= 0)) &&
			is_free(k, &u->v[i]) && u->v[i].space > 0)
			compile_take_digit(k, at, &u->v[i]);
	return 1;
}

/* If every row can be unique, the predicate is ignored. If not, and for a
 * foreign key alone (one owner of a team), only as many rows as there is room
 * for may meet it. */
static int plan_partial(struct compiler *k, const struct distinct_set *s)
{
	struct distinct_set in;
	struct key_units u;
	bool one;
	int rc;

	if (unpinned(k, s, &in) == -1 || units_of(k, &in, &u) == -1)
		return -1;
	one = is_one_fk(k, &in, &u);
	if (!one && (anchored(k, &in, &u) || fill(k, &in, &u, -1, plan_need(k->b->t, s->name))))
		return 0;
	if ((rc = one ? 0 : behind(k, &in)) != 0 || (!one && compile_suffix_set(k, &in)))
		return rc == -1 ? -1 : 0;
	if ((rc = slots(k, &in, &u)) != 0)
		return rc == 1 ? 0 : -1;
	if (s->null_of >= 0) { /* NULLS NOT DISTINCT: then there are none */
		k->not_null[s->null_of] = true;
		return 0;
	}
	return one && s->why == NULL ? one_to_one(k, &in, &u.v[0]) : compile_too_small(k, &in, &u);
}

static int others(struct compiler *k)
{
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (how_picks(k->b->fks[f].how) && compile_parents_of(k, f) == 0 &&
			compile_zero_parents(k, f) == -1)
			return -1;
	return 0;
}

/* A column whose generator was refused has been reported: its keys say nothing
 * new. */
static bool broken(const struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		if (k->b->columns[s->cols[i]].source == PLAN_GENERATOR &&
			k->b->columns[s->cols[i]].gen.op == NULL)
			return true;
	return false;
}

/* Prepares the columns anew whose images under a key's expression are to be distinct. */
static int with_images(struct compiler *k)
{
	for (uint32_t i = 0; i < k->nimages; i++) {
		uint32_t c = k->images[i].col;
		struct err why = {.kind = ERR_NONE};
		struct gen g;

		k->not_null[c] = k->not_null[c] || k->image_not_null[c];
		if (compile_generator(k, c, false, k->b->t->rows, &g, &why) == 0)
			k->b->columns[c].gen = g;
		else if (why.kind == ERR_TEMP)
			return *k->e = why, -1;
		else if (compile_problem(k, "generator_cannot", false, compiler_column(k, c), NULL,
				 "%s", why.msg) == -1)
			return -1;
	}
	return 0;
}

/* What the search for a plan of all keys together asks for, before any set. */
static void wishes(struct compiler *k)
{
	for (uint32_t c = 0; c < compiler_table(k)->ncolumns; c++)
		if (k->search->alone[c])
			compile_stand_alone(k, c);
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (k->search->single[f])
			be_single(k, f);
}

/* Sets come in order of size, so that a set is skipped if a part of it has been planned already. */
int compile_plan_sets(struct compiler *k)
{
	struct distinct_set *s = k->sets;

	if (k->nimages > 0 && with_images(k) == -1)
		return -1;
	if (k->search != NULL)
		wishes(k);
	for (uint32_t i = 0; i < k->nsets; i++) {
		if (s[i].policy == PLAN_IGNORE || plan_need(k->b->t, s[i].name) <= 1 ||
			broken(k, &s[i]) || compile_distinct_by(k, &s[i], s, i))
			continue;
		if ((s[i].partial ? plan_partial(k, &s[i]) : plan_set(k, &s[i])) == -1)
			return -1;
		if (k->quiet && k->failed != NULL) {
			k->failed = s[i].name;
			return 0;
		}
	}
	if (compile_settle_twins(k) == -1 || others(k) == -1)
		return -1;
	return k->quiet && k->failed != NULL ? 0 : compile_complements(k);
}
