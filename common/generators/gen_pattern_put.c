/* SPDX-License-Identifier: MIT */
/*
 * Writing the text of an index. The index is spent on the choices of the
 * pattern from left to right, as the digits of a mixed-radix number whose bases
 * are the spaces of the nodes. Where it is used up (the space saturates at
 * 2^62, texts can be long), choices go on with a hash of it, which keeps
 * distinct texts distinct: what comes before already differs.
 */
#include "common/generators/gen_pattern.h"

#include <string.h>

#include "common/base/rng.h"
#include "common/generators/gen_pattern_node.h"

/* An index being spent on choices; when it is used up, a hash goes on. */
struct spender {
	uint64_t key, n;
	/* what groups have written, of an expression with back references */
	struct {
		const char *p;
		size_t n;
	} group[PATTERN_GROUPS];
};

/* A choice below ${below} from the hash. */
static uint64_t more(struct spender *s, uint64_t below)
{
	return rng_below(rng_at(s->key, s->n++), below);
}

/*
 * Takes a digit, one of the texts of ${of}, from *u < *cap, so that digit and
 * rest determine u.
 */
static inline uint64_t take(
	struct spender *s, uint64_t *u, uint64_t *cap, const struct pattern_node *of)
{
	uint64_t c = of->space, d;

	if (c <= *cap) {
		*u = divide_rest(&of->by_space, *u, &d);
		*cap = divide(&of->by_space, *cap + c - 1);
		return d;
	}
	d = *u + *cap * more(s, c / *cap);
	*u = 0;
	*cap = 1;
	return d;
}

/* A code point as UTF-8 (RFC 3629). */
static char *put_point(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

/* The d-th character of a set. */
static char *put_set(const struct pattern_node *n, uint64_t d, char *to)
{
	const struct pattern_span *s = n->spans;

	while (d > s->hi - s->lo) {
		d -= s->hi - s->lo + 1;
		s++;
	}
	return put_point(to, s->lo + (uint32_t)d);
}

static char *put(const struct pattern_node *n, uint64_t u, struct spender *s, char *to);

/*
 * What follows in a text. A node with only one text is copied, and nothing is
 * spent on it.
 */
static inline char *put_next(
	const struct pattern_node *n, uint64_t *u, uint64_t *cap, struct spender *s, char *to)
{
	if (!n->fixed)
		return put(n, take(s, u, cap, n), s, to);
	memcpy(to, n->text, PATTERN_SLOT);
	return to + n->ntext;
}

/* What the group has written; nothing where it has not. */
static char *put_copy(const struct pattern_node *n, const struct spender *s, char *to)
{
	size_t len = s->group[n->of->group].n;

	if (len > 0)
		memcpy(to, s->group[n->of->group].p, len);
	return to + len;
}

/* The text of index ${u} of a node; returns where it ends. */
static char *put(const struct pattern_node *n, uint64_t u, struct spender *s, char *to)
{
	char *const from = to;
	uint64_t cap = n->space, part;
	uint32_t i;

	switch (n->kind) {
	case PATTERN_SET:
		return put_set(n, u, to);
	case PATTERN_CAT:
		for (i = 0; i < n->nkids; i++)
			to = put_next(n->kids[i], &u, &cap, s, to);
		if (n->group > 0) {
			s->group[n->group].p = from;
			s->group[n->group].n = (size_t)(to - from);
		}
		return to;
	case PATTERN_COPY:
		return put_copy(n, s, to);
	case PATTERN_ALT:
		for (i = 0; u >= (part = n->kids[i]->share); i++)
			u -= part;
		/* the share may be less than all of the branch: spread it over the branch */
		return put_next(n->kids[i], &u, &part, s, to);
	case PATTERN_REP:
		for (i = n->least; u >= (part = pattern_rep_share(n, i)); i++)
			u -= part;
		for (; i > 0; i--)
			to = put_next(n->kids[0], &u, &part, s, to);
		return to;
	}
	return to;
}

size_t pattern_node_put(const struct pattern_node *n, uint64_t key, uint64_t idx, char *to)
{
	struct spender s;

	s.key = rng_at(key, idx);
	s.n = 0;
	if (n->varies)
		memset(s.group, 0, sizeof(s.group));
	return (size_t)(put(n, idx, &s, to) - to);
}

size_t pattern_put(const struct pattern *p, uint64_t key, uint64_t idx, char *to)
{
	return pattern_node_put(p->root, key, idx, to);
}
