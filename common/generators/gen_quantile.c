/* SPDX-License-Identifier: MIT */
/*
 * Quantile functions by tables.
 *
 * Logarithm and exponential are tables of 256 steps with the parabola through three
 * neighbours between them (Newton's forward differences: Abramowitz and Stegun,
 * Handbook of Mathematical Functions, 25.2.28). The normal deviate is steep at both
 * ends, so that its table has 32 steps for each halving of the probability, and
 * straight lines between them. The constants and how they were made are in
 * gen_quantile_table.h; tests/unit/quantile.c holds the functions against values from
 * published tables.
 */
#include "common/generators/gen_quantile.h"

#include "common/base/rng.h"
#include "common/generators/gen_quantile_table.h"

typedef unsigned __int128 u128;

enum { ONE_BITS = 32, INDEX_BITS = 8 };

#define ONE (INT64_C(1) << ONE_BITS)

/*
 * The value of a table at ${f}, of which the first eight bits are the entry and the
 * rest is the way to the next one.
 */
static inline int64_t between(const int64_t *table, uint64_t f)
{
	const int64_t *v = table + (f >> (64 - INDEX_BITS));
	int64_t t = (int64_t)(f << INDEX_BITS >> (64 - ONE_BITS)); /* in 2^-32 */
	int64_t first = v[1] - v[0], second = v[2] - 2 * v[1] + v[0];
	int64_t bend = (second * (((ONE - t) * (t >> 4)) >> (ONE_BITS - 4))) / (2 * ONE);

	return v[0] + first * t / ONE - bend;
}

uint64_t quantile_bits(uint64_t p)
{
	int zeros = __builtin_clzll(p);
	uint64_t f = p << zeros << 1; /* what follows the first 1 */

	return ((uint64_t)zeros + 1) * ONE - (uint64_t)between(quantile_log2, f);
}

uint64_t quantile_half(uint64_t t)
{
	uint64_t whole = t >> ONE_BITS, m;

	if (whole >= 64)
		return 0;
	m = (uint64_t)between(quantile_exp2, t << (64 - ONE_BITS));
	return m >= ONE ? UINT64_MAX >> whole : m << (64 - ONE_BITS) >> whole;
}

/* 2^t is 2^-u for the least u >= 0 of the same fraction, shifted by whole bits. */
int64_t quantile_power(int64_t x, int64_t t)
{
	int64_t up = t > 0 ? (t + ONE - 1) / ONE : 0;
	uint64_t m;
	u128 v;

	if (up > 63)
		return x > 0 ? INT64_MAX : 0;
	m = quantile_half((uint64_t)(up * ONE - t));
	v = (u128)(uint64_t)x * m;
	if (up > 0 && v >> (126 - up) != 0)
		return INT64_MAX;
	v = (v << up >> 63) + 1;
	return v >> 64 != 0 ? INT64_MAX : (int64_t)(v >> 1);
}

int64_t quantile_normal(uint64_t p)
{
	const uint64_t middle = UINT64_C(1) << 63;
	uint64_t tail = p < middle ? p : ~p, f;
	int zeros = tail == 0 ? 64 : __builtin_clzll(tail), octave = QUANTILE_OCTAVES - zeros;
	const int32_t *v;
	int64_t t, z;

	if (octave < 0) {
		z = quantile_deviate[0];
	} else {
		f = tail << zeros << 1;
		v = &quantile_deviate[octave * QUANTILE_STEPS + (int)(f >> 59)];
		t = (int64_t)(f << 5 >> 32);
		z = v[0] + ((int64_t)v[1] - v[0]) * t / ONE;
	}
	return p < middle ? -z : z;
}

/* ---- exponential, cut off ------------------------------------------------------------------- */

enum { HALF_BITS = 16 };

struct quantile_decay quantile_decay(uint64_t half, bool rises)
{
	u128 rate = half == 0 ? 0 : ((u128)1 << 80) / half;

	return (struct quantile_decay){.half = half,
		.rate = rate >> 64 != 0 ? UINT64_MAX : (uint64_t)rate,
		.rises = rises};
}

/* Half-lives in ${x} units, at most 64, where nothing is left. */
static inline uint64_t half_lives(const struct quantile_decay *d, uint64_t x)
{
	u128 t = (u128)x * d->rate >> ONE_BITS;

	return t >= (u128)64 * ONE ? (uint64_t)64 * ONE : (uint64_t)t;
}

/*
 * The half-life is found by halving the interval that it is in: the share of all
 * distances that is below the median falls as the half-life grows. Where the median is
 * beyond the middle the same is done from the other end.
 */
struct quantile_decay quantile_decay_median(uint64_t median, uint64_t most)
{
	bool rises = median > most - median;
	uint64_t m = rises ? most - median : median;
	uint64_t lo = 1, hi = most << HALF_BITS << 2;

	while (hi - lo > 1) {
		uint64_t half = lo + (hi - lo) / 2;
		struct quantile_decay d = quantile_decay(half, false);
		u128 below = UINT64_MAX - quantile_half(half_lives(&d, m));
		u128 all = UINT64_MAX - quantile_half(half_lives(&d, most));

		if (2 * below >= all)
			lo = half;
		else
			hi = half;
	}
	return quantile_decay(hi == most << HALF_BITS << 2 ? 0 : lo, rises);
}

/*
 * The inverse of F(x) = (1 - 2^-(x/h)) / (1 - 2^-(room/h)). Where the room is a
 * thousandth of a half-life the density is as good as even.
 */
uint64_t quantile_decay_at(const struct quantile_decay *d, uint64_t room, uint64_t bits)
{
	const uint64_t even = (uint64_t)(ONE >> 10);
	uint64_t t = half_lives(d, room), all, x;

	if (t < even)
		return rng_below(bits, room);
	all = UINT64_MAX - quantile_half(t);
	x = (uint64_t)((u128)quantile_bits(~rng_below(bits, all)) * d->half >>
		       (ONE_BITS + HALF_BITS));
	x = x < room ? x : room - 1;
	return d->rises ? room - 1 - x : x;
}
