/* SPDX-License-Identifier: MIT */
/*
 * The memory of a block: a vector for each column, and what is known of its rows
 * beside them: parents, ranks, digits of keys, branches. All of it is allocated
 * once and used again for every block. A foreign key's column shares the vector of
 * the value that was read of the parent, unless a transform or an assignment makes
 * another value of it.
 */
#include "common/engine/engine_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_children.h"

/* The memory of a block: the vectors of its columns, and what is known of its rows beside them. */

/* Points cols[] at the vector that has each column's values in the end, and sums
 * up how many bytes of text a block can need. */
static int block_columns(struct engine_block *k, struct arena *a, struct err *e)
{
	uint32_t n = k->b->t->table->ncolumns;

	k->columns = arena_array(a, n + 1UL, sizeof(k->columns[0]));
	k->cols = arena_array(a, n + k->b->t->ninherited + 1UL, sizeof(k->cols[0]));
	if (k->columns == NULL || k->cols == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < k->b->t->ninherited; i++)
		if (k->b->inherited[i] != UINT32_MAX)
			k->cols[n + i] = &k->gathers[k->b->inherited[i]];
	for (uint32_t i = 0; i < k->b->norder; i++) {
		uint32_t c = k->b->order[i];
		const struct program_column *b = &k->b->columns[c];

		k->cols[c] = &k->columns[c];
		k->heap_need += (size_t)b->max_bytes * VEC_BLOCK;
		/* an FK's member is its gather, unless it is to become another value */
		if (b->source == PLAN_FOREIGN && b->move == NULL)
			k->cols[c] = &k->gathers[b->gather];
		else if (!vec_init(&k->columns[c], b->ntransforms > 0 ? VT_TEXT : b->type, a))
			return err_nomem(e); /* a transform makes a text of any value */
		k->columns[c].scale = b->scale;
	}
	return 0;
}

/* Finds each value's column in the parent's snapshot, and compares its type with
 * the one in the program. A snapshot of an older plan is refused here, before
 * any row is made. */
static int block_gathers(struct engine_block *k, struct arena *a, struct err *e)
{
	const struct table_program *b = k->b;

	k->gathers = arena_array(a, b->ngathers + 1UL, sizeof(k->gathers[0]));
	k->handles = arena_array(a, b->ngathers + 1UL, sizeof(k->handles[0]));
	if (k->gathers == NULL || k->handles == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < b->ngathers; i++) {
		const struct program_gather *g = &b->gathers[i];
		const struct plan_table *of = &b->plan->tables[b->t->fks[g->fk].parent];
		const struct pg_table *parent = of->table;
		const struct keys *keys = foreign_keys(k->fc, g->fk);
		const char *name = plan_kept_name(of, g->column);
		uint8_t scale;

		if (!vec_init(&k->gathers[i], g->type, a))
			return err_nomem(e);
		k->gathers[i].scale = g->scale;
		if (keys == NULL || g->from != GEN_PARENT) {
			k->handles[i] = -1; /* an FK that is NULL in every row, or a place */
			continue;
		}
		if ((k->handles[i] = keys_column(keys, name)) == -1)
			return err_set(e, ERR_INPUT,
				"the keys of %s.%s have no column %s: rerun plan-check",
				parent->schema, parent->name, name);
		if (keys_type(keys, k->handles[i], &scale) != g->type || scale != g->scale)
			return err_set(e, ERR_INPUT,
				"the keys of %s.%s hold column %s as %s, not as %s", parent->schema,
				parent->name, name,
				vtype_name(keys_type(keys, k->handles[i], &scale)),
				vtype_name(g->type));
	}
	return 0;
}

/* Opens engines for parents whose rows are recomputed. */
static int block_recomputed(struct engine_block *k, struct arena *a, struct err *e)
{
	const struct plan_fk *fks = k->b->t->fks;

	k->recomputed_parents =
		arena_array(a, k->b->t->nfks + 1UL, sizeof(k->recomputed_parents[0]));
	if (k->recomputed_parents == NULL)
		return err_nomem(e);
	for (uint32_t f = 0; f < k->b->t->nfks; f++)
		if (fks[f].computed && how_picks(k->b->fks[f].how) &&
			engine_recomputed_open(&k->recomputed_parents[f], k, f, a, e) == -1)
			return -1;
	return engine_climbs_init(k, a, e);
}

