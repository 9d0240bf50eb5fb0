/* SPDX-License-Identifier: MIT */
/*
 * Picking one of n things in proportion to their weights in constant time, by an
 * alias table (Walker 1977; the construction in one pass is Vose's of 1991, here in
 * whole numbers). Each thing has one place of equal width. A light thing fills a
 * part of its place and a heavier one fills the rest. A pick draws a place, and
 * then which of its two things. Integers make the table the same on every machine.
 */
#include "common/relation/foreign_alias.h"

#include <assert.h>
#include <stdbool.h>

#include "common/base/rng.h"

typedef unsigned __int128 u128;

/* Weights count n-fold from here on: a place takes ${total} of n * total. */
struct sweep {
	struct alias_place *p;
	uint64_t n, total;
};

/* The first thing at or after i that has no place yet and is light (or heavy); n
 * if there is none. A thing is light if its weight is at most the width of a
 * place. */
static uint64_t next(const struct sweep *s, uint64_t i, bool light)
{
	while (i < s->n &&
		(s->p[i].other != 0 || ((u128)s->p[i].below * s->n <= s->total) != light))
		i++;
	return i;
}

/* Stores the other thing plus one, so that 0 can mean that a thing has no place
 * yet. */
static void place(const struct sweep *s, uint64_t i, uint64_t below, uint64_t other)
{
	s->p[i] = (struct alias_place){below, other + 1};
}

/* Walks over light and heavy things with one cursor each. The heavy thing at
 * hand fills up the places of light ones until what is left of it is light
 * itself; then the next heavy one fills up its place. No list of either kind is
 * needed, so the table can be as large as the file it lies in. */
uint64_t alias_build(struct alias_place *p, uint64_t n)
{
	struct sweep s = {p, n, 0};
	uint64_t light, heavy;
	u128 left; /* of the heavy one */

	for (uint64_t i = 0; i < n; i++)
		s.total += p[i].below;
	assert(s.total > 0 && s.total >> 63 == 0);
	light = next(&s, 0, true);
	heavy = next(&s, 0, false);
	left = heavy < n ? (u128)p[heavy].below * n : 0;
	while (heavy < n) {
		if (left > s.total && light < n) {
			uint64_t below = (uint64_t)((u128)p[light].below * n);

			place(&s, light, below, heavy);
			left -= s.total - below;
			light = next(&s, light + 1, true);
		} else {
			uint64_t after = next(&s, heavy + 1, false), below = (uint64_t)left;

			/* what is left fills the place, or the next one helps out */
			place(&s, heavy, below, after < n ? after : heavy);
			if (after < n)
				left = (u128)p[after].below * n - (s.total - below);
			heavy = after;
		}
	}
	for (uint64_t i = 0; i < n; i++) {
		if (p[i].other == 0)
			place(&s, i, s.total, i);
		p[i].other--;
	}
	return s.total;
}

/* a chooses the place and b chooses between the two things in it. */
uint64_t alias_pick(const struct alias_place *p, uint64_t n, uint64_t total, uint64_t a, uint64_t b)
{
	const struct alias_place *x = &p[rng_below(a, n)];

	return rng_below(b, total) < x->below ? (uint64_t)(x - p) : x->other;
}
