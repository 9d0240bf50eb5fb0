/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_SOLVE_H
#define COMMON_SQL_SOLVE_H

#include "common/sql/sql.h"

/*
 * sql_solve: equations in conditions.  total = subtotal + shipping says what total is, and, turned
 * round, what subtotal is: a column of them need not be tried, it can be computed.
 */

/* What a condition says that a column is. */
struct sql_equation {
	uint32_t part;		/* of the conditions that AND joins, which one says so */
	uint32_t col;		/* the column ... */
	struct sql_expr *value; /* ... and its value, as sql_assign() takes it; reads not col */
	struct sql_expr *plain; /* the same before it is assigned, if it is of the column's type */
	struct sql_expr *holds; /* the condition itself */
	bool same_nulls;	/* IS NOT DISTINCT FROM: NULL where the value is, and only there */
	bool partly; /* of some rows alone, as OR and CASE say: elsewhere the value is NULL, and any
			will do */
	unsigned cost; /* 0: col = value, as written; 1: by sums and differences; 2: by quotients,
			  which need not be exact */
};

/**
 * sql_equations(x, scope, to, most, a):
 * The equations that ${x} implies wherever none of their columns is NULL, at most ${most}; how
 * many. What lacks an inverse, and what memory runs out for, is left out.
 */
uint32_t sql_equations(const struct sql_expr *x, const struct sql_scope *scope,
	struct sql_equation *to, uint32_t most, struct arena *a);

/** sql_substitute(x, q, scope, a): ${x} with what equation ${q} says in place of its column; NULL:
 * no memory. */
struct sql_expr *sql_substitute(const struct sql_expr *x, const struct sql_equation *q,
	const struct sql_scope *scope, struct arena *a);

/** sql_computable(value, scope, a): a condition that is never FALSE, but fails where ${value}
 * cannot be computed or does not fit its column; NULL: no memory, or there is none. */
struct sql_expr *sql_computable(
	const struct sql_expr *value, const struct sql_scope *scope, struct arena *a);

#endif
