/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_EVAL_VALUES_H
#define COMMON_SQL_EVAL_VALUES_H

#include "common/sql/sql_int.h"

/*
 * sql_eval_values: nodes of which the values of all arguments are known. ${a} has one register for
 * each argument of ${x}; ${out} is made here.  False: memory is out, and ev->nomem is set.
 */

typedef bool sql_eval_values(struct sql_eval *ev, const struct sql_node *x, const uint8_t *live,
	const struct sql_reg *a, struct sql_reg *out);

sql_eval_values sql_eval_call, sql_eval_is, sql_eval_distinct, sql_eval_nullif, sql_eval_any_array,
	sql_eval_array;

/** sql_eval_compare(ev, x, live, pair, eq): the comparison operator of ${x} on two registers; rows
 *  with a NULL on either side are NULL. */
sql_eval_values sql_eval_compare;

/** sql_eval_dead(null, live, n): flag the rows that are not live as NULL, so that kernels skip
 *  them. */
void sql_eval_dead(uint8_t *null, const uint8_t *live, uint32_t n);

#endif
