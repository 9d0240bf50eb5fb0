/* SPDX-License-Identifier: MIT */
/*
 * Intervals as text, and the arithmetic of dates, timestamps and intervals.
 *
 * An interval is three numbers that are not converted into each other: months,
 * days and microseconds. Functions follow src/backend/utils/adt/timestamp.c and
 * datetime.c; timestamps are microseconds since 2000-01-01 00:00 UTC, dates are
 * days since then.
 */
#include "common/sql/sql_comp.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/calendar.h"
#include "common/base/divide.h"
#include "common/sql/types/sql_time.h"

/* Midnight of the scope's current day. */
int64_t sql_now(const struct sql_scope *scope)
{
	return (int64_t)scope->as_of * CAL_DAY;
}

int64_t sql_date_to_ts(int64_t days)
{
	if (days == CAL_DATE_NEG_INF)
		return CAL_TS_NEG_INF;
	if (days == CAL_DATE_POS_INF)
		return CAL_TS_POS_INF;
	return days > CAL_TS_MAX / CAL_DAY ? CAL_TS_POS_INF - 1 : days * CAL_DAY;
}

/* Midnight of ${day}; false when no timestamp reaches that far. */
bool sql_midnight(int64_t day, int64_t *ts)
{
	*ts = sql_date_to_ts(day);
	return !cal_date_finite(day) || day <= CAL_TS_MAX / CAL_DAY;
}

/* ---- text ------------------------------------------------------------------------ */

/* Which of an interval's three numbers a unit adds to. */
enum unit_kind { IVL_MONTHS, IVL_DAYS, IVL_USEC };

static const struct {
	const char *name;
	enum unit_kind kind;
	int64_t per;
} units[] = {{"year", IVL_MONTHS, 12}, {"years", IVL_MONTHS, 12}, {"y", IVL_MONTHS, 12},
	{"yr", IVL_MONTHS, 12}, {"yrs", IVL_MONTHS, 12}, {"mon", IVL_MONTHS, 1},
	{"mons", IVL_MONTHS, 1}, {"month", IVL_MONTHS, 1}, {"months", IVL_MONTHS, 1},
	{"decade", IVL_MONTHS, 120}, {"decades", IVL_MONTHS, 120}, {"century", IVL_MONTHS, 1200},
	{"centuries", IVL_MONTHS, 1200}, {"week", IVL_DAYS, 7}, {"weeks", IVL_DAYS, 7},
	{"w", IVL_DAYS, 7}, {"day", IVL_DAYS, 1}, {"days", IVL_DAYS, 1}, {"d", IVL_DAYS, 1},
	{"hour", IVL_USEC, CAL_HOUR}, {"hours", IVL_USEC, CAL_HOUR}, {"h", IVL_USEC, CAL_HOUR},
	{"hr", IVL_USEC, CAL_HOUR}, {"hrs", IVL_USEC, CAL_HOUR}, {"minute", IVL_USEC, CAL_MINUTE},
	{"minutes", IVL_USEC, CAL_MINUTE}, {"min", IVL_USEC, CAL_MINUTE},
	{"mins", IVL_USEC, CAL_MINUTE}, {"m", IVL_USEC, CAL_MINUTE},
	{"second", IVL_USEC, CAL_SECOND}, {"seconds", IVL_USEC, CAL_SECOND},
	{"sec", IVL_USEC, CAL_SECOND}, {"secs", IVL_USEC, CAL_SECOND}, {"s", IVL_USEC, CAL_SECOND},
	{"millisecond", IVL_USEC, 1000}, {"milliseconds", IVL_USEC, 1000}, {"ms", IVL_USEC, 1000},
	{"microsecond", IVL_USEC, 1}, {"microseconds", IVL_USEC, 1}, {"us", IVL_USEC, 1}};

struct scan {
	const char *p, *end;
};

/* Reads a number of at least one digit; false on overflow. */
static bool digits(struct scan *s, int64_t *v)
{
	const char *from = s->p;

	for (*v = 0; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++)
		if (__builtin_mul_overflow(*v, 10, v) || __builtin_add_overflow(*v, *s->p - '0', v))
			return false;
	return s->p > from;
}

/*
 * ".25" as millionths. More than six digits would need a rounding that differs
 * with the unit, and are not read.
 */
