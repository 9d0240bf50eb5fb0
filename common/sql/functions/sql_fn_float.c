/* SPDX-License-Identifier: MIT */
/*
 * real and double precision, by the rules of src/backend/utils/adt/float.c:
 * IEEE 754 arithmetic, with an error where a finite result overflows to
 * infinity or underflows to zero.
 *
 * A real is held as the double of the same value, and every result of type real
 * is rounded to one at once. Doubles have more than twice the digits of a real,
 * plus two, so that rounding twice gives the same as rounding once for + - * /
 * (Figueroa, "When is double rounding innocuous?", 1995).
 */
#include "common/sql/sql_int.h"

#include <math.h>

static const char overflow[] = "value out of range: overflow";
static const char underflow[] = "value out of range: underflow";
static const char by_zero[] = "division by zero";

/* The value as the type holds it. */
static double narrow(unsigned cls, double d)
{
	return cls == PG_FLOAT4 ? (double)(float)d : d;
}

/*
 * + - * / with PostgreSQL's checks of the range: float8_pl() and its kin of
 * utils/float.h.
 */
static void float_arith(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int op = x->fn->param;

	SQL_EACH(i)
	{
		double l = SQL_F(0, i), r = SQL_F(1, i), v;

		if (op == '/' && (isinf(r) || (r == 0 && isnan(l)))) {
			sql_differs(ev, out, i); /* NaN / 0 and 1 / Infinity are errors up to 13 */
			continue;
		}
		if (op == '/' && r == 0) {
			sql_raise(ev, out, i, by_zero);
			continue;
		}
		v = op == '+' ? l + r : op == '-' ? l - r : op == '*' ? l * r : l / r;
		v = narrow(x->fn->result, v);
		out->v.f[i] = v;
		if (isinf(v) && !isinf(l) && !isinf(r))
			sql_raise(ev, out, i, overflow);
		else if (v == 0 && ((op == '*' && l != 0 && r != 0) || (op == '/' && l != 0)))
			sql_raise(ev, out, i, underflow);
	}
}

/*
 * The functions of one argument follow. They set *why when PostgreSQL raises an
 * error.
 */
static double square_root(double d, const char **why)
{
	if (d < 0)
		*why = "cannot take square root of a negative number";
	return d < 0 ? 0 : sqrt(d);
}

static double negated(double d, const char **why)
{
	(void)why;
	return -d;
}

static double same(double d, const char **why)
{
	(void)why;
	return d;
}

static double absolute(double d, const char **why)
{
	(void)why;
	return fabs(d);
}

static double rounded(double d, const char **why)
{
	(void)why;
	return rint(d);
}

/* trunc(): towards zero. */
static double truncated(double d, const char **why)
{
	(void)why;
	return d >= 0 ? floor(d) : d < 0 ? -floor(-d) : d;
}

static double up(double d, const char **why)
{
	(void)why;
	return ceil(d);
}

static double down(double d, const char **why)
{
	(void)why;
	return floor(d);
}

/* sign() is 0 for NaN too, since dsign() only compares. */
static double sign(double d, const char **why)
{
	(void)why;
	return d > 0 ? 1 : d < 0 ? -1 : 0; /* of NaN too */
}

static double cube_root(double d, const char **why)
{
	(void)why;
	return cbrt(d);
}

static double exponential(double d, const char **why)
{
	double v;

	if (isinf(d))
		*why = sql_differing; /* up to 13, exp(-Infinity) underflows */
	if (isnan(d) || isinf(d))
		return d;
	v = exp(d);
	if (isinf(v))
		*why = overflow;
	else if (v == 0)
		*why = underflow;
	return v;
}

static double natural_log(double d, const char **why)
{
	if (d == 0 || d < 0)
		*why = "cannot take logarithm of zero or a negative number";
	return *why ? 0 : log(d);
}

static double log_ten(double d, const char **why)
{
	if (d == 0 || d < 0)
		*why = "cannot take logarithm of zero or a negative number";
	return *why ? 0 : log10(d);
}

typedef double one_fn(double d, const char **why);

static one_fn *const one[] = {negated, same, absolute, square_root, rounded, truncated, up, down,
	sign, cube_root, exponential, natural_log, log_ten};
enum { NEG, SAME, ABS, SQRT, ROUND, TRUNC, CEIL, FLOOR, SIGN, CBRT, EXP, LN, LOG };

/* The kernel of all functions of one argument; param is the index. */
static void float_one(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const char *why = NULL;

		out->v.f[i] = one[x->fn->param](SQL_F(0, i), &why);
		if (why != NULL)
			sql_raise(ev, out, i, why);
	}
}

/*
 * dpow() of float.c: the special cases of POSIX are spelled out, and then pow()
 * is called.
 */
