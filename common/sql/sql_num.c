/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic of PostgreSQL's type numeric, bounded to 38 digits.
 *
 * A value is an integer of 128 bits and a decimal scale: v * 10^-scale.
 * PostgreSQL keeps digits in base 10,000 and allows 131,072 of them before the
 * decimal point; here a value has at most 38 decimal digits, because 10^38 - 1
 * fits 127 bits. Whatever needs more fails, and the caller fails the row: a
 * result is exact or there is none.
 *
 * What has to agree with PostgreSQL digit by digit is the scale of results (the
 * number of decimals that are shown), since 1.0 and 1.00 differ as texts.
 * Addition keeps the larger scale, multiplication adds the scales, and division
 * and powers choose a scale by the rules of select_div_scale() and power_var()
 * of src/backend/utils/adt/numeric.c.
 *
 * Functions that can fail return false and set *why to a constant text.
 */
#include "common/sql/sql_num.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char too_long[] = "a numeric of more than 38 digits";
static const char by_zero[] = "division by zero";

/* 10^k, for k from 0 to 38; beyond that it would not fit 128 bits. */
static sql_i128 sql_pow10(unsigned k)
{
	static const uint64_t small[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
		100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
		100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
		1000000000000000000, 10000000000000000000U};

	if (k < 20)
		return (sql_i128)small[k];
	return (sql_i128)small[19] * (sql_i128)small[k - 19];
}

/* 38 nines: the largest magnitude that v may have. */
static sql_i128 limit(void)
{
	return sql_pow10(38) - 1;
}

/*
 * The absolute value as an unsigned number, which is defined for the least
 * value too.
 */
static sql_u128 magnitude(sql_i128 v)
{
	return v < 0 ? -(sql_u128)v : (sql_u128)v;
}

/* The number of decimal digits of ${u}, 0 for 0 and at most 38. */
static unsigned digits_of(sql_u128 u)
{
	unsigned d = 0;

	while (d < 38 && u >= (sql_u128)sql_pow10(d))
		d++;
	return d;
}

static bool fits(sql_i128 v)
{
	return v <= limit() && v >= -limit();
}

/*
 * Multiplies *v by 10^k. Returns false, and leaves *v alone, when the product
 * has more than 38 digits.
 */
static bool scale_up(sql_i128 *v, int32_t k)
{
	sql_i128 r;

	if (*v == 0 || k == 0)
		return true;
	if (k > 38 || __builtin_mul_overflow(*v, sql_pow10((unsigned)k), &r) || !fits(r))
		return false;
	*v = r;
	return true;
}

struct sql_num sql_num_int(int64_t i)
{
	return (struct sql_num){.v = i};
}

static struct sql_num special(enum sql_num_kind k)
{
	return (struct sql_num){.kind = (uint8_t)k};
}

/*
 * -1, 0 or 1; infinities have their sign, and NaN counts as what its v says,
 * which callers exclude.
 */
static int sign_of(const struct sql_num *a)
{
	if (a->kind == SQL_NUM_PINF)
		return 1;
	if (a->kind == SQL_NUM_NINF)
		return -1;
	return a->v > 0 ? 1 : a->v < 0 ? -1 : 0;
}

/* ---- text --------------------------------------------------------------------- */

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
			*out = special(names[k].kind);
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
		if (v > limit() / 10)
			return false;
		v = v * 10 + (s[i] - '0');
		scale += dot;
	}
	if (!any || !fits(v))
		return false;
	if (i < n && ((s[i] != 'e' && s[i] != 'E') || !parse_exponent(s + i + 1, n - i - 1, &e)))
		return false;
	scale -= e;
	if (scale < 0 && scale_up(&v, -scale))
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
	sql_u128 u = magnitude(a->v);
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

/* ---- order -------------------------------------------------------------------- */

/*
 * Compares values of different scales by bringing both to the larger scale. One
 * that cannot be brought there has more digits before the point, so it is the
 * larger in magnitude.
 */
static int cmp_finite(const struct sql_num *a, const struct sql_num *b)
{
	sql_i128 x = a->v, y = b->v;
	int sx = sign_of(a), sy = sign_of(b);

	if (sx != sy || sx == 0)
		return sx - sy;
	/* one that cannot be brought to the other's scale is the larger in magnitude */
	if (a->scale < b->scale && !scale_up(&x, b->scale - a->scale))
		return sx;
	if (b->scale < a->scale && !scale_up(&y, a->scale - b->scale))
		return -sx;
	return x < y ? -1 : x > y;
}

