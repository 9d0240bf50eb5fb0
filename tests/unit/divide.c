/* SPDX-License-Identifier: MIT */
#include "common/base/divide.h"
#include "common/base/rng.h"
#include "tests/unit/check.h"

#define END (UINT64_C(1) << 63) /* numbers are below it */

static uint64_t wrong(uint64_t d, uint64_t x)
{
	struct divisor k = divisor_of(d);
	uint64_t rest, q;

	if (x >= END)
		return 0;
	q = divide_rest(&k, x, &rest);
	return q != x / d || rest != x % d || divide(&k, x) != q;
}

/* What is hard is next to a multiple of the divisor, and at the end. */
static void divides(uint64_t d)
{
	uint64_t last = (END - 1) / d * d, bad = wrong(d, 0) + wrong(d, END - 1) + wrong(d, d - 1);

	bad += wrong(d, d) + wrong(d, last) + wrong(d, last - 1) + wrong(d, last + 1);
	for (uint64_t i = 0; i < 200; i++) {
		uint64_t q = rng_below(rng_at(d, i), END / d), x = q * d;

		bad += wrong(d, x) + wrong(d, x + d - 1) + wrong(d, x == 0 ? 0 : x - 1);
		bad += wrong(d, rng_at(d, i) >> (1 + i % 60));
	}
	CHECK(bad == 0);
}

int main(void)
{
	for (uint64_t d = 1; d < 3000; d++)
		divides(d);
	for (unsigned bit = 11; bit < 63; bit++) {
		divides((UINT64_C(1) << bit) - 1);
		divides(UINT64_C(1) << bit);
		divides((UINT64_C(1) << bit) + 1);
	}
	for (uint64_t i = 0; i < 3000; i++)
		divides(1 + (rng_at(1, i) >> (1 + i % 60)));
	divides(END - 1);
	divides(END);
	return check_done();
}
