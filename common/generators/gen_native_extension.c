/* SPDX-License-Identifier: MIT */
/*
 * Leaves of native values for types that an extension brings (cube, isn, ip4r,
 * pgvector ...) and for the rare ones of pg_catalog. They are told by name, as
 * the classes of common types are of no use here.
 */
#include "common/generators/gen_native.h"

#include "common/base/rng.h"

/* ---- pg_catalog -------------------------------------------------------------------------- */

static char *put_number(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return native_u64(to, idx + 3); /* xid: below 3 are those with a meaning of their own */
}

/* Vectors of numbers, with blanks between them. */
static char *put_numbers(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_u64(to, idx / 1000);
	*to++ = ' ';
	return native_u64(to, idx % 1000);
}

/* A snapshot xmin:xmax:list without transactions in progress. */
static char *put_snapshot(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_u64(to, idx + 3);
	*to++ = ':';
	to = native_u64(to, idx + 4);
	*to++ = ':';
	return to;
}

/* A row's place: page and line. */
static char *put_tid(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	*to++ = '(';
	to = native_u64(to, idx / 100);
	*to++ = ',';
	to = native_u64(to, idx % 100 + 1);
	*to++ = ')';
	return to;
}

static char *put_word(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return native_letters(to, idx, NATIVE_WORD);
}

static char *put_jsonpath(const struct native *n, uint64_t idx, char *to)
{
	return put_word(n, idx, native_puts(to, "$."));
}

/* ---- contrib ------------------------------------------------------------------------------- */

static char *put_cube(const struct native *n, uint64_t idx, char *to)
{
	uint64_t x = idx % NATIVE_COORDS, y = idx / NATIVE_COORDS;

	(void)n;
	to = native_pair(to, x, y);
	*to++ = ',';
	return native_pair(to, x + 100, y + 100);
}

/*
 * A point of earthdistance's globe, in metres from its centre: the stereographic projection of a
 * plane onto the sphere, which needs no sine, at a rectangle of the plane that lies in Brazil.
 */
enum { EARTH_STEPS = 70000 };

static char *put_earth(const struct native *n, uint64_t idx, char *to)
{
	const double radius = 6378168, step = 1e-6; /* what earth() says */
	double u = 0.80 + step * (double)(idx % EARTH_STEPS);
	double v = -0.97 + step * (double)(idx / EARTH_STEPS);
	double s = u * u + v * v, unit = radius * 1000 / (1 + s);
	double at[] = {2 * u * unit, 2 * v * unit, (1 - s) * unit};

	(void)n;
	for (unsigned i = 0; i < 3; i++) {
		*to++ = i == 0 ? '(' : ',';
		to = native_dec(to, (int64_t)at[i], 3);
	}
	*to++ = ')';
	return to;
}

/* A measured interval, 1.25 .. 1.75. */
static char *put_seg(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_dec(to, (int64_t)idx, 2);
	to = native_puts(to, " .. ");
	return native_dec(to, (int64_t)idx + 50, 2);
}

static char *put_words(const struct native *n, uint64_t idx, const char *between, char *to)
{
	(void)n;
	to = native_letters(to, idx / NATIVE_LETTERS6, NATIVE_WORD);
	to = native_puts(to, between);
	return native_letters(to, idx % NATIVE_LETTERS6, NATIVE_WORD);
}

static char *put_lquery(const struct native *n, uint64_t idx, char *to)
{
	return native_puts(put_words(n, idx, ".", to), ".*");
}

static char *put_ltxtquery(const struct native *n, uint64_t idx, char *to)
{
	return put_words(n, idx, " & ", to);
}

static char *put_query_int(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_u64(to, idx / 1000);
	*to++ = '&';
	return native_u64(to, idx % 1000);
}

/*
 * Numbers of articles (isn): thirteen digits, of which the last is the check digit of EAN-13 (GS1
 * General Specifications, 7.9); the prefix says what they are of. The types of the extension for
 * shorter numbers take the long form too, where the prefix is their own.
 */
static char *put_article(
	const char *prefix, unsigned digits, const char *suffix, uint64_t idx, char *to)
{
	char *end = native_puts(native_digits(native_puts(to, prefix), idx, digits), suffix);
	unsigned sum = 0;

	for (unsigned i = 0; to + i < end; i++)
		sum += (unsigned)(to[i] - '0') * (i % 2 == 0 ? 1 : 3);
	*end = (char)('0' + (10 - sum % 10) % 10);
	return end + 1;
}

/* 789 is Brazil's. */
static char *put_ean13(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_article("789", 9, "", idx, to);
}

static char *put_isbn(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_article("97885", 7, "", idx, to);
}

static char *put_ismn(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_article("9790", 8, "", idx, to);
}

static char *put_issn(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_article("977", 7, "00", idx, to);
}

static char *put_upc(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return put_article("0", 11, "", idx, to);
}

/* ---- others -------------------------------------------------------------------------------- */

/* Addresses of 10.0.0.0/8 (RFC 1918), and of fd00::/8 (RFC 4193), which are private. */
static char *put_ip4(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_puts(to, "10.");
	to = native_u64(to, idx >> 16 & 255);
	*to++ = '.';
	to = native_u64(to, idx >> 8 & 255);
	*to++ = '.';
	return native_u64(to, idx & 255);
}

static char *put_ip4r(const struct native *n, uint64_t idx, char *to)
{
	return native_puts(put_ip4(n, idx << 8, to), "/24");
}

