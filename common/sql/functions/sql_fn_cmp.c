/* SPDX-License-Identifier: MIT */
/*
 * Comparisons: for each pair of types the six operators, told apart by the mask
 * of orders that they accept (SQL_LT, SQL_EQ, SQL_GT): <= accepts less and
 * equal.
 *
 * So there is one kernel for a way of comparing, and sql_cmp() compares single
 * values with the same functions. All orders are those of the default btree
 * operator classes. Texts are compared by bytes, which is right for = and <>
 * under every collation that PostgreSQL calls deterministic; where the order
 * matters, the compiler has refused other collations than C (SQL_F_ORDER).
 */
#include "common/sql/sql_int.h"

#include <math.h>
#include <string.h>

#include "common/base/calendar.h"

#define ACCEPTS(x, order) (((x)->fn->param >> (((order) > 0) - ((order) < 0) + 1)) & 1)

/*
 * All types held as 64-bit integers: booleans, integers, dates, times, enums.
 * Every row is computed, those that are NULL too, because a loop without
 * branches is faster.
 */
static void cmp_int(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const int64_t *l = a[0].v.i, *r = a[1].v.i;
	const uint32_t lm = a[0].mask, rm = a[1].mask;
	const int param = x->fn->param;

	for (uint32_t i = 0; i < ev->n; i++) {
		int64_t p = l[i & lm], q = r[i & rm];

		out->v.i[i] = (param >> ((p > q) - (p < q) + 1)) & 1;
	}
}

static void cmp_f64(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i) out->v.i[i] = ACCEPTS(x, sql_f64_order(SQL_F(0, i), SQL_F(1, i)));
}

static void cmp_num(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i) out->v.i[i] = ACCEPTS(x, sql_num_cmp(SQL_N(0, i), SQL_N(1, i)));
}

/*
 * Whether two texts have the order that is asked for. For = and <>, which accept
 * both or neither of less and greater, texts of different lengths are not looked
 * at: most comparisons are with a constant, and few texts are as long.
 */
static inline bool str_accepts(const struct sql_node *x, struct vtext l, struct vtext r)
{
	const int param = x->fn->param;

	if (l.n != r.n && !(param & SQL_LT) == !(param & SQL_GT))
		return (param & SQL_GT) != 0;
	return ACCEPTS(x, sql_str_order(l, r));
}

static void cmp_str(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i) out->v.i[i] = str_accepts(x, SQL_T(0, i), SQL_T(1, i));
}

static void cmp_bpchar(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	out->v.i[i] = str_accepts(x, sql_unpadded(SQL_T(0, i)), sql_unpadded(SQL_T(1, i)));
}

static void cmp_ivl(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i) out->v.i[i] = ACCEPTS(x, sql_ivl_cmp(&SQL_IV(0, i), &SQL_IV(1, i)));
}

/*
 * A date against a timestamp or timestamptz: the date is its midnight. A date
 * beyond the last timestamp is greater than all of them, as
 * date_cmp_timestamp_internal() says.
 */
static void cmp_date_ts(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		int64_t l = SQL_I(0, i), r = SQL_I(1, i);

		if (x->fn->arg[0] == PG_DATE)
			l = sql_date_to_ts(l);
		if (x->fn->arg[1] == PG_DATE)
			r = sql_date_to_ts(r);
		out->v.i[i] = ACCEPTS(x, (l > r) - (l < r));
	}
}

/*
 * array_cmp(): element by element, a NULL after all values; then the number of
 * elements, dimensions, their lengths and their lower bounds.
 */
static int array_order(const struct sql_array *l, const struct sql_array *r)
{
	uint32_t n = l->n < r->n ? l->n : r->n;

	for (uint32_t k = 0; k < n; k++) {
		bool ln = sql_null(&l->e, k), rn = sql_null(&r->e, k);
		int o;

		if (ln && rn)
			continue;
		if (ln || rn)
			return ln ? 1 : -1;
		o = sql_cmp(l->elem, &l->e, k, &r->e, k);
		if (o != 0)
			return o;
	}
	if (l->n != r->n)
		return l->n < r->n ? -1 : 1;
	if (l->ndim != r->ndim)
		return l->ndim < r->ndim ? -1 : 1;
	for (uint32_t k = 0; k < l->ndim; k++)
		if (l->dim[k] != r->dim[k])
			return l->dim[k] < r->dim[k] ? -1 : 1;
	for (uint32_t k = 0; k < l->ndim; k++)
		if (l->lower[k] != r->lower[k])
			return l->lower[k] < r->lower[k] ? -1 : 1;
	return 0;
}

/* The order of values that are held as pointers. */
static int ptr_order(unsigned cls, const void *l, const void *r)
{
	return cls == PG_RANGE	 ? sql_range_cmp(l, r)
	       : cls == PG_JSONB ? sql_json_cmp(l, r)
				 : array_order(l, r);
}

