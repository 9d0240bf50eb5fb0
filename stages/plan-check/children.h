/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_CHILDREN_H
#define PLAN_CHECK_CHILDREN_H

#include "common/program/program.h"
#include "stages/plan-check/resolve.h"

/*
 * children: what aggregates of children's rows ask of the plan, and foreign keys that choose
 * parents by values of rows which are made no earlier.  These rows are made within the making of
 * the table's own, so what they read of other parents must be there before.
 */

/** children_order(r): tables whose snapshots such rows read come before; the tables are put in
 *  that order.  To be called when every table of r->p is filled. */
void children_order(struct resolver *r);

/** column ${col} of ${t} is an aggregate of the rows of ${child} */
typedef void children_found(void *ctx, struct resolver *r, const struct plan_table *t, uint32_t col,
	const struct plan_table *child);

/** children_of(r, t, found, ctx): every aggregate among the columns of ${t}. */
void children_of(struct resolver *r, const struct plan_table *t, children_found *found, void *ctx);

/** children_before(c, b, fk, e): that the keys of the parents by ${fk}, which are chosen by their
 *  values and computed, can be made before the rows of ${b}: ERR_NO says why not. */
int children_before(struct check *c, const struct table_program *b, uint32_t fk, struct err *e);

/** children_feasible(c, b, report, e): that the aggregates of ${b} can be made, and what they come
 *  to can be held; what stands in the way is reported.  -1: out of memory. */
int children_feasible(struct check *c, const struct table_program *b,
	const struct compile_report *report, struct err *e);

#endif
