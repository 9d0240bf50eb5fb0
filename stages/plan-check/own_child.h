/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_OWN_CHILD_H
#define PLAN_CHECK_OWN_CHILD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/schema/schema.h"

/**
 * own_child(t, con, column, back):
 * Whether foreign key ${con} of ${t} refers to a child of the row itself, as a document's current
 * version: but for one of its columns, it refers to the child's foreign key ${back} by what that
 * refers to.  ${column} is the place of that one in ${con}.
 */
bool own_child(const struct pg_table *t, const struct pg_constraint *con, uint32_t *column,
	const struct pg_constraint **back);

#endif
