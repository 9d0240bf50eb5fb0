/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SAMPLE_SET_H
#define COMMON_SAMPLE_SET_H

#include "common/program/compile_equation.h"
#include "common/program/compile_written.h"

/*
 * compile_pool: columns tied by checks that narrowing does not turn into ranges: which column is
 * NULL, what a kind allows, a sum, a remainder.  Drawn apart they would fail row after row.
 * So, once, before any row is made, combinations are drawn and held against the checks, and
 * the rows draw among those that passed: a row costs no attempt.  Of a column that is only
 * asked whether it is NULL a combination decides that alone: its value is drawn as ever.
 * What compile_choice takes apart into ways is not of these.
 *
 * Combinations are first drawn as the columns are, so that they look as they would; only if
 * next to none passes are values tried that the constants of the checks suggest.
 */

enum { POOL_MOST = 2048, POOL_COLUMNS = 24, POOL_CHECKS = 48 };

/* A column of a group. */
struct sample_column {
	uint32_t column;
	const struct gen_column *gc;
	bool fixed_null, null_only, transformed;
	bool computed;	  /* by an equation, from others of the group: it has no value of its own */
	bool as_text;	  /* a number whose text a check reads */
	bool known;	  /* of a block being sampled: its values are there */
	struct vec v;	  /* a block of samples */
	struct vec w;	  /* and what the column's transforms make of them */
	struct vec *kept; /* of v, what passed, VEC_BLOCK a vector */
	struct vec *written; /* of w, the same */
};

/* The columns that some checks tie together. */
struct sample_group {
	struct sample_column col[POOL_COLUMNS];
	uint32_t ncols;
	struct sql_expr *check[POOL_CHECKS];
	int of[POOL_CHECKS];	      /* the column a domain's check is of, or -1 */
	uint64_t failed[POOL_CHECKS]; /* samples that did not pass it */
	uint32_t nchecks;
	uint64_t key;
	uint64_t tried; /* samples */
	uint32_t n;	/* passed, and kept */
	bool natural;	/* next to all pass as they are drawn: none are kept */
};

/** sample_column_in(g, c): the group's entry of a column, or NULL. */
static inline struct sample_column *sample_column_in(struct sample_group *g, uint32_t c)
{
	for (uint32_t i = 0; i < g->ncols; i++)
		if (g->col[i].column == c)
			return &g->col[i];
	return NULL;
}

/** pool_seen(p): the samples of a column, as checks see them. */
static inline const struct vec *pool_seen(const struct sample_column *p)
{
	return p->transformed ? &p->w : &p->v;
}

/** sample_probe(k, g, key, a, v): change some samples of a block to what the checks' constants
 *  suggest, or to what they say a column is; ${v} are the samples as the checks see them,
 * v[column]. */
int sample_probe(const struct compiler *k, struct sample_group *g, uint64_t key,
	const struct vec **v, struct arena *a);

/** pool_columns(g, v): what the samples are to the checks: v[column]. */
void pool_columns(const struct sample_group *g, const struct vec **v);

/** pool_sample(k, g, key, more, h): a block of samples: as the columns are drawn without any check;
 *  with ${more}, NULL as often as not. */
void pool_sample(const struct compiler *k, struct sample_group *g, uint64_t key, bool more,
	struct gen_heap *h);

/** pool_compute(k, g, key, h): the columns that equations say the value of, from the samples of the
 *  others.  Out of memory: h->nomem. */
void pool_compute(
	const struct compiler *k, struct sample_group *g, uint64_t key, struct gen_heap *h);

/** pool_hold(g, v, pass, tmp, e): pass[i]: sample ${i} meets every check of the group. */
int pool_hold(struct sample_group *g, const struct vec *const *v, uint8_t *pass, struct arena *tmp,
	struct err *e);

/** pool_apply(k, g): have the group's columns draw from the combinations that were kept. */
int pool_apply(struct compiler *k, const struct sample_group *g);

#endif
