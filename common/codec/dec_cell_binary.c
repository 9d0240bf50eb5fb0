/* SPDX-License-Identifier: MIT */
/* Cells of COPY BINARY: what the send functions of PostgreSQL write, big-endian. */
#include "common/codec/dec_cell.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/codec/dec_in.h"

/* An integer of ${n} bytes, most significant byte first, without a sign. */
static uint64_t be(const char *p, size_t n)
{
	uint64_t u = 0;

	for (size_t i = 0; i < n; i++)
		u = u << 8 | (uint8_t)p[i];
	return u;
}

/* boolsend(): one byte. */
static enum dec_fault bin_bool(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	(void)h;
	if (n != 1)
		return DEC_BAD_VALUE;
	c->v.v.i[i] = p[0] != 0;
	return DEC_FINE;
}

/* Integers and counts of days or microseconds: the width says which. */
static enum dec_fault bin_int(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	static const size_t width[PG_CLASS_COUNT] = {
		[PG_INT2] = 2,
		[PG_INT4] = 4,
		[PG_INT8] = 8,
		[PG_OID] = 4,
		[PG_DATE] = 4,
		[PG_TIME] = 8,
		[PG_TIMESTAMP] = 8,
		[PG_TIMESTAMPTZ] = 8,
	};
	uint64_t u;

	(void)h;
	if (n != width[c->base.type->cls])
		return DEC_BAD_VALUE;
	u = be(p, n);
	if (c->base.type->cls == PG_OID)
		c->v.v.i[i] = (int64_t)u;
	else
		c->v.v.i[i] = n == 2 ? (int16_t)u : n == 4 ? (int32_t)u : (int64_t)u;
	return DEC_FINE;
}

/*
 * Days since 2000-01-01 (date_send()); outside of the calendar's range is an
 * error.
 */
static enum dec_fault bin_date(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	enum dec_fault f = bin_int(c, p, n, i, h);
	int64_t v = f == DEC_FINE ? c->v.v.i[i] : 0;

	if (f == DEC_FINE && cal_date_finite(v) && (v < CAL_DATE_MIN || v > CAL_DATE_MAX))
		return DEC_OUT_OF_RANGE;
	return f;
}

/* Microseconds; timetz has a zone of 4 bytes after them. */
static enum dec_fault bin_time(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	enum dec_fault f = bin_int(c, p, n, i, h);
	int64_t v = f == DEC_FINE ? c->v.v.i[i] : 0;

	if (f != DEC_FINE)
		return f;
	if (c->v.type == VT_TIME && (v < 0 || v > CAL_DAY))
		return DEC_OUT_OF_RANGE;
	if (c->v.type != VT_TIME && cal_ts_finite(v) && (v < CAL_TS_MIN || v > CAL_TS_MAX))
		return DEC_OUT_OF_RANGE;
	return dec_put_time(c, v, i);
}

/* IEEE 754, 4 or 8 bytes. */
static enum dec_fault bin_float(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	uint64_t u = be(p, n > 8 ? 8 : n);
	uint32_t u4 = (uint32_t)u;
	float f;

	(void)h;
	if (n != (c->base.type->cls == PG_FLOAT4 ? 4u : 8u))
		return DEC_BAD_VALUE;
	if (n == 8) {
		memcpy(&c->v.v.f[i], &u, 8);
	} else {
		memcpy(&f, &u4, 4);
		c->v.v.f[i] = (double)f;
	}
	return DEC_FINE;
}

static enum dec_fault bin_uuid(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	(void)h;
	if (n != 16)
		return DEC_BAD_VALUE;
	memcpy(c->v.v.u[i].b, p, 16);
	return DEC_FINE;
}

/* bytea is its bytes. */
static enum dec_fault bin_bytes(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	char *to = dec_heap_take(h, n);

	if (to == NULL)
		return DEC_BAD_VALUE;
	memcpy(to, p, n);
	c->v.v.t[i] = (struct vtext){to, n};
	return DEC_FINE;
}

/*
 * numeric, as numeric_send() writes it:
 *	2	digits of base 10000
 *	2	weight of the first: it counts 10000^weight
 *	2	sign: 0, 0x4000 minus, 0xC000 NaN, 0xD000 and 0xF000 the infinities
 *	2	decimals to show
 *	2	each digit
 */
struct wire_numeric {
	int digits, weight;
	unsigned sign;
	const char *digit;
};

/*
 * The head of a numeric and where its digits are; false when it is malformed.
 */
static bool wire_numeric(struct wire_numeric *w, const char *p, size_t n)
{
	if (n < 8)
		return false;
	w->digits = (int)be(p, 2);
	w->weight = (int16_t)be(p + 2, 2);
	w->sign = (unsigned)be(p + 4, 2);
	w->digit = p + 8;
	if ((size_t)w->digits * 2 + 8 != n)
		return false;
	for (int k = 0; k < w->digits; k++)
		if (be(w->digit + k * 2, 2) > 9999)
			return false;
	return w->sign == 0 || w->sign == 0x4000 || w->sign == 0xc000 || w->sign == 0xd000 ||
	       w->sign == 0xf000;
}

