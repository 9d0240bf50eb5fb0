/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_WITHIN_H
#define COMMON_SQL_WITHIN_H

#include "common/sql/sql_comp.h"

/** sql_within(c, outer, inner): an expression whose value is within range ${outer}, of the type of
 *  ${inner}, a range or an element; NULL: there is none. */
struct sql_node *sql_within(
	struct sql_comp *c, const struct sql_node *outer, const struct sql_node *inner);

#endif
