/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_PROBE_H
#define COMMON_SQL_PROBE_H

#include "common/sql/sql.h"

/*
 * sql_probe: what can be learnt from a condition by a search for rows that meet it: its literals,
 * whether it only asks for NULLs, which columns it defines.
 */

struct sql_literal {
	bool is_text;
	struct vtext text;
	int64_t i;     /* a number: i * 10^-scale; a date or time: in the units of vectors */
	uint8_t scale; /* of a number */
};

/** sql_literals(x, to, most): the constants in it, at most ${most}; returns how many. */
uint32_t sql_literals(const struct sql_expr *x, struct sql_literal *to, uint32_t most);

/** sql_null_only(x, col): whether all it asks of the column is whether it is NULL. */
bool sql_null_only(const struct sql_expr *x, uint32_t col);

/**
 * sql_definition(x, at, col, a): of the conditions ANDed together in ${x}, number ${at} and on
 * from it: column = expression without it.  The expression, its column in *col and its number
 * in *at; NULL: there is none, or no memory.
 */
struct sql_expr *sql_definition(
	const struct sql_expr *x, uint32_t *at, uint32_t *col, struct arena *a);

/** sql_reads_text(x, col): whether it reads the text of a column that is a number. */
bool sql_reads_text(const struct sql_expr *x, uint32_t col);

#endif
