/* SPDX-License-Identifier: MIT */
#ifndef COMMON_ENC_CELL_H
#define COMMON_ENC_CELL_H

#include <string.h>

#include "common/base/divide.h"
#include "common/codec/enc.h"

#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

/*
 * Inside the encoders.  A cell writes one value that is not NULL at ${to}, where room
 * for its worst case was made for the whole block, and returns where it stopped.
 */

enum { LABEL_SLOT = 32 }; /* labels of at most this many bytes are copied as one slot */

struct enc_day;

struct enc_cell {
	char *(*put)(const struct enc_cell *c, uint32_t row, char *to);
	const struct vec *v; /* of the block being written ... */
	const uint8_t *null; /* ... and its NULLs, or NULL when it has none */
	uint32_t vec;
	enum vtype type;
	uint8_t scale;
	enum pg_class cls;
	const char *key; /* jsonl: ,"name": ready to copy; sql: a comma, or the statement's begin */
	uint32_t nkey;
	struct enc_day *days; /* dates already written, shared by the cells; NULL: of no date */
	struct vtext *labels; /* enum: each as the format writes it, in slots of LABEL_SLOT */
	uint32_t fixed;	      /* most bytes of a value; of a text, those beside its own */
	uint32_t times;	      /* most bytes a byte of text may become; 0: not a text */
	struct divisor unit;  /* binary: 10^scale */
	uint16_t pad;	      /* what makes a fraction a digit of 4 decimals; 0: it may have more */
};

/* rows [0, n) of the cells of a block, one after the other */
typedef char *enc_rows_fn(
	const struct enc_cell *cells, const struct enc_cell *end, uint32_t n, char *to);

enc_rows_fn enc_binary_rows;

static inline bool enc_is_null(const struct enc_cell *c, uint32_t row)
{
	return c->null != NULL && c->null[row] != 0;
}

/* what a format does with each type; put NULL: has no form there */
struct enc_kind {
	char *(*put)(const struct enc_cell *c, uint32_t row, char *to);
	uint32_t fixed, times;
};

/* ${n} bytes of a text that is TEXT_ROOMY, most of them in one copy of fixed size. */
static inline char *enc_roomy(char *to, const char *p, size_t n)
{
	memcpy(to, p, TEXT_ROOM);
	if (n > TEXT_ROOM)
		memcpy(to + TEXT_ROOM, p + TEXT_ROOM, n - TEXT_ROOM);
	return to + n;
}

