/* SPDX-License-Identifier: MIT */
/*
 * sqldraw: uniform(), choice() and normal() of a plan's expressions, of every type that they take;
 * and what an expression may not have is refused by name.
 */
#include <math.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/sql/sql.h"
#include "tests/unit/check.h"
#include "tests/unit/sqltable.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { COLUMNS = 7, DRAWS = 4 };

static char columns[] = "i\tint4\t-1\n"
			"n\tnumeric\t655366\n" /* numeric(10,2) */
			"f\tfloat8\t-1\n"
			"t\ttext\t-1\n"
			"d\tdate\t-1\n"
			"j\tjsonb\t-1\n"
			"a\tint4[]\t-1\n";

static struct pg_type types[2 * SQLTABLE_MAX];
static struct schema schema = {.types = types};
static struct pg_table table = {.schema = "s", .name = "t"};

/* Each draw is a column of its own, after those of the table. */
static int one_more(void *ctx, struct err *e)
{
	uint32_t *n = ctx;

	if (*n == DRAWS)
		return err_set(e, ERR_NO, "more than %d draws", DRAWS);
	return COLUMNS + (int)(*n)++;
}

/* ${as_text}: as a text column is given it. */
static enum sql_status compile(struct sql_expr **x, const char *text, bool as_text, uint32_t *draws,
	struct arena *a, struct err *e)
{
	static const struct pg_type type = {
		.schema = "pg_catalog", .name = "text", .cls = PG_TEXT, .typmod = -1};
	const struct pg_base to = {.type = &type, .typmod = -1};
	const struct sql_names names = {.draw = one_more, .ctx = draws};
	const struct sql_scope scope = {
		.schema = &schema, .table = &table, .as_of = 9000, .names = &names};

	*draws = 0;
	*e = (struct err){.kind = ERR_NONE};
	return as_text ? sql_compile_as(x, &scope, text, to, a, e)
		       : sql_compile(x, &scope, text, a, e);
}

/* A block of values: i is the row's number, f half of it; every draw has bits of its own. */
static const struct vec **block(struct arena *a)
{
	struct vec *v = arena_array(a, COLUMNS + DRAWS, sizeof(*v));
	const struct vec **cols = arena_array(a, COLUMNS + DRAWS, sizeof(*cols));

	for (uint32_t c = 0; c < COLUMNS + DRAWS; c++) {
		CHECK(vec_init(&v[c], c == 2 ? VT_F64 : c == 1 ? VT_DEC : VT_INT, a));
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			if (c >= COLUMNS)
				v[c].v.i[i] = (int64_t)rng_at(c, i);
			else if (c == 2)
				v[c].v.f[i] = i / 2.0;
			else
				v[c].v.i[i] = i;
		v[c].n = VEC_BLOCK;
		cols[c] = &v[c];
	}
	return cols;
}

/* The expression's values over the block. */
static bool evaluate(const char *text, struct vec *out, struct arena *a, uint32_t *draws)
{
	struct sql_expr *x;
	struct err e;

	if (compile(&x, text, false, draws, a, &e) == SQL_OK)
		return sql_value(x, block(a), VEC_BLOCK, out, a, &e) == 0;
	fprintf(stderr, "%s: %s\n", text, e.msg);
	return false;
}

/* ---- draws --------------------------------------------------------------------------------- */

static double number(const struct vec *v, uint32_t i)
{
	return v->type == VT_F64 ? v->v.f[i] : (double)v->v.i[i];
}

