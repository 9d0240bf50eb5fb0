/* SPDX-License-Identifier: MIT */
/*
 * Folding letters to lower-case ASCII for e-mail addresses and the like. The
 * table covers U+00C0 to U+017F (Latin-1 Supplement and Latin Extended-A),
 * which has all letters of Portuguese and most of western Europe; any other
 * character becomes a separator.
 */
#include "common/generators/gen_kit.h"

/* U+00C0 to U+017F without their marks; '.' where there is no letter to fold to. */
static const char folded[] = "AAAAAAACEEEEIIIIDNOOOOO.OUUUUYTsaaaaaaaceeeeiiiidnooooo.ouuuuyty"
			     "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
			     "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

enum { FOLD_FIRST = 0xc0, FOLD_LAST = FOLD_FIRST + sizeof(folded) - 2 };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Writes at most as many bytes as there are in ${p}; returns how many. */
size_t gen_transliterate(const char *p, size_t n, char *to)
{
	char *at = to;

	for (size_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)p[i];

		if (c >= 0xc3 && c <= 0xc5 && i + 1 < n) {
			c = (c & 0x1f) << 6 | ((unsigned char)p[++i] & 0x3f);
			c = c <= FOLD_LAST ? (unsigned char)folded[c - FOLD_FIRST] : '.';
		}
		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			*at++ = lower((char)c);
	}
	return (size_t)(at - to);
}
