/* SPDX-License-Identifier: MIT */
/*
 * Casts between types: pg_cast as a table, and the kernels behind it.
 *
 * A row of the table gives the two classes, the context that the cast needs at
 * least (implicit, assignment, explicit: castcontext 'i', 'a' and 'e' of
 * pg_cast) and the kernel; without a kernel the two types have the same
 * representation here, so that the register is used as it is. Pairs that are
 * not in the table go through text: to a string type by the output function,
 * from one by the input function, as PostgreSQL's CoerceViaIO does
 * (find_coercion_pathway() of parse_coerce.c).
 *
 * Kernels follow the functions that pg_cast names, with their errors.
 */
#include "common/sql/sql_comp.h"

#include <math.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/sql/types/sql_cast_more.h"
#include "common/sql/types/sql_time.h"

static const char int_range[] = "integer out of range";

static void int_to_int(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		out->v.i[i] = SQL_I(0, i);
		if (!sql_int_fits(x->type.cls, out->v.i[i]))
			sql_raise(ev, out, i, int_range);
	}
}

static void int_to_num(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.n[i] = sql_num_int(SQL_I(0, i));
}

static void int_to_float(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	out->v.f[i] = x->type.cls == PG_FLOAT4 ? (double)(float)SQL_I(0, i) : (double)SQL_I(0, i);
}

static void num_to_int(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why = int_range;

	SQL_EACH(i)
	if (!sql_num_to_i64(SQL_N(0, i), &out->v.i[i], &why))
		sql_raise(ev, out, i, why);
	else if (!sql_int_fits(x->type.cls, out->v.i[i]))
		sql_raise(ev, out, i, int_range);
}

/*
 * numeric_float8() and numeric_float4(): a finite value that becomes infinite,
 * and for real one that becomes 0, is out of range.
 */
static void num_to_float(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		double d = sql_num_to_f64(SQL_N(0, i));

		if (x->type.cls == PG_FLOAT4) {
			float f = (float)d;

			if ((isinf(f) && !isinf(d)) || (f == 0 && d != 0)) {
				sql_raise(ev, out, i, "out of range for type real");
				continue;
			}
			d = (double)f;
		} else if (isinf(d) && SQL_N(0, i)->kind == SQL_NUM_FINITE) {
			sql_raise(ev, out, i, "out of range for type double precision");
			continue;
		}
		out->v.f[i] = d;
	}
}

/*
 * float8_numeric() keeps 15 significant digits and float4_numeric() 6. An
 * infinity differs between versions, since numeric has had infinities only from
 * 14 on.
 */
static void float_to_num(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why = "";
	const int digits = x->args[0]->type.cls == PG_FLOAT4 ? 6 : 15;

	SQL_EACH(i)
	if (isinf(SQL_F(0, i)))
		sql_differs(ev, out, i); /* a numeric is infinite from 14 on */
	else if (!sql_num_from_f64(&out->v.n[i], SQL_F(0, i), digits, &why))
		sql_raise(ev, out, i, why);
}

/*
 * dtoi4() and its kin round half to even, as rint() does in the default
 * rounding mode.
 */
static void float_to_int(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		double d = rint(SQL_F(0, i));

		if (!(d >= -9223372036854775808.0 && d < 9223372036854775808.0) ||
			!sql_int_fits(x->type.cls, (int64_t)d))
			sql_raise(ev, out, i, int_range);
		else
			out->v.i[i] = (int64_t)d;
	}
}

static void float_to_float(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		double d = SQL_F(0, i), f = x->type.cls == PG_FLOAT4 ? (double)(float)d : d;

		out->v.f[i] = f;
		if ((isinf(f) && !isinf(d)) || (f == 0 && d != 0))
			sql_raise(ev, out, i, "value out of range: overflow or underflow");
	}
}

static void int_to_bool(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.i[i] = SQL_I(0, i) != 0;
}

/*
 * char(n) to text or varchar: the trailing blanks are removed, as rtrim1()
 * does.
 */
