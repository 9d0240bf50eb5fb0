/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_kit.h"
#include "common/generators/gen_pattern.h"
#include "common/generators/gen_pattern_node.h"

/* The shares that the parts of a repetition or of alternatives have of the space of indexes. */

/* base^exp, saturated. */
static uint64_t power(uint64_t base, uint32_t exp)
{
	uint64_t p = 1;

	for (uint32_t i = 0; i < exp && (p < GEN_SPACE_MAX || base == 0); i++)
		p = gen_mul(p, base);
	return p;
}

/*
 * What one of ${n} equal shares of the space holds of a part with ${own} texts.
 */
uint64_t pattern_share(uint64_t own, uint32_t n)
{
	uint64_t most = GEN_SPACE_MAX / n;

	return own < most ? own : most;
}

/*
 * The texts of a repetition that repeats exactly ${times} times, at most its
 * share.
 */
uint64_t pattern_rep_share(const struct pattern_node *n, uint32_t times)
{
	if (n->least == n->most && n->space > 0)
		return n->space; /* counted before */
	return pattern_share(power(n->kids[0]->space, times), n->most - n->least + 1);
}
