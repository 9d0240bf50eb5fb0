/* SPDX-License-Identifier: MIT */
/*
 * uniform(a, b), choice(a, b, ...) and normal(mean, deviation), which a plan's
 * expressions may use beside SQL.
 *
 * Each call becomes a call of a function that no SQL text can name, because its
 * name has a blank. Its first argument is a column of 64 random bits that the
 * scope makes for this very call, so that evaluation itself is a pure function
 * of the row. Only integers, tables, and IEEE 754 additions and multiplications
 * are used: the same bits give the same value on every machine, which the math
 * library's log() and sin() would not promise.
 */
#include "common/sql/parse/sql_draw.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/rng.h"
#include "common/sql/parse/sql_build.h"
#include "common/sql/sql_int.h"

static const char empty[] = "uniform(): the lower bound is above the upper";

/* ---- uniform: both ends included --------------------------------------------------- */

/*
 * Both ends are included. The width may be 2^64, in which case hi - lo + 1
 * wraps to 0 and rng_below() takes all 64 bits.
 */
static void draw_int(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		uint64_t lo = (uint64_t)SQL_I(1, i), hi = (uint64_t)SQL_I(2, i);

		if (SQL_I(1, i) > SQL_I(2, i))
			sql_raise(ev, out, i, empty);
		else
			out->v.i[i] = (int64_t)(lo + rng_below((uint64_t)SQL_I(0, i), hi - lo + 1));
	}
}

/* Dates and timestamps are integers too; infinities cannot be a bound. */
static void draw_time(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	bool date = x->fn->result == PG_DATE;

	SQL_EACH(i)
	for (int k = 1; k <= 2; k++)
		if (!(date ? cal_date_finite(SQL_I(k, i)) : cal_ts_finite(SQL_I(k, i))))
			sql_raise(ev, out, i, "uniform(): an infinite bound");
	draw_int(ev, x, a, out);
}

/*
 * A numeric is drawn among the multiples of the finer of the two bounds'
 * scales.
 */
static void draw_num(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		const struct sql_num *l = SQL_N(1, i), *h = SQL_N(2, i);
		int32_t scale = l->scale > h->scale ? l->scale : h->scale;
		struct sql_num lo, hi;
		const char *why = "uniform(): too wide a range";

		if (l->kind != SQL_NUM_FINITE || h->kind != SQL_NUM_FINITE ||
			!sql_num_round(&lo, l, scale, SQL_ROUND_HALF_AWAY, &why) ||
			!sql_num_round(&hi, h, scale, SQL_ROUND_HALF_AWAY, &why) ||
			hi.v - lo.v > (sql_i128)UINT64_MAX)
			sql_raise(ev, out, i, why);
		else if (lo.v > hi.v)
			sql_raise(ev, out, i, empty);
		else
			out->v.n[i] =
				(struct sql_num){.v = lo.v + rng_below((uint64_t)SQL_I(0, i),
								     (uint64_t)(hi.v - lo.v + 1)),
					.scale = scale};
	}
}

/*
 * 53 random bits as a fraction of [0, 1), scaled to the range; the upper end is
 * reached through rounding only.
 */
static void draw_float(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		double lo = SQL_F(1, i), hi = SQL_F(2, i);

		if (!(lo <= hi))
			sql_raise(ev, out, i, empty);
		else
			out->v.f[i] =
				lo + (hi - lo) * ((double)((uint64_t)SQL_I(0, i) >> 11) * 0x1p-53);
	}
}

/* ---- normal ------------------------------------------------------------------------- */

/*
 * A standard normal deviate from 64 random bits, in millionths: the inverse of
 * the cumulative distribution by linear interpolation in a table.
 *
 * The top bit is the sign. The other 63 are a uniform u in (0, 1) for one tail;
 * the table has 16 steps for each octave of u (each halving towards 0), since
 * the inverse is steep there. So tails are reached up to about 6.3 standard
 * deviations.
 */
int64_t sql_draw_normal(uint64_t bits)
{
	uint64_t u = bits & INT64_MAX, next;
	unsigned octave = u >> 31 == 0 ? 31 : (unsigned)__builtin_clzll(u) - 1;
	unsigned at = (31 - octave) * 16;
	int64_t z;

	u <<= octave; /* its first bit, of the lowest octave alone not set, is bit 62 */
	u &= (UINT64_C(1) << 62) - 1;
	at += (unsigned)(u >> 58);
	next = (u >> 26) & UINT32_MAX;
	z = sql_normal_table[at] -
	    (((int64_t)(sql_normal_table[at] - sql_normal_table[at + 1]) * (int64_t)next) >> 32);
	return bits >> 63 ? -z : z;
}

