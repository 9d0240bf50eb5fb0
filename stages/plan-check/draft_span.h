/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_SPAN_H
#define PLAN_CHECK_DRAFT_SPAN_H

#include "stages/plan-check/draft.h"

/* draft_span: how long what a row is about lasts, as the words of the column or of the table say.
 */

/** span_start(dt, c): the column before ${c} that is the beginning of what ends at ${c}, as
 * planned_start of planned_end; -1: none is called so. */
int span_start(const struct draft_table *dt, uint32_t c);

/** span_order(dt, c): the place of an event in its row's life, as its role has it, but after the
 * event that is its beginning; -1: it is none. */
int span_order(const struct draft_table *dt, uint32_t c);

/** span_is_short(dt): whether what a row is about is over within some days. */
bool span_is_short(const struct draft_table *dt);

/** span_is_month(dt, c): whether what begins at column ${c} is agreed month by month. */
bool span_is_month(const struct draft_table *dt, uint32_t c);

/** span_terms(d, dt, c, from): an expression of the end of what begins at column ${from} and was
 * agreed for whole periods; NULL: it was not. */
const char *span_terms(struct draft *d, const struct draft_table *dt, uint32_t c, int from);

/** span_set(dt, c, params): the distances of derive.moment for column ${c}, and the hours at which
 * it is, into ${params}, as far as words say more than the column's role. */
void span_set(const struct draft_table *dt, uint32_t c, json_t *params);

/** draft_durations(d, dt): columns that say how long what the row is about has lasted. */
void draft_durations(struct draft *d, struct draft_table *dt);

#endif
