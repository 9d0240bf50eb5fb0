/* SPDX-License-Identifier: MIT */
#include "common/sql/narrow/sql_solve.h"

#include <string.h>

#include "common/base/err.h"
#include "common/sql/narrow/sql_narrow.h"
#include "common/sql/parse/sql_build.h"

/*
 * An equation is solved for a column by taking off, one after the other, what stands around it on
 * its side, and doing the inverse to the other side:
 *
 *	net = gross - tax	for tax:	tax = gross - net
 *	total = price * (1 - d)	for price:	price = total / (1 - d)
 *
 * as in school.  The types of the new nodes are found as PostgreSQL finds those of operators that
 * are written; the value is then assigned to the column, with the rounding of its scale.  Whether
 * the equation still holds after that is not decided here: whoever uses it has the check to ask.
 */

struct solver {
	struct sql_comp c;
	struct arena tmp;
	struct err e;
	uint32_t calls;
	const struct sql_expr *x;
	struct sql_expr *holds; /* the part that is being read */
	struct sql_equation *to;
	uint32_t n, most;
};

/* A solver for the expression. */
static void begin(
	struct solver *s, const struct sql_expr *x, const struct sql_scope *scope, struct arena *a)
{
	*s = (struct solver){.tmp = ARENA_INIT, .x = x};
	s->c = (struct sql_comp){
		.scope = scope, .a = a, .tmp = &s->tmp, .e = &s->e, .calls = &s->calls};
}

/* An expression over the same table, of another tree. */
static struct sql_expr *as_expr(struct solver *s, struct sql_node *root)
{
	struct sql_expr *y = root != NULL ? arena_alloc(s->c.a, sizeof(*y)) : NULL;

	if (y == NULL)
		return NULL;
	*y = *s->x;
	y->root = root;
	y->now = root->now;
	return sql_list_columns(y, s->c.a) ? y : NULL;
}

/* ---- one column on one side --------------------------------------------------------------- */

/* How often the column occurs. */
static uint32_t count(const struct sql_node *x, uint32_t col)
{
	uint32_t n = x->op == SQL_COL && x->col == col;

	for (uint32_t i = 0; i < x->nargs; i++)
		n += count(x->args[i], col);
	return n;
}

/* An operator of two nodes, resolved as if it were written. */
static struct sql_node *call(struct solver *s, const char *op, const struct sql_node *l,
	const struct sql_node *r, enum sql_status *st)
{
	struct sql_node *args[2];

	memcpy(&args[0], &l, sizeof(l));
	memcpy(&args[1], &r, sizeof(r));
	return sql_call(&s->c, op, args, 2, st);
}

/* The inverse of an operator, by the side on which the column stands. */
static const struct {
	const char *op;
	bool left;	     /* the column is in the left operand */
	const char *inverse; /* of the value and the other operand ... */
	bool swapped;	     /* ... the other operand first */
	unsigned cost;
} inverses[] = {
	{"+", true, "-", false, 1},
	{"+", false, "-", false, 1},
	{"-", true, "+", false, 1},
	{"-", false, "-", true, 1},
	{"*", true, "/", false, 2},
	{"*", false, "/", false, 2},
	{"/", true, "*", false, 2},
	{"/", false, "/", true, 2},
};

/* Take the operator ${l} off: *value becomes what the operand with the column has to be. */
static const struct sql_node *take_off(struct solver *s, const struct sql_node *l, uint32_t col,
	const struct sql_node **value, unsigned *cost)
{
	bool left = l->nargs == 2 && count(l->args[0], col) == 1;
	enum sql_status st = SQL_OK;

	for (size_t i = 0; i < sizeof(inverses) / sizeof(inverses[0]); i++) {
		const struct sql_node *other;

		if (l->nargs != 2 || !sql_is_call(l, inverses[i].op) || inverses[i].left != left)
			continue;
		other = l->args[left ? 1 : 0];
		*cost = inverses[i].cost > *cost ? inverses[i].cost : *cost;
		*value = inverses[i].swapped ? call(s, inverses[i].inverse, other, *value, &st)
					     : call(s, inverses[i].inverse, *value, other, &st);
		return *value == NULL ? NULL : l->args[left ? 0 : 1];
	}
	return NULL;
}

/* What keeps the value where it is exact: round(x, 2), coalesce(x, 0), casts to wider types. */
static const struct sql_node *inside(const struct sql_node *l, uint32_t col)
{
	const struct sql_node *x = sql_bare(l);

	if (x != NULL && x != l)
		return x;
	if ((sql_is_call(l, "round") || l->op == SQL_COALESCE) && l->nargs > 0 &&
		count(l->args[0], col) == 1)
		return l->args[0];
	return NULL;
}

/*
 * Takes off operators until the column stands alone; NULL when one has no
 * inverse.
 */
static const struct sql_node *isolated(struct solver *s, const struct sql_node *l,
	const struct sql_node *value, uint32_t col, unsigned *cost)
{
	while (value != NULL && l->op != SQL_COL) {
		const struct sql_node *x = inside(l, col);

		if (x == NULL && (x = take_off(s, l, col, &value, cost)) == NULL)
			return NULL;
		l = x;
	}
	return value;
}

/* ---- the value as the column takes it -------------------------------------------------------- */

