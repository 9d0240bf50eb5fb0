/* SPDX-License-Identifier: MIT */
#include "common/sql/parse/sql_draw.h"

#include <string.h>

#include "common/sql/parse/sql_build.h"
#include "common/sql/sql_comp.h"

/*
 * Calls of uniform(), normal(), choice() and of a row's rank among its siblings in a plan's
 * expressions: each becomes a call of a function of sql_draw.c over a column of random bits.
 */

/* A new column of random bits for this call. */
static struct sql_node *bits(struct sql_comp *c, enum sql_status *st)
{
	int k = c->scope->names->draw(c->scope->names->ctx, c->e);
	struct sql_node *x;

	if (k == -1) {
		*st = SQL_FAILED;
		return NULL;
	}
	if ((x = sql_node_new(c, SQL_COL, sql_type_of(PG_INT8), 0)) == NULL)
		return sql_oom(c, st);
	x->col = (uint32_t)k;
	return x;
}

static bool is_integer(unsigned cls)
{
	return cls == PG_INT2 || cls == PG_INT4 || cls == PG_INT8;
}

/*
 * A call with two bounds. Floats are used only if one is asked for: integers
 * given to normal() become numerics, so that whole numbers and decimals stay
 * exact.
 */
static struct sql_node *between(
	struct sql_comp *c, const char *name, struct sql_node **x, enum sql_status *st)
{
	struct sql_node *args[3] = {NULL, x[0], x[1]};
	bool exact = name[5] == 'n' && is_integer(x[0]->type.cls) && is_integer(x[1]->type.cls);

	for (int k = 1; k <= 2 && exact; k++)
		if ((args[k] = sql_coerce(
			     c, args[k], sql_type_of(PG_NUMERIC), -1, SQL_IMPLICIT, st)) == NULL)
			return NULL;
	if ((args[0] = bits(c, st)) == NULL)
		return NULL;
	return sql_call(c, name, args, 3, st);
}

/*
 * choice(a, b ...) is built as CASE draw WHEN 0 THEN a WHEN 1 THEN b ... with
 * one uniform draw that all conditions share.
 */
static struct sql_node *choose(
	struct sql_comp *c, struct sql_node **x, uint32_t n, enum sql_status *st)
{
	struct sql_node *args[3] = {bits(c, st), sql_const_int(c, PG_INT8, 0),
		sql_const_int(c, PG_INT8, (int64_t)n - 1)};
	struct sql_node *pick, *y;
	struct sql_type t;

	if (args[0] == NULL)
		return NULL;
	if (args[1] == NULL || args[2] == NULL)
		return sql_oom(c, st);
	pick = sql_call(c, "draw uniform", args, 3, st);
	if (pick == NULL || !sql_common_type(c, x, n, "arguments of choice()", &t, st))
		return NULL;
	if ((y = sql_node_new(c, SQL_CASE, t, 2 * n - 1)) == NULL)
		return sql_oom(c, st);
	for (uint32_t k = 0; k < n; k++) {
		uint32_t then = k + 1 < n ? 2 * k + 1 : 2 * k;
		struct sql_node *eq[2] = {pick, sql_const_int(c, PG_INT8, (int64_t)k)};

		if ((y->args[then] = sql_coerce(c, x[k], t, -1, SQL_IMPLICIT, st)) == NULL)
			return NULL;
		if (k + 1 < n &&
			(eq[1] == NULL || (y->args[2 * k] = sql_call(c, "=", eq, 2, st)) == NULL))
			return eq[1] == NULL ? sql_oom(c, st) : NULL;
	}
	y->coll = y->args[y->nargs - 1]->coll;
	return y;
}

/*
 * sibling_number(fk_column) and sibling_count(fk_column): the scope adds a
 * column that holds the row's place among the children of its parent, or how
 * many they are.
 */
static struct sql_node *sibling(
	struct sql_comp *c, const PgQuery__FuncCall *f, const char *name, enum sql_status *st)
{
	const PgQuery__Node *arg = f->n_args == 1 ? f->args[0] : NULL;
	const PgQuery__ColumnRef *r =
		arg != NULL && arg->node_case == PG_QUERY__NODE__NODE_COLUMN_REF ? arg->column_ref
										 : NULL;
	const char *column = r != NULL && r->n_fields == 1 ? sql_str_of(r->fields[0]) : NULL;
	struct sql_node *x;
	int k;

	if (c->scope->names->sibling == NULL)
		return sql_refuse(c, st, "%s()", name);
	if (column == NULL)
		return sql_fail(c, st, "%s() takes a column of a foreign key", name);
	k = c->scope->names->sibling(
		c->scope->names->ctx, column, strcmp(name, "sibling_count") == 0, c->e);
	if (k == -1) {
		*st = SQL_FAILED;
		return NULL;
	}
	if ((x = sql_node_new(c, SQL_COL, sql_type_of(PG_INT4), 0)) == NULL)
		return sql_oom(c, st);
	x->col = (uint32_t)k;
	return x;
}

/* Returns NULL with *st SQL_OK when the function is none of these. */
struct sql_node *sql_build_draw(struct sql_comp *c, const PgQuery__FuncCall *f, enum sql_status *st)
{
	const PgQuery__Node *last = f->funcname[f->n_funcname - 1];
	const char *name = last->node_case == PG_QUERY__NODE__NODE_STRING ? last->string->sval : "";
	bool uniform = strcmp(name, "uniform") == 0, normal = strcmp(name, "normal") == 0;
	struct sql_node **x;
	uint32_t n = (uint32_t)f->n_args;

	if (strcmp(name, "sibling_number") == 0 || strcmp(name, "sibling_count") == 0)
		return sibling(c, f, name, st);
	if (!uniform && !normal && strcmp(name, "choice") != 0)
		return NULL;
	if (uniform || normal ? n != 2 : n == 0)
		return sql_fail(c, st, "%s() takes %s", name,
			uniform	 ? "a lower and an upper bound"
			: normal ? "a mean and a standard deviation"
				 : "the values to choose from");
	if ((x = arena_array(c->a, n, sizeof *x)) == NULL)
		return sql_oom(c, st);
	for (uint32_t k = 0; k < n; k++)
		if ((x[k] = sql_build(c, f->args[k], st)) == NULL)
			return NULL;
	if (uniform || normal)
		return between(c, uniform ? "draw uniform" : "draw normal", x, st);
	return choose(c, x, n, st);
}
