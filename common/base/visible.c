/* SPDX-License-Identifier: MIT */
/*
 * Characters that cannot be seen, written by their number.
 *
 * Backslashes are not doubled: messages quote patterns and paths, which would be harder to read
 * than it is worth.  A name that has the letters \u{202e} reads as one that has the character;
 * neither does anything to a terminal.
 */
#include "common/base/visible.h"

#include <stdio.h>
#include <string.h>

#include "common/base/str.h"

/* What one character becomes, with its NUL. */
enum { ROOM = 16 };

size_t visible_next(const char *p, size_t n, uint32_t *c)
{
	size_t len = utf8_step(p, n);

	*c = len == 0 ? UINT32_MAX : (uint8_t)p[0];
	if (len < 2)
		return 1;
	*c &= 0x7fu >> len; /* 110xxxxx, 1110xxxx, 11110xxx */
	for (size_t i = 1; i < len; i++)
		*c = *c << 6 | ((uint8_t)p[i] & 0x3f);
	return len;
}

/* Ranges of the Unicode Character Database, version 15: Cc, Zl, Zp, Bidi_Control, and those of Cf
 * (format) that have neither width nor a use within words. */
bool visible_is_hidden(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} all[] = {{0, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x61c, 0x61c}, {0x180e, 0x180e},
		{0x200b, 0x200b}, {0x200e, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
		{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f}, {UINT32_MAX, UINT32_MAX}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && c >= all[i].from; i++)
		if (c <= all[i].to)
			return true;
	return false;
}

/* The characters that VISIBLE_CELL writes as C does, or 0. */
static char c_escape(uint32_t c)
{
	return c == '\n' ? 'n' : c == '\t' ? 't' : c == '\r' ? 'r' : 0;
}

/* JSON numbers units of UTF-16: a character above U+FFFF is two (RFC 8259, 7). */
static void put_json(char to[ROOM], uint32_t c)
{
	if (c == UINT32_MAX)
		memcpy(to, "\xef\xbf\xbd", 4);
	else if (c <= 0xffff)
		(void)snprintf(to, ROOM, "\\u%04x", c);
	else
		(void)snprintf(to, ROOM, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
			0xdc00 + (c & 0x3ff));
}

/* The hidden character ${c}, whose first byte is ${byte}, as ${how} has it. */
static void put_hidden(char to[ROOM], uint32_t c, uint8_t byte, enum visible how)
{
	bool is_space = c == '\n' || c == '\t';

	if (is_space && how != VISIBLE_CELL)
		(void)snprintf(to, ROOM, "%c", how == VISIBLE_LINE ? ' ' : (char)c);
	else if (how == VISIBLE_CELL && c_escape(c) != 0)
		(void)snprintf(to, ROOM, "\\%c", c_escape(c));
	else if (how == VISIBLE_JSON)
		put_json(to, c);
	else if (c == UINT32_MAX)
		(void)snprintf(to, ROOM, "\\x{%02x}", byte);
	else
		(void)snprintf(to, ROOM, "\\u{%x}", c);
}

/*
 * The bytes from s[*i] on that are written next: as many as stand for themselves, or what one
 * hidden character becomes, in ${to}.  *i moves behind them.
 */
static struct view next_piece(const char *s, size_t n, size_t *i, char to[ROOM], enum visible how)
{
	size_t from = *i, len;
	uint32_t c;

	while (*i < n) {
		len = visible_next(s + *i, n - *i, &c);
		if (!visible_is_hidden(c)) {
			*i += len;
			continue;
		}
		if (*i > from)
			break;
		put_hidden(to, c, (uint8_t)s[*i], how);
		*i += len;
		return view_of(to);
	}
	return (struct view){s + from, *i - from};
}

void buf_visible(struct buf *b, const char *s, size_t n, enum visible how)
{
	char to[ROOM];

	for (size_t i = 0; i < n;) {
		struct view v = next_piece(s, n, &i, to, how);

		buf_add(b, v.p, v.n);
	}
}

const char *visible_line(char *to, size_t size, const char *s)
{
	size_t n = strlen(s), at = 0;
	char piece[ROOM];

	for (size_t i = 0; i < n;) {
		struct view v = next_piece(s, n, &i, piece, VISIBLE_LINE);
		size_t fits = v.n < size - 1 - at ? v.n : size - 1 - at;

		memcpy(to + at, v.p, fits);
		at += fits;
	}
	to[at] = '\0';
	return to;
}
