/* SPDX-License-Identifier: MIT */
#ifndef COMMON_VISIBLE_H
#define COMMON_VISIBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * visible: text that terminals and readers are shown.  A name in a database may have any character
 * but NUL: escapes that a terminal obeys, marks that turn the order of what follows, characters
 * without a picture.  They are written by their number, so that the reader sees what is there.
 *
 * Hidden are the control characters (C0, DEL, C1), the marks and overrides of direction, separators
 * of lines and paragraphs, and characters of no width, but for the two joiners, U+200C and U+200D,
 * which words of some scripts need.  A byte that is no UTF-8 is hidden too.
 */

struct buf;

/** visible_next(p, n, c): the bytes of the character that ${n} > 0 bytes begin with, and its number
 *  in ${c}; of a byte that begins none 1, and UINT32_MAX. */
size_t visible_next(const char *p, size_t n, uint32_t *c);

/** visible_is_hidden(c): whether character ${c}, as visible_next() has it, is hidden. */
bool visible_is_hidden(uint32_t c);

/* How hidden characters are written. */
enum visible {
	VISIBLE_LINE, /* one line: \u{202e}, \x{ff} for a byte that is no UTF-8; line breaks and
			 tabs are blanks */
	VISIBLE_TEXT, /* the same, and line breaks and tabs stay */
	VISIBLE_CELL, /* the same, and line breaks, tabs and carriage returns are \n, \t and \r */
	VISIBLE_JSON, /* within JSON: \u202e, U+FFFD for a byte that is no UTF-8; line breaks and
			 tabs, which stand only between its values, stay */
};

/** buf_visible(b, s, n, how): appends ${n} bytes of text. */
void buf_visible(struct buf *b, const char *s, size_t n, enum visible how);

/* The bytes that visible_line() makes of one, at most. */
enum { VISIBLE_GROWS = 6 };

/** visible_line(to, size, s): the text as VISIBLE_LINE has it, without any memory but the ${size}
 *  bytes at ${to}: what has no room is left out.  Returns ${to}. */
const char *visible_line(char *to, size_t size, const char *s);

#endif
