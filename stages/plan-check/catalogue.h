/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_CATALOGUE_H
#define PLAN_CHECK_CATALOGUE_H

#include <stdbool.h>

struct err;

/**
 * catalogue_print(prefix, json, e): generators and transforms with their parameters, to stdout:
 * all, or, where ${prefix} is not NULL, those whose id begins so.  One that nothing begins with
 * is ERR_INPUT.
 */
int catalogue_print(const char *prefix, bool json, struct err *e);

#endif
