/* SPDX-License-Identifier: MIT */
/*
 * Constants are computed when an expression is compiled, as
 * eval_const_expressions() of PostgreSQL's clauses.c does. What is left out
 * here is what is left out there, errors included: CASE WHEN true THEN 1 ELSE
 * 1/0 END is no error, because the planner drops the branch before it computes
 * the division.
 *
 * A constant is "late" when PostgreSQL computes it only once it sees rows,
 * because a function in it is stable and not immutable; it is folded here all
 * the same, but its errors are errors of rows. A constant "fails" when
 * computing it raises an error: the node stays, and every row that reaches it
 * fails.
 */
#include "common/sql/sql_comp.h"

#include <string.h>

static bool is_const(const struct sql_node *x)
{
	return x->op == SQL_CONST;
}

/*
 * Whether PostgreSQL's planner has this as a constant too: it comes neither
 * from the clock nor from a stable function.
 */
static bool is_early(const struct sql_node *x)
{
	return is_const(x) && !x->late && !x->now;
}

static bool const_is_null(const struct sql_node *x)
{
	return is_early(x) && sql_null(&x->cval, 0);
}

static bool const_is_bool(const struct sql_node *x, int64_t b)
{
	return is_early(x) && !sql_null(&x->cval, 0) && x->cval.v.i[0] == b;
}

/*
 * Types whose text depends on settings of the session (DateStyle, TimeZone), so
 * that a cast of them to text is stable.
 */
static bool shown_by_settings(unsigned cls)
{
	return cls == PG_DATE || cls == PG_TIME || cls == PG_TIMESTAMP || cls == PG_TIMESTAMPTZ ||
	       cls == PG_ENUM || cls == PG_ARRAY || cls == PG_RANGE;
}

/*
 * Whether the node's function is stable for PostgreSQL (pg_proc.provolatile =
 * 's'): what depends on the time zone, texts of dates, labels of enums,
 * concat() and its kin.
 */
static bool stable(const struct sql_node *x)
{
	const uint8_t *arg = x->fn != NULL ? x->fn->arg : NULL;
	const bool zoned = x->type.cls == PG_TIMESTAMPTZ ||
			   (arg != NULL && (arg[0] == PG_TIMESTAMPTZ || arg[1] == PG_TIMESTAMPTZ));

	if (x->now || x->type.cls == PG_ENUM)
		return true;
	if (arg == NULL)
		return false;
	if (strncmp(x->fn->name, "concat", 6) == 0)
		return true;
	if (strcmp(x->fn->name, "cast") == 0 && x->type.cls != arg[0] &&
		sql_class_category(x->type.cls) == 'S' && shown_by_settings(arg[0]))
		return true;
	return zoned && strcmp(x->fn->name, "timezone") != 0 && arg[0] != arg[1];
}

/*
 * Evaluates a node whose arguments are constants: a new constant with the marks
 * of the node; the node itself when it fails; NULL when out of memory.
 */
static struct sql_node *evaluated(struct sql_comp *c, struct sql_node *x)
{
	struct sql_node *k = sql_const_new(c, x->type);
	struct sql_reg out;
	uint8_t live = 1, failed = 0;
	struct sql_eval ev = {.n = 1, .tmp = c->a, .err = &failed};

	if (k == NULL || !sql_eval(&ev, x, &live, &out))
		return NULL;
	if (failed) {
		x->fails = !x->late;
		if (ev.why == sql_differing)
			*c->differs = x->fn != NULL		? x->fn->name
				      : x->type.cls == PG_ARRAY ? "ARRAY"
								: "it";
		return x;
	}
	k->unscaled = x->unscaled;
	k->now = x->now;
	k->late = x->late;
	k->coll = x->coll;
	k->coll_explicit = x->coll_explicit;
	k->typmod = x->typmod;
	sql_reg_copy(&k->cval, 0, &out, 0);
	return k;
}

/*
 * A constant for an expression one part of which fails: PostgreSQL reports the
 * part's error whenever the expression is evaluated, although the answer is
 * known.
 */
static struct sql_node *constant_but(struct sql_comp *c, struct sql_node *k, bool fails)
{
	return fails && k != NULL ? sql_failing(c, k) : k;
}

/* Whether any argument has the mark. */
bool sql_some_fails(const struct sql_node *x)
{
	for (uint32_t k = 0; k < x->nargs; k++)
		if (x->args[k]->fails)
			return true;
	return false;
}

/*
 * AND without arguments that are TRUE, OR without those that are FALSE, and
 * NULL only once. A constant that decides (FALSE for AND) is the answer, and
 * what comes after it is not looked at: simplify_and_arguments() and
 * simplify_or_arguments().
 */
static struct sql_node *fold_logic(struct sql_comp *c, struct sql_node *x)
{
	const int64_t stop = x->op == SQL_OR;
	uint32_t n = 0;
	bool null = false, fails = false;

