/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_transform.h"

#include <string.h>

#include "common/base/str.h"
#include "common/generators/gen_kit.h"

/* What the transforms and the judgement of their values share: the pieces of a template, letters.
 */

/*
 * Splits a template at each {value} into pieces. 1: it has too many of them;
 * -1: no memory.
 */
int transform_split(struct transform_pieces *p, const char *text, struct arena *a)
{
	static const char value[] = "{value}";

	for (p->n = 0; p->n < XFORM_PIECES;) {
		const char *at = strstr(text, value);

		p->piece[p->n] = at == NULL ? text : arena_strndup(a, text, (size_t)(at - text));
		if (p->piece[p->n++] == NULL)
			return -1;
		if (at == NULL)
			return 0;
		text = at + sizeof(value) - 1;
	}
	return 1;
}

/* Prefix and suffix as a template with one value. */
bool transform_affixes(struct transform_pieces *p, const msgpack_object *params, struct arena *a)
{
	p->piece[0] = p->piece[1] = "";
	p->n = 2;
	(void)gen_arg_string(params, "prefix", a, &p->piece[0]);
	(void)gen_arg_string(params, "suffix", a, &p->piece[1]);
	return p->piece[0] != NULL && p->piece[1] != NULL;
}

/* The letters of U+00C0 to U+017E that have their other case in two bytes as well. */
static unsigned other_case(unsigned c, bool up)
{
	bool odd_is_lower = (c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) ||
			    (c >= 0x14a && c <= 0x177);
	bool even_is_lower = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);

	if (c >= 0xc0 && c <= 0xde && c != 0xd7)
		return up ? c : c + 0x20;
	if (c >= 0xe0 && c <= 0xfe && c != 0xf7)
		return up ? c - 0x20 : c;
	if (odd_is_lower)
		return up ? c & ~1u : c | 1;
	if (even_is_lower)
		return up ? ((c - 1) | 1) : ((c + 1) & ~1u);
	return c;
}

/*
 * Upper, lower or title case of ASCII and of Latin letters with two bytes; the
 * length in bytes stays the same.
 */
void transform_recase(char mode, const char *p, size_t n, char *to)
{
	bool start = true;

	for (size_t i = 0; i < n; i++) {
		unsigned c = (unsigned char)p[i];
		bool up = mode == 'u' || (mode == 't' && start);

		start = c == ' ' || (c >= '\t' && c <= '\r');
		if (c >= 'a' && c <= 'z' && up) {
			c -= 'a' - 'A';
		} else if (c >= 'A' && c <= 'Z' && !up) {
			c += 'a' - 'A';
		} else if (c >= 0xc3 && c <= 0xc5 && i + 1 < n) {
			unsigned d = (c & 0x1f) << 6 | ((unsigned char)p[i + 1] & 0x3f);

			d = other_case(d, up);
			to[i] = (char)(0xc0 | d >> 6);
			c = 0x80 | (d & 0x3f);
			i++;
		}
		to[i] = (char)c;
	}
}
