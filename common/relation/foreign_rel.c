/* SPDX-License-Identifier: MIT */
/*
 * Which parent a row has, as a function of the row's number. relation_pick()
 * answers it for a block; relation_place() also gives the row's rank among its
 * siblings. No index is ever built, so that any range of rows can be made alone.
 * Laws are combined with a shuffle of rows, a list of eligible parents and a share
 * of NULLs, each applied in its own step. The way back, from a parent to its
 * children, is in foreign_listed.c.
 */
#include "common/relation/foreign.h"

#include <assert.h>
#include <stdio.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/relation/foreign_listed.h"
#include "common/relation/foreign_rank.h"
#include "common/relation/foreign_tree.h"

void relation_init(struct relation *r, struct plan_how how, uint64_t key, uint64_t rows,
	uint64_t parents, double null_rate)
{
	*r = (struct relation){.how = how,
		.ranks_draws = how_ranks_draws(how),
		.key = key,
		.rows = rows,
		.parents = parents,
		.null_key = rng_subkey(key, 1),
		.partial.key = rng_subkey(key, 6),
		.null_below = rng_share(null_rate)};
	if (how_one_to_one(how)) {
		assert(parents > 0);
		perm_init(&r->perm, rng_subkey(key, 2), parents);
	}
}

/* How many rows of a fan-out have a parent: a fixed number, not a random one,
 * because the children have to be shared exactly. */
uint64_t relation_linked(uint64_t rows, double null_rate)
{
	return rows - (uint64_t)(((unsigned __int128)rows * rng_share(null_rate) +
					 ((unsigned __int128)1 << 63)) >>
				 64);
}

static int no_sharing(const struct relation *r, const struct plan_fan *f, struct err *e)
{
	char most[32] = "any number";

	if (f->max != UINT64_MAX)
		(void)snprintf(most, sizeof(most), "%s", num_people(f->max).s);
	return err_no(e, "fan_out_impossible",
		"%s rows cannot be shared among %s parents of %s to %s children each",
		num_people(r->linked).s, num_people(r->parents).s, num_people(f->min).s, most);
}

static int shape_fan(struct relation *r, const struct plan_fk *f, struct arena *a, struct err *e)
{
	int rc;

	r->linked = relation_linked(r->rows, f->null_rate);
	r->null_below = 0;
	rc = fan_init(&r->fan, &f->fan, rng_subkey(r->key, 3), r->linked, r->parents, a);
	return rc == 0 ? 0 : rc == -1 ? err_nomem(e) : no_sharing(r, &f->fan, e);
}

int relation_shape(struct relation *r, const struct plan_fk *f, struct arena *a, struct err *e)
{
	if (r->how.law == PLAN_LAW_FAN_OUT && shape_fan(r, f, a, e) == -1)
		return -1;
	if (r->ranks_draws && rank_shape(r, f, a, e) == -1)
		return -1;
	if (r->how.law == PLAN_LAW_ZIPF && !r->ranks_draws &&
		fan_odds(&r->fan, f->fan.s, rng_subkey(r->key, 3), r->parents, a) == -1)
		return err_nomem(e);
	if (tree_shape(r, f, a, e) == -1)
		return -1;
	r->shuffled = f->shuffled && how_enumerable(r->how) && r->rows > 0;
	if (r->shuffled)
		perm_init(&r->shuffle, rng_subkey(r->key, 4), r->rows);
	/* enumerable ones too: it was to be picked at random, until a key wanted it ranked */
	r->cover = f->cover && (how_alone(r->how) || how_enumerable(r->how));
	if (r->cover && r->rows < r->parents)
		return err_no(e, "fan_out_impossible", "%s rows cannot cover %s parents",
			num_people(r->rows).s, num_people(r->parents).s);
	if (r->cover)
		perm_init(&r->perm, rng_subkey(r->key, 2), r->parents);
	return 0;
}

