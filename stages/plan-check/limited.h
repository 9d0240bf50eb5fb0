/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_LIMITED_H
#define PLAN_CHECK_LIMITED_H

#include "stages/plan-check/resolve.h"

/**
 * limited_where(r, t, con):
 * Which rows of the parent a foreign key of ${t} can refer to, as a condition over the parent's
 * columns, where checks of ${t} (CHECK (kind IN ('a', 'b')), a domain, the bounds of partitions) or
 * a generated column's constant leave its columns fewer values than the parent's have; NULL:
 * all, or out of memory.
 */
const char *limited_where(
	const struct resolver *r, const struct pg_table *t, const struct pg_constraint *con);

#endif
