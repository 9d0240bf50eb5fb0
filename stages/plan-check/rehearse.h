/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_REHEARSE_H
#define PLAN_CHECK_REHEARSE_H

#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "stages/plan-check/check.h"

/*
 * rehearse: what only the values of parents can tell.  Who may be picked can hang on them: a
 * condition, weights, columns that foreign keys share, NULLs of rows that the database has.  The
 * values that decide it are made as the generators will make them, into files without a name
 * that are gone with the process, and the child's context is opened over them.
 *
 * Issues, by code:
 *	where_matches_none		no parent meets the condition
 *	fk_group_empty			no parent has values that the other foreign keys of the
 *					same columns can follow
 *	weights_unusable		a weight that is NULL or negative, or all are 0
 *	one_to_one_too_few_parents, fan_out_impossible	too few parents, or too many, are left
 *	rows_impossible			for another reason that the message has
 */

struct err;

/* Rows of parents that are made or read for it, of all tables together: about half a second. */
enum { REHEARSE_ROWS = 2000000 };

/* The tables for which it would take more: when their rows are made it is known. */
struct rehearsed {
	uint32_t left;
	const struct pg_table *first; /* of them */
};

/** rehearse(c, run, p, out, e): ask of every table of ${p}, which is final and stays as it is,
 *  and turn a no into an issue: at the foreign key's rule, else at the target. */
int rehearse(struct check *c, const struct rundir *run, const struct plan *p, struct rehearsed *out,
	struct err *e);

#endif
