/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_RECOVER_H
#define COMMON_SQL_RECOVER_H

#include "common/sql/sql.h"

/** sql_recovers_or_null(x, col, most): as sql_recovers(), where ${x} is NULL in neither row: it may
 * be NULL for some values of the column, as (ARRAY['a', 'b'])[col] is for 3. */
bool sql_recovers_or_null(const struct sql_expr *x, uint32_t col, uint64_t most);

#endif
