/* SPDX-License-Identifier: MIT */
#include "common/engine/engine_int.h"

#include <assert.h>
#include <string.h>

#include "common/base/divide.h"
#include "common/base/rng.h"

/* The stream of an attempt: the same as ever for the first attempt and for
 * columns that no failed check ties, another one otherwise. So a failing row
 * changes only in the columns of its checks. */
uint64_t engine_attempt_stream(const struct engine_block *k, uint64_t key, uint64_t tied)
{
	return k->attempt > 0 && (tied & k->mask) != 0 ? rng_subkey(key, k->attempt) : key;
}

/*
 * Columns that are drawn: an index of the generator's values for each row, and the values at these
 * indexes.  The index is random, within what columns made earlier leave to the row, or a digit of
 * the bijection that makes a unique key distinct.
 */

/* The indexes [*lo, *hi] that the columns made before leave to row i. Limits are
 * compared in a unit that both columns have, in 128 bits, and rounded inwards to
 * the generator's steps. */
void engine_bounds(const struct engine_block *k, const struct program_column *b,
	const struct gen *g, uint32_t i, uint64_t *lo, uint64_t *hi)
{
	__int128 first = 0, last = (__int128)g->space - 1;

	for (uint32_t l = 0; l < b->nlimits; l++) {
		const struct program_limit *m = &b->limits[l];
		const struct vec *v = k->cols[m->other];
		__int128 x;

		if (vec_is_null(v, i))
			continue;
		x = (__int128)v->v.i[i] * m->other_mul;
		if (m->low) {
			x = -divide_floor(-(x + m->gap), m->mul);
			x = -divide_floor(g->lo - x, g->step);
			first = x > first ? x : first;
		} else {
			x = divide_floor(x - m->gap, m->mul);
			x = divide_floor(x - g->lo, g->step);
			last = x < last ? x : last;
		}
	}
	/* no room: one end, and the check that says so will have it drawn again */
	if (first > (__int128)g->space - 1)
		first = (__int128)g->space - 1;
	if (last < first)
		last = first;
	if (b->interval != NULL && g == &b->gen) /* not outside a predicate */
		engine_interval_bounds(k, b->interval, g, i, &first, &last);
	*lo = (uint64_t)first;
	*hi = (uint64_t)last;
}

/* A random index of the generator for row i, within the row's bounds. */
uint64_t engine_index(const struct engine_block *k, const struct program_column *b,
	const struct gen *g, uint64_t key, uint32_t i)
{
	uint64_t lo = 0, hi = g->space - 1;

	if ((b->nlimits > 0 || b->interval != NULL) && g->ordinal)
		engine_bounds(k, b, g, i, &lo, &hi);
	return lo + rng_below(rng_at(key, k->row[i]), hi - lo + 1);
}

/* Takes a digit out of the values of a key's bijection: x / div % size. A key of
 * one column needs no division. */
static void digit(const struct engine_block *k, const uint64_t *x, uint64_t div, uint64_t size,
	uint64_t total)
{
	struct divisor by_div = divisor_of(div), by_size = divisor_of(size);

	if (div == 1 && total <= size) {
		memcpy(k->idx, x, k->n * sizeof(x[0]));
		return;
	}
	assert(total <= INT64_MAX);
	for (uint32_t i = 0; i < k->n; i++)
		(void)divide_rest(&by_size, divide(&by_div, x[i]), &k->idx[i]);
}

/* The indexes of a block, by how the column picks them: a key's digit, a slot of
 * an exclusion constraint, within limits, or freely. */
void engine_draw_index(const struct engine_block *k, const struct program_column *b, uint64_t key)
{
	uint64_t space = b->gen.space;

	if (b->pick == DRAW_DIGIT) {
		digit(k, k->digits[b->key], b->div, b->size, k->keys[b->key].size);
	} else if (b->pick == DRAW_INTERVAL && !b->gen.ordinal) {
		for (uint32_t i = 0; i < k->n; i++)
			k->idx[i] = engine_interval_range(k, b, key, i);
	} else if (b->nlimits > 0 || b->pick == DRAW_INTERVAL) {
		for (uint32_t i = 0; i < k->n; i++)
			k->idx[i] = engine_index(k, b, &b->gen, key, i);
	} else {
		for (uint32_t i = 0; i < k->n; i++)
			k->idx[i] = rng_below(rng_at(key, k->row[i]), space);
	}
}

/* A sequence stops at its last value instead of leaving its type; the compiler
 * has refused sequences that are too short where they must be distinct. */
void engine_sequence(const struct engine_block *k, const struct gen *g, struct vec *v)
{
	for (uint32_t i = 0; i < k->n; i++) {
		__int128 x = g->lo + (__int128)g->step * k->row[i];

		if (g->step > 0 ? x > g->hi : x < g->hi)
			x = g->hi;
		v->v.i[i] = (int64_t)x;
	}
}

/* The plainest columns, in one pass that the compiler can vectorise. */
static void draw_ordinals(
	const struct engine_block *k, const struct gen *g, uint64_t key, int64_t *to)
{
	uint64_t lo = (uint64_t)g->lo, step = (uint64_t)g->step, space = g->space, row0 = k->row[0];
	const uint64_t *row = k->row;
	uint32_t n = k->n;

	if (k->neighbours) /* a sum instead of a product */
		for (uint32_t i = 0; i < n; i++)
			to[i] = (int64_t)(lo + step * rng_below(rng_at(key, row0 + i), space));
	else
		for (uint32_t i = 0; i < n; i++)
			to[i] = (int64_t)(lo + step * rng_below(rng_at(key, row[i]), space));
}

void engine_draw(struct engine_block *k, const struct program_column *b, struct vec *v)
{
	const struct gen *g = &b->gen;

	if (g->ordinal && b->pick == DRAW_RANDOM && b->nlimits == 0 && vec_is_ordinal(v->type)) {
		draw_ordinals(k, g, engine_attempt_stream(k, g->key, b->tied), v->v.i);
		return;
	}
	engine_draw_index(k, b, engine_attempt_stream(k, g->key, b->tied));
	if (g->ordinal && vec_is_ordinal(v->type))
		for (uint32_t i = 0; i < k->n; i++)
			v->v.i[i] = (int64_t)((uint64_t)g->lo + (uint64_t)g->step * k->idx[i]);
	else
		g->op->value(g, k->idx, k->n, v, &k->heap);
}
