/* SPDX-License-Identifier: MIT */
/*
 * Writing numbers. Integers are written two digits at a time from a table
 * (Alexandrescu, "Three Optimization Tips for C++", 2012). Floating-point
 * numbers are written with the fewest digits that read back as the same number,
 * as PostgreSQL 12 and later do with extra_float_digits = 1; the algorithm is
 * Schubfach (Giulietti, "The Schubfach way to render doubles", 2020), with
 * powers of ten from num_pow10.c.
 */
#include "common/base/num.h"

#include <assert.h>
#include <string.h>

#include "common/base/num_pow10.h"

/* clang-format off */
const char num_two_digits[200] = {
#define D(t) t, '0', t, '1', t, '2', t, '3', t, '4', t, '5', t, '6', t, '7', t, '8', t, '9'
	D('0'), D('1'), D('2'), D('3'), D('4'), D('5'), D('6'), D('7'), D('8'), D('9'),
#undef D
};
/* clang-format on */

/* ---- integers ------------------------------------------------------------ */

/* Decimal digits, from the number of bits and one comparison. */
static unsigned count_digits(uint64_t u)
{
	unsigned bits = 64 - (unsigned)__builtin_clzll(u | 1), n = bits * 1233 >> 12;

	/* n = floor(bits * log10 2): the number has n or n + 1 digits */
	return n < 19 ? n + (u >= (uint64_t)num_pow10(n)) + (u == 0)
		      : 19 + (u >= 10000000000000000000u);
}

static void put2(char *to, uint32_t v)
{
	memcpy(to, num_two_digits + 2 * (size_t)v, 2);
}

/* The last ${n} digits of ${u}, padded with zeros, ending before ${end}. */
static void put_digits(char *end, uint64_t u, unsigned n)
{
	uint32_t v;

	for (; n >= 8; n -= 8, u /= 100000000) {
		uint32_t low = (uint32_t)(u % 100000000), a = low / 10000, b = low % 10000;

		end -= 8;
		put2(end, a / 100);
		put2(end + 2, a % 100);
		put2(end + 4, b / 100);
		put2(end + 6, b % 100);
	}
	for (v = (uint32_t)(u % 100000000); n >= 2; n -= 2, v /= 100)
		put2(end -= 2, v % 100);
	if (n == 1)
		end[-1] = (char)('0' + v % 10);
}

size_t num_fmt_u64(char *to, uint64_t u)
{
	unsigned n = count_digits(u);

	put_digits(to + n, u, n);
	return n;
}

/* With commas after thousands, for messages. */
struct num_people num_people(uint64_t u)
{
	struct num_people to = {""};
	char digits[NUM_MAX];
	size_t n = num_fmt_u64(digits, u), at = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			to.s[at++] = ',';
		to.s[at++] = digits[i];
	}
	return to;
}

size_t num_fmt_i64(char *to, int64_t i)
{
	if (i >= 0)
		return num_fmt_u64(to, (uint64_t)i);
	*to = '-';
	return 1 + num_fmt_u64(to + 1, 0 - (uint64_t)i);
}

/*
 * There is no division by a scale that is known only now: all digits are
 * written, and the last ones are moved aside for the point.
 */
size_t num_fmt_dec(char *to, int64_t v, unsigned scale)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	unsigned n = count_digits(u);
	char *p = to, *fraction;

	assert(scale <= 18);
	if (v < 0)
		*p++ = '-';
	if (n <= scale)
		n = scale + 1;
	put_digits(p + n, u, n);
	if (scale == 0)
		return (size_t)(p + n - to);
	fraction = p + n - scale;
	if (scale <= 8) {
		uint64_t eight;

		memcpy(&eight, fraction, 8);
		memcpy(fraction + 1, &eight, 8);
	} else {
		memmove(fraction + 1, fraction, scale);
	}
	*fraction = '.';
	return (size_t)(p + n + 1 - to);
}

/* ---- reals: Schubfach ---------------------------------------------------- */

/* mant * 10^exp */
struct shortest {
	uint64_t mant;
	int exp;
};

/* What an IEEE format is; sizes in bits. */
struct format {
	int fraction, bias; /* bias includes the fraction */
	int digits;	    /* exponents from here on are written with e */
	uint64_t (*scale)(int k, uint64_t c);
};

/* floor(log2(10^e)) and floor(log10(2^e)), exact over the ranges used */
static int log2_pow10(int e)
{
	return (e * 1741647) >> 19;
}

static int log10_pow2(int e, bool three_quarters)
{
	return (e * 1262611 - (three_quarters ? 524031 : 0)) >> 22;
}

