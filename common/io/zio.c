/* SPDX-License-Identifier: MIT */
/*
 * Compressed files: writing a sequence of zstd frames (RFC 8878), and reading
 * files that may be zstd or plain.
 *
 * Every ZIO_RAW bytes become a frame of their own. A frame does not refer to
 * those before it, so that the files of shards can be concatenated, and what is
 * written does not depend on how it was cut into calls. Reading tells the two
 * kinds of files apart by the magic number of the first frame.
 */
#include "common/io/zio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>
#include <zstd.h>

#include "common/base/err.h"
#include "common/io/file.h"

/* ---- writing ------------------------------------------------------------- */

/* The state of a file that is being compressed. */
struct ziow {
	struct outfile *f;
	ZSTD_CCtx *ctx;
	uint64_t raw;
	size_t n;     /* bytes waiting in in */
	size_t bound; /* room in out */
	unsigned char *in, *out;
};

/*
 * At the given level; the same level gives the same bytes with the same version
 * of zstd.
 */
struct ziow *ziow_open(struct outfile *f, int level, struct err *e)
{
	struct ziow *w = calloc(1, sizeof(*w));

	if (w == NULL || (w->ctx = ZSTD_createCCtx()) == NULL ||
		(w->in = malloc(ZIO_RAW)) == NULL ||
		(w->out = malloc(w->bound = ZSTD_compressBound(ZIO_RAW))) == NULL) {
		ziow_free(w);
		err_nomem(e);
		return NULL;
	}
	w->f = f;
	if (level < 1 || level > 19 ||
		ZSTD_isError(ZSTD_CCtx_setParameter(w->ctx, ZSTD_c_compressionLevel, level)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(w->ctx, ZSTD_c_checksumFlag, 1))) {
		ziow_free(w);
		err_set(e, ERR_INPUT, "zstd level %d: not from 1 to 19", level);
		return NULL;
	}
	return w;
}

/* Compresses ${n} bytes and writes them. */
static int frame(struct ziow *w, const void *p, size_t n, struct err *e)
{
	size_t k = ZSTD_compress2(w->ctx, w->out, w->bound, p, n);

	if (ZSTD_isError(k))
		return err_set(e, ERR_TEMP, "zstd: %s", ZSTD_getErrorName(k));
	return outfile_write(w->f, w->out, k, e);
}

/* Gathers bytes until a frame is full. */
int ziow_write(struct ziow *w, const void *p, size_t n, struct err *e)
{
	const unsigned char *from = p;

	w->raw += n;
	while (n > 0) {
		size_t take = ZIO_RAW - w->n;

		if (w->n == 0 && n >= ZIO_RAW) { /* a whole frame: no copy */
			if (frame(w, from, ZIO_RAW, e) == -1)
				return -1;
			from += ZIO_RAW;
			n -= ZIO_RAW;
			continue;
		}
		take = take < n ? take : n;
		memcpy(w->in + w->n, from, take);
		w->n += take;
		from += take;
		n -= take;
		if (w->n == ZIO_RAW) {
			if (frame(w, w->in, w->n, e) == -1)
				return -1;
			w->n = 0;
		}
	}
	return 0;
}

/*
 * Writes the last frame; an empty content is one empty frame, so that the file
 * is still zstd.
 */
int ziow_end(struct ziow *w, struct err *e)
{
	size_t n = w->n;

	w->n = 0;
	/* an empty content is one empty frame, so that the file still is zstd */
	return n > 0 || w->raw == 0 ? frame(w, w->in, n, e) : 0;
}

/* Frees the compressor; the file belongs to the caller. */
void ziow_free(struct ziow *w)
{
	if (w == NULL)
		return;
	ZSTD_freeCCtx(w->ctx);
	free(w->in);
	free(w->out);
	free(w);
}

/* ---- reading ------------------------------------------------------------- */

enum { READ = 256 << 10 };

/* The state of a file that is being read. */
struct zior {
	char *path;
	int fd;
	XXH3_state_t *digest; /* of what was read; allocated, because it wants 64-byte alignment */
	ZSTD_DCtx *ctx;	      /* NULL: the file is plain */
	ZSTD_inBuffer in;
	bool inside; /* a frame is begun and not ended */
	bool full;   /* the caller's buffer was filled: the decoder may hold more */
	unsigned char buf[READ];
};

