/* SPDX-License-Identifier: MIT */
#include "tests/unit/gen_fixture.h"

/*
 * Values of a shape, from evenly spread indexes of fixed number: what comes out is the
 * same on every machine, and ranks are those of the distribution.
 */
enum { N = 20000 };

static double value[N];

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double of_units(const struct vec *v, uint32_t i)
{
	double x = v->type == VT_F64 ? v->v.f[i] : (double)v->v.i[i];

	for (unsigned k = 0; v->type == VT_DEC && k < v->scale; k++)
		x /= 10;
	return x;
}

/* N values in order. */
static void draw(struct gen_fix *f)
{
	struct vec v;

	CHECK(vec_init(&v, f->c.type, &f->a));
	v.scale = f->c.scale;
	for (uint32_t at = 0; at < N; at += VEC_BLOCK) {
		uint64_t idx[VEC_BLOCK];
		struct gen_heap h = GEN_HEAP_INIT;
		uint32_t n = N - at < VEC_BLOCK ? N - at : VEC_BLOCK;

		v.n = n;
		for (uint32_t i = 0; i < n; i++)
			idx[i] = (uint64_t)((unsigned __int128)f->g.space * (2 * (at + i) + 1) /
					    (2 * N));
		f->g.op->value(&f->g, idx, n, &v, &h);
		for (uint32_t i = 0; i < n; i++)
			value[at + i] = of_units(&v, i);
	}
	qsort(value, N, sizeof(value[0]), by_value);
}

/* A column, parameters as JSON; whether it could be prepared. */
static bool make(
	struct gen_fix *f, enum pg_class cls, int32_t typmod, const char *id, const char *params)
{
	fix_column(f, cls, typmod);
	f->c.distinct = false;
	f->c.dom = &f->dom;
	fix_given(f, params);
	return fix_prepare(f, id) == 0;
}

static int count(double x)
{
	int n = 0;

	for (uint32_t i = 0; i < N; i++)
		n += value[i] >= x && value[i] <= x;
	return n;
}

/* Three values by weight; what a check excludes is not drawn, and the rest keeps its weights. */
static void choices_are_by_weight(void)
{
	static const char list[] = "{\"choices\": [{\"value\": 3, \"weight\": 6}, {\"value\": 7, "
				   "\"weight\": 3}, {\"value\": 9, \"weight\": 1}]}";
	struct gen_fix f;

	CHECK(make(&f, PG_INT4, -1, "primitive.choice", list));
	draw(&f);
	CHECK(count(3) > N * 58 / 100 && count(3) < N * 62 / 100);
	CHECK(count(9) > N * 8 / 100 && count(9) < N * 12 / 100);
	f.dom.has_hi = true;
	f.dom.hi = 8;
	CHECK(fix_prepare(&f, "primitive.choice") == 0);
	draw(&f);
	CHECK(count(9) == 0 && count(3) > N * 64 / 100 && count(3) < N * 69 / 100);
	f.dom.hi = 2;
	CHECK(fix_prepare(&f, "primitive.choice") == -1);
	CHECK_STR(f.e.msg, "primitive.choice: the column's checks allow none of its choices");
	f.dom.has_hi = false;
	f.c.distinct = true;
	CHECK(fix_prepare(&f, "primitive.choice") == -1);
	f.c.unique = true;
	CHECK(fix_prepare(&f, "primitive.choice") == -1);
	CHECK_STR(f.e.msg, "primitive.choice cannot promise distinct values for a unique column");
	fix_free(&f);
}

static void choices_that_weigh_the_same_may_be_of_a_key(void)
{
	struct gen_fix f;

	CHECK(make(&f, PG_INT4, -1, "primitive.choice",
		"{\"choices\": [{\"value\": 3, \"weight\": 2}, {\"value\": 7, \"weight\": 2}, "
		"{\"value\": 3, \"weight\": 2}]}"));
	f.c.distinct = true;
	CHECK(fix_prepare(&f, "primitive.choice") == 0 && f.g.space == 2);
	fix_free(&f);
}

/* ---- primitive.number ---------------------------------------------------------------------- */

static bool near(double x, double y, double share)
{
	double far = x > y ? x - y : y - x;

	return far <= (y < 0 ? -y : y) * share + 1e-9;
}

enum { NUMERIC_12_2 = (12 << 16 | 2) + 4, NUMERIC_5_2 = (5 << 16 | 2) + 4 };

