/* SPDX-License-Identifier: MIT */
/*
 * Dates and times as text and back, in PostgreSQL's ISO format
 * (EncodeDateTime() of datetime.c). Reading takes what that format writes, with
 * some freedom in the number of digits; other formats of datetime input (month
 * names, 'today') are not read.
 */
#include "common/base/calendar.h"

#include <string.h>
#include <strings.h>

#include "common/base/num.h"

/* ---- to text ------------------------------------------------------------- */

static char *put2(char *p, uint32_t v)
{
	memcpy(p, num_two_digits + 2 * (size_t)v, 2);
	return p + 2;
}

/* At least four digits. */
static char *put_year(char *p, uint32_t y)
{
	if (y >= 10000)
		p += num_fmt_u64(p, y / 10000);
	y %= 10000;
	return put2(put2(p, y / 100), y % 100);
}

/*
 * A date without the " BC" of years before 1, which goes to the very end, after
 * the time.
 */
static char *put_date(char *p, int64_t days, bool *bc)
{
	struct cal_date d = cal_date(days);

	*bc = d.year <= 0;
	p = put_year(p, (uint32_t)(*bc ? 1 - d.year : d.year));
	*p++ = '-';
	p = put2(p, (uint32_t)d.month);
	*p++ = '-';
	return put2(p, (uint32_t)d.day);
}

/* HH:MM:SS, and microseconds without zeros at the end. */
static char *put_time(char *p, int64_t usec)
{
	uint32_t s = (uint32_t)(usec / CAL_SECOND), us = (uint32_t)(usec % CAL_SECOND);

	p = put2(p, s / 3600);
	*p++ = ':';
	p = put2(p, s / 60 % 60);
	*p++ = ':';
	p = put2(p, s % 60);
	if (us != 0) {
		*p = '.';
		p = put2(put2(put2(p + 1, us / 10000), us / 100 % 100), us % 100);
		while (p[-1] == '0')
			p--;
	}
	return p;
}

static size_t put_infinity(char *to, bool negative)
{
	memcpy(to, &"-infinity"[!negative], 9u - !negative);
	return 9u - !negative;
}

static char *put_bc(char *p, bool bc)
{
	if (!bc)
		return p;
	memcpy(p, " BC", 3);
	return p + 3;
}

size_t cal_fmt_date(char *to, int64_t days)
{
	bool bc;
	char *p;

	if (!cal_date_finite(days))
		return put_infinity(to, days < 0);
	p = put_date(to, days, &bc);
	return (size_t)(put_bc(p, bc) - to);
}

size_t cal_fmt_time(char *to, int64_t usec)
{
	return (size_t)(put_time(to, usec) - to);
}

/* A timestamp with ${sep} between date and time, and ${zone} behind. */
static size_t fmt_ts(char *to, int64_t ts, char sep, const char *zone)
{
	int64_t day;
	bool bc;
	char *p;

	if (!cal_ts_finite(ts))
		return put_infinity(to, ts < 0);
	day = cal_ts_day(ts);
	p = put_date(to, day, &bc);
	*p++ = sep;
	p = put_time(p, ts - day * CAL_DAY);
	while (*zone != '\0')
		*p++ = *zone++;
	return (size_t)(put_bc(p, bc) - to);
}

size_t cal_fmt_ts(char *to, int64_t ts, char sep)
{
	return fmt_ts(to, ts, sep, "");
}

size_t cal_fmt_tstz(char *to, int64_t ts, char sep)
{
	return fmt_ts(to, ts, sep, "+00");
}

size_t cal_fmt_rfc3339(char *to, int64_t ts)
{
	return fmt_ts(to, ts, 'T', "Z");
}

/* ---- from text ----------------------------------------------------------- */

struct scan {
	const char *p, *end;
};

static bool at(const struct scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

static bool take(struct scan *s, char c)
{
	bool there = at(s, c);

	s->p += there;
	return there;
}

/* Between ${min} and ${max} digits. */
static bool number(struct scan *s, int min, int max, int32_t *out)
{
	int32_t v = 0;
	int n = 0;

	for (; n < max && s->p < s->end && *s->p >= '0' && *s->p <= '9'; n++)
		v = v * 10 + (*s->p++ - '0');
	*out = v;
	return n >= min;
}

/* Steps over the word, in any case, if nothing longer stands there. */
static bool word(struct scan *s, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(s->end - s->p) < n || strncasecmp(s->p, w, n) != 0)
		return false;
	s->p += n;
	return true;
}

static bool spaces(struct scan *s)
{
	const char *from = s->p;

	while (at(s, ' '))
		s->p++;
	return s->p > from;
}

/* " BC" or " AD" at the end of the text is taken off; whether it was BC. */
static bool take_era(struct scan *s)
{
	size_t n = (size_t)(s->end - s->p);
	bool bc;

	if (n < 3 || s->end[-3] != ' ')
		return false;
	bc = strncasecmp(s->end - 2, "bc", 2) == 0;
	if (bc || strncasecmp(s->end - 2, "ad", 2) == 0)
		s->end -= 3;
	return bc;
}

