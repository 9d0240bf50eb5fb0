/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "common/engine_int.h"
#include "common/err.h"
#include "common/file.h"
#include "common/scratch.h"

/*
 * Engines for parts of other tables.  A part that chooses parents by their values, and whose
 * parents are made no earlier, has the keys of those written first, into files without names
 * which go with its context.
 */

static bool must_write(const struct bound *b, uint32_t fk)
{
	return b->t->fks[fk].computed && bound_needs_values(b, fk);
}

static int write_rows(const struct bound *part, const struct foreign *of, struct keysw *w,
	struct arena *a, struct err *e)
{
	struct foreign *fc;
	struct engine *g;
	int rc;

	engine_keys_affine(part, w);
	if (engine_part_open(&g, &fc, part, of, a, e) == -1)
		return -1;
	rc = engine_keys(g, w, part->t->rows, e);
	engine_close(g);
	foreign_close(fc);
	return rc;
}

/* The keys of a part, in a file that is found by its number while it is open. */
static int write_keys(
	const struct bound *part, const struct foreign *of, int *fd, struct arena *a, struct err *e)
{
	struct keysw *w;

	if ((*fd = scratch_file(foreign_dir(of), e)) == -1)
		return -1;
	if ((w = keysw_on(outfile_on(*fd, e), part->t, 0, e)) == NULL)
		return -1;
	if (write_rows(part, of, w, a, e) == 0)
		return keysw_commit(w, NULL, e);
	keysw_abort(w);
	return -1;
}

/* The part with parents that are read where they were to be computed: fd[] has their files. */
static int read_instead(struct bound *x, const struct bound *part, const struct foreign *of,
	int *fd, struct arena *a, struct err *e)
{
	struct plan *plan = arena_alloc(a, sizeof(*plan));
	struct plan_table *t = arena_alloc(a, sizeof(*t));
	uint32_t ntables = part->plan->ntables, nfks = part->t->nfks;

	if (plan == NULL || t == NULL)
		return err_nomem(e);
	*plan = *part->plan;
	*t = *part->t;
	plan->tables = arena_array(a, ntables + 1UL, sizeof(plan->tables[0]));
	t->fks = arena_array(a, nfks + 1UL, sizeof(t->fks[0]));
	if (plan->tables == NULL || t->fks == NULL)
		return err_nomem(e);
	memcpy(plan->tables, part->plan->tables, ntables * sizeof(plan->tables[0]));
	memcpy(t->fks, part->t->fks, nfks * sizeof(t->fks[0]));
	for (uint32_t f = 0; f < nfks; f++) {
		struct plan_table *parent = &plan->tables[t->fks[f].parent];
		struct bound *before;

		if (!must_write(part, f))
			continue;
		t->fks[f].computed = false;
		if (parent->keys_at != NULL)
			continue; /* another one's too */
		if (bound_before(&before, part, f, a, e) == -1 ||
			write_keys(before, of, &fd[f], a, e) == -1)
			return -1;
		*parent = *before->t;
		if ((parent->keys_at = arena_printf(a, "/proc/self/fd/%d", fd[f])) == NULL)
			return err_nomem(e);
	}
	x->plan = plan;
	x->t = t;
	return 0;
}

static int open_files(struct engine **g, struct foreign **fc, struct bound *x,
	const struct bound *part, const struct foreign *of, int *fd, struct arena *a, struct err *e)
{
	bool *read = arena_array(a, part->t->nfks + 1UL, sizeof(*read)), any = false;

	if (read == NULL)
		return err_nomem(e);
	for (uint32_t f = 0; f < part->t->nfks; f++) {
		read[f] = part->fks[f].mode != PLAN_FK_OFF;
		any = any || must_write(part, f);
	}
	if (any && read_instead(x, part, of, fd, a, e) == -1)
		return -1;
	if (foreign_open_other(fc, of, x->plan, x->t, read, a, e) == -1)
		return -1;
	if (engine_open(g, x, *fc, a, e) == 0)
		return 0;
	foreign_close(*fc);
	return -1;
}

int engine_part_open(struct engine **g, struct foreign **fc, const struct bound *part,
	const struct foreign *of, struct arena *a, struct err *e)
{
	struct bound *x = arena_alloc(a, sizeof(*x));
	int *fd = arena_array(a, part->t->nfks + 1UL, sizeof(*fd)), rc;

	if (x == NULL || fd == NULL)
		return err_nomem(e);
	*x = *part;
	for (uint32_t f = 0; f < part->t->nfks; f++)
		fd[f] = -1;
	rc = open_files(g, fc, x, part, of, fd, a, e);
	for (uint32_t f = 0; f < part->t->nfks; f++) /* they are mapped now */
		if (fd[f] != -1)
			close(fd[f]);
	return rc;
}
