/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_PATTERN_NODE_H
#define COMMON_GEN_PATTERN_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/divide.h"

/*
 * gen_pattern_node: the tree of a regular expression, between its parser and its sampler.
 */

/* PATTERN_COPY: what a group before it has written, a back reference. */
enum pattern_kind { PATTERN_SET, PATTERN_CAT, PATTERN_ALT, PATTERN_REP, PATTERN_COPY };

enum { PATTERN_SLOT = 24, PATTERN_GROUPS = 10 /* \1 to \9 */ };

struct pattern_span {
	uint32_t lo, hi; /* code points */
};

struct pattern_node {
	enum pattern_kind kind;
	struct pattern_span *spans; /* SET: ascending, apart */
	uint32_t nintervals;
	struct pattern_node **kids; /* CAT, ALT, REP (one) */
	uint32_t nkids;
	uint32_t least, most;	 /* REP */
	uint8_t group;		 /* of an expression with back references: its number; 0: none */
	struct pattern_node *of; /* COPY: the group */
	/* counted from the leaves up */
	uint64_t space;		       /* at most 2^62 */
	uint32_t min_chars, max_chars; /* saturating */
	uint32_t max_bytes;
	uint64_t share; /* of an ALT's branch: indexes that take it */
	struct divisor by_space;
	bool varies; /* it has a group that is referred to, or refers to one */
	bool fixed;  /* there is one text, and it is here, to be copied whole */
	uint8_t ntext;
	char text[2 * PATTERN_SLOT]; /* the slots of what it is made of reach beyond it */
};

struct pattern {
	struct pattern_node *root;
};

/** pattern_count(n): fill in the counted part of ${n} and all below it. */
void pattern_count(struct pattern_node *n);

/** pattern_share(own, n): what one of ${n} equal shares of the space is, for a part that has ${own}
 *  texts. */
uint64_t pattern_share(uint64_t own, uint32_t n);

/** pattern_rep_share(n, times): indexes of a REP that repeat so often. */
uint64_t pattern_rep_share(const struct pattern_node *n, uint32_t times);

/** pattern_node_put(n, key, idx, to): pattern_put() of a part; PATTERN_SLOT bytes more than its
 *  longest text must be there to write on. */
size_t pattern_node_put(const struct pattern_node *n, uint64_t key, uint64_t idx, char *to);

#endif
