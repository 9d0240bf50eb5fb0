/* SPDX-License-Identifier: MIT */
#include "common/codec/enc_cell.h"

#include <assert.h>
#include <math.h>

#include "common/base/calendar.h"
#include "common/base/host.h"
#include "common/base/num.h"
#include "common/sql/sql_num.h"

/*
 * COPY binary: every field is its length as a 32-bit integer, then what the type's
 * receive function takes; all integers big-endian.  The layouts are those of
 * PostgreSQL's *recv functions (numeric_recv, timestamp_recv ...).
 */

static inline char *be16(char *to, uint16_t x)
{
	x = __builtin_bswap16(x);
	memcpy(to, &x, 2);
	return to + 2;
}

static inline char *be32(char *to, uint32_t x)
{
	x = __builtin_bswap32(x);
	memcpy(to, &x, 4);
	return to + 4;
}

static inline char *be64(char *to, uint64_t x)
{
	x = __builtin_bswap64(x);
	memcpy(to, &x, 8);
	return to + 8;
}

/*
 * Length and value in one store; the three bytes too many are overwritten by
 * the next cell.
 */
static char *bin_bool(const struct enc_cell *c, uint32_t row, char *to)
{
	/* length and value in one store; three bytes more are the next cell's to overwrite */
	(void)be64(to, UINT64_C(1) << 32 | (uint64_t)(c->v->v.i[row] != 0) << 24);
	return to + 5;
}

/* The width follows from the type. */
/* What does not fit its type is not cut: values are assigned, and snapshots checked, before. */
static char *bin_int(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t i = c->v->v.i[row];

	if (c->cls == PG_INT2) {
		assert(i == (int16_t)i);
		return be16(be32(to, 2), (uint16_t)i);
	}
	if (c->cls == PG_INT8)
		return be64(be32(to, 8), (uint64_t)i);
	assert(i == (int32_t)i || (c->cls == PG_OID && i == (uint32_t)i));
	return be32(be32(to, 4), (uint32_t)i);
}

static char *bin_date(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t i = c->v->v.i[row];

	assert(i == (int32_t)i);
	return be32(be32(to, 4), (uint32_t)i);
}

static char *bin_64(const struct enc_cell *c, uint32_t row, char *to)
{
	return be64(be32(to, 8), (uint64_t)c->v->v.i[row]);
}

/* timetz has a zone behind it, in seconds west of UTC. */
static char *bin_time(const struct enc_cell *c, uint32_t row, char *to)
{
	if (c->cls != PG_TIMETZ)
		return bin_64(c, row, to);
	return be32(be64(be32(to, 12), (uint64_t)c->v->v.i[row]), 0); /* zone: UTC */
}

/* IEEE 754 as it is, in network byte order; a real takes four bytes. */
static char *bin_f64(const struct enc_cell *c, uint32_t row, char *to)
{
	double d = c->v->v.f[row];
	float f = (float)d;
	uint32_t u4;
	uint64_t u8;

	if (c->cls == PG_FLOAT4) {
		assert(!isinf(f) || isinf(d));
		memcpy(&u4, &f, 4);
		return be32(be32(to, 4), u4);
	}
	memcpy(&u8, &d, 8);
	return be64(be32(to, 8), u8);
}

static char *bin_uuid(const struct enc_cell *c, uint32_t row, char *to)
{
	to = be32(to, 16);
	memcpy(to, &c->v->v.u[row], 16);
	return to + 16;
}

/* The bytes of the text. "char" is a single byte, and 0 if it is empty. */
static char *bin_text(const struct enc_cell *c, uint32_t row, char *to)
{
	const struct vtext *t = &c->v->v.t[row];

	if (t->n == 0 && c->cls == PG_CHAR) { /* charrecv() takes a byte: the empty one is 0 */
		to = be32(to, 1);
		*to = '\0';
		return to + 1;
	}
	to = be32(to, (uint32_t)t->n);
	bytes_copy(to, t->p, t->n);
	return to + t->n;
}

char *enc_binary_roomy(const struct enc_cell *c, uint32_t row, char *to)
{
	const struct vtext *t = &c->v->v.t[row];

	return enc_roomy(be32(to, (uint32_t)t->n), t->p, t->n);
}

/*
 * A wide numeric, from the text of its digits: those before the point and those after it go into
 * digits of base 10,000, of which zeros at the ends are left out (numeric_send() of numeric.c).
 */
