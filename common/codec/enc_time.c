/* SPDX-License-Identifier: MIT */
/*
 * Dates, times and timestamps as text. A table has few days and many rows, so
 * the text of a day is made once, and found again in a table by the low bits of
 * the day's number. That holds for years of four digits; other years, and the
 * infinities, are formatted by the calendar each time.
 */
#include "common/codec/enc_cell.h"

#include "common/base/calendar.h"
#include "common/base/num.h"

enum { DAYS = 4096, DAY_TEXT = 10 };

#define FIRST_DAY INT64_C(-730119) /* 0001-01-01 */
#define LAST_DAY  INT64_C(2921939) /* 9999-12-31 */

struct enc_day {
	char text[12];
	uint32_t days; /* since FIRST_DAY, and one more: 0 is of no day */
};

/* A table without a day in it: its memory is zero, and is touched where there are days. */
struct enc_day *enc_days(struct arena *a)
{
	return arena_array(a, DAYS, sizeof(struct enc_day));
}

/* Makes the text of a day, which has another's place. */
static __attribute__((noinline)) void make_day(struct enc_day *d, uint32_t days)
{
	char text[CAL_MAX];

	(void)cal_fmt_date(text, days + FIRST_DAY);
	memcpy(d->text, text, DAY_TEXT);
	d->days = days + 1;
}

/* The text of a day since FIRST_DAY from the table. */
static inline char *put_day(const struct enc_cell *c, uint32_t days, char *to)
{
	struct enc_day *d = &c->days[days % DAYS];

	if (d->days != days + 1)
		make_day(d, days);
	memcpy(to, d, sizeof(*d)); /* in one copy */
	return to + DAY_TEXT;
}

/* HH:MM:SS and the fraction, without zeros at its end. */
static inline char *put_clock(char *to, uint64_t usec)
{
	uint32_t s = (uint32_t)(usec / CAL_SECOND), us = (uint32_t)(usec % CAL_SECOND);
	uint32_t m = s / 60, h = m / 60;
	uint64_t digits;

	memcpy(to, num_two_digits + 2 * (size_t)h, 2);
	to[2] = ':';
	memcpy(to + 3, num_two_digits + 2 * (size_t)(m - h * 60), 2);
	to[5] = ':';
	memcpy(to + 6, num_two_digits + 2 * (size_t)(s - m * 60), 2);
	if (us == 0)
		return to + 8;
	digits = num_eight(us); /* the first two of them are zeros */
	to[8] = '.';
	(void)num_put_eight(to + 9, digits, 2);
	return to + 15 - __builtin_clzll(digits) / 8;
}

/* Days outside of years with four digits go to the calendar. */
char *enc_put_date(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t day = c->v->v.i[row];

	if (day < FIRST_DAY || day > LAST_DAY)
		return to + cal_fmt_date(to, day);
	return put_day(c, (uint32_t)(day - FIRST_DAY), to);
}

enum { ZONE_SLOT = 8 };

struct zone {
	char text[ZONE_SLOT];
	size_t n;
};

static const struct zone none = {"", 0}, utc = {"+00", 3}, utc_minutes = {"+00:00", 6};

/* A timestamp with ${sep} between date and time, and the zone behind.  Counted from the first day,
 * it is not negative. */
static inline char *put_ts(
	const struct enc_cell *c, int64_t ts, char sep, const struct zone *zone, char *to)
{
	uint64_t since = (uint64_t)ts - (uint64_t)(FIRST_DAY * CAL_DAY), days = since / CAL_DAY;

	if (days > LAST_DAY - FIRST_DAY) {
		to += cal_fmt_ts(to, ts, sep);
		if (!cal_ts_finite(ts))
			return to;
	} else {
		to = put_day(c, (uint32_t)days, to);
		*to = sep;
		to = put_clock(to + 1, since - days * CAL_DAY);
	}
	memcpy(to, zone->text, ZONE_SLOT);
	return to + zone->n;
}

char *enc_put_ts_t(const struct enc_cell *c, uint32_t row, char *to)
{
	return put_ts(c, c->v->v.i[row], 'T', &none, to);
}

char *enc_put_tstz_t(const struct enc_cell *c, uint32_t row, char *to)
{
	return put_ts(c, c->v->v.i[row], 'T', &utc_minutes, to);
}

char *enc_put_ts(const struct enc_cell *c, uint32_t row, char *to)
{
	return put_ts(c, c->v->v.i[row], ' ', &none, to);
}

/* A year before 1 has its " BC" behind the zone: the calendar knows where. */
char *enc_put_tstz(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t ts = c->v->v.i[row];

	if (ts < FIRST_DAY * CAL_DAY)
		return to + cal_fmt_tstz(to, ts, ' ');
	return put_ts(c, ts, ' ', &utc, to);
}

char *enc_put_time(const struct enc_cell *c, uint32_t row, char *to)
{
	to = put_clock(to, (uint64_t)c->v->v.i[row]);
	if (c->cls != PG_TIMETZ)
		return to;
	memcpy(to, "+00", 3);
	return to + 3;
}
