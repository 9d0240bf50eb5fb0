/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_NARROW_H
#define PLAN_CHECK_NARROW_H

#include "common/sql/sql.h"

/**
 * narrow_table(s, t, as_of, a): what the CHECKs of a table say of its columns, by column; for
 * choosing default generators.  NULL when nothing can be said: whether the CHECKs can be met
 * is program_compile()'s to tell.
 */
const struct sql_domain *narrow_table(
	const struct schema *s, const struct pg_table *t, int32_t as_of, struct arena *a);

/**
 * narrow_beyond(s, t, as_of, a): by column, one of the CHECKs that read it, its domain's own among
 * them, and that only the server can evaluate; NULL: there is none.  NULL as a whole: out of
 * memory.
 */
const struct pg_constraint **narrow_beyond(
	const struct schema *s, const struct pg_table *t, int32_t as_of, struct arena *a);

/* What was found out of a table, once for all who ask about it. */
struct narrowed {
	bool asked, asked_beyond;
	int32_t as_of;
	const struct sql_domain *dom;
	const struct pg_constraint **beyond;
};

/** narrow_room(s, a): one for each table; NULL: out of memory. */
struct narrowed *narrow_room(const struct schema *s, struct arena *a);

/** narrow_of(to, s, t, as_of, a), narrow_beyond_of(...): narrow_table() and narrow_beyond(),
 *  remembered in ${to}[t->index]. */
const struct sql_domain *narrow_of(struct narrowed *to, const struct schema *s,
	const struct pg_table *t, int32_t as_of, struct arena *a);
const struct pg_constraint **narrow_beyond_of(struct narrowed *to, const struct schema *s,
	const struct pg_table *t, int32_t as_of, struct arena *a);

#endif
