/* SPDX-License-Identifier: MIT */
#ifndef STAGES_SNAPSHOT_CELLS_H
#define STAGES_SNAPSHOT_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/io/json.h"
#include "common/snapshot/snap.h"

/*
 * cells: the chunks of a snapshot put together as columns again, to be read by row.
 */
struct err;
struct column;

struct cells {
	const struct snap *s;
	struct column *col;
	size_t ncol;
};

/** cells_open(c, s, a, e): the columns of ${s}, in the order they first appear. */
int cells_open(struct cells *c, const struct snap *s, struct arena *a, struct err *e);

/**
 * cells_row(c, row, j, e):
 * Write row ${row} as an object.  Cheap when rows are asked for in order.  A row that a
 * column has no chunk for is null there; a payload that contradicts itself is an error.
 */
int cells_row(struct cells *c, uint64_t row, struct jsonw *j, struct err *e);

#endif
