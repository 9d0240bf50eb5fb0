/* SPDX-License-Identifier: MIT */
/*
 * Checks proven by asking them about every value.
 *
 * A column with few values, such as the texts that `kind IN ('a', 'b')` leaves, needs no
 * reasoning about what the check means: the check is evaluated once over all values that the
 * column's generator has, and over NULL. If all of them pass, no row can fail it, and the rows'
 * own values need not be looked at. This holds for every expression over one column, whatever
 * is in it, because the evaluator that would verify the rows is the one that is asked.
 */
#include "common/program/compile.h"

#include "common/base/err.h"

enum { ENUMERABLE = 4 * VEC_BLOCK }; /* values that are few enough to ask about each */

/* What is asked of one column. */
struct asking {
	const struct gen *g;
	const struct sql_expr *x;
	const struct vec **cols; /* as the expression reads them */
	struct vec v;
	struct gen_heap heap;
	struct arena tmp;
};

/* Whether the column's values are those of its generator, unchanged, and few. Branches and
 * sample sets have generators or combinations of their own; transforms and numbers at the end of
 * a text change values after they are drawn. */
static bool is_enumerable(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];

	return compile_draws(k, c) && b->made && b->gen.space > 0 && b->gen.space <= ENUMERABLE &&
	       b->ntransforms == 0 && b->disjunction < 0 && b->pool == NULL && b->null_of == NULL &&
	       b->suffix == NULL && (b->gen.ordinal || b->gen.op->value != NULL);
}

/* The values of indexes [first, first + n), and NULL behind them. */
static void values(struct asking *q, uint64_t first, uint32_t n)
{
	const struct gen *g = q->g;
	uint64_t idx[VEC_BLOCK];

	gen_heap_reset(&q->heap);
	q->v.n = n;
	q->v.has_null = false;
	for (uint32_t i = 0; i < n; i++)
		idx[i] = first + i;
	if (g->ordinal && vec_is_ordinal(q->v.type))
		for (uint32_t i = 0; i < n; i++)
			q->v.v.i[i] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * idx[i]);
	else
		g->op->value(g, idx, n, &q->v, &q->heap);
	q->v.n = n + 1;
	vec_set_null(&q->v, n);
}

/* Whether all of them pass: 1, 0, or -1. One that cannot be evaluated does not. */
static int all_pass(struct asking *q, struct err *e)
{
	uint8_t pass[VEC_BLOCK];
	uint32_t n;

	for (uint64_t first = 0; first < q->g->space; first += n) {
		uint64_t left = q->g->space - first;
		int failed;

		n = left < VEC_BLOCK - 1 ? (uint32_t)left : VEC_BLOCK - 1;
		values(q, first, n);
		arena_reset(&q->tmp);
		failed = sql_check(q->x, q->cols, n + 1, pass, &q->tmp, e);
		for (uint32_t i = 0; failed == 0 && i <= n; i++)
			failed = pass[i] == 0;
		if (failed != 0)
			return failed == -1 ? -1 : 0;
	}
	return 1;
}

/* A check reads the column at its place in the table, a domain's check at place 0. */
int compile_enumerates(
	struct compiler *k, const struct sql_expr *x, uint32_t c, uint32_t place, struct err *e)
{
	const struct program_column *b = &k->b->columns[c];
	struct asking q = {.g = &b->gen, .x = x, .heap = GEN_HEAP_INIT, .tmp = ARENA_INIT};
	struct arena a = ARENA_INIT;
	int rc = -1;

	if (!is_enumerable(k, c))
		return 0;
	if ((q.cols = arena_array(&a, place + 1UL, sizeof(q.cols[0]))) == NULL ||
		!vec_init(&q.v, b->type, &a) ||
		!gen_heap_reserve(&q.heap, (size_t)b->gen.max_bytes * VEC_BLOCK + 1)) {
		rc = err_nomem(e);
		goto out;
	}
	q.v.scale = b->scale;
	q.cols[place] = &q.v;
	rc = all_pass(&q, e);
out:
	gen_heap_free(&q.heap);
	arena_free(&q.tmp);
	arena_free(&a);
	return rc;
}
