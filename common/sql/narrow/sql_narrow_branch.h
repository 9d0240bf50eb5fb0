/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_NARROW_BRANCH_H
#define COMMON_SQL_NARROW_BRANCH_H

#include "common/sql/narrow/sql_narrow.h"

/*
 * sql_narrow_branch: the branches of a condition, a disjunction of conjunctions.
 */

enum { SQL_BRANCHES = 64 }; /* of a group of checks; with more there are none */

/* A condition, or its negation. */
struct sql_literal {
	const struct sql_node *x;
	bool negated;
};

/* A conjunction of literals. */
struct sql_branch {
	struct sql_literal *lit;
	uint32_t n;
};

struct sql_branches {
	struct sql_branch *branch;
	uint32_t n; /* 0: too many, or memory is out */
	bool nulls; /* they differ in NULLs alone */
};

/** sql_branches(w, check): those of a check; the check itself where it has no others.  In the arena
 *  of ${w}, whose nomem is set when memory is out. */
struct sql_branches sql_branches(struct sql_narrowing *w, const struct sql_expr *check);

/** sql_branches_both(w, l, r): each of the one with each of the other. */
struct sql_branches sql_branches_both(
	struct sql_narrowing *w, struct sql_branches l, struct sql_branches r);

#endif
