/* SPDX-License-Identifier: MIT */
/*
 * Reading numbers: integers, decimals of a fixed scale, counts with a suffix,
 * floating-point numbers. Texts are not terminated, nothing around a number is
 * accepted, and overflow is told and never wraps. Blanks are the caller's to
 * remove.
 */
#include "common/base/num.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const int64_t num_pow10s[19] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000,
	1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits only; false when there are none or the value passes ${max}. */
static bool digits(const char *s, size_t n, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (n == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint64_t d = (uint64_t)(s[i] - '0');

		if (!is_digit(s[i]) || v > max / 10 || d > max - v * 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

/* Steps over a sign; whether it was a minus. */
static bool take_sign(const char **s, size_t *n)
{
	bool neg = *n > 0 && **s == '-';

	if (*n > 0 && (**s == '-' || **s == '+')) {
		(*s)++;
		(*n)--;
	}
	return neg;
}

/* A magnitude with its sign, if an int64_t holds it. */
static bool with_sign(uint64_t v, bool neg, int64_t *out)
{
	if (v > (uint64_t)INT64_MAX + neg)
		return false;
	*out = neg ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool num_parse_i64(const char *s, size_t n, int64_t *out)
{
	bool neg = take_sign(&s, &n);
	uint64_t v;

	return digits(s, n, UINT64_MAX, &v) && with_sign(v, neg, out);
}

bool num_parse_u64(const char *s, size_t n, uint64_t *out)
{
	uint64_t v;
	bool neg = take_sign(&s, &n);

	if (neg || !digits(s, n, UINT64_MAX, &v))
		return false;
	*out = v;
	return true;
}

/* ---- decimals ------------------------------------------------------------ */

/* mant * 10^exp; digits past the 38th are cut off, which no target can hold anyway */
struct decimal {
	unsigned __int128 mant;
	int exp;
};

enum { EXP_MAX = 10000 };

/*
 * The "e-5" at the end, if there is one, is taken off; false when it is
 * malformed.
 */
static bool take_exponent(const char *s, size_t *n, int *exp)
{
	const char *e = memchr(s, 'e', *n);
	int64_t v = 0;

	if (e == NULL)
		e = memchr(s, 'E', *n);
	if (e != NULL) {
		size_t at = (size_t)(e - s);

		if (!num_parse_i64(e + 1, *n - at - 1, &v) || v < -EXP_MAX || v > EXP_MAX)
			return false;
		*n = at;
	}
	*exp = (int)v;
	return true;
}

/* A decimal as an integer of at most 38 digits and a power of ten. */
static bool parse_decimal(const char *s, size_t n, struct decimal *d)
{
	const unsigned __int128 full = ~(unsigned __int128)0 / 10 - 1;
	size_t seen = 0, point = SIZE_MAX;

	*d = (struct decimal){0, 0};
	if (n > EXP_MAX || !take_exponent(s, &n, &d->exp))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.' && point == SIZE_MAX)
			point = i;
		else if (is_digit(s[i]))
			seen++;
		else
			return false;
	}
	if (seen == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (i == point)
			continue;
		if (d->mant < full) {
			d->mant = d->mant * 10 + (unsigned)(s[i] - '0');
			d->exp -= i > point;
		} else {
			d->exp += i < point;
		}
	}
	return true;
}

/*
 * mant * 10^(exp + shift) as an integer of at most ${max}, rounded half away
 * from zero; *inexact tells whether digits were lost.
 */
static bool decimal_to_int(
	const struct decimal *d, int shift, uint64_t max, bool *inexact, uint64_t *out)
{
	unsigned __int128 v = d->mant, cut;
	int k = d->exp + shift;

	*inexact = false;
	for (; k > 0 && v != 0; k--) {
		if (v > max / 10)
			return false;
		v *= 10;
	}
	for (; k < -1 && v != 0; k++) {
		*inexact |= v % 10 != 0;
		v /= 10;
	}
	if (k == -1) {
		cut = v % 10;
		*inexact |= cut != 0;
		v = v / 10 + (cut >= 5);
	}
	if (v > max)
		return false;
	*out = (uint64_t)v;
	return true;
}

static bool parse_dec(const char *s, size_t n, unsigned scale, bool round, int64_t *out)
{
	bool neg = take_sign(&s, &n), inexact;
	struct decimal d;
	uint64_t v;

	assert(scale <= 18);
	return parse_decimal(s, n, &d) &&
	       decimal_to_int(&d, (int)scale, (uint64_t)INT64_MAX + neg, &inexact, &v) &&
	       (round || !inexact) && with_sign(v, neg, out);
}

bool num_parse_dec(const char *s, size_t n, unsigned scale, int64_t *out)
{
	return parse_dec(s, n, scale, false, out);
}

bool num_parse_dec_round(const char *s, size_t n, unsigned scale, int64_t *out)
{
	return parse_dec(s, n, scale, true, out);
}

/* The power of ten of a suffix (k, m, g, t), or 0. */
static int suffix(char c)
{
	static const struct {
		char c;
		int exp;
	} suffixes[] = {
		{'k', 3}, {'K', 3}, {'m', 6}, {'M', 6}, {'g', 9}, {'G', 9}, {'t', 12}, {'T', 12}};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (suffixes[i].c == c)
			return suffixes[i].exp;
	return 0;
}

/*
 * "10k", "1.5m", "1_000": decimals and a suffix that together make a whole
 * number. Underscores between digits are ignored, as in SQL and C.
 */
bool num_parse_count(const char *s, size_t n, uint64_t *out)
{
	char plain[64];
	size_t m = 0;
	int shift = n > 0 ? suffix(s[n - 1]) : 0;
	bool inexact;
	struct decimal d;
	uint64_t v;

	n -= shift != 0;
	for (size_t i = 0; i < n; i++) {
		bool inside = i > 0 && i + 1 < n && is_digit(s[i - 1]) && is_digit(s[i + 1]);

		if (s[i] == '_' && inside)
			continue;
		if (m == sizeof(plain))
			return false;
		plain[m++] = s[i];
	}
	if (!parse_decimal(plain, m, &d) || !decimal_to_int(&d, shift, UINT64_MAX, &inexact, &v) ||
		inexact)
		return false;
	*out = v;
	return true;
}

/* ---- reals --------------------------------------------------------------- */

static bool word_is(const char *s, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(s, word, n) == 0;
}

/* strtod() on a copy; NaN and infinities as PostgreSQL spells them. */
bool num_parse_f64(const char *s, size_t n, double *out)
{
	const char *body = s;
	size_t left = n;
	bool neg = take_sign(&body, &left);
	char text[1024];
	struct decimal ignored;
	double v;

	if (word_is(s, n, "nan")) {
		*out = (double)NAN;
		return true;
	}
	if (word_is(body, left, "infinity") || word_is(body, left, "inf")) {
		*out = neg ? -(double)INFINITY : (double)INFINITY;
		return true;
	}
	if (left >= sizeof(text) || !parse_decimal(body, left, &ignored))
		return false;
	memcpy(text, body, left);
	text[left] = '\0';
	v = strtod(text, NULL);
	if (isinf(v))
		return false;
	*out = neg ? -v : v;
	return true;
}
