/* SPDX-License-Identifier: MIT */
/*
 * Operators and functions of dates, times and intervals (timestamp.c and date.c
 * of PostgreSQL).
 *
 * The session's time zone is UTC, so that timestamp and timestamptz are computed alike,
 * and a day always has 24 hours. Infinite values stay infinite. Where versions
 * of PostgreSQL give different results (infinite intervals exist from 17 on,
 * some overflows wrap around up to 15), the row fails with sql_differing.
 */
#include "common/sql/sql_comp.h"

#include <math.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/sql/types/sql_time.h"

static const char date_range[] = "date out of range";
static const char ts_range[] = "timestamp out of range";
static const char ivl_range[] = "interval out of range";

/*
 * date + integer, integer + date, date - integer: param is the sign, and
 * fn->arg says which argument is the date.
 */
static void date_shift(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int d = x->fn->arg[0] == PG_DATE ? 0 : 1;

	SQL_EACH(i)
	{
		int64_t day = SQL_I(d, i), n = SQL_I(1 - d, i) * x->fn->param;

		out->v.i[i] = day;
		if (!cal_date_finite(day))
			continue;
		out->v.i[i] = day + n;
		if (day + n < CAL_DATE_MIN || day + n > CAL_DATE_MAX)
			sql_raise(ev, out, i, date_range);
	}
}

static void date_diff(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	if (!cal_date_finite(SQL_I(0, i)) || !cal_date_finite(SQL_I(1, i)))
		sql_raise(ev, out, i, "cannot subtract infinite dates");
	else
		out->v.i[i] = SQL_I(0, i) - SQL_I(1, i);
}

/*
 * The interval negated. What has no opposite wraps around, as it does in
 * timestamp_mi_interval().
 */
static const struct sql_ivl *opposite(struct sql_ivl *iv)
{
	iv->us = (int64_t)(0 - (uint64_t)iv->us);
	iv->days = (int32_t)(0 - (uint32_t)iv->days);
	iv->months = (int32_t)(0 - (uint32_t)iv->months);
	return iv;
}

/*
 * A date, timestamp or timestamptz plus or minus an interval: param is the
 * sign. A date is its midnight.
 */
static void ts_shift(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int t = x->fn->arg[0] == PG_INTERVAL ? 1 : 0;

	SQL_EACH(i)
	{
		struct sql_ivl iv = SQL_IV(1 - t, i);
		int64_t ts = SQL_I(t, i);

		if (x->fn->arg[t] == PG_DATE && !sql_midnight(ts, &ts))
			sql_raise(ev, out, i, date_range);
		else if (!sql_ts_add(ts, x->fn->param < 0 ? opposite(&iv) : &iv, &out->v.i[i]))
			sql_raise(ev, out, i, ts_range);
	}
}

/*
 * timestamp - timestamp: days and the rest in microseconds, no months
 * (timestamp_mi() with interval_justify_hours()).
 */
static void ts_diff(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		int64_t l = SQL_I(0, i), r = SQL_I(1, i), us;

		/* What does not fit wraps around up to 15; intervals are infinite from 17 on. */
		if (!cal_ts_finite(l) || !cal_ts_finite(r) || __builtin_sub_overflow(l, r, &us))
			sql_differs(ev, out, i);
		else
			out->v.iv[i] = (struct sql_ivl){us % CAL_DAY, (int32_t)(us / CAL_DAY), 0};
	}
}

/* date + time, in either order, is a timestamp. */
static void date_plus_time(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int d = x->fn->arg[0] == PG_DATE ? 0 : 1;

	SQL_EACH(i)
	{
		int64_t ts;

		if (!sql_midnight(SQL_I(d, i), &ts))
			sql_raise(ev, out, i, ts_range);
		else if (cal_ts_finite(ts) &&
			 (__builtin_add_overflow(ts, SQL_I(1 - d, i), &ts) || ts > CAL_TS_MAX))
			sql_raise(ev, out, i, ts_range);
		else
			out->v.i[i] = ts;
	}
}

/*
 * time plus or minus an interval: only its time part counts, and the result is
 * taken modulo a day.
 */
static void time_shift(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int t = x->fn->arg[0] == PG_INTERVAL ? 1 : 0;

	SQL_EACH(i)
	{
		int64_t us = SQL_IV(1 - t, i).us % CAL_DAY;
		int64_t r = (SQL_I(t, i) + (x->fn->param < 0 ? -us : us)) % CAL_DAY;

		out->v.i[i] = r < 0 ? r + CAL_DAY : r;
	}
}

static void time_diff(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i) out->v.iv[i] = (struct sql_ivl){SQL_I(0, i) - SQL_I(1, i), 0, 0};
}

static void ivl_add(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct sql_ivl r = SQL_IV(1, i);

		if ((x->fn->param < 0 && !sql_ivl_neg(&r, &r)) ||
			!sql_ivl_add(&out->v.iv[i], &SQL_IV(0, i), &r))
			sql_raise(ev, out, i, ivl_range);
	}
}

