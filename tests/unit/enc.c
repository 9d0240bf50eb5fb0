/* SPDX-License-Identifier: MIT */
/*
 * enc FORMAT: two rows of every type, the second with what has to be quoted, to stdout;
 * without an argument, texts of every length and every byte are checked.
 */
#include "common/codec/enc.h"

#include <stdio.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "tests/unit/check.h"

static const char *labels[] = {"novo", "a,b", "perdido"};
static struct pg_type types[] = {
	{.name = "bool", .cls = PG_BOOL},
	{.name = "int2", .cls = PG_INT2},
	{.name = "int8", .cls = PG_INT8},
	{.name = "numeric", .cls = PG_NUMERIC},
	{.name = "date", .cls = PG_DATE},
	{.name = "time", .cls = PG_TIME},
	{.name = "timestamp", .cls = PG_TIMESTAMP},
	{.name = "timestamptz", .cls = PG_TIMESTAMPTZ},
	{.name = "kind", .cls = PG_ENUM, .labels = labels, .nlabels = 3},
	{.name = "float4", .cls = PG_FLOAT4},
	{.name = "float8", .cls = PG_FLOAT8},
	{.name = "uuid", .cls = PG_UUID},
	{.name = "text", .cls = PG_TEXT},
	{.name = "bytea", .cls = PG_BYTEA},
	{.name = "jsonb", .cls = PG_JSONB},
};

static const enum vtype vtypes[] = {VT_BOOL, VT_INT, VT_INT, VT_DEC, VT_DATE, VT_TIME, VT_TS,
	VT_TSTZ, VT_ENUM, VT_F64, VT_F64, VT_UUID, VT_TEXT, VT_BYTES, VT_RAW};

enum { N = sizeof(types) / sizeof(types[0]) };

static const int64_t ordinals[][2] = {
	{1, 0},
	{-32768, 7},
	{INT64_MAX, -1},
	{-5, 1234567890123},
	{8825, -10958},
	{13 * CAL_HOUR + 5 * CAL_MINUTE, CAL_DAY - 1},
	{8825 * CAL_DAY + 1500000, -1},
	{8825 * CAL_DAY + CAL_HOUR, CAL_TS_POS_INF},
	{0, 1},
};

static const struct vtext texts[][2] = {
	{{"ol\303\241", 4}, {"say \"x\",\ty\\\n", 12}},
	{{"\0\377", 2}, {"", 0}},
	{{"{\"a\": 1}", 8}, {"[]", 2}},
};

static int write_all(enum data_format f, struct arena *a, struct err *e)
{
	struct enc_column cols[N + 1];
	struct vec v[N + 1];
	const struct vec *list[N + 1];
	struct buf b = BUF_INIT;
	struct enc *x = NULL;

	for (uint32_t i = 0; i <= N; i++) {
		uint32_t t = i < N ? i : 12; /* at the end a text that is NULL, and empty */
		char *name = arena_printf(a, "c%u", i);

		cols[i] = (struct enc_column){.name = name,
			.vec = i,
			.type = vtypes[t],
			.scale = vtypes[t] == VT_DEC ? 2 : 0,
			.base = {&types[t], -1}};
		if (name == NULL || !vec_init(&v[i], vtypes[t], a))
			return err_nomem(e);
		list[i] = &v[i];
		for (uint32_t r = 0; r < 2; r++) {
			if (i < 9)
				v[i].v.i[r] = ordinals[i][r];
			else if (vtypes[t] == VT_F64)
				v[i].v.f[r] = r == 0 ? 0.1 : 1e300 * 1e300;
			else if (vtypes[t] == VT_UUID)
				memset(&v[i].v.u[r], r == 0 ? 0x1a : 0xff, 16);
			else
				v[i].v.t[r] = i < N ? texts[i - 12][r] : (struct vtext){"", 0};
		}
	}
	vec_set_null(&v[N], 0);
	if (enc_open(&x, f, cols, N + 1, a, e) == -1)
		return -1;
	enc_header(x, &b);
	enc_rows(x, list, 2, &b);
	enc_trailer(x, &b);
	CHECK(buf_ok(&b) && fwrite(b.p, 1, b.n, stdout) == b.n);
	buf_free(&b);
	return 0;
}

