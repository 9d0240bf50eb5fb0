/* SPDX-License-Identifier: MIT */
/*
 * Nodes whose arguments are computed for every live row, as those of a function
 * are: the evaluator has their values when it comes here, and frees them
 * afterwards. Nothing in this file evaluates a node.
 */
#include "common/sql/evaluate/sql_eval_values.h"

#include <string.h>

/*
 * Adds the NULLs of ${a} to the flags ${to}: a strict function of a NULL is
 * NULL.
 */
static void or_nulls(uint8_t *to, const struct sql_reg *a, uint32_t n)
{
	if (a->null == NULL)
		return;
	if (a->mask == 0) {
		if (a->null[0])
			memset(to, 1, n);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		to[i] |= a->null[i];
}

/* Flags the rows that are not live as NULL, so that kernels skip them. */
void sql_eval_dead(uint8_t *null, const uint8_t *live, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		null[i] = live[i] == 0;
}

/*
 * Calls a kernel. For a strict function the rows with a NULL argument are NULL
 * before the kernel runs, and it computes the others only; a function that is
 * not strict (SQL_CALL_NULLS) sees all live rows and sets the flags itself.
 */
bool sql_eval_call(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *a, struct sql_reg *out)
{
	if (!sql_reg_new(ev, sql_kind_of(x->type.cls), out))
		return false;
	sql_eval_dead(out->null, live, ev->n);
	if (x->op != SQL_CALL_NULLS)
		for (uint32_t k = 0; k < x->nargs; k++)
			or_nulls(out->null, &a[k], ev->n);
	x->fn->run(ev, x, a, out);
	return !ev->nomem;
}

/*
 * IS NULL, IS TRUE and their kin never yield NULL. ${is} lists the answers in
 * the order of enum sql_is.
 */
bool sql_eval_is(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *a, struct sql_reg *out)
{
	(void)live;
	if (!sql_reg_new(ev, SQL_K_INT, out))
		return false;
	for (uint32_t i = 0; i < ev->n; i++) {
		bool null = sql_null(a, i);
		bool t = !null && x->param >= SQL_IS_TRUE && a->v.i[i & a->mask] != 0;
		bool f = !null && x->param >= SQL_IS_TRUE && a->v.i[i & a->mask] == 0;
		const bool is[] = {null, !null, t, !t, f, !f};

		out->v.i[i] = is[x->param];
	}
	return true;
}

/*
 * Runs the comparison operator of ${x} on two registers; rows with a NULL on
 * either side are NULL.
 */
bool sql_eval_compare(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *pair, struct sql_reg *eq)
{
	if (!sql_reg_new(ev, SQL_K_INT, eq))
		return false;
	sql_eval_dead(eq->null, live, ev->n);
	or_nulls(eq->null, &pair[0], ev->n);
	or_nulls(eq->null, &pair[1], ev->n);
	x->fn->run(ev, x, pair, eq);
	return !ev->nomem;
}

/*
 * IS DISTINCT FROM: two NULLs are not distinct, and a NULL is distinct from any
 * value.
 */
bool sql_eval_distinct(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *a, struct sql_reg *out)
{
	if (!sql_eval_compare(ev, x, live, a, out))
		return false;
	for (uint32_t i = 0; i < ev->n; i++) {
		bool l = sql_null(&a[0], i), r = sql_null(&a[1], i);

		out->v.i[i] = l || r ? l != r : out->v.i[i] == 0;
		out->null[i] = live[i] == 0 || ev->err[i] != 0;
	}
	return true;
}

/* NULLIF(a, b): NULL where a = b is TRUE, else a. */
bool sql_eval_nullif(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *a, struct sql_reg *out)
{
	struct sql_reg eq;

	if (!sql_eval_compare(ev, x, live, a, &eq) ||
		!sql_reg_new(ev, sql_kind_of(x->type.cls), out))
		return false;
	for (uint32_t i = 0; i < ev->n; i++) {
		if (live[i] == 0 || ev->err[i] || (eq.null[i] == 0 && eq.v.i[i] != 0))
			out->null[i] = 1;
		else
			sql_reg_copy(out, i, &a[0], i);
	}
	sql_reg_drop(ev, &eq);
	return true;
}

/*
 * x op ANY (array) for one row: the operator runs over the elements as if they
 * were a block of rows of their own. The left side is a register with one value
 * for all of them.
 */
static bool any_array_row(struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a,
	uint32_t i, struct sql_reg *out)
{
	const int64_t stop = x->param == 0;
	const struct sql_array *arr = SQL_P(1, i);
	struct sql_eval sub = *ev;
	struct sql_reg pair[2] = {a[0], arr->e}, eq;
	uint8_t *live;

	out->v.i[i] = !stop;
	if (arr->n == 0)
		return true;
	sub.n = arr->n;
	memset(sub.pool, 0, sizeof sub.pool);
	sub.why = NULL;
	live = sql_alloc(ev, 2 * (size_t)arr->n);
	if (live == NULL)
		return false;
	sub.err = live + arr->n;
	memset(live, 1, arr->n);
	pair[0].null = a[0].null ? &a[0].null[i & a[0].mask] : NULL;
	pair[0].v.p =
		(void **)(void *)((char *)a[0].v.p + (i & a[0].mask) * sql_kind_width(a[0].kind));
	pair[0].mask = 0;
	if (!sql_eval_compare(&sub, x, live, pair, &eq)) {
		ev->nomem = true;
		return false;
	}
	for (uint32_t k = 0; k < arr->n; k++) {
		if (sub.err[k]) {
			sql_raise(ev, out, i, sub.why);
			return true;
		}
		if (eq.null[k]) {
			out->null[i] = 1;
		} else if (eq.v.i[k] == stop) {
			out->v.i[i] = stop, out->null[i] = 0;
			return true;
		}
	}
	return true;
}

/* x op ANY (array) where the array is a value; a NULL array gives NULL. */
bool sql_eval_any_array(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *a, struct sql_reg *out)
{
	if (!sql_reg_new(ev, SQL_K_INT, out))
		return false;
	sql_eval_dead(out->null, live, ev->n);
	or_nulls(out->null, &a[1], ev->n);
	SQL_EACH(i)
	if (!any_array_row(ev, x, a, i, out))
		return false;
	return true;
}

/*
 * ARRAY[...]: an array value for each row, with lower bound 1. The elements of
 * an array are a register of their own, made with a block of the array's
 * length.
 */
bool sql_eval_array(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *a, struct sql_reg *out)
{
	enum sql_kind kind = sql_kind_of(x->type.elem);
	struct sql_eval sub = *ev;

	if (!sql_reg_new(ev, SQL_K_PTR, out))
		return false;
	sql_eval_dead(out->null, live, ev->n);
	sub.n = x->nargs;
	SQL_EACH(i)
	{
		struct sql_array *arr = sql_alloc(ev, sizeof *arr);

		memset(sub.pool, 0, sizeof sub.pool);
		if (arr == NULL || !sql_reg_new(&sub, kind, &arr->e))
			return false;
		arr->n = x->nargs;
		arr->elem = x->type.elem;
		arr->ndim = x->nargs > 0;
		arr->dim[0] = (int32_t)x->nargs;
		arr->lower[0] = 1;
		for (uint32_t k = 0; k < x->nargs; k++)
			sql_reg_copy(&arr->e, k, &a[k], i);
		out->v.p[i] = arr;
	}
	return true;
}
