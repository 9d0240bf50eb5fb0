/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SEARCH_H
#define COMMON_SEARCH_H

#include <stdint.h>

/*
 * search: where a number falls among ascending ones, such as weights that are added up.
 */

/**
 * search_last(v, n, x): the last i < n with v[i] <= x; n > 0, v[0] <= x.
 *
 * The range that has it is halved, as ever, but both halves are walked by the same
 * instructions: the compiler makes a conditional move of the condition.  A random number takes
 * either half equally often, so that a processor would guess a branch wrong every other time, which
 * costs more than the comparison.
 */
static inline uint64_t search_last(const uint64_t *v, uint64_t n, uint64_t x)
{
	const uint64_t *at = v; /* the answer is one of the n from here on */

	while (n > 1) {
		uint64_t half = n / 2;

		at += at[half] <= x ? half : 0;
		n -= half;
	}
	return (uint64_t)(at - v);
}

#endif
