/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_INIT_INT_H
#define PLAN_CHECK_INIT_INT_H

#include "stages/plan-check/draft.h"
#include "stages/plan-check/init.h"

/* What one call of init works on. */
struct init {
	const struct schema *s;
	const struct rundir *run;
	const struct init_options *o;
	const char *locale;
	int32_t as_of;
	bool *existing; /* by table: introspect has read the keys of its rows */
	bool *chosen;	/* by table: it is a target */
	struct draft d;
	struct arena *a;
};

/** init_rows(in): the rows of a table that has no number of its own. */
uint64_t init_rows(const struct init *in);

/** init_put(in, b): the plan as text. */
void init_put(struct init *in, struct buf *b);

/** init_weed(in, e): drops the guessed rules that plan-check would refuse, and those that would
 * cost a table its rows. */
int init_weed(struct init *in, struct err *e);

/** init_explain(in, b): a line for each column: its role, how sure that is, why, and its rule. */
void init_explain(struct init *in, struct buf *b);

#endif
