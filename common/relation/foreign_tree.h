/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_TREE_H
#define COMMON_FOREIGN_TREE_H

#include "common/relation/foreign.h"

/*
 * tree: relations of a table to itself: forests and cycles, of all its rows or within the children
 * of each parent by another foreign key.  A parent is a row before the
 * row, or, in a cycle, any of the siblings by another foreign key.
 */

/** tree_shape(r, f, a, e): as relation_shape(), of which it is a part. */
int tree_shape(struct relation *r, const struct plan_fk *f, struct arena *a, struct err *e);

/** tree_pick(r, row, n, parent): as relation_pick(), before NULLs that are drawn. */
void tree_pick(const struct relation *r, const uint64_t *row, uint32_t n, uint64_t *parent);

/** tree_root(r, k, roots): of a forest whose roots have parents, the place among its ${roots} roots
 *  of the parent of root ${k}. */
uint64_t tree_root(const struct relation *r, uint64_t k, uint64_t roots);

/* Where the k-th of n siblings stands in a tree of them: how many are roots; and, where the depth
 * is bounded and it is no root, its level: [first, first + n), with parents in [above, first). */
struct level_place {
	uint64_t roots, first, n, above;
	uint32_t level;
};

/** tree_within(r, k, n): of a forest within. */
struct level_place tree_within(const struct relation *r, uint64_t k, uint64_t n);

#endif