static bool fraction(struct scan *s, int64_t *millionths)
{
	int n = 0;

	*millionths = 0;
	if (s->p == s->end || *s->p != '.')
		return true;
	for (s->p++; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++, n++)
		*millionths = *millionths * 10 + (*s->p - '0');
	for (int k = n; k < 6; k++)
		*millionths *= 10;
	return n <= 6;
}

/* HH:MM[:SS[.f]], the hours already read. */
static bool clock_part(struct scan *s, int64_t hours, bool minus, struct sql_ivl *iv)
{
	int64_t m = 0, sec = 0, f = 0, us;

	s->p++;
	if (!digits(s, &m) || m > 59)
		return false;
	if (s->p < s->end && *s->p == ':') {
		s->p++;
		if (!digits(s, &sec) || sec > 59 || !fraction(s, &f))
			return false;
	}
	if (hours > INT64_MAX / CAL_HOUR - 1)
		return false;
	us = hours * CAL_HOUR + m * CAL_MINUTE + sec * CAL_SECOND + f;
	return !__builtin_add_overflow(iv->us, minus ? -us : us, &iv->us);
}

/*
 * Adds ${v} units and ${f} millionths of one. A fraction is taken only where it
 * gives whole microseconds exactly; of months and days it would have to be
 * spread to smaller units, and is refused.
 */
static bool add_unit(struct sql_ivl *iv, const char *name, size_t n, int64_t v, int64_t f)
{
	int64_t x;

	for (size_t k = 0; k < sizeof units / sizeof units[0]; k++) {
		if (strlen(units[k].name) != n || strncasecmp(units[k].name, name, n) != 0)
			continue;
		if (__builtin_mul_overflow(v, units[k].per, &x))
			return false;
		if (units[k].kind == IVL_USEC) {
			if (f % 1000 != 0 && units[k].per % CAL_SECOND != 0)
				return false;
			return !__builtin_add_overflow(
				iv->us, x + units[k].per / 1000 * f / 1000, &iv->us);
		}
		if (f != 0)
			return false;
		return !__builtin_add_overflow(units[k].kind == IVL_DAYS ? iv->days : iv->months, x,
			units[k].kind == IVL_DAYS ? &iv->days : &iv->months);
	}
	return false;
}

/*
 * Reads the "verbose" and the postgres style of intervals (PostgreSQL's manual,
 * 8.5.4): numbers with units, and a time. A number without a unit is seconds.
 * ISO 8601 ("P1Y") is not read.
 */
bool sql_ivl_parse(const char *p, size_t n, struct sql_ivl *iv)
{
	struct scan s = {p, p + n};
	bool any = false;

	*iv = (struct sql_ivl){0, 0, 0};
	while (s.p < s.end) {
		bool minus = false;
		int64_t v, f;
		const char *word;

		if (*s.p == ' ') {
			s.p++;
			continue;
		}
		if (*s.p == '-' || *s.p == '+')
			minus = *s.p++ == '-';
		if (!digits(&s, &v))
			return false;
		any = true;
		if (s.p < s.end && *s.p == ':') {
			if (!clock_part(&s, v, minus, iv))
				return false;
			continue;
		}
		if (!fraction(&s, &f))
			return false;
		while (s.p < s.end && *s.p == ' ')
			s.p++;
		for (word = s.p; s.p < s.end && (*s.p | 32) >= 'a' && (*s.p | 32) <= 'z';)
			s.p++;
		if (s.p == word && s.p < s.end)
			return false;
		if (!add_unit(iv, s.p > word ? word : "s", s.p > word ? (size_t)(s.p - word) : 1,
			    minus ? -v : v, minus ? -f : f))
			return false;
	}
	return any;
}

/*
 * Appends one field with its unit. After a negative field, a positive one gets
 * a plus sign.
 */
static size_t put_part(char *to, size_t at, int64_t v, const char *unit, bool *before)
{
	if (v == 0)
		return at;
	at += (size_t)snprintf(to + at, SQL_IVL_TEXT - at, "%s%s%lld %s%s", at > 0 ? " " : "",
		*before && v > 0 ? "+" : "", (long long)v, unit, v != 1 ? "s" : "");
	*before = v < 0;
	return at;
}

