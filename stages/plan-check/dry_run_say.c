/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/dry_run_int.h"

#include <string.h>

#include "common/base/err.h"

/* What the dry run says of a table that cannot be made, and where in the plan it is to be mended.
 */

static const struct {
	const char *code, *hint;
} ways_out[] = {
	{"where_matches_none",
		"change the condition, or give the parent's columns rules whose values meet it"},
	{"fk_group_empty",
		"let the parents have values in common in the columns that the foreign keys share: "
		"more rows, other rules for them or another where; or disable the table's foreign "
		"keys by a foreign_key_strategy rule"},
	{"weights_unusable",
		"let the expression be 0 or more for every row and more than 0 for some, or leave "
		"rows out by where"},
	{"one_to_one_too_few_parents", "ask for fewer rows, or for more of the parent"},
	{"key_space_too_small", "ask for fewer rows, or for more of the parent"},
	{"fan_out_impossible", "change the rows of one of the two tables, the bounds, or cover"},
	{"value_impossible", "change the column's rule, or those of the columns that it reads, so "
			     "that every row "
			     "has a value which the column can hold"},
	{"rows_impossible", "change what the message names"},
};

void dry_run_refuse(struct dry_run *r, const char *path, const struct err *why)
{
	size_t i = 0, last = sizeof(ways_out) / sizeof(ways_out[0]) - 1;

	while (i < last && (why->code == NULL || strcmp(ways_out[i].code, why->code) != 0))
		i++;
	issue_add(&r->c->is, ISSUE_ERROR, ways_out[i].code, path, ways_out[i].hint, "%s", why->msg);
}

const char *dry_run_place(const struct dry_run *r, const struct plan_table *t)
{
	const char *target = r->c->requested[t->table->index].target;

	return target != NULL ? target : "/targets";
}
