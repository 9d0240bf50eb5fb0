/* SPDX-License-Identifier: MIT */
/*
 * numeric: the kernels of its operators and functions; sql_num.c has the
 * arithmetic.
 *
 * Functions whose digits PostgreSQL computes by series (sqrt, exp, ln, log and
 * powers with a fraction) are refused by name. They have rows in the table all
 * the same: otherwise the call would be resolved to the function of double
 * precision, and give another type.
 */
#include "common/sql/sql_comp.h"

#define ARITH(name, op)                                                                            \
	static void name(struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a,   \
		struct sql_reg *out)                                                               \
	{                                                                                          \
		const char *why = "";                                                              \
		(void)x;                                                                           \
		SQL_EACH(i)                                                                        \
		if (!op(&out->v.n[i], SQL_N(0, i), SQL_N(1, i), &why))                             \
			sql_raise(ev, out, i, why);                                                \
	}

ARITH(num_add, sql_num_add)
ARITH(num_sub, sql_num_sub)
ARITH(num_mul, sql_num_mul)
ARITH(num_div, sql_num_div)
ARITH(num_mod, sql_num_mod)

static void num_neg(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.n[i] = sql_num_neg(SQL_N(0, i));
}

static void num_same(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.n[i] = *SQL_N(0, i);
}

static void num_abs(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		out->v.n[i] = *SQL_N(0, i);
		if (out->v.n[i].v < 0 || out->v.n[i].kind == SQL_NUM_NINF)
			out->v.n[i] = sql_num_neg(&out->v.n[i]);
	}
}

/*
 * round, trunc, ceil and floor: param is the enum sql_round; the scale is an
 * argument or 0, and within 1000 as numeric_round() bounds it.
 */
static void num_round(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why = "";

	SQL_EACH(i)
	{
		int64_t scale = x->nargs > 1 ? SQL_I(1, i) : 0;

		scale = scale > 1000 ? 1000 : scale < -1000 ? -1000 : scale;
		if (!sql_num_round(&out->v.n[i], SQL_N(0, i), (int32_t)scale,
			    (enum sql_round)x->fn->param, &why))
			sql_raise(ev, out, i, why);
	}
}

static void num_sign(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		const struct sql_num zero = sql_num_int(0), *n = SQL_N(0, i);

		out->v.n[i] = n->kind == SQL_NUM_NAN ? *n : sql_num_int(sql_num_cmp(n, &zero));
		if (out->v.n[i].kind == SQL_NUM_FINITE)
			out->v.n[i].v = (out->v.n[i].v > 0) - (out->v.n[i].v < 0);
	}
}

/* scale and min_scale (param 1); NULL for NaN and infinities. */
static void num_scale(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		const struct sql_num *n = SQL_N(0, i);

		out->null[i] = n->kind != SQL_NUM_FINITE;
		out->v.i[i] = x->fn->param ? sql_num_min_scale(n) : n->scale > 0 ? n->scale : 0;
	}
}

/* Without the zeros at the end. */
static void num_trim_scale(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why;

	(void)x;
	SQL_EACH(i)
	{
		const struct sql_num *n = SQL_N(0, i);

		out->v.n[i] = *n;
		if (n->scale > 0)
			sql_num_round(&out->v.n[i], n, sql_num_min_scale(n), SQL_ROUND_ZERO, &why);
	}
}

/*
 * div(a, b): the quotient truncated to an integer. The remainder is subtracted
 * first, so that the division is exact and cannot round up.
 */
static void num_quotient(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why = "";
	struct sql_num rem, whole;

	(void)x;
	SQL_EACH(i)
	{
		const struct sql_num *l = SQL_N(0, i), *r = SQL_N(1, i);

		if (l->kind != SQL_NUM_FINITE || r->kind != SQL_NUM_FINITE) {
			if (!sql_num_div(&out->v.n[i], l, r, &why))
				sql_raise(ev, out, i, why);
		} else if (!sql_num_mod(&rem, l, r, &why) || !sql_num_sub(&whole, l, &rem, &why) ||
			   !sql_num_div(&out->v.n[i], &whole, r, &why) ||
			   !sql_num_round(&out->v.n[i], &out->v.n[i], 0, SQL_ROUND_ZERO, &why)) {
			sql_raise(ev, out, i, why);
		}
	}
}

