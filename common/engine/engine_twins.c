/* SPDX-License-Identifier: MIT */
/*
 * Two foreign keys to one parent that a check ties: they must differ, or be in
 * order, or be a unique pair. All three hold by how the second is chosen, so that
 * no row has to be drawn again.
 */
#include "common/engine/engine_int.h"

#include <string.h>

#include "common/relation/foreign_twin.h"

/* Foreign keys to one parent that checks tie: unique pairs, different ones, ones in order. */

/* Unique pairs: where both have a parent they get the pair whose number the
 * key's bijection says. */
static void number_pairs(struct engine_block *k, const struct program_twins *t)
{
	const struct program_key *key = &k->keys[t->key];
	uint64_t *a = k->parent[t->first], *b = k->parent[t->second], low, high;
	struct perm p;

	if (key->size == 0)
		return;
	perm_init(&p, key->key, key->size);
	perm_many(&p, k->row, k->n, k->digits[t->key]);
	for (uint32_t i = 0; i < k->n; i++) {
		twins_at(k->digits[t->key][i], &low, &high);
		a[i] = a[i] != UINT64_MAX ? low : UINT64_MAX;
		b[i] = b[i] != UINT64_MAX ? high : UINT64_MAX;
	}
}

/* The second picked among all parents but one. Numbers from the first's parent
 * on move up by one, which leaves out exactly that parent. */
static void keep_apart(const struct engine_block *k, const struct program_twins *t)
{
	const uint64_t *a = k->parent[t->first];
	uint64_t *b = k->parent[t->second];

	for (uint32_t i = 0; i < k->n; i++)
		if (b[i] != UINT64_MAX && a[i] != UINT64_MAX && b[i] >= a[i])
			b[i]++;
}

/* Whether x is greater than y, as the key's type compares them; texts by their
 * bytes. */
static bool after(const struct vec *x, const struct vec *y, uint32_t i)
{
	int d;

	if (vec_is_null(x, i) || vec_is_null(y, i))
		return false;
	if (x->type == VT_UUID)
		return memcmp(&x->v.u[i], &y->v.u[i], sizeof(x->v.u[i])) > 0;
	if (x->type < VT_TEXT)
		return x->v.i[i] > y->v.i[i];
	d = memcmp(x->v.t[i].p, y->v.t[i].p, x->v.t[i].n < y->v.t[i].n ? x->v.t[i].n : y->v.t[i].n);
	return d > 0 || (d == 0 && x->v.t[i].n > y->v.t[i].n);
}

/* Reads the two keys and swaps the parents if they are not in order. A pair is
 * as likely as before. */
static void put_in_order(struct engine_block *k, const struct program_twins *t)
{
	uint32_t f = (uint32_t)t->low, g = f == t->first ? t->second : t->first;
	uint32_t at[2];

	for (int s = 0; s < 2; s++) {
		uint32_t fk = s == 0 ? f : g;
		uint32_t c = k->b->t->table->cons[k->b->t->fks[fk].con].cols[0];

		at[s] = k->b->columns[c].gather;
		keys_gather(foreign_keys(k->fc, fk), k->handles[at[s]], k->parent[fk], k->n,
			&k->gathers[at[s]]);
	}
	for (uint32_t i = 0; i < k->n; i++)
		if (after(&k->gathers[at[0]], &k->gathers[at[1]], i)) {
			uint64_t p = k->parent[f][i];

			k->parent[f][i] = k->parent[g][i];
			k->parent[g][i] = p;
		}
}

int engine_twins(struct engine_block *k, const struct operation *op, struct err *e)
{
	const struct program_twins *t = &k->b->twins[op->at];

	(void)e;
	if (t->key >= 0)
		number_pairs(k, t);
	else if (t->differ)
		keep_apart(k, t);
	if (t->low >= 0)
		put_in_order(k, t);
	return 0;
}