/* What a reader of CSV makes of one field. */
static bool unquotes(const char *p, size_t n, const char *want, size_t nwant)
{
	size_t at = 0;

	if (n == 0 || p[0] != '"') {
		for (size_t i = 0; i < n; i++)
			if (p[i] == ',' || p[i] == '"' || p[i] == '\n' || p[i] == '\r')
				return false;
		return n == nwant && n > 0 && memcmp(p, want, n) == 0;
	}
	for (size_t i = 1; i < n - 1; i++, at++) {
		if (at >= nwant || p[i] != want[at])
			return false;
		i += p[i] == '"';
	}
	return at == nwant && p[n - 1] == '"';
}

/* Texts of every length up to 70, with each special byte at every place. */
static void quoting(struct arena *a)
{
	static const char special[] = ",\"\n\r\\x";
	const struct enc_column col = {.name = "t", .type = VT_TEXT, .base = {&types[12], -1}};
	struct err e = {.kind = ERR_NONE};
	struct enc *x = NULL;
	struct buf b = BUF_INIT;
	struct vec v;
	const struct vec *list[] = {&v};
	uint64_t bad = 0;

	CHECK(vec_init(&v, VT_TEXT, a) && enc_open(&x, DATA_CSV, &col, 1, a, &e) == 0);
	for (size_t n = 0; n < 70; n++)
		for (size_t at = 0; at < (n > 0 ? n : 1); at++)
			for (size_t s = 0; s < sizeof(special) - 1; s++) {
				char *exact = malloc(n + 1); /* so that a read beyond is seen */

				if (exact == NULL)
					return;
				memset(exact, 'a', n);
				if (n > 0)
					exact[at] = special[s];
				v.v.t[0] = (struct vtext){exact, n};
				buf_clear(&b);
				enc_rows(x, list, 1, &b);
				bad += !unquotes(b.p, b.n - 1, exact, n) || b.p[b.n - 1] != '\n';
				free(exact);
			}
	CHECK(bad == 0);
	buf_free(&b);
}

/* Texts of which something is known are written as any other, in every format. */
static void known_texts(struct arena *a)
{
	static const char bare[] =
		"Jo\303\243o da Silva Sauro e Irm\303\243os, de \"Tal\" \\ e Filhos";
	struct err e = {.kind = ERR_NONE};
	struct vec v;
	const struct vec *list[] = {&v};
	uint64_t bad = 0;

	CHECK(vec_init(&v, VT_TEXT, a));
	for (enum data_format f = 0; f < DATA_FILES; f++)
		for (unsigned known = 0; known <= (TEXT_ROOMY | TEXT_BARE); known++) {
			struct enc_column col = {
				.name = "t", .type = VT_TEXT, .base = {&types[12], -1}};
			struct enc *x = NULL, *plain = NULL;
			struct buf b = BUF_INIT, want = BUF_INIT;

			CHECK(enc_open(&plain, f, &col, 1, a, &e) == 0);
			col.texts = known;
			CHECK(enc_open(&x, f, &col, 1, a, &e) == 0);
			for (uint32_t n = (known & TEXT_BARE) != 0; n < sizeof(bare); n++) {
				char *p = arena_alloc(a, n + TEXT_ROOM);

				memcpy(p, bare, n);
				v.v.t[0] = (struct vtext){p, n};
				if ((known & TEXT_BARE) != 0 && !vtext_is_bare(&v.v.t[0]))
					continue;
				enc_rows(x, list, 1, &b);
				enc_rows(plain, list, 1, &want);
			}
			bad += b.n == 0 || b.n != want.n || memcmp(b.p, want.p, b.n) != 0;
			buf_free(&b);
			buf_free(&want);
		}
	CHECK(bad == 0);
}

