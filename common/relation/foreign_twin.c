/* SPDX-License-Identifier: MIT */
#include "common/relation/foreign_twin.h"

#include <math.h>

#define PAIRS_MAX (UINT64_C(1) << 62)

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

/* The root is a guess, put right in whole numbers: the result does not hang on it. */
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
