/* SPDX-License-Identifier: MIT */
#ifndef COMMON_ENGINE_H
#define COMMON_ENGINE_H

#include <stdint.h>

#include "common/base/vec.h"
#include "common/program/program.h"
#include "common/relation/foreign.h"

/*
 * engine: the rows of a bound table, a block at a time, column by column.
 *
 * Parents' row numbers, values read at them, base columns, derived columns,
 * transforms, then the checks that the generators do not prove.  Rows that fail one
 * have the columns it ties drawn again, at most ENGINE_ATTEMPTS times.
 *
 * A cell is a function of plan, table, column and row: nothing is carried from one
 * block to the next, so any range of rows gives the same bytes.
 */

struct err;
struct engine;

enum { ENGINE_ATTEMPTS = 100 };

/* What was done, for the receipt. */
struct engine_counts {
	uint64_t rows;
	uint64_t retries;  /* rows made again, as often as each was */
	uint64_t most;	   /* attempts at any one row, its first draw among them; 0 of no row */
	uint64_t *redrawn; /* by column: values made again */
	uint64_t *nulls;   /* by column */
	uint64_t *failed;  /* by check: rows that fail one whose policy is to warn */
};

/** engine_share(b, fc, e): what engines of ${b} over ${fc} have in common, if it is wanted before
 *  there are several processes of them. */
int engine_share(const struct table_program *b, struct foreign *fc, struct err *e);

/**
 * engine_context(as, fc, b, run, read, a, e):
 * The context of a table's rows, mapping the parents of the foreign keys with read[i]; NULL: all.
 * Where parents that are chosen by their values are made no earlier than the rows, their keys are
 * made first, into files without names that live as long as the context.  ${as}: what
 * engine_open() is to be given, ${b} or what has these parents as read.
 */
int engine_context(const struct table_program **as, struct foreign **fc,
	const struct table_program *b, const struct rundir *run, const bool *read, struct arena *a,
	struct err *e);

/**
 * engine_open(g, b, fc, a, e):
 * ${fc} is the table's context (its relations are set to what ${b} needs of them); a table
 * without foreign keys may give NULL.  Parents with other row counts than the plan's are
 * taken as they are if the keys can still be distinct, else ERR_NO says what is too few.
 */
int engine_open(struct engine **g, const struct table_program *b, struct foreign *fc,
	struct arena *a, struct err *e);
void engine_close(struct engine *g); /* NULL is accepted */

/** engine_fits(b, slice, fc, e): of an open engine of a slice of ${b}, whose context is ${fc}: that
 * no parent has more children than the keys of ${b} have room for.  ERR_NO names the key. */
int engine_fits(const struct table_program *b, const struct table_program *slice,
	struct foreign *fc, struct err *e);

/** engine_unchecked(g): leave out the checks that the generators do not prove: what comes out is
 *  not to be kept. */
void engine_unchecked(struct engine *g);

/** engine_expect(g, rows): that many rows will be asked for: bring what is read at random into
 *  memory first when they are many. */
void engine_expect(const struct engine *g, uint64_t rows);

/**
 * engine_block(g, row0, n, e):
 * Make rows [row0, row0 + n), n <= VEC_BLOCK.  A row that cannot be made is ERR_NO and names
 * table, constraint and definition.
 */
int engine_block(struct engine *g, uint64_t row0, uint32_t n, struct err *e);

/** engine_suffixes_hold(g, e): that every text which gets a number by its rank meets the checks
 *  which read its column alone.  ERR_NO, and engine_fault(): one does not. */
int engine_suffixes_hold(struct engine *g, struct err *e);

/** engine_columns(g): the block's vectors by table column, and what the table carries after them;
 *  NULL for columns that are not made.  Valid until the next block. */
const struct vec *const *engine_columns(const struct engine *g);

const struct engine_counts *engine_counts(const struct engine *g);

/* The check that a row of the last block could not meet, however often it was drawn. */
struct engine_fault {
	const struct program_check *check; /* NULL: there was none */
	uint64_t row;
	const char *why;
};

/** engine_fault(g): after engine_block() or engine_suffixes_hold() refused with ERR_NO: whether a
 * check was the reason, and which.  Its columns are those of check->expr, or check->column. */
const struct engine_fault *engine_fault(const struct engine *g);

/** engine_keys_affine(b, w): tell the writer of the key snapshot of b->t which columns of it are
 *  sequences, before its first block. */
void engine_keys_affine(const struct table_program *b, struct keys_writer *w);

/* ---- slices of tables ------------------------------------------------------------------ */

/** engine_slice_open(g, fc, slice, run, a, e): an engine of its own for a slice of a table, as
 *  slice->plan has it, and its context. */
int engine_slice_open(struct engine **g, struct foreign **fc, const struct table_program *slice,
	const struct rundir *run, struct arena *a, struct err *e);

/** engine_slice_keys(slice, run, a, e): write the keys of all rows: an open file without a name,
 *  which is found by its number: /proc/self/fd/N.  -1: failed. */
int engine_slice_keys(const struct table_program *slice, const struct rundir *run, struct arena *a,
	struct err *e);

/* ---- one row, looked into ------------------------------------------------------------- */

struct engine_row {
	struct engine_block *block; /* that made the row as it is */
	uint32_t attempts;	    /* it was drawn again so often */
	/* failed[i], i < attempts: bits, as in bound_column.tied, of the checks it had failed
	 * before attempt i + 1, which drew again what they tie */
	uint64_t failed[ENGINE_ATTEMPTS];
};

/** engine_row(g, row, out, e): make one row, and tell how; valid until the next block. */
int engine_row(struct engine *g, uint64_t row, struct engine_row *out, struct err *e);

/** engine_row_parent(r, fk, k): the parent's row that ${fk} of the table chose, UINT64_MAX for
 *  none; ${k} its place among its siblings, of an enumerable one.  engine_row_relation(r, fk):
 *  how it was chosen. */
uint64_t engine_row_parent(const struct engine_row *r, uint32_t fk, uint64_t *k);
const struct relation *engine_row_relation(const struct engine_row *r, uint32_t fk);

/** engine_row_member(r, c): of a column that a foreign key fills, the value that the row's parent
 *  has for it, as a vector of one row; what transforms make of it later is not in it.  Valid until
 *  the next block.  NULL: no foreign key fills the column. */
const struct vec *engine_row_member(const struct engine_row *r, uint32_t c);

/** engine_row_partial(r, fk, other, nulls): a row that has NULLs in only some columns of the key,
 *  as relation_others(); false: it is no such row. */
bool engine_row_partial(const struct engine_row *r, uint32_t fk, uint64_t *other, uint32_t *nulls);

/* What a base column's value was made from. */
struct engine_draw {
	const struct gen *gen; /* the column's, or of the branch the row took */
	uint64_t index;	       /* of the generator */
	uint64_t lo, hi;       /* drawn: the indexes that earlier columns left to this row */
	uint64_t digits;       /* DRAW_DIGIT: the bijection's value that the index is a digit of;
				  DRAW_INTERVAL: whose slot it is drawn in */
	bool redrawn;	       /* the last attempt drew it again */
};

/** engine_row_draw(r, c, d): false for a column that draws nothing. */
bool engine_row_draw(const struct engine_row *r, uint32_t c, struct engine_draw *d);

/** engine_row_branch(r, c): of a column that can meet its checks in several ways, the one taken,
 *  from 0; else -1. */
int engine_row_branch(const struct engine_row *r, uint32_t c);

#endif
