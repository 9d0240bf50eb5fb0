/* SPDX-License-Identifier: MIT */
/*
 * Relations that draw their parents at random and still know each child's rank
 * among its siblings. A unique key or a line number needs that rank, and a row's
 * number alone has to give it. So the rows are shuffled by a permutation, the
 * shuffled positions are dealt out in order, and the rank is the position within
 * the parent's part. The result looks like independent draws, and nothing is
 * counted.
 */
#include "common/relation/foreign_rank.h"

#include <assert.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/relation/foreign_listed.h"
#include "common/relation/foreign_tree.h"

enum { SHUFFLE = 4, LEVEL = 6 }; /* purposes of a relation's key */

/* ---- parents that are picked ------------------------------------------------------------ */

int rank_shape(struct relation *r, const struct plan_fk *f, struct arena *a, struct err *e)
{
	struct plan_fan fan = {f->cover, UINT64_MAX, PLAN_DIST_ZIPF, f->fan.s, NULL, 0};

	r->most = r->rows;
	r->least = f->cover;
	if (r->rows > 0)
		perm_init(&r->shuffle, rng_subkey(r->key, SHUFFLE), r->rows);
	if (r->how.law != PLAN_LAW_ZIPF)
		return 0;
	switch (fan_init(&r->fan, &fan, rng_subkey(r->key, 3), r->rows, r->parents, a)) {
	case 0:
		return 0;
	case 1:
		return err_set(e, ERR_NO, "its rows cannot cover its parents");
	default:
		return err_nomem(e);
	}
}

/* Deals by weight. If all parents are to be covered the first positions give
 * each parent one child, and only the others are dealt by weight. */
static void place_weighted(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k)
{
	uint64_t at = perm_at(&r->shuffle, row), covered = r->cover ? r->parents : 0;

	if (at < covered) {
		*parent = at;
		*k = 0;
		return;
	}
	relation_share(r, r->rows - covered, at - covered, parent, k);
	*k += r->cover;
}

/* ---- trees ------------------------------------------------------------------------------- */

/* Rows [first, first + n) have their parents among [above, above + parents). */
struct span {
	uint64_t first, n, above, parents;
	uint32_t level; /* roots: 0 */
	bool all;	/* those before it, all of them */
};

/* The level of a row in a tree without a depth limit, where each level has as
 * many rows as all before it; 0 is a root. */
static uint32_t doubling(uint64_t row, uint64_t roots, uint64_t *first)
{
	uint32_t level = 0;

	for (*first = 0; row >= (*first == 0 ? roots : *first << 1); level++)
		*first = *first == 0 ? roots : *first << 1;
	return level;
}

/* The rows of the row's level and the rows above that can be its parents: all of
 * them. */
static struct span unbounded(uint64_t row, uint64_t roots)
{
	struct span s = {.all = true};

	s.level = doubling(row, roots, &s.first);
	s.n = s.parents = s.level == 0 ? roots : s.first;
	return s;
}

/* Deals the rows of one level to the rows above it through a permutation of the
 * level. With all set, a row gets one child from each later level, so its rank
 * is the number of levels between. Otherwise the level is shared evenly. */
static void place_in_span(const struct span *s, uint64_t key, uint64_t roots, uint64_t row,
	uint64_t *parent, uint64_t *k)
{
	uint64_t at, first;
	struct perm p;

	perm_init(&p, rng_subkey(key, s->level), s->n);
	at = perm_at(&p, row - s->first);
	if (s->all) {
		*parent = at;
		*k = s->level - doubling(at, roots, &first) - 1;
		return;
	}
	*parent = (uint64_t)(((unsigned __int128)(at + 1) * s->parents - 1) / s->n);
	*k = at - (uint64_t)((unsigned __int128)*parent * s->n / s->parents);
	*parent += s->above;
}

/* Finds the row's level and deals there. Where roots have roots for parents, mostly
 * themselves, each has one as its first child, and others are one rank later. */
static void place_in_forest(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k)
{
	struct span s = {.level = 1};

	if (row < r->roots) {
		*parent = r->own_roots ? tree_root(r, row, r->roots) : UINT64_MAX;
		*k = 0;
		return;
	}
	if (r->nlevels == 0) {
		s = unbounded(row, r->roots);
	} else {
		while (row >= r->level0[s.level + 1])
			s.level++;
		s.first = r->level0[s.level];
		s.n = r->level0[s.level + 1] - s.first;
		s.above = r->level0[s.level - 1];
		s.parents = s.first - s.above;
	}
	place_in_span(&s, rng_subkey(r->key, LEVEL), r->roots, row, parent, k);
	*k += r->own_roots && *parent < r->roots;
}

/* The same within the children of another foreign key's parent: places are
 * counted among siblings, and relation_child() turns them into rows. */
static void place_within(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k)
{
	struct level_place at;
	struct span s;
	uint64_t p, kth;

	relation_listed_place(r->within, row, &p, &kth);
	at = tree_within(r, kth, relation_count(r->within, p));
	if (kth < at.roots) {
		kth = r->own_roots ? tree_root(r, kth, at.roots) : UINT64_MAX;
		*parent = kth != UINT64_MAX ? relation_child(r->within, p, kth) : kth;
		*k = 0;
		return;
	}
	s = r->max_depth == 0 ? unbounded(kth, at.roots)
			      : (struct span){.first = at.first,
					.n = at.n,
					.above = at.above,
					.parents = at.first - at.above,
					.level = at.level};
	place_in_span(&s, rng_subkey(rng_subkey(r->key, LEVEL), p), at.roots, kth, parent, k);
	*k += r->own_roots && *parent < at.roots;
	*parent = relation_child(r->within, p, *parent);
}

/* One function for each law. Rows of a uniform law get here only if they have no
 * parent: the others were placed by foreign_correlated(). */
void rank_place(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k)
{
	assert(r->ranks_draws);
	if (r->how.law ==
		PLAN_LAW_UNIFORM) { /* foreign_correlated() has placed those that have a parent */
		*parent = UINT64_MAX;
		*k = 0;
	} else if (r->how.law == PLAN_LAW_WEIGHTED)
		place_weighted(r, row, parent, k);
	else if (r->how.law == PLAN_LAW_FOREST && r->how.eligible == PLAN_ELIGIBLE_ALL)
		place_in_forest(r, row, parent, k);
	else if (r->how.law == PLAN_LAW_FOREST)
		place_within(r, row, parent, k);
	else
		fan_place(&r->fan, perm_at(&r->shuffle, row), parent, k);
}
