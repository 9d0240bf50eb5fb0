/* SPDX-License-Identifier: MIT */
/*
 * date_trunc(), extract() and date_part(): the fields of dates, times and
 * intervals, as timestamp_part_common(), date_part and interval_part_common()
 * of PostgreSQL's timestamp.c and date.c compute them.
 *
 * extract() gives a numeric (since PostgreSQL 14) and date_part() a double;
 * both are computed here as an exact numeric, and the double is then made by
 * the same floating-point steps as in PostgreSQL, since another order of them
 * could differ in the last bit. The unit has to be a constant. The catalogue's
 * year 0 is 1 BC, which SQL shows as -1.
 */
#include "common/sql/sql_comp.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/sql/types/sql_time.h"

/* The unit, which the compiler has looked up when it was a constant. */
static enum sql_unit unit_of(const struct sql_node *x, const struct sql_reg *a, uint32_t i)
{
	return x->aux != NULL ? *(const enum sql_unit *)x->aux
			      : sql_unit_named(SQL_T(0, i).p, SQL_T(0, i).n);
}

/*
 * Looks a constant unit up once, and refuses it if it is none of ours or none
 * that the type has.
 */
static struct sql_node *prepare_unit(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	const struct sql_node *u = x->args[0];
	enum sql_unit unit;

	if (u->op != SQL_CONST || sql_null(&u->cval, 0))
		return sql_refuse(c, st, "%s() with a unit that is not a constant", x->fn->name);
	unit = sql_unit_named(u->cval.v.t[0].p, u->cval.v.t[0].n);
	if (unit == SQL_U_NONE || (unit > SQL_U_MILLENNIUM && x->fn->param == 't') ||
		(unit < SQL_U_DAY && x->fn->arg[1] == PG_DATE && x->fn->result == PG_NUMERIC) ||
		(x->fn->arg[1] == PG_TIME && unit > SQL_U_HOUR && unit != SQL_U_EPOCH))
		return sql_refuse(c, st, "the unit %.*s of %s()", (int)u->cval.v.t[0].n,
			u->cval.v.t[0].p, x->fn->name);
	x->aux = arena_alloc(c->a, sizeof unit);
	if (x->aux == NULL)
		return sql_oom(c, st);
	memcpy(x->aux, &unit, sizeof unit);
	return x;
}

static void ts_trunc(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	if (!sql_ts_trunc(unit_of(x, a, i), SQL_I(1, i), &out->v.i[i]))
		sql_raise(ev, out, i, "timestamp out of range");
}

/*
 * The number of a century or millennium: the first begins with the year 1, and
 * there is none with the number 0.
 */
static int64_t era(int64_t year, int64_t span)
{
	return year > 0 ? (year + span - 1) / span : -((span - 1 - (year - 1)) / span);
}

/* A field of a date, from days since 2000-01-01. */
static int64_t calendar_field(enum sql_unit u, int64_t day)
{
	struct cal_date d = cal_date(day);
	int64_t year = d.year, iso;

	switch (u) {
	case SQL_U_DAY:
		return d.day;
	case SQL_U_WEEK:
		return cal_isoweek(day, &iso);
	case SQL_U_MONTH:
		return d.month;
	case SQL_U_QUARTER:
		return (d.month - 1) / 3 + 1;
	case SQL_U_YEAR:
		return year > 0 ? year : year - 1;
	case SQL_U_DECADE:
		return year >= 0 ? year / 10 : -((8 - (year - 1)) / 10);
	case SQL_U_CENTURY:
		return era(year, 100);
	case SQL_U_MILLENNIUM:
		return era(year, 1000);
	case SQL_U_DOW:
		return cal_weekday(day);
	case SQL_U_ISODOW:
		return cal_weekday(day) == 0 ? 7 : cal_weekday(day);
	case SQL_U_DOY:
		return cal_yearday(day);
	case SQL_U_ISOYEAR:
		cal_isoweek(day, &iso);
		return iso > 0 ? iso : iso - 1;
	default:
		return 0;
	}
}

/*
 * A field of a time of day, or of an interval's time. Seconds and parts of a
 * second include the fraction.
 */
static struct sql_num clock_field(enum sql_unit u, int64_t us)
{
	int64_t second = us % CAL_MINUTE;

