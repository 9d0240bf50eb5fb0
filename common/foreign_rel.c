/* SPDX-License-Identifier: MIT */
#include "common/foreign.h"

#include <assert.h>

#include "common/rng.h"

/* A float appears once, here: a share becomes an integer before any row is drawn. */
uint64_t share_below(double rate)
{
	if (!(rate > 0))
		return 0;
	if (rate >= 1)
		return UINT64_MAX;
	return (uint64_t)(rate * 18446744073709551616.0);
}

void relation_init(struct relation *r, enum plan_fk_mode mode, uint64_t key, uint64_t rows,
	uint64_t parents, double null_rate)
{
	*r = (struct relation){.mode = mode,
		.key = key,
		.rows = rows,
		.parents = parents,
		.null_key = rng_subkey(key, 1),
		.null_below = share_below(null_rate)};
	if (mode == PLAN_FK_ONE_TO_ONE) {
		assert(parents > 0);
		perm_init(&r->perm, rng_subkey(key, 2), parents);
	}
}

void relation_pair(
	struct relation *r, const struct relation *with, uint64_t key, uint64_t total, uint64_t div)
{
	assert(relation_enumerable(with->mode) && relation_most(with) <= total);
	r->with = with;
	r->key = key;
	r->div = div;
	perm_init(&r->perm, key, total);
}

bool relation_enumerable(enum plan_fk_mode mode)
{
	return mode == PLAN_FK_BALANCED || mode == PLAN_FK_ROUND_ROBIN;
}

uint64_t relation_most(const struct relation *r)
{
	return r->rows / r->parents + (r->rows % r->parents != 0);
}

/* floor(a * b / c), where the result fits */
static uint64_t muldiv(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t p;

	if (!__builtin_mul_overflow(a, b, &p))
		return p / c;
	return (uint64_t)((unsigned __int128)a * b / c);
}

/* Parent p's children are rows [floor(p N / P), floor((p + 1) N / P)). */
static void place_balanced(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k)
{
	uint64_t p = (uint64_t)(((unsigned __int128)(row + 1) * r->parents - 1) / r->rows);

	*parent = p;
	*k = row - muldiv(p, r->rows, r->parents);
}

void relation_place(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k)
{
	if (r->mode == PLAN_FK_BALANCED) {
		place_balanced(r, row, parent, k);
		return;
	}
	*parent = row % r->parents;
	*k = row / r->parents;
}

void relation_children(
	const struct relation *r, uint64_t parent, uint64_t *first, uint64_t *step, uint64_t *count)
{
	if (r->mode == PLAN_FK_BALANCED) {
		*first = muldiv(parent, r->rows, r->parents);
		*step = 1;
		*count = muldiv(parent + 1, r->rows, r->parents) - *first;
		return;
	}
	*first = parent;
	*step = r->parents;
	*count = parent < r->rows ? (r->rows - parent - 1) / r->parents + 1 : 0;
}

uint64_t relation_nth(const struct perm *p, uint64_t key, uint64_t of, uint64_t k)
{
	struct perm q = *p;

	perm_rekey(&q, rng_subkey(key, of));
	return perm_at(&q, k);
}

/* Rows of a block are neighbours: walk from sibling to sibling, divide at a new parent only. */
static void pick_balanced(
	const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k)
{
	uint64_t p = 0, first = 0, end = 0, kth;

	for (uint32_t i = 0; i < n; i++) {
		if (row[i] < first || row[i] >= end) {
			place_balanced(r, row[i], &p, &kth);
			first = row[i] - kth;
			end = muldiv(p + 1, r->rows, r->parents);
		}
		parent[i] = p;
		if (k != NULL)
			k[i] = row[i] - first;
	}
}

static void pick_paired(const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent)
{
	struct perm q = r->perm;
	uint64_t p, k, last = UINT64_MAX;

	for (uint32_t i = 0; i < n; i++) {
		relation_place(r->with, row[i], &p, &k);
		if (p != last)
			perm_rekey(&q, rng_subkey(r->key, p));
		last = p;
		parent[i] = perm_at(&q, k) / r->div % r->parents;
	}
}

void relation_pick(
	const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent, uint64_t *k)
{
	uint64_t kth;

	if (r->with != NULL) {
		pick_paired(r, row, n, parent);
	} else {
		switch (r->mode) {
		case PLAN_FK_UNIFORM:
			for (uint32_t i = 0; i < n; i++)
				parent[i] = rng_below(rng_at(r->key, row[i]), r->parents);
			break;
		case PLAN_FK_ONE_TO_ONE:
			for (uint32_t i = 0; i < n; i++)
				parent[i] = perm_at(&r->perm, row[i]);
			break;
		case PLAN_FK_BALANCED:
			pick_balanced(r, row, n, parent, k);
			break;
		case PLAN_FK_ROUND_ROBIN:
			for (uint32_t i = 0; i < n; i++)
				relation_place(r, row[i], &parent[i], k != NULL ? &k[i] : &kth);
			break;
		case PLAN_FK_OFF:
		case PLAN_FK_NULL:
			for (uint32_t i = 0; i < n; i++)
				parent[i] = UINT64_MAX;
			break;
		}
	}
	if (r->null_below > 0)
		for (uint32_t i = 0; i < n; i++)
			if (rng_at(r->null_key, row[i]) < r->null_below)
				parent[i] = UINT64_MAX;
}
