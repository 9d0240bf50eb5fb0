/* SPDX-License-Identifier: MIT */
/*
 * Unordered pairs of different parents, numbered. Two foreign keys to one table
 * whose pair is unique get the pair with the number that a bijection gives the row.
 * Pair (low, high) has the number high (high - 1) / 2 + low: the combinatorial
 * number system (Knuth, TAOCP 4A, 7.2.1.3).
 */
#include "common/relation/foreign_twin.h"

#include <math.h>

#define PAIRS_MAX (UINT64_C(1) << 62)

/* How many pairs have a higher member below high. The even factor is halved
 * first, so that the product fits. */
static uint64_t below(uint64_t high)
{
	return high % 2 == 0 ? high / 2 * (high - 1) : (high - 1) / 2 * high;
}

uint64_t twins_pairs(uint64_t parents)
{
	if (parents < 2)
		return 0;
	return parents > UINT64_C(1) << 31 ? PAIRS_MAX : below(parents);
}

/* The square root is only a guess. The loops put it right in whole numbers, so
 * that the result is the same on every machine. */
void twins_at(uint64_t number, uint64_t *low, uint64_t *high)
{
	uint64_t h = (uint64_t)((1 + sqrt(1 + 8 * (double)number)) / 2);

	while (h > 1 && below(h) > number)
		h--;
	while (below(h + 1) <= number)
		h++;
	*high = h;
	*low = number - below(h);
}
