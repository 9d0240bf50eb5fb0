/* SPDX-License-Identifier: MIT */
#ifndef STAGES_LOAD_LOAD_H
#define STAGES_LOAD_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/io/rundir.h"
#include "common/keys/dataset.h"
#include "common/pg/pg.h"
#include "common/plan/plan.h"
#include "common/schema/schema.h"

struct err;

/*
 * load: copy a run into a database in one transaction.
 *
 * Two roads.  Bulk, for an empty table that the role owns: its keys, foreign keys
 * and indexes are dropped, the rows copied, and all of it created again, validated,
 * before the commit.  In place: everything stays and is checked row by row.  After
 * either, the catalogue is compared with what it was; a difference rolls back.
 */

enum load_existing { LOAD_REFUSE, LOAD_TRUNCATE, LOAD_APPEND };

struct load_options {
	bool in_place;
	enum load_existing existing;
	bool triggers_off;
	bool analyze;
	bool check;   /* look at the target, and load nothing */
	bool dry_run; /* load, have everything validated, and roll back */
};

struct load_table {
	const struct plan_table *plan;
	const struct data_file *files; /* [plan->shards] */
	int64_t oid;
	bool plain;	/* an ordinary table, neither partitioned nor a partition */
	bool owned;	/* the role may alter it */
	bool bulk;	/* the road taken */
	bool truncate;	/* empty it first: asked for, or to spare the server's log */
	bool *deferred; /* by plan->fks: it was made deferrable */
	uint64_t rows;
	double seconds;
};

struct load {
	struct pg *pg;
	struct schema schema;
	struct plan plan;
	struct rundir run;
	struct arena *a;
	struct load_options opt;
	struct load_table *tables; /* of plan.tables those whose rows are made, in that order */
	uint32_t ntables;
	const char *oids; /* of all of them, as an array literal */
	struct load_trigger *switched;
};

/* target.c: the tables as they are in the database */

/** target_find(l, e): find every table, lock it, compare its columns with the schema the
 *  rows were made for, refuse rows that are there already, choose the roads. */
int target_find(struct load *l, struct err *e);

/** target_names(l, schemas, tables, e): the tables of the plan, as two text[] parameters. */
int target_names(const struct load *l, struct buf *schemas, struct buf *tables, struct err *e);

/** target_has_rows(l, t, e): whether the table has a row: 1, 0, -1. */
int target_has_rows(struct load *l, const struct load_table *t, struct err *e);

/* look.c */

/**
 * look_at_target(l, e): find out, without a change to the database, whether and how the rows of
 * the plan could be loaded: say how, or everything that is in the way (ERR_INPUT), or that the
 * disk of the run directory has no room for the files (ERR_TEMP).  No file of rows need be there.
 */
int look_at_target(struct load *l, struct err *e);

/* commit.c: a commit whose outcome a later call can ask for */

/**
 * commit_prepare(l, e): write down the number of the open transaction, receipts/load.pending.json.
 * commit_done(l): forget it.  commit_earlier(l, e): whether the transaction that an earlier call
 * wrote down was committed, although that call did not live to say so: 1, 0, -1.
 * commit_watch_client(l): have the server notice soon when this process is gone.
 */
void commit_watch_client(struct load *l);
int commit_prepare(struct load *l, struct err *e);
void commit_done(struct load *l);
int commit_earlier(struct load *l, struct err *e);

/* locks.c */

struct cost;

struct load_locks {
	struct cost *cost;	/* by table */
	uint64_t room, setting; /* locks that are free; max_locks_per_transaction */
};

/** locks_count(l, k, e): what each table costs in locks, before any is taken.  The tables are known
 *  by l->oids.  More than the server has room for, however they are loaded: ERR_INPUT. */
int locks_count(struct load *l, struct load_locks *k, struct err *e);

/** locks_choose(l, k): when the roads are chosen: tables with few rows are loaded in place if
 *  there are not locks enough for all of them, which is told in a warning. */
void locks_choose(struct load *l, struct load_locks *k);

/* keys.c: what stands in the way of a fast load */

struct dropped;

/**
 * keys_drop(l, e): drop the foreign keys, keys and indexes of the bulk tables, and the
 * foreign keys that point at them.  What others depend on stays.  NULL on failure.
 */
struct dropped *keys_drop(struct load *l, struct err *e);

/** keys_restore(l, k, e): all of it again, as it was. */
int keys_restore(struct load *l, const struct dropped *k, struct err *e);

/* defer.c: foreign keys of tables that refer to one another in a ring */

/** defer_rings(l, e): those that are in place are checked at the end; defer_back(l, e): and are
 *  then what they were.  Nothing may be pending. */
int defer_rings(struct load *l, struct err *e);
int defer_back(struct load *l, struct err *e);

/* catalog.c */

/** catalog_text(l, e): keys, checks, indexes, triggers and their states, one a line, of the
 *  tables and of what refers to them; to be compared before and after.  NULL on failure. */
char *catalog_text(struct load *l, struct err *e);

/* copy.c */

/** copy_table(l, t, e): COPY all shards of one table; fills t->rows and t->seconds. */
int copy_table(struct load *l, struct load_table *t, struct err *e);

/** load_clock(): seconds of a clock that only goes forward. */
double load_clock(void);

/* sequences.c */

/** finish_sequences(l, e): the sequences of identity and serial columns, and those that a default
 *  takes values from, go on after the rows. */
int finish_sequences(struct load *l, struct err *e);

/* finish.c: what a table needs after its rows */

/** finish_analyze(l): statistics for the planner, after the commit; what fails is a warning. */
void finish_analyze(struct load *l);

/** triggers_off(l, e), triggers_back(l, e): user triggers that are on go off, and on again;
 *  without opt.triggers_off they are only named in a warning: they may reject rows. */
int triggers_off(struct load *l, struct err *e);
int triggers_back(struct load *l, struct err *e);

#endif
