/* SPDX-License-Identifier: MIT */
/*
 * A block of samples of a group of columns, and which of them pass the group's
 * checks. Samples are drawn as rows would be without any check, NULLs included.
 * Transforms are applied too, because checks are about what is written. Columns
 * that equations compute follow from the others.
 */
#include <string.h>

#include "common/base/rng.h"
#include "common/program/sample_set.h"

/* A block of samples of a group of columns, and which of them pass the group's checks. */

/* How often the column is NULL: 0 where it may not be, 1 where it has to be, and
 * otherwise at the rate of the plan. */
static double null_share(const struct compiler *k, const struct sample_column *p)
{
	const struct sql_domain *d = k->narrow.dom != NULL ? &k->narrow.dom[p->column] : NULL;

	if (p->fixed_null || (d != NULL && d->must_null))
		return 1;
	if (pg_column_not_null(compiler_column(k, p->column)) || k->not_null[p->column] ||
		(d != NULL && d->must_not_null) ||
		(p->computed && compile_equation_of(k, p->column)->q.same_nulls))
		return 0;
	return k->b->t->columns[p->column].null_rate;
}

/* Some samples NULL, as often as the column is. */
static void some_nulls(const struct compiler *k, struct sample_column *p, uint64_t key, bool more)
{
	double share = null_share(k, p);

	if (more && share > 0 && share < 0.5)
		share = 0.5;
	for (uint32_t i = 0; i < VEC_BLOCK && share > 0; i++)
		if ((double)(rng_at(key, i) >> 11) * 0x1p-53 < share)
			vec_set_null(&p->v, i);
}

/* Draws a block as the column is drawn without any check; with more, NULL as
 * often as not. */
static void sample(const struct compiler *k, struct sample_column *p, uint64_t key, bool more,
	struct gen_heap *h)
{
	const struct program_column *b = &k->b->columns[p->column];
	const struct gen *g = &b->gen;
	uint64_t idx[VEC_BLOCK];

	key = rng_subkey(key, p->column);
	p->v.n = VEC_BLOCK;
	p->v.has_null = false;
	for (uint32_t i = 0; i < VEC_BLOCK && !p->fixed_null; i++)
		idx[i] = rng_below(rng_at(key, i), g->space);
	if (p->fixed_null)
		; /* its values are not asked for */
	else if (g->ordinal && vec_is_ordinal(b->type))
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			p->v.v.i[i] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * idx[i]);
	else
		g->op->value(g, idx, VEC_BLOCK, &p->v, h);
	some_nulls(k, p, rng_subkey(key, 1), more);
}

/* Computes the columns of equations from the samples of the others, in as many
 * rounds as they depend on each other. */
void pool_compute(
	const struct compiler *k, struct sample_group *g, uint64_t key, struct gen_heap *h)
{
	const struct vec *in[GEN_INPUTS];
	uint64_t row[VEC_BLOCK];

	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		row[i] = rng_at(key, i) >> 1;
	for (uint32_t i = 0; i < g->ncols; i++)
		g->col[i].known = !g->col[i].computed;
	for (uint32_t round = 0; round < g->ncols; round++)
		for (uint32_t i = 0; i < g->ncols; i++) {
			struct sample_column *p = &g->col[i];
			const struct gen *made = &k->b->columns[p->column].gen;
			bool ready = !p->known;

			for (uint32_t j = 0; ready && j < made->nin; j++) {
				const struct sample_column *from =
					sample_column_in(g, made->in[j].column);

				ready = from->known;
				in[j] = pool_seen(from);
			}
			if (!ready)
				continue;
			p->v.n = VEC_BLOCK;
			p->v.has_null = false;
			made->op->derive(made, in, row, VEC_BLOCK, &p->v, h);
			some_nulls(k, p, rng_subkey(key, p->column), false);
			p->known = true;
		}
}

void pool_columns(const struct sample_group *g, const struct vec **v)
{
	for (uint32_t i = 0; i < g->ncols; i++)
		v[g->col[i].column] = pool_seen(&g->col[i]);
}

/* What the transforms make of the samples.  Where a transform draws, it does for each sample. */
static void transform(
	const struct compiler *k, struct sample_column *p, uint64_t key, struct gen_heap *h)
{
	const struct program_column *b = &k->b->columns[p->column];
	uint64_t row[VEC_BLOCK];

	p->w.type = b->type;
	p->w.scale = b->scale;
	p->w.n = VEC_BLOCK;
	p->w.has_null = false;
	memcpy(p->w.v.i, p->v.v.i,
		VEC_BLOCK * (b->type == VT_UUID || b->type >= VT_TEXT ? (size_t)16 : 8));
	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		row[i] = rng_at(key, i) >> 1;
		if (vec_is_null(&p->v, i))
			vec_set_null(&p->w, i);
	}
	compile_apply_chain(b->transforms, b->ntransforms, row, VEC_BLOCK, &p->w, h);
}

void pool_sample(const struct compiler *k, struct sample_group *g, uint64_t key, bool more,
	struct gen_heap *h)
{
	for (uint32_t i = 0; i < g->ncols; i++) {
		if (!g->col[i].computed)
			sample(k, &g->col[i], key, more, h);
		if (g->col[i].transformed)
			transform(k, &g->col[i], key, h);
	}
	pool_compute(k, g, key, h);
}

/* Sets pass[i] if row i meets every check of the group and fits its columns. It
 * also counts for each check how many samples fail it, for a message. */
int pool_hold(struct sample_group *g, const struct vec *const *v, uint8_t *pass, struct arena *tmp,
	struct err *e)
{
	uint8_t one[VEC_BLOCK];

	memset(pass, 1, VEC_BLOCK);
	for (uint32_t c = 0; c < g->ncols; c++)
		for (uint32_t i = 0; g->col[c].transformed && i < VEC_BLOCK; i++)
			pass[i] &= compile_fits(g->col[c].gc, &g->col[c].w, i);
	for (uint32_t c = 0; c < g->nchecks; c++) {
		const struct vec *const value[] = {g->of[c] >= 0 ? v[g->of[c]] : NULL};

		if (sql_check(g->check[c], g->of[c] >= 0 ? value : v, VEC_BLOCK, one, tmp, e) == -1)
			return -1;
		for (uint32_t i = 0; i < VEC_BLOCK; i++) {
			pass[i] &= one[i];
			g->failed[c] += !one[i];
		}
	}
	g->tried += VEC_BLOCK;
	return 0;
}
