/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/engine/engine_int.h"
#include "common/io/file.h"
#include "common/io/scratch.h"

/*
 * Engines for parts of other tables.  A slice that chooses parents by their values, and whose
 * parents are made no earlier, has the keys of those written first, into files without names
 * which go with its context.
 */

/* Whether all rows of a parent must be made into a file: they are recomputed,
 * and chosen by their values. */
static bool must_write(const struct table_program *b, uint32_t fk)
{
	return b->t->fks[fk].computed && program_needs_values(b, fk);
}

/* Makes all rows of a table's slice and writes them as a key snapshot. */
static int write_rows(const struct table_program *slice, const struct rundir *run,
	struct keys_writer *w, const struct engine_nested *nested, struct arena *a, struct err *e)
{
	uint64_t rows = slice->t->rows;
	struct foreign *fc;
	struct engine_block *k;
	struct engine *g;
	int rc = 0;

	engine_keys_affine(slice, w);
	if (nested->open(&g, &fc, slice, run, a, e) == -1)
		return -1;
	k = nested->rows(g);
	for (uint64_t row = 0; rc == 0 && row < rows; row += VEC_BLOCK) {
		uint32_t n = rows - row < VEC_BLOCK ? (uint32_t)(rows - row) : VEC_BLOCK;

		engine_block_rows(k, row, n);
		rc = nested->make(g, e);
		if (rc == 0)
			rc = keys_writer_block(w, k->cols, n, e);
	}
	nested->close(g);
	foreign_close(fc);
	return rc;
}

/* The file has no name, so that nothing remains if the process ends early. Its
 * descriptor is the caller's. */
int engine_scratch_keys(const struct table_program *slice, const struct rundir *run,
	const struct engine_nested *nested, struct arena *a, struct err *e)
{
	struct keys_writer *w;
	int fd = scratch_file(run->path, e);

	if (fd == -1)
		return -1;
	w = keys_writer_on(outfile_on(fd, e), slice->t, 0, e);
	if (w != NULL && write_rows(slice, run, w, nested, a, e) == 0) {
		if (keys_writer_commit(w, NULL, e) == 0)
			return fd;
		w = NULL;
	}
	keys_writer_abort(w);
	close(fd);
	return -1;
}

/* A copy of the program with a plan and a table that can be changed without
 * touching the caller's. */
static int copy_plan(struct table_program *x, const struct table_program *b, struct arena *a)
{
	struct plan *plan = arena_alloc(a, sizeof(*plan));
	struct plan_table *t = arena_alloc(a, sizeof(*t)), *tables;
	struct plan_fk *fks = arena_array(a, b->t->nfks + 1UL, sizeof(*fks));

	tables = arena_array(a, b->plan->ntables + 1UL, sizeof(*tables));
	if (plan == NULL || t == NULL || tables == NULL || fks == NULL)
		return -1;
	memcpy(tables, b->plan->tables, b->plan->ntables * sizeof(*tables));
	memcpy(fks, b->t->fks, b->t->nfks * sizeof(*fks));
	*plan = *b->plan;
	plan->tables = tables;
	*t = *b->t;
	t->fks = fks;
	*x = *b;
	x->plan = plan;
	x->t = t;
	return 0;
}

/* Whether a foreign key before ${f} reads the same file. */
static bool has_file(const struct table_program *b, uint32_t f, const int *fd)
{
	for (uint32_t i = 0; i < f; i++)
		if (fd[i] != -1 && b->t->fks[i].parent == b->t->fks[f].parent)
			return true;
	return false;
}

/* Parents are read from scratch files where they were to be recomputed; fd[] has
 * the files. Returns 1 if x is to be used in place of b, 0 if nothing had to be
 * written. */
int engine_scratch_parents(struct table_program *x, const struct table_program *b,
	const struct rundir *run, int *fd, const struct engine_nested *nested, struct arena *a,
	struct err *e)
{
	bool any = false;

	for (uint32_t f = 0; f < b->t->nfks; f++) {
		fd[f] = -1;
		any = any || must_write(b, f);
	}
	if (!any)
		return 0;
	if (copy_plan(x, b, a) == -1)
		return err_nomem(e);
	for (uint32_t f = 0; f < b->t->nfks; f++) {
		struct plan_table *parent = &x->plan->tables[b->t->fks[f].parent];
		struct table_program *before;

		if (!must_write(b, f))
			continue;
		x->t->fks[f].computed = false;
		if (has_file(b, f, fd))
			continue;
		if (slice_written_before(&before, b, f, a, e) == -1 ||
			(fd[f] = engine_scratch_keys(before, run, nested, a, e)) == -1)
			return -1;
		*parent = *before->t;
		if ((parent->keys_at = scratch_path(fd[f], a)) == NULL)
			return err_nomem(e);
	}
	return program_assemble(x, a) == 0 ? 1 : err_nomem(e);
}

/* The files are mapped by now. Slices of what is made here must not look for
 * them, so the plan's tables are put back. */
void engine_scratch_forget(struct table_program *x, const struct table_program *b, const int *fd)
{
	for (uint32_t f = 0; f < b->t->nfks; f++)
		if (fd[f] != -1) {
			uint32_t parent = b->t->fks[f].parent;

			close(fd[f]);
			x->plan->tables[parent] = b->plan->tables[parent];
		}
}
