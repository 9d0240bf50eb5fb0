/* SPDX-License-Identifier: MIT */
#include "stages/eval/pairs.h"

#include <stdint.h>
#include <string.h>

enum {
	SYMBOLS = 27,	    /* letters, and what is between words */
	LEAST = 6,	    /* letters of a text that is judged */
	UNIT = 8,	    /* a doubling of the frequency is so many points */
	UNSEEN = -4 * UNIT, /* of a pair that no word has */
};

struct pairs {
	int8_t points[SYMBOLS][SYMBOLS];
};

/* The letter that a character of Latin-1 is without its accent, 0xc3 0x80 and what follows; '*':
 * another one. */
static const char plain[] = "aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo*ouuuuyty";

enum { OTHER = -1 };

/* The symbol at s[*i], which moves on: 0 between words, 1..26 a letter. */
static int next_symbol(const char *s, size_t n, size_t *i)
{
	unsigned char c = (unsigned char)s[(*i)++], d;

	if (c >= 'a' && c <= 'z')
		return c - 'a' + 1;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 1;
	if (c < 0x80)
		return 0;
	if (c != 0xc3 || *i == n)
		return OTHER;
	d = (unsigned char)s[(*i)++];
	c = d >= 0x80 && d < 0xc0 ? (unsigned char)plain[d - 0x80] : '*';
	return c == '*' ? OTHER : c - 'a' + 1;
}

/* ---- the words of a locale ----------------------------------------------------------------- */

static void add_text(uint32_t seen[SYMBOLS][SYMBOLS], const char *s, size_t n)
{
	int before = 0;

	if (memchr(s, '{', n) != NULL) /* a form: its tokens are no words */
		return;
	for (size_t i = 0; i < n;) {
		int at = next_symbol(s, n, &i);

		at = at < 0 ? 0 : at;
		if (before != 0 || at != 0)
			seen[before][at]++;
		before = at;
	}
	if (before != 0)
		seen[before][0]++;
}

/* UNIT * log2(x / y), by doubling: no floating point, so that every machine agrees. */
static int points(uint64_t x, uint64_t y)
{
	int whole = 0, part = 0;
	uint64_t r;

	while (x < y) {
		x *= 2;
		whole--;
	}
	while (x >= 2 * y) {
		y *= 2;
		whole++;
	}
	r = (x << 16) / y; /* 1 <= r / 2^16 < 2 */
	for (int bit = UNIT / 2; bit > 0; bit /= 2) {
		r = r * r >> 16;
		if (r >= 2 << 16) {
			r >>= 1;
			part += bit;
		}
	}
	return whole * UNIT + part;
}

static int8_t points_of(uint64_t seen, uint64_t all)
{
	int p = seen == 0 || all == 0 ? UNSEEN : points(seen * SYMBOLS * SYMBOLS, all);

	return (int8_t)(p < UNSEEN ? UNSEEN : p > -UNSEEN ? -UNSEEN : p);
}

const struct pairs *pairs_new(const struct locale *l, struct arena *a)
{
	struct pairs *p = arena_alloc(a, sizeof(*p));
	uint32_t seen[SYMBOLS][SYMBOLS] = {{0}};
	uint64_t all = 0;

	if (p == NULL)
		return NULL;
	for (uint32_t i = 0; i < l->nlists; i++) {
		const struct locale_list *t = &l->lists[i];

		for (uint32_t k = 0; k < t->n * t->ncolumns; k++)
			add_text(seen, t->v[k].p, t->v[k].n);
	}
	for (int x = 0; x < SYMBOLS; x++)
		for (int y = 0; y < SYMBOLS; y++)
			all += seen[x][y];
	for (int x = 0; x < SYMBOLS; x++)
		for (int y = 0; y < SYMBOLS; y++)
			p->points[x][y] = points_of(seen[x][y], all);
	return p;
}

/* ---- a text --------------------------------------------------------------------------------- */

enum pairs_look pairs_judge(const struct pairs *p, const char *s, size_t n)
{
	int before = 0, score = 0, scored = 0;
	uint32_t letters = 0;

	for (size_t i = 0; i < n;) {
		int at = next_symbol(s, n, &i);

		if (at < 0)
			return PAIRS_NO_TEXT;
		letters += at > 0;
		if (before != 0 || at != 0) {
			score += p->points[before][at];
			scored++;
		}
		before = at;
	}
	if (letters < LEAST || letters * 2 < n)
		return PAIRS_NO_TEXT;
	return score < 0 ? PAIRS_UNLIKE : PAIRS_LIKE;
}
