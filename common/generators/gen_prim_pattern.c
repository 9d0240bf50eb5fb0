/* SPDX-License-Identifier: MIT */
/*
 * Texts of a regular expression, which a rule or the column's checks ask for.
 *
 * Where checks have regular expressions, texts are drawn from one of them and
 * verified against all (gen_textkit.c): first from the expression itself, then
 * from a narrower one that looks better, and at last from those of many draws
 * that pass. A unique column needs to know how many distinct texts there are,
 * so an ambiguous expression is listed, if it is small enough.
 */
#include "common/generators/gen_prim_text.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_pattern.h"

enum {
	ENUMERATE = 1 << 16, /* texts of an ambiguous pattern we are ready to list */
	TRIED = 1 << 13	     /* texts drawn where few pass: those that do are listed */
};

struct pattern_state {
	struct gen_draw draw;
	const struct pattern *pattern;
};

static void pattern_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct pattern_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		uint32_t len = (uint32_t)pattern_put(s->pattern, g->key, idx[i], p);

		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/*
 * The distinct texts of a small pattern; of a larger one those of ${most}
 * random draws. They are told apart by a hash table.
 */
static int list_texts(struct gen *g, const struct gen_column *c, const struct pattern *p,
	uint64_t most, struct arena *a, struct err *e)
{
	const bool all = pattern_space(p) <= most;
	const uint64_t space = all ? pattern_space(p) : most;
	struct vtext *v = arena_array(a, space, sizeof(*v));
	uint32_t *slot, mask, n = 0;

	for (mask = 1; mask < 2 * space; mask *= 2)
		;
	slot = arena_array(a, mask, sizeof(*slot));
	if (v == NULL || slot == NULL)
		return err_nomem(e);
	for (uint64_t i = 0; i < space; i++) {
		char *to = arena_alloc(a, pattern_max_bytes(p) + 1);
		uint64_t h = 0;
		size_t len;

		if (to == NULL)
			return err_nomem(e);
		len = pattern_put(
			p, g->key, all ? i : rng_below(rng_at(g->key, i), pattern_space(p)), to);
		for (size_t k = 0; k < len; k++)
			h = (h ^ (unsigned char)to[k]) * 0x100000001b3ULL;
		for (h ^= h >> 29; slot[h & (mask - 1)] != 0; h++) {
			const struct vtext *t = &v[slot[h & (mask - 1)] - 1];

			if (t->n == len && memcmp(t->p, to, len) == 0)
				break;
		}
		if (slot[h & (mask - 1)] == 0) {
			v[n] = (struct vtext){to, len};
			slot[h & (mask - 1)] = ++n;
		}
	}
	return gen_list(g, c, v, n, a, e);
}

/*
 * Texts must match the expression that they were drawn from: anchors in odd
 * places can make that impossible.
 */
static int match_own(
	struct gen *g, const struct gen_column *c, const char *text, struct arena *a, struct err *e)
{
	struct sql_domain d = {.max_len = UINT32_MAX, .patterns = &text, .npatterns = 1};
	struct gen_column own = *c;

	own.dom = &d;
	if (gen_text_verify(g, &own, a, e) == -1)
		return e->kind == ERR_NO ? err_set(e, ERR_NO,
						   "%s: the texts made from the pattern do not "
						   "match it: anchors "
						   "belong to its ends",
						   g->op->id)
					 : -1;
	return 0;
}

/* Draws from the expression of the rule. */
int gen_text_pattern(struct gen *g, const struct gen_column *c, const char *text,
	const struct gen_text_args *t, struct arena *a, struct err *e)
{
	struct pattern_state *s = arena_alloc(a, sizeof(*s));
	struct pattern *p;

	if (s == NULL)
		return err_nomem(e);
	if ((p = pattern_parse(text, strlen(text), (uint32_t)t->max_repeat, a, e)) == NULL)
		return err_wrap(e, "%s", g->op->id);
	if (!pattern_fit(p, t->lim.min, t->lim.max))
		return err_set(e, ERR_NO,
			"%s: no text of the pattern has %u to %u characters, as its parameters, "
			"the column and its checks ask",
			g->op->id, t->lim.min, t->lim.max);
	*s = (struct pattern_state){{pattern_value}, p};
	g->state = s;
	g->space = pattern_space(p);
	g->max_bytes = pattern_max_bytes(p);
	if (match_own(g, c, text, a, e) == -1)
		return -1;
	if (c->unique && !pattern_unambiguous(p)) {
		if (g->space > ENUMERATE)
			return err_set(e, ERR_NO,
				"%s: the pattern may give one text in two ways and the column "
				"is unique: write it so that the next character tells "
				"where it is",
				g->op->id);
		g->max_bytes = 0;
		return list_texts(g, c, p, ENUMERATE, a, e);
	}
	return gen_text_narrowed(c) ? gen_text_verify(g, c, a, e) : 0;
}

