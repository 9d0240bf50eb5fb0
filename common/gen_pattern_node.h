/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_PATTERN_NODE_H
#define COMMON_GEN_PATTERN_NODE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * gen_pattern_node: the tree of a regular expression, between its parser and its sampler.
 */

enum pattern_kind { PATTERN_SET, PATTERN_CAT, PATTERN_ALT, PATTERN_REP };

struct pattern_span {
	uint32_t lo, hi; /* code points */
};

struct pattern_node {
	enum pattern_kind kind;
	struct pattern_span *spans; /* SET: ascending, apart */
	uint32_t nspans;
	struct pattern_node **kids; /* CAT, ALT, REP (one) */
	uint32_t nkids;
	uint32_t least, most; /* REP */
	/* counted from the leaves up */
	uint64_t space;		       /* at most 2^62 */
	uint32_t min_chars, max_chars; /* saturating */
	uint32_t max_bytes;
};

struct pattern {
	struct pattern_node *root;
};

/** pattern_count(n): fill in the counted part of ${n} and all below it. */
void pattern_count(struct pattern_node *n);

#endif
