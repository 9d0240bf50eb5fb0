/* SPDX-License-Identifier: MIT */
/*
 * Samples of a table's columns, drawn before any row is made, to see what checks
 * make of them. They come from the same generators as rows do, so that a check
 * which nearly all samples pass will rarely have a row drawn again. Columns that
 * depend on parents have no samples.
 */
#include "common/program/compile_samples.h"

#include <string.h>

#include "common/base/rng.h"

/* Samples of a table's columns, drawn before any row is made, to see what checks make of them. */

/* Whether the column can be drawn without any other column. */
static bool is_sampled(const struct compiler *k, uint32_t c)
{
	const struct program_column *b = &k->b->columns[c];

	return b->source == PLAN_ALWAYS_NULL ||
	       (b->source == PLAN_GENERATOR && b->gen.op != NULL && !b->gen.op->derives &&
		       !b->gen.op->aggregates && (b->gen.affine || b->gen.space > 0));
}

/* Vectors and a heap for one block of samples. */
int compile_samples_open(struct compile_samples *s, const struct compiler *k)
{
	uint32_t n = compiler_table(k)->ncolumns;
	size_t need = 1;

	*s = (struct compile_samples){.k = k, .h = GEN_HEAP_INIT};
	s->v = arena_array(k->a, n + 1UL, sizeof(s->v[0]));
	s->at = arena_array(k->a, n + 1UL, sizeof(s->at[0]));
	if (s->v == NULL || s->at == NULL)
		return err_nomem(k->e);
	for (uint32_t c = 0; c < n; c++) {
		const struct program_column *b = &k->b->columns[c];

		if (!is_sampled(k, c) && !compile_derives(b))
			continue;
		if (!vec_init(&s->v[c], b->type, k->a))
			return err_nomem(k->e);
		s->v[c].scale = b->scale;
		need += (size_t)b->gen.max_bytes * VEC_BLOCK;
	}
	return gen_heap_reserve(&s->h, need) ? 0 : err_nomem(k->e);
}

void compile_samples_close(struct compile_samples *s)
{
	gen_heap_free(&s->h);
}

/* Draws a block of samples of one column. A sequence takes its first values, a
 * column that is always NULL has nothing else, and any other column draws
 * indexes from a stream of its own, so that no column's samples depend on
 * another's. */
static void draw(struct compile_samples *s, uint32_t c, uint64_t key)
{
	const struct program_column *b = &s->k->b->columns[c];
	const struct gen *g = &b->gen;
	struct vec *v = &s->v[c];
	uint64_t idx[VEC_BLOCK];

	key = rng_subkey(key, c);
	v->n = VEC_BLOCK;
	v->has_null = false;
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		if (b->source == PLAN_ALWAYS_NULL)
			vec_set_null(v, i);
		else
			idx[i] = g->affine ? i : rng_below(rng_at(key, i), g->space);
	if (b->source == PLAN_ALWAYS_NULL)
		return;
	if ((g->ordinal || g->affine) && vec_is_ordinal(v->type))
		for (uint32_t i = 0; i < VEC_BLOCK; i++)
			v->v.i[i] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * idx[i]);
	else
		g->op->value(g, idx, VEC_BLOCK, v, &s->h);
}

/* Whether all that the column is derived from has been sampled. */
static bool can_derive(const struct compile_samples *s, uint32_t c)
{
	const struct program_column *b = &s->k->b->columns[c];

	if (!compile_derives(b) || b->gen.op->aggregates || b->gen.nin == 0)
		return false;
	for (uint32_t i = 0; i < b->gen.nin; i++)
		if (b->gen.in[i].from != GEN_ROW || s->at[b->gen.in[i].column] == NULL)
			return false;
	return true;
}

/* Derives a block of samples from those of other columns. */
static void derive(struct compile_samples *s, uint32_t c, uint64_t key)
{
	const struct program_column *b = &s->k->b->columns[c];
	const struct vec *in[GEN_INPUTS];
	struct gen g = b->gen;
	uint64_t row[VEC_BLOCK];

	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		row[i] = i;
	for (uint32_t i = 0; i < g.nin; i++)
		in[i] = s->at[g.in[i].column];
	g.key = rng_subkey(key, c);
	s->v[c].n = VEC_BLOCK;
	s->v[c].has_null = false;
	g.op->derive(&g, in, row, VEC_BLOCK, &s->v[c], &s->h);
}

/* Draws a block: first the independent columns, then derived ones as long as one
 * has all its inputs. Columns that are never reached have no samples, and checks
 * that read them are not judged. */
int compile_samples_draw(struct compile_samples *s, uint64_t key)
{
	uint32_t n = compiler_table(s->k)->ncolumns;

	gen_heap_reset(&s->h);
	memset(s->at, 0, n * sizeof(s->at[0]));
	for (uint32_t c = 0; c < n; c++)
		if (is_sampled(s->k, c)) {
			draw(s, c, key);
			s->at[c] = &s->v[c];
		}
	for (bool more = true; more;) {
		more = false;
		for (uint32_t c = 0; c < n; c++)
			if (s->at[c] == NULL && can_derive(s, c)) {
				derive(s, c, key);
				s->at[c] = &s->v[c];
				more = true;
			}
	}
	return s->h.nomem ? err_nomem(s->k->e) : 0;
}

/* Whether all columns of an expression have samples. */
bool compile_samples_has(const struct compile_samples *s, const struct sql_expr *x)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++)
		if (s->at[cols[i]] == NULL)
			return false;
	return true;
}
