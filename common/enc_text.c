/* SPDX-License-Identifier: MIT */
#include "common/enc_cell.h"

#include "common/calendar.h"
#include "common/num.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* clang-format off */
const char enc_hex[513] =
#define R(h) h "0" h "1" h "2" h "3" h "4" h "5" h "6" h "7" \
	     h "8" h "9" h "a" h "b" h "c" h "d" h "e" h "f"
	R("0") R("1") R("2") R("3") R("4") R("5") R("6") R("7")
	R("8") R("9") R("a") R("b") R("c") R("d") R("e") R("f");
#undef R
/* clang-format on */

/* ---- what csv, text and jsonl share ------------------------------------------------ */

char *enc_put_int(const struct enc_cell *c, uint32_t row, char *to)
{
	return to + num_fmt_i64(to, c->v->v.i[row]);
}

/* Money and percentages have two decimals: a constant divides faster. */
static char *put_dec2(char *to, int64_t v)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	if (v < 0)
		*to++ = '-';
	to += num_fmt_u64(to, u / 100);
	*to = '.';
	memcpy(to + 1, num_two_digits + u % 100 * 2, 2);
	return to + 3;
}

char *enc_put_dec(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t v = c->v->v.i[row];

	return c->scale == 2 ? put_dec2(to, v) : to + num_fmt_dec(to, v, c->scale);
}

char *enc_put_date(const struct enc_cell *c, uint32_t row, char *to)
{
	return to + cal_fmt_date(to, c->v->v.i[row]);
}

char *enc_put_time(const struct enc_cell *c, uint32_t row, char *to)
{
	to += cal_fmt_time(to, c->v->v.i[row]);
	if (c->cls != PG_TIMETZ)
		return to;
	memcpy(to, "+00", 3);
	return to + 3;
}

char *enc_put_label(const struct enc_cell *c, uint32_t row, char *to)
{
	const struct vtext *l = &c->labels[c->v->v.i[row]];

	memcpy(to, l->p, l->n <= LABEL_SLOT ? LABEL_SLOT : l->n);
	return to + l->n;
}

char *enc_put_f64(const struct enc_cell *c, uint32_t row, char *to)
{
	double d = c->v->v.f[row];

	return to + (c->cls == PG_FLOAT4 ? num_fmt_f32(to, (float)d) : num_fmt_f64(to, d));
}

char *enc_put_uuid(const struct enc_cell *c, uint32_t row, char *to)
{
	return enc_uuid(to, &c->v->v.u[row]);
}

/* ---- csv ------------------------------------------------------------------------------ */

/* Whether any of n bytes at p is , " CR or LF.  May read up to 15 bytes beyond them. */
static bool needs_quotes(const char *p, size_t n)
{
#ifdef __SSE2__
	for (size_t i = 0; i < n; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i)), hit;
		unsigned mask;

		hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(',')),
					   _mm_cmpeq_epi8(x, _mm_set1_epi8('"'))),
			_mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')),
				_mm_cmpeq_epi8(x, _mm_set1_epi8('\r'))));
		mask = (unsigned)_mm_movemask_epi8(hit);
		if (n - i < 16)
			mask &= (1U << (n - i)) - 1;
		if (mask != 0)
			return true;
	}
	return false;
#else
	for (size_t i = 0; i < n; i++)
		if (p[i] == ',' || p[i] == '"' || p[i] == '\n' || p[i] == '\r')
			return true;
	return false;
#endif
}

static char *quoted(char *to, const char *p, size_t n)
{
	*to++ = '"';
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"')
			*to++ = '"';
		*to++ = p[i];
	}
	*to++ = '"';
	return to;
}

/*
 * The text is copied first and looked at where it is ours to read 16 bytes at a time.
 * "\." alone on a line would end COPY before PostgreSQL 18.
 */
char *enc_csv_string(char *to, const char *p, size_t n)
{
	memcpy(to, p, n);
	if (n == 0 || needs_quotes(to, n) || (n == 2 && memcmp(p, "\\.", 2) == 0))
		return quoted(to, p, n);
	return to + n;
}

static char *csv_text(const struct enc_cell *c, uint32_t row, char *to)
{
	return enc_csv_string(to, c->v->v.t[row].p, c->v->v.t[row].n);
}

