/* SPDX-License-Identifier: MIT */
/*
 * Input and output functions of types: text to value and back, as PostgreSQL's
 * do with the settings of the session pinned: DateStyle ISO, TimeZone UTC,
 * bytea_output hex, extra_float_digits at its default of 1.
 *
 * The functions are listed by class in two tables, in sql_input() and
 * sql_output(). An input function puts value ${i} into a register, or returns
 * false and says in *why what is wrong; an output function returns a text that
 * lives as long as the block.
 */
#include "common/sql/sql_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/calendar.h"
#include "common/base/num.h"

typedef bool input_fn(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why);
typedef struct vtext output_fn(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i);

/* Without the blanks around it, which most input functions ignore. */
static struct vtext trimmed(struct vtext s)
{
	while (s.n > 0 && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
		s.p++, s.n--;
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || (s.p[s.n - 1] >= '\t' && s.p[s.n - 1] <= '\r')))
		s.n--;
	return s;
}

/* ---- input ------------------------------------------------------------------------ */

/*
 * Unique prefixes of true, false, yes, no, on and off, in any case, or 1 and 0
 * (parse_bool_with_len() of bool.c). "o" alone is ambiguous, so on and off need
 * two letters.
 */
static bool bool_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	static const struct {
		const char *word;
		uint8_t least, value;
	} words[] = {{"true", 1, 1}, {"false", 1, 0}, {"yes", 1, 1}, {"no", 1, 0}, {"on", 2, 1},
		{"off", 2, 0}, {"1", 1, 1}, {"0", 1, 0}};

	(void)ev, (void)t;
	s = trimmed(s);
	for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
		if (s.n >= words[k].least && s.n <= strlen(words[k].word) &&
			strncasecmp(words[k].word, s.p, s.n) == 0) {
			out->v.i[i] = words[k].value;
			return true;
		}
	*why = "invalid input syntax for type boolean";
	return false;
}

static bool int_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	const int64_t max = t.cls == PG_INT2 ? INT16_MAX : t.cls == PG_INT4 ? INT32_MAX : INT64_MAX;
	int64_t v;

	(void)ev;
	s = trimmed(s);
	*why = "invalid input syntax for an integer, or out of range";
	if (!num_parse_i64(s.p, s.n, &v) || v > max || v < -max - 1)
		return false;
	out->v.i[i] = v;
	return true;
}

static bool num_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	(void)ev, (void)t;
	*why = "invalid input syntax for type numeric, or more than 38 digits";
	return sql_num_parse(s.p, s.n, &out->v.n[i]);
}

/*
 * A real is read by strtof(), not rounded from a double: rounding twice could
 * give another value.
 */
static bool float_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	char text[512];
	double d;

	(void)ev;
	s = trimmed(s);
	*why = "invalid input syntax for a floating-point number, or out of range";
	if (!num_parse_f64(s.p, s.n, &d))
		return false;
	if (t.cls == PG_FLOAT4 && isfinite(d)) {
		if (s.n >= sizeof text)
			return false;
		memcpy(text, s.p, s.n);
		text[s.n] = '\0';
		float f = strtof(text, NULL);
		if (isinf(f) || (f == 0 && d != 0))
			return false;
		d = (double)f;
	}
	out->v.f[i] = d;
	return true;
}

static bool text_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	(void)ev, (void)t, (void)why;
	out->v.t[i] = s;
	return true;
}

/* A name keeps 63 bytes, cut where a character begins. */
static bool name_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	(void)ev, (void)t, (void)why;
	if (s.n > 63)
		for (s.n = 63; s.n > 0 && ((uint8_t)s.p[s.n] & 0xc0) == 0x80;)
			s.n--;
	out->v.t[i] = s;
	return true;
}

/*
 * PostgreSQL takes the first byte alone, which is no text in UTF-8 where a
 * longer character begins; that is refused.
 */
static bool char_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	(void)ev, (void)t;
	/* PostgreSQL takes the byte alone, which is no text in UTF-8 */
	*why = "a \"char\" of more than one byte is not covered";
	out->v.t[i] = (struct vtext){s.p, s.n > 0};
	return s.n == 0 || (unsigned char)s.p[0] < 0x80;
}

/* The value of a hexadecimal digit, or -1. */
static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * 32 digits, a hyphen allowed after each group of four, braces allowed around
 * all of it (string_to_uuid() of uuid.c).
 */
