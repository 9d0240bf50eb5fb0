/* SPDX-License-Identifier: MIT */
#include "common/engine/engine_int.h"

#include "common/base/err.h"
#include "common/base/rng.h"

/* Of a block's rows: whom each has for parents, and its place in the bijections of unique keys. */

/* Which parent each row has by a foreign key. */
static void pick_parent(struct engine_block *k, uint32_t f)
{
	const struct bound *b = k->b;
	struct relation *r = &k->relations[f];
	uint32_t base = b->t->fks[f].base;

	*r = *foreign_relation(k->fc, f);
	if (relation_drawn(r->mode) && b->fks[f].pair < 0 && !r->counted)
		r->key = engine_again(k, r->key, b->fks[f].tied);
	r->null_key = engine_again(k, r->null_key, b->fks[f].tied);
	if (r->mode == PLAN_FK_AMONG && b->fks[f].pair >= 0)
		return; /* with the others of its key */
	if (r->mode == PLAN_FK_AMONG)
		foreign_among(k->fc, f, r, engine_values_at(k, base, partial_followed(b->t, f)),
			k->row, k->n, k->parent[f], k->k[f]);
	else
		relation_pick(r, k->row, k->n, k->parent[f], k->k[f]);
	if (r->partial.nmasks == 0)
		return;
	r->partial.key = engine_again(k, r->partial.key, b->fks[f].tied);
	relation_others(r, k->row, k->n, k->parent[f], k->other[f], k->nulls[f]);
}

const uint64_t *engine_values_at(const struct engine_block *k, uint32_t fk, uint32_t columns)
{
	if (k->relations[fk].partial.nmasks == 0)
		return k->parent[fk];
	relation_values(k->parent[fk], k->other[fk], k->nulls[fk], k->n, columns, k->idx);
	return k->idx;
}

/* The row's place among its parent's children, or their number. */
static void place(const struct engine_block *k, uint32_t f, enum gen_from from, struct vec *v)
{
	const struct relation *r = &k->relations[f];
	bool one = r->mode == PLAN_FK_ONE_TO_ONE;

	v->n = k->n;
	v->has_null = false;
	if (from == GEN_SIBLINGS && !one && k->b->fks[f].mode != PLAN_FK_OFF)
		relation_siblings(r, k->row, k->n, v->v.i);
	for (uint32_t i = 0; i < k->n; i++) {
		if (k->parent[f][i] == UINT64_MAX || k->b->fks[f].mode == PLAN_FK_OFF)
			vec_set_null(v, i);
		else if (one)
			v->v.i[i] = 1;
		else if (from == GEN_NUMBER)
			v->v.i[i] = (int64_t)k->k[f][i] + 1;
	}
}

/* All of them, who follows another after it; and the values read there. */
int engine_parents(struct engine_block *k, struct err *e)
{
	const struct bound *b = k->b;

	for (int follow = 0; follow < 2; follow++)
		for (uint32_t f = 0; f < b->t->nfks; f++)
			if (b->fks[f].mode != PLAN_FK_OFF &&
				(b->fks[f].mode == PLAN_FK_AMONG) == follow)
				pick_parent(k, f);
	for (uint32_t i = 0; i < b->nkeys; i++)
		if (b->keys[i].joint)
			engine_joint(k, i);
	engine_twins(k);
	for (uint32_t f = 0; f < b->t->nfks; f++)
		if (b->fks[f].mode != PLAN_FK_OFF && k->peers[f] != NULL &&
			engine_peer_make(k->peers[f], engine_values_at(k, f, 0), k->n, e) == -1)
			return -1;
	for (uint32_t i = 0; i < b->ngathers; i++) {
		uint32_t f = b->gathers[i].fk;
		struct vec *v = &k->gathers[i];
		const uint64_t *at = k->parent[f];

		if (b->gathers[i].from != GEN_PARENT) {
			place(k, f, b->gathers[i].from, v);
			continue;
		}
		if (b->gathers[i].member != 0)
			at = engine_values_at(k, f, b->gathers[i].member);
		if (k->peers[f] != NULL) {
			engine_peer_read(k->peers[f], b->gathers[i].column, at, k->n, v);
			continue;
		}
		if (k->handles[i] != -1) {
			keys_gather(foreign_keys(k->fc, f), k->handles[i], at, k->n, v);
			continue;
		}
		v->n = k->n;
		for (uint32_t r = 0; r < k->n; r++)
			vec_set_null(v, r);
	}
	return 0;
}

/* The ${row}-th place that is not taken. */
static uint64_t pass_over(const struct bound_key *key, uint64_t row)
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

/* A place in the bijection of ${key}; a partial one has fewer than there may be rows. */
static uint64_t within(const struct bound_key *key, uint64_t at, bool *beyond)
{
	if (!key->partial)
		return at;
	*beyond = key->closed || at >= key->size;
	return at % key->size;
}

/* The value of each key's bijection, row by row. */
void engine_key_values(struct engine_block *k, uint32_t at)
{
	const struct bound_key *key = &k->keys[at];
	const struct relation *r;
	struct perm p;
	uint64_t *x = k->digits[at], parent, kth, last = 0;
	bool *beyond = k->beyond[at];

	if (key->size == 0 || key->joint)
		return; /* of a part that does not need it; made with the parents */
	perm_init(&p, key->key, key->size);
	for (uint32_t i = 0; i < k->n && key->partial && key->anchor < 0; i++)
		k->idx[i] = within(key, k->row[i], &beyond[i]);
	if (key->anchor < 0 && key->ntaken == 0) {
		perm_many(&p, key->partial ? k->idx : k->row, k->n, x);
		return;
	}
	if (key->anchor < 0) {
		for (uint32_t i = 0; i < k->n; i++)
			x[i] = perm_at(&p, pass_over(key, k->row[i]));
		return;
	}
	r = &k->relations[key->anchor];
	for (uint32_t i = 0; i < k->n; i++) {
		parent = k->parent[key->anchor][i];
		kth = k->k[key->anchor][i];
		if (parent == UINT64_MAX)
			relation_place(r, k->row[i], &parent, &kth);
		if (key->counted) {
			x[i] = kth;
			continue;
		}
		if (i == 0 || parent != last)
			perm_rekey(&p, rng_subkey(key->key, parent));
		last = parent;
		x[i] = perm_at(&p, within(key, kth, &beyond[i]));
	}
}