/* The number of row ${i} of a block of numbers of every length, around each power of ten. */
static int64_t number(uint32_t i)
{
	int64_t v = num_pow10(i / 8 % 19);

	v += (int64_t)(i % 4) - 2;
	if (i % 4 == 3)
		v = (int64_t)(rng_at(1, i) % (uint64_t)v);
	return i / 4 % 2 == 0 ? v : -v;
}

/* Integers and decimals of all lengths and scales are what num_fmt_dec() makes of them, which
 * tests/unit/num.c holds against printf. */
static void numbers(struct arena *a)
{
	struct err e = {.kind = ERR_NONE};
	uint64_t bad = 0;

	for (uint8_t scale = 0; scale <= 18; scale++) {
		const bool whole = scale == 0;
		const struct enc_column col = {.name = "n",
			.type = whole ? VT_INT : VT_DEC,
			.scale = scale,
			.base = {&types[whole ? 2 : 3], -1}};
		struct enc *x = NULL;
		struct buf b = BUF_INIT;
		struct vec v;
		const struct vec *list[] = {&v};
		size_t at = 0;

		CHECK(vec_init(&v, col.type, a) && enc_open(&x, DATA_CSV, &col, 1, a, &e) == 0);
		v.scale = scale;
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			v.v.i[i] = number(i);
		enc_rows(x, list, VEC_BLOCK, &b);
		for (uint32_t i = 0; i < VEC_BLOCK; i++) {
			char want[NUM_MAX];
			size_t n = num_fmt_dec(want, v.v.i[i], scale);

			bad += b.n - at <= n || memcmp(b.p + at, want, n) != 0 ||
			       b.p[at + n] != '\n';
			at += n + 1;
		}
		CHECK(at == b.n);
		buf_free(&b);
	}
	CHECK(bad == 0);
}

/* The moment of row ${i}: about the ends of what years of four digits hold, and any other with
 * every number of zeros behind its seconds. */
static int64_t moment(uint32_t i)
{
	static const int64_t edges[] = {
		-730120, -730119, -730118, -1, 0, 1, 2921938, 2921939, 2921940};
	static const int64_t units[] = {1, 10, 100, 1000, 10000, 100000, CAL_SECOND, CAL_DAY};
	const uint32_t n = sizeof(edges) / sizeof(edges[0]);

	if (i < 3 * n)
		return edges[i / 3] * CAL_DAY + (int64_t)(i % 3) - 1;
	if (i < 3 * n + 4)
		return i % 2 == 0 ? CAL_TS_POS_INF : CAL_TS_NEG_INF;
	return (int64_t)(rng_at(2, i) % (6000 * CAL_DAY)) / units[i % 8] * units[i % 8];
}

/* Timestamps are what the calendar makes of them, which tests/unit/calendar.c holds against others.
 */
static void moments(struct arena *a)
{
	const struct enc_column col = {.name = "t", .type = VT_TS, .base = {&types[6], -1}};
	struct err e = {.kind = ERR_NONE};
	struct enc *x = NULL;
	struct buf b = BUF_INIT;
	struct vec v;
	const struct vec *list[] = {&v};
	size_t at = 0;
	uint64_t bad = 0;

	CHECK(vec_init(&v, VT_TS, a) && enc_open(&x, DATA_TEXT, &col, 1, a, &e) == 0);
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		v.v.i[i] = moment(i);
	enc_rows(x, list, VEC_BLOCK, &b);
	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		char want[CAL_MAX];
		size_t n = cal_fmt_ts(want, v.v.i[i], ' ');

		bad += b.n - at <= n || memcmp(b.p + at, want, n) != 0 || b.p[at + n] != '\n';
		at += n + 1;
	}
	CHECK(at == b.n && bad == 0);
	buf_free(&b);
}

int main(int argc, char **argv)
{
	struct arena a = ARENA_INIT;
	struct err e = {.kind = ERR_NONE};

	if (argc > 1) {
		if (write_all(data_format_named(argv[1]), &a, &e) == -1)
			fprintf(stderr, "%s\n", e.msg);
		arena_free(&a);
		return e.kind;
	}
	quoting(&a);
	known_texts(&a);
	numbers(&a);
	moments(&a);
	arena_free(&a);
	return check_done();
}
