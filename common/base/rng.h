/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RNG_H
#define COMMON_RNG_H

#include <stddef.h>
#include <stdint.h>

/*
 * rng: random numbers that are a function of (key, counter) alone, so that any
 * row of any column can be drawn without its neighbours, on any machine.
 *
 * A key belongs to a stream: (seed, schema, table, column, purpose).  The
 * counter is the row number.  The mixer is the splitmix64 finaliser (Steele,
 * Lea, Flood 2014, with David Stafford's Mix13 constants) over a Weyl step,
 * keyed a second time between its multiplications so that two streams are not
 * shifted copies of one another.  Integer arithmetic only.
 *
 * RNG_VERSION is in every plan snapshot; it changes if a byte of output would.
 */

#define RNG_VERSION 1

/** rng_key(seed, names, n, purpose): the key of the stream of ${names}[0..n). */
uint64_t rng_key(uint64_t seed, const char *const *names, size_t n, const char *purpose);

/** rng_subkey(key, i): a key derived from ${key}, e.g. for attempt i or parent i. */
static inline uint64_t rng_subkey(uint64_t key, uint64_t i)
{
	uint64_t z = (key ^ 0xd1b54a32d192ed03ULL) + (i + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 32)) * 0xdaba0b6eb09322e3ULL;
	z = (z ^ (z >> 32)) * 0xdaba0b6eb09322e3ULL;
	return z ^ (z >> 32);
}

/** rng_at(key, ctr): 64 uniform bits. */
static inline uint64_t rng_at(uint64_t key, uint64_t ctr)
{
	uint64_t z = key + ctr * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z ^= key >> 1;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/** rng_share(rate): the bound below which a share ${rate}, from 0 to 1, of the draws of rng_at()
 *  falls. */
uint64_t rng_share(double rate);

/**
 * rng_below(bits, n): map 64 uniform bits to [0, n); n = 0 means 2^64.
 * Multiply-shift (Lemire 2019) without rejection: the bias is below n/2^64.
 */
static inline uint64_t rng_below(uint64_t bits, uint64_t n)
{
	return n == 0 ? bits : (uint64_t)(((unsigned __int128)bits * n) >> 64);
}

#endif
