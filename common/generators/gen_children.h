/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_CHILDREN_H
#define COMMON_GEN_CHILDREN_H

#include "common/generators/gen.h"

/*
 * gen_children: derive.children: a column of a parent that is an aggregate of the rows which
 * refer to it.  Here is what it means; whose rows they are is for slice_children.c, and making
 * them for the engine.
 *
 * As SQL has it, NULLs are left out, and so are rows of which `where` is not true.  A parent
 * of which nothing is left has ${empty}: 0 for a sum and a count, else NULL, unless the plan
 * says another constant.  Sums are exact.  Values become the column's as an INSERT makes them;
 * an average is rounded to the column's decimals.
 */

struct err;

extern const struct gen_op gen_children_ops[];

enum children_aggregate { CHILDREN_SUM, CHILDREN_COUNT, CHILDREN_MIN, CHILDREN_MAX, CHILDREN_AVG };

/* gen.state of a generator whose op folds */
struct gen_children {
	const struct pg_table *child;
	uint32_t con; /* in child->cons: the foreign key to the column's table */
	enum children_aggregate aggregate;
	struct sql_expr *x;	       /* over the child's columns; NULL: every row counts */
	int bare;		       /* the child's column that is all of it, or -1 */
	bool filtered;		       /* by a where */
	struct sql_expr *result;       /* what a sum or a number of values makes of the column */
	const struct pg_table *totals; /* whose columns it is over, as follows */
	bool not_null;
	bool empty_null; /* what a parent without values has ... */
	union {
		int64_t i;
		double f;
	} empty; /* ... in the units of the column's vector */
};

enum { CHILDREN_TOTAL, CHILDREN_NUMBER, CHILDREN_COLUMNS };

/** gen_children_extreme(x): the aggregate is one of the values. */
static inline bool gen_children_extreme(const struct gen_children *x)
{
	return x->aggregate == CHILDREN_MIN || x->aggregate == CHILDREN_MAX;
}

/** gen_children_of(g): of a generator that folds, else NULL. */
static inline const struct gen_children *gen_children_of(const struct gen *g)
{
	return g->op != NULL && g->op->aggregates ? g->state : NULL;
}

/* What the rows aggregated so far come to, by row of the parents' block. */
struct children_sums {
	__int128 sum[VEC_BLOCK];
	uint64_t n[VEC_BLOCK]; /* values */
	union {
		int64_t i;
		double f;
	} best[VEC_BLOCK]; /* smallest or largest */
	uint32_t parents;
	uint8_t scale; /* of the sums */
};

/** gen_children_begin(s, n): nothing yet, for ${n} parents. */
void gen_children_begin(struct children_sums *s, uint32_t n);

/**
 * gen_children_add(g, s, cols, of, n, tmp, why, e):
 * Add ${n} rows of the child, whose vectors are ${cols} by table column.  of[i] is the row's
 * parent in the block, UINT32_MAX for a row that is nobody's.  -1: out of memory; 1: a value
 * cannot be computed, ${why} says why.  ${tmp} is reset by the caller.
 */
int gen_children_add(const struct gen *g, struct children_sums *s, const struct vec *const *cols,
	const uint32_t *of, uint32_t n, struct arena *tmp, const char **why);

/** gen_children_end(g, s, n, out, h): the column's values; rows without one by gen_fail(). */
void gen_children_end(const struct gen *g, const struct children_sums *s, uint32_t n,
	struct vec *out, struct gen_heap *h);

#endif
