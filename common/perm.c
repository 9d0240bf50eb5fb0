/* SPDX-License-Identifier: MIT */
#include "common/perm.h"

#include "common/rng.h"

enum { ROUNDS = 4 };

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

void perm_init(struct perm *p, uint64_t key, uint64_t n)
{
	p->n = n;
	p->a = isqrt(n);
	if (p->a == 0)
		p->a = 1;
	p->b = (n + p->a - 1) / p->a;
	perm_rekey(p, key);
}

void perm_rekey(struct perm *p, uint64_t key)
{
	for (uint64_t i = 0; i < ROUNDS; i++)
		p->key[i] = rng_subkey(key, i);
}

/*
 * An index is l + a*r with l < a and r < b.  Even rounds add to l a function of
 * r, odd rounds add to r a function of l: each is invertible whatever a and b.
 */
static uint64_t forth(const struct perm *p, uint64_t x)
{
	uint64_t l = x % p->a, r = x / p->a;

	for (int i = 0; i < ROUNDS; i += 2) {
		l += rng_below(rng_at(p->key[i], r), p->a);
		l -= l >= p->a ? p->a : 0;
		r += rng_below(rng_at(p->key[i + 1], l), p->b);
		r -= r >= p->b ? p->b : 0;
	}
	return l + p->a * r;
}

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

uint64_t perm_at(const struct perm *p, uint64_t i)
{
	do
		i = forth(p, i);
	while (i >= p->n);
	return i;
}

uint64_t perm_inv(const struct perm *p, uint64_t j)
{
	do
		j = back(p, j);
	while (j >= p->n);
	return j;
}
