/* SPDX-License-Identifier: MIT */
/*
 * Aggregating children: rows of the child's table are added, a block at a time
 * and in any order, to sums that are kept for a block of parents.
 *
 * Sums are integers of 128 bits with a common decimal scale, so that they are
 * exact; minima and maxima are values. of[i] says which parent of the block row
 * i belongs to, UINT32_MAX for none. At the end the sums become the parents'
 * values by the compiled expression.
 */
#include <math.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/generators/gen_children.h"

/* Empties the sums for ${n} parents. */
void gen_children_begin(struct children_sums *s, uint32_t n)
{
	memset(s->sum, 0, n * sizeof(s->sum[0]));
	memset(s->n, 0, n * sizeof(s->n[0]));
	s->parents = n;
	s->scale = 0;
}

/* Multiplies by 10^by; false on overflow. */
static bool rescale(__int128 *v, unsigned by)
{
	return !__builtin_mul_overflow(*v, (__int128)num_pow10(by), v);
}

/* Brings the sums to ${scale} if that has more decimals than they have. */
static bool finer(struct children_sums *s, uint8_t scale)
{
	bool ok = true;

	for (uint32_t p = 0; p < s->parents && scale > s->scale; p++)
		ok = ok && rescale(&s->sum[p], scale - s->scale);
	s->scale = scale > s->scale ? scale : s->scale;
	return ok;
}

/* Adds integers or decimals; false when a sum overflows 128 bits. */
static bool add_numbers(
	struct children_sums *s, const struct vec *v, const uint32_t *of, uint32_t n)
{
	uint8_t scale = v->type == VT_DEC ? v->scale : 0;
	bool ok = finer(s, scale);

	for (uint32_t i = 0; i < n; i++) {
		__int128 x = v->v.i[i];

		if (of[i] == UINT32_MAX || vec_is_null(v, i))
			continue;
		ok = ok && rescale(&x, s->scale - scale) &&
		     !__builtin_add_overflow(s->sum[of[i]], x, &s->sum[of[i]]);
		s->n[of[i]]++;
	}
	return ok;
}

/*
 * Counts values that are not NULL; without a vector (count of rows) every row.
 */
static void count_values(
	struct children_sums *s, const struct vec *v, const uint32_t *of, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (of[i] != UINT32_MAX && (v == NULL || !vec_is_null(v, i)))
			s->n[of[i]]++;
}

/* The order of PostgreSQL's floating-point types: NaN is above all else. */
static bool below(double a, double b)
{
	return a < b || (isnan(b) && !isnan(a));
}

/* Keeps the least or the greatest value of each parent. */
static void keep_extremes(
	struct children_sums *s, const struct vec *v, const uint32_t *of, uint32_t n, bool max)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t p = of[i];

		if (p == UINT32_MAX || vec_is_null(v, i))
			continue;
		if (v->type == VT_F64) {
			double x = v->v.f[i], y = s->best[p].f;

			if (s->n[p] == 0 || (max ? below(y, x) : below(x, y)))
				s->best[p].f = x;
		} else {
			int64_t x = v->v.i[i], y = s->best[p].i;

			if (s->n[p] == 0 || (max ? x > y : x < y))
				s->best[p].i = x;
		}
		s->n[p]++;
	}
}

/*
 * min and max: the expression is assigned to the column's type first, and then
 * compared.
 */
static int fold_extremes(const struct gen *g, struct children_sums *s,
	const struct vec *const *cols, const uint32_t *of, uint32_t n, struct arena *tmp,
	const char **why)
{
	const struct gen_children *x = g->state;
	struct err ignored = {.kind = ERR_NONE};
	struct sql_fault fault;
	uint8_t live[VEC_BLOCK];
	struct vec v;

	if (!vec_init(&v, g->col->type, tmp))
		return -1;
	v.scale = g->col->scale;
	for (uint32_t i = 0; i < n; i++)
		live[i] = of[i] != UINT32_MAX;
	if (sql_assign(x->x, cols, n, live, &v, &fault, tmp, &ignored) == -1)
		return -1;
	*why = fault.why;
	keep_extremes(s, &v, of, n, x->aggregate == CHILDREN_MAX);
	return fault.why != NULL;
}

