/* SPDX-License-Identifier: MIT */
#ifndef COMMON_COMPILE_SAMPLES_H
#define COMMON_COMPILE_SAMPLES_H

#include "common/program/compile.h"

/*
 * compile_samples: what a table's columns draw, before any row is made, for whoever asks what
 * checks make of it.
 */

/* A block of samples of some columns, in the order in which they can be made. */
struct compile_samples {
	const struct compiler *k;
	struct vec *v;	       /* by column */
	const struct vec **at; /* by column: what was sampled; NULL: it was not */
	struct gen_heap h;
};

/** compile_samples_open(s, k): room for a block; compile_samples_close(s). */
int compile_samples_open(struct compile_samples *s, const struct compiler *k);
void compile_samples_close(struct compile_samples *s);

/** compile_samples_draw(s, key): draw all columns that draw from an index, and compute those that
 * are computed from them alone.  Columns whose values come from elsewhere are left out. */
int compile_samples_draw(struct compile_samples *s, uint64_t key);

/** compile_samples_has(s, x): whether all columns that ${x} reads were sampled. */
bool compile_samples_has(const struct compile_samples *s, const struct sql_expr *x);

#endif
