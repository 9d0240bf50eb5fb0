/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_UTF8_H
#define COMMON_SQL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* sql_utf8: one character at a time, of text known to be valid. */

/** sql_utf8_get(p, n, c): decode the character at ${p}, ${n} >= 1 bytes left; its length. */
static inline size_t sql_utf8_get(const char *p, size_t n, uint32_t *c)
{
	const uint8_t *b = (const uint8_t *)p;
	size_t len = b[0] < 0x80 ? 1 : b[0] < 0xe0 ? 2 : b[0] < 0xf0 ? 3 : 4;

	if (len > n)
		len = 1;
	*c = len == 1 ? b[0] : b[0] & (0xffu >> (len + 1));
	for (size_t k = 1; k < len; k++)
		*c = *c << 6 | (b[k] & 0x3f);
	return len;
}

/** sql_utf8_put(to, c): encode; 1 to 4 bytes. */
static inline size_t sql_utf8_put(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

#endif