static void unpad(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);

		while (t.n > 0 && t.p[t.n - 1] == ' ')
			t.n--;
		out->v.t[i] = t;
	}
}

/* Midnight of the date. Dates reach further than timestamps, so it can fail. */
static void date_to_ts(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		int64_t d = SQL_I(0, i);

		if (cal_date_finite(d) && d > CAL_TS_MAX / CAL_DAY)
			sql_raise(ev, out, i, "date out of range for timestamp");
		else
			out->v.i[i] = sql_date_to_ts(d);
	}
}

/*
 * timestamp to timestamptz and back, which in UTC is the same value. Only
 * rounding to a precision can have left the range.
 */
static void ts_to_ts(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		out->v.i[i] = SQL_I(0, i);
		if (cal_ts_finite(SQL_I(0, i)) && SQL_I(0, i) > CAL_TS_MAX)
			sql_raise(ev, out, i, "timestamp out of range");
	}
}

static void ts_to_date(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		int64_t t = SQL_I(0, i);

		out->v.i[i] = t == CAL_TS_NEG_INF   ? CAL_DATE_NEG_INF
			      : t == CAL_TS_POS_INF ? CAL_DATE_POS_INF
						    : cal_ts_day(t);
	}
}

/*
 * The time of day; an infinite timestamp has none and gives NULL, as
 * timestamp_time() does.
 */
static void ts_to_time(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		int64_t t = SQL_I(0, i);

		out->null[i] = !cal_ts_finite(t);
		if (cal_ts_finite(t))
			out->v.i[i] = t - cal_ts_day(t) * CAL_DAY;
	}
}

static void time_to_ivl(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.iv[i] = (struct sql_ivl){SQL_I(0, i), 0, 0};
}

/* interval_time(): the microseconds modulo a day, never negative. */
static void ivl_to_time(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		out->v.i[i] = SQL_IV(0, i).us % CAL_DAY;
		if (out->v.i[i] < 0)
			out->v.i[i] += CAL_DAY;
	}
}

/* "char" to integer: the byte, as a signed number (chartoi4()). */
static void char_to_int(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	out->v.i[i] = SQL_T(0, i).n > 0 ? (int8_t)SQL_T(0, i).p[0] : 0;
}

/* A cast from a string: the input function of the type reads the text. */
static void via_input(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why = "invalid input syntax";

	SQL_EACH(i)
	if (!sql_input(ev, x->type, SQL_T(0, i), out, i, &why))
		sql_raise(ev, out, i, why);
}

/* A cast to a string: the text that the output function makes. */
static void via_output(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i) out->v.t[i] = sql_output(ev, x->args[0]->type, &a[0], i);
}

/*
 * A cast to name: cut to 63 bytes, at a character's boundary. A boolean becomes
 * "t" or "f", which is what boolout() prints; to text it has a cast of its own
 * that gives "true" or "false".
 */
static void via_name(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const bool truth = x->args[0]->type.cls == PG_BOOL;
	const char *why;

	SQL_EACH(i)
	{
		struct vtext t = sql_output(ev, x->args[0]->type, &a[0], i);

		t.n = truth ? 1 : t.n;
		(void)sql_input(ev, x->type, t, out, i, &why);
	}
}

/* char(n) to name, without the trailing blanks. */
static void unpadded_name(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const char *why;

	unpad(ev, x, a, out);
	SQL_EACH(i)
	(void)sql_input(ev, x->type, out->v.t[i], out, i, &why);
}

/* The kernel where types have the same representation: a copy. */
void sql_same_bits(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) sql_reg_copy(out, i, &a[0], i);
}

#define I2 PG_INT2
#define I4 PG_INT4
#define I8 PG_INT8
#define F4 PG_FLOAT4
#define F8 PG_FLOAT8
#define NU PG_NUMERIC
#define TX PG_TEXT
#define VC PG_VARCHAR
#define BP PG_BPCHAR

