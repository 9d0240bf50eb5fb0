/* SPDX-License-Identifier: MIT */
#ifndef EVAL_FIGURES_H
#define EVAL_FIGURES_H

#include <stdint.h>

#include "common/base/str.h"

/*
 * figures: numbers as people read them, in report.html and in report.md.  What is rounded is
 * rounded here, so that both say the same and differ in their blanks alone.
 */

struct figure_style {
	const char *group; /* between groups of three digits */
	const char *blank; /* between a number and its unit, and after "about" */
	const char *less;  /* the sign < */
};

/** figure_number(b, n, s): 1234567 as "1,234,567", where "," is what ${s} has between groups. */
void figure_number(struct buf *b, uint64_t n, const struct figure_style *s);

/** figure_share(b, n, of, s): "12.3 %", cut to one decimal; "< 0.1 %" of what is little and not
 *  nothing; "-" where ${of} is 0. */
void figure_share(struct buf *b, uint64_t n, uint64_t of, const struct figure_style *s);

/** figure_seconds(b, us, s): microseconds as "1.23 s". */
void figure_seconds(struct buf *b, uint64_t us, const struct figure_style *s);

struct profile_column;

/** figure_distinct(b, c, s): how many distinct values a column has: "all", "12", "about 5,000"; "-"
 *  where its values are not read. */
void figure_distinct(struct buf *b, const struct profile_column *c, const struct figure_style *s);

/** figure_lengths(b, c, s): "3 to 12 characters", or bytes of a bytea; of a column whose values
 * have lengths (${c}->sized). */
void figure_lengths(struct buf *b, const struct profile_column *c, const struct figure_style *s);

#endif
