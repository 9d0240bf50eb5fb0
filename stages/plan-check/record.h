/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_RECORD_H
#define PLAN_CHECK_RECORD_H

#include "stages/plan-check/check.h"

/**
 * record_rule(c, r): a rule with a `record`: its generator becomes the one whose values agree with
 * the other columns of the record.  Issues, by code:
 *	record_needs_version	the plan is older than 0.3
 *	record_twice		it is a parameter too
 *	record_unknown		the generator has nothing to agree about
 */
void record_rule(struct check *c, struct rule *r);

#endif
