/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_EQUATION_H
#define PLAN_CHECK_DRAFT_EQUATION_H

#include "stages/plan-check/draft.h"

/** draft_equations(d, dt): closes the columns that a check of the table computes from others. */
void draft_equations(struct draft *d, struct draft_table *dt);

#endif
