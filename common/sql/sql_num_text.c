/* SPDX-License-Identifier: MIT */
/*
 * Numerics as texts and as floating-point numbers, as numeric_in(),
 * numeric_out(), numeric_float8() and float8_numeric() of PostgreSQL read and
 * write them. Both roads are one, since a double that is not exact becomes a
 * text on its way.
 */
#include "common/sql/sql_num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/sql/sql_num_int.h"

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/*
 * The words that numeric_in() takes for values that are not finite, in any
 * case.
 */
static bool parse_special(const char *s, size_t n, struct sql_num *out)
{
	static const struct {
		const char *name;
		enum sql_num_kind kind;
	} names[] = {{"nan", SQL_NUM_NAN}, {"infinity", SQL_NUM_PINF}, {"+infinity", SQL_NUM_PINF},
		{"-infinity", SQL_NUM_NINF}, {"inf", SQL_NUM_PINF}, {"+inf", SQL_NUM_PINF},
		{"-inf", SQL_NUM_NINF}};

	for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
		if (strlen(names[k].name) == n && strncasecmp(s, names[k].name, n) == 0) {
			*out = num_special(names[k].kind);
			return true;
		}
	return false;
}

/*
 * Reads the exponent after an "e", as "-12" of "e-12". It is saturated at about
 * 10^6, which every caller refuses as too large anyway.
 */
static bool parse_exponent(const char *s, size_t n, int32_t *e)
{
	size_t i = 0;
	bool minus = false;
	int32_t v = 0;

	if (i < n && (s[i] == '+' || s[i] == '-'))
		minus = s[i++] == '-';
	if (i == n)
		return false;
	for (; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		if (v < 100000)
			v = v * 10 + (s[i] - '0');
	}
	*e = minus ? -v : v;
	return true;
}

/*
 * Reads a numeric as numeric_in() does: blanks around it, a sign, digits with
 * at most one point, an exponent. A negative scale (1e20) is expanded to zeros
 * when the digits have room, so that the value prints as PostgreSQL prints it.
 * False means bad syntax or more digits than are held.
 */
bool sql_num_parse(const char *s, size_t n, struct sql_num *out)
{
	sql_i128 v = 0;
	int32_t scale = 0, e = 0;
	bool minus = false, dot = false, any = false;
	size_t i = 0;

	while (n > 0 && is_space(s[0]))
		s++, n--;
	while (n > 0 && is_space(s[n - 1]))
		n--;
	if (parse_special(s, n, out))
		return true;
	if (n > 0 && (s[0] == '-' || s[0] == '+'))
		minus = s[i++] == '-';
	for (; i < n && ((s[i] >= '0' && s[i] <= '9') || (s[i] == '.' && !dot)); i++) {
		if (s[i] == '.') {
			dot = true;
			continue;
		}
		any = true;
		if (v > num_limit() / 10)
			return false;
		v = v * 10 + (s[i] - '0');
		scale += dot;
	}
	if (!any || !num_fits(v))
		return false;
	if (i < n && ((s[i] != 'e' && s[i] != 'E') || !parse_exponent(s + i + 1, n - i - 1, &e)))
		return false;
	scale -= e;
	if (scale < 0 && num_scale_up(&v, -scale))
		scale = 0;
	*out = (struct sql_num){.v = minus ? -v : v, .scale = scale};
	return scale <= 1000 && scale >= -400;
}

/*
 * Writes the value in full, without an exponent, as numeric_out() does. Digits
 * are made from the last to the first and written in the other order.
 */
size_t sql_num_print(char *to, const struct sql_num *a)
{
	static const char *const names[] = {"", "Infinity", "-Infinity", "NaN"};
	char d[40];
	sql_u128 u = num_magnitude(a->v);
	size_t n = 0, nd = 0;

	if (a->kind != SQL_NUM_FINITE) {
		n = strlen(names[a->kind]);
		memcpy(to, names[a->kind], n);
		return n;
	}
	if (a->v < 0)
		to[n++] = '-';
	for (; u != 0; u /= 10)
		d[nd++] = (char)('0' + (int)(u % 10));
	for (int32_t k = (int32_t)nd > a->scale ? (int32_t)nd - 1 : a->scale; k >= 0; k--) {
		if (k == a->scale - 1)
			to[n++] = '.';
		if (n >= SQL_NUM_TEXT - 1)
			break;
		to[n++] = k < (int32_t)nd ? d[k] : '0';
	}
	for (int32_t k = a->scale; k < 0 && n < SQL_NUM_TEXT; k++)
		to[n++] = '0';
	return n;
}

/*
 * The nearest double. An integer below 2^53 divided by a power of ten up to
 * 10^22 has two exact operands and one rounding (Clinger, "How to Read Floating
 * Point Numbers Accurately", 1990); anything else goes through strtod(), which
 * is correct but slower.
 */
double sql_num_to_f64(const struct sql_num *a)
{
	char t[64];
	size_t n;
	struct sql_num whole = *a;

	if (a->kind == SQL_NUM_NAN)
		return NAN;
	if (a->kind != SQL_NUM_FINITE)
		return a->kind == SQL_NUM_PINF ? INFINITY : -INFINITY;
	if (a->v <= (INT64_C(1) << 53) && a->v >= -(INT64_C(1) << 53)) {
		/* both operands exact: one rounding (Clinger 1990) */
		if (a->scale == 0)
			return (double)(int64_t)a->v;
		if (a->scale > 0 && a->scale <= 22)
			return (double)(int64_t)a->v / (double)num_pow10((unsigned)a->scale);
	}
	whole.scale = 0;
	n = sql_num_print(t, &whole);
	snprintf(t + n, sizeof t - n, "e%d", -a->scale);
	return strtod(t, NULL);
}

/*
 * A double becomes the numeric of its first ${digits} significant digits: 15
 * (DBL_DIG) for double precision and 6 (FLT_DIG) for real, as float8_numeric()
 * and float4_numeric() do.
 */
bool sql_num_from_f64(struct sql_num *r, double d, int digits, const char **why)
{
	char t[40];
	int n;

	*why = sql_num_too_long;
	if (isnan(d)) {
		*r = num_special(SQL_NUM_NAN);
		return true;
	}
	if (isinf(d)) {
		*r = num_special(d > 0 ? SQL_NUM_PINF : SQL_NUM_NINF);
		return true;
	}
	n = snprintf(t, sizeof t, "%.*g", digits, d);
	return sql_num_parse(t, (size_t)n, r);
}
