/* SPDX-License-Identifier: MIT */
/*
 * Numerics of PostgreSQL, bounded to 38 digits: their order, sums, products,
 * and how they are rounded.
 *
 * A value is an integer of 128 bits and a decimal scale: v * 10^-scale.
 * PostgreSQL keeps digits in base 10,000 and allows 131,072 of them before the
 * decimal point; here a value has at most 38 decimal digits, because 10^38 - 1
 * fits 127 bits. Whatever needs more fails, and the caller fails the row: a
 * result is exact or there is none.
 *
 * What has to agree with PostgreSQL digit by digit is the scale of results (the
 * number of decimals that are shown), since 1.0 and 1.00 differ as texts.
 * Addition keeps the larger scale and multiplication adds the scales; quotients
 * and powers, whose scales have rules of their own, are in sql_num_div.c.
 *
 * Functions that can fail return false and set *why to a constant text.
 */
#include "common/sql/sql_num.h"

#include "common/sql/sql_num_int.h"

struct sql_num sql_num_int(int64_t i)
{
	return (struct sql_num){.v = i};
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
	int sx = num_sign(a), sy = num_sign(b);

	if (sx != sy || sx == 0)
		return sx - sy;
	/* one that cannot be brought to the other's scale is the larger in magnitude */
	if (a->scale < b->scale && !num_scale_up(&x, b->scale - a->scale))
		return sx;
	if (b->scale < a->scale && !num_scale_up(&y, a->scale - b->scale))
		return -sx;
	return x < y ? -1 : x > y;
}

/*
 * PostgreSQL's order: -Infinity, finite values, Infinity, NaN; NaN equals NaN.
 */
int sql_num_cmp_any(const struct sql_num *a, const struct sql_num *b)
{
	static const int rank[] = {1, 2, 0, 3}; /* -Infinity, finite, Infinity, NaN */

	if (a->kind == SQL_NUM_FINITE && b->kind == SQL_NUM_FINITE)
		return cmp_finite(a, b);
	return rank[a->kind] - rank[b->kind];
}

/* ---- arithmetic ------------------------------------------------------------------ */

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
			*r = num_special(SQL_NUM_NAN);
		else if (a->kind == SQL_NUM_FINITE)
			*r = *b;
		else if (b->kind == SQL_NUM_FINITE || a->kind == b->kind)
			*r = *a;
		else
			*r = num_special(SQL_NUM_NAN);
		return true;
	}
	*why = sql_num_too_long;
	if (!num_align(a, b, &x, &y) || !num_fits(x + y))
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
		s = num_sign(a) * num_sign(b);
		if (a->kind == SQL_NUM_NAN || b->kind == SQL_NUM_NAN || s == 0)
			*r = num_special(SQL_NUM_NAN);
		else
			*r = num_special(s > 0 ? SQL_NUM_PINF : SQL_NUM_NINF);
		return true;
	}
	*why = sql_num_too_long;
	if (__builtin_mul_overflow(a->v, b->v, &v) || !num_fits(v))
		return false;
	*r = (struct sql_num){.v = v, .scale = a->scale + b->scale};
	return true;
}

/* ---- rounding and conversion ----------------------------------------------------- */

/*
 * v / unit, rounded as ${how} says. Half away from zero compares the remainder
 * with what it lacks to the unit, so that nothing is doubled and can overflow.
 */
static sql_i128 round_at(sql_i128 v, sql_i128 unit, enum sql_round how)
{
	sql_i128 q, rem;

	/* nearly all have 64 bits: more is divided by calls of the compiler's library */
	if (v == (int64_t)v && unit == (int64_t)unit) {
		q = (int64_t)v / (int64_t)unit;
		rem = (int64_t)v % (int64_t)unit;
	} else {
		q = v / unit;
		rem = v % unit;
	}
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

	*why = sql_num_too_long;
	if (a->kind != SQL_NUM_FINITE) {
		*r = *a;
		return true;
	}
	if (scale >= a->scale) {
		if (!num_scale_up(&v, scale - a->scale))
			return false;
	} else if (a->scale - scale > 38) {
		v = how == SQL_ROUND_UP && v > 0 ? 1 : how == SQL_ROUND_DOWN && v < 0 ? -1 : 0;
	} else {
		v = round_at(v, num_pow10((unsigned)(a->scale - scale)), how);
	}
	if (scale < 0 && !num_scale_up(&v, -scale))
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

sql_i128 sql_num_pow10(unsigned k)
{
	return num_pow10(k);
}

size_t sql_num_stored(char *to, const struct sql_num *a, bool free)
{
	struct sql_num r = *a;
	const char *why;

	if (free && a->kind == SQL_NUM_FINITE &&
		!sql_num_round(&r, a, sql_num_min_scale(a), SQL_ROUND_HALF_AWAY, &why))
		r = *a; /* too large for that, it has no decimals */
	return sql_num_print(to, &r);
}

/* The decimals that are left without trailing zeros: min_scale() of SQL. */
int32_t sql_num_min_scale(const struct sql_num *a)
{
	sql_i128 v = a->v;
	int32_t s = a->scale;

	if (v == 0)
		return 0;
	while (s > 0 && v != (int64_t)v && v % 10 == 0) {
		v /= 10;
		s--;
	}
	/* what has 64 bits is divided without a call of the compiler's library */
	for (int64_t low = (int64_t)v; v == (int64_t)v && s > 0 && low % 10 == 0; s--)
		low /= 10;
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
	int most = precision + (scale < 0 ? -scale : 0);
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
	if (most <= 38 && num_magnitude(r.v) >= (sql_u128)num_pow10((unsigned)most))
		return false;
	*a = r;
	return true;
}
