/* SPDX-License-Identifier: MIT */
#ifndef COMMON_RECEIPT_H
#define COMMON_RECEIPT_H

#include <stdint.h>

#include <jansson.h>

#include "common/io/rundir.h"
#include "common/plan/plan.h"

struct err;

/**
 * receipt_check(run, t, shard, j, e):
 * Whether every member of a receipt is what the plan has for that shard, as far as it says.  0, or
 * -1: ERR_INPUT with the member's name and the stage to run again; or memory is out.
 *
 * Who made the rows (tool_version), from which keys (inputs) and of which catalogue is compared by
 * the generators, which make the shard again, and by eval --receipts; how often what was drawn is
 * known to nobody else, and only has to be a count.  Sizes and digests of files are compared by who
 * reads the files.
 */
int receipt_check(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	const json_t *j, struct err *e);

#endif
