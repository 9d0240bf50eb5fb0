/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_quantile.h"

#include <stddef.h>
#include <stdlib.h>

#include "common/base/rng.h"
#include "common/generators/gen_moment.h"
#include "tests/unit/check.h"

/* A share of all bits. */
static uint64_t share(double p)
{
	return p >= 1 ? UINT64_MAX : (uint64_t)(p * 0x1p64);
}

static bool near(double x, double y, double most)
{
	return x - y <= most && y - x <= most;
}

/*
 * Normal deviates by Abramowitz and Stegun, table 26.5 and 26.6, and NIST's Engineering
 * Statistics Handbook, 1.3.6.7.1: not those that the generator's table was made by.
 */
static void deviates_are_those_of_published_tables(void)
{
	static const struct {
		double p, z;
	} known[] = {{0.5, 0}, {0.6, 0.25335}, {0.75, 0.67449}, {0.84134475, 1}, {0.9, 1.28155},
		{0.95, 1.64485}, {0.975, 1.95996}, {0.97724987, 2}, {0.99, 2.32635},
		{0.995, 2.57583}, {0.99865010, 3}, {0.999, 3.09023}, {0.9999, 3.71902},
		{0.99996833, 4}, {0.999999, 4.75342}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		double up = (double)quantile_normal(share(known[i].p)) / 0x1p28;
		double down = (double)quantile_normal(share(1 - known[i].p)) / 0x1p28;

		CHECK(near(up, known[i].z, 1e-4));
		CHECK(near(down, -known[i].z, 1e-4));
	}
	CHECK(near((double)QUANTILE_P90 / 0x1p28, 1.2815515655, 1e-8));
	CHECK(quantile_normal(0) < -7 * (INT64_C(1) << 28));
	CHECK(quantile_normal(UINT64_MAX) == -quantile_normal(0));
}

static void deviates_never_fall(void)
{
	int64_t last = INT64_MIN;

	for (uint64_t i = 0; i < 200000; i++) {
		int64_t z = quantile_normal(i * (UINT64_MAX / 200000));

		CHECK(z >= last);
		last = z;
	}
}

/* Common logarithms of 2, 3, 5, 7 and 10 by any table, over that of 2. */
static void logarithms_are_those_of_published_tables(void)
{
	static const struct {
		double p, bits;
	} known[] = {{0.5, 1}, {0.25, 2}, {1.0 / 3, 1.5849625007}, {0.2, 2.3219280949},
		{1.0 / 7, 2.8073549221}, {0.1, 3.3219280949}, {0.001, 9.9657842847}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		CHECK(near((double)quantile_bits(share(known[i].p)) / 0x1p32, known[i].bits, 2e-8));
		CHECK(near((double)quantile_half((uint64_t)(known[i].bits * 0x1p32)) / 0x1p64,
			known[i].p, 1e-9));
	}
	CHECK(quantile_bits(1) == (uint64_t)64 << 32);
	CHECK(quantile_bits(UINT64_MAX) <= 100);
	CHECK(quantile_half(0) == UINT64_MAX && quantile_half((uint64_t)64 << 32) == 0);
}

static void powers_are_rounded_and_stop(void)
{
	const int64_t one = INT64_C(1) << 32;

	CHECK(quantile_power(1000, 0) == 1000);
	CHECK(quantile_power(1000, 3 * one) == 8000);
	CHECK(quantile_power(1000, -3 * one) == 125);
	CHECK(quantile_power(10000, one / 2) == 14142);
	CHECK(quantile_power(10000, -one / 2) == 7071);
	CHECK(quantile_power(0, 90 * one) == 0 && quantile_power(1, 90 * one) == INT64_MAX);
	CHECK(quantile_power(1, 61 * one) == INT64_C(1) << 61);
	CHECK(quantile_power(5, 62 * one) == INT64_MAX);
	CHECK(quantile_power(5, -90 * one) == 0);
}

enum { N = 20001 };

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The values of evenly spread bits, in order. */
static const uint64_t *draw(const struct quantile_decay *d, uint64_t room)
{
	static uint64_t v[N];

	for (uint64_t i = 0; i < N; i++) {
		v[i] = quantile_decay_at(d, room, UINT64_MAX / N * i + UINT64_MAX / N / 2);
		CHECK(v[i] < room);
	}
	qsort(v, N, sizeof(v[0]), by_value);
	return v;
}

static void medians_hold_within_any_end(void)
{
	static const struct {
		uint64_t median, most;
	} asked[] = {{3 * 86400, 90 * 86400}, {1200, 86400}, {40, 100}, {50, 100}, {70, 100},
		{5000, 5100}, {900, 1000000000}};

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct quantile_decay d = quantile_decay_median(asked[i].median, asked[i].most);
		double got = (double)draw(&d, asked[i].most)[N / 2];

		CHECK(near(got, (double)asked[i].median, (double)asked[i].median / 200 + 1));
	}
}

/* Of what is cut off nothing is left: the last tenth of the room has fewer values than the first.
 */
static void a_short_room_is_drawn_from_evenly(void)
{
	struct quantile_decay d = quantile_decay_median(1000000, 30000000);

	for (uint64_t room = 10; room <= 100000000; room *= 10) {
		const uint64_t *v = draw(&d, room);
		uint32_t first = 0, last = 0;

		for (uint32_t i = 0; i < N; i++) {
			first += v[i] < room / 10;
			last += v[i] >= room - room / 10;
		}
		CHECK(first + first / 50 >= last);
		CHECK(room > 100000 || near(first, N / 10.0, N / 50.0));
	}
}

static void growth_is_the_ratio_of_both_ends(void)
{
	enum { ROOM = 1000000, TENTH = ROOM / 100 };
	static const double growths[] = {1, 1.5, 2, 10, 0.5};

	for (size_t i = 0; i < sizeof(growths) / sizeof(growths[0]); i++) {
		struct quantile_decay d = moment_rise(growths[i], ROOM);
		const uint64_t *v = draw(&d, ROOM);
		double first = 0, last = 0;

		for (uint32_t k = 0; k < N; k++) {
			first += v[k] < TENTH;
			last += v[k] >= ROOM - TENTH;
		}
		CHECK(near(last / first, growths[i], growths[i] * 0.05));
	}
}

int main(void)
{
	deviates_are_those_of_published_tables();
	deviates_never_fall();
	logarithms_are_those_of_published_tables();
	powers_are_rounded_and_stop();
	medians_hold_within_any_end();
	a_short_room_is_drawn_from_evenly();
	growth_is_the_ratio_of_both_ends();
	return check_done();
}
