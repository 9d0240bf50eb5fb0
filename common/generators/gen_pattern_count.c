/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_pattern.h"

#include <string.h>

#include "common/generators/gen_kit.h"
#include "common/generators/gen_pattern_node.h"

/* How many texts a pattern has, and how long they may be: bottom up, node by node. */

static uint32_t sat32(uint64_t v)
{
	return v > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)v;
}

/* The bytes of a code point in UTF-8 (RFC 3629). */
static uint32_t point_bytes(uint32_t c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

/*
 * The functions below fill in space, lengths in characters and bytes of one
 * node, from those of its children.
 */
static void count_set(struct pattern_node *n)
{
	n->space = 0;
	for (uint32_t i = 0; i < n->nintervals; i++)
		n->space += n->spans[i].hi - n->spans[i].lo + 1;
	n->min_chars = n->max_chars = 1;
	n->max_bytes = point_bytes(n->spans[n->nintervals - 1].hi);
}

/* The product of the parts, and the sums of their lengths. */
static void count_cat(struct pattern_node *n)
{
	n->space = 1;
	n->min_chars = n->max_chars = n->max_bytes = 0;
	for (uint32_t i = 0; i < n->nkids; i++) {
		const struct pattern_node *k = n->kids[i];

		n->space = gen_mul(n->space, k->space);
		n->min_chars = sat32((uint64_t)n->min_chars + k->min_chars);
		n->max_chars = sat32((uint64_t)n->max_chars + k->max_chars);
		n->max_bytes = sat32((uint64_t)n->max_bytes + k->max_bytes);
	}
}

/*
 * Each alternative gets its share; the longest and shortest texts are those of
 * any.
 */
static void count_alt(struct pattern_node *n)
{
	n->space = 0;
	n->min_chars = UINT32_MAX;
	n->max_chars = n->max_bytes = 0;
	for (uint32_t i = 0; i < n->nkids; i++) {
		const struct pattern_node *k = n->kids[i];

		n->kids[i]->share = pattern_share(k->space, n->nkids);
		n->space += k->share;
		n->min_chars = k->min_chars < n->min_chars ? k->min_chars : n->min_chars;
		n->max_chars = k->max_chars > n->max_chars ? k->max_chars : n->max_chars;
		n->max_bytes = k->max_bytes > n->max_bytes ? k->max_bytes : n->max_bytes;
	}
}

/* The sum over all counts of a repetition, each with its share. */
static void count_rep(struct pattern_node *n)
{
	const struct pattern_node *k = n->kids[0];

	n->space = 0; /* not counted: rep_share() must */
	for (uint32_t i = n->least; i <= n->most; i++)
		n->space += pattern_rep_share(n, i);
	n->min_chars = sat32((uint64_t)n->least * k->min_chars);
	n->max_chars = sat32((uint64_t)n->most * k->max_chars);
	n->max_bytes = sat32((uint64_t)n->most * k->max_bytes);
}

/* Nothing is chosen; the group stands before it, and has been counted. */
static void count_copy(struct pattern_node *n)
{
	n->space = 1;
	n->min_chars = n->of->min_chars;
	n->max_chars = n->of->max_chars;
	n->max_bytes = n->of->max_bytes;
}

/*
 * Counts a tree from its leaves up. A node with only one text is written out
 * once, so that putting it is a copy.
 */
void pattern_count(struct pattern_node *n)
{
	static void (*const count[])(struct pattern_node *) = {
		[PATTERN_SET] = count_set,
		[PATTERN_CAT] = count_cat,
		[PATTERN_ALT] = count_alt,
		[PATTERN_REP] = count_rep,
		[PATTERN_COPY] = count_copy,
	};
	bool varies = n->kind == PATTERN_COPY || n->group > 0;

	for (uint32_t i = 0; i < n->nkids; i++) {
		pattern_count(n->kids[i]);
		varies = varies || n->kids[i]->varies;
	}
	n->varies = varies;
	count[n->kind](n);
	n->by_space = divisor_of(n->space > 0 ? n->space : 1);
	n->fixed = false; /* so that the next line makes it in full */
	if (n->space == 1 && n->max_bytes < PATTERN_SLOT && !varies) {
		n->ntext = (uint8_t)pattern_node_put(n, 0, 0, n->text);
		n->fixed = true;
	}
}