/* read(2), going on after interrupts; 0 bytes at the end. */
static int read_some(struct zior *r, void *p, size_t max, size_t *n, struct err *e)
{
	ssize_t k;

	do {
		k = read(r->fd, p, max);
	} while (k < 0 && errno == EINTR);
	if (k < 0)
		return err_sys(e, "read %s", r->path);
	*n = (size_t)k;
	XXH3_128bits_update(r->digest, p, *n);
	return 0;
}

/* Reads the first piece, and finds out whether it is zstd. */
static int begin(struct zior *r, struct err *e)
{
	static const unsigned char magic[] = {0x28, 0xb5, 0x2f, 0xfd};
	size_t n = 0;

	r->in = (ZSTD_inBuffer){r->buf, 0, 0};
	while (r->in.size < sizeof(magic)) {
		if (read_some(r, r->buf + r->in.size, READ - r->in.size, &n, e) == -1)
			return -1;
		if (n == 0)
			break;
		r->in.size += n;
	}
	if (r->in.size < sizeof(magic) || memcmp(r->buf, magic, sizeof(magic)) != 0)
		return 0;
	return (r->ctx = ZSTD_createDCtx()) == NULL ? err_nomem(e) : 0;
}

/* Opens the file and looks at its first bytes. */
struct zior *zior_open(const char *path, struct err *e)
{
	struct zior *r = malloc(sizeof(*r));

	if (r == NULL || (r->path = strdup(path)) == NULL) {
		free(r);
		err_nomem(e);
		return NULL;
	}
	r->ctx = NULL;
	r->inside = r->full = false;
	r->fd = -1;
	if ((r->digest = XXH3_createState()) == NULL) {
		err_nomem(e);
		goto fail;
	}
	XXH3_128bits_reset(r->digest);
	if ((r->fd = file_open(path, e)) == -1)
		goto fail;
	(void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	if (begin(r, e) == 0)
		return r;
fail:
	zior_close(r);
	return NULL;
}

/* What was read to find out comes first. */
static int read_plain(struct zior *r, void *p, size_t max, size_t *n, struct err *e)
{
	size_t left = r->in.size - r->in.pos;

	if (left == 0)
		return read_some(r, p, max, n, e);
	*n = left < max ? left : max;
	memcpy(p, r->buf + r->in.pos, *n);
	r->in.pos += *n;
	return 0;
}

/*
 * Decompresses until there is something to give; the end of the file inside a
 * frame is an error.
 */
static int read_zstd(struct zior *r, void *p, size_t max, size_t *n, struct err *e)
{
	ZSTD_outBuffer out = {p, max, 0};

	while (out.pos == 0) {
		size_t more;

		if (r->in.pos == r->in.size && !r->full) {
			r->in.pos = 0;
			if (read_some(r, r->buf, READ, &r->in.size, e) == -1)
				return -1;
			if (r->in.size == 0 && r->inside)
				return err_set(e, ERR_INPUT, "%s: cut short", r->path);
			if (r->in.size == 0)
				break;
		}
		more = ZSTD_decompressStream(r->ctx, &out, &r->in);
		if (ZSTD_isError(more))
			return err_set(e, ERR_INPUT, "%s: damaged: zstd: %s", r->path,
				ZSTD_getErrorName(more));
		r->inside = more != 0;
		r->full = r->inside && out.pos == max;
	}
	*n = out.pos;
	return 0;
}

/* At most ${max} bytes of content; 0 at the end. */
int zior_read(struct zior *r, void *p, size_t max, size_t *n, struct err *e)
{
	return r->ctx == NULL ? read_plain(r, p, max, n, e) : read_zstd(r, p, max, n, e);
}

void zior_digest(const struct zior *r, char hex[33])
{
	XXH128_hash_t h = XXH3_128bits_digest(r->digest);

	(void)snprintf(hex, 33, "%016llx%016llx", (unsigned long long)h.high64,
		(unsigned long long)h.low64);
}

void zior_close(struct zior *r)
{
	if (r == NULL)
		return;
	if (r->fd != -1)
		close(r->fd);
	ZSTD_freeDCtx(r->ctx);
	XXH3_freeState(r->digest);
	free(r->path);
	free(r);
}
