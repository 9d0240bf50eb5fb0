/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_LOOKUPS_H
#define PLAN_CHECK_LOOKUPS_H

#include "stages/plan-check/resolve.h"

/*
 * lookups: what derive generators read of parents, as the generators themselves say.
 */

/* column ${col} of ${child} reads ${in}, of a parent */
typedef void lookup_found(struct resolver *r, const struct plan_table *child, uint32_t col,
	const struct gen_input *in);

/** lookups_of(r, child, found): every parent's column that a column of ${child} reads. */
void lookups_of(struct resolver *r, const struct plan_table *child, lookup_found *found);

/** lookups_computable(r, t, col): whether a stored generated column has values here. */
bool lookups_computable(struct resolver *r, const struct plan_table *t, uint32_t col);

/** lookups_child(r, t, col): the table whose rows the aggregate ${col} is made of; NULL when its
 *  rule is no good. */
const struct pg_table *lookups_child(struct resolver *r, const struct plan_table *t, uint32_t col);

#endif
