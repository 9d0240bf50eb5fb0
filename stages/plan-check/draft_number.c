/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft.h"

void draft_number(struct draft *d)
{
	(void)d;
}
