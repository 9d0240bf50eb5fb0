/* SPDX-License-Identifier: MIT */
/*
 * Cells as text: fields of CSV and COPY text and strings of JSON all hold what
 * the input functions of the types take.
 *
 * Each function accepts what PostgreSQL's input function accepts, as far as its
 * values are held here, and tells a value that is none (DEC_BAD_VALUE) from one
 * that is too large or was rounded.
 */
#include "common/codec/dec_cell.h"

#include <string.h>
#include <strings.h>

#include "common/base/calendar.h"
#include "common/base/num.h"
#include "common/base/str.h"
#include "common/codec/dec_in.h"

static bool is_blank(char ch)
{
	return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

/* Takes blanks off both ends, which most input functions ignore. */
static void trim(const char **p, size_t *n)
{
	while (*n > 0 && is_blank(**p)) {
		(*p)++;
		(*n)--;
	}
	while (*n > 0 && is_blank((*p)[*n - 1]))
		(*n)--;
}

/* Any abbreviation that says which, as parse_bool() of PostgreSQL. */
static enum dec_fault text_bool(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	static const struct {
		const char *word;
		size_t least;
		bool value;
	} words[] = {
		{"true", 1, true},
		{"false", 1, false},
		{"yes", 1, true},
		{"no", 1, false},
		{"on", 2, true},
		{"off", 2, false},
		{"1", 1, true},
		{"0", 1, false},
	};

	(void)h;
	trim(&p, &n);
	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
		if (n < words[k].least || n > strlen(words[k].word) ||
			strncasecmp(p, words[k].word, n) != 0)
			continue;
		c->v.v.i[i] = words[k].value;
		return DEC_FINE;
	}
	return DEC_BAD_VALUE;
}

