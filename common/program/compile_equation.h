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

struct bind_equation {
	struct sql_equation q;
	uint32_t check; /* in k->compiled */
	bool dropped; /* it did not hold for what the columns draw: the check is left to samples */
};

/** bind_equation_of(k, c): the equation that column ${c} is computed by, or NULL. */
const struct bind_equation *bind_equation_of(const struct binder *k, uint32_t c);

/** bind_has_range(k, c): whether an exclusion constraint gives the column's values intervals. */
bool bind_has_range(const struct binder *k, uint32_t c);

/** bind_choose_equation(k): one more equation at the end of k->equations, if a check has one whose
 *  column nothing else says the value of. */
bool bind_choose_equation(struct binder *k);

/** bind_equation_op: the generator of such a column. */
extern const struct gen_op bind_equation_op;

/** bind_equation_generator(k, q, other, g): prepare it; rows in which the equation says nothing
 *  (NULL) draw from ${other}, if there is such a generator and the column may not be NULL, or the
 *  equation is of some rows alone. */
int bind_equation_generator(
	struct binder *k, const struct bind_equation *q, const struct gen *other, struct gen *g);

#endif
