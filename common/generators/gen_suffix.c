/* SPDX-License-Identifier: MIT */
/*
 * Numbers at the ends of texts of a unique column: writing one, telling whether a text
 * looks as if it had one already, and hashing texts as a key compares them.
 */
#include "common/generators/gen_suffix.h"

#include <string.h>

#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/base/str.h"
#include "common/sql/sql.h"

enum { LOCAL_MAX = 64, DIGITS = 20 }; /* of an e-mail's local part; of a number */

/* A text in two: what the number is put after, and what stays behind it. */
struct halves {
	struct vtext local, rest;
	bool mail;
};

/* An e-mail address is split at its "@"; any other text ends with the number. */
static struct halves split(struct vtext t)
{
	const char *at = memchr(t.p, '@', t.n);

	if (at == NULL || memchr(t.p, ' ', t.n) != NULL)
		return (struct halves){t, {"", 0}, false};
	return (struct halves){{t.p, (size_t)(at - t.p)}, {at, t.n - (size_t)(at - t.p)}, true};
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What stands before numbers, and so at the end of no text that gets one. */
static bool separates(char c)
{
	return c == '-' || c == '.' || c == '_' || c == ' ';
}

/* What stands between a text and its number. */
static const char *separator(const struct halves *h)
{
	if (h->mail)
		return h->local.n > 0 && is_digit(h->local.p[h->local.n - 1]) ? "." : "";
	return memchr(h->local.p, ' ', h->local.n) != NULL ? " " : "-";
}

/* The characters that the text may have before its separator and number. */
static size_t room_of(const struct halves *h, size_t digits, uint32_t limit)
{
	size_t all = limit, rest = utf8_len(h->rest.p, h->rest.n);

	if (h->mail && all > LOCAL_MAX + rest)
		all = LOCAL_MAX + rest;
	return all > rest + digits + 1 ? all - rest - digits - 1 : 0;
}

bool gen_suffix_fits(struct vtext t, uint64_t number, uint32_t limit)
{
	struct halves h = split(t);
	char digits[DIGITS + 1];

	return h.local.n > 0 && !separates(h.local.p[h.local.n - 1]) &&
	       utf8_len(h.local.p, h.local.n) <= room_of(&h, num_fmt_u64(digits, number), limit);
}

size_t gen_suffix_put(
	char *to, struct vtext t, enum gen_suffix_kind kind, uint64_t number, uint32_t limit)
{
	struct halves h = split(t);
	char digits[DIGITS + 2] = "0";
	size_t n = kind == SUFFIX_OF_ROW, room;
	const char *between;
	char *at = to;

	n += num_fmt_u64(digits + n, number);
	room = room_of(&h, n, limit);
	if (room == 0)
		return 0;
	if (utf8_len(h.local.p, h.local.n) > room) {
		h.local.n = utf8_cut(h.local.p, h.local.n, room);
		while (h.local.n > 0 && separates(h.local.p[h.local.n - 1]))
			h.local.n--;
	}
	between = separator(&h);
	memcpy(at, h.local.p, h.local.n);
	at += h.local.n;
	memcpy(at, between, strlen(between));
	at += strlen(between);
	memcpy(at, digits, n);
	at += n;
	memcpy(at, h.rest.p, h.rest.n);
	return (size_t)(at - to) + h.rest.n;
}

size_t gen_suffix_read(struct vtext t, char *base, enum gen_suffix_kind *kind, uint64_t *number)
{
	struct halves h = split(t);
	size_t n = h.local.n, digits;

	while (n > 0 && is_digit(h.local.p[n - 1]))
		n--;
	digits = h.local.n - n;
	if (digits == 0 || digits > DIGITS - 1 || n == 0)
		return 0;
	*kind = h.local.p[n] == '0' ? SUFFIX_OF_ROW : SUFFIX_OF_RANK;
	*number = 0;
	for (size_t i = n; i < h.local.n; i++)
		*number = *number * 10 + (uint64_t)(h.local.p[i] - '0');
	if (*kind == SUFFIX_OF_ROW && (digits == 1 || h.local.p[n + 1] == '0'))
		return 0;
	memcpy(base, h.local.p, n);
	h.local = (struct vtext){base, n};
	if (separates(base[n - 1])) {
		h.local.n--;
		if (h.local.n == 0 || separator(&h)[0] != base[n - 1])
			return 0;
	} else if (separator(&h)[0] != '\0') {
		return 0;
	}
	memcpy(base + h.local.n, h.rest.p, h.rest.n);
	return h.local.n + h.rest.n;
}

/* Bit 5 is what cases differ in for ASCII and most Latin letters; other letters are all taken
 * to be alike, which errs on the safe side. */
size_t gen_alike(const char *p, size_t n, char *to)
{
	unsigned char c = (unsigned char)p[0], next = n > 1 ? (unsigned char)p[1] : 0;
	size_t step;

	*to = c < 0x80 && (c | 32) < 'a' ? (char)c : (char)(c | 32);
	if (c < 0x80)
		return 1;
	*to = c == 0xc3 && next != 0xbf ? (char)(next | 32) : '?';
	step = utf8_cut(p, n, 1);
	return step > 0 ? step : 1;
}

/* FNV-1a, mixed (G. Fowler, L. Noll, K.-P. Vo).  Two texts that collide only cost a number that
 * would not have been needed. */
uint64_t gen_suffix_hash(struct vtext t, unsigned equiv, uint64_t seed)
{
	uint64_t h = seed ^ UINT64_C(0xcbf29ce484222325);

	while (equiv & SQL_EQUIV_BLANKS && t.n > 0 && t.p[0] == ' ')
		t.p++, t.n--;
	while (equiv & SQL_EQUIV_BLANKS && t.n > 0 && t.p[t.n - 1] == ' ')
		t.n--;
	for (size_t i = 0; i < t.n;) {
		char c = t.p[i];

		i += equiv & SQL_EQUIV_CASE ? gen_alike(t.p + i, t.n - i, &c) : 1;
		h = (h ^ (unsigned char)c) * UINT64_C(0x100000001b3);
	}
	h = rng_at(seed, h);
	return h != 0 ? h : 1;
}
