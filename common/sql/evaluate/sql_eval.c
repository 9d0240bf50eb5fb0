/* SPDX-License-Identifier: MIT */
/*
 * Evaluation of a typed tree over a block of rows.
 *
 * Every node is computed for the whole block into a register: an array of
 * values and an array of null flags, or one value for all rows when the node is
 * a constant. This is the column-at-a-time execution of MonetDB/X100 (Boncz,
 * Zukowski and Nes, CIDR 2005): the tree is walked once per block instead of
 * once per row, and each operator is a simple loop.
 *
 * ${live} says for which rows a node is to be evaluated at all. That is how
 * errors agree with PostgreSQL: AND stops at FALSE, CASE takes one branch,
 * COALESCE stops at the first value, and an error in what PostgreSQL would not
 * have computed is none. A row that failed is marked in ev->err and treated as
 * NULL from there on.
 */
#include "common/sql/sql_int.h"

#include <string.h>

/* ---- calls -------------------------------------------------------------------- */

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
static void set_dead(uint8_t *null, const uint8_t *live, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		null[i] = live[i] == 0;
}

/*
 * The rows of ${live} in which ${r} is not NULL, as new flags; NULL when out of
 * memory.
 */
static const uint8_t *without(struct sql_eval *ev, const uint8_t *live, const struct sql_reg *r)
{
	uint8_t *rest = sql_alloc(ev, ev->n);

	for (uint32_t i = 0; rest != NULL && i < ev->n; i++)
		rest[i] = live[i] && !sql_null(r, i);
	return rest;
}

/*
 * Evaluates all arguments into a[]. For SQL_CALL_LAZY the first argument
 * decides for which rows the others are computed at all.
 */
static bool eval_args(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *a)
{
	for (uint32_t k = 0; k < x->nargs; k++) {
		if (!sql_eval(ev, x->args[k], live, &a[k]))
			return false;
		if (k == 0 && x->op == SQL_CALL_LAZY && (live = without(ev, live, a)) == NULL)
			return false;
	}
	return true;
}

static void drop_args(struct sql_eval *ev, const struct sql_node *x, struct sql_reg *a)
{
	for (uint32_t k = 0; k < x->nargs; k++)
		sql_reg_drop(ev, &a[k]);
}

/*
 * Calls a kernel. For a strict function the rows with a NULL argument are NULL
 * before the kernel runs, and it computes the others only; a function that is
 * not strict (SQL_CALL_NULLS) sees all live rows and sets the flags itself.
 */
static bool eval_call(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg few[4], *a = few;

	if (x->nargs > 4 && (a = sql_alloc(ev, x->nargs * sizeof *a)) == NULL)
		return false;
	if (!eval_args(ev, x, live, a) || !sql_reg_new(ev, sql_kind_of(x->type.cls), out))
		return false;
	set_dead(out->null, live, ev->n);
	if (x->op != SQL_CALL_NULLS)
		for (uint32_t k = 0; k < x->nargs; k++)
			or_nulls(out->null, &a[k], ev->n);
	x->fn->run(ev, x, a, out);
	drop_args(ev, x, a);
	return !ev->nomem;
}

/* ---- logic --------------------------------------------------------------------- */

/*
 * AND and OR of SQL's three-valued logic. AND stops a row at the first FALSE
 * and OR at the first TRUE (${stop}); what comes after it is not computed for
 * that row. The rows that go on are the flags of register ${go}. PostgreSQL
 * evaluates the arguments in the order written too.
 */
static bool eval_andor(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	const int64_t stop = x->op == SQL_OR;
	struct sql_reg a, go;

	if (!sql_reg_new(ev, SQL_K_INT, out) || !sql_reg_new(ev, SQL_K_INT, &go))
		return false;
	memcpy(go.null, live, ev->n);
	for (uint32_t i = 0; i < ev->n; i++)
		out->v.i[i] = !stop;
	for (uint32_t k = 0; k < x->nargs; k++) {
		if (!sql_eval(ev, x->args[k], go.null, &a))
			return false;
		for (uint32_t i = 0; i < ev->n; i++) {
			if (go.null[i] == 0)
				continue;
			if (sql_null(&a, i)) {
				out->null[i] = 1;
			} else if (a.v.i[i & a.mask] == stop) {
				out->v.i[i] = stop;
				out->null[i] = 0;
				go.null[i] = 0;
			}
		}
		sql_reg_drop(ev, &a);
	}
	sql_reg_drop(ev, &go);
	return true;
}