static void float_power(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		double l = SQL_F(0, i), r = SQL_F(1, i), v;

		if (isnan(l) || isnan(r)) {
			out->v.f[i] = (isnan(l) && r == 0) || (isnan(r) && l == 1) ? 1 : NAN;
			continue;
		}
		if ((l == 0 && r < 0) || (l < 0 && !isinf(r) && floor(r) != r)) {
			sql_raise(ev, out, i, "zero or a negative number raised to such a power");
			continue;
		}
		v = pow(l, r);
		out->v.f[i] = v;
		if (isinf(l) || isinf(r)) {
			if (v == 0 && l != 0)
				sql_differs(ev, out, i); /* an underflow up to 13 */
			continue;
		}
		if (isinf(v))
			sql_raise(ev, out, i, overflow);
		else if (v == 0 && l != 0)
			sql_raise(ev, out, i, underflow);
	}
}

/*
 * The bucket, from 0, of ${v} among ${n} equal ones from lo to hi; -1 where
 * versions differ. Older ones multiply the distance by the count before they
 * divide it, newer ones divide first and never round into the bucket after the
 * last. Both are computed, and must agree.
 */
static int64_t bucket_of(double v, double lo, double hi, int64_t n)
{
	const double far = lo < hi ? v - lo : lo - v, all = lo < hi ? hi - lo : lo - hi;
	const double before = (double)n * far / all;
	int64_t now;

	if (isinf(all) || !(before < 2147483647.0))
		return -1;
	now = (int64_t)((double)n * (far / all));
	return now < n && now == (int64_t)before ? now : -1;
}

/*
 * width_bucket_float8(): the bucket among ${n} equal ones between two bounds, 0
 * below the first and n + 1 above the last. The bounds may be in either order.
 */
static void float_bucket(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		double v = SQL_F(0, i), lo = SQL_F(1, i), hi = SQL_F(2, i);
		int64_t n = SQL_I(3, i), r;

		if (n <= 0 || isnan(v) || isnan(lo) || isnan(hi) || isinf(lo) || isinf(hi) ||
			lo == hi) {
			sql_raise(ev, out, i, "such a histogram is impossible");
			continue;
		}
		if (lo < hi)
			r = v < lo ? 0 : v >= hi ? n + 1 : -1;
		else
			r = v > lo ? 0 : v <= hi ? n + 1 : -1;
		if (r < 0 && (r = bucket_of(v, lo, hi, n) + 1) == 0)
			sql_differs(ev, out, i);
		else if (r > INT32_MAX)
			sql_raise(ev, out, i, "integer out of range");
		else
			out->v.i[i] = r;
	}
}

#define F PG_FLOAT8
#define G PG_FLOAT4
#define ARITH(op, c)                                                                               \
	{op, {F, F}, 2, F, 0, c, float_arith, NULL}, {op, {G, G}, 2, G, 0, c, float_arith, NULL},  \
		{op, {G, F}, 2, F, 0, c, float_arith, NULL},                                       \
	{                                                                                          \
		op, {F, G}, 2, F, 0, c, float_arith, NULL                                          \
	}
#define BOTH(op, p)                                                                                \
	{op, {F}, 1, F, 0, p, float_one, NULL},                                                    \
	{                                                                                          \
		op, {G}, 1, G, 0, p, float_one, NULL                                               \
	}

static const struct sql_fn rows[] = {
	ARITH("+", '+'),
	ARITH("-", '-'),
	ARITH("*", '*'),
	ARITH("/", '/'),
	BOTH("-", NEG),
	BOTH("+", SAME),
	BOTH("@", ABS),
	BOTH("abs", ABS),
	{"sqrt", {F}, 1, F, 0, SQRT, float_one, NULL},
	{"|/", {F}, 1, F, 0, SQRT, float_one, NULL},
	{"round", {F}, 1, F, 0, ROUND, float_one, NULL},
	{"trunc", {F}, 1, F, 0, TRUNC, float_one, NULL},
	{"ceil", {F}, 1, F, 0, CEIL, float_one, NULL},
	{"ceiling", {F}, 1, F, 0, CEIL, float_one, NULL},
	{"floor", {F}, 1, F, 0, FLOOR, float_one, NULL},
	{"sign", {F}, 1, F, 0, SIGN, float_one, NULL},
	{"cbrt", {F}, 1, F, 0, CBRT, float_one, NULL},
	{"exp", {F}, 1, F, 0, EXP, float_one, NULL},
	{"ln", {F}, 1, F, 0, LN, float_one, NULL},
	{"log", {F}, 1, F, 0, LOG, float_one, NULL},
	{"power", {F, F}, 2, F, 0, 0, float_power, NULL},
	{"pow", {F, F}, 2, F, 0, 0, float_power, NULL},
	{"^", {F, F}, 2, F, 0, 0, float_power, NULL},
	{"width_bucket", {F, F, F, PG_INT4}, 4, PG_INT4, 0, 0, float_bucket, NULL},
};

const struct sql_fn_table sql_fns_float = {rows, sizeof rows / sizeof rows[0]};
