/* SPDX-License-Identifier: MIT */
#ifndef COMMON_ENGINE_INT_H
#define COMMON_ENGINE_INT_H

#include "common/engine.h"

/*
 * Inside the engine.  A block holds the vectors of some rows, which need not be
 * neighbours: the rows of a block that failed a check are made again in a second one.
 */
struct engine_block {
	const struct bound *b;
	const struct foreign *fc;
	uint64_t *row; /* [VEC_BLOCK] */
	uint32_t n;
	struct vec *columns;	    /* by table column */
	const struct vec **cols;    /* the same as what is handed out; NULL: not made */
	struct vec *gathers;	    /* by bound gather */
	int *handles;		    /* of each in its parent's keys */
	struct relation *relations; /* by FK: as the attempt draws it */
	uint64_t **parent, **k;	    /* by FK */
	uint64_t **digits;	    /* by bound key: the bijection's value */
	const struct bound_key *keys;
	uint64_t *idx; /* [VEC_BLOCK] */
	struct gen_heap heap;
	struct arena texts; /* of rows that were made again */
	size_t heap_need;   /* of a full block */
};

/** engine_block_init(k, b, fc, keys, a, e): ${keys} are b->keys with the parents' real sizes. */
int engine_block_init(struct engine_block *k, const struct bound *b, const struct foreign *fc,
	const struct bound_key *keys, struct arena *a, struct err *e);

/**
 * engine_block_fill(k, attempt, mask, e): make k->row[0..n).  Attempt 0 is the row as it is
 * drawn; a later one draws again what the checks in ${mask} tie, and nothing else.  A value that
 * cannot be computed is ERR_NO.
 */
int engine_block_fill(struct engine_block *k, uint64_t attempt, uint64_t mask, struct err *e);

#endif
