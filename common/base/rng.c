/* SPDX-License-Identifier: MIT */
/*
 * Keys of random streams. A key is a hash of the seed and of names (schema,
 * table, column, purpose), so that every stream is independent of all others,
 * of the order in which tables are made and of the number of shards. The stream
 * itself is a hash of key and index (rng.h): random access, no state.
 */
#include "common/base/rng.h"

#include <string.h>

/*
 * FNV-1a (Fowler, Noll and Vo; draft-eastlake-fnv) over a name, closed by its
 * length so that "a", "bc" is not "ab", "c".
 */
static uint64_t absorb(uint64_t h, const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3ULL;
	return rng_subkey(h, n);
}

/*
 * The key of a stream. Equal names give equal keys on every machine, for ever:
 * plans rely on it.
 */
uint64_t rng_key(uint64_t seed, const char *const *names, size_t n, const char *purpose)
{
	uint64_t h = rng_subkey(0xcbf29ce484222325ULL, seed);

	for (size_t i = 0; i < n; i++)
		h = absorb(h, names[i]);
	return absorb(h, purpose);
}

/* A float appears once, here: a share becomes an integer before any row is drawn. */
uint64_t rng_share(double rate)
{
	if (!(rate > 0))
		return 0;
	if (rate >= 1)
		return UINT64_MAX;
	return (uint64_t)(rate * 18446744073709551616.0);
}
