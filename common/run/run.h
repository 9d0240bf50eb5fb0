/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RUN_H
#define COMMON_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/io/rundir.h"
#include "common/keys/dataset.h"
#include "common/plan/plan.h"

/*
 * run: what gen-parents and gen-children share: which tables and shards are to be made,
 * by how many workers, into which files, and the receipts that say so.
 *
 * A shard is done when its receipt is there: the receipt is written last, after the data
 * and the key snapshot.  A shard whose receipt still tells the truth is not made again.
 */

struct err;

struct table_program;
struct engine;
struct foreign;

/* a warning of the compiler of a table's program */
struct run_issue {
	const char *code, *column, *message; /* column: or NULL */
	struct run_issue *next;
};

/* One row of --table to be looked into instead of rows being written. */
struct run_look {
	uint64_t row; /* from 0 */
	int (*look)(void *ctx, const struct table_program *b, struct foreign *fc, struct engine *g,
		const struct run_issue *issues, struct err *e);
	void *ctx;
};

struct run_options {
	const char *stage; /* "gen-parents", "gen-children" */
	bool parents;	   /* tables without a parent in the plan, or the others */
	const char *run;   /* directory */
	const char *table; /* "schema.table", or NULL: all of the stage's */
	const char *level; /* tables of this level only, or NULL */
	const char *shard; /* "3", "1,4-7" of that table, "I/N" of every table; NULL: all */
	uint32_t jobs;
	const char *format;   /* "csv" ...; NULL: csv */
	const char *compress; /* "zstd[:LEVEL]", or NULL */
	const char *header;   /* "first", "each", "none"; NULL: first */
	const char *out;      /* a path, "-" for stdout: the rows go there, and nothing is written
				 in the run; or NULL */
	const char
		*list; /* "missing" "damaged" "all": print these shards, and make none; or NULL */
	bool force;    /* make it again although the receipt is true */
	const char *slice; /* "FROM:COUNT" rows of that table to stdout, and nothing else */
	const struct run_look *look; /* NULL: rows are made */
	bool discard;		     /* make and encode the rows and keep their keys alone */
	bool unchecked; /* with it: leave out the checks that generators do not prove */
};

/** run_generate(o, e): do it. */
int run_generate(const struct run_options *o, struct err *e);

/** run_encoder(x, b, format, a, e): the encoder of a table's rows, as its files have them. */
struct enc;
int run_encoder(struct enc **x, const struct table_program *b, enum data_format format,
	struct arena *a, struct err *e);

/**
 * run_report_write(run, plan, e):
 * Rebuild generation_report.json from the receipts, if every shard of the plan has a true
 * one: 1 written, 0 something is still missing, -1 failed.
 */
int run_report_write(const struct rundir *run, const struct plan *plan, struct err *e);

#endif
