/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_INIT_H
#define PLAN_CHECK_INIT_H

#include <stdbool.h>

#include "common/base/arena.h"
#include "common/io/rundir.h"
#include "common/schema/schema.h"
#include "stages/plan-check/sizes.h"

struct err;

/* What the plan is to say; where nothing was asked for, the defaults of init_defaults(). */
struct init_options {
	struct sizes rows; /* of single tables, or of all */
	double scale;	   /* of the default number of rows, above 0 */
	uint64_t seed;
	const char *locale;	   /* NULL: that of the language of the schema's names */
	const char *as_of;	   /* a date; NULL: the day of introspection */
	double null_rate;	   /* negative: the plan does not say */
	const char *on_impossible; /* "skip" or "refuse" */
	bool guess;		   /* write rules for what the schema tells of its columns */
	const char *update;	   /* a plan to bring up to date; NULL: make one */
	bool explain;		   /* write a table of the guesses instead of the plan */
	bool append; /* add to the rows whose keys introspect read, instead of leaving them */
	const char *const *tables,
		*const *exclude; /* patterns: these, with their parents; not these */
	size_t ntables, nexclude;
};

/** init_defaults(): every table a hundred rows, with guessed rules. */
struct init_options init_defaults(void);

/**
 * init_plan(s, run, path, o, a, e):
 * A plan to start from: every table of the schema that can hold rows, and rules for columns whose
 * names say what they hold; rules that plan-check would refuse are left out.  Tables whose
 * existing keys introspect has read are no targets, because children refer to those rows; with
 * ${o}->append those that the patterns mean are targets that add to them.  To ${path}, which must
 * not exist, or to stdout when it is NULL.  A locale, a date or a table that does not exist is
 * ERR_INPUT.
 */
int init_plan(const struct schema *s, const struct rundir *run, const char *path,
	const struct init_options *o, struct arena *a, struct err *e);

#endif