static void ivl_neg(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	if (!sql_ivl_neg(&out->v.iv[i], &SQL_IV(0, i)))
		sql_raise(ev, out, i, ivl_range);
}

/* Moves whole units from *low to *high, and makes the signs of both agree. */
static bool carry(int64_t *low, int32_t *high, int64_t unit)
{
	int32_t whole = (int32_t)(*low / unit);

	*low %= unit;
	if (__builtin_add_overflow(*high, whole, high))
		return false;
	if (*high > 0 && *low < 0)
		*low += unit, (*high)--;
	else if (*high < 0 && *low > 0)
		*low -= unit, (*high)++;
	return true;
}

/*
 * justify_hours (param 'h') and justify_days ('d'): 24 hours are a day, 30 days
 * a month, and what is left has the sign of the whole.
 */
static void ivl_justify(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct sql_ivl v = SQL_IV(0, i);
		int64_t days = v.days;
		bool ok = x->fn->param == 'h' ? carry(&v.us, &v.days, CAL_DAY)
					      : carry(&days, &v.months, 30);

		if (x->fn->param != 'h')
			v.days = (int32_t)days;
		out->v.iv[i] = v;
		if (!ok)
			sql_raise(ev, out, i, ivl_range);
	}
}

/* Rounded to microseconds: TSROUND() of timestamp.h. */
static double micro(double d)
{
	return rint(d * 1000000.0) / 1000000.0;
}

/*
 * interval_mul() and interval_div(): the fraction of a month becomes days, and
 * that of a day seconds, in the same floating-point steps as in PostgreSQL.
 * False when it is out of range.
 */
static bool ivl_scale(const struct sql_ivl *v, double f, bool divide, struct sql_ivl *r)
{
	double months = divide ? v->months / f : v->months * f;
	double days = divide ? v->days / f : v->days * f;
	double rest_days, secs, us;

	if (!(months <= INT32_MAX && months >= INT32_MIN) ||
		!(days <= INT32_MAX && days >= INT32_MIN))
		return false;
	r->months = (int32_t)months;
	r->days = (int32_t)days;
	rest_days = micro((months - r->months) * 30);
	secs = micro((days - r->days + rest_days - (int)rest_days) * 86400);
	if (fabs(secs) >= 86400) {
		r->days += (int32_t)(secs / 86400);
		secs -= (int)(secs / 86400) * 86400.0;
	}
	if (__builtin_add_overflow(r->days, (int32_t)rest_days, &r->days))
		return false;
	us = rint((divide ? (double)v->us / f : (double)v->us * f) + secs * 1000000);
	if (!(us >= -9223372036854775808.0 && us < 9223372036854775808.0))
		return false;
	r->us = (int64_t)us;
	return true;
}

/* interval * double, double * interval, interval / double. */
static void ivl_times(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int v = x->fn->arg[0] == PG_INTERVAL ? 0 : 1;

	SQL_EACH(i)
	{
		double f = SQL_F(1 - v, i);

		if (x->fn->param == '/' && f == 0)
			sql_raise(ev, out, i, "division by zero");
		else if (!isfinite(f))
			sql_differs(ev, out, i); /* infinite from 17 on, out of range before */
		else if (!ivl_scale(&SQL_IV(v, i), f, x->fn->param == '/', &out->v.iv[i]))
			sql_raise(ev, out, i, ivl_range);
	}
}

/* ---- the rest ------------------------------------------------------------------------ */

/* isfinite(). */
static void date_finite(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	out->v.i[i] = x->fn->arg[0] == PG_INTERVAL ? 1
		      : x->fn->arg[0] == PG_DATE   ? cal_date_finite(SQL_I(0, i))
						   : cal_ts_finite(SQL_I(0, i));
}

/* age(a, b); age(a) is from the frozen CURRENT_DATE, which the compiler puts in as args[0]. */
static void ts_age(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	/* infinity is a moment of the year 294277 up to 16, and makes an infinite interval then */
	if (!cal_ts_finite(SQL_I(0, i)) || !cal_ts_finite(SQL_I(1, i)))
		sql_differs(ev, out, i);
	else
		sql_ts_age(SQL_I(0, i), SQL_I(1, i), &out->v.iv[i]);
}

/*
 * make_date(year, month, day): a negative year is BC, and there is no year 0.
 */
static void make_date(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		int64_t y = SQL_I(0, i), m = SQL_I(1, i), d = SQL_I(2, i);

		if (y < 0)
			y++; /* 1 BC is the year 0 */
		else if (y == 0)
			y = INT32_MIN;
		if (m < 1 || m > 12 || d < 1 || d > 31 || y < -4800 || y > 5874897 ||
			!cal_is_date(y, (int)m, (int)d))
			sql_raise(ev, out, i, "date field value out of range");
		else
			out->v.i[i] = cal_days(y, (int)m, (int)d);
	}
}

