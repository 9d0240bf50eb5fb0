/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "common/engine_int.h"
#include "common/err.h"

/*
 * Parents without a snapshot: a table that refers to itself, or back to one that refers to it.
 * A key is a function of its row number, so what is read of such a parent is made anew, by a
 * part of its table's engine.
 */

struct engine_peer {
	struct engine *g;
	struct foreign *fc;
};

/* The columns that are read through a foreign key. */
static uint32_t columns_read(const struct bound *b, uint32_t fk, uint32_t *cols)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->ngathers; i++)
		if (b->gathers[i].fk == fk && b->gathers[i].from == GEN_PARENT)
			cols[n++] = b->gathers[i].column;
	return n;
}

int engine_peer_open(struct engine_peer **out, const struct bound *b, const struct foreign *fc,
	uint32_t fk, struct arena *a, struct err *e)
{
	const struct plan_table *t = &b->plan->tables[b->t->fks[fk].parent];
	struct engine_peer *p = arena_alloc(a, sizeof(*p));
	uint32_t *cols = arena_array(a, b->ngathers + 1UL, sizeof(*cols));
	bool *read = arena_array(a, t->nfks + 1UL, sizeof(*read));
	struct bound *whole, *part;

	if (p == NULL || cols == NULL || read == NULL)
		return err_nomem(e);
	if (table_bind(&whole, b->plan, t, b->schema, NULL, a, e) == -1 ||
		bound_only(&part, whole, cols, columns_read(b, fk, cols), a, e) == -1)
		return -1;
	for (uint32_t f = 0; f < t->nfks; f++)
		read[f] = part->fks[f].mode != PLAN_FK_OFF;
	if (foreign_open_parent(&p->fc, fc, fk, read, a, e) == -1)
		return -1;
	if (engine_open(&p->g, part, p->fc, a, e) == -1) {
		foreign_close(p->fc);
		return -1;
	}
	*out = p;
	return 0;
}

void engine_peer_close(struct engine_peer *p)
{
	if (p == NULL)
		return;
	engine_close(p->g);
	foreign_close(p->fc);
}

int engine_peer_make(struct engine_peer *p, const uint64_t *row, uint32_t n, struct err *e)
{
	struct engine_block *k = engine_rows(p->g);

	k->n = n;
	for (uint32_t i = 0; i < n; i++)
		k->row[i] = row[i] == UINT64_MAX ? 0 : row[i];
	return engine_block_fill(k, 0, 0, e);
}

void engine_peer_read(const struct engine_peer *p, uint32_t column, const uint64_t *row, uint32_t n,
	struct vec *out)
{
	const struct vec *v = engine_rows(p->g)->cols[column];
	bool wide = v->type == VT_UUID || v->type >= VT_TEXT;

	out->n = n;
	out->scale = v->scale;
	out->has_null = false;
	memcpy(out->v.i, v->v.i, n * (wide ? (size_t)16 : 8));
	for (uint32_t i = 0; i < n; i++)
		if (row[i] == UINT64_MAX || vec_is_null(v, i))
			vec_set_null(out, i);
}
