/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SAMPLE_SET_H
#define COMMON_SAMPLE_SET_H

#include "common/program/compile.h"

/*
 * bind_pool: columns tied by checks that narrowing does not turn into ranges: which column is
 * NULL, what a kind allows, a sum, a remainder.  Drawn apart they would fail row after row.
 * So, once, before any row is made, combinations are drawn and held against the checks, and
 * the rows draw among those that passed: a row costs no attempt.  Of a column that is only
 * asked whether it is NULL a combination decides that alone: its value is drawn as ever.
 * What bind_choice takes apart into ways is not of these.
 *
 * Combinations are first drawn as the columns are, so that they look as they would; only if
 * next to none passes are values tried that the constants of the checks suggest.
 */

enum { POOL_MOST = 2048, POOL_COLUMNS = 24, POOL_CHECKS = 48 };

/* A column of a group. */
struct pool_column {
	uint32_t column;
	bool fixed_null, null_only;
	struct vec v;	  /* a block of samples */
	struct vec *kept; /* what passed, VEC_BLOCK a vector */
};

/* The columns that some checks tie together. */
struct pool_group {
	struct pool_column col[POOL_COLUMNS];
	uint32_t ncols;
	struct sql_expr *check[POOL_CHECKS];
	int of[POOL_CHECKS]; /* the column a domain's check is of, or -1 */
	uint32_t nchecks;
	uint64_t key;
	uint32_t n; /* passed */
};

/** pool_column_in(g, c): the group's entry of a column, or NULL. */
struct pool_column *pool_column_in(struct pool_group *g, uint32_t c);

/** pool_columns(g, v): what the samples are to the checks: v[column]. */
void pool_columns(const struct pool_group *g, const struct vec **v);

/** pool_probe(k, g, key, a, v): change some samples of a block to what the checks' constants
 *  suggest, or to what they say a column is; ${v} as pool_columns() fills it. */
int pool_probe(const struct binder *k, struct pool_group *g, uint64_t key, const struct vec **v,
	struct arena *a);

#endif
