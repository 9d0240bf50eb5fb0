/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_PRIM_TEXT_H
#define COMMON_GEN_PRIM_TEXT_H

#include "common/generators/gen_kit.h"

/*
 * gen_prim_text: what texts without a meaning and texts of a regular expression share.
 */

/* How often * and + repeat beyond their least, unless a parameter says otherwise. */
enum { GEN_TEXT_REPEAT = 32 };

/* The parameters, merged with the column's limits. */
struct gen_text_args {
	struct gen_limits lim;
	bool min_given, max_given, allow_empty;
	int64_t max_repeat;
	const char *pattern, *charset;
};

/** gen_text_pattern(g, c, text, t, a, e): make ${g} draw texts of the regular expression ${text}.
 *  ERR_NO where none fits the limits of ${t}, or where the column is unique and the
 *  expression is ambiguous and too large to list. */
int gen_text_pattern(struct gen *g, const struct gen_column *c, const char *text,
	const struct gen_text_args *t, struct arena *a, struct err *e);

/** gen_text_from_checks(g, c, t, a, e): the same with the expressions of the column's checks, of
 *  which there is one at least: texts match all of them. */
int gen_text_from_checks(struct gen *g, const struct gen_column *c, const struct gen_text_args *t,
	struct arena *a, struct err *e);

#endif
