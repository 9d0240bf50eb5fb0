/* SPDX-License-Identifier: MIT */
/*
 * The relationships of a row, for explain-row: how each foreign key chooses its
 * parent, in words, and who else chose the same one.
 */
#include "stages/explain-row/look.h"

struct siblings look_siblings(const struct look *x, uint32_t fk)
{
	const struct relation *r = engine_row_relation(&x->how, fk);
	struct siblings s = {.known = false};
	uint64_t parent;

	if (!how_enumerable(x->b->fks[fk].how))
		return s;
	relation_place(r, x->row, &parent, &s.k);
	if (parent == UINT64_MAX)
		return s;
	s.known = true;
	s.n = relation_count(r, parent);
	while (s.nrows < 5 && s.nrows < s.n) {
		s.rows[s.nrows] = relation_child(r, parent, s.nrows);
		s.nrows++;
	}
	s.last = relation_child(r, parent, s.n - 1);
	return s;
}

/* The key that others complete for the children of ${fk}'s parents. */
static const char *joint_of(const struct look *x, uint32_t fk)
{
	for (uint32_t i = 0; i < x->b->nkeys; i++)
		if (x->b->keys[i].joint && x->b->keys[i].ranking_fk == (int)fk)
			return x->b->keys[i].name;
	return "";
}

/* How a law chooses, of all parents or of those that agree with a base. */
static const char *law_words(struct plan_how h)
{
	static const struct {
		const char *all, *agreeing;
	} words[PLAN_LAWS] = {
		[PLAN_LAW_UNIFORM] = {"picked at random, all parents alike",
			"picked among the parents that agree with"},
		[PLAN_LAW_ROUND_ROBIN] = {.all = "the parents in turn"},
		[PLAN_LAW_ZIPF] = {.all = "picked at random, few parents often"},
		[PLAN_LAW_WEIGHTED] = {.all = "picked at random, in proportion to a weight"},
		[PLAN_LAW_FAN_OUT] = {.all = "each parent has a number of children, fixed "
					     "beforehand"},
		[PLAN_LAW_ONE_TO_ONE] = {.all = "a bijection: no parent is picked twice"},
		[PLAN_LAW_FOREST] = {"roots first, then rows whose parent is before them",
			"roots first, then rows whose parent is before them, among children of"},
		[PLAN_LAW_CYCLE] = {.agreeing = "the next in a ring of the children of"},
	};

	if (!how_picks(h))
		return h.all_null ? "NULL in every row" : "left to the columns' own generators";
	if (how_even(h))
		return "parents share the rows evenly";
	if (how_ranks_draws(h) && how_alone(h))
		return "the row's place among shares of the rows, each parent's as large as its "
		       "odds";
	return how_agrees(h) ? words[h.law].agreeing : words[h.law].all;
}

const char *look_mode(struct look *x, uint32_t fk)
{
	const struct program_fk *b = &x->b->fks[fk];
	const struct plan_fk *f = &x->b->t->fks[fk];
	const struct pg_constraint *cons = x->b->t->table->cons;
	const char *how = law_words(b->how);

	for (uint32_t i = 0; i < x->b->ntwins; i++) {
		const struct program_twins *t = &x->b->twins[i];
		uint32_t other = t->first == fk ? t->second : t->first;

		if (t->first != fk && t->second != fk)
			continue;
		if (t->key >= 0 || t->low >= 0)
			return look_printf(x, "%s, in order with %s",
				t->key >= 0 ? "of a pair of parents that no other row has"
					    : "picked at random",
				cons[x->b->t->fks[other].con].name);
		if (t->second == fk && b->completes < 0)
			return look_printf(x, "picked at random, but not the parent of %s",
				cons[x->b->t->fks[other].con].name);
	}
	if (b->completes >= 0 && x->b->keys[b->completes].joint)
		return look_printf(x,
			"of the parents that agree with %s, the one that the row's place among its "
			"children has in a bijection for key %s: no combination comes twice",
			cons[x->b->t->fks[f->base].con].name, x->b->keys[b->completes].name);
	if (b->completes >= 0)
		return look_printf(x,
			"the element that the row's place among the children of its %s has in a "
			"bijection: no pair comes twice",
			cons[x->b->t->fks[x->b->keys[b->completes].ranking_fk].con].name);
	if (how_agrees(b->how))
		return look_printf(x, "%s %s", how, cons[x->b->t->fks[f->base].con].name);
	if (engine_row_relation(&x->how, fk)->cum != NULL && !how_ranks_draws(b->how))
		return look_printf(x,
			"parents share the rows in proportion to how they can complete key %s%s",
			joint_of(x, fk), f->shuffled ? ", siblings apart" : "");
	return look_printf(x, "%s%s%s%s%s", how, f->shuffled ? ", siblings apart" : "",
		f->cover ? ", every parent at least once" : "",
		f->where != NULL ? ", of the parents where " : "",
		f->where != NULL ? f->where : "");
}