/* The value as an expression that is assigned to the column. */
static bool assign(struct solver *s, struct sql_equation *q, const struct sql_node *value)
{
	const struct pg_column *column = &s->c.scope->table->columns[q->col];
	struct pg_base *to = arena_alloc(s->c.a, sizeof(*to));
	enum sql_status st = SQL_OK;
	struct sql_node *x;

	if (to == NULL)
		return false;
	*to = pg_base_of(column->type, column->typmod);
	memcpy(&x, &value, sizeof(x));
	if (sql_type_eq(x->type, sql_type_from_pg(to->type)))
		q->plain = as_expr(s, x);
	if ((q->value = as_expr(s, sql_as_column(&s->c, x, *to, &st))) == NULL)
		return false;
	q->value->to = to;
	return q->value->ncols > 0;
}

/* One equation, solved for a column that occurs once, on one side. */
static void solve_for(struct solver *s, uint32_t part, uint32_t col, const struct sql_node *l,
	const struct sql_node *r, bool same_nulls)
{
	struct sql_equation q = {
		.part = part, .col = col, .holds = s->holds, .same_nulls = same_nulls};
	const struct sql_node *value;

	if (s->n == s->most || count(l, col) != 1 || count(r, col) != 0)
		return;
	value = isolated(s, l, r, col, &q.cost);
	if (value != NULL && assign(s, &q, value))
		s->to[s->n++] = q;
}

static void equation(struct solver *s, uint32_t part, const struct sql_node *l,
	const struct sql_node *r, bool same_nulls)
{
	for (uint32_t i = 0; i < s->x->ncols; i++) {
		solve_for(s, part, s->x->cols[i], l, r, same_nulls);
		solve_for(s, part, s->x->cols[i], r, l, same_nulls);
	}
}

/* ---- where equations stand --------------------------------------------------------------------
 */

static bool is_null_test(const struct sql_node *x)
{
	return x->op == SQL_IS && x->param == SQL_IS_NULL && x->args[0]->op == SQL_COL;
}

/* In l IS NULL OR l = r the equation is about the rows where it is not NULL. */
static const struct sql_node *past_null_tests(const struct sql_node *x)
{
	const struct sql_node *rest = NULL;

	if (x->op != SQL_OR)
		return x;
	for (uint32_t i = 0; i < x->nargs; i++) {
		if (is_null_test(x->args[i]))
			continue;
		if (rest != NULL)
			return x;
		rest = x->args[i];
	}
	return rest != NULL ? past_null_tests(rest) : x;
}

static void part_of(struct solver *s, struct sql_node *x, uint32_t *part)
{
	const struct sql_node *y = past_null_tests(x);

	if (y->op == SQL_AND) {
		for (uint32_t i = 0; i < y->nargs; i++)
			part_of(s, y->args[i], part);
		return;
	}
	if ((s->holds = as_expr(s, x)) == NULL)
		return;
	if (sql_is_call(y, "=") && y->nargs == 2)
		equation(s, *part, y->args[0], y->args[1], false);
	else if (sql_is_call(y, "not") && y->args[0]->op == SQL_DISTINCT)
		equation(s, *part, y->args[0]->args[0], y->args[0]->args[1], x == y);
	++*part;
}

uint32_t sql_equations(const struct sql_expr *x, const struct sql_scope *scope,
	struct sql_equation *to, uint32_t most, struct arena *a)
{
	struct solver s;
	uint32_t part = 0;

	begin(&s, x, scope, a);
	s.to = to;
	s.most = most;
	part_of(&s, x->root, &part);
	arena_free(&s.tmp);
	return s.n;
}

/* ---- substitution
 * -------------------------------------------------------------------------------- */

/* The tree with a column replaced; parts without the column are shared. */
static struct sql_node *replaced(
	struct solver *s, struct sql_node *x, uint32_t col, struct sql_node *value)
{
	struct sql_node *y;

	if (x->op == SQL_COL && x->col == col)
		return value;
	if (count(x, col) == 0)
		return x;
	y = arena_alloc(s->c.a, sizeof(*y));
	if (y == NULL)
		return NULL;
	*y = *x;
	if ((y->args = arena_array(s->c.a, x->nargs + 1UL, sizeof(y->args[0]))) == NULL)
		return NULL;
	y->weight = 0;
	for (uint32_t i = 0; i < x->nargs; i++)
		if ((y->args[i] = replaced(s, x->args[i], col, value)) == NULL)
			return NULL;
	return y;
}

struct sql_expr *sql_substitute(const struct sql_expr *x, const struct sql_equation *q,
	const struct sql_scope *scope, struct arena *a)
{
	const struct sql_expr *value = q->plain != NULL ? q->plain : q->value;
	struct solver s;

	begin(&s, x, scope, a);
	return as_expr(&s, replaced(&s, x->root, q->col, value->root));
}

struct sql_expr *sql_computable(
	const struct sql_expr *value, const struct sql_scope *scope, struct arena *a)
{
	struct solver s;
	enum sql_status st = SQL_OK;
	struct sql_expr *y;

	begin(&s, value, scope, a);
	y = as_expr(&s, call(&s, "=", value->root, value->root, &st));
	if (y != NULL)
		y->to = NULL;
	arena_free(&s.tmp);
	return y;
}