/*
 * PostgreSQL's order: -Infinity, finite values, Infinity, NaN; NaN equals NaN.
 */
int sql_num_cmp(const struct sql_num *a, const struct sql_num *b)
{
	static const int rank[] = {1, 2, 0, 3}; /* -Infinity, finite, Infinity, NaN */

	if (a->kind == SQL_NUM_FINITE && b->kind == SQL_NUM_FINITE) {
		if (a->scale == b->scale)
			return a->v < b->v ? -1 : a->v > b->v;
		return cmp_finite(a, b);
	}
	return rank[a->kind] - rank[b->kind];
}

/* ---- arithmetic ------------------------------------------------------------------ */

/*
 * Both values as integers of the larger of the two scales; false when one has
 * too many digits then.
 */
static bool align(const struct sql_num *a, const struct sql_num *b, sql_i128 *x, sql_i128 *y)
{
	*x = a->v;
	*y = b->v;
	if (a->scale < b->scale)
		return scale_up(x, b->scale - a->scale);
	return scale_up(y, a->scale - b->scale);
}

/*
 * Infinities and NaN add as in IEEE 754: NaN with anything is NaN, Infinity
 * plus -Infinity is NaN, and any other infinity wins.
 */
bool sql_num_add(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why)
{
	sql_i128 x, y;

	if (a->kind != SQL_NUM_FINITE || b->kind != SQL_NUM_FINITE) {
		if (a->kind == SQL_NUM_NAN || b->kind == SQL_NUM_NAN)
			*r = special(SQL_NUM_NAN);
		else if (a->kind == SQL_NUM_FINITE)
			*r = *b;
		else if (b->kind == SQL_NUM_FINITE || a->kind == b->kind)
			*r = *a;
		else
			*r = special(SQL_NUM_NAN);
		return true;
	}
	*why = too_long;
	if (!align(a, b, &x, &y) || !fits(x + y))
		return false;
	*r = (struct sql_num){.v = x + y, .scale = a->scale > b->scale ? a->scale : b->scale};
	return true;
}

struct sql_num sql_num_neg(const struct sql_num *a)
{
	struct sql_num r = *a;

	r.v = -r.v;
	if (a->kind == SQL_NUM_PINF)
		r.kind = SQL_NUM_NINF;
	else if (a->kind == SQL_NUM_NINF)
		r.kind = SQL_NUM_PINF;
	return r;
}

bool sql_num_sub(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why)
{
	struct sql_num nb = sql_num_neg(b);

	return sql_num_add(r, a, &nb, why);
}

/*
 * The scale of a product is the sum of the scales, as mul_var() makes it.
 * Infinity times zero is NaN.
 */
bool sql_num_mul(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why)
{
	sql_i128 v;
	int s;

	if (a->kind != SQL_NUM_FINITE || b->kind != SQL_NUM_FINITE) {
		s = sign_of(a) * sign_of(b);
		if (a->kind == SQL_NUM_NAN || b->kind == SQL_NUM_NAN || s == 0)
			*r = special(SQL_NUM_NAN);
		else
			*r = special(s > 0 ? SQL_NUM_PINF : SQL_NUM_NINF);
		return true;
	}
	*why = too_long;
	if (__builtin_mul_overflow(a->v, b->v, &v) || !fits(v))
		return false;
	*r = (struct sql_num){.v = v, .scale = a->scale + b->scale};
	return true;
}

/*
 * PostgreSQL stores a numeric as digits in base 10,000. This computes, from the
 * decimal digits held here, what div_scale() needs of them: the weight of the
 * first such digit (its power of 10,000) and its value from 1 to 9999.
 */
static void first_digit(const struct sql_num *a, int32_t *weight, int32_t *digit)
{
	sql_u128 u = magnitude(a->v);
	int32_t d = (int32_t)digits_of(u);
	int32_t lead = d - 1 - a->scale; /* decimal exponent of the first digit */
	int32_t w, take;

	*weight = 0;
	*digit = 0;
	if (u == 0)
		return;
	w = lead >= 0 ? lead / 4 : -((-lead + 3) / 4);
	take = lead - 4 * w + 1; /* 1 to 4 decimal digits */
	*weight = w;
	*digit = take <= d ? (int32_t)(u / (sql_u128)sql_pow10((unsigned)(d - take)))
			   : (int32_t)(u * (sql_u128)sql_pow10((unsigned)(take - d)));
}

