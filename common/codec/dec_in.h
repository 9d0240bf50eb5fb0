/* SPDX-License-Identifier: MIT */
#ifndef COMMON_DEC_IN_H
#define COMMON_DEC_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

/*
 * dec_in: the bytes of the shards of a table, one after another, behind one window
 * that slides and grows; and the pieces a record is cut into.
 */
struct zior;

struct dec_in {
	const char *const *paths;
	uint32_t npaths, next; /* the file to open when this one ends */
	struct zior *file;
	char *p;		/* window: bytes [start, end) are unread */
	size_t start, end, cap; /* cap: memory at p */
	bool eof;		/* the current file has given all */
};

void dec_in_init(struct dec_in *in, const char *const *paths, uint32_t npaths);

/** dec_in_fill(in, e): more bytes of the current file behind those unread: 1 got some, 0 it has
 *  ended (eof), -1 error.  ${in->p} may move.  A window of DEC_MAX_ROW bytes does not grow: 2. */
int dec_in_fill(struct dec_in *in, struct err *e);

/** dec_in_next(in, e): drop what is unread and open the next file: 1, 0 no more, -1. */
int dec_in_next(struct dec_in *in, struct err *e);

void dec_in_close(struct dec_in *in);

/* One field: bytes in the window. */
struct dec_field {
	char *p;
	size_t n;
	bool null;
	bool escaped; /* to be unescaped once the record is whole */
	bool missing; /* JSON: the object has no such member */
};

struct dec_record {
	struct dec_field *f;
	uint32_t n;   /* fields found; may exceed cap, those are not kept */
	uint32_t cap; /* fields there is room for */
};

enum dec_split {
	DEC_GOT,   /* a record; ${used} bytes are its */
	DEC_SKIP,  /* nothing to keep: ${used} bytes are a marker */
	DEC_MORE,  /* the window ends within the record */
	DEC_WRONG, /* a record that cannot be cut; ${used} bytes end it */
	DEC_BROKEN /* and nothing after it can be found either */
};

/*
 * A splitter cuts the record that begins at ${p}.  ${eof}: no byte follows the ${n} there.
 * n > 0.  Fields are unescaped in place, only when the record is whole.
 */
struct pg_table;

struct dec_cut {
	char *p;
	size_t n;
	bool eof;
	bool first;		      /* nothing was read yet: a signature may stand here */
	const struct pg_table *table; /* JSON: members are its columns */
	size_t used;
};

enum dec_split dec_csv_split(struct dec_cut *c, struct dec_record *r);
enum dec_split dec_text_split(struct dec_cut *c, struct dec_record *r);
enum dec_split dec_binary_split(struct dec_cut *c, struct dec_record *r);
enum dec_split dec_jsonl_split(struct dec_cut *c, struct dec_record *r);

/** dec_json_valid(p, n): whether the bytes are one JSON value (RFC 8259), of depth at most 200. */
bool dec_json_valid(const char *p, size_t n);

#endif