/* Texts of which something is known: roomy ones, and those that are bare, too. */
char *enc_csv_roomy(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_bare(const struct enc_cell *c, uint32_t row, char *to); /* csv, text */
char *enc_json_bare(const struct enc_cell *c, uint32_t row, char *to);
char *enc_binary_roomy(const struct enc_cell *c, uint32_t row, char *to);

extern const struct enc_kind enc_csv_kinds[VT_COUNT];
extern const struct enc_kind enc_text_kinds[VT_COUNT];
extern const struct enc_kind enc_json_kinds[VT_COUNT];
extern const struct enc_kind enc_binary_kinds[VT_COUNT];
extern const struct enc_kind enc_sql_kinds[VT_COUNT];

/** enc_*_string: a text as the format writes it. */
char *enc_csv_string(char *to, const char *p, size_t n);
char *enc_binary_string(char *to, const char *p, size_t n); /* its length before it */
char *enc_text_string(char *to, const char *p, size_t n);
char *enc_json_string(char *to, const char *p, size_t n);
char *enc_sql_string(char *to, const char *p, size_t n);

/** enc_sql_keys(cells, cols, n, t, a, e): what stands before each value of a row: of the first, the
 *  statement up to it; enc_sql_default(s, t, a, e): the statement of a row without columns. */
int enc_sql_keys(struct enc_cell *cells, const struct enc_column *cols, uint32_t n,
	const struct pg_table *t, struct arena *a, struct err *e);
int enc_sql_default(struct vtext *s, const struct pg_table *t, struct arena *a, struct err *e);

/** enc_binary_has(base, type): whether the type has a binary form here. */
bool enc_binary_has(struct pg_base base, enum vtype type);

/** enc_days(a): an empty store of the days' texts, or NULL when memory is out. */
struct enc_day *enc_days(struct arena *a);

/* shared by the formats of text */
char *enc_put_int(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_dec(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_dec2(const struct enc_cell *c, uint32_t row, char *to); /* of two decimals */
char *enc_put_date(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_time(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_ts_t(const struct enc_cell *c, uint32_t row, char *to); /* with a T */
char *enc_put_tstz_t(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_ts(const struct enc_cell *c, uint32_t row, char *to); /* as PostgreSQL prints it */
char *enc_put_tstz(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_label(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_f64(const struct enc_cell *c, uint32_t row, char *to);
char *enc_put_uuid(const struct enc_cell *c, uint32_t row, char *to);

/* as enc_put_label */
static inline char *enc_label(const struct enc_cell *c, uint32_t row, char *to)
{
	const struct vtext *l = &c->labels[c->v->v.i[row]];

	if (l->n > LABEL_SLOT)
		memcpy(to, l->p, l->n);
	else
		memcpy(to, l->p, LABEL_SLOT);
	return to + l->n;
}

extern const char enc_hex[513]; /* "000102...ff" */

static inline char *enc_hex_bytes(char *to, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++, to += 2)
		memcpy(to, enc_hex + (size_t)p[i] * 2, 2);
	return to;
}

/* The 32 digits of a uuid, by table lookup in a register where there is one. */
static inline void enc_hex16(char digits[32], const uint8_t p[16])
{
#ifdef __SSSE3__
	const __m128i table = _mm_setr_epi8(
		'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
	const __m128i low4 = _mm_set1_epi8(15);
	__m128i x, hi, lo;

	memcpy(&x, p, sizeof(x));
	hi = _mm_shuffle_epi8(table, _mm_and_si128(_mm_srli_epi16(x, 4), low4));
	lo = _mm_shuffle_epi8(table, _mm_and_si128(x, low4));
	x = _mm_unpacklo_epi8(hi, lo);
	memcpy(digits, &x, sizeof(x));
	x = _mm_unpackhi_epi8(hi, lo);
	memcpy(digits + 16, &x, sizeof(x));
#else
	enc_hex_bytes(digits, p, 16);
#endif
}

/* 8-4-4-4-12: the digits spread by two shuffles, the dashes laid into the gaps (-1). */
static inline char *enc_uuid(char *to, const struct uuid *u)
{
	char d[32];
#ifdef __SSSE3__
	const __m128i spread1 = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, -1, 8, 9, 10, 11, -1, 12, 13);
	const __m128i dashes1 = _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, '-', 0, 0, 0, 0, '-', 0, 0);
	const __m128i spread2 = _mm_setr_epi8(0, 1, -1, 2, 3, 4, 5, -1, 6, 7, 8, 9, 10, 11, 12, 13);
	const __m128i dashes2 = _mm_setr_epi8(0, 0, '-', 0, 0, 0, 0, '-', 0, 0, 0, 0, 0, 0, 0, 0);
	__m128i a, b, x;

	enc_hex16(d, u->b);
	memcpy(&a, d, sizeof(a));
	memcpy(&b, d + 16, sizeof(b));
	x = _mm_or_si128(_mm_shuffle_epi8(a, spread1), dashes1);
	memcpy(to, &x, sizeof(x));
	x = _mm_or_si128(_mm_shuffle_epi8(_mm_alignr_epi8(b, a, 14), spread2), dashes2);
	memcpy(to + 16, &x, sizeof(x));
	memcpy(to + 32, d + 28, 4);
#else
	enc_hex16(d, u->b);
	memcpy(to, d, 8);
	to[8] = '-';
	memcpy(to + 9, d + 8, 4);
	to[13] = '-';
	memcpy(to + 14, d + 12, 4);
	to[18] = '-';
	memcpy(to + 19, d + 16, 4);
	to[23] = '-';
	memcpy(to + 24, d + 20, 12);
#endif
	return to + 36;
}

#endif
