/* SPDX-License-Identifier: MIT */
#ifndef COMMON_VEC_H
#define COMMON_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/base/arena.h"

/*
 * vec: one column of one block of rows.  Values are typed to the end; decimals
 * and dates never pass through floating point.
 *
 * Everything that is a number on a line is an int64_t in v.i:
 *	VT_BOOL		0 or 1
 *	VT_INT		smallint, integer, bigint
 *	VT_DEC		numeric of at most 18 digits: value * 10^scale
 *	VT_DATE		days since 2000-01-01; INT32_MIN and INT32_MAX are the infinities
 *	VT_TIME		microseconds since midnight, 0..86400000000
 *	VT_TS		timestamp: microseconds since 2000-01-01 00:00:00
 *	VT_TSTZ		timestamptz: the same, UTC; INT64_MIN and INT64_MAX are the infinities
 *	VT_ENUM		index of the label in declaration order, from 0
 * (the epoch and the infinities are PostgreSQL's own).  The others:
 *	VT_F64		v.f	real and double precision
 *	VT_UUID		v.u	16 bytes in text order
 *	VT_TEXT		v.t	UTF-8 text (text, varchar, char, name, citext)
 *	VT_BYTES	v.t	bytea, the bytes themselves
 *	VT_RAW		v.t	any other type, as the text its input function takes; and numeric of
 *				more than 18 digits (pg_widen)
 */
enum vtype {
	VT_BOOL,
	VT_INT,
	VT_DEC,
	VT_DATE,
	VT_TIME,
	VT_TS,
	VT_TSTZ,
	VT_ENUM,
	VT_F64,
	VT_UUID,
	VT_TEXT,
	VT_BYTES,
	VT_RAW,
	VT_COUNT
};

enum { VEC_BLOCK = 1024 }; /* rows of a block */

struct vtext {
	const char *p; /* lives as long as the vector's heap, or is static */
	size_t n;
};

/*
 * What may be known of all texts of a column, a mask.
 *	TEXT_ROOMY	TEXT_ROOM bytes may be read from where each begins, whatever its length
 *	TEXT_BARE	none is empty, and none has a byte that a format quotes or escapes
 */
enum { TEXT_ROOMY = 1, TEXT_BARE = 2 };
enum { TEXT_ROOM = 32 };

/** vtext_is_bare(t): whether this text is one of TEXT_BARE. */
bool vtext_is_bare(const struct vtext *t);

/** vtext_compare(x, y): below 0, 0 or above 0 as ${x} comes before ${y}: by bytes, a prefix first.
 */
static inline int vtext_compare(const struct vtext *x, const struct vtext *y)
{
	int d = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return d != 0 ? d : (x->n > y->n) - (x->n < y->n);
}

struct uuid {
	uint8_t b[16];
};

struct vec {
	enum vtype type;
	uint8_t scale; /* of VT_DEC, 0..18 */
	bool has_null; /* null[] is meaningful; false: no NULL in the block */
	uint32_t n;    /* rows, at most VEC_BLOCK */
	uint8_t *null; /* [VEC_BLOCK], 1 where the value is NULL */
	union {
		int64_t *i;
		double *f;
		struct uuid *u;
		struct vtext *t;
	} v; /* [VEC_BLOCK] */
};

/** vec_is_ordinal(t): whether values of the type live in v.i. */
static inline bool vec_is_ordinal(enum vtype t)
{
	return t <= VT_ENUM;
}

/** vec_init(v, type, a): a vector of VEC_BLOCK rows in arena ${a}; false when memory is out. */
bool vec_init(struct vec *v, enum vtype type, struct arena *a);

/** vec_is_null(v, i): whether row ${i} is NULL. */
static inline bool vec_is_null(const struct vec *v, uint32_t i)
{
	return v->has_null && v->null[i] != 0;
}

/** vec_set_null(v, i): make row ${i} NULL. */
void vec_set_null(struct vec *v, uint32_t i);

/** vec_take(to, i, from, j): row ${i} of ${to} becomes row ${j} of ${from}, a vector of its type. A
 *  text stays where it is.  vec_keep(to, i, from, j, a): the same, a text being copied into ${a};
 *  false when memory is out. */
void vec_take(struct vec *to, uint32_t i, const struct vec *from, uint32_t j);
bool vec_keep(struct vec *to, uint32_t i, const struct vec *from, uint32_t j, struct arena *a);

/** vtype_name(t): "int", "date" ...: the name used in snapshots and messages. */
const char *vtype_name(enum vtype t);

#endif
