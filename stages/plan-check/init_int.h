/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_INIT_INT_H
#define PLAN_CHECK_INIT_INT_H

#include "stages/plan-check/draft.h"
#include "stages/plan-check/drift.h"
#include "stages/plan-check/init.h"
#include "stages/plan-check/source.h"

/* A plan that is brought up to date; all NULL where one is made. */
struct init_old {
	json_t *plan;		 /* as it was read */
	json_t *targets, *rules; /* those that are kept: arrays of its elements */
	uint64_t seed;
	bool *has;	     /* by table: it has a target in the plan */
	bool knows;	     /* it says what columns there were, and so ... */
	struct drift *drift; /* ... what has changed */
	int ndrift;
};

/* What one call of init works on. */
struct init {
	const struct schema *s;
	const struct rundir *run;
	const struct init_options *o;
	const char *locale;
	int32_t as_of;
	bool *existing;		     /* by table: introspect has read the keys of its rows */
	bool *chosen;		     /* by table: it is a target */
	struct pg_constraint **cons; /* by table: those that the database has */
	struct draft d;
	struct init_old old;
	struct arena *a;
};

/** init_rows(in): the rows of a table that has no number of its own. */
uint64_t init_rows(const struct init *in);

/** init_put(in, b): the plan as text. */
void init_put(struct init *in, struct buf *b);

/**
 * init_update(in, src, e):
 * The plan of ${src} becomes in->old: rules and targets of what the schema still has are kept, but
 * for guesses at columns whose type changed; in->chosen are its tables and those that are new.
 * What is kept, new and gone is told on stdout, or on stderr where in->o->explain.  A plan that is
 * none is ERR_INPUT.
 */
int init_update(struct init *in, const struct source *src, struct err *e);

/** init_fresh(in, e): drops the draft's rules for what the old plan has known. */
int init_fresh(struct init *in, struct err *e);

/** init_weed(in, e): drops the guessed rules that plan-check would refuse, and those that would
 * cost a table its rows. */
int init_weed(struct init *in, struct err *e);

/** init_explain(in, b): a line for each column: its role, how sure that is, why, and its rule. */
void init_explain(struct init *in, struct buf *b);

#endif