static bool uuid_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	uint8_t *b = sql_alloc(ev, 16);
	size_t at = 0, n = s.n;

	(void)t;
	*why = "invalid input syntax for type uuid";
	if (b == NULL)
		return false;
	if (n > 0 && s.p[0] == '{') {
		if (s.p[n - 1] != '}')
			return false;
		at = 1, n--;
	}
	for (int k = 0; k < 16; k++) {
		int hi, lo;

		if (n - at < 2 || (hi = hex_digit(s.p[at])) < 0 ||
			(lo = hex_digit(s.p[at + 1])) < 0)
			return false;
		b[k] = (uint8_t)(hi << 4 | lo);
		at += 2;
		if (k % 2 == 1 && k < 15 && at < n && s.p[at] == '-')
			at++;
	}
	out->v.t[i] = (struct vtext){(const char *)b, 16};
	return at == n;
}

/*
 * Dates and times. What the calendar of common/base reads is less than what
 * PostgreSQL reads (no "tomorrow", no month names), so a text that it refuses
 * counts as unsupported rather than wrong.
 */
static bool time_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	(void)ev;
	s = trimmed(s);
	*why = "invalid or unsupported date or time";
	switch (t.cls) {
	case PG_DATE:
		return cal_parse_date(s.p, s.n, &out->v.i[i]);
	case PG_TIME:
		return cal_parse_time(s.p, s.n, &out->v.i[i]);
	case PG_TIMESTAMP:
		return cal_parse_ts(s.p, s.n, &out->v.i[i]);
	default:
		return cal_parse_tstz(s.p, s.n, &out->v.i[i]);
	}
}

static bool ivl_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	(void)ev, (void)t;
	*why = "invalid or unsupported interval";
	s = trimmed(s);
	return sql_ivl_parse(s.p, s.n, &out->v.iv[i]);
}

/*
 * A label becomes its index in the order of the type, which is also the order
 * of comparison.
 */
static bool enum_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	(void)ev;
	*why = "not a label of the enum";
	for (uint32_t k = 0; t.pg != NULL && k < t.pg->nlabels; k++)
		if (strlen(t.pg->labels[k]) == s.n && memcmp(t.pg->labels[k], s.p, s.n) == 0) {
			out->v.i[i] = k;
			return true;
		}
	return false;
}

/*
 * byteain(): \x and pairs of digits, with blanks between pairs, or the older
 * escape format with \\ and \ooo.
 */
static bool bytea_in(struct sql_eval *ev, struct sql_type t, struct vtext s, struct sql_reg *out,
	uint32_t i, const char **why)
{
	uint8_t *b = sql_alloc(ev, s.n + 1);
	size_t n = 0, at = 0;
	bool hex = s.n >= 2 && s.p[0] == '\\' && s.p[1] == 'x';

	(void)t;
	*why = "invalid input syntax for type bytea";
	if (b == NULL)
		return false;
	for (at = hex ? 2 : 0; at < s.n;) {
		const char *p = s.p + at;
		size_t left = s.n - at;

		if (hex && (p[0] == ' ' || p[0] == '\n' || p[0] == '\t' || p[0] == '\r')) {
			at++;
		} else if (hex) {
			if (left < 2 || hex_digit(p[0]) < 0 || hex_digit(p[1]) < 0)
				return false;
			b[n++] = (uint8_t)(hex_digit(p[0]) << 4 | hex_digit(p[1]));
			at += 2;
		} else if (p[0] != '\\') {
			b[n++] = (uint8_t)p[0];
			at++;
		} else if (left >= 2 && p[1] == '\\') {
			b[n++] = '\\';
			at += 2;
		} else if (left >= 4 && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' &&
			   p[3] >= '0' && p[3] <= '7') {
			b[n++] = (uint8_t)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0'));
			at += 4;
		} else {
			return false;
		}
	}
	out->v.t[i] = (struct vtext){(const char *)b, n};
	return true;
}

bool sql_scalar_input(struct sql_eval *ev, struct sql_type t, struct vtext text,
	struct sql_reg *out, uint32_t i, const char **why)
{
	static input_fn *const in[SQL_CLASSES] = {
		[PG_BOOL] = bool_in,
		[PG_INT2] = int_in,
		[PG_INT4] = int_in,
		[PG_INT8] = int_in,
		[PG_NUMERIC] = num_in,
		[PG_FLOAT4] = float_in,
		[PG_FLOAT8] = float_in,
		[PG_TEXT] = text_in,
		[PG_VARCHAR] = text_in,
		[PG_BPCHAR] = text_in,
		[PG_NAME] = name_in,
		[PG_CHAR] = char_in,
		[PG_UUID] = uuid_in,
		[PG_DATE] = time_in,
		[PG_TIME] = time_in,
		[PG_TIMESTAMP] = time_in,
		[PG_TIMESTAMPTZ] = time_in,
		[PG_INTERVAL] = ivl_in,
		[PG_ENUM] = enum_in,
		[PG_BYTEA] = bytea_in,
		[PG_JSON] = text_in,
		[PG_JSONB] = sql_jsonb_in,
	};

	*why = "no input function";
	return in[t.cls] != NULL && in[t.cls](ev, t, text, out, i, why);
}