static const struct sql_cast casts[] = {
	{I2, I4, SQL_IMPLICIT, 0, NULL},
	{I2, I8, SQL_IMPLICIT, 0, NULL},
	{I4, I8, SQL_IMPLICIT, 0, NULL},
	{I4, I2, SQL_ASSIGNMENT, 0, int_to_int},
	{I8, I2, SQL_ASSIGNMENT, 0, int_to_int},
	{I8, I4, SQL_ASSIGNMENT, 0, int_to_int},
	{I2, NU, SQL_IMPLICIT, 0, int_to_num},
	{I4, NU, SQL_IMPLICIT, 0, int_to_num},
	{I8, NU, SQL_IMPLICIT, 0, int_to_num},
	{I2, F4, SQL_IMPLICIT, 0, int_to_float},
	{I4, F4, SQL_IMPLICIT, 0, int_to_float},
	{I8, F4, SQL_IMPLICIT, 0, int_to_float},
	{I2, F8, SQL_IMPLICIT, 0, int_to_float},
	{I4, F8, SQL_IMPLICIT, 0, int_to_float},
	{I8, F8, SQL_IMPLICIT, 0, int_to_float},
	{NU, I2, SQL_ASSIGNMENT, 0, num_to_int},
	{NU, I4, SQL_ASSIGNMENT, 0, num_to_int},
	{NU, I8, SQL_ASSIGNMENT, 0, num_to_int},
	{NU, F4, SQL_IMPLICIT, 0, num_to_float},
	{NU, F8, SQL_IMPLICIT, 0, num_to_float},
	{F4, NU, SQL_ASSIGNMENT, 0, float_to_num},
	{F8, NU, SQL_ASSIGNMENT, 0, float_to_num},
	{F4, I2, SQL_ASSIGNMENT, 0, float_to_int},
	{F4, I4, SQL_ASSIGNMENT, 0, float_to_int},
	{F4, I8, SQL_ASSIGNMENT, 0, float_to_int},
	{F8, I2, SQL_ASSIGNMENT, 0, float_to_int},
	{F8, I4, SQL_ASSIGNMENT, 0, float_to_int},
	{F8, I8, SQL_ASSIGNMENT, 0, float_to_int},
	{F4, F8, SQL_IMPLICIT, 0, NULL},
	{F8, F4, SQL_ASSIGNMENT, 0, float_to_float},
	{I4, PG_BOOL, SQL_EXPLICIT, 0, int_to_bool},
	{PG_BOOL, I4, SQL_EXPLICIT, 0, NULL},
	{TX, VC, SQL_IMPLICIT, 0, NULL},
	{TX, BP, SQL_IMPLICIT, 0, NULL},
	{VC, TX, SQL_IMPLICIT, 0, NULL},
	{VC, BP, SQL_IMPLICIT, 0, NULL},
	{BP, TX, SQL_IMPLICIT, 0, unpad},
	{BP, VC, SQL_IMPLICIT, 0, unpad},
	{PG_NAME, TX, SQL_IMPLICIT, 0, NULL},
	{PG_NAME, VC, SQL_ASSIGNMENT, 0, NULL},
	{PG_NAME, BP, SQL_ASSIGNMENT, 0, NULL},
	{TX, PG_NAME, SQL_IMPLICIT, 0, via_input},
	{VC, PG_NAME, SQL_IMPLICIT, 0, via_input},
	{PG_CHAR, TX, SQL_IMPLICIT, 0, NULL},
	{PG_CHAR, I4, SQL_EXPLICIT, 0, char_to_int},
	{TX, PG_CHAR, SQL_ASSIGNMENT, 0, via_input},
	{VC, PG_CHAR, SQL_ASSIGNMENT, 0, via_input},
	{BP, PG_CHAR, SQL_ASSIGNMENT, 0, via_input},
	{BP, PG_NAME, SQL_IMPLICIT, 0, unpadded_name},
	{PG_DATE, PG_TIMESTAMP, SQL_IMPLICIT, 0, date_to_ts},
	{PG_DATE, PG_TIMESTAMPTZ, SQL_IMPLICIT, 0, date_to_ts},
	{PG_TIMESTAMP, PG_TIMESTAMPTZ, SQL_IMPLICIT, 0, ts_to_ts},
	{PG_TIMESTAMPTZ, PG_TIMESTAMP, SQL_ASSIGNMENT, 0, ts_to_ts},
	{PG_TIMESTAMP, PG_DATE, SQL_ASSIGNMENT, 0, ts_to_date},
	{PG_TIMESTAMPTZ, PG_DATE, SQL_ASSIGNMENT, 0, ts_to_date},
	{PG_TIMESTAMP, PG_TIME, SQL_ASSIGNMENT, 0, ts_to_time},
	{PG_TIMESTAMPTZ, PG_TIME, SQL_ASSIGNMENT, 0, ts_to_time},
	{PG_TIME, PG_INTERVAL, SQL_IMPLICIT, 0, time_to_ivl},
	{PG_INTERVAL, PG_TIME, SQL_ASSIGNMENT, 0, ivl_to_time},
	{PG_JSON, PG_JSONB, SQL_ASSIGNMENT, 0, via_input},
	{PG_JSONB, PG_JSON, SQL_ASSIGNMENT, 0, via_output},
	{PG_JSONB, NU, SQL_EXPLICIT, 0, sql_cast_json_to_num},
	{PG_JSONB, I2, SQL_EXPLICIT, 0, sql_cast_json_to_int},
	{PG_JSONB, I4, SQL_EXPLICIT, 0, sql_cast_json_to_int},
	{PG_JSONB, I8, SQL_EXPLICIT, 0, sql_cast_json_to_int},
	{PG_JSONB, PG_BOOL, SQL_EXPLICIT, 0, sql_cast_json_to_bool},
	{TX, PG_DATE, SQL_EXPLICIT, 0, sql_cast_via_iso},
	{TX, PG_TIMESTAMP, SQL_EXPLICIT, 0, sql_cast_via_iso},
	{TX, PG_TIMESTAMPTZ, SQL_EXPLICIT, 0, sql_cast_via_iso},
};

