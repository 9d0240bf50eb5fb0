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
struct outfile;

/*
 * load: copy a run into a database in one transaction.
 *
 * Two roads.  Bulk, for an empty table that the role owns: its keys, foreign keys
 * and indexes are dropped, the rows copied, and all of it created again, validated,
 * before the commit.  In place: everything stays and is checked row by row.  After
 * either, the catalogue is compared with what it was; a difference rolls back.
 */

/*
 * Which insert triggers fire.  TRY: those that let a sample of rows in, and insert or delete no
 * rows of the plan's tables; AUTO: of these, those that do not update such rows either.
 */
enum load_triggers { TRIGGERS_TRY, TRIGGERS_ON, TRIGGERS_OFF, TRIGGERS_AUTO };

/* One transaction; several connections; one loader of several, the end of their work, or its
 * undoing. */
enum load_mode { LOAD_WHOLE, LOAD_JOBS, LOAD_SHARED, LOAD_FINISH, LOAD_ABANDON };

enum load_existing { LOAD_REFUSE, LOAD_TRUNCATE, LOAD_APPEND };

struct load_options {
	bool in_place;
	enum load_existing existing;
	enum load_triggers triggers;
	const char *const *without; /* triggers that are off by name: "schema.table.trigger" */
	size_t nwithout;
	bool analyze;
	bool check;	    /* look at the target, and load nothing */
	bool dry_run;	    /* load, have everything validated, and roll back */
	bool verify;	    /* files are what their receipts tell of */
	bool resumed;	    /* with check: a run that may have loaded its rows before */
	const char *record; /* --record: SCHEMA.TABLE, or NULL */
	const char *conn, *lock_timeout; /* of every session; or NULL */
	const char *const *set;
	size_t nset;
	uint32_t jobs; /* connections */
	enum load_mode mode;
};

struct load_table {
	const struct plan_table *plan;
	const struct data_file *files; /* [plan->shards] */
	int64_t oid;
	bool plain;	/* an ordinary table, neither partitioned nor a partition */
	bool owned;	/* the role may alter it */
	bool bulk;	/* the road taken */
	bool shared;	/* its shards are copied each in a transaction of its own: see shared.h */
	bool truncate;	/* empty it first: asked for, or to spare the server's log */
	bool *deferred; /* by plan->fks: it was made deferrable */
	uint64_t rows;
	double seconds;
};

/* An insert trigger that is on. */
struct load_trigger {
	uint32_t table;			 /* of load.tables */
	const char *schema, *rel, *name; /* rel: the table, or a partition of it */
	bool constraint, always, owned;
	bool off;	 /* switched off, for this transaction */
	const char *why; /* it was, unless the user asked for that */
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
	uint32_t *order;  /* of tables, in which they are copied */
	const char *oids; /* of all of them, as an array literal */
	struct load_trigger *triggers;
	uint32_t ntriggers;
	bool keys_fire;		 /* foreign keys are checked as rows come */
	bool begun;		 /* several loaders load the rows, and the roads are chosen */
	struct outfile *receipt; /* written, and not yet under its name; or NULL */
};

/* session.c */

/** session_open(l, keys_fire, e): another connection, with what the options set; pg_keys_fire().
 *  session_begin(l, e): l->pg, with a warning where it does not check foreign keys. */
struct pg *session_open(const struct load *l, bool *keys_fire, struct err *e);
int session_begin(struct load *l, struct err *e);

/* files.c */

/** files_find(l, e): the files of all tables, all in one form.  files_here(l, e): those that are in
 *  this run directory, of any shards, in l->tables[].files; others have no path. */
int files_find(struct load *l, struct err *e);
int files_here(struct load *l, struct err *e);

/** files_rest(l, e): the files of the tables that are not shared. */
int files_rest(struct load *l, struct err *e);

/* explain.c */

/** load_explain(l, e): the error of the server in ${e}, with what it means for the run; -1. */
int load_explain(const struct load *l, struct err *e);

/* rows.c */

struct dropped;

/**
 * rows_copy(l, e): COPY the tables that are not shared.
 * rows_leave(l, before, keys, e): what was dropped is there again, all is checked, and the
 * catalogue is as it was: ${before} is what catalog_text() was.
 */
int rows_copy(struct load *l, struct err *e);
int rows_leave(struct load *l, const char *before, const struct dropped *keys, struct err *e);

/* target.c: the tables as they are in the database */

/** target_find(l, e): find every table, lock it, compare its columns with the schema the
 *  rows were made for, refuse rows that are there already, choose the roads. */
int target_find(struct load *l, struct err *e);

