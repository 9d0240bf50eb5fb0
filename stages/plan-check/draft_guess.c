/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft.h"
#include "stages/plan-check/draft_number.h"
#include "stages/plan-check/draft_shape.h"

/* Each part over all tables before the next: a header reads what its lines have got. */
static void each_table(
	struct draft *d, void (*const *parts)(struct draft *, struct draft_table *), size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (uint32_t i = 0; i < d->s->ntables; i++)
			if (d->tables[i].target)
				parts[k](d, &d->tables[i]);
}

void draft_number(struct draft *d)
{
	static void (*const parts[])(struct draft *, struct draft_table *) = {
		number_keys,
		number_lines,
		number_headers,
		number_shares,
		number_counts,
		number_pairs,
		number_scales,
	};

	each_table(d, parts, sizeof(parts) / sizeof(parts[0]));
}

void draft_shape(struct draft *d)
{
	static void (*const parts[])(struct draft *, struct draft_table *) = {
		shape_lists,
		shape_pairs,
		shape_same,
		shape_trees,
		shape_fans,
	};

	each_table(d, parts, sizeof(parts) / sizeof(parts[0]));
}

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
