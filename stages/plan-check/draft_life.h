/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_LIFE_H
#define PLAN_CHECK_DRAFT_LIFE_H

#include "stages/plan-check/draft.h"

/* draft_life: how far the rows of a table come in their lives, and which columns tell. */

/** life_labels(dt, c, n): the labels of a choice, or of the values its rule draws from; *n: how
 * many.  NULL: none. */
const char *const *life_labels(
	struct draft *d, const struct draft_table *dt, uint32_t c, uint32_t *n);

/** life_beginning(dt, c): the beginning of what ends at column ${c}, as planted_on of harvested_on;
 * ${c}, if it is no end. */
int life_beginning(const struct draft_table *dt, int c);

/** life_find(d, dt): fills dt->birth and dt->status. */
void life_find(struct draft *d, struct draft_table *dt);

/**
 * life_condition(d, dt, rank, class):
 * SQL that is true of rows whose status has come so far, or, where ${class} is not NULL, ended that
 * way.  NULL: the table has no status, or none of its labels does.
 */
const char *life_condition(
	struct draft *d, const struct draft_table *dt, int rank, const char *class);

/**
 * life_is_one_of(d, dt, c, means, what):
 * SQL that is true of rows whose column has one of the labels of which ${means} is true; NULL: of
 * none is it.
 */
const char *life_is_one_of(struct draft *d, const struct draft_table *dt, uint32_t c,
	bool (*means)(const char *label, const void *what), const void *what);

/** life_only_if(d, dt, c, generator, params, when):
 * The rule for rows of which ${when} is true; the others have NULL.  ${when} NULL, or a column that
 * must not be NULL: the rule for every row. */
void life_only_if(struct draft *d, struct draft_table *dt, uint32_t c, const char *generator,
	json_t *params, const char *when);

/** life_class(dt, c, to): the class that the column's role speaks of, as "cancel" of cancel_reason;
 * false: none. */
bool life_class(const struct draft_table *dt, uint32_t c, char to[ROLE_WORDS]);

#endif
