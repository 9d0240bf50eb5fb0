/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_FAN_H
#define COMMON_FOREIGN_FAN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/perm.h"
#include "common/plan/plan.h"

/*
 * fan: how many children each parent has, and how likely each is to be picked, as a
 * function in place of a table.  Parents are ranked by a keyed bijection.  Ranks fall into
 * at most FAN_CLASSES classes; within a class all are alike.  So the totals are exact, each
 * count is within its bounds, and finding the parent of a row, or the rows of a parent,
 * takes two binary searches and no memory that grows with either table.
 */

enum { FAN_CLASSES = 4096 };

struct fan {
	uint64_t *rank0; /* [n + 1]: first rank of each class; last: the parents */
	uint64_t *row0;	 /* [n + 1]: first row of each class; last: the rows.  Odds: the share
			    of 2^64 below it */
	uint32_t n;
	uint64_t most, least; /* children of a parent */
	bool ranked;	      /* more than one class: ranks are permuted */
	struct perm perm;     /* rank -> parent */
};

/**
 * fan_init(f, spec, key, rows, parents, a):
 * Share ${rows} among ${parents} > 0, within spec's bounds and in its shape.
 * 0; 1: no such sharing exists; -1: out of memory.
 *
 * uniform	every number of children from min to max comes equally often.  Where the rows
 *		ask for another mean, the range shrinks at the far end.
 * weighted	the numbers min, min + 1 ... come as often as their weights say.  Where the rows
 *		ask for another mean, the share that would be too many has min (or max) children.
 * geometric	min children are the most frequent number, and each further one is less frequent by
 *		the same factor, which is chosen so that the rows have the mean they have.  Where
 *		that mean is nearer max than min, max is the most frequent number.
 * zipf		above min, the parent of rank r has a share of the children proportional to r^-s,
 *		as far as max allows.
 */
int fan_init(struct fan *f, const struct plan_fan *spec, uint64_t key, uint64_t rows,
	uint64_t parents, struct arena *a);

/** fan_mean(spec, num, den): the mean it has by itself, as a fraction; false: it has none. */
bool fan_mean(const struct plan_fan *spec, uint64_t *num, uint64_t *den);

/** fan_odds(f, s, key, parents, a): row0 becomes the odds of a zipf pick; -1: out of memory. */
int fan_odds(struct fan *f, uint32_t s, uint64_t key, uint64_t parents, struct arena *a);

/** fan_run(f, row, parent, first, count): of a row of a fan_init() one, row < rows: its parent, and
 *  the run of rows that this has, ${count} from ${first} on. */
void fan_run(const struct fan *f, uint64_t row, uint64_t *parent, uint64_t *first, uint64_t *count);

/** fan_place(f, row, parent, k): its parent, and its place among its siblings. */
void fan_place(const struct fan *f, uint64_t row, uint64_t *parent, uint64_t *k);

/** fan_children(f, parent, first, count): a parent's rows. */
void fan_children(const struct fan *f, uint64_t parent, uint64_t *first, uint64_t *count);

/** fan_pick(f, a, b, row, n, parent): of a fan_odds() one: the parents that the rows draw from the
 *  streams ${a} and ${b}. */
void fan_pick(const struct fan *f, uint64_t a, uint64_t b, const uint64_t *row, uint32_t n,
	uint64_t *parent);

#endif
