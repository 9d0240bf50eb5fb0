/* SPDX-License-Identifier: MIT */
#ifndef COMMON_CALENDAR_H
#define COMMON_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * calendar: dates and times as PostgreSQL counts and writes them.
 *
 * A date is days since 2000-01-01, a timestamp microseconds since 2000-01-01 00:00,
 * in the proleptic Gregorian calendar.  Years are astronomical: 0 is 1 BC.
 * The ranges are PostgreSQL's: dates from 4714-11-24 BC to 5874897-12-31,
 * timestamps to the end of 294276, and the infinities outside them.
 */

#define CAL_SECOND INT64_C(1000000)
#define CAL_MINUTE (60 * CAL_SECOND)
#define CAL_HOUR   (60 * CAL_MINUTE)
#define CAL_DAY	   (24 * CAL_HOUR)

#define CAL_DATE_MIN INT64_C(-2451545)	 /* 4714-11-24 BC */
#define CAL_DATE_MAX INT64_C(2145031948) /* 5874897-12-31 */
#define CAL_TS_MIN   (CAL_DATE_MIN * CAL_DAY)
#define CAL_TS_MAX   INT64_C(9223371331199999999) /* 294276-12-31 23:59:59.999999 */

#define CAL_DATE_NEG_INF ((int64_t)INT32_MIN)
#define CAL_DATE_POS_INF ((int64_t)INT32_MAX)
#define CAL_TS_NEG_INF	 INT64_MIN
#define CAL_TS_POS_INF	 INT64_MAX

/* days from 2000-01-01 back to 1970-01-01, and the same in microseconds */
#define CAL_UNIX_DAYS 10957
#define CAL_UNIX_USEC (CAL_UNIX_DAYS * CAL_DAY)

struct cal_date {
	int32_t year;
	int32_t month, day; /* from 1 */
};

struct cal_fields {
	struct cal_date date;
	int32_t hour, minute, second, usec;
};

/** cal_days(year, month, day): days since 2000-01-01; any year of a date, month 1..12. */
int64_t cal_days(int64_t year, int month, int day);

/** cal_date(days): the date of a finite day number.  About 2 ns. */
struct cal_date cal_date(int64_t days);

/** cal_is_date(year, month, day): whether there is such a day in the range of dates. */
bool cal_is_date(int64_t year, int month, int day);

/** cal_month_days(year, month): 28 to 31. */
int cal_month_days(int64_t year, int month);

/** cal_weekday(days): 0 is Sunday. */
int cal_weekday(int64_t days);

/** cal_yearday(days): 1 to 366. */
int cal_yearday(int64_t days);

/** cal_isoweek(days, year): ISO 8601 week, 1 to 53, and the year it belongs to. */
int cal_isoweek(int64_t days, int64_t *year);

/** cal_add_months(days, months): the same day so many months on, or the last of that month. */
int64_t cal_add_months(int64_t days, int64_t months);

/** cal_fields(ts): a finite timestamp taken apart. */
struct cal_fields cal_fields(int64_t ts);

/** cal_ts_day(ts): the day a finite timestamp is in (floor, also before 2000). */
int64_t cal_ts_day(int64_t ts);

/** cal_ts_finite(ts), cal_date_finite(days): neither infinity. */
static inline bool cal_ts_finite(int64_t ts)
{
	return ts != CAL_TS_NEG_INF && ts != CAL_TS_POS_INF;
}

static inline bool cal_date_finite(int64_t days)
{
	return days != CAL_DATE_NEG_INF && days != CAL_DATE_POS_INF;
}

/*
 * Formatters write at ${to} without a NUL and return the number of bytes, at most CAL_MAX:
 * what PostgreSQL prints with DateStyle ISO and TimeZone UTC, infinities and BC included.
 */
enum { CAL_MAX = 48 };

size_t cal_fmt_date(char *to, int64_t days);	     /* 2024-02-29 */
size_t cal_fmt_time(char *to, int64_t usec);	     /* 13:05:00[.25] */
size_t cal_fmt_ts(char *to, int64_t ts, char sep);   /* 2024-02-29 13:05:00 */
size_t cal_fmt_tstz(char *to, int64_t ts, char sep); /* 2024-02-29 13:05:00+00 */
size_t cal_fmt_rfc3339(char *to, int64_t ts);	     /* 2024-02-29T13:05:00Z */

/*
 * Parsers take the whole of ${n} bytes and return false, leaving ${out} alone, for
 * anything else.  "2024-02-29", years of 4 to 7 digits, " BC" at the end, "infinity",
 * "-infinity"; "13:05", "13:05:00.25", 24:00:00 included, more than six decimals
 * rounded; date and time joined by spaces or T, the time may be missing; offsets Z,
 * UTC, +HH, +HHMM, +HH:MM, +HH:MM:SS.
 */
bool cal_parse_date(const char *s, size_t n, int64_t *out);
bool cal_parse_time(const char *s, size_t n, int64_t *out);

/** cal_parse_ts: without time zone; an offset is read and ignored, as PostgreSQL does. */
bool cal_parse_ts(const char *s, size_t n, int64_t *out);

/** cal_parse_tstz: in UTC; without an offset it is taken for UTC. */
bool cal_parse_tstz(const char *s, size_t n, int64_t *out);

#endif
