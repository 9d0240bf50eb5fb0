/* SPDX-License-Identifier: MIT */
/*
 * Views, buffers that grow, and UTF-8.
 *
 * A buffer remembers that memory ran out and ignores what comes after, so that
 * a whole text can be built and checked once at the end with buf_ok(). It is
 * always terminated by a NUL.
 */
#include "common/base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/host.h"

struct view view_of(const char *s)
{
	return (struct view){s, strlen(s)};
}

bool view_eq(struct view a, struct view b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/*
 * The capacity doubles, so that appending byte by byte takes linear time in
 * all. One byte more is kept for the NUL.
 */
bool buf_reserve(struct buf *b, size_t n)
{
	size_t cap = b->cap < 64 ? 64 : b->cap, need;
	char *p;

	if (b->failed)
		return false;
	if (__builtin_add_overflow(b->n, n, &need) || need == SIZE_MAX)
		goto nomem;
	need++; /* the NUL */
	if (need <= b->cap)
		return true;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if ((p = realloc(b->p, cap)) == NULL)
		goto nomem;
	b->p = p;
	b->cap = cap;
	return true;
nomem:
	b->failed = true;
	return false;
}

/* Appending nothing is allowed, also with a NULL pointer. */
void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!buf_reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_quoted(struct buf *b, char quote, const char *s)
{
	buf_addc(b, quote);
	for (; *s != '\0'; s++) {
		if (*s == quote)
			buf_addc(b, quote);
		buf_addc(b, *s);
	}
	buf_addc(b, quote);
}

const char *str_quoted(struct arena *a, char quote, const char *s)
{
	struct buf b = BUF_INIT;
	const char *text = NULL;

	buf_quoted(&b, quote, s);
	if (buf_ok(&b))
		text = arena_strdup(a, b.p);
	buf_free(&b);
	return text;
}

/* Formatted twice: first to learn the length. */
void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n < 0) {
		b->failed = true;
	} else if (buf_reserve(b, (size_t)n)) {
		(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = BUF_INIT;
}

/* Whether ${c} continues a sequence: 10xxxxxx. */
static bool follows(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/*
 * Characters of valid UTF-8: the bytes that do not continue one. In eight bytes at a
 * time, those that do have the bits 10 on top.
 */
size_t utf8_len(const char *p, size_t n)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t i = 0, len = n;
	uint64_t w;

	for (; n - i >= 8; i += 8) {
		memcpy(&w, p + i, sizeof(w));
		len -= (size_t)__builtin_popcountll(w >> 7 & ~w >> 6 & ones);
	}
	for (; i < n; i++)
		len -= follows(p[i]);
	return len;
}

/*
 * The legal lead bytes, and what their second byte may be (Unicode 15, table
 * 3-7: no surrogates, no overlong forms, nothing above U+10FFFF).
 */
static const struct lead {
	uint8_t first, last, lo, hi, more; /* lead byte range, second byte range, bytes after it */
} leads[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 0},
	{0xe0, 0xe0, 0xa0, 0xbf, 1},
	{0xe1, 0xec, 0x80, 0xbf, 1},
	{0xed, 0xed, 0x80, 0x9f, 1},
	{0xee, 0xef, 0x80, 0xbf, 1},
	{0xf0, 0xf0, 0x90, 0xbf, 2},
	{0xf1, 0xf3, 0x80, 0xbf, 2},
	{0xf4, 0xf4, 0x80, 0x8f, 2},
};

/* The bytes of the sequence at ${p}, or 0 if there is no valid one. */
static size_t sequence(const char *p, size_t n)
{
	uint8_t c = (uint8_t)p[0], d;

	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		const struct lead *l = &leads[i];

		if (c < l->first || c > l->last)
			continue;
		if (n < 2u + l->more)
			return 0;
		d = (uint8_t)p[1];
		if (d < l->lo || d > l->hi)
			return 0;
		for (size_t k = 2; k < 2u + l->more; k++)
			if (!follows(p[k]))
				return 0;
		return 2u + l->more;
	}
	return 0;
}

