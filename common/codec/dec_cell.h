/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DEC_CELL_H
#define COMMON_DEC_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/codec/dec.h"
#include "common/sql/sql_num.h"

/*
 * dec_cell: one field into one element of a vector, as the type's input (or receive)
 * function reads it, and what the column's type limits: lengths, precision, labels.
 */

/* Memory of the texts of one block. */
struct dec_heap {
	struct dec_heap_chunk *head, *cur;
	size_t used;
	bool failed; /* memory is out: the block is not to be trusted */
};

/** dec_heap_take(h, n): ${n} bytes until the next reset, or NULL and h->failed. */
char *dec_heap_take(struct dec_heap *h, size_t n);
void dec_heap_reset(struct dec_heap *h);
void dec_heap_free(struct dec_heap *h);

struct dec_col;

/* Element ${i} of c->v from ${n} bytes. DEC_ROUNDED has set it, other faults have not. */
typedef enum dec_fault dec_cell_fn(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h);

struct dec_col {
	uint32_t index; /* in the table */
	struct pg_base base;
	struct vec v;
	uint8_t *unreadable; /* [VEC_BLOCK] */
	bool any_unreadable;
	int32_t chars;	/* most characters, -1 any */
	int64_t lo, hi; /* of the ordinal */
	bool any_size;	/* numeric of more digits than the vector holds ... */
	bool any_scale; /* ... and without a scale that PostgreSQL would round to */
	int64_t unit;	/* microseconds of the last digit kept, of times */
	dec_cell_fn *cell;
};

/** dec_col_init(c, t, col, binary, a): false when memory is out. */
bool dec_col_init(
	struct dec_col *c, const struct pg_table *t, uint32_t col, bool binary, struct arena *a);

/** dec_put_null(c, i): NULL, over a value that may be read all the same by who works on whole
 *  vectors. */
void dec_put_null(struct dec_col *c, uint32_t i);

/* shared by the two forms */
enum dec_fault dec_put_text(
	struct dec_col *c, const char *p, size_t n, uint32_t i, struct dec_heap *h);
enum dec_fault dec_put_ordinal(struct dec_col *c, int64_t v, uint32_t i);

/** dec_put_decimal(c, v, rounded, i): a numeric that was read with c->v.scale decimals, some of
 *  its own ${rounded} away.  dec_put_wide(c, v, i, h): one of a wide column.  dec_too_large(c): one
 * that has more digits than that. */
enum dec_fault dec_put_decimal(struct dec_col *c, int64_t v, bool rounded, uint32_t i);
enum dec_fault dec_put_wide(
	struct dec_col *c, const struct sql_num *v, uint32_t i, struct dec_heap *h);
enum dec_fault dec_too_large(const struct dec_col *c);
enum dec_fault dec_put_time(struct dec_col *c, int64_t v, uint32_t i);

/** dec_cell_text(c), dec_cell_binary(c): the reader of either form. */
dec_cell_fn *dec_cell_text(const struct dec_col *c);
dec_cell_fn *dec_cell_binary(const struct dec_col *c);

#endif
