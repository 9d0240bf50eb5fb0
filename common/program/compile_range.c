/* SPDX-License-Identifier: MIT */
#include "common/program/compile.h"

#include <string.h>

/*
 * What checks leave of a column of ranges: where they may begin and end, how long they may be.
 * Nobody narrows ranges; samples are held against the checks that read the column alone, and the
 * bounds are searched for from one that passes.  They need not be right: such a check is verified
 * on every row.
 */

/* A column of ranges, the checks that read it alone, and room for a block of
 * samples. */
struct asking {
	const struct compiler *k;
	const struct gen *g;
	struct sql_expr **checks;
	uint32_t nchecks, column;
	const struct vec **cols;
	struct vec v;
	struct gen_heap heap;
	struct arena tmp;
	uint8_t pass[VEC_BLOCK], one[VEC_BLOCK];
	struct err *e;
	bool failed;
};

/* Collects the checks that read this column and no other. */
static int begin(struct asking *q, const struct compiler *k, uint32_t c)
{
	*q = (struct asking){.k = k,
		.g = &k->b->columns[c].gen,
		.column = c,
		.checks = arena_array(k->a, k->ncompiled + 1UL, sizeof(q->checks[0])),
		.cols = arena_array(k->a, compiler_table(k)->ncolumns + 1UL, sizeof(q->cols[0])),
		.heap = GEN_HEAP_INIT,
		.tmp = ARENA_INIT,
		.e = k->e};
	if (q->checks == NULL || q->cols == NULL)
		return err_nomem(k->e);
	for (uint32_t i = 0; i < k->ncompiled; i++) {
		uint32_t n;
		const uint32_t *cols = sql_columns(k->compiled[i].expr, &n);

		if (n == 1 && cols[0] == c)
			q->checks[q->nchecks++] = k->compiled[i].expr;
	}
	if (q->nchecks == 0)
		return 0;
	if (!vec_init(&q->v, VT_TEXT, k->a) ||
		!gen_heap_reserve(&q->heap, (size_t)VEC_BLOCK * q->g->max_bytes + 1))
		return err_nomem(k->e);
	q->cols[c] = &q->v;
	return 0;
}

/* Sets pass[i] if the i-th of n ranges passes all these checks. */
static void ask(struct asking *q, const uint64_t *idx, uint32_t n)
{
	gen_heap_reset(&q->heap);
	q->v.n = n;
	q->g->op->value(q->g, idx, n, &q->v, &q->heap);
	memset(q->pass, 1, n);
	for (uint32_t c = 0; c < q->nchecks && !q->failed; c++) {
		arena_reset(&q->tmp);
		q->failed = sql_check(q->checks[c], q->cols, n, q->one, &q->tmp, q->e) == -1;
		for (uint32_t i = 0; i < n; i++)
			q->pass[i] &= q->one[i];
	}
}

/* Whether the range that begins at a place and has a length passes. */
static bool passes(struct asking *q, uint64_t from, uint64_t length)
{
	const uint64_t idx = from * q->g->lengths + length - 1;

	ask(q, &idx, 1);
	return q->pass[0] != 0;
}

/* From good, which passes, the last that does on the way to bad, by halving.
 * This takes for granted that what passes lies together; where it does not, the
 * bounds are too narrow or the check fails later. */
static uint64_t furthest(struct asking *q, uint64_t good, uint64_t bad, uint64_t with, bool length)
{
	while (good != bad) {
		uint64_t mid =
			good < bad ? good + (bad - good + 1) / 2 : good - (good - bad + 1) / 2;

		if (length ? passes(q, with, mid) : passes(q, mid, with))
			good = mid;
		else
			bad = good < bad ? mid - 1 : mid + 1;
	}
	return good;
}

/* Samples of every length from everywhere in the range of values. Lengths step
 * by a prime, so that they do not follow the places. Returns 1 if all pass, 0 if
 * some do (the middle one of them is stored), and -1 if none does. */
static int sample(struct asking *q, uint64_t parts, uint64_t *from, uint64_t *length)
{
	uint64_t idx[VEC_BLOCK], most = q->g->lengths < parts ? q->g->lengths : parts;
	uint32_t n = 0, good = 0;

	for (uint32_t i = 0; i < VEC_BLOCK; i++) {
		uint64_t len = 1 + (uint64_t)i * 7919 % most;
		uint64_t at = (uint64_t)((unsigned __int128)(parts - len) * i / (VEC_BLOCK - 1));

		idx[i] = at * q->g->lengths + len - 1;
	}
	ask(q, idx, VEC_BLOCK);
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		good += q->pass[i];
	if (good == 0)
		return -1;
	for (uint32_t i = 0; i < VEC_BLOCK; i++)
		if (q->pass[i] && ++n == (good + 1) / 2) {
			*from = idx[i] / q->g->lengths;
			*length = idx[i] % q->g->lengths + 1;
		}
	return good == VEC_BLOCK;
}

/* Searches for the bounds in turn: shortest length, first place, last place,
 * longest length. */
int compile_range_room(struct compiler *k, uint32_t c, struct range_room *r)
{
	const struct gen *g = &k->b->columns[c].gen;
	struct asking *q = arena_alloc(k->a, sizeof(*q));
	uint64_t parts = g->space / g->lengths, from = 0, length = 1, end;
	int rc = 1;

	*r = (struct range_room){.parts = parts, .shortest = 1, .longest = g->lengths};
	if (q == NULL)
		return err_nomem(k->e);
	if (begin(q, k, c) == -1)
		q->failed = true;
	else if (q->nchecks > 0 && parts > 0)
		rc = sample(q, parts, &from, &length);
	if (rc == -1)
		r->parts = 0;
	if (rc == 0 && !q->failed) {
		r->shortest = furthest(q, length, 1, from, true);
		r->first = furthest(q, from, 0, r->shortest, false);
		end = furthest(q, from, parts - r->shortest, r->shortest, false) + r->shortest;
		r->parts = end - r->first;
		r->longest = furthest(q, length, g->lengths, r->first, true);
	}
	gen_heap_free(&q->heap);
	arena_free(&q->tmp);
	return q->failed ? -1 : 0;
}
