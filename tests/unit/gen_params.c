/* SPDX-License-Identifier: MIT */
/* Parameters of generators: those that are meant, and a sentence for those that cannot be. */
#include "tests/unit/gen_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Prepares a generator with parameters that are written as JSON. */
static int prepare(struct gen_fix *f, const char *id, const char *params)
{
	fix_given(f, params);
	return fix_prepare(f, id);
}

/* ---- what cannot be ------------------------------------------------------------------------- */

#define VARCHAR(n)    PG_VARCHAR, (n) + 4
#define NUMERIC(p, s) PG_NUMERIC, ((p) << 16 | (s)) + 4

static const struct {
	const char *id;
	enum pg_class cls;
	int32_t typmod;
	const char *params, *msg;
} cannot[] = {
	{"primitive.text", PG_TEXT, -1, "{\"min_len\": -1}", "parameter min_len must be 0 or more"},
	{"primitive.text", PG_TEXT, -1, "{\"min_len\": 9, \"max_len\": 8}",
		"parameter min_len is greater than max_len"},
	{"primitive.text", PG_TEXT, -1, "{\"min_len\": 10001}",
		"parameter min_len must be 10000 or less"},
	{"primitive.text", PG_TEXT, -1, "{\"max_repeat\": 0}",
		"parameter max_repeat must be 1 or more"},
	{"primitive.text", VARCHAR(5), "{\"max_len\": 6}",
		"max_len 6 is more than the 5 characters the column holds"},
	{"primitive.text", PG_TEXT, -1, "{\"charset\": \"\"}",
		"parameter charset must be 1 character or more"},
	{"primitive.text", PG_TEXT, -1, "{\"charset\": \"ab\", \"pattern\": \"[ab]\"}",
		"parameters pattern and charset exclude one another"},
	{"primitive.text.pattern", PG_TEXT, -1, "{}", "parameter pattern is required (a string)"},
	{"primitive.text.pattern", PG_TEXT, -1, "{\"pattern\": \"(\"}",
		"regular expression: group without ) at character 2"},
	{"primitive.text.lorem", PG_TEXT, -1, "{\"words\": -1}",
		"parameter words must be 0 or more"},
	{"primitive.text.lorem", PG_TEXT, -1, "{\"words\": 0}", "no words only with allow_empty"},
	{"primitive.text.lorem", VARCHAR(9), "{\"words\": 9}", "9 words do not fit 9 characters"},
	{"primitive.text.lorem", PG_TEXT, -1, "{\"words\": 2, \"min_len\": 90}",
		"2 words do not always make 90 characters"},
	{"primitive.int", PG_INT4, -1, "{\"min\": 2, \"max\": 1}",
		"parameter min is greater than max"},
	{"primitive.int.sequence_hint", PG_INT4, -1, "{\"step\": 0}",
		"parameter step must be other than 0"},
	{"primitive.int.sequence_hint", PG_INT2, -1, "{\"start\": 40000}",
		"its start is outside what the column's type, checks and max allow"},
	{"primitive.decimal.numeric", NUMERIC(5, 2), "{\"scale\": -1}",
		"parameter scale must be 0 or more"},
	{"primitive.float", PG_FLOAT8, -1, "{\"min\": 2.5, \"max\": 1}",
		"parameter min is greater than max"},
	{"primitive.date", PG_DATE, -1, "{\"min\": \"2024-02-30\"}",
		"parameter min must be a date (YYYY-MM-DD)"},
	{"primitive.time", PG_TIME, -1, "{\"min\": \"25:00:00\"}",
		"parameter min must be a time (HH:MM:SS)"},
	{"primitive.timestamp", PG_TIMESTAMP, -1, "{\"max\": \"infinity\"}",
		"parameter max must be a timestamp (YYYY-MM-DDTHH:MM:SS)"},
	{"primitive.text", PG_TEXT, -1, "{\"max_repeat\": 10001, \"pattern\": \"a\"}",
		"parameter max_repeat must be 10000 or less"},
	{"primitive.date", PG_DATE, -1, "{\"min\": \"2024-02-02\", \"max\": \"2024-02-01\"}",
		"parameter min is greater than max"},
	{"primitive.shares", PG_TEXT, -1, "{\"choices\": [{\"value\": \"a\", \"weight\": 0}]}",
		"parameter choices must be an array of {value, weight}"},
	{"primitive.shares", PG_TEXT, -1, "{\"choices\": []}",
		"parameter choices must be an array of {value, weight}"},
};

