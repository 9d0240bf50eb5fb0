/* SPDX-License-Identifier: MIT */
/*
 * Quotients, powers and remainders of numerics.
 *
 * Their results have a scale of their own, which has to agree with PostgreSQL
 * digit by digit, since 1.0 and 1.00 differ as texts: select_div_scale() and
 * power_var() of src/backend/utils/adt/numeric.c choose it. A result is exact to
 * the last decimal of that scale, or there is none.
 */
#include "common/sql/sql_num.h"

#include "common/sql/sql_num_int.h"

/*
 * PostgreSQL stores a numeric as digits in base 10,000. This computes, from the
 * decimal digits held here, what div_scale() needs of them: the weight of the
 * first such digit (its power of 10,000) and its value from 1 to 9999.
 */
static void first_digit(const struct sql_num *a, int32_t *weight, int32_t *digit)
{
	sql_u128 u = num_magnitude(a->v);
	int32_t d = (int32_t)num_digits(u);
	int32_t lead = d - 1 - a->scale; /* decimal exponent of the first digit */
	int32_t w, take;

	*weight = 0;
	*digit = 0;
	if (u == 0)
		return;
	w = lead >= 0 ? lead / 4 : -((-lead + 3) / 4);
	take = lead - 4 * w + 1; /* 1 to 4 decimal digits */
	*weight = w;
	*digit = take <= d ? (int32_t)(u / (sql_u128)num_pow10((unsigned)(d - take)))
			   : (int32_t)(u * (sql_u128)num_pow10((unsigned)(take - d)));
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
		if (y > (sql_u128)num_limit() || *q > (sql_u128)num_limit() / 10)
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
	return *q <= (sql_u128)num_limit();
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
		*r = num_special(SQL_NUM_NAN);
	} else if (a->kind != SQL_NUM_FINITE) {
		if (b->kind == SQL_NUM_FINITE && b->v == 0) {
			*why = sql_num_by_zero;
			return false;
		}
		*r = b->kind != SQL_NUM_FINITE	     ? num_special(SQL_NUM_NAN)
		     : num_sign(a) * num_sign(b) > 0 ? num_special(SQL_NUM_PINF)
						     : num_special(SQL_NUM_NINF);
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
	*why = sql_num_by_zero;
	if (b->v == 0)
		return false;
	*why = sql_num_too_long;
	scale = div_scale(a, b);
	p = scale + b->scale - a->scale;
	x = num_magnitude(a->v);
	y = num_magnitude(b->v);
	if (p < 0) {
		t = (sql_i128)y;
		if (!num_scale_up(&t, -p))
			return false;
		y = (sql_u128)t;
		p = 0;
	}
	t = (sql_i128)x;
	if (p > 0 && num_scale_up(&t, p)) {
		x = (sql_u128)t;
		p = 0;
	}
	if (!long_division(x, y, p, &q)) {
		if (num_magnitude(a->v) % num_magnitude(b->v) != 0 || a->scale - b->scale < -400)
			return false;
		q = num_magnitude(a->v) / num_magnitude(b->v); /* exact, without the zeros */
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
		return num_special(SQL_NUM_NAN);
	if (n < 0)
		return sql_num_int(0);
	return num_special(a->kind == SQL_NUM_NINF && n % 2 != 0 ? SQL_NUM_NINF : SQL_NUM_PINF);
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

	*why = sql_num_by_zero;
	if (a->kind != SQL_NUM_FINITE) {
		*r = power_special(a, n);
		return true;
	}
	if (a->v == 0) {
		*r = (struct sql_num){.v = n == 0, .scale = 0};
		return n >= 0 && sql_num_round(r, r, scale, SQL_ROUND_HALF_AWAY, why);
	}
	*why = sql_num_too_long;
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
	x = num_magnitude(p.v);
	if (p.scale + scale > 37 || !num_scale_up(&t, p.scale + scale) ||
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
		decimals -= (int32_t)num_digits(num_magnitude(whole.v)) - whole.scale;
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

	*why = sql_num_by_zero;
	if (a->kind == SQL_NUM_NAN || b->kind == SQL_NUM_NAN) {
		*r = num_special(SQL_NUM_NAN);
		return true;
	}
	if (b->kind == SQL_NUM_FINITE && b->v == 0)
		return false;
	if (a->kind != SQL_NUM_FINITE) {
		*r = num_special(SQL_NUM_NAN);
		return true;
	}
	if (b->kind != SQL_NUM_FINITE) {
		*r = *a;
		return true;
	}
	*why = sql_num_too_long;
	if (!num_align(a, b, &x, &y))
		return false;
	*r = (struct sql_num){.v = x % y, .scale = a->scale > b->scale ? a->scale : b->scale};
	return true;
}