/*
 * Adds a block of children. Returns -1, with *why, when a value could not be
 * computed or a sum overflowed.
 */
int gen_children_add(const struct gen *g, struct children_sums *s, const struct vec *const *cols,
	const uint32_t *of, uint32_t n, struct arena *tmp, const char **why)
{
	const struct gen_children *x = g->state;
	struct err ignored = {.kind = ERR_NONE};
	struct vec v;
	int failed;

	*why = NULL;
	if (gen_children_extreme(x))
		return fold_extremes(g, s, cols, of, n, tmp, why);
	if (x->x == NULL) {
		count_values(s, NULL, of, n);
		return 0;
	}
	if ((failed = sql_value(x->x, cols, n, &v, tmp, &ignored)) == -1)
		return -1;
	if (failed > 0)
		*why = "the expression cannot be computed in a row";
	else if (x->aggregate == CHILDREN_COUNT)
		count_values(s, &v, of, n);
	else if (!add_numbers(s, &v, of, n))
		*why = "the sum is out of range";
	return *why != NULL;
}

/* ---- the end --------------------------------------------------------------------------------- */

/*
 * Sums and numbers of values as the columns that the result's expression reads.
 */
static bool totals(const struct children_sums *s, uint32_t n, const struct vec **cols,
	uint8_t *live, struct gen_heap *h)
{
	struct vec *v = arena_array(&h->arena, CHILDREN_COLUMNS, sizeof(*v));

	if (v == NULL || !vec_init(&v[CHILDREN_TOTAL], VT_DEC, &h->arena) ||
		!vec_init(&v[CHILDREN_NUMBER], VT_INT, &h->arena)) {
		h->nomem = true;
		return false;
	}
	v[CHILDREN_TOTAL].scale = s->scale;
	v[CHILDREN_TOTAL].n = v[CHILDREN_NUMBER].n = n;
	for (uint32_t i = 0; i < n; i++) {
		live[i] = s->n[i] > 0;
		v[CHILDREN_TOTAL].v.i[i] = (int64_t)s->sum[i];
		v[CHILDREN_NUMBER].v.i[i] = (int64_t)s->n[i];
		if (live[i] && v[CHILDREN_TOTAL].v.i[i] != s->sum[i])
			gen_fail(h, i, "the sum is out of range");
	}
	cols[CHILDREN_TOTAL] = &v[CHILDREN_TOTAL];
	cols[CHILDREN_NUMBER] = &v[CHILDREN_NUMBER];
	return true;
}

/* The value of a parent without children. */
static void put_empty(const struct gen_children *x, uint32_t i, struct vec *out, struct gen_heap *h)
{
	if (x->empty_null && x->not_null)
		gen_fail(h, i, "it has no child with a value, and the column is NOT NULL");
	if (x->empty_null) {
		vec_set_null(out, i);
		return;
	}
	if (out->has_null)
		out->null[i] = 0;
	if (out->type == VT_F64)
		out->v.f[i] = x->empty.f;
	else
		out->v.i[i] = x->empty.i;
}

/* Makes the parents' values from the sums. */
void gen_children_end(const struct gen *g, const struct children_sums *s, uint32_t n,
	struct vec *out, struct gen_heap *h)
{
	const struct gen_children *x = g->state;
	const struct vec *cols[CHILDREN_COLUMNS];
	struct err ignored = {.kind = ERR_NONE};
	struct sql_fault fault = {0, NULL};
	uint8_t live[VEC_BLOCK];

	if (!gen_children_extreme(x)) {
		if (!totals(s, n, cols, live, h))
			return;
		if (sql_assign(x->result, cols, n, live, out, &fault, &h->arena, &ignored) == -1) {
			h->nomem = true;
			return;
		}
		if (fault.why != NULL)
			gen_fail(h, fault.row, fault.why);
	}
	for (uint32_t i = 0; i < n; i++)
		if (s->n[i] == 0)
			put_empty(x, i, out, h);
		else if (gen_children_extreme(x) && out->type == VT_F64)
			out->v.f[i] = s->best[i].f;
		else if (gen_children_extreme(x))
			out->v.i[i] = s->best[i].i;
}