/* Whether (?...) opens at ${p}, which looks at the text without taking any of it. */
static bool looks(const char *p)
{
	return strncmp(p, "(?=", 3) == 0 || strncmp(p, "(?!", 3) == 0;
}

/* Behind the parenthesis that closes the group at ${p}. */
static const char *past_group(const char *p)
{
	unsigned depth = 0;

	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p + 1;
	}
	return p;
}

/*
 * A narrower expression to draw from, for eyes: any character is a letter or a digit, an end
 * that is open has a few more, and what looks ahead is left to verification.
 */
static char *to_draw_from(const char *re, bool *changed, struct arena *a)
{
	static const char any[] = "[A-Za-z0-9]", more[] = "[a-z0-9]{0,12}";
	char *to = arena_alloc(a, strlen(re) * (sizeof(any) - 1) + 2 * sizeof(more) + 8), *at = to;
	bool class = false, front, back;
	const char *start;

	if (to == NULL)
		return NULL;
	*changed = strncmp(re, "(?i)", 4) == 0;
	start = re += *changed ? 4 : 0;
	front = *re == '^';
	back = *re != '\0' && re[strlen(re) - 1] == '$';
	if (!front)
		at = stpcpy(at, more);
	at = front && back ? at : stpcpy(at, "(?:");
	for (; *re != '\0'; re++) {
		if (!class && looks(re)) {
			re = past_group(re) - 1;
			continue;
		}
		if (!class && *re == '.') {
			at = stpcpy(at, any);
			continue;
		}
		if (*re == '\\' && re[1] != '\0')
			*at++ = *re++;
		else if (*re == '[')
			class = true;
		else if (*re == ']' && re > start && re[-1] != '[')
			class = false;
		*at++ = *re;
	}
	at = front && back ? at : stpcpy(at, ")");
	if (!back)
		at = stpcpy(at, more);
	*at = '\0';
	*changed = *changed || strcmp(to, start) != 0;
	return to;
}

/*
 * Draws texts of an expression and keeps those that pass all checks. Long
 * repetitions would outnumber short ones, so those are tried first.
 */
static int sift(struct gen *g, const struct gen_column *c, const char *text,
	const struct gen_text_args *t, struct arena *a, struct err *e)
{
	for (uint32_t most = 4; most <= GEN_TEXT_REPEAT; most *= 2) {
		struct pattern *p = pattern_parse(text, strlen(text), most, a, e);

		if (p == NULL)
			return -1;
		if (!pattern_fit(p, t->lim.min, t->lim.max))
			continue;
		g->state = NULL;
		g->max_bytes = 0;
		if (list_texts(g, c, p, TRIED, a, e) == 0)
			return 0;
	}
	return -1;
}

/*
 * Tries each expression of the checks in turn: whole, narrower, and at last by
 * sifting.
 */
int gen_text_from_checks(struct gen *g, const struct gen_column *c, const struct gen_text_args *t,
	struct arena *a, struct err *e)
{
	const struct sql_domain *d = c->dom;
	struct gen_op const *op = g->op;
	struct err ignored;

	for (uint32_t i = 0; i < d->npatterns; i++) {
		bool changed;
		char *draw = to_draw_from(d->patterns[i], &changed, a);

		if (draw == NULL)
			return err_nomem(e);
		if ((changed && gen_text_pattern(g, c, draw, t, a, &ignored) == 0) ||
			(!changed && gen_text_pattern(g, c, d->patterns[i], t, a, &ignored) == 0) ||
			sift(g, c, draw, t, a, &ignored) == 0)
			return 0;
		g->op = op;
	}
	return gen_text_pattern(g, c, d->patterns[0], t, a, e);
}
