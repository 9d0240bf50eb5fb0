/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft.h"

void draft_time(struct draft *d)
{
	(void)d;
}
