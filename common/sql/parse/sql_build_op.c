/* SPDX-License-Identifier: MIT */
/*
 * Operators: comparisons, ANY and ALL, IN, BETWEEN, IS DISTINCT FROM, NULLIF,
 * and comparisons of rows.
 *
 * The transformations are those of parse_expr.c in PostgreSQL, because where an
 * operand stands decides about its type and about which errors it can raise: x
 * IN (1, 2.5) compares numerics, and x BETWEEN SYMMETRIC a AND b is two
 * BETWEENs joined by OR.
 */
#include "common/sql/parse/sql_build.h"

#include <string.h>

/* ${l} op ${r}, resolved like any operator. */
static struct sql_node *pair(struct sql_comp *c, const char *op, struct sql_node *l,
	struct sql_node *r, enum sql_status *st)
{
	struct sql_node *args[2] = {l, r};

	return sql_call(c, op, args, 2, st);
}

/* ${l} AND ${r}, or OR; passes on a NULL. */
static struct sql_node *logic(struct sql_comp *c, enum sql_op op, struct sql_node *l,
	struct sql_node *r, enum sql_status *st)
{
	struct sql_node *x;

	if (l == NULL || r == NULL)
		return NULL;
	x = sql_node_new(c, op, sql_type_of(PG_BOOL), 2);
	if (x == NULL)
		return sql_oom(c, st);
	x->args[0] = l;
	x->args[1] = r;
	return sql_checked(c, sql_fold(c, x), st);
}

/*
 * A node of kind ${op} (DISTINCT, NULLIF, ANY ...) that compares ${l} and ${r}
 * with the kernel of the operator ${name}. The operator is resolved on columns
 * of the operands' types instead of the operands, so that constant folding does
 * not make the comparison itself a constant: what is wanted is its kernel and
 * the types that the operands are coerced to. A literal NULL is folded all the
 * same; then both sides take the type of the other one and it is tried again.
 */
struct sql_node *sql_comparison(struct sql_comp *c, const char *name, enum sql_op op,
	struct sql_node *l, struct sql_node *r, enum sql_status *st)
{
	struct sql_node *x = sql_node_new(c, op, sql_type_of(PG_BOOL), 2), *call;
	/* columns of the operands' types stand in, so that nothing is folded */
	struct sql_node *a = sql_node_new(c, SQL_COL, l->type, 0);
	struct sql_node *b = sql_node_new(c, SQL_COL, r->type, 0);

	if (x == NULL || a == NULL || b == NULL)
		return sql_oom(c, st);
	a->coll = l->coll;
	a->coll_explicit = l->coll_explicit;
	b->coll = r->coll;
	b->coll_explicit = r->coll_explicit;
	if (l->type.cls == SQL_UNKNOWN)
		a = l;
	if (r->type.cls == SQL_UNKNOWN)
		b = r;
	call = pair(c, name, a, b, st);
	if (call == NULL)
		return NULL;
	if (call->fn == NULL) { /* a literal NULL: folded away */
		struct sql_type t = l->type.cls == SQL_UNKNOWN ? r->type : l->type;

		if (t.cls == SQL_UNKNOWN)
			t = sql_type_of(PG_TEXT);
		if ((l = sql_coerce(c, l, t, -1, SQL_IMPLICIT, st)) == NULL ||
			(r = sql_coerce(c, r, t, -1, SQL_IMPLICIT, st)) == NULL)
			return NULL;
		return sql_comparison(c, name, op, l, r, st);
	}
	x->fn = call->fn;
	x->aux = call->aux;
	x->coll = call->coll;
	x->args[0] = sql_coerce(c, l, call->args[0]->type, -1, SQL_IMPLICIT, st);
	x->args[1] = sql_coerce(c, r, call->args[1]->type, -1, SQL_IMPLICIT, st);
	return x->args[0] != NULL && x->args[1] != NULL ? x : NULL;
}

/* IS [NOT] DISTINCT FROM. */
static struct sql_node *distinct(
	struct sql_comp *c, const PgQuery__AExpr *e, bool negated, enum sql_status *st)
{
	struct sql_node *l = sql_build(c, e->lexpr, st), *r = NULL, *x;

