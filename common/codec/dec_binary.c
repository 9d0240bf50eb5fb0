/* SPDX-License-Identifier: MIT */
/*
 * Splitting COPY BINARY ("Binary Format" in PostgreSQL's documentation of COPY):
 *	11	signature			\ of the first shard, or of each
 *	4	flags				|
 *	4 + n	header extension		/
 *	2	fields of the row, or -1: the end
 *	4 + n	each field: its length, -1 NULL, and that many bytes
 */
#include "common/codec/dec_in.h"

#include <string.h>

#include "common/base/host.h"
#include "common/codec/dec.h"

static const char signature[] = "PGCOPY\n\377\r\n"; /* and its NUL */

enum { SIGNATURE = sizeof(signature), HEADER = SIGNATURE + 8 };

/* A 32-bit integer, most significant byte first. */
static uint32_t be32(const char *p)
{
	uint32_t u;

	memcpy(&u, p, 4);
	return __builtin_bswap32(u);
}

/* More bytes are needed; at the end of the file the record is incomplete. */
static enum dec_split more(const struct dec_cut *c)
{
	return c->eof ? DEC_BROKEN : DEC_MORE;
}

/* Steps over the signature, the flags and the header extension. */
static enum dec_split header(struct dec_cut *c)
{
	uint32_t extension;

	if (c->n < HEADER)
		return more(c);
	extension = be32(c->p + SIGNATURE + 4);
	if (memcmp(c->p, signature, SIGNATURE) != 0 || extension > DEC_MAX_ROW)
		return DEC_BROKEN;
	if (c->n - HEADER < extension)
		return more(c);
	c->used = HEADER + extension;
	return DEC_SKIP;
}

/* Cuts one row; fields point into the window, and NULL has a length of -1. */
enum dec_split dec_binary_split(struct dec_cut *c, struct dec_record *r)
{
	size_t at = 2;
	uint32_t fields;

	r->n = 0;
	if (c->p[0] == 'P') /* no row has 0x50.. fields */
		return header(c);
	if (c->first)
		return DEC_BROKEN;
	if (c->n < 2)
		return more(c);
	fields = (uint32_t)(uint8_t)c->p[0] << 8 | (uint8_t)c->p[1];
	c->used = 2;
	if (fields == 0xffff)
		return DEC_SKIP;
	if (fields > 1664) /* MaxTupleAttributeNumber */
		return DEC_BROKEN;
	for (r->n = 0; r->n < fields; r->n++) {
		struct dec_field f = {.p = c->p};
		uint32_t len;

		if (c->n - at < 4)
			return more(c);
		len = be32(c->p + at);
		at += 4;
		if (len == UINT32_MAX) {
			f.null = true;
		} else if (len > DEC_MAX_ROW) {
			return DEC_BROKEN;
		} else if (c->n - at < len) {
			return more(c);
		} else {
			f.p = c->p + at;
			f.n = len;
			at += len;
		}
		if (r->n < r->cap)
			r->f[r->n] = f;
	}
	c->used = at;
	return DEC_GOT;
}
