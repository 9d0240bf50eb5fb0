/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <string.h>

#include "common/base/err.h"

/*
 * Disjunctions about one column of a key.
 *
 * A column of a key draws through a bijection, and no branch can be drawn for it.  So it keeps to
 * one branch in all rows: that in which it has the most values.
 */

/* The values that a branch leaves the column; 0: none. */
static uint64_t space_of(struct compiler *k, uint32_t c, const struct sql_domain *d)
{
	struct sql_domain was = k->narrow.dom[c];
	struct err why = {.kind = ERR_NONE};
	uint64_t space = 0;
	struct gen g;

	if (d->must_null)
		return 0;
	k->narrow.dom[c] = *d;
	if (compile_generator(k, c, false, k->b->t->rows, &g, &why) == 0)
		space = g.ordinal && g.space == 0
				? ((uint64_t)g.hi - (uint64_t)g.lo) / (uint64_t)g.step + 1
				: g.space;
	k->narrow.dom[c] = was;
	return space;
}

/* Whether the branches differ in the column's values and not in its NULLs alone. */
static bool of_values(const struct compiler *k, const struct sql_choice *g)
{
	for (uint32_t w = 0; w < g->n; w++)
		if (!g->dom[w][0].must_null &&
			compile_of_values(&g->dom[w][0], &k->narrow.dom[g->cols[0]]))
			return true;
	return false;
}

/* Keeps the column to its best branch, and NULL where that is one; false: none has values. */
static bool keep_to_one(struct compiler *k, const struct sql_choice *g)
{
	struct sql_domain *was = &k->narrow.dom[g->cols[0]];
	const struct sql_domain *best = NULL;
	bool null = false, never = was->must_not_null;
	uint64_t most = 0;

	for (uint32_t w = 0; w < g->n; w++) {
		uint64_t space = space_of(k, g->cols[0], &g->dom[w][0]);

		null = null || g->dom[w][0].must_null;
		if (space <= most)
			continue;
		most = space;
		best = &g->dom[w][0];
	}
	if (best == NULL)
		return false;
	*was = *best;
	was->must_not_null = null ? never : best->must_not_null;
	return true;
}

int compile_key_branches(struct compiler *k)
{
	struct sql_narrow *n = &k->narrow;
	uint32_t kept = 0;

	for (uint32_t i = 0; n->dom != NULL && i < n->ndisjunctions; i++) {
		const struct sql_choice *g = &n->disjunctions[i];
		const struct plan_column *pc = &k->b->t->columns[g->cols[0]];

		if (g->ncols == 1 && k->member[g->cols[0]] && pc->source == PLAN_GENERATOR &&
			of_values(k, g) && keep_to_one(k, g))
			continue;
		n->disjunctions[kept++] = *g;
	}
	n->ndisjunctions = n->dom != NULL ? kept : 0;
	return 0;
}