/*
 * The decimal digit that counts 10^${power}, found within the digit of base
 * 10,000 that holds it.
 */
static int decimal_at(const struct wire_numeric *w, int power)
{
	static const int unit[] = {1, 10, 100, 1000};
	int group = power >= 0 ? power / 4 : -((-power + 3) / 4);
	int k = w->weight - group;

	if (k < 0 || k >= w->digits)
		return 0;
	return (int)be(w->digit + k * 2, 2) / unit[power - group * 4] % 10;
}

/* The digits down to the column's scale, and one more to round by. */
static enum dec_fault bin_dec(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	struct wire_numeric w;
	__int128 v = 0;
	bool rest = false;
	int last;

	(void)h;
	if (!wire_numeric(&w, p, n))
		return DEC_BAD_VALUE;
	if (w.sign == 0xc000) /* NaN, which any numeric takes */
		return DEC_BEYOND;
	if (w.sign != 0 && w.sign != 0x4000)
		return dec_too_large(c);
	for (int power = w.weight * 4 + 3; power >= -(int)c->v.scale; power--) {
		v = v * 10 + decimal_at(&w, power);
		if (v > INT64_MAX)
			return dec_too_large(c);
	}
	last = (w.weight - w.digits + 1) * 4; /* the lowest power that may not be 0 */
	for (int power = -(int)c->v.scale - 1; power >= last && !rest; power--)
		rest = decimal_at(&w, power) != 0;
	if (rest && decimal_at(&w, -(int)c->v.scale - 1) >= 5)
		v++;
	if (v > INT64_MAX)
		return dec_too_large(c);
	return dec_put_decimal(c, w.sign == 0x4000 ? -(int64_t)v : (int64_t)v, rest, i);
}

/* The same for a wide column: digits of base 10,000 are added up in 128 bits. */
static enum dec_fault bin_wide(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	struct wire_numeric w;
	struct sql_num v = {.scale = 0};
	int places, shown;

	if (!wire_numeric(&w, p, n))
		return DEC_BAD_VALUE;
	if (w.sign != 0 && w.sign != 0x4000)
		return DEC_BEYOND;
	places = 4 * (w.digits - 1 - w.weight); /* decimals of the last digit */
	shown = (int)be(p + 6, 2);
	v.scale = places < 0 ? 0 : places > shown ? shown : places; /* the last ones may be zeros */
	for (int power = w.weight * 4 + 3; power >= -v.scale; power--) {
		if (v.v > sql_num_pow10(SQL_NUM_DIGITS - 1) - 1)
			return DEC_BEYOND;
		v.v = v.v * 10 + decimal_at(&w, power);
	}
	v.v = w.sign == 0x4000 ? -v.v : v.v;
	return dec_put_wide(c, &v, i, h);
}

/* jsonb_send(): one byte of version, which is 1, then the text. */
static enum dec_fault bin_jsonb(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	if (n < 1 || p[0] != 1)
		return DEC_BAD_VALUE;
	return dec_cell_text(c)(c, p + 1, n - 1, i, h);
}

/* Types whose binary form is their text. */
static enum dec_fault bin_as_text(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h)
{
	return dec_cell_text(c)(c, p, n, i, h);
}

/*
 * The function for a column: by its type where that has a form of its own, else
 * by its vector.
 */
dec_cell_fn *dec_cell_binary(const struct dec_col *c)
{
	static dec_cell_fn *const by_vector[VT_COUNT] = {
		[VT_BOOL] = bin_bool,
		[VT_INT] = bin_int,
		[VT_DEC] = bin_dec,
		[VT_DATE] = bin_date,
		[VT_TIME] = bin_time,
		[VT_TS] = bin_time,
		[VT_TSTZ] = bin_time,
		[VT_ENUM] = bin_as_text,
		[VT_F64] = bin_float,
		[VT_UUID] = bin_uuid,
		[VT_TEXT] = bin_as_text,
		[VT_BYTES] = bin_bytes,
		[VT_RAW] = bin_bytes, /* equal values are equal bytes, which is all we ask */
	};
	static dec_cell_fn *const raw[PG_CLASS_COUNT] = {
		[PG_JSON] = bin_as_text,
		[PG_JSONB] = bin_jsonb,
		[PG_XML] = bin_as_text,
		[PG_NUMERIC] = bin_wide,
	};

	if (c->v.type == VT_RAW && raw[c->base.type->cls] != NULL)
		return raw[c->base.type->cls];
	return by_vector[c->v.type];
}
