/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_ASSIGNED_H
#define PLAN_CHECK_ASSIGNED_H

#include "common/program/program.h"

/**
 * assigned_feasible(all, b, report):
 * Whether the values that columns of ${b} take from parents fit those columns: foreign keys, and
 * copies by derive.parent_value.  Types that do not go together are refused when ${b} is compiled.
 * Here the values themselves are compared with what the column holds, where they are known: the
 * parent's column is a sequence or is drawn from a range.  A NULL for a column that is NOT NULL is
 * refused, too.  ${all} are the programs of the plan's tables by index, NULL for a table without.
 * What is not known here fails at the row.
 */
void assigned_feasible(struct table_program *const *all, const struct table_program *b,
	const struct compile_report *report);

#endif
