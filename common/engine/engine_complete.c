/* SPDX-License-Identifier: MIT */
#include "common/engine/engine_int.h"

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/relation/foreign.h"

/*
 * Foreign keys that share columns and complete a unique key together.  Of a parent by the base,
 * the k-th child takes the k-th element of a bijection of the ways to complete the key; its
 * lowest digits are the columns', the others say which parent of those that agree each follower
 * has.
 */

/* ---- opening --------------------------------------------------------------------- */

/* How many children of a parent another key of the same base has room for. */
static uint64_t room_of(const struct program_key *key)
{
	return key->slots > 0 ? key->slots : key->size;
}

/* The joint keys of one base, of the ${n} there are; and after them, if there is one, other keys
 * that say how many children a parent may have. */
static uint32_t joints_of(const struct table_program *b, const struct program_key *keys,
	uint32_t base, struct foreign_joint *j, uint32_t *followers)
{
	uint32_t n = 0;

	for (int joint = 1; joint >= 0 && (joint || n > 0); joint--)
		for (uint32_t i = 0; i < b->nkeys; i++) {
			if (keys[i].joint != joint || keys[i].size == 0 || keys[i].partial ||
				keys[i].ranking_fk != (int)base)
				continue;
			j[n] = (struct foreign_joint){.name = keys[i].name,
				.followers = followers,
				.times = joint ? keys[i].times : room_of(&keys[i])};
			for (uint32_t f = 0; f < b->t->nfks && joint; f++)
				if (b->fks[f].completes == (int)i) {
					*followers++ = f;
					j[n].n++;
				}
			n++;
		}
	return n;
}

int engine_complete_init(struct foreign *fc, const struct table_program *b,
	struct program_key *keys, struct arena *a, struct err *e)
{
	struct foreign_joint *j = arena_array(a, b->nkeys + 1UL, sizeof(*j));
	uint32_t *followers = arena_array(a, b->t->nfks + 1UL, sizeof(*followers)), n;

	if (j == NULL || followers == NULL)
		return err_nomem(e);
	for (uint32_t f = 0; f < b->t->nfks; f++)
		if ((n = joints_of(b, keys, f, j, followers)) > 0 &&
			foreign_join(fc, f, j, n, e) == -1)
			return -1;
	for (uint32_t i = 0; i < b->nkeys; i++)
		if (keys[i].joint && keys[i].size > 0)
			keys[i].size = UINT64_C(1) << FOREIGN_WAYS_MAX_BITS;
	return 0;
}

/* ---- rows --------------------------------------------------------------------------- */

/* For each row, in how many ways its parent's children can complete the key.
 * parent[f] of each follower becomes the place where its group begins, and k[f]
 * the group's size. */
static void count_ways(struct engine_block *k, uint32_t at, uint64_t *branches)
{
	uint32_t base = (uint32_t)k->keys[at].ranking_fk;

	for (uint32_t i = 0; i < k->n; i++)
		branches[i] = k->keys[at].times;
	for (uint32_t f = 0; f < k->b->t->nfks; f++) {
		if (k->b->fks[f].completes != (int)at)
			continue;
		foreign_group(k->fc, f, engine_values_at(k, base, partial_followed(k->b->t, f)),
			k->n, k->parent[f], k->k[f]);
		for (uint32_t i = 0; i < k->n; i++)
			branches[i] = foreign_ways(branches[i], k->k[f][i]);
	}
}

/* Takes the follower's digit off the number and picks that row of its group. An
 * empty group, or a NULL that was drawn, leaves the row without that parent. */
static void follow(struct engine_block *k, uint32_t f, uint64_t *left)
{
	const struct relation *r = &k->relations[f];

	for (uint32_t i = 0; i < k->n; i++) {
		uint64_t size = k->k[f][i], at = size == 0 ? 0 : left[i] % size;

		left[i] = size == 0 ? left[i] : left[i] / size;
		k->parent[f][i] = size == 0 || rng_at(r->null_key, k->row[i]) < r->null_below
					  ? UINT64_MAX
					  : foreign_grouped(k->fc, f, k->parent[f][i] + at);
	}
}

/* The k-th child of a parent gets the k-th element of a bijection of the ways.
 * Its lowest digits are for columns and the others for followers. Siblings get
 * different elements, so that the key is distinct. */
int engine_complete(struct engine_block *k, const struct operation *op, struct err *e)
{
	uint32_t key = op->at;
	const struct program_key *b = &k->keys[key];
	const uint64_t *parent, *kth;
	uint64_t *x = k->digits[key], branches[VEC_BLOCK], last = UINT64_MAX;
	struct perm p = {.n = 0};

	(void)e;
	parent = k->parent[b->ranking_fk];
	kth = k->k[b->ranking_fk];
	count_ways(k, key, branches);
	for (uint32_t i = 0; i < k->n; i++) {
		if (branches[i] == 0 || parent[i] == UINT64_MAX) { /* a NULL in the key */
			x[i] = branches[i] == 0 ? 0
						: rng_below(rng_at(b->key, k->row[i]), branches[i]);
			continue;
		}
		if (p.n != branches[i])
			perm_init(&p, rng_subkey(b->key, parent[i]), branches[i]);
		else if (parent[i] != last)
			perm_rekey(&p, rng_subkey(b->key, parent[i]));
		last = parent[i];
		x[i] = perm_at(&p, kth[i] % branches[i]);
	}
	for (uint32_t i = 0; i < k->n; i++)
		branches[i] = x[i] / b->times;
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (k->b->fks[f].completes == (int)key)
			follow(k, f, branches);
	return 0;
}