/** target_truncate(l, e): empty the tables that are marked, and what refers to them. */
int target_truncate(struct load *l, struct err *e);

/** target_names(l, schemas, tables, e): the tables of the plan, as two text[] parameters. */
int target_names(const struct load *l, struct buf *schemas, struct buf *tables, struct err *e);

/**
 * target_list(l, which, most, b): append "crm.a, crm.b and 3 more": the tables whose place in
 * l->tables is marked in ${which}.  target_filled(l, which, most, b): append the message that these
 * have rows, with what to do.
 */
void target_list(const struct load *l, const bool *which, uint32_t most, struct buf *b);
void target_filled(const struct load *l, const bool *which, uint32_t most, struct buf *b);

/** target_oids(l, e): l->oids, of the tables whose oid is known. */
int target_oids(struct load *l, struct err *e);

/** target_has_rows(l, t, e): whether the table has a row: 1, 0, -1. */
int target_has_rows(struct load *l, const struct load_table *t, struct err *e);

/* outside.c */

/** outside_add(l, names, e): append to ${names}, unless NULL, ", " and the name of each table
 * outside the plan that refers to one of it, at any distance, for a TRUNCATE of all; locked unless
 *  ${l}->opt.check.  ERR_INPUT names one that has rows. */
int outside_add(struct load *l, struct buf *names, struct err *e);

/* look.c */

/**
 * look_at_target(l, e): find out, without a change to the database, whether and how the rows of
 * the plan could be loaded: say how, or everything that is in the way (ERR_INPUT), or that the
 * disk of the run directory has no room for the files (ERR_TEMP).  No file of rows need be there.
 */
int look_at_target(struct load *l, struct err *e);

/** look_takes_rows(l, e): whether transactions may write here at all; else -1 (ERR_INPUT). */
int look_takes_rows(struct load *l, struct err *e);

/* record.c: the table of the target that says which runs are loaded (--record) */

/**
 * record_earlier(l, e): whether it has a row of this run: 1; 0, also where there is no such table
 * or the option was not given; -1.  record_add(l, e): write the row, and make the table where it is
 * not there, in the transaction that is open; 0 or -1.
 */
int record_earlier(struct load *l, struct err *e);

/** record_check(record, e): the option's text is SCHEMA.TABLE; else -1 (ERR_INPUT), before any row
 * is copied. */
int record_check(const char *record, struct err *e);
int record_add(struct load *l, struct err *e);

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

/** commit_still_there(l, e): whether each table of the plan has a row: 1, 0, -1. */
int commit_still_there(struct load *l, struct err *e);

/** commit_unread(e): ${e} says of a receipt of load why it cannot be read; put before it what that
 *  means.  Returns -1. */
int commit_unread(struct err *e);

/* A database: the number of its cluster, its own there, and its name.  Texts are the arena's. */
struct commit_place {
	const char *cluster, *oid, *name;
};

int commit_place(struct load *l, struct commit_place *to, struct err *e);

/* receipt.c */

/** load_road(t): "bulk" or "in place". */
const char *load_road(const struct load_table *t);

/**
 * receipt_stage(l, e): write what will be receipts/load.json, before the COMMIT, while a disk that
 * is full can still undo the rows.  receipt_keep(l): it appears; where it cannot, a warning says
 * so, and receipts/load.pending.json stays, which tells the next call as much.  receipt_drop(l): it
 * does not appear; nothing if nothing was staged.
 */
int receipt_stage(struct load *l, struct err *e);
void receipt_keep(struct load *l);
void receipt_drop(struct load *l);

/**
 * receipt_says_loaded(l, e):
 * Whether the rows of this plan were loaded into this database and are there still: 1, 0, -1.  Rows
 * that are to be emptied are not.  ERR_INPUT if they were loaded into another database, or if an
 * edited plan would add rows whose keys were read before the last ones were added.
 */
int receipt_says_loaded(struct load *l, struct err *e);

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

/* checks.c: CHECKs through functions that may read other tables */

/** checks_wait(l, waits, e): mark in ${waits} the tables with a CHECK that may read another table.
 */
int checks_wait(struct load *l, bool *waits, struct err *e);

/** checks_order(l, e): the order in which tables are copied, into l->order.
 *  checks_ask(l, e): when all rows are there, whether those CHECKs hold; ERR_INPUT if not. */
int checks_order(struct load *l, struct err *e);
int checks_ask(struct load *l, struct err *e);

/* keys.c: what stands in the way of a fast load */

/**
 * keys_drop(l, e): drop the foreign keys, keys and indexes of the bulk tables, and the
 * foreign keys that point at them.  What others depend on stays.  NULL on failure.
 */
