/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft.h"

void draft_state(struct draft *d)
{
	(void)d;
}
