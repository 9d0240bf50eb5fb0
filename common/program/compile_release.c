/* SPDX-License-Identifier: MIT */
/*
 * Keys in which NULLs are alike (NULLS NOT DISTINCT, coalesce(a, -1)) over columns that
 * a check has NULL in some rows: (role, coalesce(a, -1), coalesce(b, -1)) with
 * CHECK (a IS NULL OR b IS NULL). Such columns were made NOT NULL for the key's sake,
 * which the check does not allow.
 *
 * Rows that take different branches of the check differ in what is NULL, so that the
 * key has to tell apart only rows of the same branch, by the columns that are not NULL
 * there. Of each branch these are a set of their own. Where the columns that are never
 * NULL have room enough by themselves, because one of them draws its values, one set of
 * these serves all branches, and any pattern of NULLs may occur.
 */
#include "common/program/compile.h"

#include <stdlib.h>
#include <string.h>

/* The disjunction that has column c NULL in some branch, and not in all; or NULL. */
static struct sql_choice *deciding(const struct compiler *k, uint32_t c, uint32_t *at)
{
	for (uint32_t i = 0; k->narrow.dom != NULL && i < k->narrow.ndisjunctions; i++) {
		struct sql_choice *g = &k->narrow.disjunctions[i];

		for (uint32_t j = 0; j < g->ncols; j++)
			for (uint32_t w = 0; g->cols[j] == c && w < g->n; w++)
				if (g->dom[w][j].must_null) {
					*at = j;
					return g;
				}
	}
	return NULL;
}

/* Whether the set has the column NOT NULL for its own sake only, and a check has it NULL. */
static bool is_released(const struct compiler *k, const struct distinct_set *s, uint32_t c)
{
	uint32_t at;

	return (s->nulls_equal || s->coalesces) && !s->partial && s->why == NULL &&
	       s->policy != PLAN_IGNORE && !pg_column_not_null(compiler_column(k, c)) &&
	       k->b->columns[c].source == PLAN_FOREIGN && deciding(k, c, &at) != NULL;
}

/* Whether a column that draws its values is left where the released ones are taken away. */
static bool has_drawn(const struct compiler *k, const struct distinct_set *s)
{
	for (uint32_t i = 0; i < s->ncols; i++)
		if (k->b->columns[s->cols[i]].source == PLAN_GENERATOR)
			return true;
	return false;
}

/* The set without the released columns that are NULL in branch w of g; g NULL: without
 * all of them. Those that are not NULL there are so in every row of the branch. */
static int without(struct compiler *k, const struct distinct_set *s, struct sql_choice *g,
	uint32_t w, struct distinct_set *to)
{
	*to = *s;
	to->ncols = 0;
	to->nulls_equal = to->coalesces = false;
	if ((to->cols = arena_array(k->a, s->ncols + 1UL, sizeof(to->cols[0]))) == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < s->ncols; i++) {
		uint32_t at = 0;
		bool released = is_released(k, s, s->cols[i]);

		if (released &&
			(g == NULL || deciding(k, s->cols[i], &at) != g || g->dom[w][at].must_null))
			continue;
		if (released)
			g->dom[w][at].must_not_null = true;
		to->cols[to->ncols++] = s->cols[i];
	}
	return 0;
}

/* Puts in place of set i those of its branches. */
static int split(struct compiler *k, uint32_t i, struct sql_choice *g)
{
	const struct distinct_set s = k->sets[i];
	const uint32_t n = has_drawn(k, &s) ? 1 : g->n;
	struct distinct_set *sets = arena_array(k->a, k->nsets + n + 1UL, sizeof(*sets));

	if (sets == NULL)
		return err_nomem(k->e);
	memcpy(sets, k->sets, k->nsets * sizeof(*sets));
	for (uint32_t w = 0; w < n; w++)
		if (without(k, &s, n > 1 || !has_drawn(k, &s) ? g : NULL, w,
			    w == 0 ? &sets[i] : &sets[k->nsets + w - 1]) == -1)
			return -1;
	for (uint32_t c = 0; c < s.ncols; c++)
		if (is_released(k, &s, s.cols[c]))
			k->not_null[s.cols[c]] = false;
	k->sets = sets;
	k->nsets += n - 1;
	return 0;
}

/* A key of which one column is left has that distinct by itself. */
static void tell_alone(struct compiler *k, const struct distinct_set *s)
{
	uint64_t need = plan_need(k->b->t, s->name);

	if (s->ncols != 1 || k->b->columns[s->cols[0]].source != PLAN_GENERATOR)
		return;
	k->alone[s->cols[0]] = true;
	if (need > k->need[s->cols[0]])
		k->need[s->cols[0]] = need;
}

int compile_release_nulls(struct compiler *k)
{
	const uint32_t n = k->nsets;
	bool any = false;

	for (uint32_t i = 0; i < n; i++) {
		struct sql_choice *g = NULL;
		uint32_t at;

		for (uint32_t c = 0; c < k->sets[i].ncols && g == NULL; c++)
			if (is_released(k, &k->sets[i], k->sets[i].cols[c]))
				g = deciding(k, k->sets[i].cols[c], &at);
		if (g == NULL)
			continue;
		if (split(k, i, g) == -1)
			return -1;
		tell_alone(k, &k->sets[i]);
		any = true;
	}
	if (any)
		compile_sort_sets(k);
	return 0;
}
