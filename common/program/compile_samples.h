/* SPDX-License-Identifier: MIT */
#ifndef COMMON_COMPILE_SAMPLES_H
#define COMMON_COMPILE_SAMPLES_H

#include "common/program/compile.h"

/*
 * compile_samples: what a table's columns draw, before any row is made, for whoever asks what
 * checks make of it.
 */

/* A block of samples.  A column is sampled when it is first asked for. */
struct compile_samples {
	const struct compiler *k;
	struct vec *v;	       /* by column */
	const struct vec **at; /* by column: what was sampled; NULL: it was not */
	bool *asked;	       /* by column: since the last block was begun */
	uint64_t key;	       /* of the block */
	struct gen_heap h;
	struct arena a; /* of the vectors */
};

/** compile_samples_open(s, k): room for a block; compile_samples_close(s). */
int compile_samples_open(struct compile_samples *s, const struct compiler *k);
void compile_samples_close(struct compile_samples *s);

/** compile_samples_begin(s, key): begin another block, drawn from stream ${key}. */
void compile_samples_begin(struct compile_samples *s, uint64_t key);

/** compile_samples_of(s, c, v): the samples of a column that draws from an index, or that is
 *  computed from such columns alone; NULL for one whose values come from elsewhere.  0; -1: memory
 *  is out. */
int compile_samples_of(struct compile_samples *s, uint32_t c, const struct vec **v);

/** compile_samples_has(s, x): 1: all columns that ${x} reads are sampled, and in s->at; 0; -1:
 *  memory is out. */
int compile_samples_has(struct compile_samples *s, const struct sql_expr *x);

#endif
