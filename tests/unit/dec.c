/* SPDX-License-Identifier: MIT */
/* dec: the four forms give the same vectors, and what is wrong is told, never trusted. */
#include <stdint.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/codec/dec.h"
#include "common/codec/dec_in.h"
#include "common/io/file.h"
#include "tests/unit/check.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *labels[] = {"low", "high"};

static const struct pg_type int4 = {.name = "int4", .cls = PG_INT4};
static const struct pg_type int2 = {.name = "int2", .cls = PG_INT2};
static const struct pg_type numeric = {.name = "numeric", .cls = PG_NUMERIC};
static const struct pg_type varchar = {.name = "varchar", .cls = PG_VARCHAR};
static const struct pg_type bpchar = {.name = "bpchar", .cls = PG_BPCHAR};
static const struct pg_type text = {.name = "text", .cls = PG_TEXT};
static const struct pg_type boolean = {.name = "bool", .cls = PG_BOOL};
static const struct pg_type date = {.name = "date", .cls = PG_DATE};
static const struct pg_type stamp = {.name = "timestamp", .cls = PG_TIMESTAMP};
static const struct pg_type stamptz = {.name = "timestamptz", .cls = PG_TIMESTAMPTZ};
static const struct pg_type real8 = {.name = "float8", .cls = PG_FLOAT8};
static const struct pg_type uuid = {.name = "uuid", .cls = PG_UUID};
static const struct pg_type bytea = {.name = "bytea", .cls = PG_BYTEA};
static const struct pg_type json = {.name = "jsonb", .cls = PG_JSONB};
static const struct pg_type mood = {
	.name = "mood", .cls = PG_ENUM, .labels = labels, .nlabels = COUNT(labels)};

enum { ID, NUM, NAME, KIND, DAY };

static struct pg_column columns[] = {
	[ID] = {.name = "id", .type = &int4, .typmod = -1},
	[NUM] = {.name = "num", .type = &numeric, .typmod = 4 + (6 << 16 | 2)},
	[NAME] = {.name = "name", .type = &varchar, .typmod = 4 + 5},
	[KIND] = {.name = "kind", .type = &mood, .typmod = -1},
	[DAY] = {.name = "day", .type = &date, .typmod = -1},
};
static const struct pg_table table = {
	.schema = "s", .name = "t", .columns = columns, .ncolumns = COUNT(columns)};
static const uint32_t all[] = {0, 1, 2, 3, 4};

static const char *const codes[DEC_FAULTS] = {
	[DEC_FINE] = "fine",
	[DEC_BAD_VALUE] = "invalid_value",
	[DEC_OUT_OF_RANGE] = "out_of_range",
	[DEC_TOO_LONG] = "too_long",
	[DEC_BAD_LABEL] = "invalid_label",
	[DEC_BAD_UTF8] = "invalid_utf8",
	[DEC_ROUNDED] = "rounded",
	[DEC_BAD_ROW] = "invalid_row",
	[DEC_CUT] = "damaged_file",
	[DEC_NO_COLUMN] = "missing_column",
	[DEC_BEYOND] = "beyond",
	[DEC_EXTRA] = "extra_column",
};

/* What a decoder said, as "code row col; ..." */
struct said {
	char text[4096];
};

static void on_problem(void *ctx, const struct dec_problem *p)
{
	struct said *s = ctx;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s %llu %d; ", codes[p->fault],
		(unsigned long long)p->row, p->col);
}

static char *put(struct arena *a, const char *name, const void *p, size_t n)
{
	struct err e = {0};

	CHECK(file_replace(name, p, n, &e) == 0);
	return arena_strdup(a, name);
}

/* All rows of the first block as text, one line a row: what the vectors hold. */
static void show(const struct dec_block *b, char *to, size_t room)
{
	size_t n = 0;

	to[0] = '\0';
	for (uint32_t i = 0; i < b->n; i++) {
		for (uint32_t c = 0; c < COUNT(columns); c++) {
			const struct vec *v = b->cols[c];

			if (v == NULL)
				n += (size_t)snprintf(to + n, room - n, "|absent");
			else if (vec_is_null(v, i))
				n += (size_t)snprintf(to + n, room - n, "|%s",
					b->unreadable[c] != NULL && b->unreadable[c][i] ? "bad"
											: "null");
			else if (v->type == VT_TEXT)
				n += (size_t)snprintf(
					to + n, room - n, "|%.*s", (int)v->v.t[i].n, v->v.t[i].p);
			else
				n += (size_t)snprintf(
					to + n, room - n, "|%lld", (long long)v->v.i[i]);
		}
		n += (size_t)snprintf(to + n, room - n, "\n");
	}
}

