/* SPDX-License-Identifier: MIT */
/*
 * From PostgreSQL's parse tree to the typed tree that is evaluated: this is
 * what parse analysis does in PostgreSQL (src/backend/parser/parse_expr.c).
 * There is one builder for each kind of node, in the table at the end;
 * sql_build() finds it by the node's kind. Columns are looked up in the scope,
 * operators and functions are resolved in sql_call.c, casts are added by
 * sql_coerce(), and constants are folded as soon as a node is made.
 *
 * A builder returns NULL when it fails, having set c->e and *st: SQL_FAILED
 * where PostgreSQL would refuse the text too, SQL_UNSUPPORTED where only this
 * compiler does. Whatever there is no builder for is refused by name; nothing
 * is assumed to be true.
 */
#include "common/sql/parse/sql_build.h"

#include <string.h>

/* ---- casts, collations ---------------------------------------------------------------- */

/* CAST(x AS t) and x::t. */
static struct sql_node *build_cast(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	struct sql_node *x;
	struct sql_type t;
	int32_t typmod;

	if (!sql_type_lookup(c, n->type_cast->type_name, &t, &typmod, st) ||
		(x = sql_build(c, n->type_cast->arg, st)) == NULL)
		return NULL;
	return sql_coerce(c, x, t, typmod, SQL_EXPLICIT, st);
}

/*
 * x COLLATE name makes a new node, because the same node may also stand
 * elsewhere without it.
 */
static struct sql_node *build_collate(
	struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__CollateClause *k = n->collate_clause;
	const char *name = sql_str_of(k->collname[k->n_collname - 1]);
	struct sql_node *x = sql_build(c, k->arg, st), *y;

	if (x == NULL)
		return NULL;
	if (x->type.cls == SQL_UNKNOWN &&
		(x = sql_coerce(c, x, sql_type_of(PG_TEXT), -1, SQL_IMPLICIT, st)) == NULL)
		return NULL;
	if (x->coll == SQL_COLL_NONE)
		return sql_fail(c, st, "%s has no collation", sql_type_name(x->type));
	/* a node of its own: what it stands for keeps its collation */
	y = sql_relabelled(c, x, x->type);
	if (y == NULL)
		return sql_oom(c, st);
	y->coll_explicit = true;
	y->coll = name == NULL					 ? SQL_COLL_OTHER
		  : strcmp(name, "default") == 0		 ? SQL_COLL_DEFAULT
		  : !strcmp(name, "C") || !strcmp(name, "POSIX") ? SQL_COLL_C
								 : SQL_COLL_OTHER;
	return y;
}

/* ---- logic ------------------------------------------------------------------------ */

/*
 * AND, OR and NOT. AND and OR have any number of arguments here, as in
 * PostgreSQL.
 */