/* a ^ n for a whole n; where versions round differently, the row fails. */
static void num_power(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why = "";
	int64_t n = 0;

	(void)x;
	SQL_EACH(i)
	if (!sql_num_to_i64(SQL_N(1, i), &n, &why) ||
		!sql_num_power(&out->v.n[i], SQL_N(0, i), (int32_t)n, &why))
		sql_raise(ev, out, i, why);
	else if (!sql_num_power_settled(SQL_N(0, i), (int32_t)n, &out->v.n[i]))
		sql_differs(ev, out, i);
}

/*
 * Powers are covered for a constant exponent that is a whole number. The scale
 * of the result differs between versions, so the node is marked.
 */
static struct sql_node *prepare_power(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct sql_node *e = x->args[1];
	const char *why;
	int64_t n;

	if (e->op == SQL_CONST && sql_null(&e->cval, 0))
		return x;
	if (e->op == SQL_CONST && e->cval.v.n[0].kind == SQL_NUM_FINITE &&
		sql_num_min_scale(&e->cval.v.n[0]) == 0 &&
		sql_num_to_i64(&e->cval.v.n[0], &n, &why) && n == (int32_t)n) {
		x->unscaled = true;
		return x;
	}
	return sql_refuse(c, st, "%s of numeric, but for a whole constant exponent,", x->fn->name);
}

/* Refuses the function by name. */
static struct sql_node *not_covered(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	return sql_refuse(c, st, "%s of numeric", x->fn->name);
}

#define N PG_NUMERIC
#define REFUSED(name, ...)                                                                         \
	{                                                                                          \
		name, __VA_ARGS__, N, 0, 0, NULL, not_covered                                      \
	}

static const struct sql_fn rows[] = {
	{"+", {N, N}, 2, N, 0, 0, num_add, NULL},
	{"-", {N, N}, 2, N, 0, 0, num_sub, NULL},
	{"*", {N, N}, 2, N, 0, 0, num_mul, NULL},
	{"/", {N, N}, 2, N, 0, 0, num_div, NULL},
	{"%", {N, N}, 2, N, 0, 0, num_mod, NULL},
	{"mod", {N, N}, 2, N, 0, 0, num_mod, NULL},
	{"div", {N, N}, 2, N, 0, 0, num_quotient, NULL},
	{"-", {N}, 1, N, 0, 0, num_neg, NULL},
	{"+", {N}, 1, N, 0, 0, num_same, NULL},
	{"@", {N}, 1, N, 0, 0, num_abs, NULL},
	{"abs", {N}, 1, N, 0, 0, num_abs, NULL},
	{"sign", {N}, 1, N, 0, 0, num_sign, NULL},
	{"round", {N}, 1, N, 0, SQL_ROUND_HALF_AWAY, num_round, NULL},
	{"round", {N, PG_INT4}, 2, N, 0, SQL_ROUND_HALF_AWAY, num_round, NULL},
	{"trunc", {N}, 1, N, 0, SQL_ROUND_ZERO, num_round, NULL},
	{"trunc", {N, PG_INT4}, 2, N, 0, SQL_ROUND_ZERO, num_round, NULL},
	{"ceil", {N}, 1, N, 0, SQL_ROUND_UP, num_round, NULL},
	{"ceiling", {N}, 1, N, 0, SQL_ROUND_UP, num_round, NULL},
	{"floor", {N}, 1, N, 0, SQL_ROUND_DOWN, num_round, NULL},
	{"scale", {N}, 1, PG_INT4, 0, 0, num_scale, NULL},
	{"min_scale", {N}, 1, PG_INT4, 0, 1, num_scale, NULL},
	{"trim_scale", {N}, 1, N, 0, 0, num_trim_scale, NULL},
	{"^", {N, N}, 2, N, 0, 0, num_power, prepare_power},
	{"power", {N, N}, 2, N, 0, 0, num_power, prepare_power},
	{"pow", {N, N}, 2, N, 0, 0, num_power, prepare_power},
	REFUSED("sqrt", {N}, 1),
	REFUSED("exp", {N}, 1),
	REFUSED("ln", {N}, 1),
	REFUSED("log", {N}, 1),
	REFUSED("log", {N, N}, 2),
	REFUSED("gcd", {N, N}, 2),
	REFUSED("lcm", {N, N}, 2),
	REFUSED("width_bucket", {N, N, N, PG_INT4}, 4),
};

const struct sql_fn_table sql_fns_num = {rows, sizeof rows / sizeof rows[0]};
