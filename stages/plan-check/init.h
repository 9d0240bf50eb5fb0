/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_INIT_H
#define PLAN_CHECK_INIT_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/io/rundir.h"
#include "common/schema/schema.h"

struct err;

/**
 * init_plan(s, run, path, guess, a, e):
 * A plan to start from: every table of the schema that can hold rows, a hundred each, and, if
 * ${guess}, rules for columns whose names say what they hold, those that plan-check would refuse
 * left out.  To ${path}, which must not exist, or to stdout when it is NULL.
 */
int init_plan(const struct schema *s, const struct rundir *run, const char *path, bool guess,
	struct arena *a, struct err *e);

#endif
