/* SPDX-License-Identifier: MIT */
/*
 * The passes of the guesses in their order. A pass looks at one table and what refers to it or is
 * referred to, and is made for all tables before the next one begins: a header reads what its lines
 * have got. Times alone choose their own order of tables, parents first.
 */
#include "stages/plan-check/draft.h"
#include "stages/plan-check/draft_life.h"
#include "stages/plan-check/draft_number.h"
#include "stages/plan-check/draft_shape.h"
#include "stages/plan-check/draft_span.h"

int draft_guess(struct draft *d)
{
	static const struct {
		void (*table)(struct draft *, struct draft_table *);
		void (*all)(struct draft *);
	} passes[] = {
		{.table = draft_tell},
		{.table = draft_own},
		{.table = draft_pairs},
		{.table = draft_record},
		{.table = life_find},
		{.all = draft_time},
		{.table = draft_state},
		{.table = draft_durations},
		{.table = number_keys},
		{.table = number_lines},
		{.table = number_nets},
		{.table = number_headers},
		{.table = number_shares},
		{.table = number_counts},
		{.table = number_pairs},
		{.table = number_parts},
		{.table = number_scales},
		{.table = shape_lists},
		{.table = shape_pairs},
		{.table = shape_same},
		{.table = shape_trees},
		{.table = shape_fans},
		{.table = draft_rest},
		{.table = draft_legal},
	};

	for (size_t k = 0; k < sizeof(passes) / sizeof(passes[0]); k++) {
		if (passes[k].all != NULL)
			passes[k].all(d);
		for (uint32_t i = 0; passes[k].table != NULL && i < d->s->ntables; i++)
			if (d->tables[i].target)
				passes[k].table(d, &d->tables[i]);
	}
	return d->failed || arena_failed(d->a) ? -1 : 0;
}