static char *csv_bool(const struct enc_cell *c, uint32_t row, char *to)
{
	bool yes = c->v->v.i[row] != 0;

	memcpy(to, yes ? "true\0\0\0" : "false\0\0", 8);
	return to + 5 - yes;
}

static char *csv_ts(const struct enc_cell *c, uint32_t row, char *to)
{
	return to + cal_fmt_ts(to, c->v->v.i[row], 'T');
}

static char *csv_tstz(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t ts = c->v->v.i[row];

	to += cal_fmt_tstz(to, ts, 'T');
	if (!cal_ts_finite(ts))
		return to;
	memcpy(to, ":00", 3);
	return to + 3;
}

static char *csv_bytes(const struct enc_cell *c, uint32_t row, char *to)
{
	memcpy(to, "\\x", 2);
	return enc_hex_bytes(to + 2, (const uint8_t *)c->v->v.t[row].p, c->v->v.t[row].n);
}

/* texts: 16 bytes more than they need, for needs_quotes() */
const struct enc_kind enc_csv_kinds[VT_COUNT] = {
	[VT_BOOL] = {csv_bool, 8, 0},
	[VT_INT] = {enc_put_int, NUM_MAX, 0},
	[VT_DEC] = {enc_put_dec, NUM_MAX, 0},
	[VT_DATE] = {enc_put_date, CAL_MAX, 0},
	[VT_TIME] = {enc_put_time, CAL_MAX, 0},
	[VT_TS] = {csv_ts, CAL_MAX, 0},
	[VT_TSTZ] = {csv_tstz, CAL_MAX, 0},
	[VT_ENUM] = {enc_put_label, 0, 0},
	[VT_F64] = {enc_put_f64, NUM_MAX, 0},
	[VT_UUID] = {enc_put_uuid, 36, 0},
	[VT_TEXT] = {csv_text, 2 + 16, 2},
	[VT_BYTES] = {csv_bytes, 2, 2},
	[VT_RAW] = {csv_text, 2 + 16, 2},
};

/* ---- COPY text --------------------------------------------------------------------------- */

/* the letter after a backslash; 0: the byte stands for itself */
static const char escapes[256] = {['\b'] = 'b',
	['\f'] = 'f',
	['\n'] = 'n',
	['\r'] = 'r',
	['\t'] = 't',
	['\v'] = 'v',
	['\\'] = '\\'};

char *enc_text_string(char *to, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char letter = escapes[(unsigned char)p[i]];

		if (letter != 0)
			*to++ = '\\';
		*to++ = letter != 0 ? letter : p[i];
	}
	return to;
}

static char *text_text(const struct enc_cell *c, uint32_t row, char *to)
{
	return enc_text_string(to, c->v->v.t[row].p, c->v->v.t[row].n);
}

static char *text_bool(const struct enc_cell *c, uint32_t row, char *to)
{
	*to = c->v->v.i[row] != 0 ? 't' : 'f';
	return to + 1;
}

static char *text_ts(const struct enc_cell *c, uint32_t row, char *to)
{
	return to + cal_fmt_ts(to, c->v->v.i[row], ' ');
}

static char *text_tstz(const struct enc_cell *c, uint32_t row, char *to)
{
	return to + cal_fmt_tstz(to, c->v->v.i[row], ' ');
}

static char *text_bytes(const struct enc_cell *c, uint32_t row, char *to)
{
	*to = '\\';
	return csv_bytes(c, row, to + 1);
}

const struct enc_kind enc_text_kinds[VT_COUNT] = {
	[VT_BOOL] = {text_bool, 1, 0},
	[VT_INT] = {enc_put_int, NUM_MAX, 0},
	[VT_DEC] = {enc_put_dec, NUM_MAX, 0},
	[VT_DATE] = {enc_put_date, CAL_MAX, 0},
	[VT_TIME] = {enc_put_time, CAL_MAX, 0},
	[VT_TS] = {text_ts, CAL_MAX, 0},
	[VT_TSTZ] = {text_tstz, CAL_MAX, 0},
	[VT_ENUM] = {enc_put_label, 0, 0},
	[VT_F64] = {enc_put_f64, NUM_MAX, 0},
	[VT_UUID] = {enc_put_uuid, 36, 0},
	[VT_TEXT] = {text_text, 0, 2},
	[VT_BYTES] = {text_bytes, 3, 2},
	[VT_RAW] = {text_text, 0, 2},
};
