/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_ESTIMATE_H
#define PLAN_CHECK_ESTIMATE_H

#include "common/io/rundir.h"
#include "common/plan/plan.h"

/*
 * estimate: what a run of a plan will take, from samples of it.
 *
 * Two plans with fewer rows are made and run by the stages themselves, in a folder within the run
 * directory that is removed afterwards, and the processor time and memory of each stage are asked
 * of the kernel (getrusage(2)). A stage's cost is taken to be a fixed part and a part for each row,
 * as the two samples tell them. What the samples cannot know: parents whose keys no longer fit the
 * processor's cache cost a child up to twice as much a row, from some ten million parents on.
 */

struct err;

/** estimate_run(run, p, words, nwords, e): ${words} are the arguments for plan-check that say which
 *  plan it is, and how it is to be read: the plan's path first.  Prints a table to stdout. */
int estimate_run(const struct rundir *run, const struct plan *p, const char *const *words,
	size_t nwords, struct err *e);

#endif
