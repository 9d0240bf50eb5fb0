/* SPDX-License-Identifier: MIT */
/*
 * A parser for the regular expressions that texts are drawn from: characters,
 * classes, groups, alternatives, repetitions, and anchors at the ends of
 * branches. It is a recursive descent parser, bounded in depth and sizes.
 *
 * It reads the common part of PostgreSQL's and POSIX syntax. What has no
 * meaning for drawing (look-aheads, back references) is refused with the
 * position. "." and negated classes draw printable ASCII; * and + are bounded
 * by max_repeat.
 */
#include "common/generators/gen_pattern.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_pattern_node.h"

enum { MAX_DEPTH = 64, MAX_COUNT = 1000, MAX_KIDS = 256, MAX_SPANS = 256 };
enum { FIRST_PRINT = 0x20, LAST_PRINT = 0x7e, LAST_POINT = 0x10ffff };

/* The position, and where nodes and errors go. */
struct parser {
	const char *p, *start, *end;
	uint32_t max_repeat;
	struct arena *a;
	struct err *e;
};

/* Characters being collected for a class. */
struct spans {
	struct pattern_span v[MAX_SPANS];
	uint32_t n;
};

static struct pattern_node *parse_alt(struct parser *ps, unsigned depth);

/* The error, with the position; always NULL. */
static void *refuse(struct parser *ps, const char *what)
{
	err_set(ps->e, ERR_NO, "regular expression: %s at character %td", what,
		ps->p - ps->start + 1);
	return NULL;
}

static struct pattern_node *node_new(struct parser *ps, enum pattern_kind kind)
{
	struct pattern_node *n = arena_alloc(ps->a, sizeof(*n));

	if (n == NULL)
		err_nomem(ps->e);
	else
		n->kind = kind;
	return n;
}

/* ---- characters --------------------------------------------------------------------- */

static bool at(const struct parser *ps, char c)
{
	return ps->p < ps->end && *ps->p == c;
}

/*
 * One code point of UTF-8; a stray byte stands for itself, and is found when
 * samples are verified.
 */
static uint32_t next_point(struct parser *ps)
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

/* \xHH and \uHHHH. */
static bool hex_escape(struct parser *ps, unsigned digits, struct spans *s)
{
	uint32_t c = 0;

	for (; digits > 0; digits--, ps->p++) {
		if (ps->p == ps->end || hex_of(*ps->p) < 0)
			return refuse(ps, "bad hexadecimal escape") != NULL;
		c = c << 4 | (uint32_t)hex_of(*ps->p);
	}
	return c != 0 && c <= LAST_POINT && add_span(s, c, c);
}

/* What follows a backslash: a character, or a class. */
static bool parse_escape(struct parser *ps, struct spans *s)
{
	static const char controls[] = "t\tn\nr\rf\fv\v";
	char c;

	if (ps->p == ps->end)
		return refuse(ps, "nothing after \\") != NULL;
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
	if (c == 'x' || c == 'u')
		return hex_escape(ps, c == 'x' ? 2 : 4, s);
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
		ps->p--;
		return refuse(ps, "unsupported escape") != NULL;
	}
	ps->p--;
	s->v[s->n].lo = s->v[s->n].hi = next_point(ps);
	s->n++;
	return true;
}

/* [:alpha:] and its kin, inside a class. */
static bool parse_posix(struct parser *ps, struct spans *s)
{
	for (size_t i = 0; i < NNAMED; i++) {
		size_t n = strlen(named[i].name);

		if ((size_t)(ps->end - ps->p) >= n + 2 && memcmp(ps->p, named[i].name, n) == 0 &&
			ps->p[n] == ':' && ps->p[n + 1] == ']') {
			ps->p += n + 2;
			return add_named(s, &named[i]);
		}
	}
	return refuse(ps, "unknown class") != NULL;
}

