/* SPDX-License-Identifier: MIT */
/*
 * Days and timestamps to calendar fields and back, in the proleptic Gregorian
 * calendar that PostgreSQL uses. Day 0 is 2000-01-01; the year 0 is 1 BC.
 */
#include "common/base/calendar.h"

#include <assert.h>
#include <string.h>

#include "common/base/divide.h"

/*
 * Day numbers to dates and back: Neri and Schneider, "Euclidean affine functions and
 * their application to calendar algorithms" (2022).  Their calendar starts on a 1st of
 * March; SHIFT moves 2000-01-01 far enough ahead of it that every date is positive.
 */
#define CYCLES 20000u				   /* of 400 years */
#define SHIFT  (730425 + INT64_C(146097) * CYCLES) /* days from their epoch to 2000-01-01 */
#define YEARS  (INT64_C(400) * CYCLES)

struct cal_date cal_date(int64_t days)
{
	uint64_t n1 = 4 * (uint64_t)(days + SHIFT) + 3;
	uint64_t century = n1 / 146097;
	uint32_t n2 = (uint32_t)(n1 % 146097) | 3;
	uint64_t p2 = UINT64_C(2939745) * n2;
	uint32_t year = (uint32_t)(p2 >> 32), yday = (uint32_t)p2 / 2939745 / 4;
	uint32_t n3 = 2141 * yday + 197913;
	bool next = yday >= 306;

	return (struct cal_date){
		.year = (int32_t)((int64_t)(100 * century + year) - YEARS + next),
		.month = (int32_t)(n3 >> 16) - (next ? 12 : 0),
		.day = (int32_t)((n3 & 0xffff) / 2141) + 1,
	};
}

/*
 * The inverse; months beyond December and days beyond the month's end are the
 * caller's to avoid.
 */
int64_t cal_days(int64_t year, int month, int day)
{
	bool before = month <= 2;
	int64_t y = year + YEARS - before, century = y / 100;
	int m = before ? month + 12 : month;

	return 1461 * y / 4 - century + century / 4 + (979 * m - 2919) / 32 + day - 1 - SHIFT;
}

/* Every fourth year, except centuries that 400 does not divide. */
static bool is_leap(int64_t year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int cal_month_days(int64_t year, int month)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	assert(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Whether such a day exists and is within PostgreSQL's range. */
bool cal_is_date(int64_t year, int month, int day)
{
	int64_t days;

	if (year < -4713 || year > 5874897 || month < 1 || month > 12 || day < 1 ||
		day > cal_month_days(year, month))
		return false;
	days = cal_days(year, month, day);
	return days >= CAL_DATE_MIN && days <= CAL_DATE_MAX;
}

int cal_weekday(int64_t days)
{
	return (int)((days + 6 + INT64_C(7) * 1000000000) % 7); /* 2000-01-01 was a Saturday */
}

int cal_yearday(int64_t days)
{
	return (int)(days - cal_days(cal_date(days).year, 1, 1)) + 1;
}

/* ISO 8601: a week begins on Monday and belongs to the year of its Thursday. */
int cal_isoweek(int64_t days, int64_t *year)
{
	/* a week belongs to the year of its Thursday */
	int64_t thursday = days + 3 - (cal_weekday(days) + 6) % 7;

	*year = cal_date(thursday).year;
	return (int)(thursday - cal_days(*year, 1, 1)) / 7 + 1;
}

/* The same day of the month, or the last one if that month is shorter. */
int64_t cal_add_months(int64_t days, int64_t months)
{
	struct cal_date d = cal_date(days);
	int64_t m = (int64_t)d.year * 12 + d.month - 1 + months, year = divide_down(m, 12);
	int month = (int)(m - year * 12) + 1, last = cal_month_days(year, month);

	return cal_days(year, month, d.day < last ? d.day : last);
}

int64_t cal_ts_day(int64_t ts)
{
	return divide_down(ts, CAL_DAY);
}

/* Date and time of day of a timestamp, in UTC. */
struct cal_fields cal_fields(int64_t ts)
{
	int64_t day = cal_ts_day(ts), usec = ts - day * CAL_DAY;

	return (struct cal_fields){
		.date = cal_date(day),
		.hour = (int32_t)(usec / CAL_HOUR),
		.minute = (int32_t)(usec / CAL_MINUTE % 60),
		.second = (int32_t)(usec / CAL_SECOND % 60),
		.usec = (int32_t)(usec % CAL_SECOND),
	};
}
