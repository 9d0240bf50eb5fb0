/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_SEQ_H
#define COMMON_GEN_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#include "common/generators/gen_kit.h"

/*
 * gen_seq: sequences of symbols (characters, words), by number.
 *
 * Lengths from min to max take equal shares of the index; a length that has fewer
 * sequences than its share takes as many as it has, so distinct indexes are
 * always distinct sequences.
 */

struct gen_seq {
	const struct vtext *sym; /* none begins another (with the separator after it) */
	uint32_t nsym;
	uint32_t min, max; /* symbols */
	char sep;	   /* between symbols, or '\0' */
	const char *inset; /* a text that stands after the first ${inset_at} symbols, or NULL */
	uint32_t inset_at;
};

/** gen_seq(g, s, a, e): make ${g} draw from ${s}: space, max_bytes, state; values through
 *  gen_draw_value(). */
int gen_seq(struct gen *g, const struct gen_seq *s, struct arena *a, struct err *e);

#endif