/* A member of a class, and the end of a range if one follows. */
static bool parse_member(struct parser *ps, struct spans *s)
{
	uint32_t before = s->n, lo;

	if (s->n + 16 > MAX_SPANS)
		return refuse(ps, "class too large") != NULL;
	if (at(ps, '[') && ps->end - ps->p > 1 && ps->p[1] == ':') {
		ps->p += 2;
		return parse_posix(ps, s);
	}
	if (at(ps, '\\')) {
		ps->p++;
		if (!parse_escape(ps, s))
			return false;
	} else {
		lo = next_point(ps);
		(void)add_span(s, lo, lo);
	}
	if (s->n != before + 1 || s->v[before].lo != s->v[before].hi || !at(ps, '-') ||
		ps->end - ps->p < 2 || ps->p[1] == ']')
		return true;
	ps->p++;
	if (at(ps, '\\')) {
		ps->p++;
		if (!parse_escape(ps, s) || s->n != before + 2)
			return refuse(ps, "bad range") != NULL;
		s->n--;
		s->v[before].hi = s->v[before + 1].hi;
	} else {
		s->v[before].hi = next_point(ps);
	}
	return s->v[before].hi >= s->v[before].lo || refuse(ps, "range out of order") != NULL;
}

static struct pattern_node *set_node(struct parser *ps, struct spans *s)
{
	struct pattern_node *n = node_new(ps, PATTERN_SET);

	if (n == NULL)
		return NULL;
	merge(s);
	if (s->n == 0)
		return refuse(ps, "empty class");
	n->nintervals = s->n;
	if ((n->spans = arena_array(ps->a, s->n, sizeof(n->spans[0]))) == NULL) {
		err_nomem(ps->e);
		return NULL;
	}
	memcpy(n->spans, s->v, s->n * sizeof(n->spans[0]));
	return n;
}

/* A class; the opening bracket has been read. */
static struct pattern_node *parse_class(struct parser *ps)
{
	struct spans s = {.n = 0};
	bool negated = at(ps, '^'), first = true;

	ps->p += negated;
	while (ps->p < ps->end && (first || *ps->p != ']')) {
		first = false;
		if (!parse_member(ps, &s))
			return NULL;
	}
	if (ps->p == ps->end)
		return refuse(ps, "class without ]");
	ps->p++;
	if (negated)
		negate(&s);
	return set_node(ps, &s);
}

/* ---- structure ------------------------------------------------------------------------ */

/* A group; the opening parenthesis has been read. */
static struct pattern_node *parse_group(struct parser *ps, unsigned depth)
{
	struct pattern_node *n;

	if (at(ps, '?')) {
		if (ps->end - ps->p < 2 || ps->p[1] != ':')
			return refuse(ps, "unsupported group (only (...) and (?:...))");
		ps->p += 2;
	}
	if (depth == MAX_DEPTH)
		return refuse(ps, "groups nested too deep");
	if ((n = parse_alt(ps, depth + 1)) == NULL)
		return NULL;
	if (!at(ps, ')'))
		return refuse(ps, "group without )");
	ps->p++;
	return n;
}

/* A group, a class, an escape, a dot, or a character. */
static struct pattern_node *parse_atom(struct parser *ps, unsigned depth)
{
	struct spans s = {.n = 0};
	uint32_t c;

	switch (*ps->p) {
	case '(':
		ps->p++;
		return parse_group(ps, depth);
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
	case '*':
	case '+':
	case '?':
		return refuse(ps, "nothing to repeat");
	case '^':
	case '$':
		return refuse(ps, "anchor not at an end");
	default:
		c = next_point(ps);
		(void)add_span(&s, c, c);
		return set_node(ps, &s);
	}
}

static bool parse_number(struct parser *ps, uint32_t *out)
{
	const char *from = ps->p;

	*out = 0;
	while (ps->p < ps->end && *ps->p >= '0' && *ps->p <= '9' && *out <= MAX_COUNT)
		*out = *out * 10 + (uint32_t)(*ps->p++ - '0');
	return ps->p > from && *out <= MAX_COUNT;
}

/*
 * Reads ? * + {m} {m,} {m,n}. Returns 0 when there is none, 1, or -1 with the
 * error set.
 */
static int parse_quantifier(struct parser *ps, uint32_t *least, uint32_t *most)
{
	*least = *most = 1;
	if (at(ps, '?')) {
		*least = 0;
	} else if (at(ps, '*') || at(ps, '+')) {
		*least = *ps->p == '+';
		*most = *least + ps->max_repeat;
	} else if (at(ps, '{') && ps->end - ps->p > 1 && ps->p[1] >= '0' && ps->p[1] <= '9') {
		ps->p++;
		if (!parse_number(ps, least))
			return refuse(ps, "repetition above 1000") == NULL ? -1 : 0;
		*most = *least;
		if (at(ps, ',')) {
			ps->p++;
			if (at(ps, '}'))
				*most = *least + ps->max_repeat;
			else if (!parse_number(ps, most) || *most < *least)
				return refuse(ps, "bad repetition") == NULL ? -1 : 0;
		}
		if (!at(ps, '}'))
			return refuse(ps, "repetition without }") == NULL ? -1 : 0;
	} else {
		return 0;
	}
	ps->p++;
	if (at(ps, '?')) /* lazy: the same texts */
		ps->p++;
	return 1;
}