/*
 * (a, b) OVERLAPS (c, d), by overlaps_timestamp(): ends may be given in any
 * order, a period is half-open, and with a NULL end the answer is NULL unless
 * the known ends decide it (SQL:1999, 8.12).
 */
static void overlaps(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	SQL_EACH(i)
	{
		int64_t lo[2], hi[2];
		bool open[2], null = false;

		for (int k = 0; k < 2; k++) {
			bool ln = sql_null(&a[2 * k], i), rn = sql_null(&a[2 * k + 1], i);
			int64_t l = SQL_I(2 * k, i), r = SQL_I(2 * k + 1, i);

			null |= ln && rn;
			open[k] = ln != rn;
			lo[k] = ln ? r : rn || l <= r ? l : r;
			hi[k] = ln ? r : rn ? l : l <= r ? r : l;
		}
		if (null) {
			out->null[i] = 1;
			continue;
		}
		/* the later start against the earlier period's end, which may not be known */
		int first = lo[0] <= lo[1] ? 0 : 1;

		if (lo[0] == lo[1]) {
			out->v.i[i] = 1;
			out->null[i] = open[0] || open[1];
		} else {
			out->v.i[i] = !open[first] && lo[1 - first] < hi[first];
			out->null[i] = open[first] || (!out->v.i[i] && open[1 - first]);
		}
	}
}

#define D  PG_DATE
#define TS PG_TIMESTAMP
#define TZ PG_TIMESTAMPTZ
#define IV PG_INTERVAL
#define TM PG_TIME
#define I4 PG_INT4
#define SHIFT(t, r)                                                                                \
	{"+", {t, IV}, 2, r, 0, 1, ts_shift, NULL}, {"+", {IV, t}, 2, r, 0, 1, ts_shift, NULL},    \
	{                                                                                          \
		"-", {t, IV}, 2, r, 0, -1, ts_shift, NULL                                          \
	}
#define OVERLAP(t)                                                                                 \
	{                                                                                          \
		"overlaps", {t, t, t, t}, 4, PG_BOOL, SQL_F_NULLS, 0, overlaps, NULL               \
	}

static const struct sql_fn rows[] = {
	{"+", {D, I4}, 2, D, 0, 1, date_shift, NULL},
	{"+", {I4, D}, 2, D, 0, 1, date_shift, NULL},
	{"-", {D, I4}, 2, D, 0, -1, date_shift, NULL},
	{"-", {D, D}, 2, I4, 0, 0, date_diff, NULL},
	SHIFT(D, TS),
	SHIFT(TS, TS),
	SHIFT(TZ, TZ),
	{"-", {TS, TS}, 2, IV, 0, 0, ts_diff, NULL},
	{"-", {TZ, TZ}, 2, IV, 0, 0, ts_diff, NULL},
	{"+", {D, TM}, 2, TS, 0, 0, date_plus_time, NULL},
	{"+", {TM, D}, 2, TS, 0, 0, date_plus_time, NULL},
	{"+", {TM, IV}, 2, TM, 0, 1, time_shift, NULL},
	{"+", {IV, TM}, 2, TM, 0, 1, time_shift, NULL},
	{"-", {TM, IV}, 2, TM, 0, -1, time_shift, NULL},
	{"-", {TM, TM}, 2, IV, 0, 0, time_diff, NULL},
	{"+", {IV, IV}, 2, IV, 0, 1, ivl_add, NULL},
	{"-", {IV, IV}, 2, IV, 0, -1, ivl_add, NULL},
	{"-", {IV}, 1, IV, 0, 0, ivl_neg, NULL},
	{"*", {IV, PG_FLOAT8}, 2, IV, 0, '*', ivl_times, NULL},
	{"*", {PG_FLOAT8, IV}, 2, IV, 0, '*', ivl_times, NULL},
	{"/", {IV, PG_FLOAT8}, 2, IV, 0, '/', ivl_times, NULL},
	{"justify_hours", {IV}, 1, IV, 0, 'h', ivl_justify, NULL},
	{"justify_days", {IV}, 1, IV, 0, 'd', ivl_justify, NULL},
	{"isfinite", {D}, 1, PG_BOOL, 0, 0, date_finite, NULL},
	{"isfinite", {TS}, 1, PG_BOOL, 0, 0, date_finite, NULL},
	{"isfinite", {TZ}, 1, PG_BOOL, 0, 0, date_finite, NULL},
	{"isfinite", {IV}, 1, PG_BOOL, 0, 0, date_finite, NULL},
	{"age", {TS, TS}, 2, IV, 0, 0, ts_age, NULL},
	{"age", {TZ, TZ}, 2, IV, 0, 0, ts_age, NULL},
	{"make_date", {I4, I4, I4}, 3, D, 0, 0, make_date, NULL},
	OVERLAP(TS),
	OVERLAP(TZ),
	OVERLAP(TM),
};

const struct sql_fn_table sql_fns_time = {rows, sizeof rows / sizeof rows[0]};