/* Arrays, ranges and jsonb; the operator's first argument says which. */
static void cmp_ptr(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	const unsigned cls = x->fn->arg[0] == PG_JSONB	     ? PG_JSONB
			     : x->fn->arg[0] == SQL_ANYRANGE ? PG_RANGE
							     : PG_ARRAY;

	SQL_EACH(i) out->v.i[i] = ACCEPTS(x, ptr_order(cls, SQL_P(0, i), SQL_P(1, i)));
}

/* One value against another of the same class. */
int sql_cmp(unsigned cls, const struct sql_reg *a, uint32_t i, const struct sql_reg *b, uint32_t j)
{
	if (cls == PG_ARRAY || cls == PG_RANGE)
		return ptr_order(cls, a->v.p[i & a->mask], b->v.p[j & b->mask]);
	return sql_scalar_cmp(cls, a, i, b, j);
}

#define CMP(l, r, k)                                                                               \
	{"=", {l, r}, 2, PG_BOOL, 0, SQL_EQ, k, NULL},                                             \
		{"<>", {l, r}, 2, PG_BOOL, 0, SQL_LT | SQL_GT, k, NULL},                           \
		{"<", {l, r}, 2, PG_BOOL, SQL_F_ORDER, SQL_LT, k, NULL},                           \
		{"<=", {l, r}, 2, PG_BOOL, SQL_F_ORDER, SQL_LT | SQL_EQ, k, NULL},                 \
		{">", {l, r}, 2, PG_BOOL, SQL_F_ORDER, SQL_GT, k, NULL},                           \
	{                                                                                          \
		">=", {l, r}, 2, PG_BOOL, SQL_F_ORDER, SQL_GT | SQL_EQ, k, NULL                    \
	}

static const struct sql_fn rows[] = {
	CMP(PG_BOOL, PG_BOOL, cmp_int),
	CMP(PG_INT2, PG_INT2, cmp_int),
	CMP(PG_INT2, PG_INT4, cmp_int),
	CMP(PG_INT2, PG_INT8, cmp_int),
	CMP(PG_INT4, PG_INT2, cmp_int),
	CMP(PG_INT4, PG_INT4, cmp_int),
	CMP(PG_INT4, PG_INT8, cmp_int),
	CMP(PG_INT8, PG_INT2, cmp_int),
	CMP(PG_INT8, PG_INT4, cmp_int),
	CMP(PG_INT8, PG_INT8, cmp_int),
	CMP(PG_NUMERIC, PG_NUMERIC, cmp_num),
	CMP(PG_FLOAT4, PG_FLOAT4, cmp_f64),
	CMP(PG_FLOAT4, PG_FLOAT8, cmp_f64),
	CMP(PG_FLOAT8, PG_FLOAT4, cmp_f64),
	CMP(PG_FLOAT8, PG_FLOAT8, cmp_f64),
	CMP(PG_TEXT, PG_TEXT, cmp_str),
	CMP(PG_BPCHAR, PG_BPCHAR, cmp_bpchar),
	CMP(PG_NAME, PG_NAME, cmp_str),
	CMP(PG_CHAR, PG_CHAR, cmp_str),
	CMP(PG_BYTEA, PG_BYTEA, cmp_str),
	CMP(PG_UUID, PG_UUID, cmp_str),
	CMP(PG_DATE, PG_DATE, cmp_int),
	CMP(PG_DATE, PG_TIMESTAMP, cmp_date_ts),
	CMP(PG_DATE, PG_TIMESTAMPTZ, cmp_date_ts),
	CMP(PG_TIMESTAMP, PG_DATE, cmp_date_ts),
	CMP(PG_TIMESTAMPTZ, PG_DATE, cmp_date_ts),
	CMP(PG_TIMESTAMP, PG_TIMESTAMP, cmp_int),
	CMP(PG_TIMESTAMP, PG_TIMESTAMPTZ, cmp_int),
	CMP(PG_TIMESTAMPTZ, PG_TIMESTAMP, cmp_int),
	CMP(PG_TIMESTAMPTZ, PG_TIMESTAMPTZ, cmp_int),
	CMP(PG_TIME, PG_TIME, cmp_int),
	CMP(PG_INTERVAL, PG_INTERVAL, cmp_ivl),
	CMP(SQL_ANYENUM, SQL_ANYENUM, cmp_int),
	CMP(SQL_ANYARRAY, SQL_ANYARRAY, cmp_ptr),
	CMP(SQL_ANYRANGE, SQL_ANYRANGE, cmp_ptr),
	CMP(PG_JSONB, PG_JSONB, cmp_ptr),
};

const struct sql_fn_table sql_fns_cmp = {rows, sizeof rows / sizeof rows[0]};
