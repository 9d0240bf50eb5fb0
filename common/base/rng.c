/* SPDX-License-Identifier: MIT */
#include "common/base/rng.h"

#include <string.h>

/* FNV-1a over the names, each closed by its length so that "a","bc" is not "ab","c". */
static uint64_t absorb(uint64_t h, const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3ULL;
	return rng_subkey(h, n);
}

uint64_t rng_key(uint64_t seed, const char *const *names, size_t n, const char *purpose)
{
	uint64_t h = rng_subkey(0xcbf29ce484222325ULL, seed);

	for (size_t i = 0; i < n; i++)
		h = absorb(h, names[i]);
	return absorb(h, purpose);
}
