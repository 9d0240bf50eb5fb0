/* SPDX-License-Identifier: MIT */
#include "common/sql/narrow/sql_solve.h"

#include <string.h>

#include "common/base/err.h"
#include "common/sql/narrow/sql_narrow.h"
#include "common/sql/narrow/sql_within.h"
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

/* extract(epoch from i) = value: i is so many seconds; NULL: ${l} is another function. */
static const struct sql_node *seconds_of(
	struct solver *s, const struct sql_node *l, uint32_t col, const struct sql_node **value)
{
	struct sql_node *second;
	enum sql_status st = SQL_OK;
	struct vtext unit;

	if (l->nargs != 2 || (!sql_is_call(l, "extract") && !sql_is_call(l, "date_part")) ||
		!sql_is_value(l->args[0]) || l->args[1]->type.cls != PG_INTERVAL ||
		count(l->args[1], col) != 1)
		return NULL;
	unit = l->args[0]->cval.v.t[0];
	if (unit.n != strlen("epoch") || memcmp(unit.p, "epoch", unit.n) != 0 ||
		(second = sql_const_new(&s->c, sql_type_of(PG_INTERVAL))) == NULL)
		return NULL;
	second->cval.v.iv[0] = (struct sql_ivl){.us = 1000000};
	*value = call(s, "*", *value, second, &st);
	return *value != NULL ? l->args[1] : NULL;
}

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

		if (x == NULL && (x = seconds_of(s, l, col, &value)) == NULL &&
			(value == NULL || (x = take_off(s, l, col, &value, cost)) == NULL))
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

/* ---- equations of some rows ---------------------------------------------------------------------
 */

/*
 * status <> 'closed' OR total = a + b	total = CASE WHEN status <> 'closed' THEN NULL ELSE a + b
 * END k = 1 AND c = a OR k = 2 AND c = b	c = CASE WHEN k = 1 THEN a WHEN k = 2 THEN b END
 *
 * and a CASE of conditions becomes one of values.  Where it is NULL the column is free, or
 * something else is asked of it that is no equation.
 */
struct branches {
	struct solver *s;
	uint32_t col;
	struct pg_base to;
	struct sql_node **arg; /* when, then, ..., else */
	uint32_t n;
	struct sql_node *otherwise; /* the value where no condition holds; NULL: none */
	unsigned cost;
	bool any; /* some value is made of columns: constants alone are what branches are drawn from
		   */
	bool failed;
};

static const struct sql_node *conjunct(const struct sql_node *x, uint32_t i, uint32_t *n)
{
	*n = x->op == SQL_AND ? x->nargs : 1;
	return x->op == SQL_AND ? x->args[i] : x;
}

static bool reads_columns(const struct sql_node *x)
{
	bool any = x->op == SQL_COL;

	for (uint32_t i = 0; !any && i < x->nargs; i++)
		any = reads_columns(x->args[i]);
	return any;
}

/* What one condition says that the column is, as the column takes it; NULL: nothing. */
static struct sql_node *value_in(struct branches *b, const struct sql_node *x)
{
	const struct sql_node *value = NULL;
	enum sql_status st = SQL_OK;
	unsigned cost = 0;
	struct sql_node *to;

	if (!sql_is_call(x, "=") || x->nargs != 2)
		return NULL;
	for (uint32_t side = 0; value == NULL && side < 2; side++)
		if (count(x->args[side], b->col) == 1 && count(x->args[1 - side], b->col) == 0)
			value = isolated(b->s, x->args[side], x->args[1 - side], b->col, &cost);
	if (value == NULL)
		return NULL;
	memcpy(&to, &value, sizeof(to));
	if ((to = sql_as_column(&b->s->c, to, b->to, &st)) != NULL)
		b->cost = cost > b->cost ? cost : b->cost;
	b->any = b->any || reads_columns(value);
	return to;
}

static struct sql_node *no_value(struct branches *b)
{
	struct sql_node *x = sql_const_null(&b->s->c, sql_type_from_pg(b->to.type));

	b->failed = b->failed || x == NULL;
	return x;
}

static void add_branch(struct branches *b, struct sql_node *when, struct sql_node *then)
{
	if (when == NULL) {
		b->otherwise = b->otherwise == NULL ? then : b->otherwise;
		return;
	}
	b->arg[b->n++] = when;
	b->arg[b->n++] = then;
}

