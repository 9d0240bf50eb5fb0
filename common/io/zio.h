/* SPDX-License-Identifier: MIT */
#ifndef COMMON_ZIO_H
#define COMMON_ZIO_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct outfile;

/*
 * zio: bytes through zstd.  The writer makes one independent frame of every ZIO_RAW
 * bytes it is given (the last is shorter), whatever the sizes of the writes: frames
 * carry their size and a checksum, may be read alone, and the file is what
 * `zstd -d` and concatenation expect.  The same bytes and level give the same frames.
 */
enum { ZIO_RAW = 1 << 20 };

struct ziow;

/** ziow_open(f, level, e): compress onto ${f}, which stays the caller's; level 1 to 19. */
struct ziow *ziow_open(struct outfile *f, int level, struct err *e);

/** ziow_write(w, p, n, e): append ${n} raw bytes. */
int ziow_write(struct ziow *w, const void *p, size_t n, struct err *e);

/** ziow_end(w, e): write out the last frame.  The writer is still to be freed. */
int ziow_end(struct ziow *w, struct err *e);

void ziow_free(struct ziow *w); /* NULL is accepted */

struct zior;

/** zior_open(path, e): read a file that is zstd frames, or plain: its first bytes tell. */
struct zior *zior_open(const char *path, struct err *e);

/**
 * zior_read(r, p, max, n, e):
 * Up to ${max} bytes of content at ${p}; ${n} is 0 at the end only.  A file that is
 * cut short or damaged is an error that names it.
 */
int zior_read(struct zior *r, void *p, size_t max, size_t *n, struct err *e);

/** zior_digest(r, hex): XXH3-128 of the bytes of the file that were read so far, as they are there,
 *  compressed or not: of the whole file once zior_read() has given 0 bytes.  As outfile_digest().
 */
void zior_digest(const struct zior *r, char hex[33]);

void zior_close(struct zior *r); /* NULL is accepted */

#endif