	if (l == NULL || (r = sql_build(c, e->rexpr, st)) == NULL)
		return NULL;
	x = sql_comparison(c, "=", SQL_DISTINCT, l, r, st);
	if (x != NULL)
		x = sql_checked(c, sql_fold(c, x), st);
	return negated ? sql_negate(c, x, st) : x;
}

/*
 * NULLIF has the type of its first argument, after the coercion that "=" asks
 * for.
 */
static struct sql_node *nullif(struct sql_comp *c, const PgQuery__AExpr *e, enum sql_status *st)
{
	struct sql_node *l = sql_build(c, e->lexpr, st), *r = NULL, *x;

	if (l == NULL || (r = sql_build(c, e->rexpr, st)) == NULL)
		return NULL;
	x = sql_comparison(c, "=", SQL_NULLIF, l, r, st);
	if (x == NULL)
		return NULL;
	x->type = x->args[0]->type;
	return sql_checked(c, sql_fold(c, x), st);
}

/*
 * A pattern operator (LIKE, ~) compiles its right side when it is a constant,
 * one pattern for a node. So ANY over constant patterns becomes x op e1 OR x op
 * e2 ..., and ALL the same with AND.
 */
static struct sql_node *any_prepared(struct sql_comp *c, const char *op, struct sql_node *l,
	struct sql_node **el, uint32_t n, bool all, enum sql_status *st)
{
	struct sql_node *x = sql_node_new(c, all ? SQL_AND : SQL_OR, sql_type_of(PG_BOOL), n);

	if (x == NULL)
		return sql_oom(c, st);
	for (uint32_t k = 0; k < n; k++)
		if ((x->args[k] = pair(c, op, l, el[k], st)) == NULL)
			return NULL;
	return sql_checked(c, sql_fold(c, x), st);
}

/*
 * x op ANY or ALL (ARRAY[e1, e2 ...]) with one comparison for each element. The
 * elements take their common type first, as the elements of an array do.
 */
static struct sql_node *any_of(struct sql_comp *c, const char *op, struct sql_node *l,
	struct sql_node **el, uint32_t n, bool all, enum sql_status *st)
{
	struct sql_node *x = sql_node_new(c, SQL_ANY_OF, sql_type_of(PG_BOOL), n + 1),
			*first = NULL;
	struct sql_type t;

	if (x == NULL)
		return sql_oom(c, st);
	x->param = all;
	if (!sql_common_type(c, el, n, "array elements", &t, st))
		return NULL;
	for (uint32_t k = 0; k < n; k++) {
		bool same = el[k]->type.cls == SQL_UNKNOWN && t.cls == PG_TEXT;

		if (!same && (el[k] = sql_coerce(c, el[k], t, -1, SQL_IMPLICIT, st)) == NULL)
			return NULL;
		struct sql_node *pair_k = sql_comparison(c, op, SQL_DISTINCT, l, el[k], st);

		if (pair_k == NULL)
			return NULL;
		if (first == NULL) {
			first = pair_k;
			x->fn = first->fn;
			x->coll = first->coll;
			x->args[0] = first->args[0];
			if (x->fn->prepare != NULL && sql_all_constants(el, n))
				return any_prepared(c, op, l, el, n, all, st);
		} else if (pair_k->fn != first->fn) {
			return sql_refuse(c, st, "ANY over elements of different types");
		}
		x->args[k + 1] = pair_k->args[1];
		el[k] = x->args[k + 1];
	}
	if ((x->fn->flags & SQL_F_ORDER) && !sql_ordered(c, x, st))
		return NULL;
	sql_collate(x);
	return sql_checked(c, sql_fold(c, x), st);
}

/*
 * x op ANY (v), where v is an array value. The operator is resolved against a
 * column that stands for an element, and the array is cast if the operator
 * wants elements of another type.
 */
static struct sql_node *any_array(struct sql_comp *c, const char *op, struct sql_node *l,
	struct sql_node *arr, bool all, enum sql_status *st)
{
	struct sql_node *x = sql_node_new(c, SQL_ANY_ARRAY, sql_type_of(PG_BOOL), 2);
	struct sql_type el = {
		.cls = arr->type.elem, .pg = arr->type.elem == PG_ENUM ? arr->type.pg : NULL};
	struct sql_node *one = sql_node_new(c, SQL_COL, el, 0), *cmp;

