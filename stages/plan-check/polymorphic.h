/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_POLYMORPHIC_H
#define PLAN_CHECK_POLYMORPHIC_H

#include "stages/plan-check/check.h"

/*
 * polymorphic rules: a type and an id that name a row of one of several tables, which no foreign
 * key says.
 */

/**
 * polymorphic_expand(c):
 * Before the rules are checked: of each polymorphic rule make a reference to every parent, and a
 * column_generator rule for its two columns, unless the plan has one for the type.  These rules
 * come after those that were written, with the path of the rule that they are of.
 */
void polymorphic_expand(struct check *c);

#endif
