/* SPDX-License-Identifier: MIT */
#ifndef COMMON_READS_H
#define COMMON_READS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/program/program.h"

/*
 * reads: what each thing that a table's program makes is made from.
 *
 * This is the only place that knows it.  The order in which columns are made, the slices of a
 * program that other tables use, what is drawn again when a check fails, the operations that
 * the engine runs and what plan-check has to prepare are all answers of one walk over it,
 * program_walk().
 */

/* Why one thing reads another: a walk follows the reasons that matter to its question. */
enum read_reason {
	READ_INPUT = 1 << 0,  /* an input of a generator, of the same row */
	READ_VALUE = 1 << 1,  /* a value of a parent, and through it the parent */
	READ_LIMIT = 1 << 2,  /* a column that bounds what is drawn */
	READ_BRANCH = 1 << 3, /* the branch taken, and what the branch depends on */
	READ_DIGIT = 1 << 4,  /* a digit of a unique key, and the parent whose children it counts */
	READ_BASE = 1 << 5,   /* the foreign key whose parent says whom another may pick */
	/* Not read, but of no use without: the keys that follow a base limit whom it picks ... */
	READ_WITH = 1 << 6,
	/* Not read, but made before: until then it is not known whether the row has a parent. */
	READ_AFTER = 1 << 7,
	READ_ALL = (1 << 8) - 1,
};

/** thing_count(b): how many things there are; thing_number(b, t): the place of ${t} among them.
 *  Values of parents come last, since the compiler finds them last. */
uint32_t thing_count(const struct table_program *b);
uint32_t thing_number(const struct table_program *b, struct thing t);

/**
 * program_reads(b, t, visit, ctx):
 * Call ${visit} for each thing that ${t} reads, with the reason.  Ends at the first call that
 * does not return 0, and returns what that did.
 */
int program_reads(const struct table_program *b, struct thing t,
	int (*visit)(void *ctx, struct thing read, enum read_reason why), void *ctx);

/*
 * A walk from a thing to all that it reads, directly or not: depth first, each thing once.
 * ${enter} is called before what a thing reads is walked, ${leave} after; ${circle} where a
 * thing is met that is not left yet.  Each may be NULL.  They return 0 to go on, 1 not to go
 * beyond that thing (enter), -1 to end the walk.
 */
struct program_walk {
	const struct table_program *b;
	unsigned follow; /* enum read_reason, or-ed */
	int (*enter)(void *ctx, struct thing t, struct thing reader);
	int (*leave)(void *ctx, struct thing t);
	int (*circle)(void *ctx, struct thing t);
	void *ctx;
	uint8_t *state; /* by thing_number() */
};

/** program_walk_init(w, a): room in ${a} for a walk over w->b, whose other members are set.
 *  -1: out of memory. */
int program_walk_init(struct program_walk *w, struct arena *a);

/** program_walk_from(w, t, reader): walk from ${t}, which ${reader} asks for.  Things of earlier
 *  calls are not entered again.  0, or the -1 of a call. */
int program_walk_from(struct program_walk *w, struct thing t, struct thing reader);

/** program_walked(w, t): whether the walk has entered ${t}. */
bool program_walked(const struct program_walk *w, struct thing t);

/** program_reader(b, fk, column): a column of ${b}, or from its number of columns on what it
 *  carries, that reads ${column} of its parent by ${fk}; UINT32_MAX: none. */
uint32_t program_reader(const struct table_program *b, uint32_t fk, uint32_t column);

#endif
