/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_QUANTILE_H
#define COMMON_GEN_QUANTILE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * gen_quantile: from uniform bits to values of a distribution, by its quantile function, so that
 * one draw makes one value and a part of the distribution is a part of the bits.  Integers and
 * tables alone: the values are the same on every machine.
 *
 * Logarithms and exponents of 2 are in units of 2^-32.
 */

/** quantile_bits(p): -log2(p / 2^64), p >= 1; off by at most 1.1e-8. */
uint64_t quantile_bits(uint64_t p);

/** quantile_half(t): 2^64 * 2^-t, at most 2^64 - 1; off by a share of at most 2.7e-9. */
uint64_t quantile_half(uint64_t t);

/** quantile_power(x, t): x * 2^t rounded to the nearest, for x >= 0 and any sign of t; INT64_MAX
 *  where that is beyond 2^62.  Off by a share of at most 2.7e-9. */
int64_t quantile_power(int64_t x, int64_t t);

/** quantile_normal(p): how many standard deviations from the mean the value is that a share p /
 * 2^64 of normal values is below, in units of 2^-28; off by at most 5.1e-5 standard deviations, and
 *  never farther out than 7.1 of them. */
int64_t quantile_normal(uint64_t p);

/* The normal deviate of 90 %, in units of 2^-28: where a distribution is told by its 90th
 * percentile. */
#define QUANTILE_P90 INT64_C(344013879)

/*
 * An exponential distribution that is cut off: how often a distance x comes falls by half with
 * every half-life, and no distance is more than there is room.  One that rises has its greatest
 * density where the room ends.
 */
struct quantile_decay {
	uint64_t half; /* half-life, in 2^-16 units; 0: all distances come as often */
	uint64_t rate; /* 2^80 / half, at most 2^64 - 1 */
	bool rises;
};

/** quantile_decay(half, rises): ${half} in 2^-16 units. */
struct quantile_decay quantile_decay(uint64_t half, bool rises);

/** quantile_decay_median(median, most): the one whose median within [0, most] is ${median}, which
 * is in between; both in units, below 2^45. */
struct quantile_decay quantile_decay_median(uint64_t median, uint64_t most);

/** quantile_decay_at(d, room, bits): a whole number below ${room} (1 to 2^45) of uniform ${bits}.
 */
uint64_t quantile_decay_at(const struct quantile_decay *d, uint64_t room, uint64_t bits);

#endif
