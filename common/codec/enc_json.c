/* SPDX-License-Identifier: MIT */
/*
 * JSON lines (RFC 8259, one object a line). Numbers are numbers and json values
 * are themselves, all others are strings with the text that PostgreSQL would
 * print; timestamps with time zone are written as RFC 3339 has them.
 */
#include "common/codec/enc_cell.h"

#include <math.h>

#include "common/base/calendar.h"
#include "common/base/num.h"

/*
 * Quotes, backslashes and control characters are escaped; all other characters
 * stand for themselves, in UTF-8.
 */
char *enc_json_string(char *to, const char *p, size_t n)
{
	*to++ = '"';
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == '"' || c == '\\') {
			*to++ = '\\';
			*to++ = (char)c;
		} else if (c == '\n') {
			memcpy(to, "\\n", 2);
			to += 2;
		} else if (c < 0x20 || c == 0x7f) {
			memcpy(to, "\\u00", 4);
			memcpy(to + 4, enc_hex + (size_t)c * 2, 2);
			to += 6;
		} else {
			*to++ = (char)c;
		}
	}
	*to++ = '"';
	return to;
}

static char *json_text(const struct enc_cell *c, uint32_t row, char *to)
{
	return enc_json_string(to, c->v->v.t[row].p, c->v->v.t[row].n);
}

char *enc_json_bare(const struct enc_cell *c, uint32_t row, char *to)
{
	*to = '"';
	to = enc_roomy(to + 1, c->v->v.t[row].p, c->v->v.t[row].n);
	*to = '"';
	return to + 1;
}

/*
 * json and jsonb are written as they are, unless they have a newline, which
 * would end the record. A wide numeric is a number.
 */
static char *json_raw(const struct enc_cell *c, uint32_t row, char *to)
{
	const struct vtext *t = &c->v->v.t[row];

	if ((c->cls != PG_JSON && c->cls != PG_JSONB && c->cls != PG_NUMERIC) ||
		memchr(t->p, '\n', t->n) != NULL)
		return json_text(c, row, to);
	memcpy(to, t->p, t->n);
	return to + t->n;
}

static char *json_bool(const struct enc_cell *c, uint32_t row, char *to)
{
	bool yes = c->v->v.i[row] != 0;

	memcpy(to, yes ? "true\0\0\0" : "false\0\0", 8);
	return to + 5 - yes;
}

/* NaN and infinities are no numbers in JSON; they are strings. */
static char *json_f64(const struct enc_cell *c, uint32_t row, char *to)
{
	char *end;

	if (isfinite(c->v->v.f[row]))
		return enc_put_f64(c, row, to);
	*to = '"';
	end = enc_put_f64(c, row, to + 1);
	*end = '"';
	return end + 1;
}

/* Puts quotes around ${n} bytes that stand at to + 1. */
static char *between_quotes(char *to, size_t n)
{
	to[0] = '"';
	to[n + 1] = '"';
	return to + n + 2;
}

static char *json_date(const struct enc_cell *c, uint32_t row, char *to)
{
	return between_quotes(to, (size_t)(enc_put_date(c, row, to + 1) - to - 1));
}

static char *json_time(const struct enc_cell *c, uint32_t row, char *to)
{
	return between_quotes(to, (size_t)(enc_put_time(c, row, to + 1) - to - 1));
}

static char *json_ts(const struct enc_cell *c, uint32_t row, char *to)
{
	return between_quotes(to, (size_t)(enc_put_ts_t(c, row, to + 1) - to - 1));
}

static char *json_tstz(const struct enc_cell *c, uint32_t row, char *to)
{
	return between_quotes(to, cal_fmt_rfc3339(to + 1, c->v->v.i[row]));
}

static char *json_uuid(const struct enc_cell *c, uint32_t row, char *to)
{
	enc_uuid(to + 1, &c->v->v.u[row]);
	return between_quotes(to, 36);
}

static char *json_bytes(const struct enc_cell *c, uint32_t row, char *to)
{
	const struct vtext *t = &c->v->v.t[row];

	memcpy(to + 1, "\\\\x", 3);
	enc_hex_bytes(to + 4, (const uint8_t *)t->p, t->n);
	return between_quotes(to, 3 + 2 * t->n);
}

const struct enc_kind enc_json_kinds[VT_COUNT] = {
	[VT_BOOL] = {json_bool, 8, 0},
	[VT_INT] = {enc_put_int, NUM_MAX, 0},
	[VT_DEC] = {enc_put_dec, NUM_MAX, 0},
	[VT_DATE] = {json_date, CAL_MAX + 2, 0},
	[VT_TIME] = {json_time, CAL_MAX + 2, 0},
	[VT_TS] = {json_ts, CAL_MAX + 2, 0},
	[VT_TSTZ] = {json_tstz, CAL_MAX + 2, 0},
	[VT_ENUM] = {enc_put_label, 0, 0},
	[VT_F64] = {json_f64, NUM_MAX + 2, 0},
	[VT_UUID] = {json_uuid, 38, 0},
	[VT_TEXT] = {json_text, 2, 6},
	[VT_BYTES] = {json_bytes, 5, 2},
	[VT_RAW] = {json_raw, 2, 6},
};
