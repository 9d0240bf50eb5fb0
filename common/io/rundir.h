/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RUNDIR_H
#define COMMON_RUNDIR_H

#include <stdint.h>

#include "common/base/arena.h"

struct err;
struct file_memo;

/*
 * rundir: the names of what stages exchange.
 *
 * Paths returned live in the rundir's arena.  A table's part of a file name is
 * SCHEMA.TABLE with every byte of ASCII outside [A-Za-z0-9_-] written %XX, so a name
 * with dots, slashes or quotes stays one file and no two tables share one; letters
 * outside ASCII stay as they are.  What would be longer than a file name can be ends
 * in "~" and 16 hex digits of a digest.  A table of N > 1 shards has ".I-of-N" after
 * it, I from 0 and zero-padded to the width of N, so that the order of names is the
 * order of rows.
 */
struct rundir {
	const char *path;
	struct arena *a;
	struct file_memo *seen; /* what this process knows of the files in it */
};

/** rundir_open(r, path, a, e): an existing run directory, swept of what a stage that was killed
 *  left half-written. */
int rundir_open(struct rundir *r, const char *path, struct arena *a, struct err *e);

/** rundir_create(r, path, a, e): exactly that directory, made if need be, with its sub-directories.
 */
int rundir_create(struct rundir *r, const char *path, struct arena *a, struct err *e);

/** rundir_create_in(r, parent, a, e): PARENT/2026-11-22T10-05-00Z__run_<UUID>. */
int rundir_create_in(struct rundir *r, const char *parent, struct arena *a, struct err *e);

/** rundir_file(r, name): RUN/NAME.  NULL when memory is out, as for the others below. */
char *rundir_file(const struct rundir *r, const char *name);

/** rundir_table(r, schema, table): the encoded SCHEMA.TABLE. */
char *rundir_table(const struct rundir *r, const char *schema, const char *table);

/** rundir_shard(r, sub, schema, table, shard, shards, ext): RUN/SUB/SCHEMA.TABLE[.I-of-N].EXT */
char *rundir_shard(const struct rundir *r, const char *sub, const char *schema, const char *table,
	uint32_t shard, uint32_t shards, const char *ext);

#define RUNDIR_EXISTING "existing.msgpack"

/** rundir_existing(r, schema, table): RUN/keys/SCHEMA.TABLE.existing.msgpack: the keys of rows
 *  that the database has. */
char *rundir_existing(const struct rundir *r, const char *schema, const char *table);

/** rows of shard ${i} of ${n}: [shard_start(rows, i, n), shard_start(rows, i + 1, n)) */
static inline uint64_t shard_start(uint64_t rows, uint32_t i, uint32_t n)
{
	return (uint64_t)((unsigned __int128)rows * i / n);
}

#endif
