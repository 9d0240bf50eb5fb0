/* SPDX-License-Identifier: MIT */
#ifndef COMMON_NUM_H
#define COMMON_NUM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * num: numbers from text, bounded and exact, and numbers to text, fast.
 *
 * Parsers take the whole of ${n} bytes (no space around them) and return false,
 * leaving ${out} alone, for anything else: empty, trailing bytes, out of range.
 */

/** num_parse_i64, num_parse_u64: [+-]digits. */
bool num_parse_i64(const char *s, size_t n, int64_t *out);
bool num_parse_u64(const char *s, size_t n, uint64_t *out);

/**
 * num_parse_count(s, n, out): a count as people write it: "1000", "10_000", "1k",
 * "2.5M", "2.5e4"; k, M, G, T are powers of 1000.  It must come out whole.
 */
bool num_parse_count(const char *s, size_t n, uint64_t *out);

/**
 * num_parse_dec(s, n, scale, out):
 * "-12.34" or "1.5e3" as value * 10^${scale}, ${scale} <= 18.  Exact: digits beyond the
 * scale must be zeros.
 */
bool num_parse_dec(const char *s, size_t n, unsigned scale, int64_t *out);

/** num_parse_dec_round: the same, digits beyond the scale rounded half away from zero. */
bool num_parse_dec_round(const char *s, size_t n, unsigned scale, int64_t *out);

/** num_parse_f64(s, n, out): decimal notation, NaN, [+-]Infinity or inf; as PostgreSQL reads them.
 */
bool num_parse_f64(const char *s, size_t n, double *out);

extern const int64_t num_pow10s[19];

/** num_pow10(k): 10^k, k <= 18. */
static inline int64_t num_pow10(unsigned k)
{
	assert(k <= 18);
	return num_pow10s[k];
}

/*
 * Formatters write at ${to} without a NUL and return the number of bytes; NUM_MAX
 * bytes must be there to write on.  No printf: two digits a step.
 */
enum { NUM_MAX = 32 };

size_t num_fmt_u64(char *to, uint64_t u);
size_t num_fmt_i64(char *to, int64_t i);

/** num_people(u).s: "40,000", for messages. */
struct num_people {
	char s[28];
};

struct num_people num_people(uint64_t u);

/** num_fmt_dec(to, v, scale): value * 10^-scale with all its decimals, "12.30", "-0.05"; scale
 * <= 18. */
size_t num_fmt_dec(char *to, int64_t v, unsigned scale);

/**
 * num_fmt_f64, num_fmt_f32: the shortest text that reads back as the same number, and of
 * those the closest, in PostgreSQL's notation (1e+15, 0.0001, Infinity, NaN), to the
 * byte: what lies half-way between two numbers is not used for either.
 * The algorithm is Schubfach (Giulietti 2021); no table but the powers of ten.
 */
size_t num_fmt_f64(char *to, double d);
size_t num_fmt_f32(char *to, float f);

/** num_two_digits: "00" to "99", 200 bytes. */
extern const char num_two_digits[200];

/*
 * Eight digits at once: the two halves of a number below 10^8 are lanes of a word, which is
 * split into lanes of two digits and then of one, each by a multiplication (10486 / 2^20 is
 * 1 / 100 for numbers below 10,000, and 103 / 2^10 is 1 / 10 below 100).  Not a branch depends
 * on the number, whose length no processor can guess.  Paul Khuong, "How to print integers
 * really fast" (2017).
 */
#define NUM_EIGHT UINT64_C(100000000)

/** num_eight(u): the eight digits of ${u} < NUM_EIGHT as numbers, the first in the lowest byte. */
static inline uint64_t num_eight(uint32_t u)
{
	uint64_t x = u / 10000 | (uint64_t)(u % 10000) << 32, high;

	high = (x * 10486) >> 20 & UINT64_C(0x7f0000007f);
	x = high | (x - high * 100) << 16;
	high = (x * 103) >> 10 & UINT64_C(0x000f000f000f000f);
	return high | (x - high * 10) << 8;
}

/** num_put_eight(to, digits, lead): ${digits} of num_eight() without the first ${lead} < 8 of
 * them; eight bytes are written, the end of the digits is returned. */
static inline char *num_put_eight(char *to, uint64_t digits, uint32_t lead)
{
	uint64_t text = (digits | UINT64_C(0x3030303030303030)) >> 8 * lead;

	memcpy(to, &text, sizeof(text));
	return to + 8 - lead;
}

/** num_zeros(digits): how many zeros are before the first digit of num_eight() that is none, at
 * most ${most} < 8. */
static inline uint32_t num_zeros(uint64_t digits, uint32_t most)
{
	return (uint32_t)__builtin_ctzll(digits | UINT64_C(1) << 8 * most) / 8;
}

/** num_digits(v): how many digits the number has, 1 for 0. */
static inline uint32_t num_digits(uint64_t v)
{
	uint32_t n = 1;

	for (; v >= 10; v /= 10)
		n++;
	return n;
}

/** num_put_digits(to, v, width): the last ${width} digits of a number, zeros before a shorter one;
 * the end of them. */
static inline char *num_put_digits(char *to, uint64_t v, uint32_t width)
{
	for (uint32_t i = width; i > 1; i -= 2, v /= 100)
		memcpy(to + i - 2, num_two_digits + 2 * (v % 100), 2);
	if (width % 2 != 0)
		to[0] = (char)('0' + v % 10);
	return to + width;
}

#endif
