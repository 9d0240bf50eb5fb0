/* SPDX-License-Identifier: MIT */
#ifndef EVAL_PROFILE_INT_H
#define EVAL_PROFILE_INT_H

#include "common/schema/schema.h"
#include "stages/eval/audit.h"
#include "stages/eval/pairs.h"
#include "stages/eval/profile.h"

/*
 * profile_int: what a column collects while its table is read (profile_column), and what
 * is made of it when all rows were seen (profile_spread).
 */

struct profile_work {
	struct pg_base base;
	enum vtype type;
	uint8_t scale;
	const struct pairs *pairs; /* texts are judged by them; NULL: not */
	struct sketch sketch;
	const struct audit_key *unique; /* alone it makes rows distinct, and tells better than the
					   sketch, which is then empty; or NULL */
	int64_t low, high;		/* low > high: no value yet */
	double flow, fhigh;
	struct profile_value few[PROFILE_FEW]; /* the first distinct values */
	uint32_t nfew;			       /* PROFILE_FEW + 1: there are more */
	char (*text)[PROFILE_TEXT];	       /* [PROFILE_FEW] */
	/* the sample, [cap]: of each value its hash, and its number: lengths of texts, the bits of
	 * a double */
	uint64_t *hash;
	int64_t *number;
	uint32_t n, cap;
};

/** profile_see(c, v, b, stride, e): the values of a column in a block. */
int profile_see(struct profile_column *c, const struct vec *v, const struct dec_block *b,
	uint64_t stride, struct err *e);

/** profile_text(v, i, base, to): a value as it is kept: at most PROFILE_TEXT bytes of its text, cut
 *  between characters, in ${to}; its length. */
uint32_t profile_text(
	const struct vec *v, uint32_t i, struct pg_base base, char to[static PROFILE_TEXT]);

/** profile_roles(u, t, e): what the plan says of guesses, into the columns' roles. */
int profile_roles(struct audit *u, const struct audit_table *t, struct err *e);

/** profile_spread(c, a, e): range, bars, few values and median, from what was collected. */
int profile_spread(struct profile_column *c, struct arena *a, struct err *e);

#endif
