/* SPDX-License-Identifier: MIT */
/*
 * The alternatives by which checks can be met. A check about which narrowing
 * could not say everything column by column is taken apart into branches
 * (sql_narrow_branch.c). Those of checks that share columns are combined, those
 * that leave some column without a value are dropped, and each of the others is
 * narrowed like a table of its own. A row then takes one of them.
 */
#include "common/sql/narrow/sql_narrow_branch.h"
#include "common/sql/narrow/sql_narrow_json.h"

#include <string.h>

#include "common/base/err.h"

/* Narrows by all literals of an alternative. */
static void take_way(struct sql_narrowing *w, const struct sql_branch *branch)
{
	for (uint32_t k = 0; k < branch->n; k++)
		(void)sql_narrow_take(w, branch->lit[k].x, branch->lit[k].negated);
}

/*
 * Narrows one alternative alone; it is kept if it leaves something of every
 * column.
 */
static bool add_case(struct sql_narrowing *w, struct sql_choice *g, const struct sql_branch *branch)
{
	const uint32_t nc = sql_narrow_width(w);
	struct sql_narrowing own = *w;
	struct sql_narrow scratch = *w->out; /* orders of a branch alone are not kept */
	struct sql_domain *dom = arena_array(w->a, g->ncols, sizeof *dom);

	own.out = &scratch;
	own.dom = arena_array(w->a, nc + 1UL, sizeof *own.dom);
	if (dom == NULL || own.dom == NULL)
		return false;
	memcpy(own.dom, w->dom, nc * sizeof *own.dom);
	take_way(&own, branch);
	if (own.nomem)
		return false;
	for (uint32_t k = 0; k < g->ncols; k++)
		if (!sql_narrow_left(&own, g->cols[k], &dom[k]) ||
			!sql_narrow_members(&own, g->cols[k], &dom[k]))
			return !own.nomem;
	g->dom[g->n++] = dom;
	return true;
}

/* Whether the expression reads one of the columns. */
static bool shares(const struct sql_expr *x, const uint32_t *cols, uint32_t n)
{
	for (uint32_t i = 0; i < x->ncols; i++)
		for (uint32_t k = 0; k < n; k++)
			if (x->cols[i] == cols[k])
				return true;
	return false;
}

static void add_columns(struct sql_choice *g, const struct sql_expr *x)
{
	for (uint32_t i = 0; i < x->ncols; i++)
		if (!shares(&(struct sql_expr){.cols = &x->cols[i], .ncols = 1}, g->cols, g->ncols))
			g->cols[g->ncols++] = x->cols[i];
}

/*
 * Adds the checks that share columns with the first one, and those that share
 * columns with these, as long as there are not too many alternatives.
 */
static struct sql_branches gather(struct sql_narrowing *w, struct sql_choice *g,
	struct sql_branches *branches, struct sql_expr *const *checks, uint32_t n, uint32_t first)
{
	struct sql_branches to = branches[first];
	bool grown = true;

	g->check = first;
	add_columns(g, checks[first]);
	branches[first].n = 0;
	while (grown) {
		grown = false;
		for (uint32_t k = 0; k < n; k++) {
			struct sql_branches more;

			if (branches[k].n == 0 || !shares(checks[k], g->cols, g->ncols))
				continue;
			more = sql_branches_both(w, to, branches[k]);
			branches[k].n = 0;
			if (more.n == 0)
				continue; /* too many: it is verified and redrawn */
			to = more;
			add_columns(g, checks[k]);
			grown = true;
		}
	}
	return to;
}

/* The error when no alternative has a value left. */
static enum sql_status impossible(const struct sql_narrowing *w, const struct sql_choice *g,
	struct sql_expr *const *checks, struct err *e)
{
	const struct pg_table *t = w->scope->table;
	const struct sql_expr *x = checks[g->check];

	err_set(e, ERR_NO, "%s.%s.%s: none of the ways to satisfy CHECK %s has a value left",
		t->schema, t->name, t->columns[x->cols[0]].name, x->text);
	return SQL_FAILED;
}

/*
 * Makes the alternatives of one group of checks; with too many of them, or none
 * that is understood, the checks stay residual.
 */
static enum sql_status disjunction(struct sql_narrowing *w, struct sql_branches *branches,
	struct sql_expr *const *checks, uint32_t n, uint32_t first, struct err *e)
{
	struct sql_choice *g = &w->out->disjunctions[w->out->ndisjunctions];
	struct sql_branches to;

	g->cols = arena_array(w->a, w->scope->table->ncolumns + 1UL, sizeof *g->cols);
	g->dom = arena_array(w->a, SQL_BRANCHES, sizeof *g->dom);
	if (g->cols == NULL || g->dom == NULL)
		return err_nomem(e);
	to = gather(w, g, branches, checks, n, first);
	g->nulls = to.nulls;
	w->check = first;
	for (uint32_t k = 0; k < to.n; k++)
		if (!add_case(w, g, &to.branch[k]))
			return err_nomem(e);
	if (g->n == 0)
		return impossible(w, g, checks, e);
	w->out->ndisjunctions++;
	return SQL_OK;
}

enum sql_status sql_narrow_cases(
	struct sql_narrowing *w, struct sql_expr *const *checks, uint32_t n, struct err *e)
{
	struct sql_branches *branches = arena_array(w->a, n + 1UL, sizeof *branches);
	enum sql_status st;

	w->out->disjunctions = arena_array(w->a, n + 1UL, sizeof *w->out->disjunctions);
	if (branches == NULL || w->out->disjunctions == NULL)
		return err_nomem(e);
	for (uint32_t r = 0; r < w->out->nresidual; r++) {
		uint32_t k = w->check = w->out->residual[r];

		if (checks[k]->ncols > 0)
			branches[k] = sql_branches(w, checks[k]);
		if (branches[k].n == 1) {
			take_way(w, &branches[k].branch[0]);
			branches[k].n = 0;
		}
	}
	for (uint32_t k = 0; k < n; k++)
		if (branches[k].n > 1 && (st = disjunction(w, branches, checks, n, k, e)) != SQL_OK)
			return st;
	return w->nomem ? err_nomem(e) : SQL_OK;
}