static void a_uniform_draw_is_between_its_bounds_and_reaches_both(void)
{
	static const struct {
		const char *text;
		double lo, hi;
		uint32_t least; /* values that occur */
	} all[] = {
		{"uniform(1, 6)", 1, 6, 6},
		{"uniform(-3, -3)", -3, -3, 1},
		{"uniform(0::bigint, 9223372036854775807)", 0, 9.3e18, 1000},
		{"uniform(0.5::float8, 2.5)", 0.5, 2.5, 1000},
		{"uniform(f, f)", 0, 512, 1000},
		{"uniform(date '2000-01-01', date '2000-01-10')", 0, 9, 10},
		{"uniform(1.0, 1.5) * 10", 10, 15, 6},
		{"uniform(i, i + 1) - i", 0, 1, 2},
	};

	for (size_t k = 0; k < COUNT(all); k++) {
		struct arena a = ARENA_INIT;
		double lo = INFINITY, hi = -INFINITY;
		uint32_t draws, different = 1;
		struct vec v;

		CHECK(evaluate(all[k].text, &v, &a, &draws) && draws == 1);
		for (uint32_t i = 0; i < VEC_BLOCK; i++) {
			double x = number(&v, i) / (v.type == VT_DEC ? pow(10, v.scale) : 1);

			CHECK(!vec_is_null(&v, i));
			lo = fmin(lo, x), hi = fmax(hi, x);
			different += i > 0 && number(&v, i) != number(&v, i - 1);
		}
		if (!(lo >= all[k].lo && hi <= all[k].hi))
			fprintf(stderr, "%s: %g to %g\n", all[k].text, lo, hi);
		CHECK(lo >= all[k].lo && hi <= all[k].hi);
		CHECK(all[k].least > 10 || (lo == all[k].lo && hi == all[k].hi));
		CHECK(all[k].least <= 10 || different > VEC_BLOCK * 9 / 10);
		arena_free(&a);
	}
}

/* Mean and deviation of a block are near what is asked for: 5 standard errors. */
static void a_normal_draw_has_its_mean_and_deviation(void)
{
	static const char *const all[] = {
		"normal(100, 15)", "normal(100.0::float8, 15)", "normal(100::numeric, 15.0)"};

	for (size_t k = 0; k < COUNT(all); k++) {
		struct arena a = ARENA_INIT;
		double sum = 0, squares = 0, mean, deviation;
		uint32_t draws;
		struct vec v;

		CHECK(evaluate(all[k], &v, &a, &draws) && draws == 1);
		for (uint32_t i = 0; i < VEC_BLOCK; i++) {
			double x = number(&v, i) / (v.type == VT_DEC ? pow(10, v.scale) : 1);

			sum += x;
			squares += x * x;
		}
		mean = sum / VEC_BLOCK;
		deviation = sqrt(squares / VEC_BLOCK - mean * mean);
		CHECK(fabs(mean - 100) < 5 * 15 / 32.0);
		CHECK(fabs(deviation - 15) < 5 * 15 / 45.0);
		arena_free(&a);
	}
}

static void two_draws_of_an_expression_differ_and_one_choice_takes_one(void)
{
	struct arena a = ARENA_INIT;
	uint32_t draws, seen[3] = {0, 0, 0};
	struct vec v;

	CHECK(evaluate("uniform(1, 6) = uniform(1, 6)", &v, &a, &draws) && draws == 2);
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		seen[v.v.i[i] != 0]++;
	CHECK(seen[1] > VEC_BLOCK / 12 && seen[1] < VEC_BLOCK / 4);
	memset(seen, 0, sizeof(seen));
	CHECK(evaluate("choice(0, 1, 2)", &v, &a, &draws) && draws == 1);
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		seen[v.v.i[i]]++;
	CHECK(seen[0] > 250 && seen[1] > 250 && seen[2] > 250);
	arena_free(&a);
}

/* A row whose bounds are in the wrong order, or no bounds, has no value, and the reason is told. */
static void bounds_that_are_none_fail_the_row(void)
{
	static const struct {
		const char *text, *why;
	} all[] = {
		{"uniform(2, 1)", "uniform(): the lower bound is above the upper"},
		{"uniform(2.5, 1.0)", "uniform(): the lower bound is above the upper"},
		{"uniform(2.5::float8, 1)", "uniform(): the lower bound is above the upper"},
		{"uniform('NaN'::float8, 1)", "uniform(): the lower bound is above the upper"},
		{"uniform(date 'infinity', date 'infinity')", "uniform(): an infinite bound"},
		{"uniform('NaN'::numeric, 1)", "uniform(): too wide a range"},
		{"uniform(0, 1e30)", "uniform(): too wide a range"},
	};

	for (size_t k = 0; k < COUNT(all); k++) {
		struct arena a = ARENA_INIT;
		struct sql_fault fault = {.row = 0};
		struct sql_expr *x;
		uint32_t draws;
		struct vec v;
		struct err e;

		CHECK(compile(&x, all[k].text, true, &draws, &a, &e) == SQL_OK);
		CHECK(vec_init(&v, VT_TEXT, &a));
		CHECK(sql_assign(x, block(&a), 1, NULL, &v, &fault, &a, &e) == 0);
		CHECK_STR(fault.why, all[k].why);
		arena_free(&a);
	}
}

