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
#include "common/sql/sql_comp.h"

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
		const char *why; /* of no interest: the range is too wide as well */

		if (l->kind != SQL_NUM_FINITE || h->kind != SQL_NUM_FINITE ||
			!sql_num_round(&lo, l, scale, SQL_ROUND_HALF_AWAY, &why) ||
			!sql_num_round(&hi, h, scale, SQL_ROUND_HALF_AWAY, &why) ||
			hi.v - lo.v > (sql_i128)UINT64_MAX)
			sql_raise(ev, out, i, "uniform(): too wide a range");
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
