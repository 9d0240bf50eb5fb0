/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/engine/engine_int.h"
#include "common/generators/gen_children.h"

/*
 * Aggregates: the rows that refer to a block's rows are listed by their relation, made in
 * blocks of their own by a slice of their table's engine, with its checks, so that they are what
 * they will be, and aggregated as they come.
 */

/* One aggregate: the engine of the child's slice, and the sums of the block at
 * hand. */
struct engine_children {
	const struct engine_nested *nested;
	struct program_children x;
	struct engine *g;
	struct foreign *fc;
	const struct relation *list; /* of the children, as a row of the parent has them */
	double mean;		     /* children of a parent */
	struct children_sums sums;
	uint32_t *of; /* [VEC_BLOCK]: whose each row of the child's block is */
	struct arena tmp;
};

/* Compiles the slice of the child's program and opens an engine for it. Errors
 * name the column whose aggregate needs it. */
int engine_children_open(struct engine_children **out, const struct engine_block *k,
	uint32_t column, struct arena *a, struct err *e)
{
	struct engine_children *c = arena_alloc(a, sizeof(*c));
	const struct pg_table *t = k->b->t->table;

	*out = NULL;
	if (c == NULL || (c->of = arena_array(a, VEC_BLOCK, sizeof(c->of[0]))) == NULL)
		return err_nomem(e);
	c->tmp = ARENA_INIT;
	c->nested = k->nested;
	if (slice_of_children(&c->x, k->b, column, a, e) == -1 ||
		c->nested->open(&c->g, &c->fc, c->x.slice, foreign_run(k->fc), a, e) == -1)
		return err_wrap(
			e, "table %s.%s, column %s", t->schema, t->name, t->columns[column].name);
	c->list = foreign_relation(c->fc, c->x.fk);
	c->mean = (double)c->list->rows / (double)c->list->parents;
	*out = c;
	return 0;
}

void engine_children_close(struct engine_children *c)
{
	if (c == NULL)
		return;
	c->nested->close(c->g);
	foreign_close(c->fc);
	arena_free(&c->tmp);
}

void engine_children_expect(const struct engine_block *k, uint64_t rows)
{
	for (uint32_t i = 0; i < k->b->norder; i++) {
		const struct engine_children *c = k->children[k->b->order[i]];

		if (c != NULL)
			c->nested->expect(c->g, (uint64_t)((double)rows * c->mean));
	}
}

/* ---- rows -------------------------------------------------------------------------------- */

/* A row whose key is NULL after all refers to nobody, and is not added. */
static void disown(const struct engine_children *c, const struct vec *const *cols, uint32_t n)
{
	for (uint32_t m = 0; m < c->x.nmembers; m++)
		for (uint32_t i = 0; i < n; i++)
			if (vec_is_null(cols[c->x.members[m]], i))
				c->of[i] = UINT32_MAX;
}

/* The child's block is full, or it is the last one: makes its rows and adds them
 * to their parents' sums. */
static int fold(
	struct engine_children *c, const struct engine_block *k, uint32_t column, struct err *e)
{
	const struct program_column *b = &k->b->columns[column];
	const struct pg_table *t = k->b->t->table, *child = c->x.slice->t->table;
	struct engine_block *rows = c->nested->rows(c->g);
	const char *why;
	int rc;

	if (rows->n == 0)
		return 0;
	if (c->nested->make(c->g, e) == -1)
		return err_wrap(
			e, "table %s.%s, column %s", t->schema, t->name, t->columns[column].name);
	disown(c, rows->cols, rows->n);
	arena_reset(&c->tmp);
	rc = gen_children_add(&b->gen, &c->sums, rows->cols, c->of, rows->n, &c->tmp, &why);
	rows->n = 0;
	if (rc == -1)
		return err_nomem(e);
	return rc == 0 ? 0
		       : err_set(e, ERR_NO, "table %s.%s, column %s: of rows of %s.%s: %s",
				 t->schema, t->name, t->columns[column].name, child->schema,
				 child->name, why);
}

/* An aggregate is not drawn again. The rows that are made again take it from the
 * first block. */
static void as_before(const struct engine_block *k, uint32_t column, struct vec *v)
{
	const struct vec *was = &k->first->columns[column];

	for (uint32_t i = 0; i < k->n; i++)
		if (vec_is_null(was, k->first_at[i]))
			vec_set_null(v, i);
		else if (v->type == VT_F64)
			v->v.f[i] = was->v.f[k->first_at[i]];
		else
			v->v.i[i] = was->v.i[k->first_at[i]];
}

/* Lists the children of each row of the block, and fills the child's blocks with
 * them across parents, so that parents with few children do not leave blocks
 * nearly empty. */
int engine_children_make(struct engine_block *k, uint32_t column, struct vec *v, struct err *e)
{
	struct engine_children *c = k->children[column];
	struct engine_block *rows;

	if (k->first != NULL) {
		as_before(k, column, v);
		return 0;
	}
	rows = c->nested->rows(c->g);
	rows->n = 0;
	gen_children_begin(&c->sums, k->n);
	for (uint32_t i = 0; i < k->n; i++) {
		uint64_t parent = relation_place_of(c->list, k->row[i]), at = 0;
		uint64_t count = parent == UINT64_MAX ? 0 : relation_count(c->list, parent);

		while (at < count) {
			uint32_t room = VEC_BLOCK - rows->n;
			uint32_t n = count - at < room ? (uint32_t)(count - at) : room;

			relation_children(c->list, parent, at, n, rows->row + rows->n);
			for (uint32_t j = 0; j < n; j++)
				c->of[rows->n + j] = i;
			rows->n += n;
			at += n;
			if (rows->n == VEC_BLOCK && fold(c, k, column, e) == -1)
				return -1;
		}
	}
	if (fold(c, k, column, e) == -1)
		return -1;
	gen_children_end(&k->b->columns[column].gen, &c->sums, k->n, v, &k->heap);
	return 0;
}
