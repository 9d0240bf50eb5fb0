/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_CLIP_H
#define PLAN_CHECK_CLIP_H

#include "common/plan/plan.h"
#include "stages/plan-check/check.h"

struct err;

/*
 * clip: how many rows a table can hold, where their number is only a default.
 */

/** clip(c, p, table, mark, fewer, e): if the plan leaves out what cannot be filled, and the rows of
 *  table ${table} of ${p} are a default, find the most that its constraints hold.  Its issues since
 *  ${mark} are then taken back, the table has so many rows, and c->except has the reason:
 *  ${fewer}.  -1: out of memory. */
int clip(struct check *c, struct plan *p, uint32_t table, struct issue_mark mark, bool *fewer,
	struct err *e);

/** clip_note(c, issue, rows, limit): that the table of an issue, of ${rows} rows, is to have
 *  ${limit}. */
void clip_note(struct check *c, const struct issue *issue, uint64_t rows, uint64_t limit);

#endif
