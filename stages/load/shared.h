/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_SHARED_H
#define STAGES_LOAD_SHARED_H

#include "stages/load/load.h"

/*
 * A load by several connections, of one machine or of many.
 *
 * The first loader to come begins it in one transaction: keys of tables that are loaded in bulk are
 * dropped, and three tables of the target remember how they were, and which shards there are.
 * A shard is copied in a transaction that also marks it as copied, so that it is in the target once
 * or not at all, whatever becomes of its loader.  One transaction ends it: all shards are there,
 * each with its rows; the tables that cannot be shared are copied; keys are created again,
 * validated; the catalogue is as it was; and the three tables are gone.
 *
 * Shared are tables that are loaded in bulk, have no insert trigger that is on, and no CHECK that
 * may read another table.
 *
 * The three tables are in the schema of the plan's first table, and one such load can be under way
 * in a schema.
 */

/** shared_state(l, e): whether such a load of this plan is under way, 1 or 0; then the roads of
 *  l->tables are known.  -1: also where it is one of another plan. */
int shared_state(struct load *l, struct err *e);

/** shared_keep_out(l, e): -1 (ERR_INPUT) if such a load into a table of the plan is under way, for
 *  loads that would not know of it. */
int shared_keep_out(struct load *l, struct err *e);

/** shared_begin(l, e): begin one, or find the one that was begun; *${ours}: by this call.
 *  l->begun: whether any table is shared; else nothing was begun. */
int shared_begin(struct load *l, bool *ours, struct err *e);

/* What the shards of a call have come to. */
struct shared_copied {
	uint64_t shards, rows; /* that this call has copied */
	uint64_t left, all;    /* of the whole plan: not copied yet, and all */
	bool refused;	       /* it failed for what the server or a file said, not for a time */
};

/** shared_copy(l, to, e): COPY the shards whose files l->tables have, by l->opt.jobs connections;
 * when it returns 0, all of them are in the target. */
int shared_copy(struct load *l, struct shared_copied *to, struct err *e);

/** shared_finish(l, e): in the transaction that is open, all but the commit.  ERR_TEMP if shards
 * are missing. */
int shared_finish(struct load *l, struct err *e);

/** shared_abandon(l, e): in a transaction of its own, the target is as it was before it began,
 *  but for rows that were emptied then: 1; 0: none was begun; -1. */
int shared_abandon(struct load *l, struct err *e);

/* several.c: what a call of load does */

/** several_begin(l, ours, e): LOAD_JOBS: begin and copy all; *${ours}: whether this call began it.
 *  Where it fails for what is refused, and this call began it, the target is as it was.  No table
 *  can be shared: nothing is done, and l->begun is false. */
int several_begin(struct load *l, bool *ours, struct err *e);

/** several_end(l, e): LOAD_FINISH: such a load is under way, and the files are there that it still
 *  needs. */
int several_end(struct load *l, struct err *e);

/** several_undo(l, e): the error in ${e} is final: the target is as it was.  Returns -1. */
int several_undo(struct load *l, struct err *e);

/** several_share(l, e): LOAD_SHARED.  several_abandon(l, e): LOAD_ABANDON. */
int several_share(struct load *l, struct err *e);
int several_abandon(struct load *l, struct err *e);

/* shared.c, for the other files */

/** shared_ask(l, sql, n, params, e): pg_ask(), with the names of the three tables in the place of
 * @l,
 *  @s and @k.  shared_do(...): for a statement without rows. */
struct pg_rows *shared_ask(
	struct load *l, const char *sql, size_t n, const char *const *params, struct err *e);
int shared_do(struct load *l, const char *sql, size_t n, const char *const *params, struct err *e);

/** shared_name(l, which): the qualified name of one of them, 'l', 's' or 'k'; NULL: no memory. */
const char *shared_name(const struct load *l, char which);

/** shared_lock(l, e): until the end of the transaction, nobody else begins, finishes or abandons.
 */
int shared_lock(struct load *l, struct err *e);

/** shared_drop(l, e): the three tables. */
int shared_drop(struct load *l, struct err *e);

#endif