/*
 * IS NULL, IS TRUE and their kin never yield NULL. ${is} lists the answers in
 * the order of enum sql_is.
 */
static bool eval_is(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg a;

	if (!sql_eval(ev, x->args[0], live, &a) || !sql_reg_new(ev, SQL_K_INT, out))
		return false;
	for (uint32_t i = 0; i < ev->n; i++) {
		bool null = sql_null(&a, i);
		bool t = !null && x->param >= SQL_IS_TRUE && a.v.i[i & a.mask] != 0;
		bool f = !null && x->param >= SQL_IS_TRUE && a.v.i[i & a.mask] == 0;
		const bool is[] = {null, !null, t, !t, f, !f};

		out->v.i[i] = is[x->param];
	}
	sql_reg_drop(ev, &a);
	return true;
}

/*
 * Runs the comparison operator of ${x} on two registers; rows with a NULL on
 * either side are NULL.
 */
static bool compare(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *pair, struct sql_reg *eq)
{
	if (!sql_reg_new(ev, SQL_K_INT, eq))
		return false;
	set_dead(eq->null, live, ev->n);
	or_nulls(eq->null, &pair[0], ev->n);
	or_nulls(eq->null, &pair[1], ev->n);
	x->fn->run(ev, x, pair, eq);
	return !ev->nomem;
}

/*
 * IS DISTINCT FROM: two NULLs are not distinct, and a NULL is distinct from any
 * value.
 */
static bool eval_distinct(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg a[2];

	if (!eval_args(ev, x, live, a) || !compare(ev, x, live, a, out))
		return false;
	for (uint32_t i = 0; i < ev->n; i++) {
		bool l = sql_null(&a[0], i), r = sql_null(&a[1], i);

		out->v.i[i] = l || r ? l != r : out->v.i[i] == 0;
		out->null[i] = live[i] == 0 || ev->err[i] != 0;
	}
	drop_args(ev, x, a);
	return true;
}

/* NULLIF(a, b): NULL where a = b is TRUE, else a. */
static bool eval_nullif(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg a[2], eq;

	if (!eval_args(ev, x, live, a) || !compare(ev, x, live, a, &eq) ||
		!sql_reg_new(ev, sql_kind_of(x->type.cls), out))
		return false;
	for (uint32_t i = 0; i < ev->n; i++) {
		if (live[i] == 0 || ev->err[i] || (eq.null[i] == 0 && eq.v.i[i] != 0))
			out->null[i] = 1;
		else
			sql_reg_copy(out, i, &a[0], i);
	}
	sql_reg_drop(ev, &eq);
	drop_args(ev, x, a);
	return true;
}

/*
 * Adds one more comparison to the result of an ANY or ALL. A row that has
 * reached ${stop} (TRUE for ANY, FALSE for ALL) stays there; otherwise a NULL
 * comparison makes it NULL.
 */
static void gather(struct sql_reg *out, const struct sql_reg *eq, int64_t stop, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (out->null[i] == 0 && out->v.i[i] == stop)
			continue;
		if (eq->null[i])
			out->null[i] = 1;
		else if (eq->v.i[i] == stop)
			out->v.i[i] = stop, out->null[i] = 0;
	}
}

/*
 * x op ANY (ARRAY[e1, e2 ...]) whose elements are expressions. Every element is
 * computed for all live rows, since PostgreSQL builds the array before it
 * compares anything.
 */