/* Has the relation complete a unique key: its parent is a digit of a bijection
 * over the siblings that the other relation gives. */
void relation_pair(
	struct relation *r, const struct relation *with, uint64_t key, uint64_t total, uint64_t div)
{
	assert(how_enumerable(with->how));
	r->paired_with = with;
	r->pair_key = key; /* not r->key, which the NULLs are drawn by */
	r->div = div;
	perm_init(&r->perm, key, total);
}

void relation_place(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k)
{
	if (r->ranks_draws)
		rank_place(r, row, parent, k);
	else
		relation_listed_place(r, row, parent, k);
}

/* Whether rows with one parent follow one another in a fan-out: fan_run() then has all of them. */
static bool is_clustered(const struct relation *r)
{
	return r->how.law == PLAN_LAW_FAN_OUT && !r->ranks_draws && !r->shuffled &&
	       r->linked == r->rows;
}

/* For each row, how many siblings it has, itself included. Neighbours mostly
 * have one parent, so it is counted once for each run. */
void relation_siblings(const struct relation *r, const uint64_t *row, uint32_t n, int64_t *count)
{
	uint64_t last = UINT64_MAX, p, k, first = 0, run = 0;
	int64_t have = 0;

	if (is_clustered(r)) {
		for (uint32_t i = 0; i < n; i++) {
			if (row[i] - first >= run)
				fan_run(&r->fan, row[i], &p, &first, &run);
			count[i] = (int64_t)run;
		}
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		relation_place(r, row[i], &p, &k);
		if (p != last)
			have = p == UINT64_MAX ? 0 : (int64_t)relation_count(r, p);
		last = p;
		count[i] = have;
	}
}

/* Rows of a block are neighbours, so it walks from sibling to sibling and
 * divides only where a new parent begins. */
static void pick_balanced(
	const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k)
{
	uint64_t p = 0, first = 0, end = 0, kth;

	for (uint32_t i = 0; i < n; i++) {
		if (row[i] < first || row[i] >= end) {
			relation_share(r, r->rows, row[i], &p, &kth);
			first = row[i] - kth;
			end = relation_first(r, r->rows, p + 1);
		}
		parent[i] = p;
		if (k != NULL)
			k[i] = row[i] - first;
	}
}

/* The k-th child of a parent takes the k-th element of a bijection keyed by that
 * parent: siblings never have equal digits, and so the key is distinct. */
static void pick_paired(const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent)
{
	struct perm q = r->perm;
	uint64_t p, k, last = 0;

	for (uint32_t i = 0; i < n; i++) {
		relation_place(r->paired_with, row[i], &p, &k);
		if (i == 0 || p != last)
			perm_rekey(&q, rng_subkey(r->pair_key, p));
		last = p;
		parent[i] = perm_at(&q, k < q.n ? k : k % q.n) / r->div % r->parents;
	}
}

/* Siblings of a clustered fan-out follow one another: ask for the parent once. */
static void pick_fan_clustered(
	const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k)
{
	uint64_t p = 0, first = 0, count = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (row[i] - first >= count)
			fan_run(&r->fan, row[i], &p, &first, &count);
		parent[i] = p;
		if (k != NULL)
			k[i] = row[i] - first;
	}
}

static void pick_placed(
	const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k)
{
	uint64_t kth;

	for (uint32_t i = 0; i < n; i++)
		relation_place(r, row[i], &parent[i], k != NULL ? &k[i] : &kth);
}

/* How many rows at the front of a block are those that cover the parents. */
static uint32_t covering(const struct relation *r, const uint64_t *row, uint32_t n)
{
	uint32_t i = 0;

	while (r->cover && i < n && row[i] < r->parents)
		i++;
	return i;
}

/* Independent draws. If parents are to be covered the first rows go through a
 * permutation, one to each; nothing is drawn for those at the front of a block, which are nearly
 * all of them. */