/* Whether it looks like a whole number, so that only its size can be wrong. */
static bool all_digits(const char *p, size_t n)
{
	size_t i = n > 0 && (*p == '-' || *p == '+');

	if (i == n)
		return false;
	for (; i < n; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return true;
}

/*
 * A whole number. One that does not fit 64 bits is out of range if it consists
 * of digits, and else no value at all.
 */
static enum dec_fault text_int(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	int64_t v;

	(void)h;
	trim(&p, &n);
	if (!num_parse_i64(p, n, &v))
		return all_digits(p, n) ? DEC_OUT_OF_RANGE : DEC_BAD_VALUE;
	return dec_put_ordinal(c, v, i);
}

/*
 * A decimal, rounded to the column's scale; NaN and infinities are values that
 * are not held.
 */
static enum dec_fault text_dec(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	bool rounded;
	double d;
	int64_t v;

	(void)h;
	trim(&p, &n);
	rounded = !num_parse_dec(p, n, c->v.scale, &v);
	if (rounded && !num_parse_dec_round(p, n, c->v.scale, &v)) {
		if (!num_parse_f64(p, n, &d))
			return DEC_BAD_VALUE;
		return __builtin_isnan(d) ? DEC_BEYOND : dec_too_large(c);
	}
	return dec_put_decimal(c, v, rounded, i);
}

/*
 * A real is read as a real, so that it is the same number that PostgreSQL
 * stores.
 */
static enum dec_fault text_float(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	double d;

	(void)h;
	trim(&p, &n);
	if (!num_parse_f64(p, n, &d))
		return DEC_BAD_VALUE;
	if (c->base.type->cls == PG_FLOAT4) {
		float f = (float)d;

		if (__builtin_isinf(f) && !__builtin_isinf(d))
			return DEC_OUT_OF_RANGE;
		d = (double)f;
	}
	c->v.v.f[i] = d;
	return DEC_FINE;
}

static int hex(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch = (char)(ch | 0x20);
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Pairs of hexadecimal digits, written to ${to}: how many bytes, or -1. */
static ptrdiff_t unhex(const char *p, size_t n, char *to)
{
	char *out = to;

	for (size_t k = 0; k + 1 < n; k += 2) {
		int hi = hex(p[k]), lo = hex(p[k + 1]);

		if (hi < 0 || lo < 0)
			return -1;
		*out++ = (char)(hi << 4 | lo);
	}
	return n % 2 == 0 ? out - to : -1;
}

/* Braces and hyphens are optional. */
static enum dec_fault text_uuid(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	char digits[32];
	size_t k = 0;

	(void)h;
	trim(&p, &n);
	if (n >= 2 && p[0] == '{' && p[n - 1] == '}') {
		p++;
		n -= 2;
	}
	for (size_t at = 0; at < n; at++) {
		if (p[at] == '-' && k > 0 && k < 32 && k % 4 == 0 && p[at - 1] != '-')
			continue;
		if (k == 32)
			return DEC_BAD_VALUE;
		digits[k++] = p[at];
	}
	if (k != 32 || unhex(digits, 32, (char *)c->v.v.u[i].b) != 16)
		return DEC_BAD_VALUE;
	return DEC_FINE;
}

/* The hexadecimal format, or the escape format of older servers. */
static enum dec_fault text_bytes(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	char *to = dec_heap_take(h, n), *out = to;
	ptrdiff_t got;

	if (to == NULL)
		return DEC_BAD_VALUE;
	if (n >= 2 && p[0] == '\\' && p[1] == 'x') {
		got = unhex(p + 2, n - 2, to);
		if (got < 0)
			return DEC_BAD_VALUE;
		c->v.v.t[i] = (struct vtext){to, (size_t)got};
		return DEC_FINE;
	}
	for (size_t k = 0; k < n; k++) { /* the escape form: \\ and \ooo */
		if (p[k] != '\\') {
			*out++ = p[k];
		} else if (n - k >= 2 && p[k + 1] == '\\') {
			*out++ = p[++k];
		} else if (n - k >= 4 && p[k + 1] >= '0' && p[k + 1] <= '3' && p[k + 2] >= '0' &&
			   p[k + 2] <= '7' && p[k + 3] >= '0' && p[k + 3] <= '7') {
			*out++ = (char)((p[k + 1] - '0') << 6 | (p[k + 2] - '0') << 3 |
					(p[k + 3] - '0'));
			k += 3;
		} else {
			return DEC_BAD_VALUE;
		}
	}
	c->v.v.t[i] = (struct vtext){to, (size_t)(out - to)};
	return DEC_FINE;
}

/* A date, or a timestamp whose time is dropped, which date_in() also takes. */
static enum dec_fault text_date(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	int64_t v;

	(void)h;
	trim(&p, &n);
	if (!cal_parse_date(p, n, &v) && !cal_parse_ts(p, n, &v))
		return DEC_BAD_VALUE;
	if (!cal_parse_date(p, n, &v)) /* a time of day is dropped, as PostgreSQL does */
		v = cal_ts_day(v);
	c->v.v.i[i] = v;
	return DEC_FINE;
}

#define TEXT_TIME(name, parse)                                                                     \
	static enum dec_fault name(                                                                \
		struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)        \
	{                                                                                          \
		int64_t v;                                                                         \
                                                                                                   \
		(void)h;                                                                           \
		trim(&p, &n);                                                                      \
		return parse(p, n, &v) ? dec_put_time(c, v, i) : DEC_BAD_VALUE;                    \
	}

TEXT_TIME(text_time, cal_parse_time)
TEXT_TIME(text_ts, cal_parse_ts)
TEXT_TIME(text_tstz, cal_parse_tstz)

/* The index of the label. */
static enum dec_fault text_enum(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	const struct pg_type *t = c->base.type;

	(void)h;
	for (uint32_t k = 0; k < t->nlabels; k++)
		if (strlen(t->labels[k]) == n && memcmp(t->labels[k], p, n) == 0) {
			c->v.v.i[i] = k;
			return DEC_FINE;
		}
	return DEC_BAD_LABEL;
}

/* Checked for syntax; kept as text. */
static enum dec_fault text_json(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	return dec_json_valid(p, n) ? dec_put_text(c, p, n, i, h) : DEC_BAD_VALUE;
}

/* bit and bit varying: zeros and ones. */
static enum dec_fault text_bits(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	for (size_t k = 0; k < n; k++)
		if (p[k] != '0' && p[k] != '1')
			return DEC_BAD_VALUE;
	if (c->base.typmod > 0 && n > (size_t)c->base.typmod)
		return DEC_TOO_LONG;
	if (c->base.type->cls == PG_BIT && n != (size_t)(c->base.typmod > 0 ? c->base.typmod : 1))
		return DEC_BAD_VALUE;
	return dec_put_text(c, p, n, i, h);
}

/* A wide numeric: rounded to the scale that its column has, and written as generators write it. */
static enum dec_fault text_wide(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	struct sql_num v;
	double d;

	trim(&p, &n);
	if (!sql_num_parse(p, n, &v))
		return num_parse_f64(p, n, &d) ? DEC_BEYOND : DEC_BAD_VALUE;
	return dec_put_wide(c, &v, i, h);
}

/* The function for a column's cells. */
dec_cell_fn *dec_cell_text(const struct dec_col *c)
{
	static dec_cell_fn *const by_vector[VT_COUNT] = {
		[VT_BOOL] = text_bool,
		[VT_INT] = text_int,
		[VT_DEC] = text_dec,
		[VT_DATE] = text_date,
		[VT_TIME] = text_time,
		[VT_TS] = text_ts,
		[VT_TSTZ] = text_tstz,
		[VT_ENUM] = text_enum,
		[VT_F64] = text_float,
		[VT_UUID] = text_uuid,
		[VT_TEXT] = dec_put_text,
		[VT_BYTES] = text_bytes,
		[VT_RAW] = dec_put_text,
	};
	static dec_cell_fn *const raw[PG_CLASS_COUNT] = {
		[PG_JSON] = text_json,
		[PG_JSONB] = text_json,
		[PG_BIT] = text_bits,
		[PG_VARBIT] = text_bits,
		[PG_NUMERIC] = text_wide,
	};

	if (c->v.type == VT_RAW && raw[c->base.type->cls] != NULL)
		return raw[c->base.type->cls];
	return by_vector[c->v.type];
}
