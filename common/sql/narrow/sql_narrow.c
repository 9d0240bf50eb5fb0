/* SPDX-License-Identifier: MIT */
/*
 * Narrowing: what all checks of a table together leave of each of its columns.  Reading one check
 * is sql_narrow_take.c, a disjunction of several branches sql_narrow_case.c.
 */
#include "common/sql/narrow/sql_narrow.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"

/* ---- sets ------------------------------------------------------------------------- */

/* ---- logic ------------------------------------------------------------------------ */

/* ---- the contract ------------------------------------------------------------------- */

/* What is known of a column before any check: its type. */
static void start(struct sql_dom *m, const struct pg_column *c)
{
	*m = (struct sql_dom){
		.base = pg_base_of(c->type, c->typmod), .not_null = pg_column_not_null(c)};
	m->vt = pg_vtype(m->base, &m->scale);
	m->d.max_len = UINT32_MAX;
}

/* The checks of the column's domain, in which VALUE is the column. */
static void domain_checks(struct sql_narrowing *w, uint32_t col)
{
	const struct pg_type *t = w->scope->table->columns[col].type;
	struct sql_scope scope = *w->scope;
	struct err ignored;
	struct sql_expr *x;

	w->check = UINT32_MAX;
	scope.table = NULL;
	scope.domain_column = col;
	for (; t != NULL && t->cls == PG_DOMAIN; t = t->elem)
		for (uint32_t k = 0; k < t->nchecks; k++) {
			scope.domain = t;
			if (sql_compile(&x, &scope, t->checks[k].expr, w->a, &ignored) != SQL_OK ||
				!sql_narrow_take(w, x->root, false))
				w->dom[col].d.more = true;
		}
}

/*
 * The error for a column that has no value left, with the checks that took
 * them.
 */
static enum sql_status empty(
	const struct sql_narrowing *w, uint32_t col, struct sql_expr *const *checks, struct err *e)
{
	const struct pg_table *t = w->scope->table;
	const struct sql_dom *m = &w->dom[col];
	char text[700];
	size_t n = 0;

	text[0] = '\0';
	for (uint32_t k = 0; k < m->nfrom && n < sizeof text - 1; k++) {
		int put = snprintf(text + n, sizeof text - n, "%sCHECK %s", k > 0 ? " and " : "",
			checks[m->from[k]]->text);

		n += put > 0 ? (size_t)put : 0;
	}
	err_set(e, ERR_NO, "%s.%s.%s: no value satisfies %s", t->schema, t->name,
		t->columns[col].name, m->nfrom > 0 ? text : "the checks of its domain");
	return SQL_FAILED;
}

/* Simplifies what is known of each column. */
static enum sql_status finish(struct sql_narrowing *w, struct sql_expr *const *checks,
	struct sql_narrow *out, struct err *e)
{
	for (uint32_t c = 0; c < w->scope->table->ncolumns; c++) {
		if (!sql_dom_finish(&w->dom[c]))
			return empty(w, c, checks, e);
		out->dom[c] = w->dom[c].d;
	}
	return SQL_OK;
}

/*
 * First every check alone, then those that tie columns, then alternatives; what
 * is left is residual.
 */
enum sql_status sql_narrow(struct sql_narrow *out, const struct sql_scope *scope,
	struct sql_expr *const *checks, uint32_t n, struct arena *a, struct err *e)
{
	const uint32_t nc = scope->table->ncolumns;
	struct sql_narrowing w = {.scope = scope, .out = out, .a = a};
	enum sql_status st;

	*out = (struct sql_narrow){.dom = arena_array(a, nc + 1UL, sizeof *out->dom),
		.residual = arena_array(a, n + 1UL, sizeof *out->residual)};
	w.dom = arena_array(a, nc + 1UL, sizeof *w.dom);
	if (out->dom == NULL || out->residual == NULL || w.dom == NULL)
		return err_nomem(e);
	for (uint32_t c = 0; c < nc; c++)
		start(&w.dom[c], &scope->table->columns[c]);
	for (uint32_t c = 0; c < nc; c++)
		domain_checks(&w, c);
	for (uint32_t k = 0; k < n; k++) {
		w.check = k;
		if (!sql_narrow_take(&w, checks[k]->root, false))
			out->residual[out->nresidual++] = k;
	}
	if ((st = sql_narrow_cases(&w, checks, n, e)) != SQL_OK)
		return st;
	if (w.nomem)
		return err_nomem(e);
	return finish(&w, checks, out, e);
}
