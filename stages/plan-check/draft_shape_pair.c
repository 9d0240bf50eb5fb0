/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft_shape.h"

void shape_polymorphic(struct draft *d, struct draft_table *dt)
{
	(void)d;
	(void)dt;
}

void shape_same(struct draft *d, struct draft_table *dt)
{
	(void)d;
	(void)dt;
}
