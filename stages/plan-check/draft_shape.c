/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft.h"

void draft_shape(struct draft *d)
{
	(void)d;
}
