/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_SHAPE_H
#define COMMON_GEN_SHAPE_H

#include "common/generators/gen_kit.h"
#include "common/generators/gen_quantile.h"

/*
 * gen_shape: numbers of a distribution.  They are whole numbers of units: of a decimal or a float,
 * 10^-decimals.
 */

enum { SHAPE_ENDINGS = 16, SHAPE_FRACTION = 16 /* bits of a unit's fraction */ };

struct shape_state {
	struct gen_draw draw;
	/** raw(s, p): the value that a share p / 2^64 of all is below, in units; it never falls. */
	int64_t (*raw)(const struct shape_state *s, uint64_t p);
	int64_t middle; /* normal: the median; lognormal: in 2^-16 units */
	int64_t spread; /* normal: a standard deviation, in 2^-16 units; lognormal: the logarithm of
			   what it is a factor of, in 2^-32; geometric and zipf: see there */
	int64_t pow;	/* units of 1 */
	int64_t step, rem; /* values are rem modulo step */
	int64_t lo, hi;
	uint64_t first;		/* index of the least value */
	const int64_t *set;	/* the values that checks list, ascending; NULL: any */
	const int64_t *not_set; /* and those that they exclude */
	uint32_t nset, nnot;
	int64_t ending[SHAPE_ENDINGS]; /* what follows the whole part, in units */
	uint32_t nendings;
};

/** shape_at(s, idx): the value of an index, from the first one on. */
int64_t shape_at(const struct shape_state *s, uint64_t idx);

/** shape_cut(s, space): leave out what is not within lo and hi: the first index and how many there
 *  are; false where that is none. */
bool shape_cut(struct shape_state *s, uint64_t *space);

/** shape_*(s, p): what raw() is of each shape. */
int64_t shape_normal(const struct shape_state *s, uint64_t p);
int64_t shape_lognormal(const struct shape_state *s, uint64_t p);
int64_t shape_geometric(const struct shape_state *s, uint64_t p);
int64_t shape_zipf(const struct shape_state *s, uint64_t p);
int64_t shape_uniform(const struct shape_state *s, uint64_t p);

#endif
