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
	uint32_t days; /* since FIRST_DAY, and one more: 0 is of no day */
	char text[12];
};

/* A table without a day in it: its memory is zero, and is touched where there are days. */
struct enc_day *enc_days(struct arena *a)
{
	return arena_array(a, DAYS, sizeof(struct enc_day));
}

/* The text of a day from the table, made when another day was in its place. */
static inline char *put_day(const struct enc_cell *c, int64_t day, char *to)
{
	struct enc_day *d = &c->days[(uint64_t)day % DAYS];
	uint32_t days = (uint32_t)(day - FIRST_DAY) + 1;

	if (d->days != days) {
		char text[CAL_MAX];

		(void)cal_fmt_date(text, day);
		memcpy(d->text, text, DAY_TEXT);
		d->days = days;
	}
	memcpy(to, d->text, sizeof(d->text));
	return to + DAY_TEXT;
}

static inline char *put2(char *to, uint32_t v)
{
	memcpy(to, num_two_digits + 2 * (size_t)v, 2);
	return to + 2;
}

/* HH:MM:SS and the fraction, without zeros at its end. */
static inline char *put_clock(char *to, uint64_t usec)
{
	uint32_t s = (uint32_t)(usec / CAL_SECOND), us = (uint32_t)(usec % CAL_SECOND);

	to = put2(to, s / 3600);
	*to++ = ':';
	to = put2(to, s / 60 % 60);
	*to++ = ':';
	to = put2(to, s % 60);
	if (us == 0)
		return to;
	*to = '.';
	to = put2(put2(put2(to + 1, us / 10000), us / 100 % 100), us % 100);
	while (to[-1] == '0')
		to--;
	return to;
}

/* Days outside of years with four digits go to the calendar. */
char *enc_put_date(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t day = c->v->v.i[row];

	if (day < FIRST_DAY || day > LAST_DAY)
		return to + cal_fmt_date(to, day);
	return put_day(c, day, to);
}

enum { ZONE_SLOT = 8 };

struct zone {
	char text[ZONE_SLOT];
	size_t n;
};

static const struct zone none = {"", 0}, utc = {"+00", 3}, utc_minutes = {"+00:00", 6};

/* A timestamp with ${sep} between date and time, and the zone behind. */
static inline char *put_ts(
	const struct enc_cell *c, int64_t ts, char sep, const struct zone *zone, char *to)
{
	int64_t day = ts / CAL_DAY - (ts % CAL_DAY < 0);

	if (day < FIRST_DAY || day > LAST_DAY) {
		to += cal_fmt_ts(to, ts, sep);
		if (!cal_ts_finite(ts))
			return to;
	} else {
		to = put_day(c, day, to);
		*to = sep;
		to = put_clock(to + 1, (uint64_t)(ts - day * CAL_DAY));
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
