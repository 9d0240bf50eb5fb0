/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_SHAPE_H
#define PLAN_CHECK_DRAFT_SHAPE_H

#include "stages/plan-check/draft.h"

enum { LINES_MAX = 9 }; /* lines of one header */

/** shape_nulls(dt, con): the share of rows without a parent by what the foreign key is called;
 * negative: nothing says it. */
double shape_nulls(const struct draft_table *dt, const struct pg_constraint *con);

/* The parts of the pass, in this order. */
void shape_lists(struct draft *d, struct draft_table *dt);
void shape_pairs(struct draft *d, struct draft_table *dt);
void shape_same(struct draft *d, struct draft_table *dt);
void shape_trees(struct draft *d, struct draft_table *dt);
void shape_fans(struct draft *d, struct draft_table *dt);

#endif
