/* SPDX-License-Identifier: MIT */
/*
 * Cells of CSV and COPY text, and the numbers that all text formats share.
 *
 * CSV is RFC 4180 as COPY ... WITH (FORMAT csv) reads it; COPY text has
 * backslash escapes (PostgreSQL's manual, COPY, "File Formats"). Most texts
 * need no quotes, so that copying one and finding out whether it does are the
 * same loop, 16 bytes at a time with SSE2 where there is such a thing.
 */
#include "common/codec/enc_cell.h"

#include "common/base/calendar.h"
#include "common/base/num.h"

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

/* Integers below 10^16 in one or two steps of eight digits, most of them in one. */
char *enc_put_int(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t v = c->v->v.i[row];
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, digits;

	*to = '-';
	to += v < 0;
	if (u >= NUM_EIGHT * NUM_EIGHT)
		return to + num_fmt_u64(to, u);
	if (u >= NUM_EIGHT) {
		digits = num_eight((uint32_t)(u / NUM_EIGHT));
		to = num_put_eight(to, digits, num_zeros(digits, 7));
		return num_put_eight(to, num_eight((uint32_t)(u % NUM_EIGHT)), 0);
	}
	digits = num_eight((uint32_t)u);
	return num_put_eight(to, digits, num_zeros(digits, 7));
}

/* Decimals of at most eight digits, such as most amounts and percentages: all digits are written
 * to one word, and those behind the point once more, behind it. */
static inline char *put_dec(int64_t v, unsigned scale, char *to)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, digits;

	if (u >= NUM_EIGHT || scale - 1 > 6)
		return to + num_fmt_dec(to, v, scale);
	*to = '-';
	to += v < 0;
	digits = num_eight((uint32_t)u);
	to = num_put_eight(to, digits, num_zeros(digits, 7 - scale)) - scale;
	*to = '.';
	return num_put_eight(to + 1, digits, 8 - scale);
}

char *enc_put_dec(const struct enc_cell *c, uint32_t row, char *to)
{
	return put_dec(c->v->v.i[row], c->scale, to);
}

char *enc_put_dec2(const struct enc_cell *c, uint32_t row, char *to)
{
	return put_dec(c->v->v.i[row], 2, to);
}

char *enc_put_label(const struct enc_cell *c, uint32_t row, char *to)
{
	return enc_label(c, row, to);
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

/*
 * Copy n bytes and tell whether any is , " CR or LF.  Each load is looked at while it is in
 * a register; loads overlap rather than reach beyond the text.
 */
#ifdef __SSE2__
static inline __m128i special(__m128i x)
{
	return _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8(',')),
				    _mm_cmpeq_epi8(x, _mm_set1_epi8('"'))),
		_mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')),
			_mm_cmpeq_epi8(x, _mm_set1_epi8('\r'))));
}

static inline __m128i copy16(char *to, const char *p)
{
	__m128i x;

	memcpy(&x, p, sizeof(x));
	memcpy(to, &x, sizeof(x));
	return special(x);
}

/* Texts of less than 16 bytes, in two overlapping loads. */
static inline __m128i copy_few(char *to, const char *p, size_t n)
{
	uint64_t a = 0, b = 0;
	uint32_t c, d;

	if (n >= 8) {
		memcpy(&a, p, 8);
		memcpy(&b, p + n - 8, 8);
		memcpy(to, &a, 8);
		memcpy(to + n - 8, &b, 8);
	} else if (n >= 4) {
		memcpy(&c, p, 4);
		memcpy(&d, p + n - 4, 4);
		memcpy(to, &c, 4);
		memcpy(to + n - 4, &d, 4);
		a = c;
		b = d;
	} else {
		for (size_t i = 0; i < n; i++) {
			to[i] = p[i];
			a = a << 8 | (unsigned char)p[i];
		}
	}
	return special(_mm_set_epi64x((int64_t)b, (int64_t)a));
}

