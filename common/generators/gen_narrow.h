/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_NARROW_H
#define COMMON_GEN_NARROW_H

#include "common/generators/gen_kit.h"

/*
 * gen_narrow: texts of any generator, of which parameters leave some out: min_len, max_len,
 * pattern, charset.  They do not change what is made; they choose among it, before the first
 * row, so that no row can fail by them.
 */

/* min_len, max_len, pattern, charset and allow_empty, for tables of parameters. */
extern const struct gen_param gen_narrow_params[];
#define GEN_NARROW_PARAMS                                                                          \
	{"min_len", GP_INT, false, NULL, "least characters", .min = "0", .not_above = "max_len"},  \
		{"max_len", GP_INT, false, "the column's", "most characters", .min = "0"},         \
		{"pattern", GP_STRING, false, NULL,                                                \
			"only texts in which this regular expression is found"},                   \
		{"charset", GP_STRING, false, NULL, "only texts of these characters", .min = "1"}, \
	{                                                                                          \
		"allow_empty", GP_BOOL, false, "false",                                            \
			"taken as the earlier tool had it: no text is empty"                       \
	}

/* Prepares ${g} for the column as it is. */
typedef int gen_make(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e);

/**
 * gen_narrow(g, c, params, make, a, e):
 * Have ${make} prepare ${g} for ${c}, narrowed by the parameters.  Where that is not enough,
 * because a pattern or the column's checks take some of the texts and not others, ${g} draws from a
 * list of those that they take.  The op's value() has to be gen_draw_value().  ERR_NO where none is
 * found. gen_prepare() has refused the parameters for a column that is not a text.
 */
int gen_narrow(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	gen_make *make, struct arena *a, struct err *e);

#endif
