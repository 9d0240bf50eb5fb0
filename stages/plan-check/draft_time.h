/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_TIME_H
#define PLAN_CHECK_DRAFT_TIME_H

#include "common/generators/gen.h"
#include "stages/plan-check/draft.h"

/* draft_time: what the files of the pass over moments share. */

enum {
	ROOM = GEN_INPUTS - 1, /* columns that a moment comes after; its condition reads one more */
};

/* A pass over the tables. */
struct times {
	struct draft *d;
	uint8_t *seen;		/* by table: 0 not yet, 1 being visited, 2 done */
	const char **by_status; /* by column of the table at hand: of what status rows have it */
};

/** time_count_births(x, dt): how many parents' births can be asked. */
uint32_t time_count_births(const struct times *x, const struct draft_table *dt);

/** time_add_parents(x, dt, after): the births of the parents, as many as a rule reads, into
 * ${after}; how many it has then. */
size_t time_add_parents(struct times *x, const struct draft_table *dt, json_t *after);

/** time_names(x, dt, given, most): the columns of ${given}, which has ${most}, that a moment comes
 * after, by their names, as many as a rule reads; -1 in it is no column. */
json_t *time_names(
	const struct times *x, const struct draft_table *dt, const int *given, size_t most);

/**
 * time_after(x, dt, c, cols, n, when):
 * A moment after others, with the distances of its role, only where ${when}. Without others it is a
 * birth.
 */
void time_after(struct times *x, struct draft_table *dt, uint32_t c, const int *cols, size_t n,
	const char *when);

/** time_by_chance(d, nulls): a condition that is true of all rows but that share. */
const char *time_by_chance(struct draft *d, double nulls);

/** time_events(x, dt, birth, all): the events of the table in their order, each after the birth and
 * all before it. ${all} begins with the birth, and gets the events; how many there are then. */
size_t time_events(struct times *x, struct draft_table *dt, int birth, int *all);

#endif