static void what_a_generator_cannot_do_is_said_in_a_sentence(void)
{
	for (size_t i = 0; i < COUNT(cannot); i++) {
		struct gen_fix f;
		size_t n = strlen(cannot[i].id);

		fix_column(&f, cannot[i].cls, cannot[i].typmod);
		CHECK(prepare(&f, cannot[i].id, cannot[i].params) == -1 && f.e.kind == ERR_NO);
		CHECK(strncmp(f.e.msg, cannot[i].id, n) == 0 && strncmp(f.e.msg + n, ": ", 2) == 0);
		CHECK_STR(f.e.msg + n + 2, cannot[i].msg);
		fix_free(&f);
	}
}

/* ---- choices of every type ---------------------------------------------------------------------
 */

/* A choice's value is read as the column's type; 0 in ${value} of what is no integer. */
static void a_choice_is_a_value_of_the_column_s_type(void)
{
	static const char *labels[] = {"low", "high"};
	static const struct {
		enum pg_class cls;
		int32_t typmod;
		const char *good, *bad;
		int64_t value;
	} all[] = {
		{PG_BOOL, -1, "true", "yes", 1},
		{PG_BOOL, -1, "false", "TRUE", 0},
		{PG_INT2, -1, "-32768", "32768", -32768},
		{PG_INT4, -1, "7", "7.0", 7},
		{NUMERIC(5, 2), "-1.50", "1000.00", -150},
		{PG_DATE, -1, "2000-01-03", "2000-02-30", 2},
		{PG_TIME, -1, "00:00:01", "24:00:01", CAL_SECOND},
		{PG_TIMESTAMP, -1, "2000-01-02 00:00:00", "soon", CAL_DAY},
		{PG_TIMESTAMPTZ, -1, "2000-01-01 01:00:00+01", "soon", 0},
		{PG_ENUM, -1, "high", "hig", 1},
		{PG_FLOAT8, -1, "0.5", "half", 0},
		{VARCHAR(3), "abc", "abcd", 0},
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct gen_fix f;
		char params[200];
		uint64_t rows = 0;
		struct vec v;

		fix_column(&f, all[i].cls, all[i].typmod);
		f.type.labels = labels;
		f.type.nlabels = 2;
		(void)snprintf(params, sizeof(params),
			"{\"choices\": [{\"value\": \"%s\", \"weight\": 0.5}]}", all[i].good);
		CHECK(prepare(&f, "primitive.shares", params) == 0);
		CHECK(vec_init(&v, f.c.type, &f.a));
		CHECK(f.g.op->tally(&f.g, 0, &v, 0, &rows) && rows == f.c.rows);
		CHECK(!f.g.op->tally(&f.g, 1, &v, 0, &rows));
		if (v.type == VT_TEXT)
			CHECK(v.v.t[0].n == 3 && memcmp(v.v.t[0].p, "abc", 3) == 0);
		else
			CHECK(v.type == VT_F64 ? v.v.f[0] == 0.5 : v.v.i[0] == all[i].value);
		buf_free(&f.packed);
		(void)snprintf(params, sizeof(params),
			"{\"choices\": [{\"value\": \"%s\", \"weight\": 1}]}", all[i].bad);
		CHECK(prepare(&f, "primitive.shares", params) == -1);
		CHECK_STR(f.e.msg, "primitive.shares: the column cannot hold choice 0");
		fix_free(&f);
	}
}

/* What the checks of the column exclude is no choice either. */
static void a_choice_passes_the_column_s_checks(void)
{
	static int64_t set[] = {1, 2}, not_set[] = {2};
	static const char choice[] = "{\"choices\": [{\"value\": \"%d\", \"weight\": 1}]}";

	for (int n = 1; n <= 3; n++) {
		struct gen_fix f;
		char params[100];

		fix_column(&f, PG_INT4, -1);
		f.c.dom = &f.dom;
		f.dom.set = set;
		f.dom.nset = 2;
		f.dom.not_set = not_set;
		f.dom.nnot = 1;
		(void)snprintf(params, sizeof(params), choice, n);
		CHECK(prepare(&f, "primitive.shares", params) == (n == 1 ? 0 : -1));
		fix_free(&f);
	}
}

int main(void)
{
	a_choice_is_a_value_of_the_column_s_type();
	a_choice_passes_the_column_s_checks();
	what_a_generator_cannot_do_is_said_in_a_sentence();
	return check_done();
}
