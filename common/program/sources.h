/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SOURCES_H
#define COMMON_SOURCES_H

#include "common/program/program.h"

/*
 * sources: the rows of other tables that a program needs, and how it comes by them.  Which key
 * snapshots must be there before a table is made, whether what it needs can be made at all, and in
 * which order tables follow each other are questions to this list.
 */

enum source_how {
	SOURCE_SNAPSHOT,   /* parents are read from their key snapshot */
	SOURCE_RECOMPUTED, /* a slice of the parent's program makes them when they are needed */
	SOURCE_WRITTEN,	   /* a slice makes all of them first: they are chosen by their values */
	SOURCE_AGGREGATED, /* a slice of the child's program makes the rows of an aggregate */
};

struct program_source {
	enum source_how how;
	uint32_t at;		     /* in t->fks; SOURCE_AGGREGATED: the column */
	uint32_t table;		     /* in plan->tables */
	struct table_program *slice; /* of the table's program; NULL: SOURCE_SNAPSHOT */
};

/**
 * program_sources(b, visit, ctx, a, e):
 * Call ${visit} for each source of ${b}, foreign keys first; slices live in ${a}.  0, or -1 where
 * ${visit} returned it or a slice cannot be: ERR_NO says why.  What a slice needs in turn are its
 * sources.
 */
int program_sources(const struct table_program *b,
	int (*visit)(void *ctx, const struct program_source *s), void *ctx, struct arena *a,
	struct err *e);

#endif