	if (x == NULL || one == NULL)
		return sql_oom(c, st);
	cmp = sql_comparison(c, op, SQL_DISTINCT, l, one, st);
	if (cmp == NULL)
		return NULL;
	if (!sql_type_eq(cmp->args[1]->type, el) &&
		(arr = sql_coerce(c, arr,
			 (struct sql_type){.cls = PG_ARRAY, .elem = cmp->args[1]->type.cls}, -1,
			 SQL_IMPLICIT, st)) == NULL)
		return NULL;
	x->param = all;
	x->fn = cmp->fn;
	x->coll = cmp->coll;
	x->args[0] = cmp->args[0];
	x->args[1] = arr;
	return sql_checked(c, sql_fold(c, x), st);
}

/*
 * The elements of ARRAY[...], with a cast of the array applied to each of them;
 * NULL when the node is something else (then *st stays SQL_OK).
 */
static struct sql_node **elements(
	struct sql_comp *c, const PgQuery__Node *n, uint32_t *count, enum sql_status *st)
{
	struct sql_type t = {0};
	int32_t typmod = -1;
	bool cast = false;
	const PgQuery__AArrayExpr *arr;
	struct sql_node **el;

	while (n->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
		if (!cast && !sql_type_lookup(c, n->type_cast->type_name, &t, &typmod, st))
			return NULL;
		cast = true;
		n = n->type_cast->arg;
	}
	if (n->node_case != PG_QUERY__NODE__NODE_A_ARRAY_EXPR || (cast && t.cls != PG_ARRAY))
		return NULL;
	arr = n->a_array_expr;
	for (size_t k = 0; k < arr->n_elements; k++)
		if (arr->elements[k]->node_case == PG_QUERY__NODE__NODE_A_ARRAY_EXPR)
			return NULL;
	if ((el = sql_build_all(c, arr->elements, arr->n_elements, st)) == NULL)
		return NULL;
	*count = (uint32_t)arr->n_elements;
	for (uint32_t k = 0; cast && k < *count; k++)
		if ((el[k] = sql_coerce(c, el[k],
			     (struct sql_type){
				     .cls = t.elem, .pg = t.elem == PG_ENUM ? t.pg : NULL},
			     -1, SQL_EXPLICIT, st)) == NULL)
			return NULL;
	return el;
}

/* x op ANY or ALL (...), with the array written out or a value. */
static struct sql_node *build_any(struct sql_comp *c, const PgQuery__AExpr *e, const char *op,
	bool folds, enum sql_status *st)
{
	const bool all = e->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL;
	struct sql_node *l = sql_build(c, e->lexpr, st), *arr;
	struct sql_node **el;
	uint32_t n = 0;

	if (l == NULL)
		return NULL;
	el = elements(c, e->rexpr, &n, st);
	if (*st != SQL_OK)
		return NULL;
	for (uint32_t k = 0; folds && el != NULL && k < n; k++)
		if ((el[k] = sql_lowered(c, el[k], st)) == NULL)
			return NULL;
	if (folds && (el == NULL || (l = sql_lowered(c, l, st)) == NULL))
		return el != NULL ? NULL : sql_refuse(c, st, "ANY over a value of citext[]");
	if (el != NULL && n > 0)
		return any_of(c, op, l, el, n, all, st);
	if ((arr = sql_build(c, e->rexpr, st)) == NULL)
		return NULL;
	if (arr->type.cls == SQL_UNKNOWN &&
		(arr = sql_coerce(c, arr,
			 (struct sql_type){.cls = PG_ARRAY,
				 .elem = l->type.cls == SQL_UNKNOWN ? (uint8_t)PG_TEXT
								    : l->type.cls,
				 .pg = l->type.pg},
			 -1, SQL_IMPLICIT, st)) == NULL)
		return NULL;
	if (arr->type.cls != PG_ARRAY)
		return sql_fail(c, st, "%s ANY/ALL needs an array on the right", op);
	return any_array(c, op, l, arr, all, st);
}

/*
 * transformAExprIn() of parse_expr.c: the items of an IN list that read no
 * columns become an array, if there are two or more of them and they have a
 * common type with the left side. They are moved to the front of ${el} and
 * coerced; the number of them is returned, 0 when there is no such array, and
 * UINT32_MAX when a literal does not have the type.
 */
