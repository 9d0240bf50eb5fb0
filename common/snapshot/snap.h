/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SNAP_H
#define COMMON_SNAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <msgpack.h>

#include "common/base/arena.h"
#include "common/base/host.h" /* payloads are used in place */
#include "common/base/str.h"
#include "common/base/vec.h"

/*
 * snap: the envelope of every msgpack artefact.  The bytes are in
 * common/FORMATS: one msgpack array of magic, header map, body, then filler and
 * column chunk in turn, the footer map (the directory of chunks), and a tail of
 * fixed size.  Any msgpack library reads it; we use it in place through mmap.
 *
 * A document (schema, plan) is a body and no chunks.  A key snapshot is chunks
 * and a nil body.
 */

struct err;
struct file_memo;

enum snap_check {
	SNAP_HEAD,   /* magic, version, tail: for a peek at the header */
	SNAP_DIR,    /* and the footer, every offset and length */
	SNAP_VALUES, /* and every value, which its type has: before any value is used */
	SNAP_FULL,   /* and the digest of every byte */
};

enum snap_enc {
	SNAP_AFFINE,  /* start + step * row: no payload */
	SNAP_PACKED,  /* fixed width, little-endian */
	SNAP_DICT,    /* u32 codes into the values of another chunk of the same column */
	SNAP_OFFSETS, /* u64 offsets, rows + 1 of them, into a chunk SNAP_BYTES */
	SNAP_BYTES,
	SNAP_NULLS, /* validity bitmap, bit i of byte i/8 set: NULL */
};

/* ---- writing ------------------------------------------------------------- */

struct snapw;

/**
 * snapw_open(path, kind, header, body, e):
 * Start ${path}.  ${kind} is "schema", "plan", "keys".  ${header} holds the
 * entries of the header map after the fixed ones, packed as ${nheader} key and
 * value pairs; it names digests of inputs, never a time, host, pid or path.
 * ${body} is one packed value, or empty for nil.
 */
struct snapw *snapw_open(const char *path, const char *kind, uint32_t nheader,
	const struct buf *header, const struct buf *body, struct err *e);

/** snapw_on(f, ...): the same in a file that is open; NULL is accepted.  Consumes ${f}, also on
 *  failure. */
struct outfile;
struct snapw *snapw_on(struct outfile *f, const char *kind, uint32_t nheader,
	const struct buf *header, const struct buf *body, struct err *e);

/* What a chunk is; all of it goes to the directory. */
struct snap_chunk {
	const char *column; /* name, NUL-terminated */
	enum vtype type;
	uint8_t scale; /* of VT_DEC */
	enum snap_enc enc;
	uint64_t row0; /* first row of the row group, counted in this file */
	uint64_t rows;
	uint32_t width;	     /* bytes of a SNAP_PACKED value */
	int64_t start, step; /* SNAP_AFFINE */
	int64_t min, max;    /* of ordinal types, when has_range */
	bool has_range;
	uint64_t nulls;
	const uint8_t *p; /* payload; reading: into the mapping */
	uint64_t len;
};

/** snapw_chunk(w, c, e): append one chunk; len < 4 GiB. */
int snapw_chunk(struct snapw *w, const struct snap_chunk *c, struct err *e);

/** a chunk in pieces, for what is larger than memory should hold: len is known first */
int snapw_chunk_begin(struct snapw *w, const struct snap_chunk *c, struct err *e);
int snapw_chunk_write(struct snapw *w, const void *p, size_t n, struct err *e);
int snapw_chunk_end(struct snapw *w, struct err *e);

/** snapw_commit(w, rows, hex, e): footer, tail, rename.  Consumes ${w}.
 *  ${hex} (33 bytes, or NULL) receives the XXH3-128 of the whole file. */
int snapw_commit(struct snapw *w, uint64_t rows, char *hex, struct err *e);
void snapw_abort(struct snapw *w);

/* ---- reading ------------------------------------------------------------- */

/* The chunks of a column that begin at one row, by what they are. */
struct snap_group {
	uint64_t row0, rows;
	const struct snap_chunk *part[SNAP_NULLS + 1]; /* by enum snap_enc; NULL: it has none */
};

/* A column put together, and what its values are like. */
struct snap_column {
	const char *name;
	enum vtype type;
	uint8_t scale;		  /* of VT_DEC */
	struct snap_group *group; /* in the order of the file */
	size_t ngroup;
	uint64_t nulls;
	bool any; /* least and most are known: ordinal types with a value that is not NULL */
	int64_t least, most;
	uint64_t longest; /* bytes of the longest text, or more where that one is NULL */
};

struct snap {
	const char *path;
	const char *kind;
	msgpack_object header; /* a map */
	msgpack_object body;   /* nil, or the document */
	uint64_t rows;
	char root[17]; /* XXH3-64 of the footer, which holds the digests of all the rest */
	const struct snap_chunk *chunk; /* in file order */
	size_t nchunk;
	struct snap_column *col; /* from SNAP_VALUES on, in the order they first appear */
	size_t ncol;
	struct snap_priv *priv;
};

/**
 * snap_open(s, path, kind, check, e):
 * Map and verify.  A file that is not a snapshot, is of another kind (NULL: any),
 * is cut short, or is damaged in what ${check} covers is an error that names the
 * file and the field.
 *
 * SNAP_HEAD leaves body nil, rows 0 and chunk empty.  SNAP_DIR covers every byte but
 * those of payloads; a payload's length agrees with its encoding and its rows.  Both cost
 * O(header + body + chunks).  A payload may still hold anything then, so that nobody may
 * use one: SNAP_VALUES fills col, and every value in it is one of its type: a number in
 * the type's range, a text that is UTF-8 within its bytes, a code below the number of its
 * values.  NULLs are left out: what stands in the place of one may be anything.  It reads
 * every byte once, as SNAP_FULL does, at about the speed of memory.
 */
int snap_open(
	struct snap *s, const char *path, const char *kind, enum snap_check check, struct err *e);
void snap_close(struct snap *s);

/**
 * snap_open_once(s, path, kind, check, seen, e):
 * The same; but values of a file that ${seen} knows are not looked at again, neither by this
 * process nor by those that it forks.  What was found out of them then, s->col has.  A file that
 * changed since then is looked at.
 */
int snap_open_once(struct snap *s, const char *path, const char *kind, enum snap_check check,
	struct file_memo *seen, struct err *e);

/** snap_prefetch(s, c): map the pages of a chunk that is about to be read at random. */
void snap_prefetch(const struct snap *s, const struct snap_chunk *c);

/** snap_body_digest(s, hex): SHA-256 of the packed body, 64 hex digits and NUL. */
int snap_body_digest(const struct snap *s, char hex[65], struct err *e);

#endif
