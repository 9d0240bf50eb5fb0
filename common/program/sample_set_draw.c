/* SPDX-License-Identifier: MIT */
/*
 * What rows draw from once a group has a sample set: the combinations that passed.
 * Each column of the group gets a generator whose values are the list of its values
 * in the set. All of them draw with the same stream, and so take the same place of
 * their lists in a row: together they are one combination that passes.
 */
#include "common/base/err.h"
#include "common/program/sample_set.h"

/* What the rows draw from: the combinations that passed, as the generators of their columns. */

/* The values of a column at places of the set: all columns of a group use the
 * same places. */
static void pool_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct vec *list = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++)
		vec_take(out, i, &list[idx[i] / VEC_BLOCK], (uint32_t)(idx[i] % VEC_BLOCK));
}

static const struct gen_op pool_op = {
	.id = "combinations that meet the checks", .families = GF_ANY, .value = pool_value};

/* For a column of which only NULLs are in the set: where it is NULL. */
static bool *nulls_of(const struct sample_group *g, const struct sample_column *p, struct arena *a)
{
	bool *null = arena_array(a, g->n, sizeof(bool));

	for (uint32_t i = 0; null != NULL && i < g->n; i++)
		null[i] = vec_is_null(&p->kept[i / VEC_BLOCK], i % VEC_BLOCK);
	return null;
}

/* Replaces the generators of the group's columns by the set. Columns that
 * equations compute keep their generators, which give the same values again from
 * the same inputs. */
int pool_apply(struct compiler *k, const struct sample_group *g)
{
	struct program_sample_set *pool = arena_alloc(k->a, sizeof(*pool));

	if (pool == NULL)
		return err_nomem(k->e);
	*pool = (struct program_sample_set){.key = g->key, .n = g->n};
	for (uint32_t i = 0; i < g->ncols; i++) {
		const struct sample_column *p = &g->col[i];
		struct program_column *b = &k->b->columns[p->column];
		bool *null = p->null_only ? nulls_of(g, p, k->a) : NULL;

		if (p->fixed_null || p->computed)
			continue;
		if (p->null_only && null == NULL)
			return err_nomem(k->e);
		b->pool = pool;
		b->disjunction = -1;
		b->null_of = null;
		if (null != NULL)
			continue;
		b->written = p->written;
		b->gen = (struct gen){.op = &pool_op,
			.col = &b->gc,
			.key = g->key,
			.space = g->n,
			.state = p->kept};
		b->max_bytes = 0;
	}
	return 0;
}
