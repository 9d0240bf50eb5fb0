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
			idx[i] = f->g.space / N * (at + i) + f->g.space / N / 2;
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
	struct gen_op op = {.example = params};

	fix_column(f, cls, typmod);
	f->c.distinct = false;
	f->c.dom = &f->dom;
	fix_example(f, &op);
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

int main(void)
{
	choices_are_by_weight();
	choices_that_weigh_the_same_may_be_of_a_key();
	return check_done();
}
