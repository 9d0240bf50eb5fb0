/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_LOOKUPS_H
#define PLAN_CHECK_LOOKUPS_H

#include "stages/plan-check/resolve.h"

/*
 * lookups: what derive generators read of parents, as the generators themselves say.
 */

/* column ${col} of ${child} reads ${column} of the parent of constraint ${fk} */
typedef void lookup_found(struct resolver *r, const struct plan_table *child, uint32_t col,
	uint32_t fk, uint32_t column);

/** lookups_of(r, child, found): every parent's column that a column of ${child} reads. */
void lookups_of(struct resolver *r, const struct plan_table *child, lookup_found *found);

/** lookups_computable(r, t, col): whether a stored generated column has values here. */
bool lookups_computable(struct resolver *r, const struct plan_table *t, uint32_t col);

#endif
