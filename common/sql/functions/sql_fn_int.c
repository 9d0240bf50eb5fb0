/* SPDX-License-Identifier: MIT */
/*
 * smallint, integer and bigint: arithmetic that is checked for overflow, and
 * operations on bits (int.c and int8.c of PostgreSQL). All are held in 64 bits;
 * a result has to fit the type that the operator returns.
 */
#include "common/sql/sql_int.h"

static const char out_of_range[] = "integer out of range";
static const char by_zero[] = "division by zero";

#define CHECKED(name, builtin)                                                                     \
	static void name(struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a,   \
		struct sql_reg *out)                                                               \
	{                                                                                          \
		SQL_EACH(i)                                                                        \
		if (builtin(SQL_I(0, i), SQL_I(1, i), &out->v.i[i]) ||                             \
			!sql_int_fits(x->fn->result, out->v.i[i]))                                 \
			sql_raise(ev, out, i, out_of_range);                                       \
	}

CHECKED(int_add, __builtin_add_overflow)
CHECKED(int_sub, __builtin_sub_overflow)
CHECKED(int_mul, __builtin_mul_overflow)

/*
 * Division truncates towards zero, as in C. The least value divided by -1
 * overflows.
 */
static void int_div(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		int64_t l = SQL_I(0, i), r = SQL_I(1, i);

		if (r == 0)
			sql_raise(ev, out, i, by_zero);
		else if ((r == -1 && l == INT64_MIN) || !sql_int_fits(x->fn->result, l / r))
			sql_raise(ev, out, i, out_of_range);
		else
			out->v.i[i] = l / r;
	}
}

/*
 * The remainder has the sign of the dividend. Modulo -1 is 0 without a
 * division, which would trap for the least value.
 */
static void int_mod(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		int64_t l = SQL_I(0, i), r = SQL_I(1, i);

		if (r == 0)
			sql_raise(ev, out, i, by_zero);
		else
			out->v.i[i] = r == -1 ? 0 : l % r;
	}
}

static void int_neg(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	if (__builtin_sub_overflow((int64_t)0, SQL_I(0, i), &out->v.i[i]) ||
		!sql_int_fits(x->fn->result, out->v.i[i]))
		sql_raise(ev, out, i, out_of_range);
}

static void int_same(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.i[i] = SQL_I(0, i);
}

/* The least value of a type has no absolute value. */
static void int_abs(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		int64_t v = SQL_I(0, i);

		if (v == INT64_MIN || !sql_int_fits(x->fn->result, v < 0 ? -v : v))
			sql_raise(ev, out, i, out_of_range);
		else
			out->v.i[i] = v < 0 ? -v : v;
	}
}

/*
 * Truncated to the type, as C does with -fwrapv, which PostgreSQL is compiled
 * with.
 */
static int64_t wrapped(unsigned cls, uint64_t v)
{
	return cls == PG_INT2 ? (int16_t)v : cls == PG_INT4 ? (int32_t)v : (int64_t)v;
}

/* & | and #, by param. */
static void int_bits(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		int64_t l = SQL_I(0, i), r = SQL_I(1, i);

		out->v.i[i] = x->fn->param == '&' ? l & r : x->fn->param == '|' ? l | r : l ^ r;
	}
}

static void int_not(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.i[i] = ~SQL_I(0, i);
}

/*
 * The count is taken modulo the width of the machine operation, which is what
 * x86-64 does and PostgreSQL leaves to the machine; smallint is shifted as 32
 * bits.
 */
static void int_shl(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const uint64_t m = x->fn->result == PG_INT8 ? 63 : 31;

	SQL_EACH(i)
	out->v.i[i] = wrapped(x->fn->result, (uint64_t)SQL_I(0, i) << ((uint64_t)SQL_I(1, i) & m));
}

/* An arithmetic shift: the sign is kept. */
static void int_shr(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const uint64_t m = x->fn->result == PG_INT8 ? 63 : 31;

	SQL_EACH(i)
	out->v.i[i] =
		wrapped(x->fn->result, (uint64_t)(SQL_I(0, i) >> ((uint64_t)SQL_I(1, i) & m)));
}

/* The absolute value, which as an unsigned number always exists. */
static uint64_t magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* Euclid's algorithm. */
static uint64_t gcd(uint64_t p, uint64_t q)
{
	while (q != 0) {
		uint64_t r = p % q;

		p = q;
		q = r;
	}
	return p;
}

/*
 * Never negative, so that gcd() of the least value with itself or 0 is out of
 * range.
 */
