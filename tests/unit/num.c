/* SPDX-License-Identifier: MIT */
#include "common/base/num.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "common/base/rng.h"
#include "tests/unit/check.h"

/* The value as text, or what refuses looks like. */
static const char *i64(const char *s)
{
	static char t[32];
	int64_t v;

	if (!num_parse_i64(s, strlen(s), &v))
		return "no";
	(void)snprintf(t, sizeof(t), "%" PRId64, v);
	return t;
}

static const char *u64(bool (*parse)(const char *, size_t, uint64_t *), const char *s)
{
	static char t[32];
	uint64_t v;

	if (!parse(s, strlen(s), &v))
		return "no";
	(void)snprintf(t, sizeof(t), "%" PRIu64, v);
	return t;
}

static const char *dec(
	bool (*parse)(const char *, size_t, unsigned, int64_t *), const char *s, unsigned scale)
{
	static char t[32];
	int64_t v;

	if (!parse(s, strlen(s), scale, &v))
		return "no";
	t[num_fmt_dec(t, v, scale)] = '\0';
	return t;
}

static void integers(void)
{
	static const char *const no[] = {"", "+", "-", "1 ", " 1", "1.0", "0x1",
		"9223372036854775808", "-9223372036854775809", "99999999999999999999", "--1",
		"1e3"};

	CHECK_STR(i64("0"), "0");
	CHECK_STR(i64("-0"), "0");
	CHECK_STR(i64("+7"), "7");
	CHECK_STR(i64("0000000000000000000000000012"), "12");
	CHECK_STR(i64("9223372036854775807"), "9223372036854775807");
	CHECK_STR(i64("-9223372036854775808"), "-9223372036854775808");
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		CHECK_STR(i64(no[i]), "no");
	CHECK_STR(u64(num_parse_u64, "18446744073709551615"), "18446744073709551615");
	CHECK_STR(u64(num_parse_u64, "18446744073709551616"), "no");
	CHECK_STR(u64(num_parse_u64, "-1"), "no");
}