static char *put_ip6(const struct native *n, uint64_t idx, char *to)
{
	static const char hex[] = "0123456789abcdef";

	(void)n;
	to = native_puts(to, "fd00::1"); /* the digits after it need no leading zeros */
	for (unsigned i = 3; i-- > 0;)
		*to++ = hex[idx >> 4 * i & 15];
	*to++ = ':';
	*to++ = '1';
	for (unsigned i = 3; i-- > 0;)
		*to++ = hex[idx >> (12 + 4 * i) & 15];
	return to;
}

static char *put_ip6r(const struct native *n, uint64_t idx, char *to)
{
	return native_puts(put_ip6(n, idx, to), "/128");
}

static char *put_semver(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	to = native_u64(to, idx / 10000);
	*to++ = '.';
	to = native_u64(to, idx / 100 % 100);
	*to++ = '.';
	return native_u64(to, idx % 100);
}

static char *put_prefix(const struct native *n, uint64_t idx, char *to)
{
	(void)n;
	return native_digits(to, idx, 9);
}

/*
 * A vector of pgvector has as many dimensions as its typmod says. The first three determine the
 * index; the others are a hash of it.
 */
enum { DIMENSIONS = 3, WIDTH = 7 /* 0.1234, */ };

static uint32_t dimensions(const struct native *n)
{
	return n->base.typmod > 0 ? (uint32_t)n->base.typmod : DIMENSIONS;
}

static void init_vector(struct native *n)
{
	n->space = dimensions(n) >= DIMENSIONS ? UINT64_C(1000000000000) : 10000;
	n->max = 2 + dimensions(n) * WIDTH;
}

static char *put_vector(const struct native *n, uint64_t idx, char *to)
{
	uint64_t left = idx;

	for (uint32_t i = 0; i < dimensions(n); i++, left /= 10000) {
		uint64_t digits = i < DIMENSIONS ? left % 10000 : rng_at(i, idx) % 10000;

		*to++ = i == 0 ? '[' : ',';
		to = native_dec(to, (int64_t)digits, 4);
	}
	*to++ = ']';
	return to;
}

#define MILLIARD UINT64_C(1000000000)
#define MILLION	 UINT64_C(1000000)

const struct native_op gen_native_extension_leaves[] = {
	{PG_OTHER, "xid", MILLIARD, 20, true, false, NULL, put_number},
	{PG_OTHER, "xid8", MILLIARD, 20, true, true, NULL, put_number},
	{PG_OTHER, "cid", MILLIARD, 20, true, false, NULL, put_number},
	{PG_OTHER, "tid", MILLION, 20, false, true, NULL, put_tid},
	{PG_OTHER, "int2vector", MILLION, 20, false, false, NULL, put_numbers},
	{PG_OTHER, "oidvector", MILLION, 20, false, false, NULL, put_numbers},
	{PG_OTHER, "txid_snapshot", MILLIARD, 42, false, false, NULL, put_snapshot},
	{PG_OTHER, "pg_snapshot", MILLIARD, 42, false, false, NULL, put_snapshot},
	{PG_OTHER, "refcursor", NATIVE_LETTERS6, NATIVE_WORD, false, false, NULL, put_word},
	{PG_OTHER, "jsonpath", NATIVE_LETTERS6, NATIVE_WORD + 2, false, false, NULL, put_jsonpath},
	{PG_OTHER, "cube", NATIVE_GRID, 64, false, false, NULL, put_cube},
	{PG_DOMAIN, "earth", UINT64_C(1) * EARTH_STEPS *EARTH_STEPS, 64, false, false, NULL,
		put_earth},
	{PG_OTHER, "seg", MILLION, 48, false, false, NULL, put_seg},
	{PG_OTHER, "lquery", NATIVE_WORDS, 20, false, false, NULL, put_lquery},
	{PG_OTHER, "ltxtquery", NATIVE_WORDS, 20, false, false, NULL, put_ltxtquery},
	{PG_OTHER, "query_int", MILLION, 20, false, false, NULL, put_query_int},
	{PG_OTHER, "ean13", MILLIARD, 13, true, true, NULL, put_ean13},
	{PG_OTHER, "isbn", 10 * MILLION, 13, true, true, NULL, put_isbn},
	{PG_OTHER, "isbn13", 10 * MILLION, 13, true, true, NULL, put_isbn},
	{PG_OTHER, "ismn", 100 * MILLION, 13, true, true, NULL, put_ismn},
	{PG_OTHER, "ismn13", 100 * MILLION, 13, true, true, NULL, put_ismn},
	{PG_OTHER, "issn", 10 * MILLION, 13, true, true, NULL, put_issn},
	{PG_OTHER, "issn13", 10 * MILLION, 13, true, true, NULL, put_issn},
	{PG_OTHER, "upc", 100 * MILLIARD, 13, true, true, NULL, put_upc},
	{PG_OTHER, "ip4", 1 << 24, 20, true, true, NULL, put_ip4},
	{PG_OTHER, "ip4r", 1 << 16, 20, true, false, NULL, put_ip4r},
	{PG_OTHER, "ip6", 1 << 24, 20, true, false, NULL, put_ip6},
	{PG_OTHER, "ip6r", 1 << 24, 24, true, false, NULL, put_ip6r},
	{PG_OTHER, "ipaddress", 1 << 24, 20, true, false, NULL, put_ip4},
	{PG_OTHER, "iprange", 1 << 16, 20, true, false, NULL, put_ip4r},
	{PG_OTHER, "semver", MILLION, 20, true, true, NULL, put_semver},
	{PG_OTHER, "prefix_range", MILLIARD, 9, true, false, NULL, put_prefix},
	{PG_OTHER, "vector", 0, 0, false, false, init_vector, put_vector},
	{PG_OTHER, "halfvec", 0, 0, false, false, init_vector, put_vector},
	{0},
};
