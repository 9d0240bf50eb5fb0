/* SPDX-License-Identifier: MIT */
#ifndef STAGES_SNAPSHOT_CELLS_H
#define STAGES_SNAPSHOT_CELLS_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/io/json.h"
#include "common/snapshot/snap.h"

/*
 * cells: the values of a snapshot, read by row.
 */
struct err;

struct cells {
	const struct snap *s;
	size_t *at; /* by column: the row group that the last row was in */
};

/** cells_open(c, s, a, e): ${s} was opened with SNAP_VALUES or SNAP_FULL. */
int cells_open(struct cells *c, const struct snap *s, struct arena *a, struct err *e);

/**
 * cells_row(c, row, j):
 * Write row ${row} as an object.  Cheap when rows are asked for in order.  A row that a
 * column has no chunk for is null there.
 */
void cells_row(struct cells *c, uint64_t row, struct jsonw *j);

#endif
