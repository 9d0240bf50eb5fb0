/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_INT_H
#define COMMON_FOREIGN_INT_H

#include "common/relation/foreign.h"
#include "common/relation/foreign_group.h"
#include "common/relation/foreign_memo.h"

/* Inside the context. */

struct correlated {
	struct group_columns base, own; /* the shared columns, in the parents of both */
	struct group g;			/* of its own parents */
	bool lent;			/* it is plan->shared's */
};

struct link {
	struct relation rel;
	struct keys *keys;
	struct correlated *correlated; /* of an FK that follows another */
	struct scratch eligible;       /* rel.eligible */
	bool lent;		       /* that is plan->shared's */
	struct scratch alias_table;    /* rel.alias_table */
	struct scratch cum;	       /* rel.cum, with ... */
	uint64_t most, least;	       /* ... these; and ... */
	bool joined;		       /* ... that all of that is known */
};

struct foreign {
	const struct rundir *run;
	const struct plan *plan;
	const struct plan_table *child;
	struct link *links; /* [child->nfks] */
	struct arena *a;
	const char *dir; /* for scratch files */
};

/** foreign_correlated_open(fc, e): the indexes of FKs that follow others, and the parents these may
 *  pick.  foreign_correlated_close(l): of one link. */
int foreign_correlated_open(struct foreign *fc, struct err *e);
void foreign_correlated_close(struct link *l);

/** foreign_weigh(fc, fk, e): the alias table of a weighted foreign key's parents: rel.alias_table,
 * 16 bytes a parent that may be picked, in a scratch file.  ERR_NO where a weight is NULL or
 * negative, or all are 0. */
int foreign_weigh(struct foreign *fc, uint32_t fk, struct err *e);

#endif
