/* SPDX-License-Identifier: MIT */
/*
 * The sets of characters in a regular expression: a character by itself, an
 * escape, a dot, and classes in brackets. Each becomes a PATTERN_SET node, whose
 * spans of code points ascend and do not touch.
 */
#include "common/generators/gen_pattern_parser.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"

enum {
	MAX_SPANS = 256,
	FIRST_PRINT = 0x20,
	LAST_PRINT = 0x7e,
	FIRST_HALF = 0xd800,
	LAST_HALF = 0xdfff,
	LAST_POINT = 0x10ffff
};

/* Characters being collected for a class. */
struct spans {
	struct pattern_span v[MAX_SPANS];
	uint32_t n;
};

/* The error, with the position; always NULL. */
void *pattern_refuse(struct pattern_parser *ps, const char *what)
{
	err_set(ps->e, ERR_NO, "regular expression: %s at character %td", what,
		ps->p - ps->start + 1);
	return NULL;
}

struct pattern_node *pattern_node_new(struct pattern_parser *ps, enum pattern_kind kind)
{
	struct pattern_node *n = arena_alloc(ps->a, sizeof(*n));

	if (n == NULL)
		err_nomem(ps->e);
	else
		n->kind = kind;
	return n;
}

/*
 * One code point of UTF-8; a stray byte stands for itself, and is found when
 * samples are verified.
 */
static uint32_t next_point(struct pattern_parser *ps)
{
	static const uint8_t lead[] = {0x1f, 0x0f, 0x07};
	uint32_t c = (unsigned char)*ps->p++;
	unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;

	if (more == 0)
		return c;
	c &= lead[more - 1];
	for (; more > 0 && ps->p < ps->end; more--)
		c = c << 6 | ((unsigned char)*ps->p++ & 0x3f);
	return c;
}

static bool add_span(struct spans *s, uint32_t lo, uint32_t hi)
{
	if (s->n == MAX_SPANS)
		return false;
	s->v[s->n++] = (struct pattern_span){lo, hi};
	return true;
}

