/* SPDX-License-Identifier: MIT */
/*
 * Numbers of a distribution, by its quantile function: an index is a place in the
 * distribution, and the value grows with it. What checks leave is so a range of
 * indexes, found once by halving: the distribution is cut off, and no value is drawn
 * twice or moved to an end.
 */
#include "common/generators/gen_shape.h"

#include "common/base/divide.h"
#include "common/base/rng.h"

typedef __int128 i128;

static int64_t clamp(i128 v)
{
	return v > INT64_MAX ? INT64_MAX : v < INT64_MIN ? INT64_MIN : (int64_t)v;
}

/* v / 2^bits, rounded to the nearest. */
static i128 shift(i128 v, int bits)
{
	return (v + ((i128)1 << (bits - 1))) >> bits;
}

/* ---- shapes ------------------------------------------------------------------------------------
 */

enum { DEVIATE = 28 /* bits of a normal deviate's fraction */ };

int64_t shape_normal(const struct shape_state *s, uint64_t p)
{
	i128 far = (i128)quantile_normal(p) * s->spread;

	return clamp(s->middle + shift(far, DEVIATE + SHAPE_FRACTION));
}

/* Its logarithm is normal. */
int64_t shape_lognormal(const struct shape_state *s, uint64_t p)
{
	i128 t = (i128)quantile_normal(p) * s->spread >> DEVIATE;

	return clamp(shift(quantile_power(s->middle, (int64_t)t), SHAPE_FRACTION));
}

/* The number of failures before a success is k or more with a share q^k; spread is -log2 q. */
int64_t shape_geometric(const struct shape_state *s, uint64_t p)
{
	return clamp(s->lo +
		     (i128)(quantile_bits(~p | (p == UINT64_MAX)) / (uint64_t)s->spread) * s->step);
}

/* Rank k has the share log(1 + 1/k) / log(1 + n), which is Zipf's law but for the first few: spread
 * is log2(1 + n). */
int64_t shape_zipf(const struct shape_state *s, uint64_t p)
{
	uint64_t t = (uint64_t)((unsigned __int128)p * (uint64_t)s->spread >> 64);
	int64_t k = quantile_power(INT64_C(1) << SHAPE_FRACTION, (int64_t)t) >> SHAPE_FRACTION;

	return clamp(s->lo + (i128)(k - 1) * s->step);
}

int64_t shape_uniform(const struct shape_state *s, uint64_t p)
{
	uint64_t n = ((uint64_t)s->hi - (uint64_t)s->lo) / (uint64_t)s->step + 1;

	return clamp(s->lo + (i128)rng_below(p, n) * s->step);
}

/* ---- on the column's steps ---------------------------------------------------------------------
 */

/* The nearest value that is rem modulo step. */
static int64_t on_step(const struct shape_state *s, int64_t v)
{
	if (s->step == 1)
		return v;
	return clamp((i128)divide_down(clamp((i128)v - s->rem + s->step / 2), s->step) * s->step +
		     s->rem);
}

/* What indexes are compared by: endings and listed values stand near it. */
static int64_t plain(const struct shape_state *s, uint64_t idx)
{
	return on_step(s, s->raw(s, idx << (64 - GEN_SPACE_BITS)));
}

/* The first index from which on values are ${v} or more; GEN_SPACE_MAX: none. */
static uint64_t reaches(const struct shape_state *s, int64_t v)
{
	uint64_t lo = 0, hi = GEN_SPACE_MAX;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (plain(s, mid) >= v)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

bool shape_cut(struct shape_state *s, uint64_t *space)
{
	uint64_t end = s->hi == INT64_MAX ? GEN_SPACE_MAX : reaches(s, s->hi + 1);

	s->first = reaches(s, s->lo);
	*space = end > s->first ? end - s->first : 0;
	return *space > 0;
}

/* ---- what checks list, and endings -------------------------------------------------------------
 */

/* The nearest of the values that checks list. */
static int64_t nearest(const struct shape_state *s, int64_t v)
{
	uint32_t lo = 0, hi = s->nset - 1;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->set[mid] >= v)
			hi = mid;
		else
			lo = mid + 1;
	}
	if (lo > 0 && v < s->set[lo] && v - s->set[lo - 1] < s->set[lo] - v)
		lo--;
	return s->set[lo];
}

static bool excluded(const struct shape_state *s, int64_t v)
{
	for (uint32_t i = 0; i < s->nnot; i++)
		if (s->not_set[i] == v)
			return true;
	return false;
}

/* The next value that checks do not exclude, from the least on again after the greatest. */
static int64_t allowed(const struct shape_state *s, int64_t v)
{
	for (uint32_t i = 0; i <= s->nnot && excluded(s, v); i++)
		v = v > s->hi - s->step ? s->lo : v + s->step;
	return v;
}

/* The number with one of the endings that is nearest to v; another ending, or the next number,
 * where bounds leave that one out. */
static int64_t ended(const struct shape_state *s, int64_t v, uint64_t bits)
{
	uint32_t at = (uint32_t)rng_below(bits, s->nendings);
	int64_t best = v;

	for (uint32_t i = 0; i < s->nendings; i++) {
		int64_t e = s->ending[(at + i) % s->nendings];

		best = divide_down(v - e + s->pow / 2, s->pow) * s->pow + e;
		if (best < s->lo)
			best += s->pow;
		if (best > s->hi)
			best -= s->pow;
		if (best >= s->lo)
			return best;
	}
	return best;
}

int64_t shape_at(const struct shape_state *s, uint64_t idx)
{
	int64_t v = plain(s, s->first + idx);

	if (s->nendings > 0)
		return ended(s, v, gen_mix(idx, 1));
	if (s->set != NULL)
		return nearest(s, v);
	return s->nnot > 0 ? allowed(s, v) : v;
}
