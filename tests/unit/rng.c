/* SPDX-License-Identifier: MIT */
#include "common/base/rng.h"

#include <math.h>

#include "tests/unit/check.h"

/*
 * Statistics of the streams as the engine uses them: along the rows of a column,
 * and across columns at one row.  Bounds are five to six standard deviations;
 * the streams are fixed, so a test that passes once passes always.
 */
enum { DRAWS = 1 << 20 };

typedef uint64_t stream(uint64_t i);

static uint64_t along(uint64_t i)
{
	return rng_at(0x9d39247e33776d41ULL, i);
}

/* one row, keys as rng_key() makes them from names that differ by a digit */
static uint64_t across(uint64_t i)
{
	char name[] = "c0000000";
	const char *names[] = {"public", "t", name};

	for (int k = 7; k > 0; k--, i /= 10)
		name[k] = (char)('0' + i % 10);
	return rng_at(rng_key(42, names, 3, "value"), 7);
}

/* neighbours: the low bit of the counter chooses the key */
static uint64_t interleaved(uint64_t i)
{
	return rng_at(rng_subkey(1, i & 1), i >> 1);
}

static uint64_t subkeys(uint64_t i)
{
	return rng_subkey(1, i);
}

static void monobit(stream *s)
{
	int64_t ones[64] = {0};
	double worst = 0;

	for (uint64_t i = 0; i < DRAWS; i++) {
		uint64_t r = s(i);

		for (int b = 0; b < 64; b++)
			ones[b] += r >> b & 1;
	}
	for (int b = 0; b < 64; b++) {
		double d = fabs((double)ones[b] - DRAWS / 2.0) / sqrt(DRAWS / 4.0);

		worst = d > worst ? d : worst;
	}
	CHECK(worst < 5);
}

/* Chi-square of bytes at every place: 255 degrees of freedom, sigma 22.6. */
static void bytes(stream *s)
{
	static uint32_t count[8][256];

	memset(count, 0, sizeof(count));
	for (uint64_t i = 0; i < DRAWS; i++) {
		uint64_t r = s(i);

		for (int b = 0; b < 8; b++)
			count[b][r >> 8 * b & 255]++;
	}
	for (int b = 0; b < 8; b++) {
		double chi = 0, expect = DRAWS / 256.0;

		for (int k = 0; k < 256; k++)
			chi += (count[b][k] - expect) * (count[b][k] - expect) / expect;
		CHECK(chi > 255 - 5 * 22.6 && chi < 255 + 5.5 * 22.6);
	}
}

/* Pairs of neighbours in a 256 x 256 table: 65535 degrees of freedom. */
static void serial(stream *s)
{
	static uint32_t count[65536];
	double chi = 0, expect = DRAWS / 65536.0;
	uint64_t last = s(0) >> 56;

	memset(count, 0, sizeof(count));
	for (uint64_t i = 1; i <= DRAWS; i++) {
		uint64_t r = s(i) >> 56;

		count[last << 8 | r]++;
		last = r;
	}
	for (int k = 0; k < 65536; k++)
		chi += (count[k] - expect) * (count[k] - expect) / expect;
	CHECK(fabs(chi - 65535) < 5 * sqrt(2 * 65535.0));
}

/* 2^16 draws of 32 bits: 0.5 pairs alike are expected, so more than 6 are not chance. */
static void birthdays(stream *s, int shift)
{
	enum { PEOPLE = 1 << 16, SLOTS = 1 << 18 };
	static uint64_t slot[SLOTS];
	int alike = 0;

	memset(slot, 0, sizeof(slot));
	for (uint64_t i = 0; i < PEOPLE; i++) {
		uint64_t v = (s(i) >> shift & UINT32_MAX) + 1, at = v * 0x9e3779b97f4a7c15ULL >> 46;

		while (slot[at] != 0 && slot[at] != v)
			at = (at + 1) % SLOTS;
		alike += slot[at] == v;
		slot[at] = v;
	}
	CHECK(alike <= 6);
}

/* One bit of the key or the counter turned changes half of the bits, each of them. */
static void avalanche(int of_key)
{
	enum { TRIES = 4096 };

	for (int in = 0; in < 64; in++) {
		int64_t turned[64] = {0};
		double worst = 0, all = 0;

		for (uint64_t i = 0; i < TRIES; i++) {
			uint64_t k = rng_subkey(5, i), c = rng_subkey(6, i), bit = 1ULL << in;
			uint64_t d =
				rng_at(k, c) ^ (of_key ? rng_at(k ^ bit, c) : rng_at(k, c ^ bit));

			for (int b = 0; b < 64; b++)
				turned[b] += d >> b & 1;
		}
		for (int b = 0; b < 64; b++) {
			double d = fabs((double)turned[b] - TRIES / 2.0) / sqrt(TRIES / 4.0);

			worst = d > worst ? d : worst;
			all += (double)turned[b] / TRIES;
		}
		CHECK(worst < 6 && fabs(all - 32) < 0.5);
	}
}

/* rng_below() of small ranges, as every dictionary uses it. */
static void below(uint64_t n)
{
	static uint32_t count[1000];
	double chi = 0, expect = (double)DRAWS / (double)n;

	memset(count, 0, sizeof(count));
	for (uint64_t i = 0; i < DRAWS; i++)
		count[rng_below(along(i), n)]++;
	for (uint64_t k = 0; k < n; k++)
		chi += (count[k] - expect) * (count[k] - expect) / expect;
	CHECK(fabs(chi - (double)(n - 1)) < 5.5 * sqrt(2.0 * (double)(n - 1)) + 1);
}

int main(void)
{
	static stream *const streams[] = {along, interleaved, subkeys};

	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
		monobit(streams[i]);
		bytes(streams[i]);
		serial(streams[i]);
		birthdays(streams[i], 0);
		birthdays(streams[i], 32);
	}
	bytes(across);
	serial(across);
	birthdays(across, 0);
	birthdays(across, 32);
	avalanche(0);
	avalanche(1);
	below(2);
	below(27);
	below(1000);
	return check_done();
}
