/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_FEASIBLE_H
#define PLAN_CHECK_FEASIBLE_H

#include "common/plan/plan.h"
#include "stages/plan-check/check.h"

struct err;
struct rundir;

/* What was found out, by table of the plan. */
struct feasible {
	bool *refused; /* it was left out, or has an error */
	/* its program; NULL: it has none.  Of a table that is added to it was compiled before it
	 * was known what its keys are to pass over. */
	struct table_program **programs;
};

/**
 * feasible(c, run, p, out, e): make every table of the plan ready as the generators will, and
 * turn what stands in the way into issues: at the column's rule when it has one, else at the
 * target. Tables with unsound rules are left out.  Of tables that are added to, what their unique
 * keys are to pass over is put into the plan.  ${out} lives in the arena of ${c}.  -1: out of
 * memory.
 */
int feasible(struct check *c, const struct rundir *run, struct plan *p, struct feasible *out,
	struct err *e);

#endif
