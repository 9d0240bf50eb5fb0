/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_PATTERN_H
#define COMMON_GEN_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"

/*
 * gen_pattern: texts that match a regular expression, by number.
 *
 * The regular subset: literals, classes, groups, alternation, ? * + {m} {m,} {m,n},
 * ^ and $ at the ends.  \d \w \s . and negated classes mean ASCII.  An unbounded
 * repetition makes at most ${max_repeat} more than its least.  Branches of an
 * alternation, and numbers of repetitions, take equal shares of the index as far
 * as they have that many texts, so that short texts are not drowned by long ones.
 *
 * Distinct indexes give distinct texts where no text can be read in two ways;
 * pattern_unambiguous() says when that is certain.
 */

struct err;
struct pattern;

/** pattern_parse(text, n, max_repeat, a, e): NULL with ERR_NO for what is not of the subset. */
struct pattern *pattern_parse(
	const char *text, size_t n, uint32_t max_repeat, struct arena *a, struct err *e);

/** pattern_fit(p, min, max): narrow repetitions until every text has ${min} to ${max}
 *  characters; false when that cannot be. */
bool pattern_fit(struct pattern *p, uint32_t min, uint32_t max);

/** pattern_space(p): how many indexes, at most 2^62. */
uint64_t pattern_space(const struct pattern *p);

/** pattern_unambiguous(p): distinct indexes surely give distinct texts: at every choice the
 *  next characters, up to a few, tell the way that was taken. */
bool pattern_unambiguous(const struct pattern *p);

/** pattern_max_bytes(p): room that pattern_put() needs, a little more than its longest text. */
uint32_t pattern_max_bytes(const struct pattern *p);

/** pattern_put(p, key, idx, to): the text of ${idx} at ${to}; its bytes.  What the index does
 *  not reach is a hash of ${key} and it. */
size_t pattern_put(const struct pattern *p, uint64_t key, uint64_t idx, char *to);

#endif