	switch (u) {
	case SQL_U_USEC:
		return sql_num_int(second);
	case SQL_U_MSEC:
		return (struct sql_num){.v = second, .scale = 3};
	case SQL_U_SECOND:
		return (struct sql_num){.v = second, .scale = 6};
	case SQL_U_MINUTE:
		return sql_num_int(us % CAL_HOUR / CAL_MINUTE);
	default:
		return sql_num_int(us / CAL_HOUR);
	}
}

/*
 * For an infinite value, fields that only grow with time are infinite too, and
 * the others are NULL (NonFiniteTimestampTzPart()).
 */
static bool infinite_field(enum sql_unit u, bool positive, struct sql_num *n)
{
	bool grows = u == SQL_U_YEAR || u == SQL_U_DECADE || u == SQL_U_CENTURY ||
		     u == SQL_U_MILLENNIUM || u == SQL_U_ISOYEAR || u == SQL_U_EPOCH;

	*n = (struct sql_num){.kind = positive ? SQL_NUM_PINF : SQL_NUM_NINF};
	return grows;
}

/*
 * Seconds since 1970-01-01. Where the microseconds do not fit 64 bits,
 * PostgreSQL divides numerics, to 16 significant digits; so the result is
 * rounded in the same way.
 */
static void epoch_of(int64_t v, struct sql_num *n)
{
	const struct sql_num million = sql_num_int(1000000);
	const char *why;
	struct sql_num q;

	*n = (struct sql_num){.v = (sql_i128)v + CAL_UNIX_USEC, .scale = 6};
	if (n->v <= INT64_MAX)
		return;
	n->scale = 0;
	if (!sql_num_div(&q, n, &million, &why) ||
		!sql_num_round(n, &q, 6, SQL_ROUND_HALF_AWAY, &why))
		n->scale = 6; /* not so: 19 digits */
}

/* A field of a date, time or timestamp; false for NULL. */
static bool field_of(enum sql_unit u, unsigned cls, int64_t v, struct sql_num *n)
{
	if (cls == PG_DATE) {
		if (!cal_date_finite(v))
			return infinite_field(u, v > 0, n);
		*n = sql_num_int(
			u == SQL_U_EPOCH ? (v + CAL_UNIX_DAYS) * 86400 : calendar_field(u, v));
	} else if (cls == PG_TIME) {
		*n = u == SQL_U_EPOCH ? (struct sql_num){.v = v, .scale = 6} : clock_field(u, v);
	} else {
		if (!cal_ts_finite(v))
			return infinite_field(u, v > 0, n);
		if (u == SQL_U_EPOCH)
			epoch_of(v, n);
		else if (u < SQL_U_DAY)
			*n = clock_field(u, v - cal_ts_day(v) * CAL_DAY);
		else
			*n = sql_num_int(calendar_field(u, cal_ts_day(v)));
	}
	return true;
}

/*
 * A field of an interval. For the epoch, a year is 365.25 days and a month 30
 * (interval_part_common()).
 */
static bool ivl_field(enum sql_unit u, const struct sql_ivl *iv, struct sql_num *n)
{
	int64_t years = iv->months / 12;

	switch (u) {
	case SQL_U_DAY:
		*n = sql_num_int(iv->days);
		return true;
	case SQL_U_MONTH:
		*n = sql_num_int(iv->months % 12);
		return true;
	case SQL_U_QUARTER:
		*n = sql_num_int(iv->months % 12 / 3 + 1);
		return true;
	case SQL_U_YEAR:
		*n = sql_num_int(years);
		return true;
	case SQL_U_DECADE:
		*n = sql_num_int(years / 10);
		return true;
	case SQL_U_CENTURY:
		*n = sql_num_int(years / 100);
		return true;
	case SQL_U_MILLENNIUM:
		*n = sql_num_int(years / 1000);
		return true;
	case SQL_U_EPOCH:
		/* a year is 365.25 days */
		*n = (struct sql_num){
			.v = (((sql_i128)years * 1461 + (sql_i128)(iv->months % 12) * 120 +
				      (sql_i128)iv->days * 4) *
					(CAL_DAY / 4) +
				iv->us),
			.scale = 6};
		return true;
	default:
		*n = clock_field(u, iv->us);
		return u < SQL_U_DAY;
	}
}