/* ---- output ----------------------------------------------------------------------- */

/* A copy of a text from the stack to memory that lives as long as the block. */
static struct vtext copy(struct sql_eval *ev, const char *p, size_t n)
{
	char *to = sql_alloc(ev, n);

	if (to == NULL)
		return (struct vtext){"", 0};
	memcpy(to, p, n);
	return (struct vtext){to, n};
}

/*
 * The text of a cast to text, "true" or "false"; boolout() itself would print t
 * or f.
 */
static struct vtext bool_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	(void)ev, (void)t;
	return r->v.i[i & r->mask] ? (struct vtext){"true", 4} : (struct vtext){"false", 5};
}

static struct vtext int_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	char b[NUM_MAX];

	(void)t;
	return copy(ev, b, num_fmt_i64(b, r->v.i[i & r->mask]));
}

static struct vtext num_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	char b[SQL_NUM_TEXT];

	(void)t;
	return copy(ev, b, sql_num_print(b, &r->v.n[i & r->mask]));
}

static struct vtext float_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	char b[NUM_MAX];
	double d = r->v.f[i & r->mask];

	return copy(ev, b, t.cls == PG_FLOAT4 ? num_fmt_f32(b, (float)d) : num_fmt_f64(b, d));
}

static struct vtext text_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	(void)ev, (void)t;
	return r->v.t[i & r->mask];
}

static struct vtext uuid_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	static const char hex[] = "0123456789abcdef";
	const uint8_t *b = (const uint8_t *)r->v.t[i & r->mask].p;
	char o[36];
	size_t n = 0;

	(void)t;
	for (int k = 0; k < 16; k++) {
		if (k == 4 || k == 6 || k == 8 || k == 10)
			o[n++] = '-';
		o[n++] = hex[b[k] >> 4];
		o[n++] = hex[b[k] & 15];
	}
	return copy(ev, o, n);
}

static struct vtext time_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	char b[CAL_MAX];
	int64_t v = r->v.i[i & r->mask];

	switch (t.cls) {
	case PG_DATE:
		return copy(ev, b, cal_fmt_date(b, v));
	case PG_TIME:
		return copy(ev, b, cal_fmt_time(b, v));
	case PG_TIMESTAMP:
		return copy(ev, b, cal_fmt_ts(b, v, ' '));
	default:
		return copy(ev, b, cal_fmt_tstz(b, v, ' '));
	}
}

static struct vtext ivl_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	char b[SQL_IVL_TEXT];

	(void)t;
	return copy(ev, b, sql_ivl_print(b, &r->v.iv[i & r->mask]));
}

static struct vtext enum_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	int64_t k = r->v.i[i & r->mask];

	(void)ev;
	if (t.pg == NULL || k < 0 || k >= (int64_t)t.pg->nlabels)
		return (struct vtext){"", 0};
	return (struct vtext){t.pg->labels[k], strlen(t.pg->labels[k])};
}

static struct vtext bytea_out(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	static const char hex[] = "0123456789abcdef";
	struct vtext b = r->v.t[i & r->mask];
	char *to = sql_alloc(ev, 2 + 2 * b.n);

	(void)t;
	if (to == NULL)
		return (struct vtext){"", 0};
	to[0] = '\\', to[1] = 'x';
	for (size_t k = 0; k < b.n; k++) {
		to[2 + 2 * k] = hex[(uint8_t)b.p[k] >> 4];
		to[3 + 2 * k] = hex[(uint8_t)b.p[k] & 15];
	}
	return (struct vtext){to, 2 + 2 * b.n};
}

struct vtext sql_scalar_output(
	struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	static output_fn *const out[SQL_CLASSES] = {
		[PG_BOOL] = bool_out,
		[PG_INT2] = int_out,
		[PG_INT4] = int_out,
		[PG_INT8] = int_out,
		[PG_NUMERIC] = num_out,
		[PG_FLOAT4] = float_out,
		[PG_FLOAT8] = float_out,
		[PG_TEXT] = text_out,
		[PG_VARCHAR] = text_out,
		[PG_BPCHAR] = text_out,
		[PG_NAME] = text_out,
		[PG_CHAR] = text_out,
		[PG_JSON] = text_out,
		[PG_UUID] = uuid_out,
		[PG_DATE] = time_out,
		[PG_TIME] = time_out,
		[PG_TIMESTAMP] = time_out,
		[PG_TIMESTAMPTZ] = time_out,
		[PG_INTERVAL] = ivl_out,
		[PG_ENUM] = enum_out,
		[PG_BYTEA] = bytea_out,
		[PG_JSONB] = sql_jsonb_out,
	};

	if (out[t.cls] == NULL)
		return (struct vtext){"", 0};
	return out[t.cls](ev, t, r, i);
}