static struct sql_node *build_bool(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__BoolExpr *b = n->bool_expr;
	struct sql_node *x;

	if (b->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
		return sql_negate(c, sql_as_bool(c, sql_build(c, b->args[0], st), st), st);
	x = sql_node_new(c, b->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR ? SQL_AND : SQL_OR,
		sql_type_of(PG_BOOL), (uint32_t)b->n_args);
	if (x == NULL)
		return sql_oom(c, st);
	for (size_t k = 0; k < b->n_args; k++)
		if ((x->args[k] = sql_as_bool(c, sql_build(c, b->args[k], st), st)) == NULL)
			return NULL;
	return sql_checked(c, sql_fold(c, x), st);
}

/*
 * ROW(...) IS [NOT] NULL holds when it holds for every field (PostgreSQL's
 * manual, 9.2).
 */
static struct sql_node *row_test(
	struct sql_comp *c, struct sql_node **x, uint32_t n, enum sql_is is, enum sql_status *st)
{
	struct sql_node *all = sql_node_new(c, SQL_AND, sql_type_of(PG_BOOL), n);

	if (all == NULL)
		return sql_oom(c, st);
	for (uint32_t k = 0; k < n; k++)
		if ((all->args[k] = sql_test(c, x[k], is, st)) == NULL)
			return NULL;
	return sql_checked(c, sql_fold(c, all), st);
}

static struct sql_node *build_null_test(
	struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__NullTest *t = n->null_test;
	const enum sql_is is = t->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL
				       ? SQL_IS_NULL
				       : SQL_IS_NOT_NULL;
	struct sql_node **x;

	if (t->arg->node_case == PG_QUERY__NODE__NODE_ROW_EXPR) {
		x = sql_build_all(c, t->arg->row_expr->args, t->arg->row_expr->n_args, st);
		return x == NULL ? NULL
				 : row_test(c, x, (uint32_t)t->arg->row_expr->n_args, is, st);
	}
	if (sql_whole_row(c, t->arg)) {
		uint32_t nc = c->scope->table->ncolumns;

		x = arena_array(c->a, nc + 1, sizeof(struct sql_node *));
		if (x == NULL)
			return sql_oom(c, st);
		for (uint32_t k = 0; k < nc; k++)
			if ((x[k] = sql_table_column(c, k, st)) == NULL)
				return NULL;
		return row_test(c, x, nc, is, st);
	}
	return sql_test(c, sql_build(c, t->arg, st), is, st);
}

static struct sql_node *build_bool_test(
	struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	static const uint8_t is[] = {
		[PG_QUERY__BOOL_TEST_TYPE__IS_TRUE] = SQL_IS_TRUE,
		[PG_QUERY__BOOL_TEST_TYPE__IS_NOT_TRUE] = SQL_IS_NOT_TRUE,
		[PG_QUERY__BOOL_TEST_TYPE__IS_FALSE] = SQL_IS_FALSE,
		[PG_QUERY__BOOL_TEST_TYPE__IS_NOT_FALSE] = SQL_IS_NOT_FALSE,
		[PG_QUERY__BOOL_TEST_TYPE__IS_UNKNOWN] = SQL_IS_NULL,
		[PG_QUERY__BOOL_TEST_TYPE__IS_NOT_UNKNOWN] = SQL_IS_NOT_NULL,
	};

	return sql_test(c, sql_as_bool(c, sql_build(c, n->boolean_test->arg, st), st),
		(enum sql_is)is[n->boolean_test->booltesttype], st);
}

/*
 * An ARRAY of columns that are all of a domain is an array of that domain in
 * PostgreSQL, whose checks would then apply to its elements; such an array is
 * refused.
 */
static bool all_of_domains(const struct sql_comp *c, struct sql_node *const *el, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (el[k]->op != SQL_COL || c->scope->table == NULL ||
			c->scope->table->columns[el[k]->col].type->cls != PG_DOMAIN)
			return false;
	return n > 0;
}

/*
 * ARRAY[...]. The elements are brought to a common type; arrays of arrays are
 * refused, since an array value here has the dimensions of its text only.
 */
static struct sql_node *build_array(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__AArrayExpr *e = n->a_array_expr;
	struct sql_node **el = sql_build_all(c, e->elements, e->n_elements, st), *x;
	struct sql_type t;

	if (el == NULL ||
		!sql_common_type(c, el, (uint32_t)e->n_elements, "array elements", &t, st))
		return NULL;
	if (t.cls == PG_ARRAY)
		return sql_refuse(c, st, "an array of arrays");
	if (all_of_domains(c, el, e->n_elements))
		return sql_refuse(c, st, "an array of a domain's values");
	for (size_t k = 0; k < e->n_elements; k++)
		if ((el[k] = sql_coerce(c, el[k], t, -1, SQL_IMPLICIT, st)) == NULL)
			return NULL;
	x = sql_node_new(c, SQL_ARRAY,
		(struct sql_type){.cls = PG_ARRAY, .elem = t.cls, .pg = t.pg},
		(uint32_t)e->n_elements);
	if (x == NULL)
		return sql_oom(c, st);
	for (size_t k = 0; k < e->n_elements; k++) {
		x->args[k] = el[k];
		x->fails |= el[k]->fails;
	}
	return x;
}

/* a[k] with one subscript. Slices and fields are refused. */
static struct sql_node *build_subscript(
	struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__AIndirection *e = n->a_indirection;
	struct sql_node *args[2];

	if (e->n_indirection != 1 ||
		e->indirection[0]->node_case != PG_QUERY__NODE__NODE_A_INDICES ||
		e->indirection[0]->a_indices->is_slice)
		return sql_refuse(c, st, "a slice, a field or several subscripts");
	if ((args[0] = sql_build(c, e->arg, st)) == NULL ||
		(args[1] = sql_build(c, e->indirection[0]->a_indices->uidx, st)) == NULL)
		return NULL;
	if (args[0]->type.cls != PG_ARRAY)
		return sql_refuse(c, st, "a subscript of %s", sql_type_name(args[0]->type));
	return sql_call(c, "[]", args, 2, st);
}

static struct sql_node *build_row(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	(void)n;
	return sql_refuse(c, st, "a row value");
}

/* ---- dispatch ---------------------------------------------------------------------- */

static const struct {
	PgQuery__Node__NodeCase kind;
	const char *name;
	sql_builder *build;
} builders[] = {
	{PG_QUERY__NODE__NODE_COLUMN_REF, "column", sql_build_column},
	{PG_QUERY__NODE__NODE_A_CONST, "constant", sql_build_const},
	{PG_QUERY__NODE__NODE_A_EXPR, "operator", sql_build_expr},
	{PG_QUERY__NODE__NODE_TYPE_CAST, "cast", build_cast},
	{PG_QUERY__NODE__NODE_BOOL_EXPR, "AND, OR, NOT", build_bool},
	{PG_QUERY__NODE__NODE_NULL_TEST, "IS NULL", build_null_test},
	{PG_QUERY__NODE__NODE_BOOLEAN_TEST, "IS TRUE", build_bool_test},
	{PG_QUERY__NODE__NODE_FUNC_CALL, "function", sql_build_func},
	{PG_QUERY__NODE__NODE_A_ARRAY_EXPR, "ARRAY", build_array},
	{PG_QUERY__NODE__NODE_CASE_EXPR, "CASE", sql_build_case},
	{PG_QUERY__NODE__NODE_COALESCE_EXPR, "COALESCE", sql_build_coalesce},
	{PG_QUERY__NODE__NODE_MIN_MAX_EXPR, "GREATEST", sql_build_minmax},
	{PG_QUERY__NODE__NODE_SQLVALUE_FUNCTION, "CURRENT_DATE", sql_build_clock},
	{PG_QUERY__NODE__NODE_COLLATE_CLAUSE, "COLLATE", build_collate},
	{PG_QUERY__NODE__NODE_PARAM_REF, "parameter", sql_build_param},
	{PG_QUERY__NODE__NODE_ROW_EXPR, "ROW", build_row},
	{PG_QUERY__NODE__NODE_A_INDIRECTION, "subscript", build_subscript},
};

/* In words, for the message, what stopped us where there is no builder. */
static const char *kind_name(PgQuery__Node__NodeCase kind)
{
	switch (kind) {
	case PG_QUERY__NODE__NODE_SUB_LINK:
		return "a subquery";
	case PG_QUERY__NODE__NODE_XML_EXPR:
		return "an XML function";
	case PG_QUERY__NODE__NODE_NAMED_ARG_EXPR:
		return "a named argument";
	default:
		return "this kind of expression";
	}
}

/*
 * The number of nodes of a tree when shared nodes count each time, saturated.
 * Arguments of inlined functions are shared, so that a small graph can stand
 * for a huge tree (f(x) = x + x, applied thirty times), and evaluation walks
 * the tree.
 */
static uint32_t weigh(struct sql_node *x)
{
	uint64_t w = 1;

	if (x->weight != 0)
		return x->weight;
	for (uint32_t k = 0; k < x->nargs; k++)
		w += weigh(x->args[k]);
	x->weight = w > UINT32_MAX ? UINT32_MAX : (uint32_t)w;
	return x->weight;
}

/*
 * Builds a node by its kind. The depth is bounded because builders and the
 * evaluator are recursive; the number of nodes is bounded because evaluation
 * costs as much.
 */
struct sql_node *sql_build_node(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	struct sql_node *x = NULL;

	if (c->depth >= SQL_MAX_DEPTH)
		return sql_refuse(c, st, "nesting deeper than %d levels", SQL_MAX_DEPTH);
	c->depth++;
	for (size_t k = 0; k < sizeof builders / sizeof builders[0]; k++)
		if (builders[k].kind == n->node_case) {
			x = builders[k].build(c, n, st);
			c->depth--;
			if (x != NULL && weigh(x) > SQL_MAX_NODES)
				return sql_refuse(
					c, st, "a tree of more than %d nodes", SQL_MAX_NODES);
			return x;
		}
	c->depth--;
	return sql_refuse(c, st, "%s", kind_name(n->node_case));
}