/*
 * The decimals of a quotient: select_div_scale() of numeric.c. It asks for at
 * least 16 significant digits (NUMERIC_MIN_SIG_DIGITS), estimated from the
 * first digits in base 10,000, and for no fewer decimals than either operand
 * has.
 */
static int32_t div_scale(const struct sql_num *a, const struct sql_num *b)
{
	int32_t w1, w2, d1, d2, q, r;

	first_digit(a, &w1, &d1);
	first_digit(b, &w2, &d2);
	q = w1 - w2 - (d1 <= d2);
	r = 16 - q * 4;
	if (r < a->scale)
		r = a->scale;
	if (r < b->scale)
		r = b->scale;
	return r < 0 ? 0 : r > 1000 ? 1000 : r;
}

/*
 * Divides x by y to p more decimals, the last of which is rounded half away
 * from zero, as div_var() rounds. This is schoolbook long division, a digit at
 * a time. Where ten times the remainder would not fit 128 bits, the digit is
 * found by adding the remainder ten times and counting how often the sum passes
 * y.
 */
static bool long_division(sql_u128 x, sql_u128 y, int32_t p, sql_u128 *q)
{
	sql_u128 rem;

	*q = x / y;
	rem = x % y;
	for (; p > 0 && (rem != 0 || *q != 0); p--) {
		if (y > (sql_u128)limit() || *q > (sql_u128)limit() / 10)
			return false;
		/* rem < y <= 10^38 - 1: rem * 10 fits 128 bits only up to 3.4 * 10^37 */
		if (rem <= ~(sql_u128)0 / 10) {
			rem *= 10;
			*q = *q * 10 + rem / y;
			rem %= y;
			continue;
		}
		unsigned d = 0;
		sql_u128 acc = 0;
		for (int k = 0; k < 10; k++)
			if (acc >= y - rem)
				acc -= y - rem, d++;
			else
				acc += rem;
		*q = *q * 10 + d;
		rem = acc;
	}
	if (rem >= y - rem)
		(*q)++;
	return *q <= (sql_u128)limit();
}

/*
 * Quotients with NaN or an infinity on either side, by the rules of
 * numeric_div_opt_error(): Infinity / 0 is still a division by zero, and a
 * finite value divided by an infinity is 0.
 */
static bool div_special(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why)
{
	if (a->kind == SQL_NUM_NAN || b->kind == SQL_NUM_NAN) {
		*r = special(SQL_NUM_NAN);
	} else if (a->kind != SQL_NUM_FINITE) {
		if (b->kind == SQL_NUM_FINITE && b->v == 0) {
			*why = by_zero;
			return false;
		}
		*r = b->kind != SQL_NUM_FINITE	   ? special(SQL_NUM_NAN)
		     : sign_of(a) * sign_of(b) > 0 ? special(SQL_NUM_PINF)
						   : special(SQL_NUM_NINF);
	} else {
		*r = sql_num_int(0);
	}
	return true;
}

/*
 * The quotient is computed on magnitudes, as integers: p is how many decimals x
 * / y lacks to reach the scale that div_scale() asks for. Where that is
 * negative the divisor is multiplied, where positive the dividend, or, when
 * that has no room, the division goes on digit by digit. A quotient with too
 * many digits is still right where it is exact; then it is kept without the
 * zeros.
 */
bool sql_num_div(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why)
{
	sql_u128 x, y, q;
	int32_t scale, p;
	sql_i128 t;

	if (a->kind != SQL_NUM_FINITE || b->kind != SQL_NUM_FINITE)
		return div_special(r, a, b, why);
	*why = by_zero;
	if (b->v == 0)
		return false;
	*why = too_long;
	scale = div_scale(a, b);
	p = scale + b->scale - a->scale;
	x = magnitude(a->v);
	y = magnitude(b->v);
	if (p < 0) {
		t = (sql_i128)y;
		if (!scale_up(&t, -p))
			return false;
		y = (sql_u128)t;
		p = 0;
	}
	t = (sql_i128)x;
	if (p > 0 && scale_up(&t, p)) {
		x = (sql_u128)t;
		p = 0;
	}
	if (!long_division(x, y, p, &q)) {
		if (magnitude(a->v) % magnitude(b->v) != 0 || a->scale - b->scale < -400)
			return false;
		q = magnitude(a->v) / magnitude(b->v); /* exact, without the zeros */
		scale = a->scale - b->scale;
	}
	*r = (struct sql_num){
		.v = (a->v < 0) != (b->v < 0) ? -(sql_i128)q : (sql_i128)q, .scale = scale};
	return true;
}

