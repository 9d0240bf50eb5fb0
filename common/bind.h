/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BIND_H
#define COMMON_BIND_H

#include "common/arena.h"
#include "common/gen.h"
#include "common/plan.h"
#include "common/sql.h"

/*
 * bind: a table of the plan made ready to fill: checks compiled and narrowed,
 * generators prepared, columns ordered, uniqueness planned.  plan-check binds to
 * prove that the plan can be met and reports all that cannot; the generators bind
 * to do it.  The result depends on plan and schema alone, never on parents' files.
 */

struct err;

/* Where problems go: plan-check collects, a generator stops at the first. */
struct bind_report {
	void (*problem)(void *ctx, const char *code, bool warning, const struct pg_table *t,
		const struct pg_column *c, const char *message, const char *hint);
	void *ctx;
};

/* How a column's index is chosen. */
enum bind_pick {
	BIND_DRAW,  /* at random */
	BIND_PERM,  /* unique alone: bijection of the row number */
	BIND_NTH,   /* member of a composite key, completes it: k-th of a bijection per parent */
	BIND_RADIX, /* digit of a mixed-radix bijection over the key's columns */
};

struct bound;

/**
 * table_bind(b, plan, t, schema, report, a, e):
 * 0: ready; -1: out of memory or (report NULL) the first problem; 1: problems were reported.
 */
int table_bind(struct bound **b, const struct plan *plan, const struct plan_table *t,
	const struct schema *schema, const struct bind_report *report, struct arena *a,
	struct err *e);

#endif