/*
 * What date_part() computes in floating point, step by step as PostgreSQL does;
 * all other fields are whole numbers.
 */
static double float_field(
	enum sql_unit u, unsigned cls, int64_t v, const struct sql_ivl *iv, const struct sql_num *n)
{
	const int64_t us = (int64_t)n->v; /* of a clock's field, in microseconds */
	double d;

	if (n->kind != SQL_NUM_FINITE)
		return sql_num_to_f64(n);
	if (u == SQL_U_SECOND)
		return (double)(us / CAL_SECOND) + (double)(us % CAL_SECOND) / 1000000.0;
	if (u == SQL_U_MSEC)
		return (double)(us / CAL_SECOND) * 1000.0 + (double)(us % CAL_SECOND) / 1000.0;
	if (u != SQL_U_EPOCH)
		return sql_num_to_f64(n);
	if (cls == PG_TIMESTAMP || cls == PG_TIMESTAMPTZ)
		return v < INT64_MAX - CAL_UNIX_USEC
			       ? (double)(v + CAL_UNIX_USEC) / 1000000.0
			       : ((double)v + (double)CAL_UNIX_USEC) / 1000000.0;
	if (cls != PG_INTERVAL)
		return sql_num_to_f64(n);
	d = (double)iv->us / 1000000.0;
	d += 365.25 * 86400 * (iv->months / 12);
	d += 30.0 * 86400 * (iv->months % 12);
	return d + 86400.0 * iv->days;
}

/* The quarter of a negative number of months: of -1 it is 1 up to PostgreSQL 17, and -1 since. */
static bool differs(enum sql_unit u, const struct sql_ivl *iv)
{
	return u == SQL_U_QUARTER && iv->months < 0;
}

/*
 * The kernel of both; what date_part() says of a date is what it says of the
 * date's midnight.
 */
static void extract(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const bool as_float = x->fn->result == PG_FLOAT8;
	struct sql_num n;

	SQL_EACH(i)
	{
		enum sql_unit u = unit_of(x, a, i);
		unsigned cls = x->fn->arg[1];
		int64_t v = cls == PG_INTERVAL ? 0 : SQL_I(1, i);
		bool is;

		/* date_part() of a date is that of its midnight */
		if (as_float && cls == PG_DATE) {
			if (!sql_midnight(v, &v)) {
				sql_raise(ev, out, i, "timestamp out of range");
				continue;
			}
			cls = PG_TIMESTAMP;
		}
		if (cls == PG_INTERVAL && differs(u, &SQL_IV(1, i))) {
			sql_differs(ev, out, i);
			continue;
		}
		is = cls == PG_INTERVAL ? ivl_field(u, &SQL_IV(1, i), &n) : field_of(u, cls, v, &n);

		out->null[i] = !is;
		if (is && as_float)
			out->v.f[i] = float_field(
				u, cls, v, cls == PG_INTERVAL ? &SQL_IV(1, i) : NULL, &n);
		else if (is)
			out->v.n[i] = n;
	}
}

#define D   PG_DATE
#define TS  PG_TIMESTAMP
#define TZ  PG_TIMESTAMPTZ
#define IV  PG_INTERVAL
#define TM  PG_TIME
#define TXT PG_TEXT
#define FIELD(t)                                                                                   \
	{"extract", {TXT, t}, 2, PG_NUMERIC, 0, 0, extract, prepare_unit},                         \
	{                                                                                          \
		"date_part", {TXT, t}, 2, PG_FLOAT8, 0, 0, extract, prepare_unit                   \
	}

static const struct sql_fn rows[] = {
	{"date_trunc", {TXT, TS}, 2, TS, 0, 't', ts_trunc, prepare_unit},
	{"date_trunc", {TXT, TZ}, 2, TZ, 0, 't', ts_trunc, prepare_unit},
	FIELD(D),
	FIELD(TS),
	FIELD(TZ),
	FIELD(TM),
	FIELD(IV),
};

const struct sql_fn_table sql_fns_extract = {rows, sizeof rows / sizeof rows[0]};
