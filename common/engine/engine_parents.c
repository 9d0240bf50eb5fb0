/* SPDX-License-Identifier: MIT */
#include "common/engine/engine_int.h"

#include "common/base/err.h"
#include "common/base/rng.h"

/* Of a block's rows: whom each has for parents, and its place in the bijections of unique keys. */

/* Which parent each row has by a foreign key. The relation is copied into the
 * block first, since attempts use other streams of it. */
int engine_pick(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct table_program *b = k->b;
	uint32_t f = op->at, base = b->t->fks[f].base;
	struct relation *r = &k->relations[f];

	(void)e;
	*r = *foreign_relation(k->fc, f);
	if (how_redraws(r->how) && b->fks[f].completes < 0)
		r->key = engine_attempt_stream(k, r->key, b->fks[f].tied);
	r->null_key = engine_attempt_stream(k, r->null_key, b->fks[f].tied);
	if (how_follows(r->how) && b->fks[f].completes >= 0)
		return 0; /* with the others of its key */
	if (how_follows(r->how))
		foreign_correlated(k->fc, f, r,
			engine_values_at(k, base, partial_followed(b->t, f)), k->row, k->n,
			k->parent[f], k->k[f]);
	else
		relation_pick(r, k->row, k->n, k->parent[f], k->k[f]);
	if (r->partial.nmasks == 0)
		return 0;
	r->partial.key = engine_attempt_stream(k, r->partial.key, b->fks[f].tied);
	relation_others(r, k->row, k->n, k->parent[f], k->other[f], k->nulls[f]);
	return 0;
}

/* The rows of the parent at which some columns of a key are read: the row's
 * parent, or, for rows that are NULL in part, the one that their other columns
 * are taken from. */
const uint64_t *engine_values_at(const struct engine_block *k, uint32_t fk, uint32_t columns)
{
	if (k->relations[fk].partial.nmasks == 0)
		return k->parent[fk];
	relation_values(k->parent[fk], k->other[fk], k->nulls[fk], k->n, columns, k->idx);
	return k->idx;
}

/* The row's rank among its parent's children, or how many these are, from 1;
 * NULL without a parent. */
int engine_rank(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_gather *g = &k->b->gathers[op->at];
	struct vec *v = &k->gathers[op->at];
	const struct relation *r = &k->relations[g->fk];
	bool off = how_off(k->b->fks[g->fk].how), one = how_one_to_one(r->how);

	(void)e;
	v->n = k->n;
	v->has_null = false;
	if (g->from == GEN_SIBLINGS && !one && !off)
		relation_siblings(r, k->row, k->n, v->v.i);
	for (uint32_t i = 0; i < k->n; i++) {
		if (off || k->parent[g->fk][i] == UINT64_MAX)
			vec_set_null(v, i);
		else if (one)
			v->v.i[i] = 1;
		else if (g->from == GEN_NUMBER)
			v->v.i[i] = (int64_t)k->k[g->fk][i] + 1;
	}
	return 0;
}

/* The rows of the parent that a value is read at. */
static const uint64_t *rows_of(const struct engine_block *k, const struct program_gather *g)
{
	return g->member != 0 ? engine_values_at(k, g->fk, g->member) : k->parent[g->fk];
}

/* Reads a column of the parents from their snapshot. A foreign key that is NULL
 * in every row has no snapshot, and gives NULLs. */
int engine_read(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_gather *g = &k->b->gathers[op->at];
	struct vec *v = &k->gathers[op->at];

	(void)e;
	if (k->handles[op->at] != -1) {
		keys_gather(foreign_keys(k->fc, g->fk), k->handles[op->at], rows_of(k, g), k->n, v);
		return 0;
	}
	v->n = k->n;
	for (uint32_t i = 0; i < k->n; i++)
		vec_set_null(v, i);
	return 0;
}

/* Makes the parents' rows with a nested engine and takes all values that are
 * read of them, at once. */
int engine_recompute(struct engine_block *k, const struct operation *op, struct err *e)
{
	struct engine_recomputed *p = k->recomputed_parents[op->at];

	if (engine_recomputed_make(p, engine_values_at(k, op->at, 0), k->n, e) == -1)
		return -1;
	for (uint32_t i = 0; i < op->nwrites; i++) {
		uint32_t g = op->writes[i].at;

		engine_recomputed_read(p, k->b->gathers[g].column, rows_of(k, &k->b->gathers[g]),
			k->n, &k->gathers[g]);
	}
	return 0;
}

/* The row-th place that is not taken by rows that the database has already.
 * taken[] is sorted, so that it is found by halving. */
static uint64_t pass_over(const struct program_key *key, uint64_t row)
{
	uint32_t lo = 0, hi = key->ntaken;

	while (lo < hi) { /* taken[i] - i places before it are free */
		uint32_t mid = lo + (hi - lo) / 2;

		if (key->taken[mid] - mid <= row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return row + lo;
}

/* A place in the bijection of a key. Rows beyond the room of a partial key are
 * marked; they get a place too, but will not meet the predicate. */
static uint64_t within(const struct program_key *key, uint64_t at, bool *beyond)
{
	if (!key->partial)
		return at;
	*beyond = key->closed || at >= key->size;
	return at % key->size;
}

/* The value of a key's bijection for every row: of the row's number, or of its
 * rank among siblings with a bijection for each parent. Distinct arguments give
 * distinct values. */
int engine_digits(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_key *key = &k->keys[op->at];
	const struct relation *r;
	struct perm p;
	uint64_t *x = k->digits[op->at], parent, kth, last = 0;
	bool *beyond = k->beyond[op->at];

	(void)e;
	perm_init(&p, key->key, key->size);
	for (uint32_t i = 0; i < k->n && key->partial && key->ranking_fk < 0; i++)
		k->idx[i] = within(key, k->row[i], &beyond[i]);
	if (key->ranking_fk < 0 && key->ntaken == 0) {
		perm_many(&p, key->partial ? k->idx : k->row, k->n, x);
		return 0;
	}
	if (key->ranking_fk < 0) {
		for (uint32_t i = 0; i < k->n; i++)
			x[i] = perm_at(&p, pass_over(key, k->row[i]));
		return 0;
	}
	r = &k->relations[key->ranking_fk];
	for (uint32_t i = 0; i < k->n; i++) {
		parent = k->parent[key->ranking_fk][i];
		kth = k->k[key->ranking_fk][i];
		if (parent == UINT64_MAX)
			relation_place(r, k->row[i], &parent, &kth);
		if (key->ranked) {
			x[i] = kth;
			continue;
		}
		if (i == 0 || parent != last)
			perm_rekey(&p, rng_subkey(key->key, parent));
		last = parent;
		x[i] = perm_at(&p, within(key, kth, &beyond[i]));
	}
	return 0;
}