static void counts(void)
{
	static const char *const pairs[][2] = {{"1000", "1000"}, {"1k", "1000"}, {"2.5e4", "25000"},
		{"2.5M", "2500000"}, {"1_000_000", "1000000"}, {"3G", "3000000000"},
		{"1T", "1000000000000"}, {"1e3k", "1000000"}, {"0", "0"}, {"0.5k", "500"},
		{"18446744073709551615", "18446744073709551615"}, {"1.000", "1"}, {"1.", "1"},
		{"18446744073709551616", "no"}, {"0.5", "no"}, {"1e-1", "no"}, {"k", "no"},
		{"", "no"}, {"-1", "no"}, {"1__0", "no"}, {"_1", "no"}, {"1_", "no"}, {"1 k", "no"},
		{"1kk", "no"}, {"1e99999999999", "no"}, {"1e20", "no"}, {"1.2.3", "no"},
		{".", "no"}, {"1e", "no"}, {"0e9999", "0"}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		CHECK_STR(u64(num_parse_count, pairs[i][0]), pairs[i][1]);
}

static void decimals(void)
{
	CHECK_STR(dec(num_parse_dec, "12.34", 2), "12.34");
	CHECK_STR(dec(num_parse_dec, "-0.05", 2), "-0.05");
	CHECK_STR(dec(num_parse_dec, "12.3", 2), "12.30");
	CHECK_STR(dec(num_parse_dec, "12.340000000000000000000000000", 2), "12.34");
	CHECK_STR(dec(num_parse_dec, "12.345", 2), "no");
	CHECK_STR(dec(num_parse_dec, "1.5e3", 2), "1500.00");
	CHECK_STR(dec(num_parse_dec, "150e-2", 2), "1.50");
	CHECK_STR(dec(num_parse_dec, ".5", 1), "0.5");
	CHECK_STR(dec(num_parse_dec, "922337203685477580.7", 1), "922337203685477580.7");
	CHECK_STR(dec(num_parse_dec, "922337203685477580.8", 1), "no");
	CHECK_STR(dec(num_parse_dec, "-922337203685477580.8", 1), "-922337203685477580.8");
	CHECK_STR(dec(num_parse_dec, "-9.223372036854775808", 18), "-9.223372036854775808");
	CHECK_STR(dec(num_parse_dec, "-", 0), "no");
	CHECK_STR(dec(num_parse_dec_round, "12.345", 2), "12.35");
	CHECK_STR(dec(num_parse_dec_round, "-12.345", 2), "-12.35");
	CHECK_STR(dec(num_parse_dec_round, "12.344999999999999999999999999999999999999999", 2),
		"12.34");
	CHECK_STR(dec(num_parse_dec_round, "0.0049", 2), "0.00");
	CHECK_STR(dec(num_parse_dec_round, "9.995", 2), "10.00");
	CHECK_STR(dec(num_parse_dec_round, "1e-9999", 2), "0.00");
}

static const char *f64(double d)
{
	static char t[NUM_MAX + 1];

	t[num_fmt_f64(t, d)] = '\0';
	return t;
}

static const char *f32(float f)
{
	static char t[NUM_MAX + 1];

	t[num_fmt_f32(t, f)] = '\0';
	return t;
}

/* As PostgreSQL 15 prints them (SELECT x::float8). */
static void reals_as_postgres(void)
{
	CHECK_STR(f64(0), "0");
	CHECK_STR(f64(-0.0), "-0");
	CHECK_STR(f64(0.1), "0.1");
	CHECK_STR(f64(100), "100");
	CHECK_STR(f64(1e14), "100000000000000");
	CHECK_STR(f64(1e15), "1e+15");
	CHECK_STR(f64(123456789012345.6), "123456789012345.6");
	CHECK_STR(f64(0.0001), "0.0001");
	CHECK_STR(f64(0.00001234), "1.234e-05");
	CHECK_STR(f64(-1.5e300), "-1.5e+300");
	CHECK_STR(f64(5e-324), "5e-324");
	CHECK_STR(f64(DBL_MAX), "1.7976931348623157e+308");
	CHECK_STR(f64(2.2250738585072014e-308), "2.2250738585072014e-308");
	CHECK_STR(f64(9007199254740993.0), "9.007199254740992e+15");
	CHECK_STR(f64(1e22), "1e+22");
	CHECK_STR(f64(1e23), "9.999999999999999e+22");
	CHECK_STR(f64(1.0 / 3), "0.3333333333333333");
	CHECK_STR(f64((double)INFINITY), "Infinity");
	CHECK_STR(f64(-(double)INFINITY), "-Infinity");
	CHECK_STR(f64((double)NAN), "NaN");
	CHECK_STR(f32(0.1f), "0.1");
	CHECK_STR(f32(123456.7f), "123456.7");
	CHECK_STR(f32(1e6f), "1e+06");
	CHECK_STR(f32(16777216.0f), "1.6777216e+07");
	CHECK_STR(f32(FLT_MAX), "3.4028235e+38");
	CHECK_STR(f32(1e-45f), "1e-45");
}

/* Reads back, and no text with fewer digits does. */
static bool is_shortest(double d, const char *text)
{
	char shorter[64];
	int n = 0;

	for (const char *p = text; *p != '\0' && *p != 'e'; p++)
		n += *p >= '0' && *p <= '9' && (n > 0 || *p != '0');
	for (const char *p = text + strcspn(text, "e");
		p > text && strchr(text, '.') == NULL && p[-1] == '0'; p--)
		n--;
	if (strtod(text, NULL) != d)
		return false;
	if (n <= 1 || (fabs(d) > 0x1p53 && fabs(d) < 0x1p80)) /* there are ties, not to be used */
		return true;
	(void)snprintf(shorter, sizeof(shorter), "%.*e", n - 2, d);
	return strtod(shorter, NULL) != d;
}

static void reals_read_back(void)
{
	uint64_t bad = 0;

	for (uint64_t i = 0; i < 200000; i++) {
		uint64_t bits = rng_at(1, i);
		uint32_t low = (uint32_t)bits;
		double d;
		float f;

		memcpy(&d, &bits, sizeof(d));
		memcpy(&f, &low, sizeof(f));
		if (isfinite(d) && d != 0)
			bad += !is_shortest(d, f64(d));
		if (isfinite(f))
			bad += strtof(f32(f), NULL) != f;
		d = (double)(int64_t)(bits >> 40) / 1000; /* prices and the like */
		bad += !is_shortest(d, f64(d)) && d != 0;
	}
	CHECK(bad == 0);
}

static void reals_from_text(void)
{
	static const char *const no[] = {
		"", "1e400", "0x1p3", "1,5", "nan(1)", " 1", "1 ", "e5", "--1"};
	double d = 7;

	CHECK(num_parse_f64("1e-3", 4, &d) && d == 0.001);
	CHECK(num_parse_f64("-.5", 3, &d) && d == -0.5);
	CHECK(num_parse_f64("NaN", 3, &d) && isnan(d));
	CHECK(num_parse_f64("-Infinity", 9, &d) && isinf(d) && d < 0);
	CHECK(num_parse_f64("inf", 3, &d) && isinf(d));
	d = 7;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		CHECK(!num_parse_f64(no[i], strlen(no[i]), &d) && d == 7);
}

static void formatting(void)
{
	char t[NUM_MAX + 1], want[64];
	uint64_t bad = 0;

	for (uint64_t i = 0; i < 300000; i++) {
		uint64_t u = rng_at(2, i) >> (i % 64);
		int64_t v = (int64_t)(i & 1 ? u : 0 - u);

		t[num_fmt_u64(t, u)] = '\0';
		(void)snprintf(want, sizeof(want), "%" PRIu64, u);
		bad += strcmp(t, want) != 0;
		t[num_fmt_i64(t, v)] = '\0';
		(void)snprintf(want, sizeof(want), "%" PRId64, v);
		bad += strcmp(t, want) != 0;
		for (unsigned scale = 0; scale <= 18; scale += 6) {
			int64_t back;
			size_t n = num_fmt_dec(t, v, scale);

			bad += n > NUM_MAX || !num_parse_dec(t, n, scale, &back) || back != v;
		}
	}
	CHECK(bad == 0);
	t[num_fmt_i64(t, INT64_MIN)] = '\0';
	CHECK_STR(t, "-9223372036854775808");
	t[num_fmt_dec(t, INT64_MIN, 18)] = '\0';
	CHECK_STR(t, "-9.223372036854775808");
}

int main(void)
{
	integers();
	counts();
	decimals();
	formatting();
	reals_as_postgres();
	reals_read_back();
	reals_from_text();
	return check_done();
}
