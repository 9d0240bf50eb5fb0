/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_KNOWN_H
#define PLAN_CHECK_KNOWN_H

#include "common/plan/plan.h"
#include "common/program/program.h"
#include "stages/plan-check/check.h"

/*
 * known: programs of earlier rounds.  A plan that leaves out what cannot be filled is resolved anew
 * in each round, though most of its tables are as they were: these need not be compiled again.  A
 * table is as it was where its digest is, which is over all that decides its rows, and where
 * snapshots hold what they held, for programs refer to places in these.
 */

/** known_begin(c, p): a round, of which ${p} is the resolved plan, begins; sets the tables'
 * digests. -1: memory is out. */
int known_begin(struct check *c, struct plan *p);

/** known_end(c): rows of a table have changed after known_begin(): digests of others hang on them,
 *  so that nothing is known for the rest of the round. */
void known_end(struct check *c);

/** known_take(c, p, t, out): the program that ${t} had, over ${p}: *out, or NULL where it is not
 *  known.  -1: memory is out. */
int known_take(const struct check *c, const struct plan *p, const struct plan_table *t,
	struct table_program **out);

/** known_put(c, t, b): remember a program that was compiled without an error or a warning. */
void known_put(struct check *c, const struct plan_table *t, struct table_program *b);

#endif
