/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DIVIDE_H
#define COMMON_DIVIDE_H

#include <stdint.h>

/*
 * divide: division by a number that is known once and used for every row: a
 * multiplication and two shifts, a sixth of the processor's own division.
 *
 * Granlund and Montgomery, "Division by Invariant Integers using Multiplication"
 * (1994), theorem 4.2: with 2^l >= d, mul = floor(2^(63 + l) / d) + 1 has 64 bits and the
 * quotient is floor(2x * mul / 2^64) >> l, exactly, for every x < 2^63.
 */
struct divisor {
	uint64_t d, mul;
	unsigned shift;
};

/** divisor_of(d): 1 <= d <= 2^63.  The division made here is the dear one. */
static inline struct divisor divisor_of(uint64_t d)
{
	unsigned l = d > 1 ? 64 - (unsigned)__builtin_clzll(d - 1) : 0;

	return (struct divisor){d, (uint64_t)(((unsigned __int128)1 << (63 + l)) / d) + 1, l};
}

/** divide(k, x): x / k->d, for x < 2^63. */
static inline uint64_t divide(const struct divisor *k, uint64_t x)
{
	return (uint64_t)(((unsigned __int128)(x << 1) * k->mul) >> 64) >> k->shift;
}

/** divide_rest(k, x, rest): the same, and x % k->d. */
static inline uint64_t divide_rest(const struct divisor *k, uint64_t x, uint64_t *rest)
{
	uint64_t q = divide(k, x);

	*rest = x - q * k->d;
	return q;
}

/** multiply_divide(a, b, c): floor(a b / c), where that fits; c > 0.  Most products have 64 bits,
 * and a division of 128 bits is a call of the compiler's library. */
static inline uint64_t multiply_divide(uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t p;

	if (!__builtin_mul_overflow(a, b, &p))
		return p / c;
	return (uint64_t)((unsigned __int128)a * b / c);
}

/** divide_wide(a, b): a / b, where that has 64 bits; the same for what is no product. */
static inline uint64_t divide_wide(unsigned __int128 a, uint64_t b)
{
	return a >> 64 == 0 ? (uint64_t)a / b : (uint64_t)(a / b);
}

/** divide_down(a, b): a / b, rounded down also below zero; b > 0. */
static inline int64_t divide_down(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/** divide_floor(a, b): a / b, rounded down; ${b} is not 0, and the result fits.  Most are of 64
 * bits; a division of 128 bits is a call of the compiler's library. */
static inline __int128 divide_floor(__int128 a, int64_t b)
{
	if (b > 0 && a == (int64_t)a)
		return divide_down((int64_t)a, b);
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

#endif
