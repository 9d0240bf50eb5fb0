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
 *
 * Births are compared as a child is read, with the parents that were read before.  Those are all
 * parents where their table is read first.  In a table that refers to itself they are the parents
 * that do not come after the child: children of later rows are counted and not compared, wherever a
 * block of rows ends.
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
	uint64_t compared, early; /* as above, of parents that are in the sample to the end */
	uint32_t nbars;
	uint64_t base;	/* children of the first bar, and ... */
	uint64_t width; /* ... of how many numbers each is; the last holds all greater ones too */
	uint64_t bars[FAN_BARS];
};

struct fan_child {
	uint64_t hash; /* of the parent's key */
	uint64_t row;  /* in a table that refers to itself, from 1; else UINT64_MAX */
	int64_t when;  /* it was born, or EVENT_NO_TIME */
	bool days;     /* births are compared by their days */
};

/** fan_child(f, parents, c, e): a row that refers to a parent. */
int fan_child(
	struct fan *f, const struct sketch *parents, const struct fan_child *c, struct err *e);

/** fan_end(f, parents, e): all children and all parents were seen. */
int fan_end(struct fan *f, const struct sketch *parents, struct err *e);

void fan_free(struct fan *f);

#endif
