/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/str.h"

struct err;

/*
 * file: artefacts appear whole or not at all.  An output is written under NAME.tmp.XXXXXXXX,
 * eight random hexadecimal digits, so that two attempts at one artefact never share a file, also
 * not from containers that number their processes alike.  Commit is flush, fsync, rename, close,
 * fsync of the folder.  Abort is unlink, silent.  A killed stage leaves only *.tmp.*, which nothing
 * reads.
 */

/** file_open(path, e): a descriptor of a regular file, for reading, or -1.  Files of a run
 * directory are made by rename, so that a symbolic link, a FIFO or a device under such a name is
 * somebody else's: ERR_INPUT says which, at once (a FIFO would let the caller wait). */
int file_open(const char *path, struct err *e);

/** file_append(path, e): the same for adding lines to it; it is made if it is not there.  A file
 * with a second name (a hard link) is refused too, because that name would get the lines as well.
 */
int file_append(const char *path, struct err *e);

/** file_exists(path, e): 1 or 0; -1 where that cannot be told, which is no reason to take the file
 *  for absent. */
int file_exists(const char *path, struct err *e);

struct outfile;

/** outfile_open(path, e): start writing what will be ${path}.  NULL on failure. */
struct outfile *outfile_open(const char *path, struct err *e);

/** outfile_open_one(path, e): the same for one of many files that appear in a folder together:
 * commit leaves it to the caller to sync the folder, once for all of them, with dir_sync(). Nothing
 * may be written that says they are there before that is done. */
struct outfile *outfile_open_one(const char *path, struct err *e);

/** dir_sync(path, e): put the names of the files in that folder on the disk.  0 or -1. */
int dir_sync(const char *path, struct err *e);

/** outfile_on(fd, e): the same into a file without a name, which stays the caller's: commit
 *  writes what is left, and that is all.  It has no digest. */
struct outfile *outfile_on(int fd, struct err *e);

/** outfile_stream(fd, name, e): the same onto a pipe, a device or whatever else is open there:
 * bytes go out in order, and nothing is sought, allocated or cut.  ${name} is for messages. */
struct outfile *outfile_stream(int fd, const char *name, struct err *e);

/** outfile_path(f): what it will be. */
const char *outfile_path(const struct outfile *f);

/**
 * outfile_write(f, p, n, e): append.  Small writes are gathered; large ones go
 * out in pieces of at most 1 MiB.  Returns 0 or -1.
 */
int outfile_write(struct outfile *f, const void *p, size_t n, struct err *e);

/**
 * outfile_patch(f, off, p, n, e): overwrite bytes already written.  The file is read
 * again for its digest: one patch at the end is cheap, many are not.
 */
int outfile_patch(struct outfile *f, uint64_t off, const void *p, size_t n, struct err *e);

/** outfile_size(f): bytes written so far. */
uint64_t outfile_size(const struct outfile *f);

/** outfile_digest(f, hex): XXH3-128 of all bytes so far, 32 hex digits and NUL: what xxh128sum
 * prints. */
void outfile_digest(const struct outfile *f, char hex[33]);

/** outfile_sync(f, e): put what was written so far on the disk, so that a commit later has only the
 *  name to change.  0 or -1. */
int outfile_sync(struct outfile *f, struct err *e);

/** outfile_commit(f, e): make it appear.  Consumes ${f}, also on failure.  0 or -1. */
int outfile_commit(struct outfile *f, struct err *e);

/** outfile_abort(f): leave no trace.  NULL is accepted. */
void outfile_abort(struct outfile *f);

/**
 * file_replace(path, p, n, e): write a whole small file; if ${path} already has
 * exactly these bytes it is left alone, modification time included, so that
 * make sees no change where there is none.
 */
int file_replace(const char *path, const void *p, size_t n, struct err *e);

/** file_replace_private(path, p, n, e): write a whole small file anew that its owner alone may read
 *  (0600). */
int file_replace_private(const char *path, const void *p, size_t n, struct err *e);

/** file_read(path, max, b, e): append the whole file to ${b}; more than ${max} bytes is an error.
 */
int file_read(const char *path, size_t max, struct buf *b, struct err *e);

/** dir_make(path, e): mkdir -p. */
int dir_make(const char *path, struct err *e);

/**
 * dir_sweep(path, e): remove the *.tmp.* that nobody writes any more, here or on another machine: a
 * writer holds a lock (flock) on its file.  Where the file system has no locks, nothing is removed.
 */
int dir_sweep(const char *path, struct err *e);

/* Which file it is, as it was when it was opened. */
struct file_id {
	uint64_t dev, ino, size;
	int64_t modified, changed; /* nanoseconds since 1970, as the file system has them */
	bool settled;		   /* whatever changes it from now on changes these */
};

/** mapfile: a file mapped read-only, whole.  An empty file has p NULL. */
struct mapfile {
	const uint8_t *p;
	size_t n;
	struct file_id id;
};

int mapfile_open(struct mapfile *m, const char *path, struct err *e);
void mapfile_close(struct mapfile *m);

/** mapfile_digest(m, hex): XXH3-128 of the whole file, as outfile_digest(). */
void mapfile_digest(const struct mapfile *m, char hex[33]);

/**
 * mapfile_prefetch(m, off, n): bring the range into memory now (MADV_POPULATE_READ
 * where the kernel has it), for maps that are about to be read at random.
 */
void mapfile_prefetch(const struct mapfile *m, size_t off, size_t n);

#endif
