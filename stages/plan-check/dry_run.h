/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRY_RUN_H
#define PLAN_CHECK_DRY_RUN_H

#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "stages/plan-check/check.h"
#include "stages/plan-check/feasible.h"

/*
 * dry_run: "accepted" is said of what has been tried.  The first block of rows of every table is
 * made as the generators will make it: parents are chosen, checks verified, rows encoded.  Nothing
 * of it is kept: what has to be in files is in files without a name that are gone with the process.
 *
 * Who may be picked can hang on values of the parents: a condition, weights, columns that foreign
 * keys share, NULLs of rows that the database has.  Of such parents all rows are made, as far as
 * these columns go, and the child's context is opened over them.
 *
 * Issues, by code:
 *	check_not_met			a row fails a check however often it is drawn
 *	where_matches_none		no parent meets the condition
 *	fk_group_empty			no parent has values that the other foreign keys of the
 *					same columns can follow
 *	weights_unusable		a weight that is NULL or negative, or all are 0
 *	one_to_one_too_few_parents, fan_out_impossible	too few parents, or too many, are left
 *	rows_impossible			for another reason that the message has
 */

struct err;

/* Rows of parents that are made or read because values of theirs decide: of all tables together,
 * about half a second. */
enum { DRY_RUN_ROWS = 2000000 };

/* The tables for which it would take more: they are not tried.  And what the others tell. */
struct dry_run_left {
	uint32_t left;
	const struct pg_table *first; /* of them */
	uint32_t *row_bytes;	      /* [p->ntables]: bytes of a row as CSV, the mean of those that
					 were made; 0: none was; NULL: nothing was tried */
};

/** try_tables(c, run, p, out, e): judge every table of the resolved ${p}, finish it, and try its
 *  tables.  What cannot be is an issue. */
int try_tables(struct check *c, const struct rundir *run, struct plan *p, struct dry_run_left *out,
	struct err *e);

/** dry_run(c, run, p, known, out, e): try every table of ${p}, which is final and stays as it is,
 *  and turn each no into an issue: at the foreign key's rule, else at the target.  ${known} is what
 *  feasible() found out: those that it refused, and tables that read them, are left out.  Tables
 *  whose parents turn out to be impossible are tried as far as these go. */
int dry_run(struct check *c, const struct rundir *run, const struct plan *p,
	const struct feasible *known, struct dry_run_left *out, struct err *e);

#endif
