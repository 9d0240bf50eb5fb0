/* SPDX-License-Identifier: MIT */
#ifndef EVAL_MD_H
#define EVAL_MD_H

#include "stages/eval/figures.h"
#include "stages/eval/report.h"

/*
 * md: the parts of report.md.  No value of a row is in it: counts, shares and lengths are, a range
 * is not, because its ends are values.  Names from a schema or a plan go through md_cell().
 */

/** md_cell(b, s): text in a cell of a table, or in a line, so that it is no markup, and visible. */
void md_cell(struct buf *b, const char *s);

/** md_number(b, n): 1234567 as 1,234,567 */
void md_number(struct buf *b, uint64_t n);

extern const struct figure_style md_style;

/* md_profile.c: sections, or nothing where there is nothing to say. */
void md_columns(const struct report *r, struct buf *b);
void md_fans(const struct report *r, struct buf *b);
void md_times(const struct report *r, struct buf *b);

#endif
