/* SPDX-License-Identifier: MIT */
/*
 * Function calls, and the expressions that choose among values: CASE, COALESCE,
 * GREATEST and LEAST.
 *
 * The latter bring their results to a common type by the rules for UNION and
 * CASE (PostgreSQL's manual, 10.5; select_common_type() of parse_coerce.c). A
 * function call is tried in this order: what only a plan's expression may say
 * (uniform(), sibling_number() ...), functions of the schema that can be
 * inlined, a few built-in functions with rules of their own (the clock, age()
 * of one argument, casts written as functions), and then the tables of
 * functions.
 */
#include "common/sql/parse/sql_build.h"

#include <string.h>

#include "common/sql/types/sql_time.h"

/* ---- choices ------------------------------------------------------------------------ */

/* Brings x[0..n) to their common type, which is returned in *t. */
static bool unify(struct sql_comp *c, struct sql_node **x, uint32_t n, const char *what,
	struct sql_type *t, enum sql_status *st)
{
	if (!sql_common_type(c, x, n, what, t, st))
		return false;
	for (uint32_t k = 0; k < n; k++)
		if ((x[k] = sql_coerce(c, x[k], *t, -1, SQL_IMPLICIT, st)) == NULL)
			return false;
	return true;
}

/*
 * The collation of a choice: the one that is not the default, if any; two that
 * differ give none whose order is known.
 */
static uint8_t common_coll(struct sql_node *const *x, uint32_t n)
{
	uint8_t coll = SQL_COLL_NONE;

	for (uint32_t k = 0; k < n; k++)
		if (sql_collatable(x[k]->type) && x[k]->coll != SQL_COLL_NONE && x[k]->coll != coll)
			coll = coll == SQL_COLL_NONE || coll == SQL_COLL_DEFAULT ? x[k]->coll
			       : x[k]->coll == SQL_COLL_DEFAULT			 ? coll
										 : SQL_COLL_OTHER;
	return coll;
}

/* A node of kind ${op} with arguments ${x}, not folded yet. */
static struct sql_node *disjunction(struct sql_comp *c, enum sql_op op, struct sql_node **x,
	uint32_t n, struct sql_type t, enum sql_status *st)
{
	struct sql_node *y = sql_node_new(c, op, t, n);

	if (y == NULL)
		return sql_oom(c, st);
	memcpy(y->args, x, n * sizeof(struct sql_node *));
	y->coll = common_coll(x, n);
	return y;
}

/*
 * CASE x WHEN v is built as CASE WHEN x = v, with x shared by all comparisons.
 * The evaluator's order of arguments is condition, result, ..., ELSE; for the
 * common type the ELSE comes first, as in transformCaseExpr().
 */
struct sql_node *sql_build_case(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__CaseExpr *e = n->case_expr;
	uint32_t nw = (uint32_t)e->n_args;
	struct sql_node **when = arena_array(c->a, nw, sizeof(struct sql_node *));
	struct sql_node **then = arena_array(c->a, nw + 1, sizeof(struct sql_node *));
	struct sql_node *arg = NULL, *x;
	struct sql_type t;

	if (when == NULL || then == NULL)
		return sql_oom(c, st);
	if (e->arg != NULL && (arg = sql_build(c, e->arg, st)) == NULL)
		return NULL;
	if (arg != NULL && arg->type.cls == SQL_UNKNOWN &&
		(arg = sql_coerce(c, arg, sql_type_of(PG_TEXT), -1, SQL_IMPLICIT, st)) == NULL)
		return NULL;
	for (uint32_t k = 0; k < nw; k++) {
		const PgQuery__CaseWhen *w = e->args[k]->case_when;

		if ((when[k] = sql_build(c, w->expr, st)) == NULL)
			return NULL;
		if (arg != NULL) {
			struct sql_node *eq[2] = {arg, when[k]};

			when[k] = sql_call(c, "=", eq, 2, st);
		}
		if ((when[k] = sql_as_bool(c, when[k], st)) == NULL ||
			(then[k + 1] = sql_build(c, w->result, st)) == NULL)
			return NULL;
	}
	/* the ELSE is the first to say of what type they all are */
	then[0] = e->defresult != NULL ? sql_build(c, e->defresult, st)
				       : sql_const_null(c, sql_type_of(SQL_UNKNOWN));
	if (then[0] == NULL || !unify(c, then, nw + 1, "results of CASE", &t, st))
		return NULL;
	x = disjunction(c, SQL_CASE, then, nw + 1, t, st);
	if (x == NULL || (x->args = arena_array(c->a, 2 * (size_t)nw + 1, sizeof *x->args)) == NULL)
		return sql_oom(c, st);
	for (uint32_t k = 0; k < nw; k++) {
		x->args[2 * k] = when[k];
		x->args[2 * k + 1] = then[k + 1];
	}
	x->args[2 * nw] = then[0];
	x->nargs = 2 * nw + 1;
	return sql_checked(c, sql_fold(c, x), st);
}

