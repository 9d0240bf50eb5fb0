/* SPDX-License-Identifier: MIT */
#include "common/sql/narrow/sql_narrow.h"

#include <string.h>

#include "common/base/err.h"

/*
 * Narrowing: what conditions that must not be FALSE say about single columns,
 * before any value is drawn.
 *
 * The walk goes through a condition from its root. At AND all parts hold; under
 * NOT the roles of AND and OR are exchanged (De Morgan), which ${negated}
 * carries down. A comparison of a column with a constant narrows the column's
 * bounds or set (sql_narrow_cmp.c, sql_narrow_dom.c), one of two columns
 * becomes an order between them (sql_narrow_order.c), patterns become regular
 * expressions to draw from (sql_narrow_text.c). take() returns whether what it
 * took says all that the condition says; otherwise the check stays residual and
 * is verified for every row. What is not understood is left alone, so that the
 * result is always sound: every value that is excluded would fail a check.
 */

enum { ALL_ORDERS = SQL_LT | SQL_EQ | SQL_GT };

static bool take(struct sql_narrowing *w, const struct sql_node *x, bool negated);

/* Whether the function is one of the six comparison operators. */
static bool is_comparison(const struct sql_fn *f)
{
	static const char *const names[] = {"=", "<>", "<", "<=", ">", ">="};

	for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
		if (strcmp(f->name, names[k]) == 0)
			return true;
	return false;
}

/* c = ANY (constants), or with ${none} c <> ALL (constants). */
static bool member(struct sql_narrowing *w, const struct sql_node *c, struct sql_node *const *k,
	uint32_t n, bool none)
{
	struct sql_dom *m = sql_dom_of(w, c->col);
	int64_t *v = arena_array(w->a, n + 1UL, sizeof *v);
	const char **t = arena_array(w->a, n + 1UL, sizeof *t);
	uint32_t got = 0;
	struct sql_point p;

	if (v == NULL || t == NULL) {
		w->nomem = true;
		return false;
	}
	if (m->base.type->wide) {
		int rc = none ? 0 : sql_dom_wide_set(m, c, k, n, w->a);

		w->nomem |= rc == -1;
		return rc == 1;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (k[i]->op != SQL_CONST)
			return false;
		if (sql_null(&k[i]->cval, 0)) {
			if (none)
				continue;
			return true; /* = ANY with a NULL in it is never FALSE */
		}
		if (m->vt == VT_TEXT && sql_kind_of(k[i]->type.cls) == SQL_K_STR)
			t[got++] = sql_text_const(w, k[i], c->type.cls == PG_BPCHAR);
		else if (!sql_point_of(m, c, k[i], &p))
			return false;
		else if (p.exact)
			v[got++] = p.floor;
	}
	if (m->vt == VT_TEXT)
		for (uint32_t i = 0; none && i < got; i++)
			w->nomem |= !sql_dom_not_text(m, t[i], w->a);
	else
		for (uint32_t i = 0; none && i < got; i++)
			w->nomem |= !sql_dom_not(m, v[i], w->a);
	if (!none)
		w->nomem |= m->vt == VT_TEXT ? !sql_dom_texts(m, t, got, w->a)
					     : !sql_dom_set(m, v, got, w->a);
	return true;
}

/* The elements of a constant array as constants; NULL when it is none. */
static struct sql_node **elements(struct sql_narrowing *w, const struct sql_node *x, uint32_t *n)
{
	const struct sql_array *k = sql_is_value(x) ? x->cval.v.p[0] : NULL;
	struct sql_node **to = k == NULL ? NULL : arena_array(w->a, k->n + 1UL, sizeof *to);
	struct sql_node *each = k == NULL ? NULL : arena_array(w->a, k->n + 1UL, sizeof *each);

	if (to == NULL || each == NULL)
		return NULL;
	*n = k->n;
	for (uint32_t i = 0; i < k->n; i++) {
		static const size_t size[SQL_KINDS] = {[SQL_K_INT] = sizeof(int64_t),
			[SQL_K_F64] = sizeof(double),
			[SQL_K_NUM] = sizeof(struct sql_num),
			[SQL_K_STR] = sizeof(struct vtext),
			[SQL_K_IVL] = sizeof(struct sql_ivl),
			[SQL_K_PTR] = sizeof(void *)};
		struct sql_reg *r = &each[i].cval;

		each[i].op = SQL_CONST;
		each[i].type = (struct sql_type){.cls = k->elem, .pg = x->type.pg};
		*r = k->e;
		r->mask = 0;
		r->null = k->e.null != NULL ? &k->e.null[i] : NULL;
		r->v.p = (void **)(void *)((char *)k->e.v.p + i * size[k->e.kind]);
		to[i] = &each[i];
	}
	return to;
}

