/* SPDX-License-Identifier: MIT */
/*
 * Texts without a meaning: letters and digits, texts of a regular expression
 * (gen_prim_pattern.c), and filler text.
 *
 * The limits are the column's length, its checks and the parameters.
 */
#include "common/generators/gen_prim_text.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/generators/gen_seq.h"

enum {
	DEFAULT_MAX = 32, /* characters of a text nobody limited */
	LONGEST = 10000	  /* characters of any text we make */
};

/* An error that names the generator. */
static int bad(const struct gen *g, struct err *e, const char *what)
{
	return err_set(e, ERR_NO, "%s: %s", g->op->id, what);
}

/* min_len and max_len, merged with what the column allows. */
static int read_args(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct gen_text_args *t, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	int64_t min = 0, max = 0;

	*t = (struct gen_text_args){.max_repeat = GEN_TEXT_REPEAT};
	t->min_given = gen_arg_int(params, "min_len", &min);
	t->max_given = gen_arg_int(params, "max_len", &max);
	(void)gen_arg_bool(params, "allow_empty", &t->allow_empty);
	if ((gen_arg_string(params, "pattern", a, &t->pattern) && t->pattern == NULL) ||
		(gen_arg_string(params, "charset", a, &t->charset) && t->charset == NULL))
		return err_nomem(e);
	if (gen_arg_int(params, "max_repeat", &t->max_repeat) && t->pattern == NULL)
		return err_set(e, ERR_NO,
			"%s: max_repeat is of a pattern, and there is none: leave it out",
			g->op->id);
	if (t->max_given && c->base.type->cls != PG_TEXT && lim.max < max)
		return err_set(e, ERR_NO,
			"%s: max_len %lld is more than the %u characters the column holds",
			g->op->id, (long long)max, lim.max);
	t->lim.min = t->min_given ? (uint32_t)min : t->allow_empty ? 0 : 1;
	if (t->lim.min < lim.min)
		t->lim.min = lim.min;
	t->lim.max = lim.max;
	if (t->max_given && max < (int64_t)lim.max)
		t->lim.max = (uint32_t)max;
	if (t->lim.max > LONGEST)
		t->lim.max = LONGEST;
	if (t->lim.min > t->lim.max)
		return err_set(e, ERR_NO,
			"%s: a text of at least %u characters does not fit %u, the most that "
			"max_len, the column and its checks allow",
			g->op->id, t->lim.min, t->lim.max);
	return 0;
}

/* ---- free text ----------------------------------------------------------------------- */