size_t utf8_step(const char *p, size_t n)
{
	if (n == 0)
		return 0;
	return (signed char)p[0] >= 0 ? 1 : sequence(p, n);
}

/*
 * The eight bytes at ${p}, each with its high bit set if it is no ASCII or NUL.  A byte has its
 * high bit from itself, or borrows when 1 is subtracted from it; a borrow may mark bytes behind a
 * NUL wrongly, and never one before it ("Hacker's Delight", 6-1).  The first byte is the least
 * significant one, as on every machine this is built for.
 */
static uint64_t other_of_8(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return (w | (w - ones)) & high;
}

/* How many bytes at ${p} are ASCII and no NUL; it may stop before the first that is not. */
static size_t ascii_run(const char *p, size_t n)
{
	size_t i = 0;
	uint64_t other = 0;

	/* 32 bytes a turn: their words wait for one another only at the end */
	for (; n - i >= 32; i += 32)
		if ((other_of_8(p + i) | other_of_8(p + i + 8) | other_of_8(p + i + 16) |
			    other_of_8(p + i + 24)) != 0)
			break;
	for (; n - i >= 8; i += 8)
		if ((other = other_of_8(p + i)) != 0)
			return i + (size_t)__builtin_ctzll(other) / 8;
	return i;
}

/* The bytes of the character at ${p}, n > 0.  Those of two bytes, as most letters of Europe are,
 * are known without a search in the table. */
static inline size_t valid_step(const char *p, size_t n)
{
	uint8_t c = (uint8_t)p[0];

	if (c < 0x80)
		return c != 0;
	if (c >= 0xc2 && c <= 0xdf && n >= 2)
		return follows(p[1]) ? 2 : 0;
	return sequence(p, n);
}

/*
 * Valid UTF-8 without a NUL, which PostgreSQL's text has not; runs of ASCII are
 * stepped over eight bytes and more at a time.
 */
bool utf8_valid(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t step;

		i += ascii_run(p + i, n - i);
		if (i == n)
			break;
		if ((step = valid_step(p + i, n - i)) == 0)
			return false;
		i += step;
	}
	return true;
}

/* The bytes of the first ${max} characters. */
size_t utf8_cut(const char *p, size_t n, size_t max)
{
	size_t i = 0;

	for (; i < n; i++)
		if (!follows(p[i]) && max-- == 0)
			break;
	return i;
}

/* A text for a message: one line, at most 200 characters. */
const char *str_shown(char *to, const char *s)
{
	size_t n = 0, chars = 0;

	while (*s != '\0' && chars < 200) {
		bool blank = *s == ' ' || (*s >= '\t' && *s <= '\r');
		size_t k = utf8_cut(s, strlen(s) < 4 ? strlen(s) : 4, 1);

		if (!blank || (n > 0 && to[n - 1] != ' ')) {
			memcpy(to + n, blank ? " " : s, k);
			n += k;
			chars++;
		}
		s += k;
	}
	memcpy(to + n, *s != '\0' ? "..." : "", *s != '\0' ? 4 : 1);
	return to;
}

size_t str_distance(const char *a, size_t na, const char *b)
{
	size_t row[64], nb = strlen(b);

	if (na >= 64 || nb >= 64)
		return 64;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = corner + (a[i - 1] != b[j - 1]);

			corner = row[j];
			best = best < row[j] + 1 ? best : row[j] + 1;
			row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
		}
	}
	return row[nb];
}

void str_any_of(const char *list, char *to, size_t size)
{
	size_t n = 0;

	for (const char *p = list; *p != '\0' && n < size;) {
		size_t w = strcspn(p, " ");

		n += (size_t)snprintf(to + n, size - n, "%s%.*s",
			p == list      ? ""
			: p[w] == '\0' ? " or "
				       : ", ",
			(int)w, p);
		p += w + (p[w] == ' ');
	}
}
