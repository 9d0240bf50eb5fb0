/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_RANK_H
#define COMMON_FOREIGN_RANK_H

#include "common/relation/foreign.h"

/*
 * rank: relations that draw a parent for each row, made so that every row knows its place among
 * its siblings: relation.ranks_draws.  What a draw has on the average is then had exactly.
 *
 * ZIPF, WEIGHTED	each parent has the children that its share of the rows comes to, rounded
 *			down or up, at the places of a keyed bijection of the rows.
 * FOREST		unbounded: the rows before the R-th are roots, and of the rows from R 2^b to
 *			R 2^(b + 1) each has another of those before R 2^b for its parent.  Bounded:
 *			the rows of a level are shared evenly among those of the level above.
 *			Either through keyed bijections.
 * FOREST within	the same among the children of each parent of the base.
 * UNIFORM, correlated	the children of the base's only parent with some values take the parents
 *			that have them in turn: foreign_correlated().
 *
 * So far as they are not a forest's last, parents have a first child.  Roots that are their own
 * parents are their own first children.
 */

/** rank_shape(r, f, a, e): as relation_shape(), of which it is a part. */
int rank_shape(struct relation *r, const struct plan_fk *f, struct arena *a, struct err *e);

/** rank_place(r, row, parent, k): as relation_place(). */
void rank_place(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k);

#endif
