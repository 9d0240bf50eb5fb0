/* SPDX-License-Identifier: MIT */
/*
 * Lengths, precisions and scales: what a typmod does to a value of its type.
 * PostgreSQL has a length coercion function for each such type, a cast of the
 * type to itself in pg_cast (varchar(), numeric(), timestamp() ...). Here it is
 * a kernel for each type, and the typmod is that of the node.
 */
#include "common/sql/sql_int.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/num.h"

/*
 * varchar(n) and char(n) of an explicit cast: cut to n characters without an
 * error; char(n) is padded with blanks. The typmod is n + 4 (VARHDRSZ).
 */
static void fit_text(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const size_t limit = (size_t)x->typmod - 4;

	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		size_t have;
		char *p;

		t.n = utf8_cut(t.p, t.n, limit);
		out->v.t[i] = t;
		have = utf8_len(t.p, t.n);
		if (x->type.cls != PG_BPCHAR || have >= limit)
			continue;
		p = sql_alloc(ev, t.n + limit - have);
		if (p == NULL)
			return;
		memcpy(p, t.p, t.n);
		memset(p + t.n, ' ', limit - have);
		out->v.t[i] = (struct vtext){p, t.n + limit - have};
	}
}

/*
 * numeric(p, s). The typmod is p << 16 | s, plus 4; s is 11 bits with a sign
 * since PostgreSQL 15, which the exclusive or and the subtraction extend
 * (make_numeric_typmod()).
 */
static void fit_num(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int precision = (x->typmod - 4) >> 16 & 0xffff;
	const int scale = (((x->typmod - 4) & 0x7ff) ^ 1024) - 1024;
	const char *why = "";

	SQL_EACH(i)
	{
		out->v.n[i] = *SQL_N(0, i);
		if (!sql_num_fit(&out->v.n[i], precision, scale, &why))
			sql_raise(ev, out, i, why);
	}
}

/*
 * timestamp(p), time(p): rounded half away from zero to p decimals of a second,
 * as AdjustTimestampForTypmod() does.
 */
static void fit_time(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	static const int64_t unit[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	const int64_t u = unit[x->typmod < 0 || x->typmod > 6 ? 6 : x->typmod];

	SQL_EACH(i)
	{
		int64_t t = SQL_I(0, i);

		out->v.i[i] = !cal_ts_finite(t) || u == 1 ? t
			      : t >= 0			  ? (t + u / 2) / u * u
							  : -((-t + u / 2) / u * u);
	}
}

/*
 * interval(p), interval year to month ...: AdjustIntervalForTypmod() of timestamp.c.  The upper
 * half of a typmod is a mask of the fields that are kept, as bits 1 << DTK_*; what is finer than
 * the last of them is dropped.  The lower half is the decimals of seconds.
 */
enum {
	IVL_MONTH = 1 << 1,
	IVL_YEAR = 1 << 2,
	IVL_DAY = 1 << 3,
	IVL_HOUR = 1 << 10,
	IVL_MINUTE = 1 << 11,
	IVL_SECOND = 1 << 12,
	IVL_ALL = 0x7fff
};

/* Drops what is finer than the last field of the mask. */
static void cut_fields(struct sql_ivl *v, int fields)
{
	if ((fields & (IVL_HOUR | IVL_MINUTE | IVL_SECOND)) == 0)
		v->us = 0;
	else if ((fields & (IVL_MINUTE | IVL_SECOND)) == 0)
		v->us -= v->us % CAL_HOUR;
	else if ((fields & IVL_SECOND) == 0)
		v->us -= v->us % CAL_MINUTE;
	if (fields == IVL_YEAR)
		v->months -= v->months % 12;
	if ((fields & ~(IVL_YEAR | IVL_MONTH)) == 0)
		v->days = 0;
}

/* First the fields, then the decimals of seconds. */
static void fit_interval(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int fields = x->typmod >> 16 & IVL_ALL, decimals = x->typmod & SQL_IVL_ANY_PRECISION;
	const int64_t unit = decimals >= 6 ? 1 : num_pow10(6 - (unsigned)decimals);

	SQL_EACH(i)
	{
		struct sql_ivl v = SQL_IV(0, i);

		if (fields != IVL_ALL)
			cut_fields(&v, fields);
		if (unit > 1 &&
			__builtin_add_overflow(v.us, v.us < 0 ? -unit / 2 : unit / 2, &v.us))
			sql_raise(ev, out, i, "interval out of range");
		else
			v.us -= v.us % unit;
		out->v.iv[i] = v;
	}
}

static const struct sql_fn fits[] = {
	{"varchar(n)", {PG_VARCHAR}, 1, PG_VARCHAR, 0, 0, fit_text, NULL},
	{"char(n)", {PG_BPCHAR}, 1, PG_BPCHAR, 0, 0, fit_text, NULL},
	{"numeric(p,s)", {PG_NUMERIC}, 1, PG_NUMERIC, 0, 0, fit_num, NULL},
	{"timestamp(p)", {PG_TIMESTAMP}, 1, PG_TIMESTAMP, 0, 0, fit_time, NULL},
	{"timestamptz(p)", {PG_TIMESTAMPTZ}, 1, PG_TIMESTAMPTZ, 0, 0, fit_time, NULL},
	{"time(p)", {PG_TIME}, 1, PG_TIME, 0, 0, fit_time, NULL},
	{"interval(p)", {PG_INTERVAL}, 1, PG_INTERVAL, 0, 0, fit_interval, NULL},
};

const struct sql_fn *sql_fit_find(unsigned cls)
{
	for (size_t k = 0; k < sizeof fits / sizeof fits[0]; k++)
		if (fits[k].result == cls)
			return &fits[k];
	return NULL;
}
