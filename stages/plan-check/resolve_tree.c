/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/resolve.h"

/*
 * Columns that are one value in a whole tree of a table's rows.
 */

bool resolve_of_tree(const struct pg_table *t, const struct pg_constraint *con, uint32_t col)
{
	uint32_t own = 0, n = 0;

	for (uint32_t i = 0; con->ref == t && con->ref_cols != NULL && i < con->ncols; i++) {
		own += con->cols[i] == col && con->ref_cols[i] == col;
		n += con->cols[i] != con->ref_cols[i];
	}
	return own > 0 && n > 0 && pg_foreign_keys_with(t, col) == 1;
}
