/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_ACCEPTED_H
#define PLAN_CHECK_ACCEPTED_H

#include <stdbool.h>

#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/dry_run.h"

/** say_accepted(run, c, p, left, quiet): what plan-check ends with: rows, shards, values, existing
 * rows, and what was not tried, on stderr, and an event in the log; ${quiet}: in the log alone. */
void say_accepted(const struct rundir *run, const struct check *c, const struct plan *p,
	const struct dry_run_left *left, bool quiet);

#endif
