/* SPDX-License-Identifier: MIT */
/*
 * A parser for the regular expressions that texts are drawn from: sets of
 * characters (gen_pattern_class.c), groups, alternatives, repetitions, and anchors
 * at the ends of branches. It is a recursive descent parser, bounded in depth and
 * sizes.
 *
 * It reads the common part of PostgreSQL's and POSIX syntax. What has no
 * meaning for drawing (look-aheads) is refused with the position. A back reference
 * copies what its group has written. "." and negated classes draw printable ASCII; * and + are
 * bounded by max_repeat.
 */
#include "common/generators/gen_pattern.h"

#include <string.h>

#include "common/base/err.h"
#include "common/generators/gen_pattern_parser.h"

enum { MAX_DEPTH = 64, MAX_COUNT = 1000, MAX_KIDS = 256 };

static struct pattern_node *parse_alt(struct pattern_parser *ps, unsigned depth);

/* A node over another, so that what a group writes can be found again. */
static struct pattern_node *numbered(
	struct pattern_parser *ps, struct pattern_node *kid, unsigned number)
{
	struct pattern_node *n = pattern_node_new(ps, PATTERN_CAT);

	if (n == NULL)
		return NULL;
	if ((n->kids = arena_array(ps->a, 1, sizeof(n->kids[0]))) == NULL) {
		err_nomem(ps->e);
		return NULL;
	}
	n->kids[0] = kid;
	n->nkids = 1;
	n->group = (uint8_t)number;
	ps->group[number] = n;
	return n;
}

/* A group; the opening parenthesis has been read. */
static struct pattern_node *parse_group(struct pattern_parser *ps, unsigned depth)
{
	unsigned number = pattern_at(ps, '?') ? 0 : ++ps->ngroups;
	struct pattern_node *n;

	if (pattern_at(ps, '?')) {
		if (ps->end - ps->p < 2 || ps->p[1] != ':')
			return pattern_refuse(ps, "unsupported group (only (...) and (?:...))");
		ps->p += 2;
	}
	if (depth == MAX_DEPTH)
		return pattern_refuse(ps, "groups nested too deep");
	if ((n = parse_alt(ps, depth + 1)) == NULL)
		return NULL;
	if (!pattern_at(ps, ')'))
		return pattern_refuse(ps, "group without )");
	ps->p++;
	return ps->refers && number > 0 && number < PATTERN_GROUPS ? numbered(ps, n, number) : n;
}

/* Whether a back reference is at the position. */
static bool at_reference(const struct pattern_parser *ps)
{
	return ps->end - ps->p > 1 && ps->p[0] == '\\' && ps->p[1] >= '1' && ps->p[1] <= '9';
}

/* \1: what group 1 has written. */
static struct pattern_node *parse_reference(struct pattern_parser *ps)
{
	struct pattern_node *of = ps->group[ps->p[1] - '0'], *n;

	if (of == NULL)
		return pattern_refuse(ps, "back reference to a group that is not before it");
	ps->p += 2;
	if ((n = pattern_node_new(ps, PATTERN_COPY)) != NULL)
		n->of = of;
	return n;
}

/* A group, or a set of characters: a class, an escape, a dot, or one character. */
static struct pattern_node *parse_atom(struct pattern_parser *ps, unsigned depth)
{
	switch (*ps->p) {
	case '(':
		ps->p++;
		return parse_group(ps, depth);
	case '*':
	case '+':
	case '?':
		return pattern_refuse(ps, "nothing to repeat");
	case '^':
	case '$':
		return pattern_refuse(ps, "anchor not at an end");
	default:
		if (at_reference(ps))
			return parse_reference(ps);
		return pattern_parse_set(ps);
	}
}

static bool parse_number(struct pattern_parser *ps, uint32_t *out)
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
static int parse_quantifier(struct pattern_parser *ps, uint32_t *least, uint32_t *most)
{
	*least = *most = 1;
	if (pattern_at(ps, '?')) {
		*least = 0;
	} else if (pattern_at(ps, '*') || pattern_at(ps, '+')) {
		*least = *ps->p == '+';
		*most = *least + ps->max_repeat;
	} else if (pattern_at(ps, '{') && ps->end - ps->p > 1 && ps->p[1] >= '0' &&
		   ps->p[1] <= '9') {
		ps->p++;
		if (!parse_number(ps, least))
			return pattern_refuse(ps, "repetition above 1000") == NULL ? -1 : 0;
		*most = *least;
		if (pattern_at(ps, ',')) {
			ps->p++;
			if (pattern_at(ps, '}'))
				*most = *least + ps->max_repeat;
			else if (!parse_number(ps, most) || *most < *least)
				return pattern_refuse(ps, "bad repetition") == NULL ? -1 : 0;
		}
		if (!pattern_at(ps, '}'))
			return pattern_refuse(ps, "repetition without }") == NULL ? -1 : 0;
	} else {
		return 0;
	}
	ps->p++;
	if (pattern_at(ps, '?')) /* lazy: the same texts */
		ps->p++;
	return 1;
}

