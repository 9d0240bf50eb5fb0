/* SPDX-License-Identifier: MIT */
#ifndef EVAL_FAN_H
#define EVAL_FAN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/vec.h"
#include "stages/eval/sketch.h"

/*
 * fan: how many children the parents of a foreign key have, and whether children are born before
 * their parents.  Both are asked of a sketch of the parents (sketch.h): of all while there are at
 * most FAN_PARENTS, else of a sample chosen by the hash of their keys.  Of a parent in the sample
 * all children are counted.
 */

enum { FAN_BARS = 24, FAN_PARENTS = 1024 };

struct audit_fk;
struct err;

struct fan {
	struct sketch children; /* by the parent's key */
	uint64_t rows;		/* that refer to somebody */
	/* Children whose time and whose parent's are known, and those of them that are born before
	 * it, by the greatest depth of a sketch that still holds the parent. */
	uint64_t compared_at[SKETCH_DEPTHS], early_at[SKETCH_DEPTHS];
	/* when both tables were read: */
	bool known;
	bool exact;	  /* of all parents, else of a sample */
	uint64_t parents; /* looked at */
	uint64_t none;	  /* of them, without a child */
	uint64_t least, most, median, p90;
	uint64_t total;		  /* children of them */
	uint64_t compared, early; /* of these: see above */
	uint32_t nbars;
	uint64_t base;	/* children of the first bar, and ... */
	uint64_t width; /* ... of how many numbers each is; the last holds all greater ones too */
	uint64_t bars[FAN_BARS];
};

/** fan_child(f, parents, hash, when, days, e): a row that refers to the parent of this key, born
 *  at ${when} or EVENT_NO_TIME; ${days}: compare days. */
int fan_child(struct fan *f, const struct sketch *parents, uint64_t hash, int64_t when, bool days,
	struct err *e);

/** fan_end(f, parents, e): all children and all parents were seen. */
int fan_end(struct fan *f, const struct sketch *parents, struct err *e);

void fan_free(struct fan *f);

#endif