/* Median, 90th percentile and least value, by rank, on every type that has numbers. */
static void numbers_have_their_median_and_p90(void)
{
	static const struct {
		enum pg_class cls;
		int32_t typmod;
		const char *params;
		double median, p90, least;
	} asked[] = {
		{PG_NUMERIC, NUMERIC_12_2,
			"{\"shape\": \"lognormal\", \"median\": 79.9, \"p90\": 400, \"min\": 1}",
			79.9, 400, 1},
		{PG_INT4, -1,
			"{\"shape\": \"lognormal\", \"median\": 4200, \"p90\": 15000, \"min\": "
			"1200, "
			"\"step\": 50}",
			4779, 15950, 1200},
		{PG_INT8, -1, "{\"shape\": \"lognormal\", \"median\": 100000, \"p90\": 5000000}",
			100000, 5000000, 0},
		{PG_FLOAT8, -1,
			"{\"shape\": \"normal\", \"median\": 36.6, \"p90\": 37.6, \"min\": 33}",
			36.6, 37.6, 33},
		{PG_FLOAT4, -1,
			"{\"shape\": \"normal\", \"median\": 0.5, \"p90\": 0.8, \"min\": 0}", 0.505,
			0.802, 0},
		{PG_INT2, -1,
			"{\"shape\": \"normal\", \"median\": 170, \"p90\": 183, \"min\": 140, "
			"\"max\": "
			"210}",
			170, 183, 140},
		{PG_INT4, -1, "{\"shape\": \"geometric\", \"mean\": 3}", 2, 6, 1},
		{PG_NUMERIC, NUMERIC_12_2, "{\"shape\": \"geometric\", \"mean\": 101, \"min\": 1}",
			70, 232, 1},
		{PG_INT4, -1, "{\"shape\": \"uniform\", \"min\": 1, \"max\": 999}", 500, 900, 1},
		{PG_FLOAT8, -1, "{\"min\": 0, \"max\": 1}", 0.5, 0.9, 0},
		{PG_INT4, -1, "{\"shape\": \"zipf\", \"max\": 999}", 31, 501, 1},
	};

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct gen_fix f;

		CHECK(make(&f, asked[i].cls, asked[i].typmod, "primitive.number", asked[i].params));
		draw(&f);
		CHECK(near(value[N / 2], asked[i].median, 0.02));
		CHECK(near(value[N / 10 * 9], asked[i].p90, 0.02));
		CHECK(value[0] >= asked[i].least);
		fix_free(&f);
	}
}

/* What type and checks leave is cut off: nothing heaps up there. */
static void numbers_are_cut_not_moved(void)
{
	struct gen_fix f;
	int at_end;

	CHECK(make(&f, PG_NUMERIC, NUMERIC_5_2, "primitive.number",
		"{\"shape\": \"lognormal\", \"median\": 500, \"p90\": 3000}"));
	f.dom.has_lo = true;
	f.dom.lo = 10000;
	CHECK(fix_prepare(&f, "primitive.number") == 0);
	draw(&f);
	CHECK(value[0] >= 100 && value[N - 1] <= 999.99 && value[N / 2] < 450);
	at_end = 0;
	for (uint32_t i = 0; i < N; i++)
		at_end += value[i] > 990 || value[i] < 101;
	CHECK(at_end < N / 50);
	f.dom.hi = 9000;
	f.dom.has_hi = true;
	CHECK(fix_prepare(&f, "primitive.number") == -1);
	CHECK_STR(f.e.msg,
		"primitive.number: its parameters leave nothing of what the column's type and "
		"checks allow");
	fix_free(&f);
}

/* Cents are of the list, whatever bounds and range; lists of checks are kept. */
static void endings_and_lists_are_kept(void)
{
	static int64_t five[] = {1, 2, 3, 4, 5}, three[] = {3, 4};
	struct gen_fix f;
	int ends = 0;

	CHECK(make(&f, PG_NUMERIC, NUMERIC_12_2, "primitive.number",
		"{\"shape\": \"lognormal\", \"median\": 5, \"p90\": 40, \"min\": 1, \"endings\": "
		"[0.90, 0.99]}"));
	draw(&f);
	for (uint32_t i = 0; i < N; i++) {
		int64_t cents = (int64_t)(value[i] * 100 + 0.5) % 100;

		ends += cents == 90;
		CHECK((cents == 90 || cents == 99) && value[i] > 1);
	}
	CHECK(ends > N * 45 / 100 && ends < N * 55 / 100);
	fix_free(&f);
	CHECK(make(&f, PG_INT4, -1, "primitive.number",
		"{\"shape\": \"normal\", \"median\": 4.2, \"p90\": 4.8}"));
	f.dom.set = five;
	f.dom.nset = 5;
	CHECK(fix_prepare(&f, "primitive.number") == 0);
	draw(&f);
	CHECK(value[0] >= 2 && value[N - 1] <= 5 && count(4) > N / 2);
	f.dom.set = NULL;
	f.dom.not_set = three;
	f.dom.nnot = 2;
	CHECK(fix_prepare(&f, "primitive.number") == 0);
	draw(&f);
	CHECK(count(3) == 0 && count(4) == 0 && count(5) > N / 2);
	f.dom.nnot = 0;
	f.dom.not_set = NULL;
	f.dom.step = 3;
	f.dom.rem = 1;
	CHECK(fix_prepare(&f, "primitive.number") == 0);
	draw(&f);
	CHECK(count(4) > N / 2 && count(5) == 0);
	fix_free(&f);
}

