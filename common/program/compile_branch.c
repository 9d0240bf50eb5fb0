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
		space = g.space;
	k->narrow.dom[c] = was;
	return space;
}

/* The values that a branch leaves all of its columns together; 0: none. */
static uint64_t space_of_all(struct compiler *k, const struct sql_choice *g, uint32_t w)
{
	uint64_t all = 1;

	for (uint32_t i = 0; i < g->ncols && all > 0; i++) {
		uint64_t space = space_of(k, g->cols[i], &g->dom[w][i]);

		all = space > 0 && all > KEY_SPACE_MAX / space ? KEY_SPACE_MAX : all * space;
	}
	return all;
}

/* Whether the branches differ in a column's values and not in its NULLs alone. */
static bool of_values(const struct compiler *k, const struct sql_choice *g, uint32_t i)
{
	for (uint32_t w = 0; w < g->n; w++)
		if (!g->dom[w][i].must_null &&
			compile_of_values(&g->dom[w][i], &k->narrow.dom[g->cols[i]]))
			return true;
	return false;
}

/* Whether all columns draw for keys. */
static bool are_members(const struct compiler *k, const struct sql_choice *g)
{
	for (uint32_t i = 0; i < g->ncols; i++)
		if (!k->member[g->cols[i]] ||
			k->b->t->columns[g->cols[i]].source != PLAN_GENERATOR ||
			!of_values(k, g, i))
			return false;
	return true;
}

/* What the branch leaves of a column; NULL too, where another branch has it so. */
static void keep(struct compiler *k, const struct sql_choice *g, uint32_t best, uint32_t i)
{
	struct sql_domain *was = &k->narrow.dom[g->cols[i]];
	bool null = false, never = was->must_not_null;

	for (uint32_t w = 0; w < g->n; w++)
		null = null || (g->dom[w][i].must_null && g->ncols == 1);
	*was = g->dom[best][i];
	was->must_not_null = null ? never : was->must_not_null;
}

/* Keeps the columns to their best branch; false: none has values. */
static bool keep_to_one(struct compiler *k, const struct sql_choice *g)
{
	uint32_t best = UINT32_MAX;
	uint64_t most = 0;

	for (uint32_t w = 0; w < g->n; w++) {
		uint64_t space = space_of_all(k, g, w);

		if (space <= most)
			continue;
		most = space;
		best = w;
	}
	for (uint32_t i = 0; best != UINT32_MAX && i < g->ncols; i++)
		keep(k, g, best, i);
	return best != UINT32_MAX;
}

int compile_key_branches(struct compiler *k)
{
	struct sql_narrow *n = &k->narrow;
	uint32_t kept = 0;

	for (uint32_t i = 0; n->dom != NULL && i < n->ndisjunctions; i++) {
		const struct sql_choice *g = &n->disjunctions[i];

		if (are_members(k, g) && keep_to_one(k, g))
			continue;
		n->disjunctions[kept++] = *g;
	}
	n->ndisjunctions = n->dom != NULL ? kept : 0;
	return 0;
}
