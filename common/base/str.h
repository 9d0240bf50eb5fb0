/* SPDX-License-Identifier: MIT */
#ifndef COMMON_STR_H
#define COMMON_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * str: views of bytes somebody else owns, and a growing buffer.
 */

struct view {
	const char *p;
	size_t n;
};

/** view_of(s): the bytes of a C string. */
struct view view_of(const char *s);

bool view_eq(struct view a, struct view b);

/**
 * bytes_copy(to, p, n):
 * memcpy for texts that are mostly short: no call up to 32 bytes, and from 8 on no branch
 * that depends on the length, which no processor foresees: four words that overlap.
 */
static inline void bytes_copy(char *to, const char *p, size_t n)
{
	if (n - 8 <= 24) {
		size_t second = n < 16 ? n - 8 : 8, third = n < 16 ? 0 : n - 16;
		uint64_t a, b, c, d;

		memcpy(&a, p, 8);
		memcpy(&b, p + second, 8);
		memcpy(&c, p + third, 8);
		memcpy(&d, p + n - 8, 8);
		memcpy(to, &a, 8);
		memcpy(to + second, &b, 8);
		memcpy(to + third, &c, 8);
		memcpy(to + n - 8, &d, 8);
	} else if (n > 32) {
		memcpy(to, p, n);
	} else if (n >= 4) { /* two that overlap */
		uint32_t a, b;

		memcpy(&a, p, 4);
		memcpy(&b, p + n - 4, 4);
		memcpy(to, &a, 4);
		memcpy(to + n - 4, &b, 4);
	} else {
		for (size_t i = 0; i < n; i++)
			to[i] = p[i];
	}
}

/**
 * buf: a growing buffer.  Appending never fails at the call: when memory is out
 * the buffer is marked and ignores what follows, and buf_ok() tells at the end.
 * p is NUL-terminated once anything was appended.  BUF_INIT is the empty buffer.
 */
struct buf {
	char *p;
	size_t n, cap;
	bool failed;
};

struct arena;

#define BUF_INIT ((struct buf){NULL, 0, 0, false})

/** buf_reserve(b, n): room for ${n} more bytes at b->p + b->n; false when memory is out. */
bool buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
/** buf_quoted(b, quote, s): ${s} between two of ${quote}, which is doubled where it occurs: names
 * and literals as SQL has them. */
void buf_quoted(struct buf *b, char quote, const char *s);

/** str_quoted(a, quote, s): the same as a text in ${a}; NULL when memory is out. */
const char *str_quoted(struct arena *a, char quote, const char *s);

void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool buf_ok(const struct buf *b);
void buf_clear(struct buf *b);
void buf_free(struct buf *b);

/** utf8_len(p, n): code points in ${n} bytes of valid UTF-8. */
size_t utf8_len(const char *p, size_t n);

/** utf8_valid(p, n): whether the bytes are UTF-8 as PostgreSQL accepts it (no NUL). */
bool utf8_valid(const char *p, size_t n);

/** utf8_step(p, n): bytes of the first character of ${n} bytes; 0 if it is not UTF-8 or n is 0. */
size_t utf8_step(const char *p, size_t n);

/** utf8_cut(p, n, max): bytes of the longest prefix of at most ${max} code points. */
size_t utf8_cut(const char *p, size_t n, size_t max);

/* What str_shown() needs at most. */
enum { STR_SHOWN = 4 * 200 + 4 };

/**
 * str_shown(to, s):
 * The definition of a constraint as a message quotes it: one line, a space for a run of blanks,
 * and of what is longer than 200 characters the beginning and "...".  ${to} has STR_SHOWN bytes.
 * Returns it.
 */
const char *str_shown(char *to, const char *s);

/**
 * str_distance(a, na, b): how many letters two names differ by, as a typist would count them: the
 * edit distance (Levenshtein, 1965).  Of names of 64 bytes or more, 64.
 */
size_t str_distance(const char *a, size_t na, const char *b);

/** str_any_of(list, to, size): "upper, lower or title" of the words "upper lower title", for
 * people. What has no room in ${size} bytes is left out. */
void str_any_of(const char *list, char *to, size_t size);

#endif
