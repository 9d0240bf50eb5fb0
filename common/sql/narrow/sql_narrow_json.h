/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_NARROW_JSON_H
#define COMMON_SQL_NARROW_JSON_H

#include "common/sql/narrow/sql_narrow.h"

/*
 * sql_narrow_json: parts of json columns, which become columns of their own while conditions are
 * read: w->parts[i] is column i after those of the table.
 */

/** sql_narrow_parted(w, x): ${x} with its parts as columns, new ones added to w->parts; ${x} itself
 *  where it reads none.  Lists the same columns of the table. */
struct sql_expr *sql_narrow_parted(struct sql_narrowing *w, struct sql_expr *x);

/** sql_narrow_members(w, col, to): what is known of the parts of a column, as members of ${to};
 *  false: one of them has no value left, or memory is out (w->nomem). */
bool sql_narrow_members(struct sql_narrowing *w, uint32_t col, struct sql_domain *to);

#endif
