/* SPDX-License-Identifier: MIT */
/*
 * Questions about an expression that other parts ask: which literals are in it,
 * whether it asks of a column only whether it is NULL, whether it reads a
 * number as a text, and whether it defines a column (c = expression).
 */
#include "common/sql/narrow/sql_probe.h"

#include <string.h>

#include "common/sql/sql_int.h"

/* ---- literals ------------------------------------------------------------------------ */

struct literals {
	struct sql_literal *to;
	uint32_t n, most;
};

/* Adds a value to the list, if there is room. */
static void take_value(struct literals *l, const struct sql_reg *r, uint32_t i)
{
	struct sql_literal *k = &l->to[l->n];

	if (l->n == l->most || sql_null(r, i))
		return;
	*k = (struct sql_literal){.is_text = r->kind == SQL_K_STR};
	if (r->kind == SQL_K_STR) {
		k->text = r->v.t[i & r->mask];
	} else if (r->kind == SQL_K_INT) {
		k->i = r->v.i[i & r->mask];
	} else if (r->kind == SQL_K_NUM && r->v.n[i & r->mask].kind == SQL_NUM_FINITE &&
		   r->v.n[i & r->mask].scale <= 18 && r->v.n[i & r->mask].v >= INT64_MIN &&
		   r->v.n[i & r->mask].v <= INT64_MAX) {
		k->i = (int64_t)r->v.n[i & r->mask].v;
		k->scale = (uint8_t)r->v.n[i & r->mask].scale;
	} else if (r->kind == SQL_K_F64 && r->v.f[i & r->mask] > -1e9 &&
		   r->v.f[i & r->mask] < 1e9) {
		k->i = (int64_t)r->v.f[i & r->mask];
	} else {
		return;
	}
	l->n++;
}

static void walk(struct literals *l, const struct sql_node *x)
{
	if (x->op == SQL_CONST && x->type.cls == PG_ARRAY && !sql_null(&x->cval, 0)) {
		const struct sql_array *a = x->cval.v.p[0];

		for (uint32_t i = 0; i < a->n; i++)
			take_value(l, &a->e, i);
	} else if (x->op == SQL_CONST) {
		take_value(l, &x->cval, 0);
	}
	for (uint32_t i = 0; i < x->nargs && l->n < l->most; i++)
		walk(l, x->args[i]);
}

uint32_t sql_literals(const struct sql_expr *x, struct sql_literal *to, uint32_t most)
{
	struct literals l = {to, 0, most};

	walk(&l, x->root);
	return l.n;
}

/* ---- NULLs ----------------------------------------------------------------------------- */

/* Whether the node asks only whether its arguments are NULL. */
static bool asks_null(const struct sql_node *x)
{
	if (x->op == SQL_IS)
		return x->param == SQL_IS_NULL || x->param == SQL_IS_NOT_NULL;
	return x->fn != NULL &&
	       (strcmp(x->fn->name, "num_nulls") == 0 || strcmp(x->fn->name, "num_nonnulls") == 0);
}

static bool null_only(const struct sql_node *x, uint32_t col, bool asked)
{
	if (x->op == SQL_COL && x->col == col)
		return asked;
	for (uint32_t i = 0; i < x->nargs; i++)
		if (!null_only(x->args[i], col, asks_null(x)))
			return false;
	return true;
}

bool sql_null_only(const struct sql_expr *x, uint32_t col)
{
	return null_only(x->root, col, false);
}

/* ---- numbers as texts ----------------------------------------------------------------------- */

/* Whether a numeric column occurs only to be made a text. */
static bool reads_text(const struct sql_node *x, uint32_t col)
{
	if (x->op == SQL_CALL && x->nargs == 1 && sql_class_category(x->type.cls) == 'S' &&
		x->args[0]->op == SQL_COL && x->args[0]->col == col &&
		sql_class_category(x->args[0]->type.cls) == 'N')
		return true;
	for (uint32_t i = 0; i < x->nargs; i++)
		if (reads_text(x->args[i], col))
			return true;
	return false;
}

bool sql_reads_text(const struct sql_expr *x, uint32_t col)
{
	return reads_text(x->root, col);
}

/* ---- definitions ------------------------------------------------------------------------- */

static bool reads(const struct sql_node *x, uint32_t col)
{
	if (x->op == SQL_COL && x->col == col)
		return true;
	for (uint32_t i = 0; i < x->nargs; i++)
		if (reads(x->args[i], col))
			return true;
	return false;
}

/* A cast to a wider type or to text around a column is looked through. */
static const struct sql_node *column_of(const struct sql_node *x)
{
	while (x->op == SQL_CALL && x->nargs == 1 && x->fn != NULL &&
		strcmp(x->fn->name, "cast") == 0)
		x = x->args[0];
	return x->op == SQL_COL ? x : NULL;
}

/* The expression that a column equals in every row, if the node says so. */
static const struct sql_node *defines(const struct sql_node *x, uint32_t *col)
{
	bool same = x->op == SQL_DISTINCT && x->nargs == 2;

	if (!(x->op == SQL_CALL && x->fn != NULL && strcmp(x->fn->name, "not") == 0 &&
		    x->args[0]->op == SQL_DISTINCT) &&
		!same && !(x->op == SQL_CALL && x->nargs == 2 && strcmp(x->fn->name, "=") == 0))
		return NULL;
	if (x->nargs == 1)
		x = x->args[0];
	for (uint32_t k = 0; k < 2; k++) {
		const struct sql_node *c = column_of(x->args[k]);

		if (c == NULL || reads(x->args[1 - k], c->col))
			continue;
		*col = c->col;
		return x->args[1 - k];
	}
	return NULL;
}

/*
 * The next definition that the conditions joined by AND contain, from *at on;
 * NULL when there is none.
 */
struct sql_expr *sql_definition(
	const struct sql_expr *x, uint32_t *at, uint32_t *col, struct arena *a)
{
	uint32_t n = x->root->op == SQL_AND ? x->root->nargs : 1;

	for (; *at < n; ++*at) {
		const struct sql_node *part = n == 1 ? x->root : x->root->args[*at];
		const struct sql_node *value = defines(part, col);
		struct sql_expr *y;

		if (value == NULL)
			continue;
		if ((y = arena_alloc(a, sizeof(*y))) == NULL)
			return NULL;
		*y = *x;
		memcpy(&y->root, &value, sizeof(value));
		return y;
	}
	return NULL;
}
