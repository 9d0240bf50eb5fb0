/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_MEMO_H
#define COMMON_FOREIGN_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "common/io/scratch.h"
#include "common/plan/plan.h"
#include "common/relation/foreign_group.h"

/*
 * foreign_memo: what the contexts of one process have in common, for as long as no key snapshot
 * changes: mapped snapshots, groups of their rows, and lists of the parents that may be picked.
 * plan-check opens one table's parents for the table itself, and again for each table that
 * recomputes rows of it.  What is found here is lent: the memo unmaps it in the end.
 */

struct err;
struct foreign_memo;

/** foreign_memo_new(p, a): an empty one for the tables of ${p}, or NULL if memory is out.  The
 *  snapshot of each table stays as it is once it has been opened.  foreign_memo_free(m): unmap all
 *  that was kept; NULL is accepted.  Both are plan-check's: a stage that makes rows keeps nothing
 *  of one table while it makes another. */
struct foreign_memo *foreign_memo_new(const struct plan *p, struct arena *a);
void foreign_memo_free(struct foreign_memo *m);

/** foreign_memo_arena(m): for what is to live as long as the memo. */
struct arena *foreign_memo_arena(const struct foreign_memo *m);

/** foreign_memo_shares(m, t, table): whether the snapshot of ${t} is that of table ${table} of the
 *  memo's plan, and not one that was written for a single context.  ${m} may be NULL. */
bool foreign_memo_shares(const struct foreign_memo *m, const struct plan_table *t, uint32_t table);

/** foreign_memo_keys(m, table): the place of that table's snapshot, which it shares: NULL in it:
 * not opened yet. */
struct keys **foreign_memo_keys(struct foreign_memo *m, uint32_t table);

/** foreign_memo_has(m, k): whether ${k} is one of its snapshots.  ${m} may be NULL. */
bool foreign_memo_has(const struct foreign_memo *m, const struct keys *k);

/** foreign_memo_group(g, m, of, dir, e): as group_open(), of columns of a snapshot that the memo
 *  has. */
int foreign_memo_group(struct group *g, struct foreign_memo *m, const struct group_columns *of,
	const char *dir, struct err *e);

/* What decides which parents a foreign key may pick, beside the snapshot they are in. */
struct foreign_chosen {
	const struct pg_constraint *con;
	const struct keys *keys;
	const char *where;		   /* or NULL */
	const struct group **with;	   /* [n]: whose values they are to have, each ... */
	const struct group_columns **base; /* ... in these of their columns */
	uint32_t n;
};

/** foreign_memo_list(m, x, n): the list of parents that was made for the same before, ${n} of them;
 *  NULL: none was.  foreign_memo_keep(m, x, list, n): keep it; false: memory is out, and it is
 *  the caller's. */
const struct scratch *foreign_memo_list(
	const struct foreign_memo *m, const struct foreign_chosen *x, uint64_t *n);
bool foreign_memo_keep(struct foreign_memo *m, const struct foreign_chosen *x,
	const struct scratch *list, uint64_t n);

#endif
