/* SPDX-License-Identifier: MIT */
#ifndef COMMON_ENC_H
#define COMMON_ENC_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/base/vec.h"
#include "common/keys/dataset.h"
#include "common/schema/schema.h"

/*
 * enc: rows to bytes.  Four formats; the header belongs before the first row of a
 * table and the trailer after its last, so the parts of a table made apart are
 * concatenated into the bytes of one.
 *
 *	csv	"," and '"', LF, a header line; NULL is an empty field, the empty text
 *		is ""; timestamps have a T, and +00:00 where the type has a zone
 *	text	COPY text: tabs, \N
 *	binary	COPY binary
 *	jsonl	one object a line; json's own null and NULL are both null there
 *	sql	an INSERT statement a row: what a block has does not depend on the blocks around it
 */

struct err;

struct enc_column {
	const char *name;
	uint32_t vec; /* which of the vectors given to enc_rows() */
	enum vtype type;
	uint8_t scale;
	unsigned texts;	     /* what is known of them: TEXT_ROOMY, TEXT_BARE */
	struct pg_base base; /* of the column in PostgreSQL */
};

struct enc;

/**
 * enc_open(x, f, cols, n, a, e):
 * An encoder of these columns, in this order.  A type without a form in ${f} is
 * refused by name (ERR_NO).
 */
int enc_open(struct enc **x, enum data_format f, const struct enc_column *cols, uint32_t n,
	struct arena *a, struct err *e);

/** enc_into(x, t, a, e): for sql: the rows are those of ${t}, which the columns are of.  To be
 * called before the first row. */
int enc_into(struct enc *x, const struct pg_table *t, struct arena *a, struct err *e);

/**
 * enc_format(t, f): the format that the rows of ${t} are written in when ${f} is asked for: text
 * instead of binary where a column is of a type that has no binary form here.
 */
enum data_format enc_format(const struct pg_table *t, enum data_format f);

void enc_header(const struct enc *x, struct buf *b);
void enc_trailer(const struct enc *x, struct buf *b);

/** enc_rows(x, vecs, n, b): append rows [0, n) of the vectors. */
void enc_rows(struct enc *x, const struct vec *const *vecs, uint32_t n, struct buf *b);

#endif
