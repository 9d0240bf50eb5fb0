/* SPDX-License-Identifier: MIT */
/*
 * The machine that runs a table's program. engine_block() makes up to VEC_BLOCK
 * rows: it runs the program's operations over the block, then its checks, and rows
 * that fail are made again in a second block. Nothing is kept from one block to the
 * next but counters, so that rows can be made in any order and by any number of
 * processes. Slices of other tables' programs run in engines of their own, nested
 * in the blocks that need them.
 */
#include "common/engine/engine.h"

#include <string.h>

#include "common/base/err.h"
#include "common/engine/engine_int.h"

/* What engines of slices are to an engine whose blocks need them. */
static const struct engine_nested nested = {.open = engine_slice_open,
	.open_alone = engine_open,
	.close = engine_close,
	.rows = engine_rows,
	.make = engine_make,
	.expect = engine_expect};

/* ---- opening --------------------------------------------------------------------- */

/* Memory for what is counted while rows are made: NULLs, failed checks, rows
 * drawn again. */
static int counters(struct engine *g, struct err *e)
{
	uint32_t n = g->b->t->table->ncolumns;

	g->counts.redrawn = arena_array(g->a, n + 1UL, sizeof(uint64_t));
	g->counts.nulls = arena_array(g->a, n + 1UL, sizeof(uint64_t));
	g->counts.failed = arena_array(g->a, g->b->nchecks + 1UL, sizeof(uint64_t));
	g->failed = arena_array(g->a, VEC_BLOCK, sizeof(uint64_t));
	g->pass = arena_array(g->a, VEC_BLOCK, 1);
	if (g->counts.redrawn == NULL || g->counts.nulls == NULL || g->counts.failed == NULL ||
		g->failed == NULL || g->pass == NULL)
		return err_nomem(e);
	return 0;
}

/* The engine has its own copy of the keys, because their sizes change with the
 * number of parents that are really there. */
int engine_open(struct engine **out, const struct table_program *b, struct foreign *fc,
	struct arena *a, struct err *e)
{
	struct engine *g = arena_alloc(a, sizeof(*g));

	if (g == NULL)
		return err_nomem(e);
	g->b = b;
	g->fc = fc;
	g->a = a;
	g->tmp = ARENA_INIT;
	if ((g->keys = arena_array(a, b->nkeys + 1UL, sizeof(g->keys[0]))) == NULL)
		return err_nomem(e);
	if (b->nkeys > 0)
		memcpy(g->keys, b->keys, b->nkeys * sizeof(g->keys[0]));
	g->main = (struct engine_block){.b = b, .nested = &nested, .fc = fc, .keys = g->keys};
	if (counters(g, e) == -1 || engine_relations(g, e) == -1 ||
		engine_block_init(&g->main, a, e) == -1) {
		engine_close(g);
		return -1;
	}
	*out = g;
	return 0;
}

void engine_close(struct engine *g)
{
	if (g == NULL)
		return;
	engine_block_free(&g->main);
	engine_block_free(&g->redo);
	arena_free(&g->tmp);
}

struct engine_block *engine_rows(struct engine *g)
{
	return &g->main;
}

void engine_unchecked(struct engine *g)
{
	g->unchecked = true;
}

/* Reading ahead pays only if enough rows of a parent will be read. If so its
 * columns are loaded into memory in one go, instead of one page fault at a time. */
void engine_expect(const struct engine *g, uint64_t rows)
{
	enum { WORTH = 100 }; /* a row in so many of the parent's */

	for (uint32_t i = 0; i < g->b->ngathers; i++) {
		const struct keys *k = foreign_keys(g->fc, g->b->gathers[i].fk);

		if (k != NULL && g->main.handles[i] != -1 && rows > keys_rows(k) / WORTH)
			keys_populate(k, g->main.handles[i]);
	}
	engine_children_expect(&g->main, rows);
}

/* ---- blocks ----------------------------------------------------------------------------- */

/* Counts the NULLs of each column for the report of the run. */
static void count_nulls(struct engine *g)
{
	for (uint32_t o = 0; o < g->b->norder; o++) {
		const struct vec *v = g->main.cols[g->b->order[o]];
		uint64_t n = 0;

		if (!v->has_null)
			continue;
		for (uint32_t i = 0; i < g->main.n; i++)
			n += v->null[i];
		g->counts.nulls[g->b->order[o]] += n;
	}
}

/* Makes the rows that the block's row numbers name, and checks them. */
int engine_make(struct engine *g, struct err *e)
{
	arena_reset(&g->main.texts);
	if (engine_block_fill(&g->main, 0, 0, e) == -1 || engine_verify(g, e) == -1)
		return -1;
	count_nulls(g);
	g->counts.rows += g->main.n;
	g->counts.most = g->counts.most > 0 ? g->counts.most : g->main.n > 0;
	return 0;
}

int engine_block(struct engine *g, uint64_t row0, uint32_t n, struct err *e)
{
	engine_block_rows(&g->main, row0, n);
	return engine_make(g, e);
}

/* Makes one row and notes which of its checks failed. The block that holds
 * it in the end is the second one if it was ever drawn again. */
int engine_row(struct engine *g, uint64_t row, struct engine_row *out, struct err *e)
{
	int rc;

	*out = (struct engine_row){.attempts = 0};
	g->looked = out;
	rc = engine_block(g, row, 1, e);
	g->looked = NULL;
	out->block = out->attempts > 0 ? &g->redo : &g->main;
	return rc;
}

const struct vec *const *engine_columns(const struct engine *g)
{
	return g->main.cols;
}

const struct engine_counts *engine_counts(const struct engine *g)
{
	return &g->counts;
}

const struct engine_fault *engine_fault(const struct engine *g)
{
	return &g->fault;
}

/* Opens the parents. Where some must be written to scratch files first, the
 * program is replaced by a copy that reads these files; *as says which one is
 * used. */
int engine_context(const struct table_program **as, struct foreign **fc,
	const struct table_program *b, const struct rundir *run, const bool *read, struct arena *a,
	struct err *e)
{
	struct table_program *x = arena_alloc(a, sizeof(*x));
	int *fd = arena_array(a, b->t->nfks + 1UL, sizeof(*fd)), rc;

	if (x == NULL || fd == NULL)
		return err_nomem(e);
	rc = engine_scratch_parents(x, b, run, fd, &nested, a, e);
	*as = rc == 1 ? x : b;
	if (rc != -1)
		rc = foreign_open(fc, run, (*as)->plan, (*as)->t, read, a, e);
	engine_scratch_forget(x, b, fd);
	return rc;
}

/* An engine for a slice. It opens only the parents that the slice needs. */
int engine_slice_open(struct engine **g, struct foreign **fc, const struct table_program *slice,
	const struct rundir *run, struct arena *a, struct err *e)
{
	bool *read = arena_array(a, slice->t->nfks + 1UL, sizeof(*read));
	const struct table_program *as;

	if (read == NULL)
		return err_nomem(e);
	for (uint32_t f = 0; f < slice->t->nfks; f++)
		read[f] = !how_off(slice->fks[f].how);
	if (engine_context(&as, fc, slice, run, read, a, e) == -1)
		return -1;
	if (engine_open(g, as, *fc, a, e) == 0)
		return 0;
	foreign_close(*fc);
	return -1;
}

int engine_slice_keys(
	const struct table_program *slice, const struct rundir *run, struct arena *a, struct err *e)
{
	return engine_scratch_keys(slice, run, &nested, a, e);
}