/*
 * Powers of infinities and NaN, by the rules of POSIX for pow(), which
 * numeric_power() follows.
 */
static struct sql_num power_special(const struct sql_num *a, int32_t n)
{
	if (n == 0)
		return sql_num_int(1);
	if (a->kind == SQL_NUM_NAN)
		return special(SQL_NUM_NAN);
	if (n < 0)
		return sql_num_int(0);
	return special(a->kind == SQL_NUM_NINF && n % 2 != 0 ? SQL_NUM_NINF : SQL_NUM_PINF);
}

/*
 * Powers with an integer exponent, by repeated multiplication, which is exact:
 * any base other than 0, 1 and -1 runs out of 38 digits or of scale after a few
 * hundred steps at most, so that no faster method is needed. For a negative
 * exponent, 1 is divided by the positive power.
 */
bool sql_num_power(struct sql_num *r, const struct sql_num *a, int32_t n, const char **why)
{
	const int32_t scale = a->scale > 16 ? a->scale : 16;
	struct sql_num p = sql_num_int(1), one = p;
	sql_u128 q, x;
	sql_i128 t = 1;

	*why = by_zero;
	if (a->kind != SQL_NUM_FINITE) {
		*r = power_special(a, n);
		return true;
	}
	if (a->v == 0) {
		*r = (struct sql_num){.v = n == 0, .scale = 0};
		return n >= 0 && sql_num_round(r, r, scale, SQL_ROUND_HALF_AWAY, why);
	}
	*why = too_long;
	/* of magnitude 1 and more it soon has too many digits, and 1 itself has none to gain */
	for (int64_t k = n < 0 ? -(int64_t)n : n; k > 0; k--) {
		if (!sql_num_mul(&p, &p, a, why) || p.scale > 2000 || p.scale < -2000)
			return false;
		if (a->v == 1 && a->scale == 0)
			break;
		if (a->v == -1 && a->scale == 0 && k > 2)
			k = 2 + (k & 1);
	}
	if (n >= 0)
		return sql_num_round(r, &p, scale, SQL_ROUND_HALF_AWAY, why);
	/* 1 / (v * 10^-s) = 10^(s + scale) / v, in units of the last decimal */
	x = magnitude(p.v);
	if (p.scale + scale > 37 || !scale_up(&t, p.scale + scale) ||
		!long_division((sql_u128)t, x, 0, &q))
		return false;
	one.v = p.v < 0 ? -(sql_i128)q : (sql_i128)q;
	one.scale = scale;
	*r = one;
	return true;
}

/*
 * Whether the power ${r} is the same in every supported version. Up to
 * PostgreSQL 15 it has at least 16 decimals, and from 16 on at least 16
 * significant digits and the decimals of ${a} (numeric_power() of numeric.c). A
 * result that is exact within both is the same value in all of them; any other
 * is rounded, and each version rounds at another digit.
 */
bool sql_num_power_settled(const struct sql_num *a, int32_t n, const struct sql_num *r)
{
	const char *why;
	struct sql_num whole, p;
	int32_t decimals = 16;

	if (a->kind != SQL_NUM_FINITE || a->v == 0)
		return true;
	if (!sql_num_round(&whole, r, 0, SQL_ROUND_ZERO, &why))
		return false;
	if (whole.v != 0)
		decimals -= (int32_t)digits_of(magnitude(whole.v)) - whole.scale;
	if (decimals < a->scale)
		decimals = a->scale;
	if (n >= 0)
		return (int64_t)sql_num_min_scale(a) * n <= decimals;
	/* 1 / a^n is exact where multiplying by a^n gives 1 again */
	if (n == INT32_MIN || sql_num_min_scale(r) > decimals || !sql_num_power(&p, a, -n, &why) ||
		!sql_num_power_settled(a, -n, &p) || !sql_num_mul(&p, &p, r, &why))
		return false;
	whole = sql_num_int(1);
	return sql_num_cmp(&p, &whole) == 0;
}

/*
 * The remainder has the sign of the dividend, as C's % does and mod_var() too.
 * A finite value modulo infinity is itself.
 */
bool sql_num_mod(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why)
{
	sql_i128 x, y;

	*why = by_zero;
	if (a->kind == SQL_NUM_NAN || b->kind == SQL_NUM_NAN) {
		*r = special(SQL_NUM_NAN);
		return true;
	}
	if (b->kind == SQL_NUM_FINITE && b->v == 0)
		return false;
	if (a->kind != SQL_NUM_FINITE) {
		*r = special(SQL_NUM_NAN);
		return true;
	}
	if (b->kind != SQL_NUM_FINITE) {
		*r = *a;
		return true;
	}
	*why = too_long;
	if (!align(a, b, &x, &y))
		return false;
	*r = (struct sql_num){.v = x % y, .scale = a->scale > b->scale ? a->scale : b->scale};
	return true;
}

