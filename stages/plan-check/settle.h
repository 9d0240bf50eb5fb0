/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_SETTLE_H
#define PLAN_CHECK_SETTLE_H

#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/dry_run.h"
#include "stages/plan-check/resolve.h"

struct err;

/*
 * settle: what becomes of a plan whose document is in order: it is resolved, compiled and tried.
 *
 * Where the plan says "on_impossible": "skip", a table that stands in the way costs itself, and
 * the tables whose foreign keys must have a row of it.  Codes of the warnings that say so:
 *	table_skipped	no rows of the table are made
 *	rows_clipped	a default gave it more rows than its constraints hold
 *	fk_always_null	a foreign key that may be NULL is, because its parent is skipped
 */

/** settle(c, o, p, left, e): fill ${p}, and finish it.  What cannot be done is an issue.  -1: out
 * of memory, or bad options. */
int settle(struct check *c, const struct options *o, struct plan *p, struct dry_run_left *left,
	struct err *e);

#endif
