/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_INIT_H
#define PLAN_CHECK_INIT_H

#include "common/schema.h"

struct err;

/**
 * init_plan(s, path, e): a plan to start from: every table of the schema that can hold rows, a
 * hundred each.  To ${path}, which must not exist, or to stdout when it is NULL.
 */
int init_plan(const struct schema *s, const char *path, struct err *e);

#endif
