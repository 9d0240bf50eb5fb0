/* SPDX-License-Identifier: MIT */
/*
 * Regular expressions as generators: counting the texts of an expression,
 * fitting it to lengths, and finding out whether distinct choices give distinct
 * texts.
 *
 * An expression is a tree of sets of characters, concatenations, alternatives
 * and repetitions (gen_pattern_parse.c). Its space is computed from the leaves
 * up: sizes of sets, products for concatenations, sums for alternatives and for
 * the counts of a repetition. The products saturate, so each of several
 * alternatives gets at most an equal share, or one with many texts would take
 * all.
 *
 * The mapping from indexes to texts is one to one if the expression is
 * unambiguous: wherever there is a choice, the next characters tell which was
 * taken. This is the LL condition of parsers (Aho, Lam, Sethi and Ullman,
 * Compilers, 4.4.3), with a look ahead of up to 16 characters.
 */
#include "common/generators/gen_pattern.h"

#include <string.h>

#include "common/generators/gen_kit.h"
#include "common/generators/gen_pattern_node.h"

/* ---- counting ------------------------------------------------------------------------- */

uint64_t pattern_space(const struct pattern *p)
{
	return p->root->space;
}

uint32_t pattern_max_bytes(const struct pattern *p)
{
	return p->root->max_bytes + PATTERN_SLOT;
}

/* ---- lengths ---------------------------------------------------------------------------- */

/*
 * The repetition whose lengths vary most, which has most to give when the text
 * must be shorter or longer; NULL when none varies.
 */
static struct pattern_node *widest(struct pattern_node *n)
{
	struct pattern_node *best = NULL;
	uint64_t gain = 0;

	if (n->kind == PATTERN_REP && n->most > n->least && n->kids[0]->max_chars > 0) {
		best = n;
		gain = (uint64_t)(n->most - n->least) * n->kids[0]->max_chars;
	}
	for (uint32_t i = 0; i < n->nkids; i++) {
		struct pattern_node *w = widest(n->kids[i]);
		uint64_t g = w == NULL ? 0 : (uint64_t)(w->most - w->least) * w->kids[0]->max_chars;

		if (g > gain) {
			best = w;
			gain = g;
		}
	}
	return best;
}

/* Alternatives at the top that cannot have the length at all are dropped. */
static void drop_branches(struct pattern_node *n, uint32_t min, uint32_t max)
{
	uint32_t kept = 0;

	if (n->kind == PATTERN_CAT && n->nkids == 1)
		drop_branches(n->kids[0], min, max);
	if (n->kind != PATTERN_ALT)
		return;
	for (uint32_t i = 0; i < n->nkids; i++)
		if (n->kids[i]->min_chars <= max && n->kids[i]->max_chars >= min)
			n->kids[kept++] = n->kids[i];
	n->nkids = kept > 0 ? kept : n->nkids;
}

/*
 * Narrows repetitions until every text has from ${min} to ${max} characters;
 * false when that is impossible.
 */
bool pattern_fit(struct pattern *p, uint32_t min, uint32_t max)
{
	drop_branches(p->root, min, max);
	pattern_count(p->root);
	while (p->root->max_chars > max || p->root->min_chars < min) {
		struct pattern_node *w = widest(p->root);

		if (w == NULL)
			return false;
		if (p->root->max_chars > max)
			w->most--;
		else
			w->least++;
		pattern_count(p->root);
	}
	return true;
}

/* ---- ambiguity ---------------------------------------------------------------------------- */

/* A set of characters, as far as disjointness needs it: ASCII exactly, the rest as one. */
struct chars {
	uint64_t w[2];
	bool wide;
};

/* The characters of a set. */
static struct chars of_set(const struct pattern_node *n)
{
	struct chars c = {{0, 0}, false};

	for (uint32_t i = 0; i < n->nintervals; i++)
		for (uint32_t p = n->spans[i].lo; p <= n->spans[i].hi; p++) {
			if (p >= 128) {
				c.wide = true;
				break;
			}
			c.w[p / 64] |= UINT64_C(1) << p % 64;
		}
	return c;
}

static bool meet(struct chars a, struct chars b)
{
	return (a.w[0] & b.w[0]) != 0 || (a.w[1] & b.w[1]) != 0 || (a.wide && b.wide);
}