static int by_lo(const void *a, const void *b)
{
	const struct pattern_span *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

/* Sorts spans and joins those that touch. */
static void merge(struct spans *s)
{
	uint32_t n = 0;

	qsort(s->v, s->n, sizeof(s->v[0]), by_lo);
	for (uint32_t i = 0; i < s->n; i++)
		if (n > 0 && s->v[i].lo <= s->v[n - 1].hi + 1) {
			if (s->v[i].hi > s->v[n - 1].hi)
				s->v[n - 1].hi = s->v[i].hi;
		} else {
			s->v[n++] = s->v[i];
		}
	s->n = n;
}

/* The printable ASCII characters that are not in the set. */
static void negate(struct spans *s)
{
	struct spans out = {.n = 0};
	uint32_t from = FIRST_PRINT;

	merge(s);
	for (uint32_t i = 0; i < s->n && from <= LAST_PRINT; i++) {
		if (s->v[i].lo > from)
			(void)add_span(&out, from,
				s->v[i].lo - 1 < LAST_PRINT ? s->v[i].lo - 1 : LAST_PRINT);
		if (s->v[i].hi + 1 > from)
			from = s->v[i].hi + 1;
	}
	if (from <= LAST_PRINT)
		(void)add_span(&out, from, LAST_PRINT);
	*s = out;
}

/* Named classes: \d \w \s and [:alpha:] ... as pairs of ends. */
static const struct named {
	const char *name;
	char letter; /* of the escape, or 0 */
	const char *pairs;
} named[] = {
	{"digit", 'd', "09"},
	{"word", 'w', "09AZ__az"},
	{"space", 's', "  "},
	{"alpha", 0, "AZaz"},
	{"alnum", 0, "09AZaz"},
	{"upper", 0, "AZ"},
	{"lower", 0, "az"},
	{"punct", 0, "!/:@[`{~"},
	{"xdigit", 0, "09AFaf"},
	{"print", 0, " ~"},
	{"graph", 0, "!~"},
	{"blank", 0, "  "},
};

enum { NNAMED = sizeof(named) / sizeof(named[0]) };

/* The characters of a named class. */
static bool add_named(struct spans *s, const struct named *k)
{
	for (const char *p = k->pairs; *p != '\0'; p += 2)
		if (!add_span(s, (unsigned char)p[0], (unsigned char)p[1]))
			return false;
	return true;
}

/* The complement of a named class. */
static bool add_negated(struct spans *s, const struct named *k)
{
	struct spans t = {.n = 0};

	if (!add_named(&t, k))
		return false;
	negate(&t);
	for (uint32_t i = 0; i < t.n; i++)
		if (!add_span(s, t.v[i].lo, t.v[i].hi))
			return false;
	return true;
}

static int hex_of(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* \xHH, \uHHHH and \UHHHHHHHH: any character but those that no text can have, which are 0 and the
 * halves of UTF-16's pairs. */
static bool hex_escape(struct pattern_parser *ps, unsigned digits, struct spans *s)
{
	uint32_t c = 0;

	for (; digits > 0; digits--, ps->p++) {
		if (ps->p == ps->end || hex_of(*ps->p) < 0)
			return pattern_refuse(ps, "bad hexadecimal escape") != NULL;
		c = c << 4 | (uint32_t)hex_of(*ps->p);
	}
	if (c == 0 || c > LAST_POINT || (c >= FIRST_HALF && c <= LAST_HALF))
		return pattern_refuse(ps, "an escape that is no character of a text ends") != NULL;
	return add_span(s, c, c);
}

/* What follows a backslash: a character, or a class. */
static bool parse_escape(struct pattern_parser *ps, struct spans *s)
{
	static const char controls[] = "t\tn\nr\rf\fv\v";
	char c;

	if (ps->p == ps->end)
		return pattern_refuse(ps, "nothing after \\") != NULL;
	c = *ps->p++;
	for (size_t i = 0; i < NNAMED; i++) {
		if (named[i].letter == 0)
			continue;
		if (named[i].letter == c)
			return add_named(s, &named[i]);
		if (named[i].letter == c + ('a' - 'A'))
			return add_negated(s, &named[i]);
	}
	for (const char *p = controls; *p != '\0'; p += 2)
		if (p[0] == c)
			return add_span(s, (unsigned char)p[1], (unsigned char)p[1]);
	if (c == 'x' || c == 'u' || c == 'U')
		return hex_escape(ps, c == 'x' ? 2 : c == 'u' ? 4 : 8, s);
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
		ps->p--;
		return pattern_refuse(ps, "unsupported escape") != NULL;
	}
	ps->p--;
	s->v[s->n].lo = s->v[s->n].hi = next_point(ps);
	s->n++;
	return true;
}

/* [:alpha:] and its kin, inside a class. */
static bool parse_posix(struct pattern_parser *ps, struct spans *s)
{
	for (size_t i = 0; i < NNAMED; i++) {
		size_t n = strlen(named[i].name);

		if ((size_t)(ps->end - ps->p) >= n + 2 && memcmp(ps->p, named[i].name, n) == 0 &&
			ps->p[n] == ':' && ps->p[n + 1] == ']') {
			ps->p += n + 2;
			return add_named(s, &named[i]);
		}
	}
	return pattern_refuse(ps, "unknown class") != NULL;
}

/* A member of a class, and the end of a range if one follows. */
static bool parse_member(struct pattern_parser *ps, struct spans *s)
{
	uint32_t before = s->n, lo;

	if (s->n + 16 > MAX_SPANS)
		return pattern_refuse(ps, "class too large") != NULL;
	if (pattern_at(ps, '[') && ps->end - ps->p > 1 && ps->p[1] == ':') {
		ps->p += 2;
		return parse_posix(ps, s);
	}
	if (pattern_at(ps, '\\')) {
		ps->p++;
		if (!parse_escape(ps, s))
			return false;
	} else {
		lo = next_point(ps);
		(void)add_span(s, lo, lo);
	}
	if (s->n != before + 1 || s->v[before].lo != s->v[before].hi || !pattern_at(ps, '-') ||
		ps->end - ps->p < 2 || ps->p[1] == ']')
		return true;
	ps->p++;
	if (pattern_at(ps, '\\')) {
		ps->p++;
		if (!parse_escape(ps, s) || s->n != before + 2 ||
			s->v[before + 1].lo != s->v[before + 1].hi)
			return pattern_refuse(ps, "bad range") != NULL;
		s->n--;
		s->v[before].hi = s->v[before + 1].hi;
	} else {
		s->v[before].hi = next_point(ps);
	}
	return s->v[before].hi >= s->v[before].lo ||
	       pattern_refuse(ps, "range out of order") != NULL;
}

static struct pattern_node *set_node(struct pattern_parser *ps, struct spans *s)
{
	struct pattern_node *n = pattern_node_new(ps, PATTERN_SET);

	if (n == NULL)
		return NULL;
	merge(s);
	if (s->n == 0)
		return pattern_refuse(ps, "empty class");
	n->nintervals = s->n;
	if ((n->spans = arena_array(ps->a, s->n, sizeof(n->spans[0]))) == NULL) {
		err_nomem(ps->e);
		return NULL;
	}
	memcpy(n->spans, s->v, s->n * sizeof(n->spans[0]));
	return n;
}

/* A class; the opening bracket has been read. */
static struct pattern_node *parse_class(struct pattern_parser *ps)
{
	struct spans s = {.n = 0};
	bool negated = pattern_at(ps, '^'), first = true;

	ps->p += negated;
	while (ps->p < ps->end && (first || *ps->p != ']')) {
		first = false;
		if (!parse_member(ps, &s))
			return NULL;
	}
	if (ps->p == ps->end)
		return pattern_refuse(ps, "class without ]");
	ps->p++;
	if (negated)
		negate(&s);
	return set_node(ps, &s);
}

/*
 * A class, an escape, a dot, or the character itself. A dot draws printable
 * ASCII.
 */
struct pattern_node *pattern_parse_set(struct pattern_parser *ps)
{
	struct spans s = {.n = 0};
	uint32_t c;

	switch (*ps->p) {
	case '[':
		ps->p++;
		return parse_class(ps);
	case '.':
		ps->p++;
		(void)add_span(&s, FIRST_PRINT, LAST_PRINT);
		return set_node(ps, &s);
	case '\\':
		ps->p++;
		return parse_escape(ps, &s) ? set_node(ps, &s) : NULL;
	default:
		c = next_point(ps);
		(void)add_span(&s, c, c);
		return set_node(ps, &s);
	}
}
