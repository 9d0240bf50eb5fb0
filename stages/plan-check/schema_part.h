/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_SCHEMA_PART_H
#define PLAN_CHECK_SCHEMA_PART_H

struct err;

/** schema_part_print(e): onto standard output, as an object, the definitions of
 *  plans/plan.schema.json that are made of the table of generators and of the structure of
 *  plans: plan_0_3 and plan_before_0_3, and what they refer to. */
int schema_part_print(struct err *e);

#endif
