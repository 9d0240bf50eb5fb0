/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DEC_H
#define COMMON_DEC_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/vec.h"
#include "common/keys/dataset.h"
#include "common/schema/schema.h"

/*
 * dec: rows read back from data files, block by block, into one typed vector per
 * column.  The shards of a table are read as one table, in order; plain or zstd.
 * Whoever wrote the files is not trusted: a cell or a row that is not what the
 * schema says is reported with its row number and reading goes on.  Memory is one
 * block, one input buffer and the longest row (at most DEC_MAX_ROW).
 *
 * CSV is PostgreSQL's and RFC 4180's: a header (of the first shard) that names the
 * columns in any order and any case, quotes anywhere, LF or CRLF; an empty field
 * without quotes is NULL, "" is the empty string.  COPY text and COPY BINARY are
 * PostgreSQL's own; JSON lines are one object a row, a member a column.
 */

struct err;

enum { DEC_MAX_ROW = 64 << 20 };

/* What is wrong with a cell or a row. */
enum dec_fault {
	DEC_FINE,
	DEC_BAD_VALUE,	  /* the type's input function would not take it */
	DEC_OUT_OF_RANGE, /* of the integer, the date, numeric(p,s) ... */
	DEC_TOO_LONG,	  /* varchar(n), char(n), bit(n), name */
	DEC_BAD_LABEL,	  /* no label of the enum */
	DEC_BAD_UTF8,
	DEC_ROUNDED,   /* more decimals than declared: read rounded, as PostgreSQL would */
	DEC_BAD_ROW,   /* fields missing or too many, quotes that do not match ... */
	DEC_CUT,       /* ends within a row, or damaged: the rest of this shard is not read */
	DEC_NO_COLUMN, /* the header does not name a column it should; row is 0 */
	DEC_BEYOND,    /* a numeric the type takes, with more digits than are read here */
	DEC_EXTRA,     /* the header or a row names what is no column of the table */
	DEC_FAULTS
};

/** dec_fault_text(f): what that means, a clause for people. */
const char *dec_fault_text(enum dec_fault f);

struct dec_problem {
	enum dec_fault fault;
	uint64_t row; /* of the table, counted from 1; 0: the header */
	int col;      /* of the table, or -1: the row */
};

typedef void dec_report_fn(void *ctx, const struct dec_problem *p);

struct dec_spec {
	const struct pg_table *table;
	enum data_format format;
	const uint32_t *cols; /* columns expected, in the order of the files */
	uint32_t ncols;
	const char *const *paths; /* the shards; a name that ends in .zst is zstd */
	uint32_t npaths;
	dec_report_fn *report; /* or NULL */
	void *ctx;
	const bool *headers; /* [npaths] of CSV: which files begin with a header; NULL: the first */
};

struct dec_block {
	uint64_t row0;			  /* rows before this block */
	uint32_t n;			  /* 1..VEC_BLOCK */
	const struct vec *const *cols;	  /* by table column; NULL: not in the files */
	const uint8_t *const *unreadable; /* by table column: 1 where a cell had a value that
					     could not be read (its vector says NULL);
					     NULL when the block has none */
};

struct dec;

/**
 * dec_open(s, e): ${s}, its columns and paths stay the caller's, for as long as the decoder.
 * A file that is not there or cannot be opened is an error, of this call or of dec_next().
 */
struct dec *dec_open(const struct dec_spec *s, struct err *e);

/** dec_next(d, b, e): the next block: 1, 0 at the end, -1.  It lives until the next call. */
int dec_next(struct dec *d, struct dec_block *b, struct err *e);

/** dec_close(d): NULL is accepted. */
void dec_close(struct dec *d);

#endif