static uint32_t in_array(struct sql_comp *c, struct sql_node *l, struct sql_node **el, uint32_t n)
{
	struct sql_node **rest = arena_array(c->tmp, n + 1, sizeof(struct sql_node *));
	enum sql_status st = SQL_OK;
	struct sql_type t;
	uint32_t na = 0, nr = 0;

	if (rest == NULL)
		return 0;
	rest[0] = l;
	for (uint32_t k = 0; k < n; k++)
		if (!sql_reads_columns(el[k]))
			rest[++na] = el[k];
	if (na < 2 || !sql_common_type(c, rest, na + 1, "IN", &t, &st))
		return 0;
	for (uint32_t k = 0; k < na; k++)
		if (!sql_can_coerce(rest[k + 1]->type, t))
			return 0;
	na = 0;
	for (uint32_t k = 0; k < n; k++)
		if (sql_reads_columns(el[k]))
			rest[nr++] = el[k];
		else
			el[na++] = el[k];
	memcpy(el + na, rest, nr * sizeof *el);
	for (uint32_t k = 0; k < na; k++)
		if ((el[k] = sql_coerce(c, el[k], t, -1, SQL_IMPLICIT, &st)) == NULL)
			return UINT32_MAX;
	return na;
}

/*
 * x [NOT] IN (list): the items in the array as one ANY or ALL, the others
 * joined by OR (AND for NOT IN), as transformAExprIn() of parse_expr.c builds
 * it.
 */
static struct sql_node *build_in(
	struct sql_comp *c, const PgQuery__AExpr *e, const char *op, enum sql_status *st)
{
	const bool no = strcmp(op, "<>") == 0;
	struct sql_node *l = sql_build(c, e->lexpr, st), **el, *x = NULL;
	uint32_t n, k;

	if (l == NULL)
		return NULL;
	if (e->rexpr->node_case != PG_QUERY__NODE__NODE_LIST)
		return sql_refuse(c, st, "IN without a list");
	n = (uint32_t)e->rexpr->list->n_items;
	if ((el = sql_build_all(c, e->rexpr->list->items, n, st)) == NULL)
		return NULL;
	k = in_array(c, l, el, n);
	if (k == UINT32_MAX) {
		*st = SQL_FAILED;
		return NULL;
	}
	if (k > 0 && (x = any_of(c, op, l, el, k, no, st)) == NULL)
		return NULL;
	for (; k < n; k++) {
		struct sql_node *y = pair(c, op, l, el[k], st);

		x = x == NULL ? y : logic(c, no ? SQL_AND : SQL_OR, x, y, st);
		if (x == NULL)
			return NULL;
	}
	return x;
}

/*
 * BETWEEN is two comparisons; SYMMETRIC adds the same with the bounds
 * exchanged.
 */
static struct sql_node *build_between(
	struct sql_comp *c, const PgQuery__AExpr *e, enum sql_status *st)
{
	const bool no = e->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN ||
			e->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM;
	const bool sym = e->kind == PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM ||
			 e->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN_SYM;
	struct sql_node *v = sql_build(c, e->lexpr, st), **b, *x, *y, *l, *h;

	if (v == NULL || (b = sql_build_all(c, e->rexpr->list->items, 2, st)) == NULL)
		return NULL;
	if ((l = pair(c, no ? "<" : ">=", v, b[0], st)) == NULL ||
		(h = pair(c, no ? ">" : "<=", v, b[1], st)) == NULL)
		return NULL;
	x = logic(c, no ? SQL_OR : SQL_AND, l, h, st);
	if (!sym || x == NULL)
		return x;
	if ((l = pair(c, no ? "<" : ">=", v, b[1], st)) == NULL ||
		(h = pair(c, no ? ">" : "<=", v, b[0], st)) == NULL)
		return NULL;
	y = logic(c, no ? SQL_OR : SQL_AND, l, h, st);
	return logic(c, no ? SQL_AND : SQL_OR, x, y, st);
}

/*
 * (a, b) op (c, d). Equality is an AND of the pairs, inequality an OR
 * (make_row_comparison_op() of parse_expr.c); the orders need a node of their
 * own, SQL_ROWCMP.
 */
