/* SPDX-License-Identifier: MIT */
/*
 * Checks of columns whose texts get numbers by rank. Such a text cannot be drawn again, since the
 * ranks of other rows would change, and most texts have no number, so that the first rows say
 * nothing of those that do. So all texts that were counted are held against the checks that read
 * the column alone, once, by whoever is to say whether the rows can be made.
 */
#include "common/engine/engine_int.h"

#include "common/base/err.h"

/* Whether the check reads that column and no other. */
static bool is_of(const struct program_check *x, uint32_t column)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x->expr, &n);

	if (x->policy != PLAN_ENFORCE)
		return false;
	return x->column >= 0 ? (uint32_t)x->column == column : n == 1 && cols[0] == column;
}

static bool is_checked(const struct table_program *b, uint32_t column)
{
	for (uint32_t i = 0; i < b->nchecks; i++)
		if (is_of(&b->checks[i], column))
			return true;
	return false;
}

/* Holds the rows of a block of the slice against one check. */
static int hold(struct engine *g, const struct engine_block *k, uint32_t column,
	const struct program_check *x, struct err *e)
{
	const struct vec *const one[] = {k->cols[column]};
	const struct pg_table *t = g->b->t->table;
	char shown[STR_SHOWN];
	uint32_t i = 0;

	arena_reset(&g->tmp);
	if (sql_check(x->expr, x->column >= 0 ? one : k->cols, k->n, g->pass, &g->tmp, e) == -1)
		return err_wrap(e, "check %s of %s.%s", x->name, t->schema, t->name);
	while (i < k->n && g->pass[i])
		i++;
	if (i == k->n)
		return 0;
	g->fault = (struct engine_fault){
		x, k->row[i], "its text, with the number that makes it unique, is not drawn again"};
	return err_set(e, ERR_NO, "table %s.%s: row %llu cannot meet check %s, %s: %s", t->schema,
		t->name, (unsigned long long)k->row[i], x->name, str_shown(shown, x->definition),
		g->fault.why);
}

static int hold_all(struct engine *g, struct engine *slice, uint32_t column, struct err *e)
{
	uint64_t rows = g->b->t->rows < SUFFIX_SAMPLES ? g->b->t->rows : SUFFIX_SAMPLES;
	struct engine_block *k = &slice->main;

	for (uint64_t row = 0; row < rows; row += VEC_BLOCK) {
		engine_block_rows(
			k, row, rows - row < VEC_BLOCK ? (uint32_t)(rows - row) : VEC_BLOCK);
		if (g->main.nested->make(slice, e) == -1)
			return -1;
		for (uint32_t i = 0; i < g->b->nchecks; i++)
			if (is_of(&g->b->checks[i], column) &&
				hold(g, k, column, &g->b->checks[i], e) == -1)
				return -1;
	}
	return 0;
}

int engine_suffixes_hold(struct engine *g, struct err *e)
{
	for (uint32_t o = 0; o < g->b->norder; o++) {
		const uint32_t c = g->b->order[o];
		const struct slice_request request = {.cols = &c, .ncols = 1, .fk = -1};
		const struct program_suffix *s = g->b->columns[c].suffix;
		struct table_program *slice;
		struct engine *own = NULL;
		struct arena a = ARENA_INIT;
		int rc;

		if (s == NULL || !s->by_rank || !is_checked(g->b, c))
			continue;
		rc = engine_ranks(&g->main, c, e) == NULL ? -1 : 0;
		if (rc == 0)
			rc = program_slice(&slice, g->b, &request, &a, e);
		if (rc == 0)
			rc = g->main.nested->open_alone(&own, slice, NULL, &a, e);
		if (rc == 0) {
			own->main.ranks[c] = g->main.ranks[c];
			rc = hold_all(g, own, c, e);
		}
		g->main.nested->close(own);
		arena_free(&a);
		if (rc == -1)
			return -1;
	}
	return 0;
}