/* An atom with its repetitions. */
static struct pattern_node *parse_piece(struct parser *ps, unsigned depth)
{
	struct pattern_node *kid = parse_atom(ps, depth), *rep;
	uint32_t least, most;
	int q;

	while (kid != NULL && (q = parse_quantifier(ps, &least, &most)) != 0) {
		if (q == -1 || (rep = node_new(ps, PATTERN_REP)) == NULL)
			return NULL;
		rep->least = least;
		rep->most = most;
		rep->nkids = 1;
		if ((rep->kids = arena_array(ps->a, 1, sizeof(rep->kids[0]))) == NULL) {
			err_nomem(ps->e);
			return NULL;
		}
		rep->kids[0] = kid;
		kid = rep;
	}
	return kid;
}

static struct pattern_node *with_kids(
	struct parser *ps, enum pattern_kind kind, struct pattern_node *const *kids, uint32_t n)
{
	struct pattern_node *node = node_new(ps, kind);

	if (node == NULL)
		return NULL;
	if ((node->kids = arena_array(ps->a, n, sizeof(node->kids[0]))) == NULL) {
		err_nomem(ps->e);
		return NULL;
	}
	if (n > 0)
		memcpy(node->kids, kids, n * sizeof(node->kids[0]));
	node->nkids = n;
	return node;
}

/*
 * ^ may open a branch and $ may close one, where they change nothing, since
 * texts are drawn whole. Elsewhere they are noticed when samples are verified.
 */
static bool skip_anchor(struct parser *ps, bool front)
{
	size_t left = (size_t)(ps->end - ps->p);
	size_t n = at(ps, front ? '^' : '$')					      ? 1
		   : left >= 2 && ps->p[0] == '\\' && ps->p[1] == (front ? 'A' : 'Z') ? 2
										      : 0;

	if (n == 0 || (!front && left > n && ps->p[n] != ')' && ps->p[n] != '|'))
		return false;
	ps->p += n;
	return true;
}

/* Pieces one after the other. */
static struct pattern_node *parse_branch(struct parser *ps, unsigned depth)
{
	struct pattern_node *kids[MAX_KIDS];
	uint32_t n = 0;

	(void)skip_anchor(ps, true);
	while (ps->p < ps->end && *ps->p != '|' && *ps->p != ')') {
		if (skip_anchor(ps, false))
			continue;
		if (n == MAX_KIDS)
			return refuse(ps, "expression too long");
		if ((kids[n++] = parse_piece(ps, depth)) == NULL)
			return NULL;
	}
	return with_kids(ps, PATTERN_CAT, kids, n);
}

/* Branches with "|" between. */
static struct pattern_node *parse_alt(struct parser *ps, unsigned depth)
{
	struct pattern_node *kids[MAX_KIDS];
	uint32_t n = 0;

	do {
		if (n > 0)
			ps->p++;
		if (n == MAX_KIDS)
			return refuse(ps, "too many branches");
		if ((kids[n++] = parse_branch(ps, depth)) == NULL)
			return NULL;
	} while (at(ps, '|'));
	return n == 1 ? kids[0] : with_kids(ps, PATTERN_ALT, kids, n);
}

/* Parses the whole text; what is left over is an error. */
struct pattern *pattern_parse(
	const char *text, size_t n, uint32_t max_repeat, struct arena *a, struct err *e)
{
	struct parser ps = {text, text, text + n, max_repeat, a, e};
	struct pattern *p = arena_alloc(a, sizeof(*p));

	if (p == NULL) {
		err_nomem(e);
		return NULL;
	}
	if ((p->root = parse_alt(&ps, 0)) == NULL)
		return NULL;
	if (ps.p < ps.end)
		return refuse(&ps, ") without (");
	pattern_count(p->root);
	return p;
}
