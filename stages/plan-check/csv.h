/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_CSV_H
#define PLAN_CHECK_CSV_H

#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/str.h"

struct err;

/*
 * csv: a CSV file as RFC 4180 has it: fields with a comma between, in double quotes where they hold
 * a comma, a quote or a line's end; the first record names the columns.
 */
struct csv {
	const struct view *cell; /* [(rows + 1) * columns], the names first */
	uint32_t rows, columns;
};

/** csv_parse(c, text, a, e): ${text} must live as long; texts with quotes in them are copies in
 *  ${a}.  ERR_NO names the line of what is wrong. */
int csv_parse(struct csv *c, struct view text, struct arena *a, struct err *e);

/** csv_column(c, name): the number of the column, or -1; -2: several have the name. */
int csv_column(const struct csv *c, const char *name);

/** csv_cell(c, row, column): rows count from 0, after the names. */
static inline struct view csv_cell(const struct csv *c, uint32_t row, uint32_t column)
{
	return c->cell[((size_t)row + 1) * c->columns + column];
}

#endif
