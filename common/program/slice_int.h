/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SLICE_INT_H
#define COMMON_SLICE_INT_H

#include "common/program/program.h"

/* Inside the parts of bound tables. */

/**
 * slice_loop(b, c, from, a):
 * Column ${c} of ${b} is an aggregate, and from[] says which column of ${b} needs each.  Why it
 * cannot be made here: the columns of the loop where it is itself what ${b} is a slice for.
 * NULL: it can.
 */
const char *slice_loop(
	const struct table_program *b, uint32_t c, const uint32_t *from, struct arena *a);

/** slice_root(b, aggregated): the table whose rows are made, and whether anything is aggregated on
 * the branch from it to ${b}. */
const struct pg_table *slice_root(const struct table_program *b, bool *aggregated);

/** slice_within(p, i, root, a): table ${i} of the plan as it is made within the making of ${root}:
 *  the keys of what waits for that are computed.  NULL: out of memory. */
struct plan_table *slice_within(
	const struct plan *p, uint32_t i, const struct pg_table *root, struct arena *a);

#endif
