/* SPDX-License-Identifier: MIT */
/*
 * Foreign keys from a table to itself: forests and cycles. A parent always has a
 * smaller row number in a forest, so that no cycle can arise and depth is bounded
 * by levels: level0[i] is the first row of level i. A forest within the children of
 * another foreign key (tree_within) does the same among siblings, by their rank.
 * Cycles follow a permutation of the siblings.
 */
#include "common/relation/foreign_tree.h"

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/relation/foreign_listed.h"

/* ---- shapes ------------------------------------------------------------------------------ */

/* Each level is twice as large as the one above it, as far as the rows go. Forty
 * levels are more than any number of rows can fill. */
static int shape_forest(struct relation *r, const struct plan_fk *f, struct arena *a, struct err *e)
{
	uint64_t left, at;
	uint32_t deep = f->max_depth < 40 ? f->max_depth : 40;

	r->null_below = 0;
	r->roots = f->roots > r->least_roots ? f->roots : r->least_roots;
	r->roots = r->roots < r->rows ? r->roots : r->rows;
	r->own_roots = f->own_roots;
	left = r->rows - r->roots;
	if (deep == 0)
		return 0;
	if ((r->level0 = arena_array(a, deep + 2UL, sizeof(uint64_t))) == NULL)
		return err_nomem(e);
	r->level0[1] = at = r->roots;
	for (r->nlevels = 1; left > 0; r->nlevels++) {
		uint64_t parts = (UINT64_C(2) << (deep - r->nlevels)) - 1, n = left / parts;

		n = n > 0 ? n : 1;
		at += n;
		left -= n;
		r->level0[r->nlevels + 1] = at;
	}
	return 0;
}

/* The sizes differ from parent to parent, so that levels are computed for each
 * row by tree_within(). The engine sets r->within, the relation whose children
 * the forest is among. */
static void shape_within(struct relation *r, const struct plan_fk *f)
{
	r->root_share = rng_share(f->root_share);
	r->null_below = 0;
	r->roots = f->roots;
	r->own_roots = f->own_roots;
	r->max_depth = f->max_depth < 40 ? f->max_depth : 40;
}

int tree_shape(struct relation *r, const struct plan_fk *f, struct arena *a, struct err *e)
{
	if (!how_forest(r->how))
		return 0;
	if (!how_agrees(r->how))
		return shape_forest(r, f, a, e);
	shape_within(r, f);
	return 0;
}

/* ---- picks -------------------------------------------------------------------------------- */

uint64_t tree_root(const struct relation *r, uint64_t k, uint64_t roots)
{
	return (k + r->turn) % roots;
}

/* A row's parent is drawn from the level above it, or from all rows before it if
 * depth is not limited. */
static uint64_t pick_tree(const struct relation *r, uint64_t row)
{
	uint64_t draw = rng_at(r->key, row);
	uint32_t level = 1;

	if (row < r->roots)
		return r->own_roots ? tree_root(r, row, r->roots) : UINT64_MAX;
	if (r->nlevels == 0)
		return rng_below(draw, row);
	while (row >= r->level0[level + 1])
		level++;
	return r->level0[level - 1] + rng_below(draw, r->level0[level] - r->level0[level - 1]);
}

/* The level that the k-th of n siblings is on, by walking down the levels. Each
 * takes its share of what is left, so that the last level ends with the last
 * sibling. */
struct level_place tree_within(const struct relation *r, uint64_t k, uint64_t n)
{
	unsigned __int128 share = (unsigned __int128)n * r->root_share + ((uint64_t)1 << 63);
	uint64_t roots = r->roots > 0 ? r->roots : (uint64_t)(share >> 64), left;
	struct level_place at;

	roots = roots > r->least_roots ? roots : r->least_roots;
	roots = roots > 0 ? roots : 1;
	at = (struct level_place){.roots = roots < n ? roots : n};
	if (k < at.roots || r->max_depth == 0)
		return at;
	left = n - at.roots;
	at.first = at.roots;
	for (at.level = 1;; at.level++) {
		uint64_t parts = (UINT64_C(2) << (r->max_depth - at.level)) - 1;

		at.n = left / parts > 0 ? left / parts : 1;
		if (at.level == r->max_depth || k < at.first + at.n)
			return at;
		at.above = at.first;
		at.first += at.n;
		left -= at.n;
	}
}

/* For the k-th of n siblings, its parent's place among them, as pick_tree() has
 * it among all rows; UINT64_MAX for a root without one. */
static uint64_t place_within(const struct relation *r, uint64_t k, uint64_t n, uint64_t draw)
{
	struct level_place at = tree_within(r, k, n);

	if (k < at.roots)
		return r->own_roots ? tree_root(r, k, at.roots) : UINT64_MAX;
	if (r->max_depth == 0)
		return rng_below(draw, k);
	return at.above + rng_below(draw, at.first - at.above);
}

static uint64_t pick_within(const struct relation *r, uint64_t row)
{
	uint64_t p, k, at;

	relation_listed_place(r->within, row, &p, &k);
	at = place_within(r, k, relation_count(r->within, p), rng_at(r->key, row));
	if (at == UINT64_MAX)
		return UINT64_MAX;
	return relation_child(r->within, p, at);
}

/* A keyed bijection of the siblings puts them into one cycle: each refers to the
 * one that comes after it. No row is its own parent unless it has no siblings. */
static void pick_cycle(const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent)
{
	uint64_t p, k, last = UINT64_MAX, size = 0;
	struct perm q;

	for (uint32_t i = 0; i < n; i++) {
		relation_listed_place(r->within, row[i], &p, &k);
		if (i == 0 || p != last) {
			size = relation_count(r->within, p);
			perm_init(&q, rng_subkey(r->key, p), size);
		}
		last = p;
		k = perm_inv(&q, k) + 1;
		parent[i] = relation_child(r->within, p, perm_at(&q, k < size ? k : 0));
	}
}

void tree_pick(const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent)
{
	if (how_cycles(r->how)) {
		pick_cycle(r, row, n, parent);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		parent[i] = r->how.eligible == PLAN_ELIGIBLE_ALL ? pick_tree(r, row[i])
								 : pick_within(r, row[i]);
}
