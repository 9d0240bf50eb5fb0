/* SPDX-License-Identifier: MIT */
#ifndef COMMON_COMPILE_WRITTEN_H
#define COMMON_COMPILE_WRITTEN_H

#include "common/program/compile.h"

/*
 * compile_written: columns whose values are transformed before they are written.  Checks, keys and
 * types judge what is written; a generator makes what the transforms get.  Here the one is told
 * from the other: what checks say is taken back through the transforms for the generator, and
 * samples, transformed, are held against the checks.
 */

/* The transforms of a column, prepared for values of one generator. */
struct compile_chain {
	struct transform *x;
	uint32_t n;
	enum vtype out_type; /* of what the last one leaves */
	uint32_t last_bytes; /* of one text that the last one leaves */
	uint32_t bytes;	     /* that all of them take of the heap, for one value */
};

/** compile_transformed(k, c): whether a transform may change what is written of column ${c}. */
bool compile_transformed(const struct compiler *k, uint32_t c);

/**
 * compile_chain(k, c, bytes, to, code, why):
 * Prepare the transforms of ${c} for texts of at most ${bytes} bytes.  -1 with ERR_NO: transform
 * ${to}->n is wrong, and *code is the problem's.
 */
int compile_chain(const struct compiler *k, uint32_t c, uint32_t bytes, struct compile_chain *to,
	const char **code, struct err *why);

/** compile_written_domain(k, c, d): what the checks and the type say of the values of ${c} that are
 *  written; false: nothing is known of any column. */
bool compile_written_domain(const struct compiler *k, uint32_t c, struct sql_domain *d);

/** compile_take_back(k, c, from, how, d, why): ${d}, of values that are written, becomes what it
 * says of those that transform ${from} of ${c} gets: 0; 1: none can be written so; -1: no memory.
 */
int compile_take_back(const struct compiler *k, uint32_t c, uint32_t from,
	enum transform_before how, struct sql_domain *d, struct err *why);

/** compile_written_generator(k, c, make, g, e): have ${make} prepare column ${c}'s generator for
 * what the checks say of its values before the transforms. */
int compile_written_generator(struct compiler *k, uint32_t c,
	int (*make)(struct compiler *k, uint32_t c, struct gen *g, struct err *e), struct gen *g,
	struct err *e);

/** compile_apply_chain(x, n, row, rows, v, h): transform the ${rows} values of ${v}. */
void compile_apply_chain(const struct transform *x, uint32_t n, const uint64_t *row, uint32_t rows,
	struct vec *v, struct gen_heap *h);

/** compile_fits(gc, v, i): whether a text is within the length of the column's type. */
bool compile_fits(const struct gen_column *gc, const struct vec *v, uint32_t i);

#endif
