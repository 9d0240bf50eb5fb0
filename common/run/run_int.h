/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RUN_INT_H
#define COMMON_RUN_INT_H

#include <jansson.h>

#include "common/base/err.h"
#include "common/engine/engine.h"
#include "common/io/zio.h"
#include "common/program/program.h"
#include "common/run/run.h"
#include "common/run/run_pool.h"
#include "common/stage/stage.h"

enum { RUN_HEX = 33 };

/** run_streams(o): whether rows go to a stream, and nothing is written in the run. */
static inline bool run_streams(const struct run_options *o)
{
	return o->slice != NULL || o->out != NULL;
}

/** run_shows(o): whether nothing is written in the run. */
static inline bool run_shows(const struct run_options *o)
{
	return run_streams(o) || o->look != NULL;
}

struct run_job;

/* ---- files and what is known of them ----------------------------------------------- */

struct run_file {
	const char *path; /* relative to the run directory */
	uint64_t bytes, rows;
	char hex[RUN_HEX]; /* XXH3-128 */
};

/* What a shard was, or will be, made from and made into. */
struct run_receipt {
	const struct plan_table *t;
	uint32_t shard;
	const char *stage, *format, *header, *compress; /* compress: "" for none */
	const struct run_file *inputs;
	uint32_t ninputs;
	struct run_file data, keys; /* keys.path NULL: no snapshot */
	const struct table_program *b;
	const struct engine_counts *counts;
	const struct run_issue *issues;
};

/** run_receipt_text(b, r): append the receipt, as its file has it. */
void run_receipt_text(struct buf *b, const struct run_receipt *r);

/** run_receipt_read(run, t, shard, out, e): 1: *${out} is the receipt of a shard, made from this
 *  plan's table and with its outputs as it says, to be given back with json_decref().  0: there is
 *  none, so that the shard is to be made.  -1: that cannot be told now. */
int run_receipt_read(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	json_t **out, struct err *e);

/** run_receipt_same(j, r): made from the same inputs and in the same form. */
bool run_receipt_same(const json_t *j, const struct run_receipt *r);

/** run_receipt_output(j, path, bytes): the digest it has for an output, or NULL. */
const char *run_receipt_output(const json_t *j, const char *path);

/** run_receipt_age(j, t, shard): give the shard's files the times that make is to see. */
void run_receipt_age(const struct run_job *j, const struct plan_table *t, uint32_t shard);

struct run_folders;

/** run_folders_read(f, run, e): the names in the folders of receipts, data and keys, as they are
 *  now, in the memory of ${run}. */
int run_folders_read(struct run_folders *f, const struct rundir *run, struct err *e);

/** run_sweep(j, t, e): remove the files of ${t} that are of another number of shards, of those that
 *  j->folders names. */
int run_sweep(const struct run_job *j, const struct plan_table *t, struct err *e);

/** run_relative(run, path): the path without the run directory. */
const char *run_relative(const struct rundir *run, const char *path);

/* ---- a table being made ---------------------------------------------------------------- */

struct run_table {
	const struct plan_table *t;
	const struct table_program *b;
	struct foreign *fc;
	struct run_file *inputs;
	uint32_t ninputs;
	struct run_issue *issues;
	uint64_t made; /* rows of the shards that are made now */
	uint32_t shards_made, shards_kept;
};

/* Shards ${from} to ${to}. */
struct run_range {
	uint32_t from, to;
};

enum { RUN_RANGES = 256 };

#define RUN_EVERY_LEVEL UINT32_MAX

/* The names of files in the folders of a run, each folder's sorted. */
enum { RUN_FOLDERS = 3 };

struct run_folders {
	struct run_names {
		const char **name;
		size_t n;
	} in[RUN_FOLDERS];
};

/* Everything a worker needs; immutable while workers run, but for the stream, which one worker
 * writes to. */
