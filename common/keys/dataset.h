/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DATASET_H
#define COMMON_DATASET_H

#include <stdbool.h>
#include <stdint.h>

#include "common/io/rundir.h"
#include "common/plan/plan.h"

struct err;

/*
 * dataset: the forms rows are written in, and where the rows of a table are.
 */
enum data_format {
	DATA_BINARY, /* COPY BINARY */
	DATA_TEXT,   /* COPY text */
	DATA_CSV,
	DATA_JSONL,
	DATA_FILES,	       /* files of a run have one of those above */
	DATA_SQL = DATA_FILES, /* INSERT statements, for people: only written to a stream */
	DATA_FORMATS
};

/* Which shards of a table begin with what the format has before the first row: the line of column
 * names of CSV, the signature of COPY BINARY, whose shards then have its end too. */
enum data_header {
	DATA_HEADER_FIRST, /* the first, so that the shards one after another are the table */
	DATA_HEADER_EACH,  /* every one, so that each is a file by itself */
	DATA_HEADER_NONE,  /* none; CSV alone can be without */
	DATA_HEADERS
};

/** data_header_name(h): "first" "each" "none". */
const char *data_header_name(enum data_header h);

/** data_header_named(name): or DATA_HEADERS. */
enum data_header data_header_named(const char *name);

/** data_has_header(h, shard): whether that shard begins with one. */
bool data_has_header(enum data_header h, uint32_t shard);

/** data_format_name(f): "binary" "text" "csv" "jsonl" "sql". */
const char *data_format_name(enum data_format f);

/** data_format_named(name): the format, or DATA_FORMATS. */
enum data_format data_format_named(const char *name);

struct data_file {
	char *path; /* in the rundir's arena */
	enum data_format format;
	bool zstd;
	enum data_header header; /* as its receipt has it; DATA_HEADER_FIRST where there is none */
	const char *digest;	 /* XXH3-128 of its bytes, as its receipt has it; NULL: not known */
	uint64_t bytes;		 /* how many they are, as its receipt has it */
};

/** data_stage(t): the stage that makes the table's rows, for messages: "gen-parents" or
 *  "gen-children". */
const char *data_stage(const struct plan_table *t);

/** data_path(run, t, shard, format, zstd): the name such a file has; NULL when memory is out. */
char *data_path(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	enum data_format format, bool zstd);

/**
 * data_find(f, run, t, shard, e):
 * The file with the rows of one shard.  When a run has several forms of it, the first in
 * the order of enum data_format.  None: an error that names the stage to run.
 */
int data_find(struct data_file *f, const struct rundir *run, const struct plan_table *t,
	uint32_t shard, struct err *e);

/**
 * data_find_all(f, run, t, a, e): all shards of a table, t->shards of them, in one and the
 * same form.  NULL on failure.
 */
struct data_file *data_find_all(
	const struct rundir *run, const struct plan_table *t, struct arena *a, struct err *e);

/** data_receipt_path(run, t, shard): RUN/receipts/gen.SCHEMA.TABLE[.I-of-N].json; NULL: no memory.
 */
char *data_receipt_path(const struct rundir *run, const struct plan_table *t, uint32_t shard);

/**
 * data_receipt(run, t, shard, out, e):
 * The receipt of a shard of rows, RUN/receipts/gen.SCHEMA.TABLE[.I-of-N].json, which the caller
 * gives back with json_decref().  1: read; 0: there is none, and ${out} is NULL; -1: it cannot be
 * read, its rows were made from another plan than ${t} is of, or a member of it is not what the
 * plan has (receipt.h).
 */
struct json_t;
int data_receipt(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	struct json_t **out, struct err *e);

/**
 * data_of_receipts(run, t, f, a, e):
 * The files of rows that the receipts of the table's shards tell of, with their digests, in
 * f[t->shards].  Returns how many shards have a receipt, from the first on: fewer than t->shards
 * where one has none.  -1: a receipt cannot be read, is of another plan, or its file is not there.
 */
int64_t data_of_receipts(const struct rundir *run, const struct plan_table *t, struct data_file *f,
	struct arena *a, struct err *e);

/**
 * data_of_receipt(run, t, shard, f, a, e): the file of one shard, as its receipt tells of it.
 * 1: read; 0: the receipt or the file is not there; -1: as above.
 */
int data_of_receipt(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	struct data_file *f, struct arena *a, struct err *e);

/** data_written(t, col): whether the rows have a value for that column: not those the server
 *  computes, and not those left to its defaults. */
bool data_written(const struct plan_table *t, uint32_t col);

#endif