/* mean + deviation * z, exact in decimals; z has 6 of them. */
static void normal_num(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct sql_num z = {.v = sql_draw_normal((uint64_t)SQL_I(0, i)), .scale = 6};
		const char *why = NULL;

		if (!sql_num_mul(&z, SQL_N(2, i), &z, &why) ||
			!sql_num_add(&out->v.n[i], SQL_N(1, i), &z, &why))
			sql_raise(ev, out, i, why);
	}
}

static void normal_float(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	(void)ev;
	SQL_EACH(i)
	out->v.f[i] =
		SQL_F(1, i) + SQL_F(2, i) * ((double)sql_draw_normal((uint64_t)SQL_I(0, i)) / 1e6);
}

/* ---- calls --------------------------------------------------------------------------- */

#define BITS PG_INT8

/* a blank in the name: nobody calls them but sql_build_draw() */
static const struct sql_fn rows[] = {
	{"draw uniform", {BITS, PG_INT4, PG_INT4}, 3, PG_INT4, 0, 0, draw_int, NULL},
	{"draw uniform", {BITS, PG_INT8, PG_INT8}, 3, PG_INT8, 0, 0, draw_int, NULL},
	{"draw uniform", {BITS, PG_NUMERIC, PG_NUMERIC}, 3, PG_NUMERIC, 0, 0, draw_num, NULL},
	{"draw uniform", {BITS, PG_FLOAT8, PG_FLOAT8}, 3, PG_FLOAT8, 0, 0, draw_float, NULL},
	{"draw uniform", {BITS, PG_DATE, PG_DATE}, 3, PG_DATE, 0, 0, draw_time, NULL},
	{"draw uniform", {BITS, PG_TIMESTAMP, PG_TIMESTAMP}, 3, PG_TIMESTAMP, 0, 0, draw_time,
		NULL},
	{"draw uniform", {BITS, PG_TIMESTAMPTZ, PG_TIMESTAMPTZ}, 3, PG_TIMESTAMPTZ, 0, 0, draw_time,
		NULL},
	{"draw normal", {BITS, PG_NUMERIC, PG_NUMERIC}, 3, PG_NUMERIC, 0, 0, normal_num, NULL},
	{"draw normal", {BITS, PG_FLOAT8, PG_FLOAT8}, 3, PG_FLOAT8, 0, 0, normal_float, NULL},
};

const struct sql_fn_table sql_fns_draw = {rows, sizeof rows / sizeof rows[0]};

/* A new column of random bits for this call. */
static struct sql_node *bits(struct sql_comp *c, enum sql_status *st)
{
	int k = c->scope->names->draw(c->scope->names->ctx, c->e);
	struct sql_node *x;

	if (k == -1) {
		*st = SQL_FAILED;
		return NULL;
	}
	if ((x = sql_node_new(c, SQL_COL, sql_type_of(PG_INT8), 0)) == NULL)
		return sql_oom(c, st);
	x->col = (uint32_t)k;
	return x;
}

static bool is_integer(unsigned cls)
{
	return cls == PG_INT2 || cls == PG_INT4 || cls == PG_INT8;
}

/*
 * A call with two bounds. Floats are used only if one is asked for: integers
 * given to normal() become numerics, so that whole numbers and decimals stay
 * exact.
 */
static struct sql_node *between(
	struct sql_comp *c, const char *name, struct sql_node **x, enum sql_status *st)
{
	struct sql_node *args[3] = {NULL, x[0], x[1]};
	bool exact = name[5] == 'n' && is_integer(x[0]->type.cls) && is_integer(x[1]->type.cls);

	for (int k = 1; k <= 2 && exact; k++)
		if ((args[k] = sql_coerce(
			     c, args[k], sql_type_of(PG_NUMERIC), -1, SQL_IMPLICIT, st)) == NULL)
			return NULL;
	if ((args[0] = bits(c, st)) == NULL)
		return NULL;
	return sql_call(c, name, args, 3, st);
}

/*
 * choice(a, b ...) is built as CASE draw WHEN 0 THEN a WHEN 1 THEN b ... with
 * one uniform draw that all conditions share.
 */
