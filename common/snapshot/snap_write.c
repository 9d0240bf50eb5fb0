/* SPDX-License-Identifier: MIT */
/*
 * Writing a snapshot, from front to back: head, body, payloads, directory,
 * footer. The number of elements at the front is known only at the end; it has
 * a fixed place and is written over. The bytes before the first payload stay in
 * memory until then, because the footer has their digest. Digests of payloads
 * are XXH3 (64 bits), computed while they are written.
 */
#include "common/snapshot/snap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "common/base/err.h"
#include "common/base/version.h"
#include "common/io/file.h"
#include "common/io/msgpack.h"
#include "common/snapshot/snap_layout.h"

const char *const snap_enc_names[] = {
	[SNAP_AFFINE] = "affine",
	[SNAP_PACKED] = "packed",
	[SNAP_DICT] = "dict",
	[SNAP_OFFSETS] = "offsets",
	[SNAP_BYTES] = "bytes",
	[SNAP_NULLS] = "nulls",
};

/* The state of a file that is being written. */
struct snapw {
	XXH3_state_t hash; /* of the chunk being written; first: 64-byte alignment */
	struct outfile *f;
	struct buf head; /* bytes before the first payload, until commit knows the count */
	struct buf dir;	 /* packed entries of the directory */
	uint32_t entries, payloads;
	uint64_t at;	       /* bytes so far, those of head included */
	uint64_t left;	       /* of the chunk being written */
	struct snap_chunk now; /* that chunk */
	char *column;	       /* its name */
	uint64_t off;	       /* its first byte */
	bool open;
};

/* ---- open ---------------------------------------------------------------- */

/* The magic, the header with the members that every kind has, and the body. */
static void pack_head(struct buf *b, const char *kind, uint32_t nheader, const struct buf *header,
	const struct buf *body)
{
	buf_add(b, "\xdd\0\0\0\0\xa8" SNAP_MAGIC, SNAP_HEADER_AT);
	mp_map(b, nheader + 4);
	mp_kuint(b, "v", SNAP_FORMAT);
	mp_kstr(b, "kind", kind);
	mp_kstr(b, "tool", "datalchemy " DATALCHEMY_VERSION);
	mp_str(b, "endian");
	mp_bin(b, "\4\3\2\1", 4);
	if (nheader > 0)
		buf_add(b, header->p, header->n);
	if (body == NULL || body->n == 0)
		mp_nil(b);
	else
		buf_add(b, body->p, body->n);
}

struct snapw *snapw_open(const char *path, const char *kind, uint32_t nheader,
	const struct buf *header, const struct buf *body, struct err *e)
{
	return snapw_on(outfile_open(path, e), kind, nheader, header, body, e);
}

struct snapw *snapw_on(struct outfile *f, const char *kind, uint32_t nheader,
	const struct buf *header, const struct buf *body, struct err *e)
{
	size_t size = (sizeof(struct snapw) + 63) / 64 * 64;
	struct snapw *w;

	if (f == NULL)
		return NULL;
	if ((w = aligned_alloc(64, size)) == NULL) {
		outfile_abort(f);
		err_nomem(e);
		return NULL;
	}
	memset(w, 0, sizeof(*w));
	w->f = f;
	pack_head(&w->head, kind, nheader, header, body);
	w->at = w->head.n;
	if (!buf_ok(&w->head) || (nheader > 0 && !buf_ok(header)) ||
		(body != NULL && !buf_ok(body))) {
		err_nomem(e);
		snapw_abort(w);
		return NULL;
	}
	return w;
}

static void free_all(struct snapw *w)
{
	buf_free(&w->head);
	buf_free(&w->dir);
	free(w->column);
	free(w);
}

void snapw_abort(struct snapw *w)
{
	if (w == NULL)
		return;
	outfile_abort(w->f);
	free_all(w);
}

/* ---- chunks -------------------------------------------------------------- */

/* What the directory says of the chunk just written, in a fixed order. */
static void pack_entry(struct snapw *w, uint64_t xxh)
{
	const struct snap_chunk *c = &w->now;
	struct buf *b = &w->dir;
	bool payload = c->enc != SNAP_AFFINE, dec = c->type == VT_DEC;
	XXH64_canonical_t canon;

	mp_map(b, 6u + dec + (payload ? 3 : 2) + (c->enc == SNAP_PACKED) + (c->has_range ? 2 : 0));
	mp_kstr(b, "col", w->column);
	mp_kstr(b, "type", vtype_name(c->type));
	if (dec)
		mp_kuint(b, "scale", c->scale);
	mp_kstr(b, "enc", snap_enc_names[c->enc]);
	mp_kuint(b, "row0", c->row0);
	mp_kuint(b, "rows", c->rows);
	mp_kuint(b, "nulls", c->nulls);
	if (c->has_range) {
		mp_kint(b, "min", c->min);
		mp_kint(b, "max", c->max);
	}
	if (!payload) {
		mp_kint(b, "start", c->start);
		mp_kint(b, "step", c->step);
		return;
	}
	if (c->enc == SNAP_PACKED)
		mp_kuint(b, "width", c->width);
	mp_kuint(b, "off", w->off);
	mp_kuint(b, "len", c->len);
	mp_str(b, "xxh");
	XXH64_canonicalFromHash(&canon, xxh);
	mp_bin(b, canon.digest, sizeof(canon.digest));
}