struct sql_node *sql_build_coalesce(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__CoalesceExpr *e = n->coalesce_expr;
	struct sql_node **x = sql_build_all(c, e->args, e->n_args, st), *y;
	struct sql_type t;

	if (x == NULL || !unify(c, x, (uint32_t)e->n_args, "arguments of COALESCE", &t, st))
		return NULL;
	y = disjunction(c, SQL_COALESCE, x, (uint32_t)e->n_args, t, st);
	return y == NULL ? NULL : sql_checked(c, sql_fold(c, y), st);
}

/*
 * GREATEST and LEAST need an order of the type: "<" is resolved to see whether
 * there is one, and texts need a collation whose order is known.
 */
struct sql_node *sql_build_minmax(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__MinMaxExpr *e = n->min_max_expr;
	struct sql_node **x = sql_build_all(c, e->args, e->n_args, st), *y;
	struct sql_type t;

	if (x == NULL ||
		!unify(c, x, (uint32_t)e->n_args, "arguments of GREATEST or LEAST", &t, st))
		return NULL;
	if (sql_comparison(c, "<", SQL_DISTINCT, x[0], x[0], st) == NULL)
		return NULL; /* the type has no order here */
	y = disjunction(c, SQL_MINMAX, x, (uint32_t)e->n_args, t, st);
	if (y == NULL || !sql_ordered(c, y, st))
		return NULL;
	y->param = e->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? 1 : -1;
	return sql_checked(c, sql_fold(c, y), st);
}

/* ---- functions ------------------------------------------------------------------------ */

/* now(): a constant, marked as coming from the clock. */
static struct sql_node *clock_now(struct sql_comp *c, enum sql_status *st)
{
	struct sql_node *x = sql_const_int(c, PG_TIMESTAMPTZ, sql_now(c->scope));

	if (x == NULL)
		return sql_oom(c, st);
	x->now = true;
	return x;
}

/* age(t) is age(CURRENT_DATE, t), from midnight of the current day. */
static struct sql_node *age_today(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	struct sql_node *args[2] = {clock_now(c, st), x};

	if (args[0] == NULL)
		return NULL;
	if (x->type.cls == PG_TIMESTAMP)
		args[0]->type = sql_type_of(PG_TIMESTAMP);
	return sql_call(c, "age", args, 2, st);
}

/*
 * text(x), date(x), int4(x): PostgreSQL takes a function call by the name of a
 * type as a cast where there is no such function (func_get_detail() of
 * parse_func.c). NULL without an error if it is no such call.
 */
static struct sql_node *cast_call(
	struct sql_comp *c, const char *name, struct sql_node *x, enum sql_status *st)
{
	unsigned cls = sql_class_named(name);

	if (cls >= SQL_UNKNOWN || sql_cast_find(x->type.cls, cls, SQL_EXPLICIT) == NULL)
		return NULL;
	return sql_coerce(c, x, sql_type_of(cls), -1, SQL_EXPLICIT, st);
}

/*
 * date_trunc(unit, t, zone) is the beginning of the unit in the zone's local time.  Within a day
 * PostgreSQL keeps the offset of t, which is not that of its hour's beginning where an hour comes
 * twice: these units are not covered.
 */
static struct sql_node *zoned_trunc(struct sql_comp *c, struct sql_node **args, enum sql_status *st)
{
	const struct sql_node *unit = args[0];
	struct sql_node *local[2] = {args[2], args[1]}, *trunc[2] = {args[0]}, *back[2] = {args[2]};
	enum sql_unit u = SQL_U_NONE;