static struct sql_node *choose(
	struct sql_comp *c, struct sql_node **x, uint32_t n, enum sql_status *st)
{
	struct sql_node *args[3] = {bits(c, st), sql_const_int(c, PG_INT8, 0),
		sql_const_int(c, PG_INT8, (int64_t)n - 1)};
	struct sql_node *pick, *y;
	struct sql_type t;

	if (args[0] == NULL)
		return NULL;
	if (args[1] == NULL || args[2] == NULL)
		return sql_oom(c, st);
	pick = sql_call(c, "draw uniform", args, 3, st);
	if (pick == NULL || !sql_common_type(c, x, n, "arguments of choice()", &t, st))
		return NULL;
	if ((y = sql_node_new(c, SQL_CASE, t, 2 * n - 1)) == NULL)
		return sql_oom(c, st);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t then = k + 1 < n ? 2 * k + 1 : 2 * k;
		struct sql_node *eq[2] = {pick, sql_const_int(c, PG_INT8, (int64_t)k)};

		if ((y->args[then] = sql_coerce(c, x[k], t, -1, SQL_IMPLICIT, st)) == NULL)
			return NULL;
		if (k + 1 < n &&
			(eq[1] == NULL || (y->args[2 * k] = sql_call(c, "=", eq, 2, st)) == NULL))
			return eq[1] == NULL ? sql_oom(c, st) : NULL;
	}
	y->coll = y->args[y->nargs - 1]->coll;
	return y;
}

/*
 * sibling_number(fk_column) and sibling_count(fk_column): the scope adds a
 * column that holds the row's place among the children of its parent, or how
 * many they are.
 */
static struct sql_node *sibling(
	struct sql_comp *c, const PgQuery__FuncCall *f, const char *name, enum sql_status *st)
{
	const PgQuery__Node *arg = f->n_args == 1 ? f->args[0] : NULL;
	const PgQuery__ColumnRef *r =
		arg != NULL && arg->node_case == PG_QUERY__NODE__NODE_COLUMN_REF ? arg->column_ref
										 : NULL;
	const char *column = r != NULL && r->n_fields == 1 ? sql_str_of(r->fields[0]) : NULL;
	struct sql_node *x;
	int k;

	if (c->scope->names->sibling == NULL)
		return sql_refuse(c, st, "%s()", name);
	if (column == NULL)
		return sql_fail(c, st, "%s() takes a column of a foreign key", name);
	k = c->scope->names->sibling(
		c->scope->names->ctx, column, strcmp(name, "sibling_count") == 0, c->e);
	if (k == -1) {
		*st = SQL_FAILED;
		return NULL;
	}
	if ((x = sql_node_new(c, SQL_COL, sql_type_of(PG_INT4), 0)) == NULL)
		return sql_oom(c, st);
	x->col = (uint32_t)k;
	return x;
}

/* Returns NULL with *st SQL_OK when the function is none of these. */
struct sql_node *sql_build_draw(struct sql_comp *c, const PgQuery__FuncCall *f, enum sql_status *st)
{
	const PgQuery__Node *last = f->funcname[f->n_funcname - 1];
	const char *name = last->node_case == PG_QUERY__NODE__NODE_STRING ? last->string->sval : "";
	bool uniform = strcmp(name, "uniform") == 0, normal = strcmp(name, "normal") == 0;
	struct sql_node **x;
	uint32_t n = (uint32_t)f->n_args;

	if (strcmp(name, "sibling_number") == 0 || strcmp(name, "sibling_count") == 0)
		return sibling(c, f, name, st);
	if (!uniform && !normal && strcmp(name, "choice") != 0)
		return NULL;
	if (uniform || normal ? n != 2 : n == 0)
		return sql_fail(c, st, "%s() takes %s", name,
			uniform	 ? "a lower and an upper bound"
			: normal ? "a mean and a standard deviation"
				 : "the values to choose from");
	if ((x = arena_array(c->a, n, sizeof *x)) == NULL)
		return sql_oom(c, st);
	for (uint32_t k = 0; k < n; k++)
		if ((x[k] = sql_build(c, f->args[k], st)) == NULL)
			return NULL;
	if (uniform || normal)
		return between(c, uniform ? "draw uniform" : "draw normal", x, st);
	return choose(c, x, n, st);
}