	for (uint32_t k = 0; k < x->nargs; k++) {
		if (const_is_bool(x->args[k], stop))
			return constant_but(c, sql_const_int(c, PG_BOOL, stop), fails);
		fails |= x->args[k]->fails;
	}
	for (uint32_t k = 0; k < x->nargs; k++) {
		if (const_is_bool(x->args[k], !stop) || (null && const_is_null(x->args[k])))
			continue;
		null |= const_is_null(x->args[k]);
		x->args[n++] = x->args[k];
	}
	x->nargs = n;
	x->fails = fails;
	if (n == 0)
		return sql_const_int(c, PG_BOOL, !stop);
	return n == 1 ? x->args[0] : x;
}

/*
 * What is left of ${x} when it is always its one argument: that argument,
 * unless ${x} has a collation that the argument lacks.
 */
static struct sql_node *only(struct sql_node *x)
{
	struct sql_node *a = x->args[0];

	x->fails = a->fails;
	if (!sql_collatable(x->type))
		return a;
	return a->coll == x->coll && a->coll_explicit == x->coll_explicit ? a : x;
}

/*
 * CASE without the branches that no row can take; the first condition that is
 * constantly TRUE makes its result the ELSE.
 */
static struct sql_node *fold_case(struct sql_node *x)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < x->nargs; k += 2) {
		const bool last = k + 1 == x->nargs;

		if (last || const_is_bool(x->args[k], 1)) {
			x->args[n++] = x->args[last ? k : k + 1];
			break;
		}
		if (is_early(x->args[k]))
			continue;
		x->args[n++] = x->args[k];
		x->args[n++] = x->args[k + 1];
	}
	x->nargs = n;
	x->fails = sql_some_fails(x);
	return n == 1 ? only(x) : x;
}

/*
 * COALESCE without constant NULLs; nothing after a constant that is not NULL
 * can be reached.
 */
static struct sql_node *fold_coalesce(struct sql_comp *c, struct sql_node *x)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < x->nargs; k++) {
		if (const_is_null(x->args[k]))
			continue;
		x->args[n++] = x->args[k];
		if (is_early(x->args[k]))
			break;
	}
	x->nargs = n;
	x->fails = sql_some_fails(x);
	if (n == 0)
		return sql_const_null(c, x->type);
	return n == 1 ? only(x) : x;
}

/*
 * From PostgreSQL 14 on the planner folds NULLIF: with a NULL it is its first
 * argument. Up to 13 it is evaluated for rows only, so that an error in the
 * other argument is an error then.
 */
static struct sql_node *fold_nullif(struct sql_comp *c, struct sql_node *x)
{
	if (sql_before(c, 14))
		return x;
	if (const_is_null(x->args[0]) || const_is_null(x->args[1]))
		return constant_but(c, x->args[0], x->fails);
	return is_const(x->args[0]) && is_const(x->args[1]) ? evaluated(c, x) : x;
}

/*
 * ARRAY[...] of constants stays a node as long as a cast may still be applied
 * to its elements; as an argument of another node it becomes a constant.
 */
static struct sql_node *fold_argument(struct sql_comp *c, struct sql_node *x)
{
	if (x->op != SQL_ARRAY)
		return x;
	for (uint32_t k = 0; k < x->nargs; k++)
		if (!is_const(x->args[k]))
			return x;
	return evaluated(c, x);
}

/*
 * Simplifies a new node whose arguments are already folded. A strict function
 * of a constant NULL is NULL without a look at its other arguments. Returns the
 * node, another one, or NULL when out of memory.
 */
struct sql_node *sql_fold(struct sql_comp *c, struct sql_node *x)
{
	bool all = true, null = false;

	sql_settle(c, x);
	for (uint32_t i = 0; i < x->nargs; i++) {
		if ((x->args[i] = fold_argument(c, x->args[i])) == NULL)
			return NULL;
		x->now |= x->args[i]->now;
		x->late |= x->args[i]->late;
		all &= is_const(x->args[i]);
		null |= x->op == SQL_CALL && const_is_null(x->args[i]);
	}
	x->fails = sql_some_fails(x);
	if (null)
		return constant_but(c, sql_const_null(c, x->type), x->fails);
	if (x->op == SQL_AND || x->op == SQL_OR)
		return fold_logic(c, x);
	if (x->op == SQL_CASE)
		return fold_case(x);
	if (x->op == SQL_COALESCE)
		return fold_coalesce(c, x);
	if (x->op == SQL_NULLIF)
		return fold_nullif(c, x);
	x->late |= stable(x);
	if (!all || x->op == SQL_CONST || x->op == SQL_COL)
		return x;
	return evaluated(c, x);
}

/* The kernel of sql_failing(): every row fails. */
static void fail_rows(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	(void)x;
	(void)a;
	SQL_EACH(i) sql_raise(ev, out, i, "a constant of it cannot be computed");
}

/*
 * A node that fails every row for which it is evaluated, in the place of ${x}.
 */
struct sql_node *sql_failing(struct sql_comp *c, struct sql_node *x)
{
	static const struct sql_fn fn = {"fails", {0}, 1, 0, 0, 0, fail_rows, NULL};
	struct sql_node *y = sql_node_new(c, SQL_CALL_NULLS, x->type, 1);

	if (y == NULL)
		return NULL;
	y->fn = &fn;
	y->args[0] = x;
	y->fails = true;
	return y;
}