/* Writes bytes, or keeps them if they come before the first payload. */
static int put(struct snapw *w, const void *p, size_t n, struct err *e)
{
	w->at += n;
	if (w->payloads == 0) {
		buf_add(&w->head, p, n);
		return buf_ok(&w->head) ? 0 : err_nomem(e);
	}
	return outfile_write(w->f, p, n, e);
}

/*
 * Pads to the alignment that the payload needs, with a filler that is valid
 * msgpack.
 */
int snapw_chunk_begin(struct snapw *w, const struct snap_chunk *c, struct err *e)
{
	uint8_t fill[SNAP_ALIGN + SNAP_BIN_HEAD];

	assert(!w->open);
	if (c->len > UINT32_MAX)
		return err_set(e, ERR_INPUT, "%s: column %s: a chunk of %llu bytes is over 4 GiB",
			outfile_path(w->f), c->column, (unsigned long long)c->len);
	free(w->column);
	if ((w->column = strdup(c->column)) == NULL)
		return err_nomem(e);
	w->now = *c;
	w->left = c->enc == SNAP_AFFINE ? 0 : c->len;
	w->open = true;
	XXH3_64bits_reset(&w->hash);
	if (c->enc == SNAP_AFFINE)
		return 0;
	if (put(w, fill, snap_filler(fill, snap_gap(w->at), c->len), e) == -1)
		return -1;
	if (w->payloads++ == 0 && outfile_write(w->f, w->head.p, w->head.n, e) == -1)
		return -1;
	w->off = w->at;
	return 0;
}

int snapw_chunk_write(struct snapw *w, const void *p, size_t n, struct err *e)
{
	assert(w->open && n <= w->left);
	w->left -= n;
	XXH3_64bits_update(&w->hash, p, n);
	return put(w, p, n, e);
}

int snapw_chunk_end(struct snapw *w, struct err *e)
{
	assert(w->open && w->left == 0);
	w->open = false;
	w->entries++;
	pack_entry(w, XXH3_64bits_digest(&w->hash));
	return buf_ok(&w->dir) ? 0 : err_nomem(e);
}

int snapw_chunk(struct snapw *w, const struct snap_chunk *c, struct err *e)
{
	if (snapw_chunk_begin(w, c, e) == -1 ||
		(c->enc != SNAP_AFFINE && snapw_chunk_write(w, c->p, c->len, e) == -1))
		return -1;
	return snapw_chunk_end(w, e);
}

/* ---- commit -------------------------------------------------------------- */

/* The element count, in the bytes that are still at hand. */
static void set_count(struct snapw *w)
{
	uint32_t n = SNAP_FIXED + 2 * w->payloads;

	for (int i = 0; i < 4; i++)
		w->head.p[SNAP_COUNT_AT + i] = (char)(n >> (24 - 8 * i));
}

/* The directory's end and the digests. */
static int put_footer(struct snapw *w, uint64_t rows, struct err *e)
{
	uint8_t tail[SNAP_TAIL] = {0xc4, SNAP_TAIL - 2};
	XXH64_canonical_t canon;
	struct buf b = BUF_INIT;
	int rc = -1;

	mp_map(&b, 3);
	mp_kuint(&b, "rows", rows);
	mp_str(&b, "head");
	XXH64_canonicalFromHash(&canon, XXH3_64bits(w->head.p, w->head.n));
	mp_bin(&b, canon.digest, sizeof(canon.digest));
	mp_str(&b, "chunks");
	mp_array(&b, w->entries);
	buf_add(&b, w->dir.p, w->dir.n);
	if (!buf_ok(&b)) {
		err_nomem(e);
		goto out;
	}
	snap_put64(tail + SNAP_TAIL_OFF, w->at);
	snap_put64(tail + SNAP_TAIL_LEN, b.n);
	XXH64_canonicalFromHash(&canon, XXH3_64bits(b.p, b.n));
	memcpy(tail + SNAP_TAIL_XXH, canon.digest, sizeof(canon.digest));
	memcpy(tail + SNAP_TAIL_MAGIC, SNAP_END_MAGIC, 8);
	if (outfile_write(w->f, b.p, b.n, e) == 0)
		rc = outfile_write(w->f, tail, sizeof(tail), e);
out:
	buf_free(&b);
	return rc;
}

/*
 * Consumes ${w}, also when it fails; ${hex} is the digest of the file, if it is
 * wanted.
 */
int snapw_commit(struct snapw *w, uint64_t rows, char *hex, struct err *e)
{
	bool document = w->payloads == 0; /* then nothing is written yet */
	int rc = -1;

	assert(!w->open);
	set_count(w);
	if (document && outfile_write(w->f, w->head.p, w->head.n, e) == -1)
		goto out;
	if (put_footer(w, rows, e) == -1)
		goto out;
	if (!document && outfile_patch(w->f, SNAP_COUNT_AT, w->head.p + SNAP_COUNT_AT, 4, e) == -1)
		goto out;
	if (hex != NULL)
		outfile_digest(w->f, hex);
	rc = outfile_commit(w->f, e);
	w->f = NULL;
out:
	outfile_abort(w->f);
	free_all(w);
	return rc;
}