struct dropped *keys_drop(struct load *l, struct err *e);

/** keys_restore(l, k, e): all of it again, as it was. */
int keys_restore(struct load *l, const struct dropped *k, struct err *e);

/** keys_store(l, table, k, e): write what was dropped into a table of the target, which has
 *  KEYS_COLUMNS; keys_stored(l, table, e): read it; NULL on failure. */
extern const char keys_columns[];
int keys_store(struct load *l, const char *table, const struct dropped *k, struct err *e);
struct dropped *keys_stored(struct load *l, const char *table, struct err *e);

/* defer.c: foreign keys of tables that refer to one another in a ring */

/** defer_rings(l, e): those that are in place are checked at the end; defer_back(l, e): and are
 *  then what they were.  Nothing may be pending. */
int defer_rings(struct load *l, struct err *e);
int defer_back(struct load *l, struct err *e);

/* catalog.c */

/** load_text(l, r, e): the one text that the result ${r} (NULL: the query failed) has, in the
 * arena;
 *  ${r} is done.  NULL on failure. */
char *load_text(struct load *l, struct pg_rows *r, struct err *e);

/** catalog_text(l, e): keys, checks, indexes, triggers and their states, one a line, of the
 *  tables and of what refers to them; to be compared before and after.  NULL on failure. */
char *catalog_text(struct load *l, struct err *e);

/* copy.c */

/** copy_table(l, t, e): COPY all shards of one table; fills t->rows and t->seconds.
 *  copy_sample(l, t, rows, e): the first rows of it; fills t->rows. */
int copy_table(struct load *l, struct load_table *t, struct err *e);
int copy_sample(struct load *l, struct load_table *t, uint64_t rows, struct err *e);

/** copy_shard(l, t, shard, e): COPY one shard, by itself, and compare the number of its rows with
 * the plan's. */
int copy_shard(struct load *l, const struct load_table *t, uint32_t shard, struct err *e);

/** copy_counted(t, e): after either, whether all rows of the plan came in. */
int copy_counted(const struct load_table *t, struct err *e);

/** load_clock(): seconds of a clock that only goes forward. */
double load_clock(void);

/* sequences.c */

/** finish_sequences(l, e): the sequences of identity and serial columns, and those that a default
 *  takes values from, go on after the rows. */
int finish_sequences(struct load *l, struct err *e);

/* finish.c: what a table needs after its rows */

/** finish_analyze(l): statistics for the planner, after the commit; what fails is a warning. */
void finish_analyze(struct load *l);

/* cut.c: the first rows of what COPY is sent */

struct load_cut {
	enum data_format format;
	uint64_t left;	       /* rows wanted still */
	uint64_t skip;	       /* binary: bytes before the next number */
	uint32_t number, got;  /* the number that is being read, and how many bytes of it were */
	uint32_t want, fields; /* how many it has; fields of the row that are to come */
	bool in_rows, quoted;
};

/** cut_begin(c, format, header, rows): ${header}: CSV begins with the names of its columns;
 *  cut_take(c, p, n): how many of the next ${n} bytes are still of
 *  those rows; cut_done(c): they are complete; cut_end(c): then what ends the data. */
void cut_begin(struct load_cut *c, enum data_format format, bool header, uint64_t rows);
size_t cut_take(struct load_cut *c, const char *p, size_t n);
bool cut_done(const struct load_cut *c);
struct view cut_end(const struct load_cut *c);

/* triggers.c */

/** triggers_read(l, e): find the insert triggers that are on. */
int triggers_read(struct load *l, struct err *e);

/** triggers_begin(l, e): find the insert triggers that are on, and switch off those that the
 *  options say; triggers_end(l, e): all that are off are on again. */
int triggers_begin(struct load *l, struct err *e);
int triggers_end(struct load *l, struct err *e);

/** trigger_switch(l, t, on, e): one of them, unless it is so already.  trigger_may_go(t): whether
 *  it is on and may be switched off without being named. */
int trigger_switch(struct load *l, struct load_trigger *t, bool on, struct err *e);
bool trigger_may_go(const struct load_trigger *t);

/** triggers_say(l): warn of those that were off, saying why, and of those that fired.
 *  triggers_explain(l, e): what can be done if a constraint trigger has failed; -1. */
void triggers_say(const struct load *l);
int triggers_explain(const struct load *l, struct err *e);

/* trial.c */

/** trial_copy(l, t, e): copy_table() with the triggers of the table that can be on. */
int trial_copy(struct load *l, struct load_table *t, struct err *e);

#endif