/* "infinity" or "-infinity", in any case. */
static bool infinite(const char *t, size_t n, bool *negative)
{
	struct scan s = {t, t + n};

	*negative = take(&s, '-');
	if (!*negative)
		(void)take(&s, '+');
	return word(&s, "infinity") && s.p == s.end;
}

/*
 * YYYY-MM-DD with a year of at least four digits, as years of two digits are
 * ambiguous.
 */
static bool scan_date(struct scan *s, bool bc, int64_t *days)
{
	int32_t y, m, d;

	if (!number(s, 4, 7, &y) || !take(s, '-') || !number(s, 1, 2, &m) || !take(s, '-') ||
		!number(s, 1, 2, &d) || y == 0)
		return false;
	if (bc)
		y = 1 - y;
	if (!cal_is_date(y, m, d))
		return false;
	*days = cal_days(y, m, d);
	return true;
}

/* Decimals of a second; the seventh rounds the sixth. */
static bool scan_fraction(struct scan *s, int64_t *usec)
{
	int64_t unit = 100000, v = 0;
	int n = 0;

	for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; n++, s->p++) {
		v += (*s->p - '0') * unit;
		if (n == 6 && *s->p >= '5')
			v++;
		unit /= 10;
	}
	*usec += v;
	return n > 0;
}

/* 24:00:00 and a second of 60 are valid times, as in PostgreSQL. */
static bool scan_time(struct scan *s, int64_t *usec)
{
	int32_t h, m, sec = 0;

	if (!number(s, 1, 2, &h) || !take(s, ':') || !number(s, 2, 2, &m) || h > 24 || m > 59)
		return false;
	if (take(s, ':') && (!number(s, 2, 2, &sec) || sec > 60))
		return false;
	*usec = h * CAL_HOUR + m * CAL_MINUTE + sec * CAL_SECOND;
	if (take(s, '.') && !scan_fraction(s, usec))
		return false;
	return *usec <= CAL_DAY;
}

/* The offset east of UTC; none is 0. */
static bool scan_offset(struct scan *s, int64_t *usec)
{
	int32_t h, m = 0, sec = 0;
	bool west;

	*usec = 0;
	(void)spaces(s);
	if (s->p == s->end || word(s, "utc") || word(s, "gmt") || word(s, "z"))
		return true;
	west = take(s, '-');
	if ((!west && !take(s, '+')) || !number(s, 1, 2, &h))
		return false;
	if (take(s, ':') ? !number(s, 2, 2, &m) : s->p < s->end && !number(s, 2, 2, &m))
		return false;
	if (take(s, ':') && !number(s, 2, 2, &sec))
		return false;
	if (h > 15 || m > 59 || sec > 59)
		return false;
	*usec = (h * CAL_HOUR + m * CAL_MINUTE + sec * CAL_SECOND) * (west ? -1 : 1);
	return true;
}

bool cal_parse_date(const char *s, size_t n, int64_t *out)
{
	struct scan sc = {s, s + n};
	int64_t days;
	bool negative;

	if (infinite(s, n, &negative)) {
		*out = negative ? CAL_DATE_NEG_INF : CAL_DATE_POS_INF;
		return true;
	}
	if (!scan_date(&sc, take_era(&sc), &days) || sc.p != sc.end)
		return false;
	*out = days;
	return true;
}

bool cal_parse_time(const char *s, size_t n, int64_t *out)
{
	struct scan sc = {s, s + n};
	int64_t usec;

	if (!scan_time(&sc, &usec) || sc.p != sc.end)
		return false;
	*out = usec;
	return true;
}

/*
 * A date, and a time if there is one. With ${zoned} an offset is subtracted,
 * without it is ignored, as timestamp_in() does.
 */
static bool parse_ts(const char *t, size_t n, bool zoned, int64_t *out)
{
	struct scan s = {t, t + n};
	int64_t days, usec = 0, offset = 0, ts;
	bool negative;

	if (infinite(t, n, &negative)) {
		*out = negative ? CAL_TS_NEG_INF : CAL_TS_POS_INF;
		return true;
	}
	if (!scan_date(&s, take_era(&s), &days))
		return false;
	if (s.p < s.end &&
		((!take(&s, 'T') && !take(&s, 't') && !spaces(&s)) || !scan_time(&s, &usec) ||
			!scan_offset(&s, &offset) || s.p != s.end))
		return false;
	if (__builtin_mul_overflow(days, CAL_DAY, &ts) || __builtin_add_overflow(ts, usec, &ts) ||
		(zoned && __builtin_sub_overflow(ts, offset, &ts)) || ts < CAL_TS_MIN ||
		ts > CAL_TS_MAX)
		return false;
	*out = ts;
	return true;
}

bool cal_parse_ts(const char *s, size_t n, int64_t *out)
{
	return parse_ts(s, n, false, out);
}

bool cal_parse_tstz(const char *s, size_t n, int64_t *out)
{
	return parse_ts(s, n, true, out);
}