static void decode(enum data_format f, const void *p, size_t n, const char *rows, const char *said)
{
	struct arena a = ARENA_INIT;
	struct said s = {""};
	struct err e = {0};
	const char *paths[] = {put(&a, "one", p, n)};
	struct dec_spec spec = {&table, f, all, COUNT(all), paths, 1, on_problem, &s};
	struct dec *d = dec_open(&spec, &e);
	struct dec_block b = {0};
	char got[4096] = "";

	CHECK(d != NULL);
	if (dec_next(d, &b, &e) == 1)
		show(&b, got, sizeof(got));
	CHECK_STR(got, rows);
	CHECK_STR(s.text, said);
	CHECK(dec_next(d, &b, &e) == 0);
	dec_close(d);
	arena_free(&a);
}

#define DECODE(f, in, rows, said) decode(f, in, sizeof(in) - 1, rows, said)

static const char four[] = "|1|1234|ana|0|0\n"
			   "|2|-50|a,\"b|1|1\n"
			   "|3|null||null|null\n"
			   "|-2147483648|999999|\xc3\xa7\xc3\xa3o |1|-1\n";

static void test_forms(void)
{
	DECODE(DATA_CSV,
		"id,num,name,kind,day\n1,12.34,ana,low,2000-01-01\n"
		"2,-0.5,\"a,\"\"b\",high,2000-01-02\n3,,\"\",,\n"
		"-2147483648,9999.99,\xc3\xa7\xc3\xa3o ,high,1999-12-31\n",
		four, "");
	DECODE(DATA_TEXT,
		"1\t12.34\tana\tlow\t2000-01-01\n2\t-0.5\ta,\"b\thigh\t2000-01-02\n"
		"3\t\\N\t\t\\N\t\\N\n-2147483648\t9999.99\t\xc3\xa7\xc3\xa3o \thigh\t1999-12-31\n",
		four, "");
	DECODE(DATA_JSONL,
		"{\"id\":1,\"num\":12.34,\"name\":\"ana\",\"kind\":\"low\",\"day\":\"2000-01-01\"}"
		"\n"
		"{\"day\":\"2000-01-02\",\"id\":\"2\",\"num\":\"-0.5\",\"name\":\"a,\\\"b\","
		"\"kind\":\"h\\u0069gh\"}\n"
		"{\"id\":3,\"num\":null,\"name\":\"\"}\n"
		"{\"id\":-2147483648,\"num\":9999.99,\"name\":\"\\u00e7\\u00e3o "
		"\",\"kind\":\"high\","
		"\"day\":\"1999-12-31\"}",
		four, "");
	DECODE(DATA_BINARY,
		"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
		"\0\5\0\0\0\4\0\0\0\1\0\0\0\14\0\2\0\0\0\0\0\2\0\14\15\110\0\0\0\3ana"
		"\0\0\0\3low\0\0\0\4\0\0\0\0"
		"\0\5\0\0\0\4\0\0\0\2\0\0\0\12\0\1\377\377\100\0\0\2\23\210\0\0\0\4a,\"b"
		"\0\0\0\4high\0\0\0\4\0\0\0\1"
		"\0\5\0\0\0\4\0\0\0\3\377\377\377\377\0\0\0\0\377\377\377\377\377\377\377\377"
		"\0\5\0\0\0\4\200\0\0\0\0\0\0\14\0\2\0\0\0\0\0\2\47\17\46\254"
		"\0\0\0\6\xc3\xa7\xc3\xa3o \0\0\0\4high\0\0\0\4\377\377\377\377"
		"\377\377",
		four, "");
}

/* Headers by name in any case and order, CRLF, columns that are missing or not ours. */
static void test_header(void)
{
	DECODE(DATA_CSV, "Day,x,ID,NAME,\"num\"\r\n2000-01-03,9,7,\"a\nb\",1\r\n",
		"|7|100|a\nb|absent|2\n", "missing_column 0 3; extra_column 0 -1; ");
	DECODE(DATA_CSV, "id,num,name,kind,day\n", "", "");
	DECODE(DATA_CSV, "", "", "");
}

