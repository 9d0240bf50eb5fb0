/* SPDX-License-Identifier: MIT */
/*
 * The leaves of native values: one writer for each scalar type, which writes
 * the text of the idx-th value to ${to} and returns where it ends. The table at
 * the end gives each one its space and the most bytes of its text. Values are
 * made so that a greater index is a greater value wherever the type has an
 * order, because ranges rely on it.
 */
#include "common/generators/gen_native.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/num.h"

/* ---- small writers ----------------------------------------------------------------------- */

char *native_puts(char *to, const char *s)
{
	size_t n = strlen(s);

	memcpy(to, s, n);
	return to + n;
}

char *native_u64(char *to, uint64_t v)
{
	return to + num_fmt_u64(to, v);
}

char *native_dec(char *to, int64_t v, unsigned scale)
{
	return to + num_fmt_dec(to, v, scale);
}

char *native_digits(char *to, uint64_t v, unsigned n)
{
	for (unsigned i = n; i-- > 0; v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + n;
}

/* ${n} letters, the first the most significant. */
char *native_letters(char *to, uint64_t idx, unsigned n)
{
	for (unsigned i = n; i-- > 0; idx /= 26)
		to[i] = (char)('a' + idx % 26);
	return to + n;
}

/* ${bytes} bytes as hexadecimal digits, with ${sep} between them. */
static char *put_hex(char *to, uint64_t v, unsigned bytes, const char *sep)
{
	static const char hex[] = "0123456789abcdef";

	for (unsigned i = bytes; i-- > 0;) {
		*to++ = hex[v >> (8 * i + 4) & 15];
		*to++ = hex[v >> 8 * i & 15];
		if (i > 0)
			to = native_puts(to, sep);
	}
	return to;
}

/* ---- scalars of common types, as members of arrays, composites and ranges -------------------- */

enum { COUNT = 10000, YEARS = 730 };

static char *put_bool(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return native_puts(to, idx != 0 ? "true" : "false");
}

static char *put_int(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return native_u64(to, idx);
}

/* The decimals of a numeric type: 2 where none are declared, and at most 18. */
static unsigned scale_of(const struct native *n, int *precision)
{
	int scale;

	pg_numeric_limits(n->base, precision, &scale);
	return *precision < 0 ? 2 : scale < 0 ? 0 : scale > 18 ? 18 : (unsigned)scale;
}

/* As many values as the precision allows, at most a million. */
static void init_numeric(struct native *n)
{
	int precision;

	(void)scale_of(n, &precision);
	n->space = (uint64_t)num_pow10(precision < 0 || precision > 6 ? 6u : (unsigned)precision);
}

static char *put_numeric(const struct native *n, uint64_t idx, char *to)
{
	int precision;

	return native_dec(to, (int64_t)idx, scale_of(n, &precision));
}

static char *put_cents(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return native_dec(to, (int64_t)idx, 2);
}

/* As many letters as the type holds, at most NATIVE_WORD. */
static unsigned letters_of(const struct native *n)
{
	int32_t limit = pg_char_limit(n->base);

	return limit >= 0 && limit < NATIVE_WORD ? (unsigned)limit : NATIVE_WORD;
}

/* Digits are in the same order in every collation, which letters are not (aa, ch, z). */
static void init_text(struct native *n)
{
	n->space = 1;
	for (unsigned i = 0; i < letters_of(n); i++)
		n->space *= n->ascending ? 10 : 26;
}

static char *put_text(const struct native *n, uint64_t idx, char *to)
{
	return n->ascending ? native_digits(to, idx, letters_of(n))
			    : native_letters(to, idx, letters_of(n));
}

/* As a bound the index is in its first 48 bits: all that RFC 4122 leaves before the version. */
static char *put_uuid(const struct native *n, uint64_t idx, char *to)
{
	enum { AHEAD = 6 };
	struct uuid u = gen_uuid_at((uint64_t)n->as_of, idx);

	for (unsigned i = 0; n->ascending && i < AHEAD; i++)
		u.b[i] = (uint8_t)(idx >> (GEN_SPACE_BITS - 8 * (i + 1)));
	return to + gen_uuid_text(to, &u);
}

static char *put_date(const struct native *n, uint64_t idx, char *to)
{
	return to + cal_fmt_date(to, n->as_of - YEARS + (int64_t)idx);
}

/* Timestamps a second apart, from two years before the plan's date on. */
static int64_t moment(const struct native *n, uint64_t idx)
{
	return (n->as_of - YEARS) * CAL_DAY + (int64_t)idx * CAL_SECOND;
}

static char *put_ts(const struct native *n, uint64_t idx, char *to)
{
	return to + cal_fmt_ts(to, moment(n, idx), ' ');
}

static char *put_tstz(const struct native *n, uint64_t idx, char *to)
{
	return to + cal_fmt_tstz(to, moment(n, idx), ' ');
}

static char *put_time(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return to + cal_fmt_time(to, (int64_t)idx * CAL_SECOND);
}

static char *put_timetz(const struct native *n, uint64_t idx, char *to)
{
	return native_puts(put_time(n, idx, to), "-03");
}

/* The labels themselves; the longest decides about the room. */
static void init_enum(struct native *n)
{
	n->space = n->base.type->nlabels;
	for (uint32_t i = 0; i < n->base.type->nlabels; i++) {
		size_t len = strlen(n->base.type->labels[i]);

		n->max = len > n->max ? (uint32_t)len : n->max;
	}
}

static char *put_enum(const struct native *n, uint64_t idx, char *to)
{
	return native_puts(to, n->base.type->labels[idx]);
}

/* ---- the rarer scalars ------------------------------------------------------------------------
 */

static char *put_interval(const struct native *n, uint64_t idx, char *to)
{
	const uint64_t day = 86400;

	to = native_u64(to, idx / day);
	to = native_puts(to, idx / day == 1 ? " day " : " days ");
	return put_time(n, idx % day, to);
}

/*
 * An object with three members; the tag is a multiplicative hash of the index
 * (Knuth, The Art of Computer Programming, volume 3, 6.4).
 */
static char *put_json(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_puts(to, "{\"id\": ");
	to = native_u64(to, idx);
	to = native_puts(to, ", \"tag\": \"");
	to = native_letters(to, idx * 2654435761u % NATIVE_LETTERS6, NATIVE_WORD);
	return native_puts(to, idx % 2 == 0 ? "\", \"active\": true}" : "\", \"active\": false}");
}

static char *put_xml(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_puts(to, "<item id=\"");
	to = native_u64(to, idx);
	to = native_puts(to, "\">");
	to = native_letters(to, idx * 2654435761u % NATIVE_LETTERS6, NATIVE_WORD);
	return native_puts(to, "</item>");
}

/* An address of 10.0.0.0/8 with the three numbers. */
static char *put_quad(char *to, uint64_t a, uint64_t b, uint64_t c)
{
	to = native_puts(to, "10.");
	to = native_u64(to, a);
	*to++ = '.';
	to = native_u64(to, b);
	*to++ = '.';
	return native_u64(to, c);
}

/*
 * Addresses of 10.0.0.0/8, which is private (RFC 1918), so that no real host is
 * named.
 */
static char *put_inet(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_quad(to, idx >> 16 & 255, idx >> 8 & 255, idx & 255);
}

static char *put_cidr(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return native_puts(put_quad(to, idx >> 8 & 255, idx & 255, 0), "/24");
}

/*
 * The prefix 02 is a locally administered address, which is no maker's (IEEE
 * 802).
 */
static char *put_mac(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_hex(native_puts(to, "02:"), idx, 5, ":");
}

static char *put_mac8(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_hex(native_puts(to, "02:"), idx, 7, ":");
}

enum { VARBITS = 16 };

/* bit(n) has exactly n bits; bit varying(n) at most, and gets all of them. */
static uint32_t bits_of(const struct native *n)
{
	if (n->base.typmod > 0)
		return (uint32_t)n->base.typmod;
	return n->base.type->cls == PG_BIT ? 1 : VARBITS;
}

static void init_bits(struct native *n)
{
	n->max = bits_of(n);
	n->space = n->max < GEN_SPACE_BITS ? UINT64_C(1) << n->max : GEN_SPACE_MAX;
}

static char *put_bits(const struct native *n, uint64_t idx, char *to)
{
	for (uint32_t i = 0; i < n->max; i++)
		*to++ = (char)('0' + (idx >> i % GEN_SPACE_BITS & 1));
	return to;
}

char *native_pair(char *to, uint64_t x, uint64_t y)
{
	*to++ = '(';
	to = native_dec(to, (int64_t)x - 10000, 2);
	*to++ = ',';
	to = native_dec(to, (int64_t)y - 10000, 2);
	*to++ = ')';
	return to;
}

static char *put_point(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return native_pair(to, idx % NATIVE_COORDS, idx / NATIVE_COORDS);
}

/* A box and a line segment one unit wide, at a point of a grid. */
static char *put_box(const struct native *n, uint64_t idx, char *to)
{
	uint64_t x = idx % NATIVE_COORDS, y = idx / NATIVE_COORDS;

	(void)n;
	to = native_pair(to, x + 100, y + 100);
	*to++ = ',';
	return native_pair(to, x, y);
}

static char *put_lseg(const struct native *n, uint64_t idx, char *to)
{
	*to++ = '[';
	to = put_box(n, idx, to);
	*to++ = ']';
	return to;
}

/* A triangle, one of whose corners is a point of the grid. */
static char *put_polygon(const struct native *n, uint64_t idx, char *to)
{
	uint64_t x = idx % NATIVE_COORDS, y = idx / NATIVE_COORDS;

	(void)n;
	*to++ = '(';
	to = native_pair(to, x, y);
	*to++ = ',';
	to = native_pair(to, x + 100, y);
	*to++ = ',';
	to = native_pair(to, x, y + 100);
	*to++ = ')';
	return to;
}

static char *put_circle(const struct native *n, uint64_t idx, char *to)
{
	*to++ = '<';
	to = put_point(n, idx, to);
	return native_puts(to, ",1.5>");
}

/* The line {A,B,C}, that is Ax + By + C = 0, with A = 1. */
static char *put_line(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_puts(to, "{1,");
	to = native_dec(to, (int64_t)(idx % NATIVE_COORDS) - 10000, 2);
	*to++ = ',';
	to = native_dec(to, (int64_t)(idx / NATIVE_COORDS) - 10000, 2);
	*to++ = '}';
	return to;
}

static char *put_tsvector(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_letters(to, idx / NATIVE_LETTERS6, NATIVE_WORD);
	*to++ = ' ';
	return native_letters(to, idx % NATIVE_LETTERS6, NATIVE_WORD);
}

static char *put_tsquery(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_letters(to, idx / NATIVE_LETTERS6, NATIVE_WORD);
	to = native_puts(to, " & ");
	return native_letters(to, idx % NATIVE_LETTERS6, NATIVE_WORD);
}

static char *put_hstore(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_puts(to, "\"id\"=>\"");
	to = native_u64(to, idx);
	return native_puts(to, "\"");
}

static char *put_ltree(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_letters(to, idx / NATIVE_LETTERS6, NATIVE_WORD);
	*to++ = '.';
	return native_letters(to, idx % NATIVE_LETTERS6, NATIVE_WORD);
}

static char *put_lsn(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	*to++ = '0';
	*to++ = '/';
	return put_hex(to, idx, 4, "");
}

static char *put_bytes(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_hex(native_puts(to, "\\x"), idx, 8, "");
}

#define DAYS (YEARS + 1)
#define SECS (UINT64_C(86400) * YEARS)

const struct native_op gen_native_leaves[] = {
	{PG_BOOL, NULL, 2, 5, true, true, NULL, put_bool},
	{PG_INT2, NULL, COUNT, 20, true, true, NULL, put_int},
	{PG_INT4, NULL, COUNT, 20, true, true, NULL, put_int},
	{PG_INT8, NULL, COUNT, 20, true, true, NULL, put_int},
	{PG_OID, NULL, COUNT, 20, true, true, NULL, put_int},
	{PG_NUMERIC, NULL, 0, 32, true, true, init_numeric, put_numeric},
	{PG_FLOAT4, NULL, COUNT * 10, 32, true, true, NULL, put_cents},
	{PG_FLOAT8, NULL, COUNT * 100, 32, true, true, NULL, put_cents},
	{PG_TEXT, NULL, 0, NATIVE_WORD, false, true, init_text, put_text},
	{PG_VARCHAR, NULL, 0, NATIVE_WORD, false, true, init_text, put_text},
	{PG_BPCHAR, NULL, 0, NATIVE_WORD, false, true, init_text, put_text},
	{PG_NAME, NULL, 0, NATIVE_WORD, false, true, init_text, put_text},
	{PG_CHAR, NULL, 0, NATIVE_WORD, false, true, init_text, put_text},
	{PG_BYTEA, NULL, GEN_SPACE_MAX, 18, false, true, NULL, put_bytes},
	{PG_UUID, NULL, GEN_SPACE_MAX, 36, true, true, NULL, put_uuid},
	{PG_DATE, NULL, DAYS, CAL_MAX, true, true, NULL, put_date},
	{PG_TIME, NULL, 86400, CAL_MAX, false, true, NULL, put_time},
	{PG_TIMETZ, NULL, 86400, CAL_MAX, false, true, NULL, put_timetz},
	{PG_TIMESTAMP, NULL, SECS, CAL_MAX, false, true, NULL, put_ts},
	{PG_TIMESTAMPTZ, NULL, SECS, CAL_MAX, false, true, NULL, put_tstz},
	{PG_INTERVAL, NULL, 86400 * 30, CAL_MAX + 32, false, true, NULL, put_interval},
	{PG_JSON, NULL, 1000000000, 96, false, false, NULL, put_json},
	{PG_JSONB, NULL, 1000000000, 96, false, false, NULL, put_json},
	{PG_XML, NULL, 1000000000, 64, false, false, NULL, put_xml},
	{PG_INET, NULL, 1 << 24, 20, true, true, NULL, put_inet},
	{PG_CIDR, NULL, 1 << 16, 20, true, true, NULL, put_cidr},
	{PG_MACADDR, NULL, UINT64_C(1) << 40, 17, false, true, NULL, put_mac},
	{PG_MACADDR8, NULL, UINT64_C(1) << 56, 23, false, true, NULL, put_mac8},
	{PG_BIT, NULL, 0, 0, true, false, init_bits, put_bits},
	{PG_VARBIT, NULL, 0, 0, true, false, init_bits, put_bits},
	{PG_MONEY, NULL, COUNT * 100, 32, true, true, NULL, put_cents},
	{PG_POINT, NULL, NATIVE_GRID, 32, false, false, NULL, put_point},
	{PG_TSVECTOR, NULL, NATIVE_WORDS, 16, false, false, NULL, put_tsvector},
	{PG_TSQUERY, NULL, NATIVE_WORDS, 16, false, false, NULL, put_tsquery},
	{PG_ENUM, NULL, 0, 0, false, true, init_enum, put_enum},
	{PG_OTHER, "box", NATIVE_GRID, 64, false, false, NULL, put_box},
	{PG_OTHER, "lseg", NATIVE_GRID, 64, false, false, NULL, put_lseg},
	{PG_OTHER, "path", NATIVE_GRID, 64, false, false, NULL, put_lseg},
	{PG_OTHER, "polygon", NATIVE_GRID, 80, false, false, NULL, put_polygon},
	{PG_OTHER, "circle", NATIVE_GRID, 48, false, false, NULL, put_circle},
	{PG_OTHER, "line", NATIVE_GRID, 48, false, false, NULL, put_line},
	{PG_OTHER, "hstore", 1000000000, 32, false, false, NULL, put_hstore},
	{PG_OTHER, "ltree", NATIVE_WORDS, 16, true, true, NULL, put_ltree},
	{PG_OTHER, "pg_lsn", UINT64_C(1) << 32, 16, true, true, NULL, put_lsn},
	{0},
};
