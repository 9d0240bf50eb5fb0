/* SPDX-License-Identifier: MIT */
#include "common/engine/engine_int.h"

#include <string.h>

#include "common/base/err.h"

/*
 * Checks that the generators do not prove.  Rows that fail one are made again in a second block,
 * which draws again what the failed checks tie and nothing else; those that then pass replace
 * what stands in the first.
 */

/* Keeps what explain-row shows of the failure, and makes the message. */
static int fault(struct engine *g, const struct program_check *c, uint64_t row, const char *why,
	struct err *e)
{
	const struct pg_table *t = g->b->t->table;
	char shown[STR_SHOWN];

	g->fault = (struct engine_fault){c, row, why};
	return err_set(e, ERR_NO,
		"table %s.%s: row %llu cannot meet check %s, %s: %s; give its columns generators "
		"that can, or set the policy of checks to warn",
		t->schema, t->name, (unsigned long long)row, c->name,
		str_shown(shown, c->definition), why);
}

/* Evaluates the checks as PostgreSQL would. failed[i] gets the bits of the
 * enforced checks that row i fails; those with the policy warn are only counted. */
static int verify(struct engine *g, const struct engine_block *k, uint64_t *failed, bool count,
	bool *any, struct err *e)
{
	*any = false;
	memset(failed, 0, k->n * sizeof(failed[0]));
	for (uint32_t i = 0; i < g->b->nchecks; i++) {
		const struct program_check *c = &g->b->checks[i];
		const struct vec *const one[] = {c->column >= 0 ? k->cols[c->column] : NULL};

		arena_reset(&g->tmp);
		if (sql_check(c->expr, c->column >= 0 ? one : k->cols, k->n, g->pass, &g->tmp, e) ==
			-1)
			return err_wrap(e, "check %s of %s.%s", c->name, g->b->t->table->schema,
				g->b->t->table->name);
		for (uint32_t r = 0; r < k->n; r++) {
			if (g->pass[r])
				continue;
			if (c->policy == PLAN_ENFORCE) {
				failed[r] |= c->bit;
				*any = true;
			} else if (count) {
				g->counts.failed[i]++;
			}
		}
	}
	return 0;
}

/* The first enforced check of a set of bits, for a message. */
static const struct program_check *check_of(const struct engine *g, uint64_t mask)
{
	uint32_t i = 0;

	while (i + 1 < g->b->nchecks &&
		(!(mask & g->b->checks[i].bit) || g->b->checks[i].policy != PLAN_ENFORCE))
		i++;
	return &g->b->checks[i];
}

/* Whether drawing again what the checks of ${mask} tie may give another row. */
static bool can_change(const struct engine *g, uint64_t mask)
{
	for (uint32_t i = 0; i < g->b->nmake; i++)
		if (g->b->ops[i].again & mask && g->b->ops[i].redraws)
			return true;
	return false;
}

/* Row j of the second block is good: it replaces row i of the first. Texts are
 * copied, because the second block's heap is used again. */
static int adopt(struct engine *g, uint32_t i, uint32_t j, struct err *e)
{
	const uint32_t *carry = g->b->inherited;
	bool ok = true;

	for (uint32_t c = 0; c < g->b->t->ninherited; c++)
		if (carry[c] != UINT32_MAX)
			ok = vec_keep(&g->main.gathers[carry[c]], i, &g->redo.gathers[carry[c]], j,
				     &g->main.texts) &&
			     ok;
	for (uint32_t o = 0; o < g->b->norder; o++) {
		uint32_t c = g->b->order[o];
		/* a gather is handed out as it is: write to what it points at */
		struct vec *to = g->main.cols[c] == &g->main.columns[c]
					 ? &g->main.columns[c]
					 : &g->main.gathers[g->b->columns[c].gather];

		to->type = g->redo.cols[c]->type;
		ok = vec_keep(to, i, g->redo.cols[c], j, &g->main.texts) && ok;
	}
	return ok ? 0 : err_nomem(e);
}

/* Makes the rows that have failed exactly the checks of mask once more, in the
 * second block. Rows with one mask go together since the mask says which streams
 * change. A row that now fails other checks keeps both masks, so that the next
 * attempt changes the columns of either. */
static int again(struct engine *g, uint64_t mask, uint64_t attempt, const uint64_t *todo,
	uint64_t *next, bool *left, struct err *e)
{
	uint64_t failed[VEC_BLOCK];
	uint32_t at[VEC_BLOCK];
	struct engine_block *k = &g->redo;
	bool any;

	k->n = 0;
	for (uint32_t i = 0; i < g->main.n; i++)
		if (todo[i] == mask) {
			at[k->n] = i;
			k->row[k->n++] = g->main.row[i];
		}
	if (!can_change(g, mask))
		return fault(
			g, check_of(g, mask), k->row[0], "nothing of it may be drawn again", e);
	k->first_at = at;
	if (engine_block_fill(k, attempt, mask, e) == -1)
		return -1;
	g->counts.retries += k->n;
	g->counts.most = attempt + 1 > g->counts.most ? attempt + 1 : g->counts.most;
	for (uint32_t o = 0; o < g->b->norder; o++)
		if (g->b->columns[g->b->order[o]].tied & mask)
			g->counts.redrawn[g->b->order[o]] += k->n;
	if (verify(g, k, failed, false, &any, e) == -1)
		return -1;
	for (uint32_t j = 0; j < k->n; j++) {
		next[at[j]] = failed[j] != 0 ? mask | failed[j] : 0;
		*left = *left || failed[j] != 0;
		g->last = failed[j] != 0 ? failed[j] : g->last;
		if (failed[j] == 0 && adopt(g, at[j], j, e) == -1)
			return -1;
	}
	return 0;
}

/* Attempts until every row passes. Which rows share a block has no influence on
 * their values: an attempt's streams depend on the row, its failed checks and
 * the attempt's number only. */
static int redraw(struct engine *g, struct err *e)
{
	uint64_t next[VEC_BLOCK];
	bool left = true;

	if (!g->has_redo) {
		g->redo = (struct engine_block){.b = g->b,
			.nested = g->main.nested,
			.fc = g->fc,
			.keys = g->keys,
			.first = &g->main};
		if (engine_block_init(&g->redo, g->a, e) == -1)
			return -1;
		g->has_redo = true;
	}
	for (uint64_t attempt = 1; left && attempt <= ENGINE_ATTEMPTS; attempt++) {
		left = false;
		if (g->looked != NULL)
			g->looked->failed[g->looked->attempts++] = g->failed[0];
		memset(next, 0, sizeof(next));
		for (uint32_t i = 0; i < g->main.n; i++) {
			uint64_t mask = g->failed[i];
			bool seen = mask == 0;

			for (uint32_t j = 0; j < i && !seen; j++)
				seen = g->failed[j] == mask;
			if (!seen && again(g, mask, attempt, g->failed, next, &left, e) == -1)
				return -1;
		}
		memcpy(g->failed, next, g->main.n * sizeof(next[0]));
	}
	for (uint32_t i = 0; left && i < g->main.n; i++)
		if (g->failed[i] != 0)
			return fault(g, check_of(g, g->last), g->main.row[i],
				"it failed in every one of 100 draws", e);
	return 0;
}

/* Rows are drawn again only if an enforced check failed. */
int engine_verify(struct engine *g, struct err *e)
{
	bool any = false;

	if (g->b->nchecks == 0 || g->unchecked)
		return 0;
	if (verify(g, &g->main, g->failed, true, &any, e) == -1)
		return -1;
	return any ? redraw(g, e) : 0;
}