/* The style "postgres" of IntervalStyle: EncodeInterval() of datetime.c. */
size_t sql_ivl_print(char *to, const struct sql_ivl *iv)
{
	bool before = false;
	size_t n = 0;
	uint64_t u = iv->us < 0 ? -(uint64_t)iv->us : (uint64_t)iv->us;

	n = put_part(to, n, iv->months / 12, "year", &before);
	n = put_part(to, n, iv->months % 12, "mon", &before);
	n = put_part(to, n, iv->days, "day", &before);
	if (n > 0 && u == 0)
		return n;
	n += (size_t)snprintf(to + n, SQL_IVL_TEXT - n, "%s%s%02llu:%02llu:%02llu",
		n > 0 ? " " : "",
		iv->us < 0 ? "-"
		: before   ? "+"
			   : "",
		(unsigned long long)(u / CAL_HOUR), (unsigned long long)(u / CAL_MINUTE % 60),
		(unsigned long long)(u / CAL_SECOND % 60));
	if (u % CAL_SECOND != 0) {
		n += (size_t)snprintf(
			to + n, SQL_IVL_TEXT - n, ".%06llu", (unsigned long long)(u % CAL_SECOND));
		while (to[n - 1] == '0')
			n--;
	}
	return n;
}

/* ---- order and arithmetic ------------------------------------------------------------ */

/*
 * Intervals are compared as if a month had 30 days and a day 24 hours
 * (interval_cmp_value()). The sum fits 128 bits.
 */
int sql_ivl_cmp(const struct sql_ivl *a, const struct sql_ivl *b)
{
	sql_i128 l = ((sql_i128)a->months * 30 + a->days) * CAL_DAY + a->us;
	sql_i128 r = ((sql_i128)b->months * 30 + b->days) * CAL_DAY + b->us;

	return (l > r) - (l < r);
}

bool sql_ivl_add(struct sql_ivl *r, const struct sql_ivl *a, const struct sql_ivl *b)
{
	return !__builtin_add_overflow(a->us, b->us, &r->us) &&
	       !__builtin_add_overflow(a->days, b->days, &r->days) &&
	       !__builtin_add_overflow(a->months, b->months, &r->months);
}

bool sql_ivl_neg(struct sql_ivl *r, const struct sql_ivl *a)
{
	return !__builtin_sub_overflow(0, a->us, &r->us) &&
	       !__builtin_sub_overflow(0, a->days, &r->days) &&
	       !__builtin_sub_overflow(0, a->months, &r->months);
}

static bool ts_valid(int64_t ts)
{
	return ts >= CAL_TS_MIN && ts <= CAL_TS_MAX;
}

/* The microseconds since midnight. */
static int64_t time_of(int64_t ts)
{
	return ts - cal_ts_day(ts) * CAL_DAY;
}

/* A timestamp of a day and a time of day; false when it is out of range. */
static bool at_day(int64_t day, int64_t time, int64_t *ts)
{
	if (day < CAL_DATE_MIN || day > CAL_TS_MAX / CAL_DAY)
		return false;
	*ts = day * CAL_DAY;
	return !__builtin_add_overflow(*ts, time, ts) && ts_valid(*ts);
}

/*
 * timestamp_pl_interval(): months first, which keeps the day of the month or
 * takes the last of a shorter month, then days, then microseconds. Each step
 * has to stay in range.
 */
bool sql_ts_add(int64_t ts, const struct sql_ivl *iv, int64_t *out)
{
	int64_t r;

	*out = ts;
	if (!cal_ts_finite(ts))
		return true;
	if (iv->months != 0 &&
		!at_day(cal_add_months(cal_ts_day(ts), iv->months), time_of(ts), &ts))
		return false;
	if (iv->days != 0 && !at_day(cal_ts_day(ts) + iv->days, time_of(ts), &ts))
		return false;
	if (__builtin_add_overflow(ts, iv->us, &r) || !ts_valid(r))
		return false;
	*out = r;
	return true;
}

/*
 * The names of fields that date_trunc() and extract() take (datetktbl of
 * datetime.c).
 */
enum sql_unit sql_unit_named(const char *p, size_t n)
{
	static const struct {
		const char *name;
		enum sql_unit unit;
	} names[] = {{"microseconds", SQL_U_USEC}, {"microsecond", SQL_U_USEC},
		{"milliseconds", SQL_U_MSEC}, {"millisecond", SQL_U_MSEC}, {"second", SQL_U_SECOND},
		{"seconds", SQL_U_SECOND}, {"minute", SQL_U_MINUTE}, {"minutes", SQL_U_MINUTE},
		{"hour", SQL_U_HOUR}, {"hours", SQL_U_HOUR}, {"day", SQL_U_DAY},
		{"days", SQL_U_DAY}, {"week", SQL_U_WEEK}, {"weeks", SQL_U_WEEK},
		{"month", SQL_U_MONTH}, {"months", SQL_U_MONTH}, {"quarter", SQL_U_QUARTER},
		{"year", SQL_U_YEAR}, {"years", SQL_U_YEAR}, {"decade", SQL_U_DECADE},
		{"decades", SQL_U_DECADE}, {"century", SQL_U_CENTURY}, {"centuries", SQL_U_CENTURY},
		{"millennium", SQL_U_MILLENNIUM}, {"dow", SQL_U_DOW}, {"isodow", SQL_U_ISODOW},
		{"doy", SQL_U_DOY}, {"isoyear", SQL_U_ISOYEAR}, {"epoch", SQL_U_EPOCH}};