struct run_job {
	const struct run_options *o;
	const struct rundir *run;
	struct plan *plan;
	struct schema *schema;
	enum data_format format;
	enum data_header header;
	const struct plan_table *one; /* --table, or NULL */
	uint32_t level_asked;
	struct run_range ranges[RUN_RANGES]; /* --shard: none: all ... */
	uint32_t nranges;
	uint32_t part, parts; /* ... or part of parts, where there are any */
	uint64_t from, count; /* --slice */
	int level;	      /* of zstd; 0: none */
	char compress[16];
	struct outfile *stream;		  /* of --out and --slice */
	struct ziow *zstd;		  /* onto it, or NULL */
	int fd;				  /* of a stream that has a name, else -1 */
	uint32_t first_shard, last_shard; /* that go there */
	struct run_folders folders;	  /* as they were when the call began */
	struct progress *progress;
};

struct run_task {
	const struct run_table *table;
	uint32_t shard;
};

/* ---- shards that are made, and lack a receipt ------------------------------------------ */

/* One of them. */
struct run_waiting {
	const struct plan_table *t;
	uint32_t shard;
	struct buf receipt;
	uint64_t rows, bytes, us; /* for the log */
};

/* Those of one worker.  A folder is synced once for all of them, and then their receipts are
 * written; a worker that is killed before has them made again. */
enum { RUN_WAITING = 64, RUN_WAITING_ROWS = 1 << 16 };

struct run_done {
	struct run_waiting v[RUN_WAITING];
	uint32_t n;
	uint64_t rows; /* of all of them */
	bool keys;     /* some have a key snapshot */
};

/** run_done_add(d, j, w, keys, e): the files of a shard are there, under their names.  Consumes
 *  w->receipt, also on failure. */
int run_done_add(struct run_done *d, const struct run_job *j, const struct run_waiting *w,
	bool keys, struct err *e);

/** run_done_all(d, j, e): give all that wait their receipts. */
int run_done_all(struct run_done *d, const struct run_job *j, struct err *e);

/** run_choose_form(j, o, e), run_choose(j, o, e): what the options ask for: in which form, which
 *  needs no plan; and which of the plan's tables, shards and rows. */
int run_choose_form(struct run_job *j, const struct run_options *o, struct err *e);
int run_choose(struct run_job *j, const struct run_options *o, struct err *e);

/** run_header(j, format): where the header is that files of the format have; NULL: the format has
 *  none. */
const char *run_header(const struct run_job *j, enum data_format format);

/** run_wants(j, t, shard): whether --shard, if it is given, has that shard of that table. */
bool run_wants(const struct run_job *j, const struct plan_table *t, uint32_t shard);

/** run_stream_open(j, e): what --out and --slice write to; nothing where neither is given.
 *  run_stream_end(j, ok, e): its end, after a failure without what was written to a file. */
int run_stream_open(struct run_job *j, struct err *e);
int run_stream_end(struct run_job *j, bool ok, struct err *e);

/** run_shard(j, pool, t, d, e): make the files of one shard, which then waits in ${d} for its
 *  receipt. */
int run_shard(const struct run_job *j, const struct run_pool *pool, const struct run_task *t,
	struct run_done *d, struct err *e);

/** run_shard_log(j, w, ok): what the log says of a shard. */
void run_shard_log(const struct run_job *j, const struct run_waiting *w, bool ok);

/** run_had(j, folder, name): whether that file was in the folder "data" or "keys" when the call
 *  began. */
bool run_had(const struct run_job *j, const char *folder, const char *name);

/** run_is_done(j, t, shard, out, e): whether the shard is there, made from what would be used now:
 * 1, and
 * *${out} is its receipt; 0; -1.  The inputs of ${t} are known. */
int run_is_done(const struct run_job *j, const struct run_table *t, uint32_t shard, json_t **out,
	struct err *e);

/** run_list_named(name): what --list is given: one of those, or -1.
 *  run_list(j, level, e): print which shards of the level are so, a line each. */
enum run_which { RUN_MISSING, RUN_DAMAGED, RUN_ALL, RUN_WHICH };

int run_list_named(const char *name);
int run_list(const struct run_job *j, uint32_t level, struct err *e);

/** run_inputs(j, t, a, e): digest the key files ${t} reads, verifying each once. */
int run_inputs(const struct run_job *j, struct run_table *t, char (**digests)[RUN_HEX],
	struct arena *a, struct err *e);

#endif