/* ---- rounding and conversion ----------------------------------------------------- */

/*
 * v / unit, rounded as ${how} says. Half away from zero compares the remainder
 * with what it lacks to the unit, so that nothing is doubled and can overflow.
 */
static sql_i128 round_at(sql_i128 v, sql_i128 unit, enum sql_round how)
{
	sql_i128 q = v / unit, rem = v % unit;

	if (rem == 0 || how == SQL_ROUND_ZERO)
		return q;
	if (how == SQL_ROUND_DOWN)
		return rem < 0 ? q - 1 : q;
	if (how == SQL_ROUND_UP)
		return rem > 0 ? q + 1 : q;
	if (rem < 0)
		return -rem >= unit + rem ? q - 1 : q;
	return rem >= unit - rem ? q + 1 : q;
}

/*
 * round(a, scale), with scale possibly negative. A value whose first digit is
 * more than 38 places beyond the scale rounds to 0, or to one unit where a
 * ceiling or floor asks for it.
 */
bool sql_num_round(struct sql_num *r, const struct sql_num *a, int32_t scale, enum sql_round how,
	const char **why)
{
	sql_i128 v = a->v;
	int32_t shown = scale < 0 ? 0 : scale;

	*why = too_long;
	if (a->kind != SQL_NUM_FINITE) {
		*r = *a;
		return true;
	}
	if (scale >= a->scale) {
		if (!scale_up(&v, scale - a->scale))
			return false;
	} else if (a->scale - scale > 38) {
		v = how == SQL_ROUND_UP && v > 0 ? 1 : how == SQL_ROUND_DOWN && v < 0 ? -1 : 0;
	} else {
		v = round_at(v, sql_pow10((unsigned)(a->scale - scale)), how);
	}
	if (scale < 0 && !scale_up(&v, -scale))
		return false;
	*r = (struct sql_num){.v = v, .scale = shown};
	return true;
}

bool sql_num_to_i64(const struct sql_num *a, int64_t *out, const char **why)
{
	struct sql_num r;

	if (a->kind != SQL_NUM_FINITE) {
		*why = "cannot convert NaN or infinity to an integer";
		return false;
	}
	if (!sql_num_round(&r, a, 0, SQL_ROUND_HALF_AWAY, why) || r.v > INT64_MAX ||
		r.v < INT64_MIN) {
		*why = "integer out of range";
		return false;
	}
	*out = (int64_t)r.v;
	return true;
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
			return (double)(int64_t)a->v / (double)sql_pow10((unsigned)a->scale);
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

	*why = too_long;
	if (isnan(d)) {
		*r = special(SQL_NUM_NAN);
		return true;
	}
	if (isinf(d)) {
		*r = special(d > 0 ? SQL_NUM_PINF : SQL_NUM_NINF);
		return true;
	}
	n = snprintf(t, sizeof t, "%.*g", digits, d);
	return sql_num_parse(t, (size_t)n, r);
}

/* The decimals that are left without trailing zeros: min_scale() of SQL. */
int32_t sql_num_min_scale(const struct sql_num *a)
{
	sql_i128 v = a->v;
	int32_t s = a->scale;

	if (v == 0)
		return 0;
	while (s > 0 && v % 10 == 0) {
		v /= 10;
		s--;
	}
	return s < 0 ? 0 : s;
}

/*
 * What a column numeric(precision, scale) does to a value: rounds it to the
 * scale, then refuses it when it has too many digits (apply_typmod() of
 * numeric.c). NaN fits every column; infinities fit none that has a precision.
 * A precision above 38 cannot be exceeded by a value held here.
 */
bool sql_num_fit(struct sql_num *a, int precision, int scale, const char **why)
{
	struct sql_num r;

	if (a->kind == SQL_NUM_NAN)
		return true;
	if (a->kind != SQL_NUM_FINITE) {
		*why = "numeric field overflow";
		return false;
	}
	if (!sql_num_round(&r, a, scale, SQL_ROUND_HALF_AWAY, why))
		return false;
	*why = "numeric field overflow";
	if (precision <= 38 &&
		(int)digits_of(magnitude(r.v)) > precision + (scale < 0 ? -scale : 0))
		return false;
	*a = r;
	return true;
}