/* 10^k * c with the bits shifted out gathered in the last one ("round to odd"). */
static uint64_t scale64(int k, uint64_t c)
{
	const uint64_t *g = num_pow10_table[k - NUM_POW10_FIRST];
	unsigned __int128 x = (unsigned __int128)g[1] * c;
	unsigned __int128 y = (unsigned __int128)g[0] * c + (uint64_t)(x >> 64);

	return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

static uint64_t scale32(int k, uint64_t c)
{
	const uint64_t *g = num_pow10_table[k - NUM_POW10_FIRST];
	unsigned __int128 y = (unsigned __int128)(g[0] + (g[1] != 0)) * c;
	uint64_t low = (uint64_t)(y >> 32) & UINT32_MAX;

	return (uint64_t)(y >> 64) | (low > 1);
}

static const struct format f64 = {52, 1075, 15, scale64};
static const struct format f32 = {23, 150, 6, scale32};

/*
 * The shortest decimal within the interval of numbers that round to this one.
 */
static struct shortest shortest(const struct format *f, uint64_t fraction, int exponent)
{
	uint64_t hidden = (uint64_t)1 << f->fraction, c = exponent ? hidden | fraction : fraction;
	int q = (exponent ? exponent : 1) - f->bias;
	bool closer = fraction == 0 && exponent > 1;
	int k = log10_pow2(q, closer), h = q + log2_pow10(-k) + 1;
	uint64_t low, mid, high, s, t;
	bool under, over;

	if (q <= 0 && -q <= f->fraction && (c & (((uint64_t)1 << -q) - 1)) == 0)
		return (struct shortest){c >> -q, 0};
	/* what lies half-way to a neighbour is left out, as PostgreSQL does: whether it reads
	 * back would hang on how the reader breaks ties */
	low = f->scale(-k, (4 * c - 2 + closer) << h) + 1;
	mid = f->scale(-k, (4 * c) << h);
	high = f->scale(-k, (4 * c + 2) << h) - 1;
	s = mid / 4;
	if (s >= 10) { /* one digit less, if exactly one such number is between */
		t = s / 10;
		under = low <= 40 * t;
		over = 40 * t + 40 <= high;
		if (under != over)
			return (struct shortest){t + over, k + 1};
	}
	under = low <= 4 * s;
	over = 4 * s + 4 <= high;
	if (under != over)
		return (struct shortest){s + over, k};
	t = 4 * s + 2;
	return (struct shortest){s + (mid > t || (mid == t && (s & 1) != 0)), k};
}

/* The same value without zeros at the end of the mantissa. */
static struct shortest without_zeros(struct shortest d)
{
	if (d.mant == 0)
		return (struct shortest){0, 0};
	if (d.mant % 100000000 == 0) { /* prices and the like: seventeen digits, twelve of them 0 */
		d.mant /= 100000000;
		d.exp += 8;
	}
	while (d.mant % 100 == 0) {
		d.mant /= 100;
		d.exp += 2;
	}
	if (d.mant % 10 == 0) {
		d.mant /= 10;
		d.exp++;
	}
	return d;
}

/* d.ddde+XX. */
static char *put_scientific(char *p, uint64_t mant, unsigned n, int exp)
{
	unsigned e = (unsigned)(exp < 0 ? -exp : exp);

	put_digits(p + n + 1, mant, n);
	p[0] = p[1];
	if (n > 1) {
		p[1] = '.';
		p += n + 1;
	} else {
		p++;
	}
	*p++ = 'e';
	*p++ = exp < 0 ? '-' : '+';
	n = e < 100 ? 2 : 3;
	put_digits(p + n, e, n);
	return p + n;
}

/* Without an exponent. */
static char *put_fixed(char *p, uint64_t mant, unsigned n, int exp)
{
	unsigned after = exp < 0 ? (unsigned)-exp : 0;

	if (exp >= 0) { /* 1200 */
		put_digits(p + n, mant, n);
		memset(p + n, '0', (size_t)exp);
		return p + n + exp;
	}
	if (after >= n) { /* 0.0012 */
		memcpy(p, "0.", 2);
		put_digits(p + 2 + after, mant, after);
		return p + 2 + after;
	}
	put_digits(p + n + 1, mant, n); /* 1.2 */
	memmove(p, p + 1, n - after);
	p[n - after] = '.';
	return p + n + 1;
}

/*
 * Chooses between both forms as PostgreSQL does: an exponent from 15 digits on
 * (6 for real) and below 0.0001.
 */
static size_t fmt_real(
	char *to, const struct format *f, uint64_t fraction, int exponent, int max, bool neg)
{
	struct shortest d;
	unsigned n;
	char *p = to;

	if (exponent == max && fraction != 0) {
		memcpy(to, "NaN", 3);
		return 3;
	}
	if (neg)
		*p++ = '-';
	if (exponent == max) {
		memcpy(p, "Infinity", 8);
		return (size_t)(p + 8 - to);
	}
	d = fraction == 0 && exponent == 0 ? (struct shortest){0, 0}
					   : without_zeros(shortest(f, fraction, exponent));
	n = count_digits(d.mant);
	exponent = d.exp + (int)n - 1;
	p = exponent < -4 || exponent >= f->digits ? put_scientific(p, d.mant, n, exponent)
						   : put_fixed(p, d.mant, n, d.exp);
	assert(p - to <= NUM_MAX);
	return (size_t)(p - to);
}

size_t num_fmt_f64(char *to, double d)
{
	uint64_t bits;

	memcpy(&bits, &d, sizeof(bits));
	return fmt_real(to, &f64, bits & (((uint64_t)1 << 52) - 1), (int)(bits >> 52 & 0x7ff),
		0x7ff, bits >> 63);
}

size_t num_fmt_f32(char *to, float f)
{
	uint32_t bits;

	memcpy(&bits, &f, sizeof(bits));
	return fmt_real(to, &f32, bits & 0x7fffff, (int)(bits >> 23 & 0xff), 0xff, bits >> 31);
}