static struct chars join(struct chars a, struct chars b)
{
	return (struct chars){{a.w[0] | b.w[0], a.w[1] | b.w[1]}, a.wide || b.wide};
}

/* Whether the empty text is one of the node's. */
static bool nullable(const struct pattern_node *n)
{
	return n->min_chars == 0;
}

/*
 * What a text of the node can begin with, or what follows it if the node may be
 * empty: the FIRST sets of parsing.
 */
static struct chars first_of(const struct pattern_node *n, struct chars follow)
{
	struct chars c = {{0, 0}, false};

	switch (n->kind) {
	case PATTERN_SET:
		return of_set(n);
	case PATTERN_CAT:
		for (uint32_t i = n->nkids; i-- > 0;)
			follow = first_of(n->kids[i], follow);
		return follow;
	case PATTERN_ALT:
		for (uint32_t i = 0; i < n->nkids; i++)
			c = join(c, first_of(n->kids[i], follow));
		return c;
	case PATTERN_REP:
		if (n->most > 0)
			c = first_of(n->kids[0], follow);
		return nullable(n) ? join(c, follow) : c;
	case PATTERN_COPY:
		return first_of(n->of, follow);
	}
	return c;
}

enum { AHEAD = 16 };

/*
 * The characters at the first places of the node, as long as each place is
 * determined; true when that is all of it.
 */
static bool places(const struct pattern_node *n, struct chars *to, uint32_t *count)
{
	switch (n->kind) {
	case PATTERN_SET:
		if (*count == AHEAD)
			return false;
		to[(*count)++] = of_set(n);
		return true;
	case PATTERN_CAT:
		for (uint32_t i = 0; i < n->nkids; i++)
			if (!places(n->kids[i], to, count))
				return false;
		return true;
	case PATTERN_REP:
		for (uint32_t i = 0; i < n->least; i++)
			if (!places(n->kids[0], to, count))
				return false;
		return n->least == n->most;
	case PATTERN_ALT:
	case PATTERN_COPY:
		break;
	}
	return false;
}

/* Whether two alternatives differ at some fixed place. */
static bool told_apart(const struct pattern_node *a, const struct pattern_node *b)
{
	struct chars x[AHEAD], y[AHEAD];
	uint32_t nx = 0, ny = 0;

	(void)places(a, x, &nx);
	(void)places(b, y, &ny);
	for (uint32_t i = 0; i < nx && i < ny; i++)
		if (!meet(x[i], y[i]))
			return true;
	return false;
}

/* Whether every two alternatives can be told apart. */
static bool branches_apart(const struct pattern_node *n, struct chars follow)
{
	for (uint32_t i = 0; i < n->nkids; i++)
		for (uint32_t j = 0; j < i; j++) {
			const struct pattern_node *a = n->kids[i], *b = n->kids[j];

			if ((nullable(a) && nullable(b)) ||
				(meet(first_of(a, follow), first_of(b, follow)) &&
					!told_apart(a, b)))
				return false;
		}
	return true;
}

/*
 * Whether the node, followed by something that begins with ${follow}, is
 * unambiguous.
 */
static bool clear(const struct pattern_node *n, struct chars follow)
{
	static const struct chars none = {{0, 0}, false};
	struct chars f;

	switch (n->kind) {
	case PATTERN_SET:
	case PATTERN_COPY:
		return true;
	case PATTERN_CAT:
		for (uint32_t i = n->nkids; i-- > 0;) {
			if (!clear(n->kids[i], follow))
				return false;
			follow = first_of(n->kids[i], follow);
		}
		return true;
	case PATTERN_ALT:
		for (uint32_t i = 0; i < n->nkids; i++)
			if (!clear(n->kids[i], follow))
				return false;
		return branches_apart(n, follow);
	case PATTERN_REP:
		f = first_of(n->kids[0], none);
		if (n->least != n->most && (nullable(n->kids[0]) || meet(f, follow)))
			return false;
		return clear(n->kids[0], n->most > 1 ? join(f, follow) : follow);
	}
	return false;
}

bool pattern_unambiguous(const struct pattern *p)
{
	return clear(p->root, (struct chars){{0, 0}, false});
}
