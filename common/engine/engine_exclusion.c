/* SPDX-License-Identifier: MIT */
/*
 * Exclusion constraints over ranges (room_id WITH =, during WITH &&) are met
 * without comparing rows. The values that the ends are drawn from are cut into as
 * many slots as a group has rows; a bijection gives each row of the group a slot of
 * its own, and the row's range is drawn within it. compile_exclusion.c says what a
 * group is.
 */
#include "common/engine/engine_int.h"

#include "common/base/divide.h"
#include "common/base/rng.h"

/* Ranges that do not overlap: each row's slot, and what is drawn within it. */

/* The first part of row i's interval, and the first part beyond it. The products are
 * 128 bits wide, so that all slots are equal up to one part. */
static void interval_of(const struct engine_block *k, const struct program_interval *s, uint32_t i,
	uint64_t *first, uint64_t *beyond)
{
	uint64_t slots = k->keys[s->key].size / s->div, at = k->digits[s->key][i] / s->div;

	*first = (uint64_t)((unsigned __int128)s->parts * at / slots);
	*beyond = (uint64_t)((unsigned __int128)s->parts * (at + 1) / slots);
}

/* v within [lo, hi]. */
static __int128 clamp(__int128 v, __int128 lo, __int128 hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

/* The indexes at which row i's start or end lies within its slot. Slots whose
 * ranges include their end must not touch the next slot. */
void engine_interval_bounds(const struct engine_block *k, const struct program_interval *s,
	const struct gen *g, uint32_t i, __int128 *first, __int128 *last)
{
	uint64_t from, beyond;
	__int128 lo, hi;

	interval_of(k, s, i, &from, &beyond);
	lo = s->lo + (__int128)from * s->step + s->head;
	hi = s->lo + ((__int128)beyond - !s->meets) * s->step - s->tail;
	lo = -divide_floor(g->lo - lo, g->step); /* the indexes within */
	hi = divide_floor(hi - g->lo, g->step);
	*first = clamp(*first, lo, hi);
	*last = clamp(*last, *first, hi);
}

/* For a column that is a range itself: draws a length and a place within the
 * slot, and gives the generator's index for them. */
uint64_t engine_interval_range(
	const struct engine_block *k, const struct program_column *b, uint64_t key, uint32_t i)
{
	const struct program_interval *s = b->interval;
	uint64_t from, beyond, most, length;

	interval_of(k, s, i, &from, &beyond);
	most = beyond - from < s->longest ? beyond - from : s->longest;
	length = s->shortest + rng_below(rng_at(key, k->row[i]), most - s->shortest + 1);
	from += (uint64_t)s->lo +
		rng_below(rng_at(rng_subkey(key, 1), k->row[i]), beyond - from - length + 1);
	return from * b->gen.lengths + length - 1;
}

/* How many slots a group needs is known when the parents are: as many as the
 * most children of a parent, if there is room for them. */
bool engine_intervals_fit(struct program_key *key, uint64_t most)
{
	if (key->slots == 0)
		return true;
	key->size = most > 0 ? most : 1;
	return key->size <= key->slots;
}
