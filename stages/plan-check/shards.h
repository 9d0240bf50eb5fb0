/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_SHARDS_H
#define PLAN_CHECK_SHARDS_H

#include "stages/plan-check/dry_run.h"
#include "stages/plan-check/resolve.h"

/*
 * shards: --shards auto.  A table gets as many shards as it takes for each to be made in a given
 * time.  The number has to be the same on every machine, so that it follows from rows, from how
 * long they are, and from a nominal speed, and from nothing that is measured.
 */

/* Bytes of CSV that one core writes in a second: about what plans of init did on a server of 2020.
 */
#define SHARD_BYTES_PER_SECOND 50e6

/** shards_choose(p, o, left, seconds): the number of shards of those tables of ${p} whose number is
 *  "auto". */
void shards_choose(
	struct plan *p, const struct options *o, const struct dry_run_left *left, double seconds);

#endif
