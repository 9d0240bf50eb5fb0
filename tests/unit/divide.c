/* SPDX-License-Identifier: MIT */
#include "common/base/divide.h"
#include "common/base/rng.h"
#include "common/base/saturate.h"
#include "common/base/search.h"
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

static void rounds_down_below_zero_too(void)
{
	CHECK(divide_down(7, 2) == 3 && divide_down(-7, 2) == -4 && divide_down(-8, 2) == -4);
	CHECK(divide_down(INT64_MIN, 1) == INT64_MIN && divide_down(-1, INT64_MAX) == -1);
}

static void stops_at_the_ends(void)
{
	CHECK(saturate_add(INT64_MAX, 1) == INT64_MAX && saturate_add(INT64_MIN, -1) == INT64_MIN);
	CHECK(saturate_sub(INT64_MIN, 1) == INT64_MIN && saturate_sub(0, INT64_MIN) == INT64_MAX);
	CHECK(saturate_mul(INT64_MIN, -1) == INT64_MAX && saturate_mul(INT64_MIN, 2) == INT64_MIN);
	CHECK(saturate_add(2, -3) == -1 && saturate_sub(2, 3) == -1 && saturate_mul(-2, 3) == -6);
}

/* Products of 64 bits and of more, and what is next to a multiple of the divisor. */
static void divides_products(void)
{
	const uint64_t big = UINT64_C(3) << 62;

	CHECK(multiply_divide(7, 5, 6) == 5 && multiply_divide(6, 5, 6) == 5);
	CHECK(multiply_divide(big, 8, 12) == big / 3 * 2 && multiply_divide(big, big, big) == big);
	CHECK(multiply_divide(big - 1, 2, big) == 1 && multiply_divide(0, big, 1) == 0);
	CHECK(divide_wide((unsigned __int128)big * 5 - 1, big) == 4);
	CHECK(divide_wide((unsigned __int128)big * 5, big) == 5 && divide_wide(34, 7) == 4);
}

/* Against going through them; some are alike. */
static void searches(void)
{
	uint64_t v[100] = {0}, bad = 0;

	for (uint32_t i = 1; i < 100; i++)
		v[i] = v[i - 1] + rng_below(rng_at(7, i), 3);
	for (uint32_t n = 1; n <= 100; n++)
		for (uint64_t x = 0; x <= v[99] + 1; x++) {
			uint32_t last = 0;

			for (uint32_t i = 0; i < n; i++)
				last = v[i] <= x ? i : last;
			bad += search_last(v, n, x) != last;
		}
	CHECK(bad == 0);
	CHECK(search_last((const uint64_t[]){0, UINT64_MAX}, 2, UINT64_MAX) == 1);
}

int main(void)
{
	divides_products();
	searches();
	rounds_down_below_zero_too();
	stops_at_the_ends();
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