/*
 * Types whose input function here accepts and rejects exactly what PostgreSQL's
 * does, so that it may be used on values of rows. Others are read from literals
 * only.
 */
static bool readable(unsigned cls)
{
	return cls == PG_BOOL || cls == I2 || cls == I4 || cls == I8 || cls == NU || cls == F4 ||
	       cls == F8 || cls == PG_UUID || cls == PG_ENUM || cls == PG_BYTEA || cls == PG_JSONB;
}

bool sql_printable(unsigned cls)
{
	return (cls <= PG_INTERVAL && cls != PG_TIMETZ) || cls == PG_ENUM || cls == PG_JSON ||
	       cls == PG_JSONB;
}

/* The table first, then the casts through text; see the head of this file. */
const struct sql_cast *sql_cast_find(unsigned from, unsigned to, enum sql_context context)
{
	static const struct sql_cast in = {0, 0, SQL_EXPLICIT, 0, via_input};
	static const struct sql_cast out = {0, 0, SQL_ASSIGNMENT, 0, via_output};
	static const struct sql_cast name = {0, 0, SQL_ASSIGNMENT, 0, via_name};

	for (size_t k = 0; k < sizeof casts / sizeof casts[0]; k++)
		if (casts[k].from == from && casts[k].to == to)
			return casts[k].context <= context ? &casts[k] : NULL;
	if (sql_class_category(to) == 'S' && context >= SQL_ASSIGNMENT &&
		(sql_printable(from) || from == PG_ARRAY || from == PG_RANGE))
		return to == PG_NAME ? &name : &out;
	if (sql_class_category(from) == 'S' && context == SQL_EXPLICIT && readable(to))
		return &in;
	return NULL;
}
