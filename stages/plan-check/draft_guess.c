/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft.h"

int draft_guess(struct draft *d)
{
	static void (*const passes[])(struct draft *) = {
		draft_own,
		draft_pairs,
		draft_record,
		draft_time,
		draft_state,
		draft_number,
		draft_shape,
		draft_rest,
		draft_legal,
	};

	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++)
		passes[i](d);
	return d->failed || arena_failed(d->a) ? -1 : 0;
}