/* Opens engines for the children of aggregates. The block of rows that are drawn
 * again has none, since an aggregate does not change then. */
static int block_children(struct engine_block *k, struct arena *a, struct err *e)
{
	const struct table_program *b = k->b;

	k->children = arena_array(a, b->t->table->ncolumns + 1UL, sizeof(k->children[0]));
	if (k->children == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; k->first == NULL && i < b->norder; i++) {
		uint32_t c = b->order[i];

		if (gen_children_of(&b->columns[c].gen) != NULL &&
			engine_children_open(&k->children[c], k, c, a, e) == -1)
			return -1;
	}
	return 0;
}

void engine_block_free(struct engine_block *k)
{
	for (uint32_t c = 0; k->children != NULL && c < k->b->t->table->ncolumns; c++)
		engine_children_close(k->children[c]);
	for (uint32_t f = 0; k->recomputed_parents != NULL && f < k->b->t->nfks; f++)
		engine_recomputed_close(k->recomputed_parents[f]);
	engine_climbs_free(k);
	gen_heap_free(&k->heap);
	arena_free(&k->texts);
}

/* One number for each row of a block. */
static uint64_t *rows(struct arena *a)
{
	return arena_array(a, VEC_BLOCK, sizeof(uint64_t));
}

/* Arrays that only some programs use are allocated only for these: patterns of
 * NULLs, branches. */
int engine_block_init(struct engine_block *k, struct arena *a, struct err *e)
{
	const struct table_program *b = k->b;
	uint32_t nfks = b->t->nfks;

	k->heap = GEN_HEAP_INIT;
	k->a = a;
	k->relations = arena_array(a, nfks + 1UL, sizeof(k->relations[0]));
	k->parent = arena_array(a, nfks + 1UL, sizeof(k->parent[0]));
	k->k = arena_array(a, nfks + 1UL, sizeof(k->k[0]));
	k->other = arena_array(a, nfks + 1UL, sizeof(k->other[0]));
	k->nulls = arena_array(a, nfks + 1UL, sizeof(k->nulls[0]));
	k->digits = arena_array(a, b->nkeys + 1UL, sizeof(k->digits[0]));
	k->beyond = arena_array(a, b->nkeys + 1UL, sizeof(k->beyond[0]));
	if ((k->row = rows(a)) == NULL || (k->idx = rows(a)) == NULL || k->relations == NULL ||
		k->parent == NULL || k->k == NULL || k->other == NULL || k->nulls == NULL ||
		k->digits == NULL || k->beyond == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < nfks; i++)
		if ((k->parent[i] = rows(a)) == NULL || (k->k[i] = rows(a)) == NULL)
			return err_nomem(e);
	for (uint32_t i = 0; i < nfks; i++)
		if (b->fks[i].partial.nmasks > 0 &&
			((k->other[i] = rows(a)) == NULL || (k->nulls[i] = arena_array(a, VEC_BLOCK,
								     sizeof(uint32_t))) == NULL))
			return err_nomem(e);
	for (uint32_t i = 0; i < b->nkeys; i++)
		if ((k->digits[i] = rows(a)) == NULL ||
			(k->beyond[i] = arena_array(a, VEC_BLOCK, sizeof(bool))) == NULL)
			return err_nomem(e);
	if (block_gathers(k, a, e) == -1 || block_columns(k, a, e) == -1 ||
		engine_samples_init(k, a, e) == -1 || engine_branches_init(k, a, e) == -1 ||
		block_recomputed(k, a, e) == -1 || block_children(k, a, e) == -1)
		return -1;
	return gen_heap_reserve(&k->heap, k->heap_need + TEXT_ROOM) ? 0 : err_nomem(e);
}