	for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
		if (strlen(names[k].name) == n && strncasecmp(names[k].name, p, n) == 0)
			return names[k].unit;
	return SQL_U_NONE;
}

/*
 * The first year of a millennium, century or decade; there is no year 0, and
 * the first century began with the year 1 (timestamp_trunc()).
 */
static int64_t ts_trunc_year(enum sql_unit u, int64_t year)
{
	switch (u) {
	case SQL_U_MILLENNIUM:
		return year > 0 ? (year + 999) / 1000 * 1000 - 999
				: -((999 - (year - 1)) / 1000) * 1000 + 1;
	case SQL_U_CENTURY:
		return year > 0 ? (year + 99) / 100 * 100 - 99
				: -((99 - (year - 1)) / 100) * 100 + 1;
	case SQL_U_DECADE:
		return year > 0 ? year / 10 * 10 : -((8 - (year - 1)) / 10) * 10;
	default:
		return year;
	}
}

/* date_trunc(). A week begins on Monday (ISO 8601). */
bool sql_ts_trunc(enum sql_unit u, int64_t ts, int64_t *out)
{
	static const int64_t step[] = {[SQL_U_USEC] = 1,
		[SQL_U_MSEC] = 1000,
		[SQL_U_SECOND] = CAL_SECOND,
		[SQL_U_MINUTE] = CAL_MINUTE,
		[SQL_U_HOUR] = CAL_HOUR,
		[SQL_U_DAY] = CAL_DAY};
	struct cal_date d;
	int64_t day;

	*out = ts;
	if (!cal_ts_finite(ts))
		return true;
	if (u <= SQL_U_DAY) {
		*out = divide_down(ts, step[u]) * step[u];
		return ts_valid(*out);
	}
	day = cal_ts_day(ts);
	d = cal_date(day);
	if (u == SQL_U_WEEK)
		day -= (cal_weekday(day) + 6) % 7;
	else if (u == SQL_U_MONTH)
		day = cal_days(d.year, d.month, 1);
	else if (u == SQL_U_QUARTER)
		day = cal_days(d.year, (d.month - 1) / 3 * 3 + 1, 1);
	else
		day = cal_days(ts_trunc_year(u, d.year), 1, 1);
	*out = day * CAL_DAY;
	return ts_valid(*out);
}

/*
 * timestamp_age(): years, months, days and time between the two, all with the
 * sign of the whole. Where days are negative, the length of the earlier
 * timestamp's month is added.
 */
void sql_ts_age(int64_t a, int64_t b, struct sql_ivl *iv)
{
	bool swap = a < b;
	int64_t hi = swap ? b : a, lo = swap ? a : b;
	struct cal_fields x = cal_fields(hi), y = cal_fields(lo);
	int64_t us = hi - cal_ts_day(hi) * CAL_DAY - (lo - cal_ts_day(lo) * CAL_DAY);
	int64_t days = x.date.day - y.date.day;
	int64_t months = x.date.month - y.date.month + 12 * ((int64_t)x.date.year - y.date.year);

	if (us < 0) {
		us += CAL_DAY;
		days--;
	}
	while (days < 0) {
		/* the length of the month of the earlier */
		days += cal_month_days(y.date.year, y.date.month);
		months--;
	}
	*iv = (struct sql_ivl){swap ? -us : us, (int32_t)(swap ? -days : days),
		(int32_t)(swap ? -months : months)};
}

/* The mask of fields that stands in the upper half of an interval's typmod: INTERVAL_FULL_RANGE of
 * PostgreSQL's utils/timestamp.h is all of them. */
bool sql_ivl_all_fields(int32_t typmod)
{
	enum { ALL = 0x7fff };

	return (typmod >> 16 & ALL) == ALL;
}
