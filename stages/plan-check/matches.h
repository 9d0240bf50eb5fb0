/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_MATCHES_H
#define PLAN_CHECK_MATCHES_H

#include "stages/plan-check/resolve.h"

/**
 * matches_known(r, ref, where, rows, n):
 * How many of the ${rows} rows of ${ref} a condition is true of.  Known when it reads one column,
 * and that one's generator says how many rows have which value; where NULL: all.
 */
bool matches_known(struct resolver *r, const struct pg_table *ref, const char *where, uint64_t rows,
	uint64_t *n);

#endif
