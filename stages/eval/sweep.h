/* SPDX-License-Identifier: MIT */
#ifndef EVAL_SWEEP_H
#define EVAL_SWEEP_H

#include <stdint.h>

#include "stages/eval/keyhashes.h"

/*
 * sweep: which rows of a group have intervals that overlap, for exclusion constraints over
 * ranges.  Intervals are sorted by group and start, and read once in that order: an interval
 * overlaps an earlier one if it begins before the furthest end so far, and a later one if the
 * next begins before its own end.
 *
 * Memory does not grow with rows: runs of intervals are sorted in memory, go to a file (spill.h)
 * where they are too many, and are merged from there, as in any external sort (Knuth, The Art of
 * Computer Programming 3, 5.4).
 */

struct err;

/* Half-open, [from, to), and not empty. */
struct interval {
	struct keyhash group;
	__int128 from, to;
	uint64_t row;
};

struct sweep;

struct sweep *sweep_new(struct spill *p, struct err *e);
void sweep_free(struct sweep *s); /* NULL is accepted */

/** sweep_add(s, x, e): rows may come in any order. */
int sweep_add(struct sweep *s, const struct interval *x, struct err *e);

/** sweep_overlaps(s, fn, ctx, e): every row whose interval overlaps another one of its group, once,
 *  with one that it overlaps.  Nothing can be added after that. */
int sweep_overlaps(struct sweep *s, keyhashes_fn *fn, void *ctx, struct err *e);

#endif
