/* SPDX-License-Identifier: MIT */
#include "common/sql/sql.h"

#include <string.h>

#include "common/sql/narrow/sql_narrow.h"

/* What the expressions and the predicate of a unique index say about columns. */

/* The differences that a function removes from its argument. */
static unsigned folds(const struct sql_node *x)
{
	static const struct {
		const char *fn;
		unsigned equiv;
	} known[] = {
		{"lower", SQL_EQUIV_CASE},
		{"upper", SQL_EQUIV_CASE},
		{"btrim", SQL_EQUIV_BLANKS},
		{"ltrim", SQL_EQUIV_BLANKS},
		{"rtrim", SQL_EQUIV_BLANKS},
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (sql_is_call(x, known[i].fn) && x->nargs == 1 &&
			sql_class_category(x->type.cls) == 'S')
			return known[i].equiv;
	return 0;
}

/* An expression over the same table with another root. */
static struct sql_expr *part(const struct sql_expr *whole, struct sql_node *x, struct arena *a)
{
	struct sql_expr *to = arena_alloc(a, sizeof *to);

	if (to == NULL)
		return NULL;
	*to = *whole;
	to->root = x;
	return sql_list_columns(to, a) ? to : NULL;
}

/* A constant NULL, casts aside. */
static bool is_null(const struct sql_node *x)
{
	while (sql_is_call(x, "cast"))
		x = x->args[0];
	return x->op == SQL_CONST && sql_null(&x->cval, 0);
}

/*
 * Casts, lower(), upper() and trims are taken off one after the other;
 * coalesce() and CASE are understood at the top.
 */
bool sql_key_of(const struct sql_expr *x, struct sql_key *k, struct arena *a)
{
	struct sql_node *n = x->root;
	const struct sql_node *c;
	unsigned fold;

	*k = (struct sql_key){.col = UINT32_MAX};
	/* WHEN p THEN c, ELSE NULL */
	if (n->op == SQL_CASE && n->nargs <= 3 && (n->nargs < 3 || is_null(n->args[2]))) {
		k->only = part(x, n->args[0], a);
		n = k->only != NULL ? n->args[1] : n;
	}
	while ((c = sql_bare_column(n)) == NULL) {
		while (sql_is_call(n, "cast") && sql_class_category(n->type.cls) == 'S' &&
			sql_class_category(n->args[0]->type.cls) == 'S')
			n = n->args[0];
		fold = folds(n);
		k->equiv |= fold;
		if (n->op == SQL_COALESCE && n->nargs == 2 && sql_is_value(n->args[1]) &&
			k->only == NULL)
			k->null_as = part(x, n->args[1], a);
		else if (n->op == SQL_NULLIF && sql_is_value(n->args[1]))
			; /* one value is NULL: no more are alike than before */
		else if (fold == 0)
			return n->op == SQL_CONST;
		n = n->args[0];
	}
	k->col = c->col;
	return true;
}

/* x IS NOT TRUE: where that holds, a condition with x is not met. */
static struct sql_node *not_true(struct sql_node *x, struct arena *a)
{
	struct sql_node *is = arena_alloc(a, sizeof *is + sizeof is->args[0]);

	if (is == NULL)
		return NULL;
	*is = (struct sql_node){.op = SQL_IS,
		.type = {.cls = PG_BOOL},
		.param = SQL_IS_NOT_TRUE,
		.nargs = 1,
		.args = (struct sql_node **)(is + 1)};
	is->args[0] = x;
	return is;
}

/*
 * One expression for each condition that the predicate joins by AND: if any of
 * them holds, the predicate does not.
 */
uint32_t sql_denials(const struct sql_expr *x, struct sql_expr **to, uint32_t most, struct arena *a)
{
	struct sql_node *root = x->root, **all = root->op == SQL_AND ? root->args : &root;
	uint32_t n = root->op == SQL_AND ? root->nargs : 1, got = 0;

	for (uint32_t i = 0; i < n && got < most; i++) {
		struct sql_node *not = not_true(all[i], a);

		if (not == NULL || (to[got] = part(x, not, a)) == NULL)
			return 0;
		got += to[got]->ncols > 0;
	}
	return got;
}
