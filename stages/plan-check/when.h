/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_WHEN_H
#define PLAN_CHECK_WHEN_H

#include "stages/plan-check/check.h"

/*
 * when: several rules for one column.  Those with a condition are tried in the plan's order;
 * the rule without one, or what the column gets without a rule, is the last resort.
 */

/** when_check(c, r): note a rule with a condition, and check the condition. */
void when_check(struct check *c, struct rule *r);

/** when_rules(c, t, col): the column's rules with conditions, in order, or NULL. */
struct rule *when_rules(const struct check *c, const struct pg_table *t, uint32_t col);

/** when_resolve(c, rules, pc): make of ${pc}, the last resort, the choice among them all. */
void when_resolve(struct check *c, struct rule *rules, struct plan_column *pc);

#endif