static void pick_alone(const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent)
{
	uint64_t second = rng_subkey(r->key, 5);
	uint32_t front = covering(r, row, n);

	perm_many(&r->perm, row, front, parent);
	row += front;
	parent += front;
	n -= front;
	if (r->how.law == PLAN_LAW_ZIPF)
		fan_pick(&r->fan, r->key, second, row, n, parent);
	else if (r->how.law == PLAN_LAW_WEIGHTED)
		for (uint32_t i = 0; i < n; i++)
			parent[i] = alias_pick(r->alias_table, r->parents, r->total,
				rng_at(r->key, row[i]), rng_at(second, row[i]));
	else
		for (uint32_t i = 0; i < n; i++)
			parent[i] = rng_below(rng_at(r->key, row[i]), r->parents);
	for (uint32_t i = 0; r->cover && i < n; i++)
		if (row[i] < r->parents)
			parent[i] = perm_at(&r->perm, row[i]);
}

static void no_parents(uint32_t n, uint64_t *parent)
{
	for (uint32_t i = 0; i < n; i++)
		parent[i] = UINT64_MAX;
}

/* Whether the row is the child that its parent must have. Such a row is never
 * made NULL. */
static bool covers(const struct relation *r, uint64_t row)
{
	uint64_t parent, k;

	if (!r->cover)
		return false;
	if (how_alone(r->how) && !r->ranks_draws)
		return row < r->parents;
	relation_place(r, row, &parent, &k);
	return k == 0;
}

/* A row may have no parent. That is drawn independently of which parent it would
 * have had. */
static void some_nulls(const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent)
{
	if (r->null_below > 0)
		for (uint32_t i = 0; i < n; i++)
			if (rng_at(r->null_key, row[i]) < r->null_below && !covers(r, row[i]))
				parent[i] = UINT64_MAX;
}

/* Laws number the eligible parents; the list turns these numbers into rows of
 * the parent. */
static void listed(const struct relation *r, uint32_t n, uint64_t *parent)
{
	for (uint32_t i = 0; r->eligible != NULL && i < n; i++)
		if (parent[i] != UINT64_MAX)
			parent[i] = r->eligible[parent[i]];
}

/* The law, then the list, then NULLs. A pairing with a unique key, or ranks,
 * come before the law. */
void relation_pick(
	const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k)
{
	if (r->paired_with != NULL) {
		pick_paired(r, row, n, parent);
		listed(r, n, parent);
		some_nulls(r, row, n, parent);
		return;
	}
	if (r->ranks_draws) {
		pick_placed(r, row, n, parent, k);
		listed(r, n, parent);
		some_nulls(r, row, n, parent);
		return;
	}
	switch (r->how.law) {
	case PLAN_LAW_UNIFORM:
		if (how_follows(r->how)) /* by another's parent: foreign_correlated() */
			no_parents(n, parent);
		else if (!r->how.ranked)
			pick_alone(r, row, n, parent);
		else if (r->shuffled)
			pick_placed(r, row, n, parent, k);
		else
			pick_balanced(r, row, n, parent, k);
		break;
	case PLAN_LAW_ZIPF:
	case PLAN_LAW_WEIGHTED:
		pick_alone(r, row, n, parent);
		break;
	case PLAN_LAW_ONE_TO_ONE:
		perm_many(&r->perm, row, n, parent);
		break;
	case PLAN_LAW_FAN_OUT:
		if (is_clustered(r))
			pick_fan_clustered(r, row, n, parent, k);
		else
			pick_placed(r, row, n, parent, k);
		break;
	case PLAN_LAW_ROUND_ROBIN:
		pick_placed(r, row, n, parent, k);
		break;
	case PLAN_LAW_FOREST:
	case PLAN_LAW_CYCLE:
		tree_pick(r, row, n, parent);
		break;
	case PLAN_LAW_NONE:
	case PLAN_LAWS:
		no_parents(n, parent);
		break;
	}
	listed(r, n, parent);
	some_nulls(r, row, n, parent);
}
