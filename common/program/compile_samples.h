/* SPDX-License-Identifier: MIT */
#ifndef COMMON_COMPILE_SAMPLES_H
#define COMMON_COMPILE_SAMPLES_H

#include "common/program/compile.h"

/*
 * compile_samples: what a table's columns draw, before any row is made, for whoever asks what
 * checks make of it.
 */

/* A block of samples of some columns, in the order in which they can be made. */
struct bind_samples {
	const struct binder *k;
	struct vec *v;	       /* by column */
	const struct vec **at; /* by column: what was sampled; NULL: it was not */
	struct gen_heap h;
};

/** bind_samples_open(s, k): room for a block; bind_samples_close(s). */
int bind_samples_open(struct bind_samples *s, const struct binder *k);
void bind_samples_close(struct bind_samples *s);

/** bind_samples_draw(s, key): draw all columns that draw from an index, and compute those that are
 *  computed from them alone.  Columns whose values come from elsewhere are left out. */
int bind_samples_draw(struct bind_samples *s, uint64_t key);

/** bind_samples_has(s, x): whether all columns that ${x} reads were sampled. */
bool bind_samples_has(const struct bind_samples *s, const struct sql_expr *x);

#endif