/* c = ANY ('{1,2}'). */
static bool take_any_array(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	const struct sql_node *c = sql_bare_column(x->args[0]);
	int mask = negated ? ALL_ORDERS ^ x->fn->param : x->fn->param;
	bool all = (x->param != 0) != negated;
	struct sql_node **k;
	uint32_t n;

	if (c == NULL || !is_comparison(x->fn) || mask != (all ? SQL_LT | SQL_GT : SQL_EQ) ||
		(k = elements(w, x->args[1], &n)) == NULL)
		return false;
	return member(w, c, k, n, all);
}

/*
 * c = ANY (ARRAY[1, 2]), which is also how IN is stored, and c > ALL (ARRAY[1,
 * 2]).
 */
static bool take_any(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	const struct sql_node *c = sql_bare_column(x->args[0]);
	int mask = negated ? ALL_ORDERS ^ x->fn->param : x->fn->param;
	bool all = (x->param != 0) != negated;

	if (!is_comparison(x->fn))
		return false;
	if (c == NULL && mask == SQL_EQ && !all &&
		(c = sql_lowered_column(w, x->args[0])) != NULL) {
		(void)member(w, c, x->args + 1, x->nargs - 1, false);
		return false; /* in capitals they would do, too */
	}
	if (c == NULL)
		return false;
	if (mask == SQL_EQ && !all)
		return member(w, c, x->args + 1, x->nargs - 1, false);
	if (mask == (SQL_LT | SQL_GT) && all)
		return member(w, c, x->args + 1, x->nargs - 1, true);
	return false;
}

/*
 * Whether the condition cannot be FALSE when the column is NULL. A CHECK
 * accepts NULL, so such a condition says nothing about rows without a value.
 */
static bool strict_in(const struct sql_node *x, uint32_t col)
{
	bool any = x->op == SQL_OR || x->op == SQL_CALL;

	switch (x->op) {
	case SQL_COL:
		return x->col == col;
	case SQL_ANY_OF:
	case SQL_ANY_ARRAY:
		return strict_in(x->args[0], col);
	case SQL_OR:
	case SQL_CALL:
	case SQL_AND:
		for (uint32_t k = 0; k < x->nargs; k++)
			if (strict_in(x->args[k], col) == any)
				return any;
		return !any;
	default:
		return false;
	}
}

/* c IS NULL; *col is the column. */
static bool is_null_test(const struct sql_node *x, uint32_t *col)
{
	if (x->op != SQL_IS || x->param != SQL_IS_NULL || x->args[0]->op != SQL_COL)
		return false;
	*col = x->args[0]->col;
	return true;
}

/*
 * c IS NULL OR condition says no more than the condition if that accepts a NULL
 * anyway; c = 1 OR c = 2 OR c IN (...) is a set. Any other OR is left to
 * sql_narrow_case.c.
 */
static bool take_or(struct sql_narrowing *w, const struct sql_node *x)
{
	const struct sql_node *rest = NULL;
	struct sql_node **in = arena_array(w->a, x->nargs + 1UL, sizeof *in);
	uint32_t col, nin = 0, on = UINT32_MAX;

	if (in == NULL) {
		w->nomem = true;
		return false;
	}
	for (uint32_t k = 0; k < x->nargs; k++) {
		if (is_null_test(x->args[k], &col))
			continue;
		if (rest != NULL)
			goto several;
		rest = x->args[k];
	}
	if (rest == NULL)
		return false;
	for (uint32_t k = 0; k < x->nargs; k++)
		if (is_null_test(x->args[k], &col) && !strict_in(rest, col))
			return false;
	return take(w, rest, false);
several:
	/* c = 1 OR c = 2 OR c IN (...) */
	for (uint32_t k = 0; k < x->nargs; k++) {
		const struct sql_node *e = x->args[k], *c;

		if (is_null_test(e, &col)) {
			if (on == UINT32_MAX)
				on = col;
			if (on != col)
				return false;
			continue;
		}
		if (e->op != SQL_CALL || strcmp(e->fn->name, "=") != 0 ||
			(c = sql_bare_column(e->args[0])) == NULL || e->args[1]->op != SQL_CONST ||
			(on != UINT32_MAX && on != c->col))
			return false;
		on = c->col;
		rest = c;
		in[nin++] = e->args[1];
	}
	return member(w, rest, in, nin, false);
}

