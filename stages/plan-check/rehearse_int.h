/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_REHEARSE_INT_H
#define PLAN_CHECK_REHEARSE_INT_H

#include "common/plan/plan.h"
#include "common/program/program.h"
#include "stages/plan-check/rehearse.h"

/* Inside the rehearsal. */

/* What is to be made: of which tables the keys, and which places of what each may keep. */
struct wants {
	bool *table; /* [ntables] */
	bool *place; /* all tables' one after the other, a table's from first[] on */
};

/* About a foreign key, and those that are known with it: whether an engine of that part opens. */
struct question {
	uint32_t fk;
	struct bound *part;
	uint64_t rows; /* that opening it makes */
	struct question *next;
};

struct rehearsal {
	struct check *c;
	const struct rundir *run;
	const struct plan *p;
	struct plan mine;     /* a copy whose tables keep what is wanted */
	struct bound **bound; /* by table, of mine; NULL: not needed so far */
	struct bound **part;  /* by table: what makes what is wanted of it */
	uint32_t *first, places;
	struct wants wants;
	struct question **asked; /* by table */
	bool *refused;		 /* by table: it, or one that it reads, cannot be */
	int *fd;		 /* of the files */
	uint32_t nfd;
	struct arena a;
};

/** rehearse_places(r, table): of the places of what it may keep, the wanted ones. */
static inline bool *rehearse_places(const struct rehearsal *r, uint32_t table)
{
	return r->wants.place + r->first[table];
}

/** rehearse_want(r, table, e): what there is to ask of a table: r->asked; and want what is read for
 *  it. */
int rehearse_want(struct rehearsal *r, uint32_t table, struct err *e);

/** rehearse_close(r, rows, e): want what making that reads, and so on: r->part; how many ${rows}
 *  it takes. */
int rehearse_close(struct rehearsal *r, uint64_t *rows, struct err *e);

#endif