static struct sql_node *row_compare(struct sql_comp *c, const PgQuery__RowExpr *l,
	const PgQuery__RowExpr *r, const char *op, enum sql_status *st)
{
	const bool eq = strcmp(op, "=") == 0, ne = strcmp(op, "<>") == 0;
	struct sql_node *x = NULL;

	if (l->n_args != r->n_args || l->n_args == 0)
		return sql_fail(c, st, "unequal number of entries in row expressions");
	if (!eq && !ne && strcmp(op, "<") && strcmp(op, "<=") && strcmp(op, ">") &&
		strcmp(op, ">="))
		return sql_refuse(c, st, "%s of rows", op);
	x = sql_node_new(c,
		eq   ? SQL_AND
		: ne ? SQL_OR
		     : SQL_ROWCMP,
		sql_type_of(PG_BOOL), (uint32_t)(eq || ne ? l->n_args : 2 * l->n_args));
	if (x == NULL)
		return sql_oom(c, st);
	for (size_t k = 0; k < l->n_args; k++) {
		struct sql_node *p = sql_build(c, l->args[k], st), *q = NULL;

		if (p == NULL || (q = sql_build(c, r->args[k], st)) == NULL)
			return NULL;
		if (eq || ne) {
			if ((x->args[k] = pair(c, op, p, q, st)) == NULL)
				return NULL;
			continue;
		}
		p = sql_comparison(c, op, SQL_DISTINCT, p, q, st);
		if (p == NULL)
			return NULL;
		if (!sql_type_eq(p->args[0]->type, p->args[1]->type))
			return sql_refuse(c, st, "the order of rows of different types");
		x->param = p->fn->param;
		x->args[2 * k] = p->args[0];
		x->args[2 * k + 1] = p->args[1];
	}
	return sql_checked(c, sql_fold(c, x), st);
}

/* An operator that is written as one: one or two operands. */
static struct sql_node *build_op(struct sql_comp *c, const PgQuery__AExpr *e, const char *op,
	bool folds, enum sql_status *st)
{
	struct sql_node *args[2];
	uint32_t n = 0;

	if (e->lexpr != NULL && e->lexpr->node_case == PG_QUERY__NODE__NODE_ROW_EXPR &&
		e->rexpr->node_case == PG_QUERY__NODE__NODE_ROW_EXPR)
		return row_compare(c, e->lexpr->row_expr, e->rexpr->row_expr, op, st);
	if (e->lexpr != NULL && (args[n++] = sql_build(c, e->lexpr, st)) == NULL)
		return NULL;
	if ((args[n++] = sql_build(c, e->rexpr, st)) == NULL)
		return NULL;
	for (uint32_t k = 0; folds && k < n; k++)
		if ((args[k] = sql_lowered(c, args[k], st)) == NULL)
			return NULL;
	return sql_call(c, op, args, n, st);
}

/*
 * All that the grammar puts into an A_Expr node. OPERATOR(schema.op) is taken
 * for pg_catalog and for those of citext.
 */
struct sql_node *sql_build_expr(struct sql_comp *c, const PgQuery__Node *n, enum sql_status *st)
{
	const PgQuery__AExpr *e = n->a_expr;
	const char *op = sql_str_of(e->name[e->n_name - 1]);
	const char *schema = e->n_name > 1 ? sql_str_of(e->name[0]) : "pg_catalog";

	bool folds = false;
	const char *own = sql_citext_op(c, e, &folds);

	if (own != NULL && e->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP &&
		e->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY &&
		e->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL)
		return sql_refuse(c, st, "operator %s.%s so used", schema, op);
	if (own != NULL)
		op = own;
	else if (op == NULL || schema == NULL || strcmp(schema, "pg_catalog") != 0)
		return sql_refuse(c, st, "operator %s.%s", schema ? schema : "", op ? op : "");
	switch (e->kind) {
	case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
	case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
	case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE:
	case PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR:
		return build_op(c, e, op, folds, st);
	case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
	case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
		return build_any(c, e, op, folds, st);
	case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
		return distinct(c, e, false, st);
	case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
		return distinct(c, e, true, st);
	case PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF:
		return nullif(c, e, st);
	case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
		return build_in(c, e, op, st);
	default:
		return build_between(c, e, st);
	}
}