/* IS NULL, IS TRUE and their kin. */
static bool take_is(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	static const uint8_t opposite[] = {SQL_IS_NOT_NULL, SQL_IS_NULL, SQL_IS_NOT_TRUE,
		SQL_IS_TRUE, SQL_IS_NOT_FALSE, SQL_IS_FALSE};
	const enum sql_is is = (enum sql_is)(negated ? opposite[x->param] : x->param);
	const struct sql_node *arg = x->args[0];
	bool exact;

	switch (is) {
	case SQL_IS_NULL:
	case SQL_IS_NOT_NULL:
		if (arg->op != SQL_COL)
			return false;
		if (is == SQL_IS_NULL)
			sql_dom_of(w, arg->col)->d.must_null = true;
		else
			sql_dom_of(w, arg->col)->d.must_not_null = true;
		return true;
	case SQL_IS_NOT_FALSE:
		return take(w, arg, false);
	case SQL_IS_NOT_TRUE:
		return take(w, arg, true);
	default:
		break;
	}
	exact = take(w, arg, is == SQL_IS_FALSE);
	if (arg->op != SQL_COL)
		return false;
	sql_dom_of(w, arg->col)->d.must_not_null = true;
	return exact;
}

/* A boolean column as a condition of its own. */
static bool take_bool_column(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	w->nomem |= !sql_dom_bound(sql_dom_of(w, x->col), SQL_EQ,
		(struct sql_point){.floor = !negated, .exact = true}, w->a);
	return true;
}

/* NOT, comparisons, patterns. */
static bool take_call(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	if (strcmp(x->fn->name, "not") == 0)
		return take(w, x->args[0], !negated);
	if (is_comparison(x->fn) && x->nargs == 2)
		return sql_narrow_compare(w, x->args[0], x->args[1],
			negated ? ALL_ORDERS ^ x->fn->param : x->fn->param);
	if (!negated)
		(void)sql_narrow_match(w, x);
	return false;
}

/* All parts hold; the whole is said when each part is. */
static bool take_all(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	bool exact = true;

	for (uint32_t k = 0; k < x->nargs; k++)
		exact &= take(w, x->args[k], negated);
	return exact;
}

/* A constant FALSE can never be met: no column has a value then. */
static bool take_const(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	/* never satisfied: whatever columns there are have no row */
	if (sql_is_value(x) && (x->cval.v.i[0] != 0) == negated)
		for (uint32_t k = 0; k < w->scope->table->ncolumns; k++)
			sql_dom_of(w, k)->contradiction = true;
	return true;
}

/*
 * Two columns that IS DISTINCT FROM tells apart differ where neither is NULL. Of
 * NULLs it says more, so that the check stays residual.
 */
static bool take_distinct(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	if (!negated && sql_bare_column(x->args[0]) != NULL && sql_bare_column(x->args[1]) != NULL)
		(void)sql_narrow_compare(w, x->args[0], x->args[1], SQL_LT | SQL_GT);
	return false;
}

/* (a, b) >= (k, l) implies a >= k, and of b nothing. */
static bool take_rows(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	int mask = negated ? ALL_ORDERS ^ x->param : x->param;

	(void)sql_narrow_compare(w, x->args[0], x->args[1], mask | SQL_EQ);
	return false;
}

static bool take(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	switch (x->op) {
	case SQL_CONST:
		return take_const(w, x, negated);
	case SQL_AND:
		return negated ? false : take_all(w, x, false);
	case SQL_OR:
		return negated ? take_all(w, x, true) : take_or(w, x);
	case SQL_IS:
		return take_is(w, x, negated);
	case SQL_COL:
		return take_bool_column(w, x, negated);
	case SQL_CALL:
		return take_call(w, x, negated);
	case SQL_DISTINCT:
		return take_distinct(w, x, negated);
	case SQL_ROWCMP:
		return take_rows(w, x, negated);
	case SQL_ANY_OF:
		return take_any(w, x, negated);
	case SQL_ANY_ARRAY:
		return take_any_array(w, x, negated);
	default:
		return false;
	}
}

bool sql_narrow_take(struct sql_narrowing *w, const struct sql_node *x, bool negated)
{
	return take(w, x, negated);
}
