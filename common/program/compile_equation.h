/* SPDX-License-Identifier: MIT */
#ifndef COMMON_COMPILE_EQUATION_H
#define COMMON_COMPILE_EQUATION_H

#include "common/program/compile.h"
#include "common/sql/narrow/sql_solve.h"

/*
 * compile_equation: columns that checks say the value of.
 *
 * CHECK (total = subtotal + shipping) leaves of three columns two to be drawn.  Where one of them
 * has no rule it is computed from the others, as derive.expr would, and no draw fails the check.
 * What else is asked of the computed column is asked of those that it is computed from: orders
 * (net >= 0 is gross >= tax), and ranges so narrow that what they make fits its type.
 */

enum { BIND_EQUATIONS = 64 /* of a table; what more there are is left to samples */ };

struct compile_equation {
	struct sql_equation q;
	uint32_t check; /* in k->compiled */
	bool dropped; /* it did not hold for what the columns draw: the check is left to samples */
};

/** compile_equation_of(k, c): the equation that column ${c} is computed by, or NULL. */
const struct compile_equation *compile_equation_of(const struct compiler *k, uint32_t c);

/** compile_has_range(k, c): whether an exclusion constraint gives the column's values intervals. */
bool compile_has_range(const struct compiler *k, uint32_t c);

/** compile_choose_equation(k): one more equation at the end of k->equations, if a check has one
 * whose column nothing else says the value of. */
bool compile_choose_equation(struct compiler *k);

/** compile_equation_op: the generator of such a column. */
extern const struct gen_op compile_equation_op;

/** compile_equation_generator(k, q, other, g): prepare it; rows in which the equation says nothing
 *  (NULL) draw from ${other}, if there is such a generator and the column may not be NULL, or the
 *  equation is of some rows alone. */
int compile_equation_generator(struct compiler *k, const struct compile_equation *q,
	const struct gen *other, struct gen *g);

#endif