static void test_faults(void)
{
	DECODE(DATA_CSV,
		"id,num,name,kind,day\n"
		"x,1,a,low,2000-01-01\n"	  /* 1 */
		"2147483648,1,a,low,2000-01-01\n" /* 2 */
		"3,12345.67,a,low,2000-01-01\n"	  /* 3 */
		"4,1.005,abcdef,low,2000-02-30\n" /* 4 */
		"5,1,abcde  ,middle,2000-01-01\n" /* 5: blanks are cut */
		"6,1,a\xff,low,2000-01-01\n"	  /* 6 */
		"7,1,a,low\n"			  /* 7 */
		"8,1,a,low,2000-01-01,9\n"	  /* 8 */
		" 9 ,1e2,a,high,infinity\n",	  /* 9 */
		"|bad|100|a|0|0\n|bad|100|a|0|0\n|3|bad|a|0|0\n|4|101|bad|0|bad\n"
		"|5|100|abcde|bad|0\n|6|100|bad|0|0\n|bad|bad|bad|bad|bad\n|bad|bad|bad|bad|bad\n"
		"|9|10000|a|1|2147483647\n",
		"invalid_value 1 0; out_of_range 2 0; out_of_range 3 1; rounded 4 1; too_long 4 2; "
		"invalid_value 4 4; invalid_label 5 3; invalid_utf8 6 2; invalid_row 7 -1; "
		"invalid_row 8 -1; ");
	DECODE(DATA_CSV, "id,num,name,kind,day\n1,\"2,x", "|bad|bad|bad|bad|bad\n",
		"damaged_file 1 -1; ");
	DECODE(DATA_JSONL, "{\"id\":1}\n{\"id\":2\n[]\n{\"no\":1}\n{\"id\":01}\n",
		"|1|null|null|null|null\n|bad|bad|bad|bad|bad\n|bad|bad|bad|bad|bad\n"
		"|bad|bad|bad|bad|bad\n|bad|bad|bad|bad|bad\n",
		"invalid_row 2 -1; invalid_row 3 -1; invalid_row 4 -1; invalid_row 5 -1; ");
	DECODE(DATA_BINARY, "not what COPY writes", "|bad|bad|bad|bad|bad\n",
		"damaged_file 1 -1; ");
	DECODE(DATA_TEXT, "1\t1\ta\\tb\\x41\\101\tlow\t\\N\n\\.\n", "|1|100|a\tbAA|0|null\n", "");
}