/* An atom with its repetitions. */
static struct pattern_node *parse_piece(struct pattern_parser *ps, unsigned depth)
{
	struct pattern_node *kid = parse_atom(ps, depth), *rep;
	uint32_t least, most;
	int q;

	while (kid != NULL && (q = parse_quantifier(ps, &least, &most)) != 0) {
		if (q == -1 || (rep = pattern_node_new(ps, PATTERN_REP)) == NULL)
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

static struct pattern_node *with_kids(struct pattern_parser *ps, enum pattern_kind kind,
	struct pattern_node *const *kids, uint32_t n)
{
	struct pattern_node *node = pattern_node_new(ps, kind);

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
static bool skip_anchor(struct pattern_parser *ps, bool front)
{
	size_t left = (size_t)(ps->end - ps->p);
	size_t n = pattern_at(ps, front ? '^' : '$')				      ? 1
		   : left >= 2 && ps->p[0] == '\\' && ps->p[1] == (front ? 'A' : 'Z') ? 2
										      : 0;

	if (n == 0 || (!front && left > n && ps->p[n] != ')' && ps->p[n] != '|'))
		return false;
	ps->p += n;
	return true;
}

/*
 * \y \m \M and \Y say where words begin and end, and take no character: whether
 * a text has them right is verified.
 */
static bool skip_word_end(struct pattern_parser *ps)
{
	if (ps->end - ps->p < 2 || ps->p[0] != '\\' || ps->p[1] == '\0' ||
		strchr("ymMY", ps->p[1]) == NULL)
		return false;
	ps->p += 2;
	return true;
}

/* Pieces one after the other. */
static struct pattern_node *parse_branch(struct pattern_parser *ps, unsigned depth)
{
	struct pattern_node *kids[MAX_KIDS];
	uint32_t n = 0;

	(void)skip_anchor(ps, true);
	while (ps->p < ps->end && *ps->p != '|' && *ps->p != ')') {
		if (skip_anchor(ps, false) || skip_word_end(ps))
			continue;
		if (n == MAX_KIDS)
			return pattern_refuse(ps, "expression too long");
		if ((kids[n++] = parse_piece(ps, depth)) == NULL)
			return NULL;
	}
	return with_kids(ps, PATTERN_CAT, kids, n);
}

/* Branches with "|" between. */
static struct pattern_node *parse_alt(struct pattern_parser *ps, unsigned depth)
{
	struct pattern_node *kids[MAX_KIDS];
	uint32_t n = 0;

	do {
		if (n > 0)
			ps->p++;
		if (n == MAX_KIDS)
			return pattern_refuse(ps, "too many branches");
		if ((kids[n++] = parse_branch(ps, depth)) == NULL)
			return NULL;
	} while (pattern_at(ps, '|'));
	return n == 1 ? kids[0] : with_kids(ps, PATTERN_ALT, kids, n);
}

/* Parses the whole text; what is left over is an error. */
struct pattern *pattern_parse(
	const char *text, size_t n, uint32_t max_repeat, struct arena *a, struct err *e)
{
	struct pattern_parser ps = {.p = text,
		.start = text,
		.end = text + n,
		.max_repeat = max_repeat,
		.a = a,
		.e = e};
	struct pattern *p = arena_alloc(a, sizeof(*p));

	if (p == NULL) {
		err_nomem(e);
		return NULL;
	}
	for (; ps.p < ps.end && !ps.refers; ps.p += *ps.p == '\\' && ps.end - ps.p > 1 ? 2 : 1)
		ps.refers = at_reference(&ps);
	ps.p = text;
	if ((p->root = parse_alt(&ps, 0)) == NULL)
		return NULL;
	if (ps.p < ps.end)
		return pattern_refuse(&ps, ") without (");
	pattern_count(p->root);
	return p;
}
