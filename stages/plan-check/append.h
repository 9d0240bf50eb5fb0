/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_APPEND_H
#define PLAN_CHECK_APPEND_H

#include "common/io/rundir.h"
#include "common/plan/plan.h"
#include "common/program/program.h"
#include "stages/plan-check/check.h"

struct err;

/**
 * append_keys(c, run, t, b, e):
 * That no unique key of ${t}, whose rows are added to those of the database, repeats a value
 * that is there.  A key is beyond them when
 *
 *	it has a foreign key to rows that are made: nobody refers to those yet;
 *	a sequence in it goes on after the last value;
 *	none of the values it will have is among them: the rows are made, as far as the key,
 *	and looked up.  Of a bijection, those that are there are passed over: t->taken.
 *
 * What cannot be promised is an issue, by name.  -1: memory, or a snapshot that cannot be read.
 */
int append_keys(struct check *c, const struct rundir *run, struct plan_table *t,
	struct table_program *b, struct err *e);

#endif
