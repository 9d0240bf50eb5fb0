/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_REGEX_H
#define COMMON_SQL_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/arena.h"
#include "common/base/vec.h"

/*
 * sql_regex: PostgreSQL's advanced regular expressions by way of PCRE2.
 *
 * A pattern is translated, atom by atom, into one that means the same: \d is 0-9 and
 * \w, \s and the classes are those of the C.UTF-8 locale; \y \m \M \Z are word and text
 * ends; without case every letter becomes the pair of its cases.  What PostgreSQL
 * rejects is rejected, what differs and is not translated is refused by name.
 * Matching is bounded: where backtracking takes too long, and no more is asked than whether
 * there is a match, it is looked for without; what takes too long even so (back references) fails
 * the row.
 */

struct sql_regex;

enum sql_regex_status { SQL_RE_OK, SQL_RE_INVALID, SQL_RE_UNSUPPORTED, SQL_RE_NOMEM };

/**
 * sql_regex_compile(re, pattern, icase, ascii, a, why):
 * Everything is allocated in ${a}.  ${ascii}: the collation is C, only ASCII letters count.
 */
enum sql_regex_status sql_regex_compile(struct sql_regex **re, struct vtext pattern, bool icase,
	bool ascii, struct arena *a, const char **why);

/** sql_regex_simple(re): leftmost-first and leftmost-longest agree: it has no alternatives and at
 *  most one repetition.  Only then is the matched text PostgreSQL's. */
bool sql_regex_simple(const struct sql_regex *re);

/** sql_regex_groups(re): capturing groups. */
unsigned sql_regex_groups(const struct sql_regex *re);

/**
 * sql_regex_match(re, text, group, scratch, tmp, why):
 * 1: matches, and *group is the first capturing group, or the whole match without one
 * (p NULL: the group took no part); 0: no; -1: too costly, or out of memory.
 * ${group} NULL: only whether it matches, which costs less.
 * *scratch, NULL at first, keeps what matching needs from call to call, in ${tmp}.
 */
int sql_regex_match(const struct sql_regex *re, struct vtext text, struct vtext *group,
	void **scratch, struct arena *tmp, const char **why);

#endif
