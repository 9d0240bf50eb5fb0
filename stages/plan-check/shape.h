/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_SHAPE_H
#define PLAN_CHECK_SHAPE_H

#include <jansson.h>
#include <stdbool.h>

#include "stages/plan-check/issue.h"

/**
 * shape_check(plan, is): the structure of a plan: members that must be there, their types
 * and words.  Codes schema_violation, invalid_plan_json, unsupported_plan_version,
 * unknown_key.  Returns false when the plan cannot be read any further: what comes after
 * relies on types.
 */
bool shape_check(json_t *plan, struct issues *is);

#endif
