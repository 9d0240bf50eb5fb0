/* SPDX-License-Identifier: MIT */
#include "common/base/perm.h"

#include <string.h>

#include "common/base/rng.h"
#include "tests/unit/check.h"

static void bijective(uint64_t key, uint64_t n)
{
	static unsigned char seen[5000];
	struct perm p;
	uint64_t bad = 0;

	memset(seen, 0, sizeof(seen));
	perm_init(&p, key, n);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t j = perm_at(&p, i);

		bad += j >= n || seen[j]++ || perm_inv(&p, j) != i;
	}
	CHECK(bad == 0);
}

static void invertible(uint64_t n)
{
	struct perm p;
	uint64_t bad = 0;

	perm_init(&p, n ^ 42, n);
	for (uint64_t i = 0; i < 10000; i++) {
		uint64_t x = rng_below(rng_at(7, i), n), j = perm_at(&p, x);

		bad += j >= n || perm_inv(&p, j) != x;
	}
	CHECK(bad == 0);
}

/* Several numbers at once, in place too, are what each of them is alone. */
static void many(uint64_t key, uint64_t n)
{
	uint64_t in[23], out[23], bad = 0;
	struct perm p;

	perm_init(&p, key, n);
	for (uint64_t i = 0; i < 23; i++)
		in[i] = rng_at(key, i) % n;
	for (uint32_t count = 0; count <= 23; count++) {
		perm_many(&p, in, count, out);
		for (uint32_t i = 0; i < count; i++)
			bad += out[i] != perm_at(&p, in[i]);
	}
	perm_many(&p, in, 23, in);
	CHECK(bad == 0 && memcmp(in, out, sizeof(out)) == 0);
}

int main(void)
{
	for (uint64_t n = 1; n < 300; n++)
		bijective(n * 77, n);
	bijective(1, 4096);
	bijective(2, 4999);
	invertible(1000000007);
	invertible(1ULL << 32);
	invertible(1ULL << 33);
	invertible(1ULL << 62);
	invertible((1ULL << 63) - 25);
	invertible(1ULL << 63);
	for (uint64_t n = 1; n < UINT64_C(1) << 63; n = n * 3 + n % 2)
		many(n, n);
	many(9, UINT64_C(1) << 40);
	return check_done();
}