static void numbers_are_refused_by_name(void)
{
	static const struct {
		const char *params, *why;
	} bad[] = {
		{"{\"shape\": \"lognormal\", \"median\": 3}", "median and p90 are for normal"},
		{"{\"shape\": \"uniform\", \"median\": 3, \"p90\": 4}",
			"median and p90 are for normal"},
		{"{\"shape\": \"normal\", \"median\": 3, \"p90\": 3}", "p90 is not above median"},
		{"{\"shape\": \"lognormal\", \"median\": -3, \"p90\": 3}", "median is above 0"},
		{"{\"shape\": \"geometric\"}", "mean is for geometric"},
		{"{\"shape\": \"geometric\", \"mean\": 1, \"min\": 2}", "mean is not above"},
		{"{\"shape\": \"zipf\"}", "zipf needs max"},
		{"{\"shape\": \"normal\", \"median\": 3, \"p90\": 4, \"endings\": [0.9]}",
			"no decimals for its endings"},
		{"{\"shape\": \"normal\", \"median\": 3, \"p90\": 4, \"step\": 0.5}",
			"step is finer"},
		{"{\"shape\": \"normal\", \"median\": 3, \"p90\": 4, \"min\": 1000}",
			"no values where"},
		{"{\"min\": 4, \"max\": 3}", "min is greater than max"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct gen_fix f;

		CHECK(!make(&f, PG_INT4, -1, "primitive.number", bad[i].params));
		if (strstr(f.e.msg, bad[i].why) == NULL)
			CHECK_STR(f.e.msg, bad[i].why);
		fix_free(&f);
	}
}

static void floats_beyond_their_units_are_refused(void)
{
	struct gen_fix f;

	CHECK(!make(&f, PG_FLOAT8, -1, "primitive.number", "{\"min\": -9e300, \"max\": 9e300}"));
	CHECK_STR(f.e.msg, "primitive.number: min or max is too far from 0");
	fix_free(&f);
	CHECK(!make(&f, PG_FLOAT8, -1, "primitive.number",
		"{\"shape\": \"normal\", \"median\": 0, \"p90\": 1e-12}"));
	CHECK_STR(f.e.msg, "primitive.number: p90 is too near to median");
	fix_free(&f);
}

/* Unique: an even draw alone. */
static void even_numbers_may_be_unique(void)
{
	struct gen_fix f;

	CHECK(make(&f, PG_FLOAT8, -1, "primitive.number", "{\"min\": 0, \"max\": 1}"));
	f.c.unique = f.c.distinct = true;
	f.c.rows = 101;
	CHECK(fix_prepare(&f, "primitive.number") == 0 && f.g.space == 101);
	f.c.rows = 102;
	CHECK(fix_prepare(&f, "primitive.number") == -1);
	fix_free(&f);
	CHECK(make(&f, PG_INT4, -1, "primitive.number", "{\"shape\": \"geometric\", \"mean\": 3}"));
	f.c.unique = f.c.distinct = true;
	CHECK(fix_prepare(&f, "primitive.number") == -1);
	CHECK(strstr(f.e.msg, "unless its shape is uniform") != NULL);
	fix_free(&f);
}

/* ---- primitive.moment ---------------------------------------------------------------------- */

/* A unique column whose check lists its moments, or excludes some, has those. */
static void moments_of_a_key_may_be_listed_or_excluded(void)
{
	enum { LISTED = 3 };
	int64_t day = cal_days(2026, 1, 1), listed[] = {day, day + 4, day + 31};
	const uint64_t idx[LISTED] = {0, 1, 2};
	struct gen_heap h = GEN_HEAP_INIT;
	struct gen_fix f;
	struct vec v;

	CHECK(make(&f, PG_DATE, -1, "primitive.moment", "{\"from\": \"2026-01-01\"}"));
	CHECK(vec_init(&v, VT_DATE, &f.a));
	f.c.unique = f.c.distinct = true;
	f.c.rows = v.n = LISTED;
	f.dom.set = listed;
	f.dom.nset = LISTED;
	CHECK(fix_prepare(&f, "primitive.moment") == 0 && f.g.space == LISTED);
	f.g.op->value(&f.g, idx, LISTED, &v, &h);
	for (int i = 0; i < LISTED; i++)
		CHECK(v.v.i[i] == listed[i]);
	f.dom.set = NULL;
	f.dom.not_set = listed;
	f.dom.nnot = LISTED;
	CHECK(fix_prepare(&f, "primitive.moment") == 0);
	f.g.op->value(&f.g, idx, LISTED, &v, &h);
	for (int i = 0; i < LISTED; i++)
		CHECK(v.v.i[i] == day + 1 + i);
	fix_free(&f);
}

int main(void)
{
	choices_are_by_weight();
	choices_that_weigh_the_same_may_be_of_a_key();
	numbers_have_their_median_and_p90();
	numbers_are_cut_not_moved();
	endings_and_lists_are_kept();
	numbers_are_refused_by_name();
	floats_beyond_their_units_are_refused();
	even_numbers_may_be_unique();
	moments_of_a_key_may_be_listed_or_excluded();
	return check_done();
}
