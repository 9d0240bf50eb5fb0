/* SPDX-License-Identifier: MIT */
#ifndef SNAPSHOT_PREVIEW_H
#define SNAPSHOT_PREVIEW_H

#include <stdint.h>

struct err;

/**
 * preview_run(run, rows, e):
 * Print the first ${rows} rows of every table of a run, aligned as psql would, in the order in
 * which tables are filled.  The rows must be CSV files.  A value is cut after 40 characters, and on
 * a terminal a line at its right edge: this is for people to look at.
 */
int preview_run(const char *run, uint64_t rows, struct err *e);

#endif
