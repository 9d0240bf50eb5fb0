/* SPDX-License-Identifier: MIT */
/*
 * Narrowing: what all checks of a table together leave of each of its columns.  Reading one check
 * is sql_narrow_take.c, a disjunction of several branches sql_narrow_case.c.
 */
#include "common/sql/narrow/sql_narrow_json.h"

#include <stdio.h>
#include <string.h>

#include "common/base/err.h"

/* What is known of a column before any check: its type. */
static void start(struct sql_dom *m, struct pg_base base, bool not_null)
{
	*m = (struct sql_dom){.base = base, .not_null = not_null};
	m->vt = pg_vtype(m->base, &m->scale);
	m->d.max_len = UINT32_MAX;
}

/* The checks of the columns' domains, in which VALUE is the column. */
struct domain_checks {
	struct sql_expr **x; /* NULL: it cannot be evaluated */
	uint32_t *col;
	uint32_t n;
};

static uint32_t count_domain_checks(const struct pg_table *t)
{
	uint32_t n = 0;

	for (uint32_t c = 0; c < t->ncolumns; c++)
		n += pg_domain_checks(t->columns[c].type);
	return n;
}

static bool domain_checks(struct sql_narrowing *w, struct domain_checks *to)
{
	const struct pg_table *table = w->scope->table;
	uint32_t n = count_domain_checks(table);
	struct sql_scope scope = *w->scope;
	struct err ignored;

	to->x = arena_array(w->a, n + 1UL, sizeof *to->x);
	to->col = arena_array(w->a, n + 1UL, sizeof *to->col);
	if (to->x == NULL || to->col == NULL)
		return false;
	scope.table = NULL;
	for (uint32_t c = 0; c < table->ncolumns; c++)
		for (const struct pg_type *t = table->columns[c].type;
			t != NULL && t->cls == PG_DOMAIN; t = t->elem)
			for (uint32_t k = 0; k < t->nchecks; k++) {
				struct sql_expr **x = &to->x[to->n];

				scope.domain = t;
				scope.domain_column = c;
				to->col[to->n++] = c;
				if (sql_compile(x, &scope, t->checks[k].expr, w->a, &ignored) !=
					SQL_OK)
					*x = NULL;
			}
	return true;
}

/* Takes them in; a column of which they say more is to be verified. */
static void take_domains(struct sql_narrowing *w, const struct domain_checks *d)
{
	w->check = UINT32_MAX;
	for (uint32_t i = 0; i < d->n; i++) {
		struct sql_expr *x = d->x[i] != NULL ? sql_narrow_parted(w, d->x[i]) : NULL;

		if (x == NULL || !sql_narrow_take(w, x->root, false) || x != d->x[i])
			w->dom[d->col[i]].d.more = true;
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
		if (!sql_narrow_members(w, c, &w->dom[c].d))
			return w->nomem ? err_nomem(e) : empty(w, c, checks, e);
		out->dom[c] = w->dom[c].d;
	}
	return SQL_OK;
}

/* Room for what is known of each column, and of each part of one. */
static bool start_all(struct sql_narrowing *w)
{
	const struct pg_table *t = w->scope->table;

	w->dom = arena_array(w->a, sql_narrow_width(w) + 1UL, sizeof *w->dom);
	if (w->dom == NULL)
		return false;
	for (uint32_t c = 0; c < t->ncolumns; c++)
		start(&w->dom[c], pg_base_of(t->columns[c].type, t->columns[c].typmod),
			pg_column_not_null(&t->columns[c]));
	for (uint32_t i = 0; i < w->nparts; i++)
		start(&w->dom[t->ncolumns + i], (struct pg_base){w->parts[i].type, -1}, false);
	return true;
}

/*
 * First parts of json values are found, then every check is read alone, then those that tie
 * columns, then alternatives; what is left is residual.
 */
enum sql_status sql_narrow(struct sql_narrow *out, const struct sql_scope *scope,
	struct sql_expr *const *checks, uint32_t n, struct arena *a, struct err *e)
{
	struct sql_narrowing w = {.scope = scope, .out = out, .a = a};
	struct sql_expr **parted = arena_array(a, n + 1UL, sizeof(struct sql_expr *));
	struct domain_checks domains = {.n = 0};
	enum sql_status st;

	*out = (struct sql_narrow){
		.dom = arena_array(a, scope->table->ncolumns + 1UL, sizeof *out->dom),
		.residual = arena_array(a, n + 1UL, sizeof *out->residual)};
	if (out->dom == NULL || out->residual == NULL || parted == NULL ||
		!domain_checks(&w, &domains))
		return err_nomem(e);
	for (uint32_t k = 0; k < n; k++)
		parted[k] = sql_narrow_parted(&w, checks[k]);
	for (uint32_t i = 0; i < domains.n; i++)
		if (domains.x[i] != NULL)
			(void)sql_narrow_parted(&w, domains.x[i]);
	if (w.nomem || !start_all(&w))
		return err_nomem(e);
	take_domains(&w, &domains);
	for (uint32_t k = 0; k < n; k++) {
		w.check = k;
		if (!sql_narrow_take(&w, parted[k]->root, false) || parted[k] != checks[k])
			out->residual[out->nresidual++] = k;
	}
	if ((st = sql_narrow_cases(&w, parted, n, e)) != SQL_OK)
		return st;
	if (w.nomem)
		return err_nomem(e);
	return finish(&w, checks, out, e);
}