/* The other conditions of those that AND joins, without any that ask something of the column. */
static struct sql_node *guard_of(struct branches *b, const struct sql_node *x, uint32_t but)
{
	struct sql_node *to = sql_node_new(&b->s->c, SQL_AND, sql_type_of(PG_BOOL), x->nargs + 1);
	uint32_t n, m = 0;

	b->failed = b->failed || to == NULL;
	for (uint32_t i = 0; to != NULL && x->op == SQL_AND && i < x->nargs; i++)
		if (i != but && count(conjunct(x, i, &n), b->col) == 0)
			to->args[m++] = x->args[i];
	if (to == NULL || m == 0)
		return NULL;
	to->nargs = m;
	return m == 1 ? to->args[0] : to;
}

/* A branch of OR. */
static void alternative(struct branches *b, struct sql_node *x)
{
	struct sql_node *value = NULL;
	uint32_t n = 1;

	for (uint32_t i = 0; value == NULL && i < n; i++)
		if ((value = value_in(b, conjunct(x, i, &n))) != NULL)
			add_branch(b, guard_of(b, x, i), value);
	if (value == NULL && count(x, b->col) == 0)
		add_branch(b, x, no_value(b));
}

/* A branch of CASE; ${when} NULL: its ELSE. */
static void case_branch(struct branches *b, struct sql_node *when, const struct sql_node *then)
{
	struct sql_node *value = NULL;
	uint32_t n = 1;

	for (uint32_t i = 0; value == NULL && i < n; i++)
		value = value_in(b, conjunct(then, i, &n));
	b->failed = b->failed || (value == NULL && count(then, b->col) > 0);
	add_branch(b, when, value != NULL ? value : no_value(b));
}

static void some_rows(struct solver *s, uint32_t part, const struct sql_node *x, uint32_t col)
{
	const struct pg_column *column = &s->c.scope->table->columns[col];
	struct sql_equation q = {.part = part, .col = col, .holds = s->holds, .partly = true};
	struct branches b = {.s = s,
		.col = col,
		.to = pg_base_of(column->type, column->typmod),
		.arg = arena_array(s->c.a, 2UL * x->nargs + 2, sizeof(b.arg[0]))};
	struct sql_node *y;

	if (b.arg == NULL || s->n == s->most)
		return;
	for (uint32_t i = 0; x->op == SQL_OR && i < x->nargs; i++)
		alternative(&b, x->args[i]);
	for (uint32_t i = 0; x->op == SQL_CASE && i + 1 < x->nargs; i += 2)
		case_branch(&b, x->args[i], x->args[i + 1]);
	if (x->op == SQL_CASE)
		case_branch(&b, NULL, x->args[x->nargs - 1]);
	if (!b.any || b.failed || b.n == 0 ||
		(y = sql_node_new(&s->c, SQL_CASE, sql_type_from_pg(b.to.type), b.n + 1)) == NULL)
		return;
	memcpy(y->args, b.arg, b.n * sizeof(b.arg[0]));
	y->args[b.n] = b.otherwise != NULL ? b.otherwise : no_value(&b);
	q.cost = b.cost;
	if (y->args[b.n] != NULL && assign(s, &q, y)) {
		q.plain = NULL;
		s->to[s->n++] = q;
	}
}

/* ---- all of them
 * --------------------------------------------------------------------------------- */

/* inner <@ outer: a value of ${inner} that is within. */
static void within(
	struct solver *s, uint32_t part, const struct sql_node *inner, const struct sql_node *outer)
{
	struct sql_equation q = {.part = part, .col = inner->col, .holds = s->holds, .cost = 1};
	const struct sql_node *value;

	if (s->n == s->most || inner->op != SQL_COL || count(outer, inner->col) != 0 ||
		(value = sql_within(&s->c, outer, inner)) == NULL)
		return;
	if (assign(s, &q, value))
		s->to[s->n++] = q;
}

/* Visits the conditions that AND joins, and counts them. */
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
	else if (sql_is_call(y, "<@"))
		within(s, *part, y->args[0], y->args[1]);
	else if (sql_is_call(y, "@>"))
		within(s, *part, y->args[1], y->args[0]);
	else if (sql_is_call(y, "not") && y->args[0]->op == SQL_DISTINCT)
		equation(s, *part, y->args[0]->args[0], y->args[0]->args[1], x == y);
	for (uint32_t i = 0; (y->op == SQL_OR || y->op == SQL_CASE) && i < s->x->ncols; i++)
		some_rows(s, *part, y, s->x->cols[i]);
	++*part;
}

/*
 * All equations of a check, each solved for each column for which that is
 * possible.
 */
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
