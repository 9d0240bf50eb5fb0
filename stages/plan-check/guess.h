/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_GUESS_H
#define PLAN_CHECK_GUESS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/io/json.h"
#include "common/schema/schema.h"
#include "common/sql/sql.h"

struct err;

/* guess: what a column holds, by its name, its table's name and its type, in Portuguese and
 * English: a rule to start from, that somebody is to look at. */
struct guess {
	const struct pg_table *table;
	uint32_t column;
	const char *generator;
	int after; /* the column whose value comes before, of the generators that ask, or -1 */
	const struct pg_constraint *own, *back; /* of a key to the table's own child; or NULL */
	const char *expr;			/* of derive.expr; or NULL */
	uint32_t rule;				/* its number in the plan ... */
	bool refused;				/* ... where it is not */
};

/** guess_table(t, dom, locale, out, a): the guesses for ${t} in a plan of that locale, an array in
 *  ${a}; how many, -1 when memory is out.  ${dom} is what its checks say of the columns, or NULL.
 * Columns of keys that refer to others, and those the server fills, have none. */
int guess_table(const struct pg_table *t, const struct sql_domain *dom, const char *locale,
	struct guess **out, struct arena *a);

/** guess_depth(t, c, dom, g, a): of column ${c}, which has the name of a depth in a tree: the rule
 *  that it is the parent's and one, if the table's key to itself makes trees.  false: it is none,
 *  or nobody knows what roots have. */
bool guess_depth(const struct pg_table *t, uint32_t c, const struct sql_domain *dom,
	struct guess *g, struct arena *a);

/**
 * guess_own_child(t, con, column, back):
 * Whether foreign key ${con} of ${t} refers to a child of the row itself, as a document's current
 * version: but for one of its columns, it refers to the child's foreign key ${back} by what that
 * refers to.  ${column} is the place of that one in ${con}.
 */
bool guess_own_child(const struct pg_table *t, const struct pg_constraint *con, uint32_t *column,
	const struct pg_constraint **back);

/** guess_put(j, g): as a column_generator rule. */
void guess_put(struct jsonw *j, const struct guess *g);

#endif