/* Every prefix of a binary file ends in a report, not in a crash. */
static void test_cuts(void)
{
	static const char whole[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
				    "\0\5\0\0\0\4\0\0\0\1\0\0\0\14\0\2\0\0\0\0\0\2\0\14\15\110"
				    "\0\0\0\3ana\0\0\0\3low\0\0\0\4\0\0\0\0\377\377";
	struct arena a = ARENA_INIT;

	for (size_t n = 1; n < sizeof(whole) - 1; n++)
		for (int flip = -1; flip < 8; flip++) {
			char bytes[sizeof(whole)];
			struct said s = {""};
			struct err e = {0};
			const char *paths[1];
			struct dec_spec spec = {
				&table, DATA_BINARY, all, COUNT(all), paths, 1, on_problem, &s};
			struct dec_block b;
			struct dec *d;

			memcpy(bytes, whole, sizeof(whole));
			if (flip >= 0)
				bytes[n] = (char)(bytes[n] ^ 1 << flip);
			paths[0] = put(&a, "one", bytes, flip >= 0 ? sizeof(whole) - 1 : n);
			d = dec_open(&spec, &e);
			while (dec_next(d, &b, &e) == 1)
				;
			if (flip < 0)
				CHECK(n == 19 || n == sizeof(whole) - 3 || s.text[0] != '\0');
			dec_close(d);
			arena_reset(&a);
		}
	arena_free(&a);
}

/* 5,000 rows in three shards are one table; blocks are full; row numbers go on. */
static void test_shards(void)
{
	struct arena a = ARENA_INIT;
	struct buf b[3] = {BUF_INIT, BUF_INIT, BUF_INIT};
	struct said s = {""};
	struct err e = {0};
	const char *names[] = {"s0", "s1", "s2"}, *paths[3];
	struct dec_spec spec = {&table, DATA_CSV, all, COUNT(all), paths, 3, on_problem, &s};
	struct dec_block block;
	struct dec *d;
	uint64_t rows = 0, sum = 0;

	buf_adds(&b[0], "id,num,name,kind,day\n");
	for (int i = 0; i < 5000; i++)
		buf_addf(&b[i / 2000], "%d,1,n%d,low,%s\n", i, i % 1000,
			i == 4321 ? "never" : "2000-01-01");
	for (int i = 0; i < 3; i++)
		paths[i] = put(&a, names[i], b[i].p, b[i].n);
	d = dec_open(&spec, &e);
	while (dec_next(d, &block, &e) == 1) {
		CHECK(block.row0 == rows);
		CHECK(block.n == VEC_BLOCK || rows + block.n == 5000);
		for (uint32_t i = 0; i < block.n; i++)
			sum += (uint64_t)block.cols[ID]->v.i[i];
		rows += block.n;
	}
	CHECK(rows == 5000);
	CHECK(sum == 4999 * 2500);
	CHECK_STR(s.text, "invalid_value 4322 4; ");
	dec_close(d);
	paths[1] = "absent";
	d = dec_open(&spec, &e);
	while (dec_next(d, &block, &e) == 1)
		;
	CHECK(e.kind == ERR_INPUT);
	dec_close(d);
	for (int i = 0; i < 3; i++)
		buf_free(&b[i]);
	arena_free(&a);
}

/* A file of one cell, in one of the forms: what is said of it, and the value that is read. */
struct cell {
	const struct pg_type *type;
	int32_t typmod;
	const char *bytes;
	uint32_t n; /* of bytes, in COPY BINARY */
	enum dec_fault fault;
	int64_t value; /* of an ordinal */
};

static void check_cell(const struct cell *cell, enum data_format form, const struct buf *file)
{
	struct pg_column c = {.name = "c", .type = cell->type, .typmod = cell->typmod};
	struct pg_table t = {.schema = "s", .name = "t", .columns = &c, .ncolumns = 1};
	struct arena a = ARENA_INIT;
	struct said s = {""};
	struct err e = {0};
	const char *paths[] = {put(&a, "one", file->p, file->n)};
	struct dec_spec spec = {&t, form, all, 1, paths, 1, on_problem, &s};
	struct dec_block block = {0};
	struct dec *d = dec_open(&spec, &e);
	bool right;

	CHECK(dec_next(d, &block, &e) == 1 && block.n == 1);
	right = cell->fault == DEC_FINE ? s.text[0] == '\0'
					: strstr(s.text, codes[cell->fault]) != NULL;
	CHECK(right);
	if (!right)
		fprintf(stderr, "%s, cell of %u bytes \"%s\": \"%s\"\n", cell->type->name,
			(unsigned)cell->n, cell->bytes, s.text);
	if (s.text[0] == '\0' && vec_is_ordinal(block.cols[0]->type))
		CHECK(block.cols[0]->v.i[0] == cell->value);
	dec_close(d);
	arena_free(&a);
}

/* Every other type, one cell each: accepted, and refused. */
static const struct cell text_cells[] = {
	{&boolean, -1, "true", 0, DEC_FINE, 1},
	{&boolean, -1, " OFF ", 0, DEC_FINE, 0},
	{&boolean, -1, "o", 0, DEC_BAD_VALUE, 0},
	{&boolean, -1, "2", 0, DEC_BAD_VALUE, 0},
	{&int2, -1, "-32768", 0, DEC_FINE, -32768},
	{&int2, -1, "32768", 0, DEC_OUT_OF_RANGE, 0},
	{&int4, -1, "1.5", 0, DEC_BAD_VALUE, 0},
	{&numeric, -1, "12.345", 0, DEC_BEYOND, 0},
	{&numeric, -1, "1e20", 0, DEC_BEYOND, 0},
	{&numeric, -1, "NaN", 0, DEC_BEYOND, 0},
	{&numeric, (6 << 16 | 1) + 4, "12.345", 0, DEC_ROUNDED, 123},
	{&numeric, (6 << 16 | 1) + 4, "1e20", 0, DEC_OUT_OF_RANGE, 0},
	{&numeric, (30 << 16 | 1) + 4, "1e20", 0, DEC_BEYOND, 0},
	{&numeric, -1, "12.30", 0, DEC_FINE, 1230},
	{&numeric, -1, "a", 0, DEC_BAD_VALUE, 0},
	{&real8, -1, "1e400", 0, DEC_BAD_VALUE, 0},
	{&real8, -1, "-Infinity", 0, DEC_FINE, 0},
	{&text, -1, "anything at all", 0, DEC_FINE, 0},
	{&bpchar, 4 + 2, "ab   ", 0, DEC_FINE, 0},
	{&bpchar, 4 + 2, "abc", 0, DEC_TOO_LONG, 0},
	{&date, -1, "2000-13-01", 0, DEC_BAD_VALUE, 0},
	{&stamp, -1, "2000-01-01 00:00:01", 0, DEC_FINE, CAL_SECOND},
	{&stamp, 3, "2000-01-01T00:00:00.0015", 0, DEC_ROUNDED, 2000},
	{&stamptz, -1, "2000-01-01 01:00:00+01", 0, DEC_FINE, 0},
	{&stamptz, -1, "yesterday", 0, DEC_BAD_VALUE, 0},
	{&uuid, -1, "{123e4567-e89b-12d3-a456-426614174000}", 0, DEC_FINE, 0},
	{&uuid, -1, "123e4567-e89b-12d3-a456-42661417400", 0, DEC_BAD_VALUE, 0},
	{&uuid, -1, "123e4567-e89b-12d3-a456-42661417400g", 0, DEC_BAD_VALUE, 0},
	{&bytea, -1, "\\x00fF", 0, DEC_FINE, 0},
	{&bytea, -1, "\\x0", 0, DEC_BAD_VALUE, 0},
	{&bytea, -1, "\\\\a\\001", 0, DEC_FINE, 0},
	{&json, -1, " [1, {\"a\" : [true, null, -0.5e3]}] ", 0, DEC_FINE, 0},
	{&json, -1, "[1,]", 0, DEC_BAD_VALUE, 0},
	{&json, -1, "{\"a\" 1}", 0, DEC_BAD_VALUE, 0},
	{&json, -1, "", 0, DEC_BAD_VALUE, 0},
	{&mood, -1, "lo", 0, DEC_BAD_LABEL, 0},
};

static void test_types(void)
{
	for (size_t i = 0; i < COUNT(text_cells); i++) {
		struct buf b = BUF_INIT;

		buf_adds(&b, "c\n\"");
		for (const char *p = text_cells[i].bytes; *p != '\0'; p++)
			buf_addf(&b, *p == '"' ? "\"\"" : "%c", *p);
		buf_adds(&b, "\"\n");
		check_cell(&text_cells[i], DATA_CSV, &b);
		buf_free(&b);
	}
}

/* Names and texts with escapes; half of a pair of UTF-16 is no character. */
static void test_json_escapes(void)
{
	DECODE(DATA_JSONL, "{\"\\u0069d\":1,\"name\":\"\\u20ac\\ud83d\\ude00\\n\\/\\\"\"}\n",
		"|1|null|\xe2\x82\xac\xf0\x9f\x98\x80\n/\"|null|null\n", "");
	DECODE(DATA_JSONL, "{\"id\":1,\"name\":\"\\ud83d\"}\n{\"id\":2,\"name\":\"\\ud83dx\"}\n",
		"|1|null|bad|null|null\n|2|null|bad|null|null\n",
		"invalid_utf8 1 2; invalid_utf8 2 2; ");
	DECODE(DATA_JSONL, "{\"id\":1,\"name\":\"\\u12g4\"}\n", "|bad|bad|bad|bad|bad\n",
		"invalid_row 1 -1; ");
}

static const struct pg_type real4 = {.name = "float4", .cls = PG_FLOAT4};
static const struct pg_type oid = {.name = "oid", .cls = PG_OID};
static const struct pg_type time = {.name = "time", .cls = PG_TIME};
/* Cells of COPY BINARY: of the width that their type has, and within its range. */
static const struct cell binary_cells[] = {
	{&boolean, -1, "\1", 1, DEC_FINE, 1},
	{&boolean, -1, "\2", 1, DEC_FINE, 1}, /* as boolrecv() takes it */
	{&boolean, -1, "\0\1", 2, DEC_BAD_VALUE, 0}, {&int2, -1, "\377\376", 2, DEC_FINE, -2},
	{&int2, -1, "\0\0\0\1", 4, DEC_BAD_VALUE, 0},
	{&oid, -1, "\377\377\377\377", 4, DEC_FINE, UINT32_MAX},
	{&date, -1, "\177\377\377\377", 4, DEC_FINE, CAL_DATE_POS_INF},
	{&date, -1, "\177\377\377\376", 4, DEC_OUT_OF_RANGE, 0},
	{&time, -1, "\0\0\0\0\0\17\102\100", 8, DEC_FINE, CAL_SECOND},
	{&time, -1, "\377\377\377\377\377\377\377\377", 8, DEC_OUT_OF_RANGE, 0},
	{&stamp, -1, "\177\377\377\377\377\377\377\376", 8, DEC_OUT_OF_RANGE, 0},
	{&stamptz, 0, "\0\0\0\0\0\0\0\1", 8, DEC_ROUNDED, 0},
	{&real4, -1, "\77\200\0\0", 4, DEC_FINE, 0},
	{&real8, -1, "\77\200\0\0", 4, DEC_BAD_VALUE, 0},
	{&uuid, -1, "0123456789abcdef", 16, DEC_FINE, 0},
	{&uuid, -1, "0123456789abcde", 15, DEC_BAD_VALUE, 0},
	{&bytea, -1, "\0\377", 2, DEC_FINE, 0}, {&json, -1, "\1{}", 3, DEC_FINE, 0},
	{&json, -1, "\2{}", 3, DEC_BAD_VALUE, 0}, {&json, -1, "", 0, DEC_BAD_VALUE, 0},
	{&mood, -1, "high", 4, DEC_FINE, 1}, {&mood, -1, "hi", 2, DEC_BAD_LABEL, 0},
	/* numeric: digits of base 10,000, weight, sign, decimals */
	{&numeric, -1, "\0\1\0\0\100\0\0\0\0\7", 10, DEC_FINE, -700},
	{&numeric, -1, "\0\1\377\377\0\0\0\2\0\144", 10, DEC_FINE, 1},
	{&numeric, -1, "\0\0\0\0\0\0\0\0", 8, DEC_FINE, 0},
	{&numeric, -1, "\0\0\0\0\300\0\0\0", 8, DEC_BEYOND, 0},
	{&numeric, -1, "\0\0\0\0\320\0\0\0", 8, DEC_BEYOND, 0},
	{&numeric, (6 << 16 | 1) + 4, "\0\0\0\0\320\0\0\0", 8, DEC_OUT_OF_RANGE, 0},
	{&numeric, -1, "\0\1\0\5\0\0\0\0\0\1", 10, DEC_BEYOND, 0},
	{&numeric, (6 << 16 | 1) + 4, "\0\2\0\0\0\0\0\2\0\1\11\304", 12, DEC_ROUNDED, 13},
	{&numeric, -1, "\0\1\0\0\0\0\0\0\47\20", 10, DEC_BAD_VALUE, 0}, /* digit 10000 */
	{&numeric, -1, "\0\2\0\0\0\0\0\0\0\1", 10, DEC_BAD_VALUE, 0},	/* a digit less */
	{&numeric, -1, "\0\0\0\0\1\0\0\0", 8, DEC_BAD_VALUE, 0},	/* no such sign */
};

static void test_binary_cells(void)
{
	for (size_t i = 0; i < COUNT(binary_cells); i++) {
		const struct cell *c = &binary_cells[i];
		const char head[] = {0, 1, 0, 0, 0, (char)c->n};
		struct buf b = BUF_INIT;

		buf_add(&b, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
		buf_add(&b, head, sizeof(head));
		buf_add(&b, c->bytes, c->n);
		buf_add(&b, "\377\377", 2);
		check_cell(c, DATA_BINARY, &b);
		buf_free(&b);
	}
}

int main(int argc, char **argv)
{
	CHECK(argc > 1 && chdir(argv[1]) == 0);
	test_forms();
	test_header();
	test_faults();
	test_cuts();
	test_shards();
	test_types();
	test_json_escapes();
	test_binary_cells();
	return check_done();
}