static const char alphanumeric[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* Letters and digits, without the case that a check forbids. */
static const char *letters_of(const struct gen_column *c)
{
	enum { LETTERS = 26 };
	const bool no_upper = c->dom != NULL && c->dom->no_upper;
	const bool no_lower = c->dom != NULL && c->dom->no_lower;

	if (no_lower && no_upper)
		return alphanumeric + 2 * LETTERS;
	if (no_lower)
		return "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	return no_upper ? alphanumeric + LETTERS : alphanumeric;
}

/* The distinct characters of a set, without those in ${but}. */
static struct vtext *symbols(const char *set, const char *but, struct arena *a, uint32_t *n)
{
	size_t bytes = strlen(set);
	struct vtext *v = arena_array(a, bytes + 1, sizeof(*v));

	*n = 0;
	for (size_t i = 0, len; v != NULL && i < bytes; i += len) {
		bool seen = false;

		len = utf8_cut(set + i, bytes - i, 1);
		len = len == 0 ? 1 : len;
		for (uint32_t k = 0; k < *n && !seen; k++)
			seen = v[k].n == len && memcmp(v[k].p, set + i, len) == 0;
		if (!seen && (but == NULL || memcmp(but, set + i, len) != 0))
			v[(*n)++] = (struct vtext){set + i, len};
	}
	return v;
}

/*
 * For a check that asks for a substring (position('@' in c) > 1): it is put
 * into every text at a place where it counts; the characters around it do not
 * begin it, so that its first occurrence is that one.
 */
static int set_inset(struct gen *g, const struct gen_column *c, struct gen_seq *q,
	struct gen_limits *lim, struct err *e)
{
	const char *in = c->dom->contains;
	uint32_t at = c->dom->contains_at, before = at > 0 ? at - 1 : 0;
	uint32_t chars = (uint32_t)utf8_len(in, strlen(in));

	if (before + chars > lim->max)
		return bad(g, e, "the text a check asks for does not fit the column");
	q->inset = in;
	q->inset_at = before;
	lim->max -= chars;
	lim->min = lim->min > chars ? lim->min - chars : 0;
	if (lim->min < before)
		lim->min = before;
	return 0;
}

/* Sequences of symbols, of all lengths from min to max. */
static int free_text(struct gen *g, const struct gen_column *c, struct gen_text_args *t,
	struct arena *a, struct err *e)
{
	struct gen_seq q = {0};
	const char *in = c->dom == NULL ? NULL : c->dom->contains;

	if (!t->max_given && (!c->by_rule || pg_char_limit(c->base) < 0) &&
		t->lim.max > DEFAULT_MAX)
		t->lim.max = t->lim.min > DEFAULT_MAX ? t->lim.min : DEFAULT_MAX;
	if (in != NULL && *in != '\0' && set_inset(g, c, &q, &t->lim, e) == -1)
		return -1;
	q.sym = symbols(t->charset != NULL ? t->charset : letters_of(c), q.inset, a, &q.nsym);
	if (q.sym == NULL)
		return err_nomem(e);
	if (q.nsym == 0)
		return bad(g, e, "charset is empty");
	if (q.inset != NULL)
		for (uint32_t i = 0; i < q.nsym; i++)
			if (q.sym[i].n != 1)
				return bad(g, e,
					"charset must be ASCII where a check asks for a "
					"text inside");
	q.min = t->lim.min;
	q.max = t->lim.max;
	if (gen_seq(g, &q, a, e) == -1)
		return -1;
	return gen_text_narrowed(c) ? gen_text_verify(g, c, a, e) : 0;
}

/* ---- the ids -------------------------------------------------------------------------------- */

/*
 * A pattern, a set of characters, the texts or patterns of the column's checks,
 * or letters and digits, in this order.
 */
static int prepare_text(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_text_args t;
	struct vtext *allowed;
	uint32_t n;

	if (read_args(g, c, params, a, &t, e) == -1)
		return -1;
	if (t.pattern != NULL)
		return gen_text_pattern(g, c, t.pattern, &t, a, e);
	if (t.charset != NULL && *t.charset == '\0')
		return bad(g, e, "charset is empty");
	if (c->dom != NULL && c->dom->texts != NULL) {
		allowed = gen_allowed(c, t.lim, a, &n);
		return allowed == NULL ? err_nomem(e) : gen_list(g, c, allowed, n, a, e);
	}
	if (c->dom != NULL && c->dom->npatterns > 0 && t.charset == NULL)
		return gen_text_from_checks(g, c, &t, a, e);
	return free_text(g, c, &t, a, e);
}

static int prepare_pattern(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_text_args t;

	if (read_args(g, c, params, a, &t, e) == -1)
		return -1;
	if (t.pattern == NULL)
		return bad(g, e, "parameter pattern is required (a string)");
	if (!t.min_given)
		t.lim.min = gen_text_limits(c).min;
	return gen_text_pattern(g, c, t.pattern, &t, a, e);
}

#define W(s)                                                                                       \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}
/* 64 words of the filler text printers have used since the 1500s */
static const struct vtext lorem[] = {W("lorem"), W("ipsum"), W("dolor"), W("sit"), W("amet"),
	W("consectetur"), W("adipiscing"), W("elit"), W("sed"), W("do"), W("eiusmod"), W("tempor"),
	W("incididunt"), W("ut"), W("labore"), W("et"), W("dolore"), W("magna"), W("aliqua"),
	W("enim"), W("ad"), W("minim"), W("veniam"), W("quis"), W("nostrud"), W("exercitation"),
	W("ullamco"), W("laboris"), W("nisi"), W("aliquip"), W("ex"), W("ea"), W("commodo"),
	W("consequat"), W("duis"), W("aute"), W("irure"), W("in"), W("reprehenderit"),
	W("voluptate"), W("velit"), W("esse"), W("cillum"), W("eu"), W("fugiat"), W("nulla"),
	W("pariatur"), W("excepteur"), W("sint"), W("occaecat"), W("cupidatat"), W("non"),
	W("proident"), W("sunt"), W("culpa"), W("qui"), W("officia"), W("deserunt"), W("mollit"),
	W("anim"), W("id"), W("est"), W("laborum"), W("perspiciatis")};
#undef W

enum { NLOREM = sizeof(lorem) / sizeof(lorem[0]) };

/*
 * The words of at most ${max} characters, and the lengths of the shortest and
 * longest.
 */
static struct vtext *words_within(
	uint64_t max, struct arena *a, uint32_t *n, uint32_t *shortest, uint32_t *longest)
{
	struct vtext *v = arena_array(a, NLOREM, sizeof(*v));

	*n = *longest = 0;
	*shortest = UINT32_MAX;
	for (uint32_t i = 0; v != NULL && i < NLOREM; i++)
		if (lorem[i].n <= max) {
			v[(*n)++] = lorem[i];
			*longest = lorem[i].n > *longest ? (uint32_t)lorem[i].n : *longest;
			*shortest = lorem[i].n < *shortest ? (uint32_t)lorem[i].n : *shortest;
		}
	return v;
}

/* Takes fewer and shorter words until every text fits. */
static int fit_lorem(struct gen *g, struct gen_seq *q, const struct gen_limits *lim, bool given,
	struct arena *a, struct err *e)
{
	uint32_t shortest, longest;

	while (!given && q->min > 1 && (uint64_t)q->min * 3 - 1 > lim->max)
		q->min--;
	if (q->min == 0 && q->max > 0)
		q->sym = words_within(lim->max, a, &q->nsym, &shortest, &longest);
	else
		q->sym = words_within(((uint64_t)lim->max + 1) / (q->min > 0 ? q->min : 1) - 1, a,
			&q->nsym, &shortest, &longest);
	if (q->sym == NULL)
		return err_nomem(e);
	if (q->nsym == 0)
		return err_set(e, ERR_NO, "%s: %u words do not fit %u characters", g->op->id,
			q->min, lim->max);
	while (q->max > q->min && (uint64_t)q->max * (longest + 1) - 1 > lim->max)
		q->max--;
	while (q->min < q->max && (uint64_t)q->min * (shortest + 1) < (uint64_t)lim->min + 1)
		q->min++;
	if (lim->min > 0 && (uint64_t)q->min * (shortest + 1) < (uint64_t)lim->min + 1)
		return err_set(e, ERR_NO, "%s: %u words do not always make %u characters",
			g->op->id, q->max, lim->min);
	return 0;
}

/* A number of words of the filler text, as many as the column has room for. */
static int prepare_lorem(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_seq q = {.sep = ' '};
	int64_t words = 0, min = 3, max = 8;
	struct gen_text_args t;
	bool given;

	if (read_args(g, c, params, a, &t, e) == -1)
		return -1;
	given = gen_arg_int(params, "min_words", &min);
	if (gen_arg_int(params, "max_words", &max)) {
		if (!given && min > max)
			min = max;
	} else if (given && max < min) {
		max = min;
	}
	if (gen_arg_int(params, "words", &words)) {
		min = max = words;
		given = true;
	}
	if (min < 0 || max < min || max > LONGEST / 2)
		return bad(g, e, "the numbers of words are not in order from 0 to 5000");
	if (max == 0 && !t.allow_empty)
		return bad(g, e, "no words only with allow_empty");
	if (min == 0 && !t.allow_empty)
		min = 1;
	q.min = (uint32_t)min;
	q.max = (uint32_t)max;
	if (fit_lorem(g, &q, &t.lim, given, a, e) == -1 || gen_seq(g, &q, a, e) == -1)
		return -1;
	return gen_text_verify(g, c, a, e);
}

static const struct gen_param text_params[] = {
	{"min_len", GP_INT, false, "1", "least characters", .min = "0", .max = "10000",
		.not_above = "max_len"},
	{"max_len", GP_INT, false, "the column's, else 32", "most characters", .min = "0"},
	{"pattern", GP_STRING, false, NULL, "regular expression the text matches",
		.excludes = "charset"},
	{"charset", GP_STRING, false, "letters and digits", "characters to draw from", .min = "1"},
	{"allow_empty", GP_BOOL, false, "false", "the empty text may occur"},
	{"max_repeat", GP_INT, false, "32", "repetitions * and + make beyond their least",
		.min = "1", .max = "10000"},
	{0},
};

static const struct gen_param pattern_params[] = {
	{"pattern", GP_STRING, true, NULL, "regular expression the text matches"},
	{"max_repeat", GP_INT, false, "32", "repetitions * and + make beyond their least",
		.min = "1", .max = "10000"},
	{"min_len", GP_INT, false, NULL, "least characters", .min = "0", .max = "10000",
		.not_above = "max_len"},
	{"max_len", GP_INT, false, NULL, "most characters", .min = "0"},
	{"allow_empty", GP_BOOL, false, "false", "the empty text may occur"},
	{0},
};

static const struct gen_param lorem_params[] = {
	{"words", GP_INT, false, NULL, "exactly so many words", .min = "0", .max = "5000"},
	{"min_words", GP_INT, false, "3", "least words", .min = "0", .max = "5000",
		.not_above = "max_words"},
	{"max_words", GP_INT, false, "8", "most words", .min = "0", .max = "5000"},
	{"min_len", GP_INT, false, NULL, "least characters", .min = "0", .max = "10000",
		.not_above = "max_len"},
	{"max_len", GP_INT, false, NULL, "most characters", .min = "0"},
	{"allow_empty", GP_BOOL, false, "false", "the empty text may occur"},
	{0},
};

const struct gen_op gen_prim_text_ops[] = {
	{.id = "primitive.text",
		.help = "letters and digits, or what a check asks for",
		.params = text_params,
		.example = "{\"min_len\": 8, \"max_len\": 12}",
		.families = GF_TEXT,
		.filler = true,
		.prepare = prepare_text,
		.value = gen_draw_value},
	{.id = "primitive.text.pattern",
		.help = "a text that matches a regular expression",
		.params = pattern_params,
		.example = "{\"pattern\": \"[A-Z]{3}-[0-9]{4}\"}",
		.families = GF_TEXT,
		.prepare = prepare_pattern,
		.value = gen_draw_value},
	{.id = "primitive.text.lorem",
		.help = "words of filler text",
		.params = lorem_params,
		.example = "{\"min_words\": 3, \"max_words\": 6}",
		.families = GF_TEXT,
		.prepare = prepare_lorem,
		.value = gen_draw_value},
	{0},
};
