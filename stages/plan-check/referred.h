/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_REFERRED_H
#define PLAN_CHECK_REFERRED_H

#include "stages/plan-check/resolve.h"

/*
 * referred: columns that foreign keys refer to.  A unique key may have nullable columns, and a row
 * that is NULL there has no key that a child could have.
 */

/** referred_columns(s, t, is): is[c] for each column ${c} of ${t}: whether a foreign key of any
 * table refers to it. */
void referred_columns(const struct schema *s, const struct pg_table *t, bool *is);

/**
 * referred_where(r, con, where):
 * Condition ${where} (NULL: none) over the rows that foreign key ${con} may pick, and that they
 * have a key: for each referred column that may be NULL by a rule's null rate, a foreign key of its
 * own, or a check, that it IS NOT NULL.  ${where} itself if there is no such column; NULL: all
 * rows, or out of memory.
 */
const char *referred_where(
	const struct resolver *r, const struct pg_constraint *con, const char *where);

#endif
