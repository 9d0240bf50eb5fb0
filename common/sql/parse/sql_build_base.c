/* SPDX-License-Identifier: MIT */
#include "common/sql/parse/sql_build.h"

/* What the builders of all kinds of nodes share. */

/*
 * The text of a node that is a String, as names in the parse tree are; NULL for
 * any other.
 */
const char *sql_str_of(const PgQuery__Node *n)
{
	return n->node_case == PG_QUERY__NODE__NODE_STRING ? n->string->sval : NULL;
}

/* Turns the NULL of an allocation that failed into an error. */
struct sql_node *sql_checked(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	return x != NULL ? x : sql_oom(c, st);
}

/* Builds ${n} nodes into a new array; NULL when one of them fails. */
struct sql_node **sql_build_all(
	struct sql_comp *c, PgQuery__Node *const *from, size_t n, enum sql_status *st)
{
	struct sql_node **x = arena_array(c->a, n + 1, sizeof(struct sql_node *));

	if (x == NULL)
		return sql_oom(c, st);
	for (size_t k = 0; k < n; k++)
		if ((x[k] = sql_build(c, from[k], st)) == NULL)
			return NULL;
	return x;
}

/* NOT x; passes on a NULL, so that calls can be nested. */
struct sql_node *sql_negate(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	return x == NULL ? NULL : sql_call(c, "not", &x, 1, st);
}

/* What stands in WHERE, CHECK, AND and the like is coerced to boolean. */
struct sql_node *sql_as_bool(struct sql_comp *c, struct sql_node *x, enum sql_status *st)
{
	return x == NULL ? NULL : sql_coerce(c, x, sql_type_of(PG_BOOL), -1, SQL_IMPLICIT, st);
}

/* IS NULL, IS TRUE and the others of enum sql_is, as one kind of node. */
struct sql_node *sql_test(
	struct sql_comp *c, struct sql_node *x, enum sql_is is, enum sql_status *st)
{
	struct sql_node *t;

	if (x == NULL)
		return NULL;
	t = sql_node_new(c, SQL_IS, sql_type_of(PG_BOOL), 1);
	if (t == NULL)
		return sql_oom(c, st);
	t->param = (int32_t)is;
	t->args[0] = x;
	return sql_checked(c, sql_fold(c, t), st);
}

bool sql_reads_columns(const struct sql_node *x)
{
	if (x->op == SQL_COL)
		return true;
	for (uint32_t k = 0; k < x->nargs; k++)
		if (sql_reads_columns(x->args[k]))
			return true;
	return false;
}

bool sql_all_constants(struct sql_node *const *el, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++)
		if (el[k]->op != SQL_CONST)
			return false;
	return true;
}
