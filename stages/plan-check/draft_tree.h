/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_TREE_H
#define PLAN_CHECK_DRAFT_TREE_H

#include "stages/plan-check/draft.h"

/**
 * draft_depth(d, t, c, dom):
 * Of column ${c}, which has the name of a depth in a tree: the expression that makes it the
 * parent's and one, if the table's key to itself makes trees.  NULL: it does not, nobody knows what
 * roots have, or memory is out.
 */
const char *draft_depth(
	struct draft *d, const struct pg_table *t, uint32_t c, const struct sql_domain *dom);

/** draft_parent_column(t): the column of the only foreign key of the table to itself, if it makes
 *  trees whose roots have NULL there; -1: there is none. */
int draft_parent_column(const struct pg_table *t);

#endif