static char *bin_wide(const struct vtext *t, char *to)
{
	const char *point = memchr(t->p, '.', t->n);
	const bool minus = t->n > 0 && t->p[0] == '-';
	const int whole = (int)(point != NULL ? point - t->p : (ptrdiff_t)t->n) - minus;
	const int shown = point != NULL ? (int)t->n - minus - whole - 1 : 0;
	const int above = (whole + 3) / 4, all = above + (shown + 3) / 4;
	uint16_t d[2 * SQL_NUM_DIGITS] = {0};
	int first = 0, end = all;

	assert(all <= 2 * SQL_NUM_DIGITS);
	for (int i = 0; i < all * 4; i++) { /* the i-th place of the digits, from the left */
		int at = i - (above * 4 - whole);
		char ch = at < 0 || at >= whole + shown ? '0'
			  : at < whole			? t->p[minus + at]
							: point[1 + at - whole];

		d[i / 4] = (uint16_t)(d[i / 4] * 10 + (ch - '0'));
	}
	for (; first < end && d[first] == 0;)
		first++;
	for (; end > first && d[end - 1] == 0;)
		end--;
	to = be32(to, 8 + 2 * (uint32_t)(end - first));
	to = be16(to, (uint16_t)(end - first));
	to = be16(to, (uint16_t)(first < end ? above - first - 1 : 0));
	to = be16(to, minus && first < end ? 0x4000 : 0);
	to = be16(to, (uint16_t)shown);
	for (int i = first; i < end; i++)
		to = be16(to, d[i]);
	return to;
}

/* jsonb_recv wants a version before the text */
static char *bin_raw(const struct enc_cell *c, uint32_t row, char *to)
{
	const struct vtext *t = &c->v->v.t[row];

	if (c->cls == PG_NUMERIC)
		return bin_wide(t, to);
	if (c->cls != PG_JSONB)
		return bin_text(c, row, to);
	to = be32(to, (uint32_t)t->n + 1);
	*to++ = 1;
	memcpy(to, t->p, t->n);
	return to + t->n;
}

char *enc_binary_string(char *to, const char *p, size_t n)
{
	to = be32(to, (uint32_t)n);
	memcpy(to, p, n);
	return to + n;
}

/*
 * numeric: 16-bit counts (digits, weight of the first, sign, decimals shown), then
 * digits to the base 10000 without zeros at either end.
 */
struct digits {
	uint16_t d[10];
	int first, end; /* those in use */
	int weight;	/* of d[first] */
};

/*
 * The digits of base 10,000, from the decimal point in both directions; zeros
 * at the ends are dropped, as numeric_send() has none.
 */
static void split(struct digits *x, uint64_t u, const struct divisor *by_scale, unsigned scale)
{
	uint64_t unit, rest, whole = divide_rest(by_scale, u, &rest);

	x->first = 5;
	x->end = 5;
	for (; whole > 0; whole /= 10000)
		x->d[--x->first] = (uint16_t)(whole % 10000);
	x->weight = 4 - x->first;
	while (scale > 0) {
		unsigned take = scale < 4 ? scale : 4;

		unit = (uint64_t)num_pow10(scale - take);
		x->d[x->end++] = (uint16_t)(rest / unit * (uint64_t)num_pow10(4 - take));
		rest %= unit;
		scale -= take;
	}
	for (; x->first < x->end && x->d[x->first] == 0; x->first++)
		x->weight--;
	while (x->end > x->first && x->d[x->end - 1] == 0)
		x->end--;
	if (x->first == x->end)
		x->weight = 0;
}

/*
 * At most three digits before the point and one after it, as money is: they are one number
 * of four times 16 bits, and the zeros at either end are shifted out of it.
 */
static char *put_short(char *to, uint64_t whole, uint64_t fraction, uint8_t scale, bool negative)
{
	uint64_t q = whole / 100000000 << 48 | whole / 10000 % 10000 << 32 | whole % 10000 << 16 |
		     fraction;
	unsigned lead = q == 0 ? 2 : (unsigned)__builtin_clzll(q) / 16;
	unsigned n = q == 0 ? 0 : 4 - lead - (unsigned)__builtin_ctzll(q) / 16;
	uint16_t weight = (uint16_t)(2 - (int)lead);

	to = be32(to, 8 + 2 * n);
	(void)be64(to, (uint64_t)n << 48 | (uint64_t)weight << 32 |
			       (negative ? UINT64_C(0x40000000) : 0) | scale);
	(void)be64(to + 8, q << 16 * lead);
	return to + 8 + (size_t)2 * n;
}

/* One digit before the point and one after it, neither zero: most amounts of money. */
static inline char *put_pair(char *to, uint64_t whole, uint64_t fraction, uint8_t scale)
{
	to = be32(to, 12);
	to = be64(to, UINT64_C(2) << 48 | scale);
	return be32(to, (uint32_t)(whole << 16 | fraction));
}

