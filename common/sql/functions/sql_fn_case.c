/* SPDX-License-Identifier: MIT */
/*
 * Texts: upper and lower case, and trimming.
 *
 * Case is changed character by character with the simple mappings of Unicode,
 * as PostgreSQL does under C.UTF-8; under the collation C only ASCII letters
 * have cases (str_tolower() of formatting.c). A mapped character may need more
 * bytes than before, at most twice as many.
 */
#include "common/sql/sql_int.h"

#include <string.h>

#include "common/sql/functions/sql_unicode.h"
#include "common/sql/sql_utf8.h"

static const struct vtext empty = {"", 0};

/* The other case of an ASCII letter; any other character as it is.  Without a branch, which would
 * be hard to predict: the cases of a letter differ in one bit. */
static inline uint8_t ascii_case(uint8_t c, uint8_t first)
{
	return (uint8_t)(c ^ ((uint8_t)(c - first) < 26) << 5);
}

/* A new text with every letter changed.  ASCII, most of most texts, is not taken apart. */
struct vtext sql_text_case(struct sql_eval *ev, struct vtext t, bool upper, enum sql_coll coll)
{
	char *to = sql_alloc(ev, t.n * 2);
	const uint8_t first = upper ? 'a' : 'A';
	size_t n = 0;

	if (to == NULL)
		return empty;
	for (size_t k = 0; k < t.n;) {
		uint32_t c = (uint8_t)t.p[k];

		if (c < 0x80) {
			to[n++] = (char)ascii_case((uint8_t)c, first);
			k++;
			continue;
		}
		k += sql_utf8_get(t.p + k, t.n - k, &c);
		n += sql_utf8_put(to + n, coll == SQL_COLL_C ? c : sql_letter_case(c, upper));
	}
	return (struct vtext){to, n};
}

static void text_case(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	out->v.t[i] = sql_text_case(ev, SQL_T(0, i), x->fn->param != 0, (enum sql_coll)x->coll);
}

/*
 * The first letter of each run of letters and digits is made upper case, all
 * others lower (str_initcap()).
 */
static void text_initcap(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		bool in_word = false;
		char *to = sql_alloc(ev, t.n * 2);
		size_t n = 0;

		if (to == NULL)
			return;
		for (size_t k = 0; k < t.n;) {
			size_t w;
			uint32_t c;
			struct vtext one;

			w = sql_utf8_get(t.p + k, t.n - k, &c);
			one = sql_text_case(
				ev, (struct vtext){t.p + k, w}, !in_word, (enum sql_coll)x->coll);
			memcpy(to + n, one.p, one.n);
			n += one.n;
			/* under C no byte beyond ASCII is part of a word */
			in_word = (c < 0x80 || x->coll != SQL_COLL_C) && sql_letter_alnum(c);
			k += w;
		}
		out->v.t[i] = (struct vtext){to, n};
	}
}

/* ---- trimming ----------------------------------------------------------------------- */

/* Whether the character at ${p}, of ${w} bytes, is one of ${set}. */
static bool in_set(struct vtext set, const char *p, size_t w)
{
	for (size_t k = 0; k < set.n;) {
		uint32_t c;
		size_t sw = sql_utf8_get(set.p + k, set.n - k, &c);

		if (sw == w && memcmp(set.p + k, p, w) == 0)
			return true;
		k += sw;
	}
	return false;
}

/*
 * ltrim, rtrim and btrim: removes the characters of a set from one side or
 * both. param: 1 left, 2 right, 3 both. From the right, a character is found by
 * going back over its continuation bytes.
 */
static void text_trim(
	struct sql_eval *ev, const struct sql_node *x, const struct sql_reg *a, struct sql_reg *out)
{
	SQL_EACH(i)
	{
		struct vtext t = SQL_T(0, i);
		struct vtext set = x->nargs > 1 ? SQL_T(1, i) : (struct vtext){" ", 1};
		uint32_t c;

		while ((x->fn->param & 1) && t.n > 0) {
			size_t w = sql_utf8_get(t.p, t.n, &c);

			if (!in_set(set, t.p, w))
				break;
			t.p += w, t.n -= w;
		}
		while ((x->fn->param & 2) && t.n > 0) {
			size_t at = t.n - 1;

			while (at > 0 && ((uint8_t)t.p[at] & 0xc0) == 0x80)
				at--;
			if (!in_set(set, t.p + at, t.n - at))
				break;
			t.n = at;
		}
		out->v.t[i] = t;
	}
}

#define T PG_TEXT

static const struct sql_fn rows[] = {
	{"lower", {T}, 1, T, 0, 0, text_case, NULL},
	{"upper", {T}, 1, T, 0, 1, text_case, NULL},
	{"initcap", {T}, 1, T, 0, 0, text_initcap, NULL},
	{"ltrim", {T}, 1, T, 0, 1, text_trim, NULL},
	{"ltrim", {T, T}, 2, T, 0, 1, text_trim, NULL},
	{"rtrim", {T}, 1, T, 0, 2, text_trim, NULL},
	{"rtrim", {T, T}, 2, T, 0, 2, text_trim, NULL},
	{"btrim", {T}, 1, T, 0, 3, text_trim, NULL},
	{"btrim", {T, T}, 2, T, 0, 3, text_trim, NULL},
};

const struct sql_fn_table sql_fns_case = {rows, sizeof rows / sizeof rows[0]};
