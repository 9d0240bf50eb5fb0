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
#include "common/sql/evaluate/sql_eval_values.h"

#include <string.h>

/* ---- arguments ----------------------------------------------------------------- */

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
			!sql_eval_compare(ev, x, go.null, pair, &eq))
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

/* ---- rows ---------------------------------------------------------------------- */

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
	sql_eval_dead(out->null, live, ev->n);
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

/*
 * The nodes whose arguments are all computed first. A kernel of many arguments
 * has their registers in the block's memory.
 */
static bool eval_values(
	struct sql_eval *ev, const struct sql_node *x, const uint8_t *live, struct sql_reg *out)
{
	static sql_eval_values *const how[SQL_OPS] = {[SQL_CALL] = sql_eval_call,
		[SQL_CALL_NULLS] = sql_eval_call,
		[SQL_CALL_LAZY] = sql_eval_call,
		[SQL_IS] = sql_eval_is,
		[SQL_DISTINCT] = sql_eval_distinct,
		[SQL_NULLIF] = sql_eval_nullif,
		[SQL_ANY_ARRAY] = sql_eval_any_array,
		[SQL_ARRAY] = sql_eval_array};
	struct sql_reg few[4], *a = few;

	if (x->nargs > 4 && (a = sql_alloc(ev, x->nargs * sizeof *a)) == NULL)
		return false;
	if (!eval_args(ev, x, live, a) || !how[x->op](ev, x, live, a, out))
		return false;
	for (uint32_t k = 0; k < x->nargs; k++)
		sql_reg_drop(ev, &a[k]);
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
		[SQL_CALL] = eval_values,
		[SQL_CALL_NULLS] = eval_values,
		[SQL_CALL_LAZY] = eval_values,
		[SQL_AND] = eval_andor,
		[SQL_OR] = eval_andor,
		[SQL_IS] = eval_values,
		[SQL_DISTINCT] = eval_values,
		[SQL_ANY_OF] = eval_any_of,
		[SQL_ANY_ARRAY] = eval_values,
		[SQL_CASE] = eval_case,
		[SQL_COALESCE] = eval_coalesce,
		[SQL_MINMAX] = eval_minmax,
		[SQL_NULLIF] = eval_values,
		[SQL_ARRAY] = eval_values,
		[SQL_ROWCMP] = eval_rowcmp};

	return how[x->op](ev, x, live, out) && !ev->nomem;
}
