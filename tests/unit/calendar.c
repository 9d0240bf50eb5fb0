/* SPDX-License-Identifier: MIT */
#include "common/base/calendar.h"

#include <stdlib.h>
#include <time.h>

#include "tests/unit/check.h"

typedef bool (*parser)(const char *, size_t, int64_t *);

static const char *date(int64_t days)
{
	static char t[CAL_MAX + 1];

	t[cal_fmt_date(t, days)] = '\0';
	return t;
}

/* Parsed and written again, or "no". */
static const char *again(parser parse, const char *s)
{
	static char t[CAL_MAX + 1];
	int64_t v = 42;
	size_t n;

	if (!parse(s, strlen(s), &v))
		return v == 42 ? "no" : "changed";
	n = parse == cal_parse_date   ? cal_fmt_date(t, v)
	    : parse == cal_parse_time ? cal_fmt_time(t, v)
	    : parse == cal_parse_ts   ? cal_fmt_ts(t, v, ' ')
				      : cal_fmt_tstz(t, v, ' ');
	t[n] = '\0';
	return t;
}

/* Day numbers as PostgreSQL 15 gives them: SELECT date '...' - date '2000-01-01'. */
static void known_days(void)
{
	static const struct {
		int64_t days;
		const char *text;
	} known[] = {{0, "2000-01-01"}, {-1, "1999-12-31"}, {59, "2000-02-29"}, {60, "2000-03-01"},
		{-10957, "1970-01-01"}, {8825, "2024-02-29"}, {-36524, "1900-01-01"},
		{-730119, "0001-01-01"}, {-730120, "0001-12-31 BC"}, {-746117, "0044-03-15 BC"},
		{2921939, "9999-12-31"}, {2921940, "10000-01-01"}, {CAL_DATE_MIN, "4714-11-24 BC"},
		{CAL_DATE_MAX, "5874897-12-31"}, {CAL_DATE_NEG_INF, "-infinity"},
		{CAL_DATE_POS_INF, "infinity"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		int64_t back;

		CHECK_STR(date(known[i].days), known[i].text);
		CHECK(cal_parse_date(known[i].text, strlen(known[i].text), &back) &&
			back == known[i].days);
	}
}

static void every_day(int64_t from, int64_t to)
{
	struct cal_date was = cal_date(from - 1);
	uint64_t bad = 0;

	for (int64_t d = from; d <= to; d++) {
		struct cal_date x = cal_date(d);
		bool next = x.year == was.year && x.month == was.month && x.day == was.day + 1;

		if (!next) /* then the first of the month after a last one */
			next = x.day == 1 && was.day == cal_month_days(was.year, was.month) &&
			       (x.year * 12 + x.month == was.year * 12 + was.month + 1);
		bad += !next || cal_days(x.year, x.month, x.day) != d;
		was = x;
	}
	CHECK(bad == 0);
}

/* Against the C library, where it knows. */
static void weeks(void)
{
	uint64_t bad = 0;

	for (int64_t d = -60000; d < 60000; d++) {
		time_t t = (time_t)(d + CAL_UNIX_DAYS) * 86400;
		char want[64], got[64];
		struct tm tm;
		int64_t year;
		int week = cal_isoweek(d, &year);

		(void)gmtime_r(&t, &tm);
		(void)strftime(want, sizeof(want), "%G-%V %w %j %Y-%m-%d", &tm);
		(void)snprintf(got, sizeof(got), "%d-%02d %d %03d %s", (int)year, week,
			cal_weekday(d), cal_yearday(d), date(d));
		bad += strcmp(want, got) != 0;
	}
	CHECK(bad == 0);
}

static void months(void)
{
	CHECK_STR(date(cal_add_months(cal_days(2024, 1, 31), 1)), "2024-02-29");
	CHECK_STR(date(cal_add_months(cal_days(2024, 1, 31), 13)), "2025-02-28");
	CHECK_STR(date(cal_add_months(cal_days(2024, 3, 31), -1)), "2024-02-29");
	CHECK_STR(date(cal_add_months(cal_days(2024, 12, 1), 1)), "2025-01-01");
	CHECK_STR(date(cal_add_months(cal_days(1, 1, 1), -1)), "0001-12-01 BC");
	CHECK_STR(date(cal_add_months(cal_days(2024, 5, 5), -240000)), "17977-05-05 BC");
}

static void timestamps(void)
{
	char t[CAL_MAX + 1];
	struct cal_fields f = cal_fields(-1);
	uint64_t bad = 0;

	CHECK(f.date.year == 1999 && f.date.month == 12 && f.date.day == 31 && f.hour == 23 &&
		f.minute == 59 && f.second == 59 && f.usec == 999999);
	for (int64_t ts = CAL_TS_MIN; ts < CAL_TS_MAX - 123456789012345; ts += 123456789012345) {
		int64_t back;

		f = cal_fields(ts);
		bad += cal_days(f.date.year, f.date.month, f.date.day) * CAL_DAY +
			       f.hour * CAL_HOUR + f.minute * CAL_MINUTE + f.second * CAL_SECOND +
			       f.usec !=
		       ts;
		bad += !cal_parse_ts(t, cal_fmt_ts(t, ts, 'T'), &back) || back != ts;
		bad += !cal_parse_tstz(t, cal_fmt_tstz(t, ts, ' '), &back) || back != ts;
		bad += !cal_parse_tstz(t, cal_fmt_rfc3339(t, ts), &back) || back != ts;
	}
	CHECK(bad == 0);
	t[cal_fmt_rfc3339(t, CAL_TS_MAX)] = '\0';
	CHECK_STR(t, "294276-12-31T23:59:59.999999Z");
	t[cal_fmt_ts(t, CAL_TS_NEG_INF, 'T')] = '\0';
	CHECK_STR(t, "-infinity");
	CHECK(cal_ts_day(-1) == -1 && cal_ts_day(0) == 0 && cal_ts_day(CAL_DAY) == 1);
}

/* What each text becomes; "no" is refused. */
static void texts(void)
{
	static const struct {
		parser parse;
		const char *in, *out;
	} cases[] = {
		{cal_parse_date, "2024-02-29", "2024-02-29"},
		{cal_parse_date, "2023-02-29", "no"},
		{cal_parse_date, "1900-02-29", "no"},
		{cal_parse_date, "2024-2-9", "2024-02-09"},
		{cal_parse_date, "0000-01-01", "no"},
		{cal_parse_date, "2024-13-01", "no"},
		{cal_parse_date, "2024-00-01", "no"},
		{cal_parse_date, "2024-01-01x", "no"},
		{cal_parse_date, "24-01-01", "no"},
		{cal_parse_date, "2024-01-01 AD", "2024-01-01"},
		{cal_parse_date, "4714-11-23 BC", "no"},
		{cal_parse_date, "5874898-01-01", "no"},
		{cal_parse_date, "Infinity", "infinity"},
		{cal_parse_date, "", "no"},
		{cal_parse_time, "13:05", "13:05:00"},
		{cal_parse_time, "13:05:07.1234567", "13:05:07.123457"},
		{cal_parse_time, "24:00:00", "24:00:00"},
		{cal_parse_time, "24:00:00.1", "no"},
		{cal_parse_time, "23:59:60", "24:00:00"},
		{cal_parse_time, "23:60:00", "no"},
		{cal_parse_time, "1:02:03.500", "01:02:03.5"},
		{cal_parse_time, "1:02:03.", "no"},
		{cal_parse_ts, "2024-01-02T03:04:05", "2024-01-02 03:04:05"},
		{cal_parse_ts, "2024-01-02  03:04:05.000001", "2024-01-02 03:04:05.000001"},
		{cal_parse_ts, "2024-01-02", "2024-01-02 00:00:00"},
		{cal_parse_ts, "2024-01-02 03:04:05-03", "2024-01-02 03:04:05"},
		{cal_parse_ts, "2024-01-02T", "no"},
		{cal_parse_ts, "2024-01-02x03:04", "no"},
		{cal_parse_ts, "294277-01-01", "no"},
		{cal_parse_ts, "5874897-12-31", "no"},
		{cal_parse_tstz, "2024-02-29 22:00:00-03", "2024-03-01 01:00:00+00"},
		{cal_parse_tstz, "2024-02-29 22:00:00 -0330", "2024-03-01 01:30:00+00"},
		{cal_parse_tstz, "2024-02-29T22:00:00+05:30:15", "2024-02-29 16:29:45+00"},
		{cal_parse_tstz, "2024-02-29T22:00:00z", "2024-02-29 22:00:00+00"},
		{cal_parse_tstz, "2024-02-29 22:00:00 UTC", "2024-02-29 22:00:00+00"},
		{cal_parse_tstz, "2024-02-29 22:00:00+16", "no"},
		{cal_parse_tstz, "2024-02-29 22:00:00+", "no"},
		{cal_parse_tstz, "2024-02-29 22:00:00 BRT", "no"},
		{cal_parse_tstz, "0044-03-15 12:00:00+00 BC", "0044-03-15 12:00:00+00 BC"},
		{cal_parse_tstz, "4714-11-24 00:00:00+01 BC", "no"},
		{cal_parse_tstz, "-infinity", "-infinity"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_STR(again(cases[i].parse, cases[i].in), cases[i].out);
}

int main(void)
{
	known_days();
	every_day(CAL_DATE_MIN, 3000000);
	every_day(CAL_DATE_MAX - 400000, CAL_DATE_MAX);
	weeks();
	months();
	timestamps();
	texts();
	return check_done();
}
