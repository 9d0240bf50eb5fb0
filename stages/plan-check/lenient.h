/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_LENIENT_H
#define PLAN_CHECK_LENIENT_H

#include "common/plan/plan.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/dry_run.h"
#include "stages/plan-check/resolve.h"

struct err;

/*
 * lenient: plans of 0.1 and 0.2 whose options have "strict": false.  The earlier tool drew a row
 * again until its checks held, or gave up at run time; a rule of such a plan whose values the
 * checks of its column cannot take is dropped, and the column is filled as if there were none.
 * Each has a warning:
 *	rule_dropped	and why
 */

/** lenient_plan(c): whether the plan of ${c} is one of these. */
bool lenient_plan(const struct check *c);

/** lenient_settle(c, o, p, left, e): resolve and try the plan until no rule has to be dropped any
 *  more.  -1: out of memory, or bad options. */
int lenient_settle(struct check *c, const struct options *o, struct plan *p,
	struct dry_run_left *left, struct err *e);

#endif
