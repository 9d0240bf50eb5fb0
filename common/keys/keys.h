/* SPDX-License-Identifier: MIT */
#ifndef COMMON_KEYS_H
#define COMMON_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/vec.h"
#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "common/snapshot/snap.h"

/*
 * keys: the key snapshot of a table: its key columns and the columns children
 * look up, row by row, in files that are mapped.  Immutable once written; any
 * number of processes map them at once.  A table of N shards has N files, read
 * as one column of all rows.
 */

struct err;

/* ---- writing: one shard, block by block; memory does not grow with rows ------- */

struct keys_writer;

/**
 * keys_writer_on(f, t, shard, e): start the snapshot of one shard of ${t}: columns t->kept, in a
 * file that has just been opened; NULL is accepted.  Consumes ${f}, also on failure.
 * The header names schema, table, shard, shards, row0, rows and the table's digest.
 * ${t} must outlive the writer.
 */
struct outfile;
struct keys_writer *keys_writer_on(
	struct outfile *f, const struct plan_table *t, uint32_t shard, struct err *e);

/**
 * keys_writer_open_existing(path, t, cols, n, fingerprint, e): the same for rows that a database
 * has: columns ${cols} of ${t}, as many rows as come.  Its header names schema, table and the
 * schema's fingerprint; no digest, since no plan made it.
 */
struct keys_writer *keys_writer_open_existing(const char *path, const struct pg_table *t,
	const uint32_t *cols, uint32_t n, const char *fingerprint, struct err *e);

/** keys_writer_affine(w, column, start, step): column ${column} of the table is start + step * row,
 *  rows counted in the whole table: nothing of it need be stored.  Before the first block. */
void keys_writer_affine(struct keys_writer *w, uint32_t column, int64_t start, int64_t step);

/** keys_writer_block(w, cols, n, e): the next ${n} rows; cols[] by table column, and after
 *  those what the table carries. */
int keys_writer_block(
	struct keys_writer *w, const struct vec *const *cols, uint32_t n, struct err *e);

/** keys_writer_end(w, e): all rows have been given: write what is left and give back the memory, so
 *  that several can wait to appear together.  keys_writer_commit() does it else. */
int keys_writer_end(struct keys_writer *w, struct err *e);

/** keys_writer_commit(w, hex, e): make it appear; all rows of the shard must have been given.
 *  Consumes ${w}.  ${hex} (33 bytes, or NULL): XXH3-128 of the file. */
int keys_writer_commit(struct keys_writer *w, char hex[33], struct err *e);
void keys_writer_abort(struct keys_writer *w);

/* ---- reading -------------------------------------------------------------------- */

struct keys;

/** keys_path(run, t, shard): the file of one shard of ${t}, or that of its existing rows. */
char *keys_path(const struct rundir *run, const struct plan_table *t, uint32_t shard);

/**
 * keys_open(k, run, t, check, a, e):
 * Map the snapshot of ${t}, all its shards, and look at every value: ${check} is SNAP_VALUES, or
 * more, and never less.  A missing shard, a damaged file, or one made
 * from another plan (digest) or with other columns is an error that names the file and the
 * stage to rerun.  Values are looked at once in a process, as long as the files do not change
 * (run->seen).  A snapshot without a digest in its header was made by another program: it is
 * taken as it is, with as many rows as it has.  A snapshot of existing rows must be the one that
 * plan-check read.
 */
int keys_open(struct keys **k, const struct rundir *run, const struct plan_table *t,
	enum snap_check check, struct arena *a, struct err *e);

/** keys_theirs(run, t): whether the snapshots of all shards of ${t} are there and were made by
 *  another program, so that the rows of ${t} are not to be made. */
bool keys_theirs(const struct rundir *run, const struct plan_table *t);

/* Files that are read as one table, in their order. */
struct keys_source {
	const char *const *paths;
	uint32_t n;
	struct file_memo *seen; /* what is known of them, or NULL */
};

/** keys_open_files(k, from, check, a, e): the same from named files, whoever wrote them:
 *  no plan is compared.  The cost is one linear pass over the files that from->seen does not know.
 */
int keys_open_files(struct keys **k, const struct keys_source *from, enum snap_check check,
	struct arena *a, struct err *e);
void keys_close(struct keys *k); /* NULL is accepted */

uint64_t keys_rows(const struct keys *k);

/** keys_file(k, i): file ${i} of keys_files(k). */
uint32_t keys_files(const struct keys *k);
const struct snap *keys_file(const struct keys *k, uint32_t i);

/** keys_column(k, name): handle of a column, or -1. */
int keys_column(const struct keys *k, const char *name);
enum vtype keys_type(const struct keys *k, int col, uint8_t *scale);

/**
 * keys_fit(k, p, t, e): hold the values of the snapshot of ${t}, which plan ${p} has, against the
 * columns they are of.  A type that the column has not, a code beyond an enum's labels, a number
 * out of the range of its type or precision, a text that is too long, a NULL in a column that is
 * NOT NULL: an error that names file and column.  Columns with transforms are what those make.
 */
int keys_fit(const struct keys *k, const struct plan *p, const struct plan_table *t, struct err *e);

/** keys_fit_table(k, t, e): the same for rows that the database has: whichever of the columns of
 *  ${t} the snapshot holds. */
int keys_fit_table(const struct keys *k, const struct pg_table *t, struct err *e);

/** keys_nullable(k, col): whether a value of it is NULL. */
bool keys_nullable(const struct keys *k, int col);

/**
 * keys_gather(k, col, row, n, out):
 * out[i] = value of column ${col} at parent row row[i] < keys_rows(k).  Rows UINT64_MAX
 * give NULL.  Prefetches ahead: the one place where cache misses are hidden.
 * Texts point into the mapping.
 */
void keys_gather(const struct keys *k, int col, const uint64_t *row, uint32_t n, struct vec *out);

/** keys_populate(k, col): bring a column into memory before many random picks. */
void keys_populate(const struct keys *k, int col);

#endif
