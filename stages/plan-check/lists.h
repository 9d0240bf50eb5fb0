/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_LISTS_H
#define PLAN_CHECK_LISTS_H

#include <jansson.h>

#include "common/base/arena.h"
#include "stages/plan-check/issue.h"

/*
 * lists: values that a plan takes from CSV files.  They are read into the plan, so that
 * whoever generates needs no file and all agree.
 */

/**
 * lists_read(plan, path, is, a): in each rule of ${plan} (its structure is right) with
 * primitive.lookup, put the values of the file in place of its name, which counts from where
 * ${path}, the plan, is; and give a rule that names a record the generator of records.  What is
 * wrong becomes issues.  -1 when memory is out.
 */
int lists_read(json_t *plan, const char *path, struct issues *is, struct arena *a);

#endif