static void int_gcd(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		uint64_t g = gcd(magnitude(SQL_I(0, i)), magnitude(SQL_I(1, i)));

		if (g > INT64_MAX || !sql_int_fits(x->fn->result, (int64_t)g))
			sql_raise(ev, out, i, out_of_range);
		else
			out->v.i[i] = (int64_t)g;
	}
}

/* The product divided by the greatest common divisor; 0 with a 0. */
static void int_lcm(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		uint64_t l = magnitude(SQL_I(0, i)), r = magnitude(SQL_I(1, i)), m;

		if (l == 0 || r == 0)
			out->v.i[i] = 0;
		else if (__builtin_mul_overflow(l / gcd(l, r), r, &m) || m > INT64_MAX ||
			 !sql_int_fits(x->fn->result, (int64_t)m))
			sql_raise(ev, out, i, out_of_range);
		else
			out->v.i[i] = (int64_t)m;
	}
}

#define MIXED(op, k)                                                                               \
	{op, {PG_INT2, PG_INT2}, 2, PG_INT2, 0, 0, k, NULL},                                       \
		{op, {PG_INT2, PG_INT4}, 2, PG_INT4, 0, 0, k, NULL},                               \
		{op, {PG_INT4, PG_INT2}, 2, PG_INT4, 0, 0, k, NULL},                               \
		{op, {PG_INT4, PG_INT4}, 2, PG_INT4, 0, 0, k, NULL},                               \
		{op, {PG_INT2, PG_INT8}, 2, PG_INT8, 0, 0, k, NULL},                               \
		{op, {PG_INT8, PG_INT2}, 2, PG_INT8, 0, 0, k, NULL},                               \
		{op, {PG_INT4, PG_INT8}, 2, PG_INT8, 0, 0, k, NULL},                               \
		{op, {PG_INT8, PG_INT4}, 2, PG_INT8, 0, 0, k, NULL},                               \
	{                                                                                          \
		op, {PG_INT8, PG_INT8}, 2, PG_INT8, 0, 0, k, NULL                                  \
	}
#define SAME(op, param, k)                                                                         \
	{op, {PG_INT2, PG_INT2}, 2, PG_INT2, 0, param, k, NULL},                                   \
		{op, {PG_INT4, PG_INT4}, 2, PG_INT4, 0, param, k, NULL},                           \
	{                                                                                          \
		op, {PG_INT8, PG_INT8}, 2, PG_INT8, 0, param, k, NULL                              \
	}
#define ONE(op, k)                                                                                 \
	{op, {PG_INT2}, 1, PG_INT2, 0, 0, k, NULL}, {op, {PG_INT4}, 1, PG_INT4, 0, 0, k, NULL},    \
	{                                                                                          \
		op, {PG_INT8}, 1, PG_INT8, 0, 0, k, NULL                                           \
	}
#define SHIFT(op, k)                                                                               \
	{op, {PG_INT2, PG_INT4}, 2, PG_INT2, 0, 0, k, NULL},                                       \
		{op, {PG_INT4, PG_INT4}, 2, PG_INT4, 0, 0, k, NULL},                               \
	{                                                                                          \
		op, {PG_INT8, PG_INT4}, 2, PG_INT8, 0, 0, k, NULL                                  \
	}

static const struct sql_fn rows[] = {
	MIXED("+", int_add),
	MIXED("-", int_sub),
	MIXED("*", int_mul),
	MIXED("/", int_div),
	SAME("%", 0, int_mod),
	SAME("mod", 0, int_mod),
	ONE("-", int_neg),
	ONE("+", int_same),
	ONE("@", int_abs),
	ONE("abs", int_abs),
	SAME("&", '&', int_bits),
	SAME("|", '|', int_bits),
	SAME("#", '#', int_bits),
	ONE("~", int_not),
	SHIFT("<<", int_shl),
	SHIFT(">>", int_shr),
	{"gcd", {PG_INT4, PG_INT4}, 2, PG_INT4, 0, 0, int_gcd, NULL},
	{"gcd", {PG_INT8, PG_INT8}, 2, PG_INT8, 0, 0, int_gcd, NULL},
	{"lcm", {PG_INT4, PG_INT4}, 2, PG_INT4, 0, 0, int_lcm, NULL},
	{"lcm", {PG_INT8, PG_INT8}, 2, PG_INT8, 0, 0, int_lcm, NULL},
};

const struct sql_fn_table sql_fns_int = {rows, sizeof rows / sizeof rows[0]};