/* Any other. */
static char *put_digits(
	char *to, uint64_t u, const struct divisor *by_scale, uint8_t scale, bool negative)
{
	struct digits x;

	split(&x, u, by_scale, scale);
	to = be32(to, 8 + 2 * (uint32_t)(x.end - x.first));
	to = be16(to, (uint16_t)(x.end - x.first));
	to = be16(to, (uint16_t)x.weight);
	to = be16(to, negative ? 0x4000 : 0);
	to = be16(to, scale);
	for (int i = x.first; i < x.end; i++)
		to = be16(to, x.d[i]);
	return to;
}

/* The rarer shapes stand apart, so that the common one pays for no register of theirs. */
static __attribute__((noinline)) char *put_dec(const struct enc_cell *c, int64_t v, char *to)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, whole, rest;

	if (c->pad != 0) {
		whole = divide_rest(&c->unit, u, &rest);
		if (whole < UINT64_C(1000000000000))
			return put_short(to, whole, rest * c->pad, c->scale, v < 0);
	}
	return put_digits(to, u, &c->unit, c->scale, v < 0);
}

/* The commonest shape first: four digits before the point and some after it. */
static inline char *bin_dec(const struct enc_cell *c, uint32_t row, char *to)
{
	int64_t v = c->v->v.i[row];
	uint64_t whole, rest;

	if (v >= 0 && c->pad != 0) {
		whole = divide_rest(&c->unit, (uint64_t)v, &rest);
		if (whole - 1 < 9999 && rest != 0)
			return put_pair(to, whole, rest * c->pad, c->scale);
	}
	return put_dec(c, v, to);
}

/*
 * Whether a type has a binary form here: types whose receive function takes
 * their text do, jsonb after a version.
 */
bool enc_binary_has(struct pg_base base, enum vtype type)
{
	static const bool text[PG_CLASS_COUNT] = {[PG_TEXT] = true,
		[PG_VARCHAR] = true,
		[PG_BPCHAR] = true,
		[PG_CHAR] = true,
		[PG_NAME] = true,
		[PG_ENUM] = true,
		[PG_JSON] = true,
		[PG_XML] = true};

	if (base.type->wide)
		return true;
	if (type == VT_TEXT || type == VT_RAW)
		return text[base.type->cls] || (type == VT_RAW && base.type->cls == PG_JSONB);
	return true;
}

const struct enc_kind enc_binary_kinds[VT_COUNT] = {
	[VT_BOOL] = {bin_bool, 8, 0},
	[VT_INT] = {bin_int, 12, 0},
	[VT_DEC] = {bin_dec, 32, 0},
	[VT_DATE] = {bin_date, 8, 0},
	[VT_TIME] = {bin_time, 16, 0},
	[VT_TS] = {bin_64, 12, 0},
	[VT_TSTZ] = {bin_64, 12, 0},
	[VT_ENUM] = {enc_put_label, 0, 0},
	[VT_F64] = {bin_f64, 12, 0},
	[VT_UUID] = {bin_uuid, 20, 0},
	[VT_TEXT] = {bin_text, 5, 1},
	[VT_BYTES] = {bin_text, 4, 1},
	[VT_RAW] = {bin_raw, 20, 1}, /* a wide numeric has a head of 12 */
};

/* The commonest types without a call: it costs as much as what it would do. */
static inline char *put(const struct enc_cell *c, uint32_t row, char *to)
{
	switch (c->type) {
	case VT_UUID:
		return bin_uuid(c, row, to);
	case VT_TS:
	case VT_TSTZ:
		return bin_64(c, row, to);
	case VT_DEC:
		return bin_dec(c, row, to);
	case VT_BOOL:
		return bin_bool(c, row, to);
	case VT_ENUM:
		return enc_label(c, row, to);
	case VT_INT:
		return bin_int(c, row, to);
	case VT_TEXT:
		return c->put(c, row, to);
	default:
		return c->put(c, row, to);
	}
}

/* Each row begins with the number of its fields. */
char *enc_binary_rows(
	const struct enc_cell *cells, const struct enc_cell *end, uint32_t n, char *to)
{
	uint16_t fields = (uint16_t)(end - cells);

	for (uint32_t i = 0; i < n; i++) {
		to = be16(to, fields);
		for (const struct enc_cell *c = cells; c < end; c++)
			to = enc_is_null(c, i) ? be32(to, UINT32_MAX) : put(c, i, to);
	}
	return to;
}
