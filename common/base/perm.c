/* SPDX-License-Identifier: MIT */
/*
 * A keyed bijection of 0 .. n - 1: what is at place i of a shuffled sequence,
 * and where a number is, both in constant time and without a table. So a table
 * of any number of rows can have distinct values in random order, and any shard
 * of it can be made alone.
 *
 * For a power of two from 2^32 on it is a few rounds of adding a key, xor-shift
 * and multiplication with an odd number, all of which are invertible modulo
 * 2^bits. For any other n it is a Feistel network with two halves of sizes a
 * and b with a * b >= n, followed by cycle walking: results that are not below
 * n are put in again (Black and Rogaway, "Ciphers with Arbitrary Finite
 * Domains", CT-RSA 2002). a * b is little more than n, so that this is rarely
 * needed.
 */
#include "common/base/perm.h"

#include "common/base/rng.h"

enum { ROUNDS = 4, MIX_BITS = 32, LANES = 4 };

/* the splitmix64 finaliser's multipliers (David Stafford's Mix13) */
#define MUL1 UINT64_C(0xbf58476d1ce4e5b9)
#define MUL2 UINT64_C(0x94d049bb133111eb)

/* The integer square root, one bit at a time. */
static uint64_t isqrt(uint64_t n)
{
	uint64_t r = 0;

	for (int bit = 31; bit >= 0; bit--) {
		uint64_t t = r | 1ULL << bit;

		if (t * t <= n)
			r = t;
	}
	return r;
}

/*
 * Chooses the sizes of the halves, near the square root of n; for a large power
 * of two, the number of bits.
 */
void perm_init(struct perm *p, uint64_t key, uint64_t n)
{
	p->n = n;
	p->a = isqrt(n);
	if (p->a == 0)
		p->a = 1;
	p->b = (n + p->a - 1) / p->a;
	p->by_a = divisor_of(p->a);
	p->bits = 0;
	if ((n & (n - 1)) == 0 && n >> MIX_BITS != 0)
		p->bits = (unsigned)__builtin_ctzll(n);
	perm_rekey(p, key);
}

void perm_rekey(struct perm *p, uint64_t key)
{
	for (uint64_t i = 0; i < ROUNDS; i++)
		p->key[i] = rng_subkey(key, i);
}

/* One pass of the network. */
static uint64_t forth(const struct perm *p, uint64_t x)
{
	uint64_t r = p->n >> 62 ? x / p->a : divide(&p->by_a, x), l = x - r * p->a;

	for (int i = 0; i < ROUNDS; i += 2) {
		l += rng_below(rng_at(p->key[i], r), p->a);
		l -= l >= p->a ? p->a : 0;
		r += rng_below(rng_at(p->key[i + 1], l), p->b);
		r -= r >= p->b ? p->b : 0;
	}
	return l + p->a * r;
}

/*
 * One pass for LANES numbers. Each step of the network waits for the one before it, so that
 * the processor idles over one number; the steps of different numbers do not wait for one
 * another.
 */
static inline void forth_lanes(const struct perm *p, const uint64_t *x, uint64_t *out)
{
	uint64_t l[LANES], r[LANES];

	for (int k = 0; k < LANES; k++) {
		r[k] = divide(&p->by_a, x[k]);
		l[k] = x[k] - r[k] * p->a;
	}
	for (int i = 0; i < ROUNDS; i += 2) {
		for (int k = 0; k < LANES; k++) {
			l[k] += rng_below(rng_at(p->key[i], r[k]), p->a);
			l[k] -= l[k] >= p->a ? p->a : 0;
		}
		for (int k = 0; k < LANES; k++) {
			r[k] += rng_below(rng_at(p->key[i + 1], l[k]), p->b);
			r[k] -= r[k] >= p->b ? p->b : 0;
		}
	}
	for (int k = 0; k < LANES; k++)
		out[k] = l[k] + p->a * r[k];
}

/* Its inverse: the rounds in the other order, with subtraction. */
static uint64_t back(const struct perm *p, uint64_t x)
{
	uint64_t l = x % p->a, r = x / p->a;

	for (int i = ROUNDS - 2; i >= 0; i -= 2) {
		r += p->b - rng_below(rng_at(p->key[i + 1], l), p->b);
		r -= r >= p->b ? p->b : 0;
		l += p->a - rng_below(rng_at(p->key[i], r), p->a);
		l -= l >= p->a ? p->a : 0;
	}
	return l + p->a * r;
}

/*
 * Modulo 2^bits: sums with keys and products with odd numbers are invertible, and a
 * xor-shift by half the bits or more undoes itself.
 */
static inline uint64_t mix(const struct perm *p, uint64_t x)
{
	unsigned half = (p->bits + 1) / 2;
	uint64_t mask = p->n - 1;

	x = (x + p->key[0]) & mask;
	x = (x ^ x >> half) * MUL1;
	x = (x + p->key[1]) & mask;
	x = (x ^ x >> half) * MUL2;
	x = (x + p->key[2]) & mask;
	return x ^ x >> half;
}

/*
 * The inverse of an odd number modulo 2^64: each step of Newton's iteration
 * doubles the number of bits that are right.
 */
static uint64_t inverse(uint64_t a)
{
	uint64_t x = a;

	for (int i = 0; i < 5; i++)
		x *= 2 - a * x;
	return x;
}

/* The inverse of mix(); every step is undone in the other order. */
static uint64_t unmix(const struct perm *p, uint64_t x)
{
	unsigned half = (p->bits + 1) / 2;
	uint64_t mask = p->n - 1;

	x = (x ^ x >> half) - p->key[2];
	x = (x * inverse(MUL2)) & mask;
	x = (x ^ x >> half) - p->key[1];
	x = (x * inverse(MUL1)) & mask;
	x = (x ^ x >> half) - p->key[0];
	return x & mask;
}

/*
 * Puts the number in until it comes out below n; this ends, since ${i} itself
 * is on the cycle.
 */
static uint64_t walk(const struct perm *p, uint64_t i)
{
	do
		i = forth(p, i);
	while (i >= p->n);
	return i;
}

uint64_t perm_at(const struct perm *p, uint64_t i)
{
	return p->bits != 0 ? mix(p, i) : walk(p, i);
}

void perm_many(const struct perm *p, const uint64_t *i, uint32_t n, uint64_t *out)
{
	struct perm q = *p; /* not to be read anew for every number */
	uint32_t x = 0;

	if (q.bits != 0) {
		for (; x < n; x++)
			out[x] = mix(&q, i[x]);
		return;
	}
	for (; q.n >> 62 == 0 && x + LANES <= n; x += LANES) {
		forth_lanes(&q, i + x, out + x);
		for (uint32_t k = x; k < x + LANES; k++)
			if (out[k] >= q.n)
				out[k] = walk(&q, out[k]);
	}
	for (; x < n; x++)
		out[x] = walk(&q, i[x]);
}

uint64_t perm_inv(const struct perm *p, uint64_t j)
{
	if (p->bits != 0)
		return unmix(p, j);
	do
		j = back(p, j);
	while (j >= p->n);
	return j;
}
