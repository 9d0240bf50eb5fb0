/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_PATTERN_PARSER_H
#define COMMON_GEN_PATTERN_PARSER_H

#include "common/base/arena.h"
#include "common/generators/gen_pattern_node.h"

/*
 * gen_pattern_parser: what the parser of regular expressions and that of their sets of characters
 * share.
 */

struct err;

/* The position, and where nodes and errors go. */
struct pattern_parser {
	const char *p, *start, *end;
	uint32_t max_repeat;
	struct arena *a;
	struct err *e;
	struct pattern_node *group[PATTERN_GROUPS]; /* those that have been read */
	unsigned ngroups;
	bool refers; /* some back reference is there */
};

/* Whether the next character is ${c}. */
static inline bool pattern_at(const struct pattern_parser *ps, char c)
{
	return ps->p < ps->end && *ps->p == c;
}

/** pattern_refuse(ps, what): set the error ${what}, with the position; always NULL. */
void *pattern_refuse(struct pattern_parser *ps, const char *what);

/** pattern_node_new(ps, kind): an empty node, or NULL with the error set. */
struct pattern_node *pattern_node_new(struct pattern_parser *ps, enum pattern_kind kind);

/** pattern_parse_set(ps): the set of characters that begins at the position, which is not at the
 *  end; NULL with the error set. */
struct pattern_node *pattern_parse_set(struct pattern_parser *ps);

#endif
