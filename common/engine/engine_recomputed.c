/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/base/err.h"
#include "common/engine/engine_int.h"

/*
 * Parents without a snapshot: a table that refers to itself, or back to one that refers to it,
 * or the parent whose aggregate is being made.  A key is a function of its row number, so what
 * is read of such a parent is made anew, by a slice of its table's engine.
 */

struct engine_recomputed {
	const struct engine_nested *nested;
	struct engine *g;
	struct foreign *fc;
};

/* Opens nothing if nothing is read of the parent. */
int engine_recomputed_open(struct engine_recomputed **out, const struct engine_block *k,
	uint32_t fk, struct arena *a, struct err *e)
{
	struct engine_recomputed *p = arena_alloc(a, sizeof(*p));
	struct table_program *slice;

	*out = NULL;
	if (p == NULL)
		return err_nomem(e);
	if (slice_of_parent(&slice, k->b, fk, a, e) == -1)
		return -1;
	if (slice == NULL)
		return 0;
	if (k->nested->open(&p->g, &p->fc, slice, foreign_run(k->fc), a, e) == -1)
		return -1;
	p->nested = k->nested;
	*out = p;
	return 0;
}

void engine_recomputed_close(struct engine_recomputed *p)
{
	if (p == NULL)
		return;
	p->nested->close(p->g);
	foreign_close(p->fc);
}

/* Makes the parents of a block's rows. A row without a parent has row 0 made in
 * its place, and its values become NULL when they are read. */
int engine_recomputed_make(
	struct engine_recomputed *p, const uint64_t *row, uint32_t n, struct err *e)
{
	struct engine_block *k = p->nested->rows(p->g);

	k->n = n;
	for (uint32_t i = 0; i < n; i++)
		k->row[i] = row[i] == UINT64_MAX ? 0 : row[i];
	return p->nested->make(p->g, e);
}

/* Copies one column of the parents that were made, 16 bytes a value for texts
 * and uuids, else 8. Texts stay on the nested engine's heap until its next
 * block. */
void engine_recomputed_read(const struct engine_recomputed *p, uint32_t column, const uint64_t *row,
	uint32_t n, struct vec *out)
{
	const struct vec *v = p->nested->rows(p->g)->cols[column];
	bool wide = v->type == VT_UUID || v->type >= VT_TEXT;

	out->n = n;
	out->scale = v->scale;
	out->has_null = false;
	memcpy(out->v.i, v->v.i, n * (wide ? (size_t)16 : 8));
	for (uint32_t i = 0; i < n; i++)
		if (row[i] == UINT64_MAX || vec_is_null(v, i))
			vec_set_null(out, i);
}
