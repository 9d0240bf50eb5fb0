/* SPDX-License-Identifier: MIT */
/*
 * Values that hang on the same values of a row's parent, in a table that refers to
 * itself: depth, path, root. One slice of the table's program makes them for any
 * rows, and needs of the rows' parents what it makes itself. So an engine of the
 * slice makes the parents, and has another engine of the same slice make theirs,
 * one for each step up. Rows that are roots need no more steps; when all are, the
 * climb is over. A parent has a smaller number than its children, or a smaller
 * rank among siblings, so that it ends, after as many steps as the tree is deep.
 */
#include "common/engine/engine_int.h"

#include <string.h>

#include "common/base/err.h"

struct engine_climb {
	const struct table_program *slice; /* NULL: nothing climbs by this key */
	struct arena *a;
	struct engine *g; /* NULL: no row has needed it yet */
	struct foreign *fc;
	uint64_t rows[VEC_BLOCK]; /* of the parents that are made ... */
	uint32_t at[VEC_BLOCK];	  /* ... and of the block's rows whose parents they are */
	uint32_t n;
};

/* The slice of a block that is itself of a slice of ancestors is that one. */
static int slice_for(
	struct engine_climb *c, const struct engine_block *k, uint32_t fk, struct err *e)
{
	struct table_program *slice;

	c->slice = k->b->ancestors;
	if (c->slice != NULL)
		return 0;
	if (slice_of_ancestors(&slice, k->b, fk, c->a, e) == -1)
		return -1;
	c->slice = slice;
	return 0;
}

/* Which foreign keys something climbs by is asked of the operations, so that a
 * block without any allocates nothing. */
int engine_climbs_init(struct engine_block *k, struct arena *a, struct err *e)
{
	for (uint32_t i = 0; i < k->b->nmake; i++) {
		const struct operation *op = &k->b->ops[i];

		if (op->code != OP_CLIMB)
			continue;
		if (k->climbs == NULL)
			k->climbs = arena_array(a, k->b->t->nfks + 1UL, sizeof(k->climbs[0]));
		if (k->climbs == NULL)
			return err_nomem(e);
		k->climbs[op->at].a = a;
		if (slice_for(&k->climbs[op->at], k, op->at, e) == -1)
			return -1;
	}
	return 0;
}

void engine_climbs_free(struct engine_block *k)
{
	for (uint32_t f = 0; k->climbs != NULL && f < k->b->t->nfks; f++)
		if (k->climbs[f].g != NULL) {
			k->nested->close(k->climbs[f].g);
			foreign_close(k->climbs[f].fc);
		}
}

/* Has the parents of the block's rows made, as far as they have some. A root that
 * is its own parent has none here. */
static int make(struct engine_climb *c, struct engine_block *k, uint32_t fk, struct err *e)
{
	const uint64_t *parent = k->parent[fk];
	struct engine_block *above;

	c->n = 0;
	for (uint32_t i = 0; i < k->n; i++)
		if (parent[i] != UINT64_MAX && parent[i] != k->row[i]) {
			c->rows[c->n] = parent[i];
			c->at[c->n++] = i;
		}
	if (c->n == 0)
		return 0;
	if (c->g == NULL &&
		k->nested->open(&c->g, &c->fc, c->slice, foreign_run(k->fc), c->a, e) == -1) {
		c->g = NULL;
		return -1;
	}
	above = k->nested->rows(c->g);
	above->n = c->n;
	memcpy(above->row, c->rows, c->n * sizeof(c->rows[0]));
	return k->nested->make(c->g, e);
}

/* Rows without a parent get NULL. Texts stay where the engine above has them,
 * until its next block. */
static void read_values(const struct engine_climb *c, const struct engine_block *k,
	const struct program_gather *g, struct vec *out)
{
	const struct vec *v = c->n > 0 ? k->nested->rows(c->g)->cols[g->column] : NULL;
	uint32_t j = 0;

	out->n = k->n;
	out->has_null = false;
	for (uint32_t i = 0; i < k->n; i++)
		if (j < c->n && c->at[j] == i)
			vec_take(out, i, v, j++);
		else
			vec_set_null(out, i);
}

/* Whether an attempt may give rows other parents, or none: a check ties whom a
 * foreign key picks. */
static bool may_differ(const struct engine_block *k)
{
	const struct table_program *b = k->b;
	uint64_t tied = 0;

	for (uint32_t f = 0; f < b->t->nfks; f++)
		tied |= b->fks[f].tied;
	for (uint32_t i = 0; i < b->norder; i++)
		if (b->columns[b->order[i]].source == PLAN_FOREIGN)
			tied |= b->columns[b->order[i]].tied;
	return (tied & k->mask) != 0;
}

/* Makes the ancestors of the block's rows and takes all values that climb by one
 * foreign key. Rows that are made again keep what they had if their parents are
 * the same: climbing for each attempt of each ancestor would take a time that
 * grows with every step. */
int engine_climb(struct engine_block *k, const struct operation *op, struct err *e)
{
	struct engine_climb *c = &k->climbs[op->at];
	bool keeps = k->first != NULL && !may_differ(k);

	if (!keeps && make(c, k, op->at, e) == -1)
		return -1;
	for (uint32_t w = 0; w < op->nwrites; w++) {
		uint32_t g = op->writes[w].at;
		struct vec *out = &k->gathers[g];

		if (!keeps) {
			read_values(c, k, &k->b->gathers[g], out);
			continue;
		}
		out->n = k->n;
		out->has_null = false;
		for (uint32_t i = 0; i < k->n; i++)
			vec_take(out, i, &k->first->gathers[g], k->first_at[i]);
	}
	return 0;
}
