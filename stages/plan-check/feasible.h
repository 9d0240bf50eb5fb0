/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_FEASIBLE_H
#define PLAN_CHECK_FEASIBLE_H

#include "common/plan/plan.h"
#include "stages/plan-check/check.h"

struct err;
struct rundir;

/**
 * feasible(c, run, p, refused, e): make every table of the plan ready as the generators will, and
 * turn what stands in the way into issues: at the column's rule when it has one, else at the
 * target. Tables with unsound rules are left out.  Of tables that are added to, what their unique
 * keys are to pass over is put into the plan.  refused[i]: table ${i} of the plan was left out, or
 * has an error.  -1: out of memory.
 */
int feasible(
	struct check *c, const struct rundir *run, struct plan *p, bool *refused, struct err *e);

#endif