static inline bool copy_is_special(char *to, const char *p, size_t n)
{
	__m128i any;

	if (n < 16)
		return _mm_movemask_epi8(copy_few(to, p, n)) != 0;
	any = copy16(to + n - 16, p + n - 16);
	for (size_t i = 0; i + 16 < n; i += 16)
		any = _mm_or_si128(any, copy16(to + i, p + i));
	return _mm_movemask_epi8(any) != 0;
}
#else
static inline bool copy_is_special(char *to, const char *p, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		to[i] = p[i];
		any = any || p[i] == ',' || p[i] == '"' || p[i] == '\n' || p[i] == '\r';
	}
	return any;
}
#endif

/* In quotes, with quotes doubled. */
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
 * An empty text is quoted, or it would be NULL. The text \. is too, because
 * alone on a line it ended COPY before PostgreSQL 18.
 */
char *enc_csv_string(char *to, const char *p, size_t n)
{
	if (copy_is_special(to, p, n) || n == 0 || (n == 2 && memcmp(p, "\\.", 2) == 0))
		return quoted(to, p, n);
	return to + n;
}

static char *csv_text(const struct enc_cell *c, uint32_t row, char *to)
{
	return enc_csv_string(to, c->v->v.t[row].p, c->v->v.t[row].n);
}

/*
 * Where the bytes behind a short text may be read too, all of them are copied, and only its own
 * are asked: no branch depends on the length, which no processor foresees.
 */
char *enc_csv_roomy(const struct enc_cell *c, uint32_t row, char *to)
{
	const struct vtext *t = &c->v->v.t[row];
#ifdef __SSE2__
	uint32_t low = (uint32_t)_mm_movemask_epi8(copy16(to, t->p));
	uint32_t high = (uint32_t)_mm_movemask_epi8(copy16(to + 16, t->p + 16));
	uint64_t own = (UINT64_C(1) << (t->n & 63)) - 1;

	if (t->n <= TEXT_ROOM && t->n > 2 && ((low | (uint64_t)high << 16) & own) == 0)
		return to + t->n;
#endif
	return enc_csv_string(to, t->p, t->n);
}

char *enc_put_bare(const struct enc_cell *c, uint32_t row, char *to)
{
	return enc_roomy(to, c->v->v.t[row].p, c->v->v.t[row].n);
}

static char *csv_bool(const struct enc_cell *c, uint32_t row, char *to)
{
	bool yes = c->v->v.i[row] != 0;

	memcpy(to, yes ? "true\0\0\0" : "false\0\0", 8);
	return to + 5 - yes;
}

static char *csv_bytes(const struct enc_cell *c, uint32_t row, char *to)
{
	memcpy(to, "\\x", 2);
	return enc_hex_bytes(to + 2, (const uint8_t *)c->v->v.t[row].p, c->v->v.t[row].n);
}

const struct enc_kind enc_csv_kinds[VT_COUNT] = {
	[VT_BOOL] = {csv_bool, 8, 0},
	[VT_INT] = {enc_put_int, NUM_MAX, 0},
	[VT_DEC] = {enc_put_dec, NUM_MAX, 0},
	[VT_DATE] = {enc_put_date, CAL_MAX, 0},
	[VT_TIME] = {enc_put_time, CAL_MAX, 0},
	[VT_TS] = {enc_put_ts_t, CAL_MAX, 0},
	[VT_TSTZ] = {enc_put_tstz_t, CAL_MAX, 0},
	[VT_ENUM] = {enc_put_label, 0, 0},
	[VT_F64] = {enc_put_f64, NUM_MAX, 0},
	[VT_UUID] = {enc_put_uuid, 36, 0},
	[VT_TEXT] = {csv_text, 2, 2},
	[VT_BYTES] = {csv_bytes, 2, 2},
	[VT_RAW] = {csv_text, 2, 2},
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

/* Backslashes, tabs and newlines are written as COPY reads them. */
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
	[VT_TS] = {enc_put_ts, CAL_MAX, 0},
	[VT_TSTZ] = {enc_put_tstz, CAL_MAX, 0},
	[VT_ENUM] = {enc_put_label, 0, 0},
	[VT_F64] = {enc_put_f64, NUM_MAX, 0},
	[VT_UUID] = {enc_put_uuid, 36, 0},
	[VT_TEXT] = {text_text, 0, 2},
	[VT_BYTES] = {text_bytes, 3, 2},
	[VT_RAW] = {text_text, 0, 2},
};
