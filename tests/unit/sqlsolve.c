/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/sql/narrow/sql_solve.h"
#include "tests/unit/check.h"
#include "tests/unit/sqltable.h"

/* What checks say that columns are: each equation as "column/cost=value", in order, its value being
 * that of the row a=6 b=2 c=40 d=2000-01-11 e=2000-01-04 m=10.00 p=2.50 q=4.00 t='x' u='y'. */

static char columns[] = "a\tint4\t-1\n"
			"b\tint4\t-1\n"
			"c\tint8\t-1\n"
			"d\tdate\t-1\n"
			"e\tdate\t-1\n"
			"m\tnumeric\t655366\n" /* numeric(10,2) */
			"p\tnumeric\t655366\n"
			"q\tnumeric\t655366\n"
			"t\ttext\t-1\n"
			"u\tvarchar\t7\n"; /* varchar(3) */

enum { NCOLS = 10, MOST = 16 };

static struct pg_type types[2 * SQLTABLE_MAX];
static struct schema schema = {.types = types};
static struct pg_table table = {.schema = "crm", .name = "t"};
static const struct sql_scope scope = {.schema = &schema, .table = &table, .as_of = 9000};

static void row(struct vec *v, const struct vec **cols, struct arena *mem)
{
	static const enum vtype type[NCOLS] = {
		VT_INT, VT_INT, VT_INT, VT_DATE, VT_DATE, VT_DEC, VT_DEC, VT_DEC, VT_TEXT, VT_TEXT};
	static const int64_t value[NCOLS] = {6, 2, 40, 10, 3, 1000, 250, 400};

	for (uint32_t i = 0; i < NCOLS; i++) {
		CHECK(vec_init(&v[i], type[i], mem));
		v[i].n = 1;
		v[i].scale = type[i] == VT_DEC ? 2 : 0;
		if (type[i] == VT_TEXT)
			v[i].v.t[0] = (struct vtext){i == 8 ? "x" : "y", 1};
		else
			v[i].v.i[0] = value[i];
		cols[i] = &v[i];
	}
}

static void tell(struct buf *b, const struct sql_equation *q, struct arena *mem)
{
	struct vec v[NCOLS], out;
	const struct vec *cols[NCOLS];
	struct sql_fault fault;
	struct err e = {0};

	row(v, cols, mem);
	CHECK(vec_init(&out, v[q->col].type, mem));
	out.scale = v[q->col].scale;
	CHECK(sql_assign(q->value, cols, 1, NULL, &out, &fault, mem, &e) == 0);
	buf_addf(b, "%s%s/%u%s", b->n > 0 ? " " : "", table.columns[q->col].name, q->cost,
		q->same_nulls ? "n" : "");
	if (fault.why != NULL)
		buf_addf(b, "!");
	else if (vec_is_null(&out, 0))
		buf_addf(b, "=NULL");
	else if (out.type == VT_TEXT)
		buf_addf(b, "=%.*s", (int)out.v.t[0].n, out.v.t[0].p);
	else
		buf_addf(b, "=%" PRId64, out.v.i[0]);
}

static void says(const char *check, const char *want)
{
	struct arena mem = ARENA_INIT;
	struct sql_equation q[MOST];
	struct buf got = BUF_INIT;
	struct err e = {0};
	struct sql_expr *x;
	uint32_t n;

	CHECK(sql_compile(&x, &scope, check, &mem, &e) == SQL_OK);
	n = sql_equations(x, &scope, q, MOST, &mem);
	for (uint32_t i = 0; i < n; i++)
		tell(&got, &q[i], &mem);
	CHECK_STR(got.n > 0 ? got.p : "", want);
	buf_free(&got);
	arena_free(&mem);
}

static void sums(void)
{
	says("a = b + c::integer", "a/0=42 b/1=-34");
	says("m = p + q", "m/0=650 p/1=600 q/1=750");
	says("m = p - q", "m/0=-150 p/1=1400 q/1=-750");
	says("m - p = q", "m/1=650 p/1=600 q/0=750");
	says("a + b + 1 = 100", "a/1=97 b/1=93");
	says("a = d - e", "a/0=7 d/1=9 e/1=4");
	says("d = e + a", "a/1=7 d/0=9 e/1=4");
}

static void products(void)
{
	says("m = a * p", "a/2=4 m/0=1500 p/2=167");
	says("m = round(p * 0.1, 2)", "m/0=25 p/2=10000");
	says("m = p / b", "b/2=0 m/0=125 p/2=2000");
	says("m = coalesce(p, 0) + q", "m/0=650 p/1=600 q/1=750");
}

static void texts(void)
{
	says("t = u || '-' || a", "t/0=y-6");
	says("u = lower(t)", "u/0=x");
	says("u = t || 'abc'", "u/0!"); /* longer than the column */
}

static void nulls_and_parts(void)
{
	says("a IS NULL OR a = b", "a/0=2 b/0=6");
	says("a IS NOT DISTINCT FROM b * 2", "a/0n=4 b/2n=3");
	says("a > b AND a = b + 1", "a/0=3 b/1=5");
	says("a = b OR a = b + 1", ""); /* nothing says which */
	says("a = 1 OR a = 2", "");
	says("a = a + b", "b/1=0");
	says("a = 5", "");
	says("a <> b + 1", "");
}

static void some_rows(void)
{
	says("t <> 'x' OR a = b + 1", "a/0=3 b/1=5"); /* it is 'x' */
	says("t <> 'z' OR a = b + 1", "a/0=NULL b/1=NULL");
	says("t = 'x' AND a = b OR t = 'z' AND a = b * 2", "a/0=2 b/2=6");
	says("t = 'w' AND a = 1 OR t = 'x' AND a = 2", "");
	says("CASE WHEN t = 'x' THEN a = b ELSE a = 0 END", "a/0=2 b/0=6");
	says("CASE WHEN t = 'x' THEN a = b ELSE a > 0 END", "b/0=6");
}

static void what_is_substituted_is_what_is_computed(void)
{
	struct arena mem = ARENA_INIT;
	struct sql_equation q[MOST];
	struct err e = {0};
	struct sql_narrow n;
	struct sql_expr *x, *y;

	CHECK(sql_compile(&x, &scope, "m = p - q", &mem, &e) == SQL_OK);
	CHECK(sql_equations(x, &scope, q, MOST, &mem) > 0);
	CHECK(sql_compile(&x, &scope, "m >= 1.5", &mem, &e) == SQL_OK);
	CHECK((y = sql_substitute(x, &q[0], &scope, &mem)) != NULL);
	CHECK(sql_narrow(&n, &scope, &y, 1, &mem, &e) == SQL_OK);
	CHECK(n.norders == 1 && n.orders[0].left == 6 && n.orders[0].right == 7);
	CHECK(n.orders[0].gap == 150); /* p >= q + 1.50 */
	arena_free(&mem);
}

int main(void)
{
	sqltable_read(&schema, &table, columns);
	sums();
	products();
	texts();
	nulls_and_parts();
	some_rows();
	what_is_substituted_is_what_is_computed();
	arena_free(&sqltable_arena);
	return check_done();
}
