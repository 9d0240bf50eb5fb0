/* SPDX-License-Identifier: MIT */
/*
 * Alias tables (Walker 1977) of few things that are drawn often: eight bytes a
 * place, so that those of a list of names stay near the processor.
 */
#include "common/generators/gen_kit.h"
#include "common/relation/foreign_alias.h"

/*
 * The table is built in whole numbers, and each share then rounded to a 2^-32nd
 * of its place. A place that is full has itself as the other thing.
 */
const struct gen_place *gen_places(const uint64_t *weight, uint32_t n, struct arena *a)
{
	struct alias_place *p = arena_array(a, n, sizeof(*p));
	struct gen_place *to = arena_array(a, n, sizeof(*to));
	uint64_t total;

	if (p == NULL || to == NULL)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		p[i].below = weight[i];
	total = alias_build(p, n);
	for (uint32_t i = 0; i < n; i++) {
		unsigned __int128 share = ((unsigned __int128)p[i].below << 32) / total;

		to[i].below = share > UINT32_MAX ? UINT32_MAX : (uint32_t)share;
		to[i].other = share > UINT32_MAX ? i : (uint32_t)p[i].other;
	}
	return to;
}