static bool eval_any_of(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	const int64_t stop = x->param == 0;
	struct sql_reg pair[2], eq, go;

	if (!sql_eval(ev, x->args[0], live, &pair[0]) || !sql_reg_new(ev, SQL_K_INT, out) ||
		!sql_reg_new(ev, SQL_K_INT, &go))
		return false;
	for (uint32_t i = 0; i < ev->n; i++)
		out->v.i[i] = !stop;
	/* every element is computed, but no row is compared that is decided */
	for (uint32_t k = 1; k < x->nargs; k++) {
		for (uint32_t i = 0; i < ev->n; i++)
			go.null[i] = live[i] && (out->null[i] || out->v.i[i] != stop);
		if (!sql_eval(ev, x->args[k], live, &pair[1]) ||
			!compare(ev, x, go.null, pair, &eq))
			return false;
		gather(out, &eq, stop, ev->n);
		sql_reg_drop(ev, &eq);
		sql_reg_drop(ev, &pair[1]);
	}
	for (uint32_t i = 0; i < ev->n; i++)
		out->null[i] |= live[i] == 0;
	sql_reg_drop(ev, &go);
	sql_reg_drop(ev, &pair[0]);
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
	if (!compare(&sub, x, live, pair, &eq)) {
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
static bool eval_any_array(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg a[2];

	if (!eval_args(ev, x, live, a) || !sql_reg_new(ev, SQL_K_INT, out))
		return false;
	set_dead(out->null, live, ev->n);
	or_nulls(out->null, &a[1], ev->n);
	SQL_EACH(i)
	if (!any_array_row(ev, x, a, i, out))
		return false;
	drop_args(ev, x, a);
	return true;
}

/* ---- choices ------------------------------------------------------------------- */

/*
 * CASE. ${left} holds the rows that no branch has taken yet, ${take} those that
 * take this one. A condition is computed for the first, a result for the second
 * only. The arguments are pairs of condition and result, and the ELSE last.
 */
static bool eval_case(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg cond, v, left, take;

	if (!sql_reg_new(ev, sql_kind_of(x->type.cls), out) || !sql_reg_new(ev, SQL_K_INT, &left) ||
		!sql_reg_new(ev, SQL_K_INT, &take))
		return false;
	memcpy(left.null, live, ev->n);
	memset(out->null, 1, ev->n);
	for (uint32_t k = 0; k < x->nargs; k += 2) {
		bool last = k + 1 == x->nargs;

		if (!last && !sql_eval(ev, x->args[k], left.null, &cond))
			return false;
		for (uint32_t i = 0; i < ev->n; i++)
			take.null[i] =
				left.null[i] && !ev->err[i] &&
				(last || (!sql_null(&cond, i) && cond.v.i[i & cond.mask] != 0));
		if (!last)
			sql_reg_drop(ev, &cond);
		if (!sql_eval(ev, x->args[last ? k : k + 1], take.null, &v))
			return false;
		for (uint32_t i = 0; i < ev->n; i++)
			if (take.null[i]) {
				sql_reg_copy(out, i, &v, i);
				left.null[i] = 0;
			}
		sql_reg_drop(ev, &v);
	}
	sql_reg_drop(ev, &left);
	sql_reg_drop(ev, &take);
	return true;
}

/*
 * COALESCE: an argument is computed only for rows in which all before it were
 * NULL.
 */
static bool eval_coalesce(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg v, left;

	if (!sql_reg_new(ev, sql_kind_of(x->type.cls), out) || !sql_reg_new(ev, SQL_K_INT, &left))
		return false;
	memcpy(left.null, live, ev->n);
	memset(out->null, 1, ev->n);
	for (uint32_t k = 0; k < x->nargs; k++) {
		if (!sql_eval(ev, x->args[k], left.null, &v))
			return false;
		for (uint32_t i = 0; i < ev->n; i++)
			if (left.null[i] && !sql_null(&v, i) && !ev->err[i]) {
				sql_reg_copy(out, i, &v, i);
				left.null[i] = 0;
			}
		sql_reg_drop(ev, &v);
	}
	sql_reg_drop(ev, &left);
	return true;
}

/*
 * GREATEST (param 1) and LEAST (param -1): NULLs are ignored, unless all are
 * NULL.
 */
static bool eval_minmax(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg v;

	if (!sql_reg_new(ev, sql_kind_of(x->type.cls), out))
		return false;
	memset(out->null, 1, ev->n);
	for (uint32_t k = 0; k < x->nargs; k++) {
		if (!sql_eval(ev, x->args[k], live, &v))
			return false;
		for (uint32_t i = 0; i < ev->n; i++)
			if (live[i] && !sql_null(&v, i) &&
				(out->null[i] ||
					sql_cmp(x->type.cls, &v, i, out, i) * x->param > 0))
				sql_reg_copy(out, i, &v, i);
		sql_reg_drop(ev, &v);
	}
	return true;
}

/* ---- rows and arrays --------------------------------------------------------------- */

/*
 * ROW(a, b) < ROW(c, d) and its kin: the first pair that is not equal decides,
 * and what comes after it is not computed. A NULL in the deciding pair makes
 * the result NULL (PostgreSQL's manual, 9.25.5 "Row Constructor Comparison").
 */
static bool eval_rowcmp(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	struct sql_reg a[2], go;

	if (!sql_reg_new(ev, SQL_K_INT, out) || !sql_reg_new(ev, SQL_K_INT, &go))
		return false;
	memcpy(go.null, live, ev->n);
	set_dead(out->null, live, ev->n);
	for (uint32_t i = 0; i < ev->n; i++)
		out->v.i[i] = (x->param & SQL_EQ) != 0;
	for (uint32_t k = 0; k < x->nargs; k += 2) {
		if (!sql_eval(ev, x->args[k], go.null, &a[0]) ||
			!sql_eval(ev, x->args[k + 1], go.null, &a[1]))
			return false;
		for (uint32_t i = 0; i < ev->n; i++) {
			int order = 0;

			if (go.null[i] == 0)
				continue;
			out->null[i] = sql_null(&a[0], i) || sql_null(&a[1], i);
			if (!out->null[i])
				order = sql_cmp(x->args[k]->type.cls, &a[0], i, &a[1], i);
			if (order != 0)
				out->v.i[i] = (x->param & (order < 0 ? SQL_LT : SQL_GT)) != 0;
			go.null[i] = !out->null[i] && order == 0;
		}
		sql_reg_drop(ev, &a[0]);
		sql_reg_drop(ev, &a[1]);
	}
	sql_reg_drop(ev, &go);
	return true;
}

/*
 * ARRAY[...]: an array value for each row, with lower bound 1. The elements of
 * an array are a register of their own, made with a block of the array's
 * length.
 */
static bool eval_array(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	enum sql_kind kind = sql_kind_of(x->type.elem);
	struct sql_reg *a = sql_alloc(ev, (x->nargs + 1) * sizeof *a);
	struct sql_eval sub = *ev;

	if (a == NULL || !eval_args(ev, x, live, a) || !sql_reg_new(ev, SQL_K_PTR, out))
		return false;
	set_dead(out->null, live, ev->n);
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
	drop_args(ev, x, a);
	return true;
}

/*
 * The value was computed when the expression was compiled; the register points
 * at it.
 */
static bool eval_const(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	(void)ev;
	(void)live;
	*out = x->cval;
	return true;
}

typedef bool eval_node(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out);

/* Dispatch by the kind of node. Returns false only when memory has run out. */
bool sql_eval(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	static eval_node *const how[SQL_OPS] = {[SQL_CONST] = eval_const,
		[SQL_COL] = sql_load,
		[SQL_CALL] = eval_call,
		[SQL_CALL_NULLS] = eval_call,
		[SQL_CALL_LAZY] = eval_call,
		[SQL_AND] = eval_andor,
		[SQL_OR] = eval_andor,
		[SQL_IS] = eval_is,
		[SQL_DISTINCT] = eval_distinct,
		[SQL_ANY_OF] = eval_any_of,
		[SQL_ANY_ARRAY] = eval_any_array,
		[SQL_CASE] = eval_case,
		[SQL_COALESCE] = eval_coalesce,
		[SQL_MINMAX] = eval_minmax,
		[SQL_NULLIF] = eval_nullif,
		[SQL_ARRAY] = eval_array,
		[SQL_ROWCMP] = eval_rowcmp};

	return how[x->op](ev, x, live, out) && !ev->nomem;
}