	if (unit->op == SQL_CONST && !sql_null(&unit->cval, 0))
		u = sql_unit_named(unit->cval.v.t[0].p, unit->cval.v.t[0].n);
	if (u < SQL_U_DAY || u > SQL_U_MILLENNIUM)
		return sql_refuse(c, st, "date_trunc() in a time zone to less than a day");
	if ((local[1] = sql_coerce(
		     c, local[1], sql_type_of(PG_TIMESTAMPTZ), -1, SQL_IMPLICIT, st)) == NULL ||
		(trunc[1] = sql_call(c, "timezone", local, 2, st)) == NULL ||
		(back[1] = sql_call(c, "date_trunc", trunc, 2, st)) == NULL)
		return NULL;
	return sql_call(c, "timezone", back, 2, st);
}

/* Builds the arguments; VARIADIC ARRAY[...] is spread into single arguments. */
static struct sql_node **arguments(
	struct sql_comp *c, const PgQuery__FuncCall *f, uint32_t *n, enum sql_status *st)
{
	const PgQuery__Node *last;

	*n = (uint32_t)f->n_args;
	if (!f->func_variadic)
		return sql_build_all(c, f->args, f->n_args, st);
	last = f->args[f->n_args - 1];
	if (f->n_args != 1 || last->node_case != PG_QUERY__NODE__NODE_A_ARRAY_EXPR)
		return sql_refuse(c, st, "VARIADIC other than an ARRAY[...] alone");
	*n = (uint32_t)last->a_array_expr->n_elements;
	return sql_build_all(c, last->a_array_expr->elements, *n, st);
}

/*
 * Functions that need more than a row of a table. NULL with *st SQL_OK when it
 * is none of them.
 */
static struct sql_node *special(struct sql_comp *c, const char *name, struct sql_node **args,
	uint32_t n, enum sql_status *st)
{
	static const char *const clocks[] = {
		"now", "transaction_timestamp", "statement_timestamp", "clock_timestamp"};

	for (size_t k = 0; n == 0 && k < sizeof clocks / sizeof clocks[0]; k++)
		if (strcmp(clocks[k], name) == 0)
			return clock_now(c, st);
	if (n == 3 && strcmp(name, "date_trunc") == 0)
		return zoned_trunc(c, args, st);
	if (n == 1 && strcmp(name, "age") == 0)
		return age_today(c, args[0], st);
	if (n == 1 && args[0]->type.cls != SQL_UNKNOWN)
		return cast_call(c, name, args[0], st);
	return NULL;
}

/*
 * A function call. Names without a schema that no built-in function has are
 * looked up among the functions of the schema; a built-in name wins, because
 * pg_catalog is searched first.
 */
struct sql_node *sql_build_func(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__FuncCall *f = n->func_call;
	const char *name = sql_str_of(f->funcname[f->n_funcname - 1]);
	const char *schema = f->n_funcname > 1 ? sql_str_of(f->funcname[0]) : NULL;
	struct sql_node **args, *x;
	uint32_t nargs;

	if (name == NULL || f->over != NULL || f->agg_star || f->agg_distinct ||
		f->agg_filter != NULL || f->n_agg_order > 0)
		return sql_refuse(c, st, "an aggregate or window function");
	if (c->scope->names != NULL && schema == NULL && c->nparams == 0) {
		x = sql_build_draw(c, f, st);
		if (x != NULL || *st != SQL_OK)
			return x;
	}
	if ((args = arguments(c, f, &nargs, st)) == NULL)
		return NULL;
	if (schema == NULL ? !sql_fn_known(name) : strcmp(schema, "pg_catalog") != 0) {
		x = sql_inline(c, schema, name, args, nargs, st);
		if (x != NULL || *st != SQL_OK)
			return x;
		if (schema != NULL)
			return sql_refuse(c, st, "function %s.%s()", schema, name);
	}
	x = special(c, name, args, nargs, st);
	if (x != NULL || *st != SQL_OK)
		return x;
	/* up to 13, EXTRACT is another way to write date_part() */
	if (strcmp(name, "extract") == 0 && sql_before(c, 14))
		name = "date_part";
	return sql_call(c, name, args, nargs, st);
}
