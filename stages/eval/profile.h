/* SPDX-License-Identifier: MIT */
#ifndef EVAL_PROFILE_H
#define EVAL_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/vec.h"
#include "common/codec/dec.h"
#include "stages/eval/sketch.h"

/*
 * profile: what the columns of a table hold, for people to look at: how many distinct values,
 * from where to where, how they are spread, the most frequent ones, and the first rows.  It is
 * collected while the rows are audited, so that no file is read again.
 *
 * Counts, distinct values and ranges are of all rows.  What would need the values themselves
 * (bars, medians, whether texts look like words) is taken of at most PROFILE_SAMPLE rows, chosen
 * by number: every k-th from the first, for the least k that suffices.  So all numbers are the
 * same for any shards, processes and form of the files, and memory is bounded by the columns of
 * one table.
 *
 * Values are kept only where they are known to be made, see profile_table's ${made} and
 * profile_column's ${shown}; numbers of rows are counted in any case.
 */

struct audit;
struct audit_table;
struct err;
struct pairs;

enum {
	PROFILE_SAMPLE = 2048,
	PROFILE_BARS = 24,
	PROFILE_DISTINCT = 4096, /* values of a column that are counted exactly */
	PROFILE_FEW = 32,	 /* distinct values that are kept */
	PROFILE_ROWS = 5,	 /* rows that are kept */
	PROFILE_TEXT = 120,	 /* bytes that are kept of a value */
};

struct profile_value {
	struct vtext text; /* at most PROFILE_TEXT bytes */
	uint64_t hash, count;
	int64_t order; /* of a type that is a number on a line: that number */
};

/* How many values of the sample are in each of ${n} intervals of one width. */
struct profile_bars {
	uint32_t n, count[PROFILE_BARS];
	const char *from, *to; /* the ends, as text */
	bool open;	       /* the last one holds all greater values too */
};

struct profile_work;

struct profile_column {
	bool read;  /* the files have its values in a form that is read */
	bool shown; /* its values are made, and may be shown */
	uint64_t values;
	uint64_t trues; /* of a boolean */
	uint64_t distinct;
	bool exact;			 /* else ${distinct} is an estimate, by a sketch */
	const char *least, *most;	 /* numbers and dates that are shown, as text; or NULL */
	bool ranged;			 /* its values lie on a line and are no double precision */
	uint64_t shortest, longest;	 /* texts: characters; bytea: bytes */
	bool sized;			 /* it has such, ... */
	bool bytes;			 /* ... of bytes */
	struct profile_bars bars;	 /* of the values, or of their lengths */
	struct profile_value *few;	 /* all values, where they are few: in the order of the */
	uint32_t nfew;			 /* type, or the most frequent first */
	uint32_t sampled, mode;		 /* values of the sample; as many are one and the same */
	double median;			 /* of numbers in the sample */
	uint32_t judged, unlike;	 /* texts of letters in the sample; unlike words */
	const char *role, *why, *source; /* what a guess took it for, and why, or NULL; what
					    makes it */
	double confidence;
	struct profile_work *work; /* while the table is read */
};

struct profile {
	struct profile_column *columns; /* [of the table] */
	const char **cells;		/* [rows * columns], NULL: it is NULL or not to be shown */
	uint32_t nrows;
	uint64_t stride; /* the sample is every such row */
	bool made;	 /* a receipt says of every file that it is what a generator wrote */
	bool borrowed;	 /* rows of a database may have lent their values to some columns */
};

/** profile_begin(u, t, e): before the rows of a table are read. */
int profile_begin(struct audit *u, struct audit_table *t, struct err *e);

/** profile_block(u, t, b, e): one block of its rows. */
int profile_block(struct audit *u, struct audit_table *t, const struct dec_block *b, struct err *e);

/** profile_end(u, t, e): after the last. */
int profile_end(struct audit *u, struct audit_table *t, struct err *e);

/** profile_free(t): what is kept while rows are read, wherever reading stopped. */
void profile_free(struct audit_table *t);

#endif
