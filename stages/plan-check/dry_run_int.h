/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRY_RUN_INT_H
#define PLAN_CHECK_DRY_RUN_INT_H

#include "common/base/err.h"
#include "common/plan/plan.h"
#include "common/program/program.h"
#include "stages/plan-check/dry_run.h"

/* Inside the dry run. */

/* What is to be made: of which tables the keys, and which places of what each may keep. */
struct wants {
	bool *table; /* [ntables] */
	bool *place; /* all tables' one after the other, a table's from first[] on */
};

/* About a foreign key, and those that are known with it: whether an engine of that slice opens. */
struct question {
	uint32_t fk;
	struct table_program *slice;
	uint64_t rows; /* that opening it makes */
	struct question *next;
};

/* Of a table whose first rows could not be made: what was said of another table's rows. */
struct hearsay {
	const struct pg_table *table;
	const char *path;
	struct err why;
	struct hearsay *next;
};

struct dry_run {
	struct check *c;
	const struct rundir *run;
	const struct plan *p;
	struct plan mine;	      /* a copy whose tables keep what is wanted */
	struct table_program **bound; /* by table, of mine; NULL: not needed so far */
	struct table_program **slice; /* by table: what makes what is wanted of it */
	uint32_t *first, places;
	struct wants wants;
	struct question **asked; /* by table */
	bool *gone;		 /* by table: refused before, or it reads one that is */
	bool *refused;		 /* by table: it, or one that it reads, cannot be */
	bool *blocked;		 /* by table: one that it reads cannot be */
	bool *untried;		 /* by table: to make its first rows takes too many parents' rows */
	bool *sure;		 /* by table: no row of it can be refused */
	bool *reads;		 /* by table: its first rows read their parents from files */
	struct hearsay *others;
	uint32_t *row_bytes; /* by table: of a row as CSV */
	int *fd;	     /* of the files */
	uint32_t nfd;
	struct arena a;
};

/** dry_run_places(r, table): of the places of what it may keep, the wanted ones. */
static inline bool *dry_run_places(const struct dry_run *r, uint32_t table)
{
	return r->wants.place + r->first[table];
}

/** dry_run_want(r, table, e): what there is to ask of a table: r->asked; and want what is read for
 *  it. */
int dry_run_want(struct dry_run *r, uint32_t table, struct err *e);

/** dry_run_close(r, rows, e): want what making that reads, and so on: r->slice; how many ${rows}
 *  it takes. */
int dry_run_close(struct dry_run *r, uint64_t *rows, struct err *e);

/** dry_run_reads(r, table, b, more, e): want what making ${b}, a slice of a table or all of it,
 *  reads; ${more}: rows that are made beside those of the tables that are wanted. */
int dry_run_reads(struct dry_run *r, uint32_t table, const struct table_program *b, uint64_t *more,
	struct err *e);

/* ---- the first rows of each table: dry_run_rows.c ---- */

/** dry_run_prepare(r, programs, e): the program of every table, of those that are compiled, and
 *  which tables' keys are made on demand: they have more rows than are tried. */
int dry_run_prepare(struct dry_run *r, struct table_program *const *programs, struct err *e);

/** dry_run_can(r, table, can, e): whether the first rows of a table can be made without making too
 *  many of its parents'. */
int dry_run_can(struct dry_run *r, uint32_t table, bool *can, struct err *e);

/** dry_run_rows(r, table, ask, e): make them, checks, encoders and all; what fails is an issue.
 *  Before it is one, ask(r, table, e) may find a better reason. */
int dry_run_rows(struct dry_run *r, uint32_t table,
	int (*ask)(struct dry_run *r, uint32_t table, struct err *e), struct err *e);

/** dry_run_place(r, t): pointer of a table's target, "/targets" for one that was added. */
const char *dry_run_place(const struct dry_run *r, const struct plan_table *t);

/** dry_run_refuse(r, path, why): an issue of an answer of no. */
void dry_run_refuse(struct dry_run *r, const char *path, const struct err *why);

#endif