/* ---- what is refused ------------------------------------------------------------------------ */

static void what_an_expression_may_not_have_is_named(void)
{
	static const struct {
		const char *text, *msg;
	} all[] = {
		{"sqrt(n)", "sqrt of numeric is not supported in an expression"},
		{"ln(n) > 1", "ln of numeric is not supported in an expression"},
		{"n ^ n", "^ of numeric, but for a whole constant exponent, is not supported in an "
			  "expression"},
		{"ROW(i, n)::text", "a row value is not supported in an expression"},
		{"(i, n)", "a row value is not supported in an expression"},
		{"a[1:2] = a",
			"a slice, a field or several subscripts is not supported in an expression"},
		{"i[1]", "a subscript of integer is not supported in an expression"},
		{"uniform(1)", "uniform() takes a lower and an upper bound"},
		{"normal('a', 2)", "'a' for type double precision: invalid input syntax for a "
				   "floating-point number, or out of range"},
		{"choice()", "choice() takes the values to choose from"},
		{"choice(1, t)",
			"arguments of choice() of types integer and text cannot be matched"},
		{"uniform(1,2)+uniform(1,2)+uniform(1,2)+uniform(1,2)+uniform(1,2)",
			"more than 4 draws"},
		{"gcd(i::smallint, '1')", "gcd is not unique for these arguments"},
		{"d + '1'", "+ is not unique for these arguments"},
		{"'1 day 02:00'::interval day > '1 hour'",
			"a cast to some fields of interval is not supported in an expression"},
		{"frobnicate(i)", "frobnicate() is not supported in an expression"},
		{"i +", "syntax error at end of input at character 4 of the expression"},
		{"nothing > 1", "column nothing does not exist in s.t"},
		{"t > 1", "> of text and integer is not supported in an expression"},
		{"count(*)", "an aggregate or window function is not supported in an expression"},
		{"(SELECT 1)", "a subquery is not supported in an expression"},
		{"i OVER ()", "syntax error at or near \"OVER\" at character 3 of the expression"},
		{"f::money",
			"a cast of double precision to money is not supported in an expression"},
		{"t COLLATE \"de_DE\" < 'a'",
			"the order of texts under a collation that is not C (COLLATE \"C\" is) is "
			"not supported in an expression"},
		{"i::nothing", "type nothing is not supported in an expression"},
		{"CASE WHEN i THEN 1 END",
			"a cast of integer to boolean is not supported in an expression"},
		{"i AND true", "a cast of integer to boolean is not supported in an expression"},
		{"j @? '$.a'", "@? is not supported in an expression"},
	};

	for (size_t k = 0; k < COUNT(all); k++) {
		struct arena a = ARENA_INIT;
		struct sql_expr *x;
		uint32_t draws;
		struct err e;

		CHECK(compile(&x, all[k].text, false, &draws, &a, &e) != SQL_OK);
		CHECK_STR(e.msg, all[k].msg);
		arena_free(&a);
	}
}

int main(void)
{
	sqltable_read(&schema, &table, columns);
	a_uniform_draw_is_between_its_bounds_and_reaches_both();
	a_normal_draw_has_its_mean_and_deviation();
	two_draws_of_an_expression_differ_and_one_choice_takes_one();
	bounds_that_are_none_fail_the_row();
	what_an_expression_may_not_have_is_named();
	arena_free(&sqltable_arena);
	return check_done();
}
