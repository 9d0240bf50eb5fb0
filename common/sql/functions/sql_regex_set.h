/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_REGEX_SET_H
#define COMMON_SQL_REGEX_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/str.h"

/*
 * sql_regex_set: a pattern being translated, and its characters and sets of them.  Functions that
 * return a bool return false after ${why} was set.
 */

enum { SQL_RE_MAX_NOTS = 4 };

/* A pattern being translated. */
struct sql_re {
	const char *p, *end;
	struct buf out;
	bool icase, ascii;
	bool atom; /* something that can be repeated stands before */
	unsigned depth, groups, repeats, alternatives;
	const char *none[SQL_RE_MAX_NOTS]; /* of the brackets being read: sets they are not in */
	unsigned nots;
	const char *why;
	bool unsupported;
};

/** sql_re_invalid(t, why): PostgreSQL raises an error too; sql_re_refused(t, why): only this
 *  translation fails.  Both return false. */
bool sql_re_invalid(struct sql_re *t, const char *why);
bool sql_re_refused(struct sql_re *t, const char *why);

/** sql_re_next(t): the character at the position, which moves on. */
uint32_t sql_re_next(struct sql_re *t);

/** sql_re_letter(c), sql_re_alnum(c): a letter, or a letter or a digit, of ASCII. */
bool sql_re_letter(uint32_t c);
bool sql_re_alnum(uint32_t c);

/** sql_re_literal(t, c): write a character, in brackets with its other case where case is ignored.
 */
void sql_re_literal(struct sql_re *t, uint32_t c);

/** sql_re_shorthand(t, c, in): write \d \w \s or a complement of them; ${in} says that we are
 *  inside brackets. */
bool sql_re_shorthand(struct sql_re *t, char c, bool in);

/** sql_re_char_escape(t, e, c): the character that \${e} and what follows it stands for.  False
 *  with ${why} not set: the escape is not a character. */
bool sql_re_char_escape(struct sql_re *t, char e, uint32_t *c);

/** sql_re_bracket(t): a bracket expression; the opening bracket has been read. */
bool sql_re_bracket(struct sql_re *t);

#endif
