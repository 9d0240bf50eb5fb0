/* SPDX-License-Identifier: MIT */
/*
 * Samples of a table's columns, drawn before any row is made, to see what checks
 * make of them. They come from the same generators as rows do, so that a check
 * which nearly all samples pass will rarely have a row drawn again. Columns that
 * depend on parents have no samples. Only columns that somebody asks for are drawn:
 * most tables have checks on few of their columns.
 */
#include "common/program/compile_samples.h"

#include <string.h>

#include "common/base/rng.h"

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

	*s = (struct compile_samples){.k = k, .h = GEN_HEAP_INIT, .a = ARENA_INIT};
	s->v = arena_array(&s->a, n + 1UL, sizeof(s->v[0]));
	s->at = arena_array(&s->a, n + 1UL, sizeof(s->at[0]));
	s->asked = arena_array(&s->a, n + 1UL, sizeof(s->asked[0]));
	if (s->v == NULL || s->at == NULL || s->asked == NULL)
		return err_nomem(k->e);
	for (uint32_t c = 0; c < n; c++)
		if (is_sampled(k, c) || compile_derives(&k->b->columns[c]))
			need += (size_t)k->b->columns[c].gen.max_bytes * VEC_BLOCK;
	return gen_heap_reserve(&s->h, need) ? 0 : err_nomem(k->e);
}

void compile_samples_close(struct compile_samples *s)
{
	gen_heap_free(&s->h);
	arena_free(&s->a);
}

void compile_samples_begin(struct compile_samples *s, uint64_t key)
{
	uint32_t n = compiler_table(s->k)->ncolumns;

	gen_heap_reset(&s->h);
	memset(s->at, 0, n * sizeof(s->at[0]));
	memset(s->asked, 0, n * sizeof(s->asked[0]));
	s->key = key;
}

/* Draws a block of samples of one column. A sequence takes its first values, a
 * column that is always NULL has nothing else, and any other column draws
 * indexes from a stream of its own, so that no column's samples depend on
 * another's. */
static void draw(struct compile_samples *s, uint32_t c)
{
	const struct program_column *b = &s->k->b->columns[c];
	const struct gen *g = &b->gen;
	struct vec *v = &s->v[c];
	uint64_t idx[VEC_BLOCK], key = rng_subkey(s->key, c);

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

/* Whether all that the column is derived from is sampled: 1, 0, or -1 if memory is out. */
static int can_derive(struct compile_samples *s, uint32_t c)
{
	const struct program_column *b = &s->k->b->columns[c];

	if (!compile_derives(b) || b->gen.op->aggregates || b->gen.nin == 0)
		return 0;
	for (uint32_t i = 0; i < b->gen.nin; i++) {
		const struct vec *in = NULL;

		if (b->gen.in[i].from != GEN_ROW)
			return 0;
		if (compile_samples_of(s, b->gen.in[i].column, &in) == -1)
			return -1;
		if (in == NULL)
			return 0;
	}
	return 1;
}

/* Derives a block of samples from those of other columns. */
static void derive(struct compile_samples *s, uint32_t c)
{
	const struct program_column *b = &s->k->b->columns[c];
	const struct vec *in[GEN_INPUTS];
	struct gen g = b->gen;
	uint64_t row[VEC_BLOCK];

	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		row[i] = i;
	for (uint32_t i = 0; i < g.nin; i++)
		in[i] = s->at[g.in[i].column];
	g.key = rng_subkey(s->key, c);
	g.op->derive(&g, in, row, VEC_BLOCK, &s->v[c], &s->h);
}

/* An empty block of the column; its memory is that of the block before. */
static bool begin(struct compile_samples *s, uint32_t c)
{
	const struct program_column *b = &s->k->b->columns[c];
	struct vec *v = &s->v[c];

	if (v->v.i == NULL && !vec_init(v, b->type, &s->a))
		return false;
	v->scale = b->scale;
	v->n = VEC_BLOCK;
	v->has_null = false;
	return true;
}

/* A column that is derived from itself, by way of others, finds that it has been asked for and
 * has no samples. */
int compile_samples_of(struct compile_samples *s, uint32_t c, const struct vec **v)
{
	int rc = 1;

	if (!s->asked[c]) {
		bool draws = is_sampled(s->k, c);

		s->asked[c] = true;
		rc = draws ? 1 : can_derive(s, c);
		if (rc == 1 && !begin(s, c))
			rc = -1;
		if (rc == 1 && draws)
			draw(s, c);
		else if (rc == 1)
			derive(s, c);
		if (rc == 1)
			s->at[c] = &s->v[c];
	}
	*v = s->at[c];
	return rc == -1 || s->h.nomem ? err_nomem(s->k->e) : 0;
}

int compile_samples_has(struct compile_samples *s, const struct sql_expr *x)
{
	uint32_t n;
	const uint32_t *cols = sql_columns(x, &n);

	for (uint32_t i = 0; i < n; i++) {
		const struct vec *v;

		if (compile_samples_of(s, cols[i], &v) == -1)
			return -1;
		if (v == NULL)
			return 0;
	}
	return 1;
}
