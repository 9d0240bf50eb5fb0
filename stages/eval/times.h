/* SPDX-License-Identifier: MIT */
#ifndef EVAL_TIMES_H
#define EVAL_TIMES_H

#include <stdint.h>

#include "stages/eval/audit.h"

/*
 * times: how long the stages before eval took, as logs.ndjson has it.  They are in the
 * "performance" parts of reports and nowhere else: all else is a function of the plan.
 */

enum { TIMES_STAGES = 4 };

struct stage_time {
	const char *stage;
	uint64_t us;   /* of the generators: of all shards together, whatever ran beside them */
	uint64_t rows; /* 0: it makes none */
};

struct times {
	struct stage_time stage[TIMES_STAGES];
	uint32_t n;
	uint64_t *table_us; /* [plan->ntables]: all shards together; 0: not known */
};

/** times_note: what a reader of the times has to know. */
extern const char times_note[];

/** times_of_table(t, u, of): of the shards of a table together; 0 us where the log does not tell.
 */
struct stage_time times_of_table(
	const struct times *t, const struct audit *u, const struct audit_table *of);

/** times_per_second(s): its rows a second; 0 where it makes none or took no time. */
uint64_t times_per_second(const struct stage_time *s);

/** times_read(to, u, e): the last time each stage, or shard, was done.  A log that is gone, or
 *  lines of it that cannot be read, say nothing.  -1: memory is out. */
int times_read(struct times *to, const struct audit *u, struct err *e);

#endif
