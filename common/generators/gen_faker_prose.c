/* SPDX-License-Identifier: MIT */
/*
 * Texts of several words or sentences, and Markdown around them. Sentences are
 * those of the locale's notes and remarks, not words in a row: a number of them is
 * drawn first, which is small enough to be held and large enough not to tire, and
 * paragraphs and lists are sequences of these (gen_seq.c), so that each index has
 * a text of its own.
 *
 * A text has to fit its column: long sentences are left out, then their number
 * is made smaller, unless a parameter asks for it.
 */
#include "common/generators/gen_faker.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/base/str.h"
#include "common/generators/gen_seq.h"

enum {
	SENTENCES = 2048, /* that are drawn */
	PARAGRAPHS = 256,
	LEAST_IN_PARAGRAPH = 3,
	MOST_IN_PARAGRAPH = 5,
	COUNT_MOST = 1000,
};

/* What a kind of text is a sequence of. */
struct prose {
	const char *name;
	const char *of;	    /* a key of forms, or a token; "paragraph": paragraphs */
	const char *front;  /* of each of them */
	const char *before; /* of the whole */
	char sep;
	int64_t least, most; /* by default */
};

static const struct prose kinds[] = {
	{"words", "{word}", "", NULL, ' ', 3, 8},
	{"sentences", "text", "", NULL, ' ', 2, 4},
	{"paragraph", "text", "", NULL, ' ', LEAST_IN_PARAGRAPH, MOST_IN_PARAGRAPH},
	{"paragraphs", "paragraph", "", NULL, '\n', 2, 3},
	{"quote", "text", "", "> ", ' ', 1, 2},
	{"quotes", "text", "> ", NULL, '\n', 2, 3},
	{"bullets", "text", "- ", NULL, '\n', 2, 4},
	{"items", "text", "1. ", NULL, '\n', 2, 4},
	{"code", "code_line", "    ", NULL, '\n', 2, 4},
};

/* Texts, all of them distinct. */
struct pool {
	struct vtext *v;
	uint32_t n;
};

static int by_text(const void *a, const void *b)
{
	return vtext_compare(a, b);
}

/* Draws up to ${most} texts of ${g}, each behind ${front}. */
static int fill_pool(struct pool *p, const struct gen *g, uint32_t most, const struct prose *k,
	struct arena *a, struct err *e)
{
	uint32_t n = g->space < most ? (uint32_t)g->space : most, m = 0;
	struct vtext *v = arena_array(a, n, sizeof(*v));
	struct gen_heap h = GEN_HEAP_INIT;
	struct vec one = {.type = VT_TEXT, .n = 1};
	int rc = 0;

	if (v == NULL || !gen_heap_reserve(&h, g->max_bytes + 1UL))
		rc = err_nomem(e);
	for (uint32_t i = 0; rc == 0 && i < n; i++) {
		uint64_t idx = n == g->space ? i : rng_below(rng_at(g->key, i), g->space);
		struct vtext t;
		char *s;

		one.v.t = &t;
		gen_heap_reset(&h);
		g->op->value(g, &idx, 1, &one, &h);
		s = arena_printf(a, "%s%.*s", k->front, (int)t.n, t.p);
		if (s == NULL)
			rc = err_nomem(e);
		else
			v[i] = (struct vtext){s, strlen(s)};
	}
	gen_heap_free(&h);
	if (rc == -1)
		return -1;
	qsort(v, n, sizeof(*v), by_text);
	for (uint32_t i = 0; i < n; i++)
		if (i == 0 || by_text(&v[m - 1], &v[i]) != 0)
			v[m++] = v[i];
	*p = (struct pool){v, m};
	return 0;
}

/* ---- fitting -----------------------------------------------------------------------------------
 */

static uint32_t chars(struct vtext t)
{
	return (uint32_t)utf8_len(t.p, t.n);
}

/* The lengths of the shortest and the longest that have at most ${max} characters; how many. */
static uint32_t span(const struct pool *p, uint64_t max, uint32_t *shortest, uint32_t *longest)
{
	uint32_t n = 0;

	*shortest = UINT32_MAX;
	*longest = 0;
	for (uint32_t i = 0; i < p->n; i++) {
		uint32_t len = chars(p->v[i]);

		if (len > max)
			continue;
		n++;
		*shortest = len < *shortest ? len : *shortest;
		*longest = len > *longest ? len : *longest;
	}
	return n;
}

static void drop_longer(struct pool *p, uint64_t max)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->n; i++)
		if (chars(p->v[i]) <= max)
			p->v[n++] = p->v[i];
	p->n = n;
}

/*
 * Fewer texts, and shorter ones, until every sequence fits: the fewest there may be
 * decide how long one text can be, and the longest of these how many there may be.
 */
static int fit(struct gen *g, struct gen_seq *q, struct pool *p, struct gen_limits lim, bool given,
	struct err *e)
{
	uint32_t shortest, longest, front = q->inset == NULL ? 0 : (uint32_t)strlen(q->inset);
	uint64_t room = lim.max > front ? lim.max - front : 0;

	(void)span(p, UINT64_MAX, &shortest, &longest);
	while (!given && q->min > 1 && (uint64_t)q->min * (shortest + 1) > room + 1)
		q->min--;
	if (room + 1 < q->min)
		p->n = 0;
	else
		drop_longer(p, (room + 1) / q->min - 1);
	if (p->n == 0)
		return err_set(e, ERR_NO, "%s: %u of its texts do not fit %u characters", g->op->id,
			q->min, lim.max);
	(void)span(p, UINT64_MAX, &shortest, &longest);
	while (q->max > q->min && (uint64_t)q->max * (longest + 1) > room + 1)
		q->max--;
	while (q->min < q->max && (uint64_t)q->min * (shortest + 1) - 1 + front < lim.min)
		q->min++;
	if ((uint64_t)q->min * (shortest + 1) - 1 + front < lim.min)
		return err_set(e, ERR_NO, "%s: %u of its texts do not always make %u characters",
			g->op->id, q->max, lim.min);
	q->sym = p->v;
	q->nsym = p->n;
	return 0;
}

/* ---- sequences --------------------------------------------------------------------------------
 */

/* min_count and max_count. */
static int read_counts(const struct gen *g, const msgpack_object *params, int64_t *least,
	int64_t *most, bool *given, struct err *e)
{
	bool least_given = gen_arg_int(params, "min_count", least);
	bool most_given = gen_arg_int(params, "max_count", most);

	*given = least_given || most_given;
	if (least_given && !most_given && *most < *least)
		*most = *least;
	if (most_given && !least_given && *most < *least)
		*least = *most;
	if (*least < 1 || *most < *least || *most > COUNT_MOST)
		return err_set(e, ERR_NO,
			"%s: min_count and max_count are not in order from 1 to 1000", g->op->id);
	return 0;
}

static const struct prose *kind_named(const char *name)
{
	const struct prose *k = kinds;

	while (strcmp(k->name, name) != 0)
		k++;
	return k;
}

static int pool_of(struct pool *p, const struct gen *g, const struct gen_column *c,
	const struct prose *k, struct arena *a, struct err *e);

/* Paragraphs are themselves sequences of sentences. */
static int pool_of_paragraphs(struct pool *p, const struct gen *g, const struct gen_column *c,
	const struct prose *k, struct arena *a, struct err *e)
{
	struct gen_seq q = {.sep = ' ', .min = LEAST_IN_PARAGRAPH, .max = MOST_IN_PARAGRAPH};
	struct pool sentences;
	struct gen one = *g;

	if (pool_of(&sentences, g, c, kind_named("paragraph"), a, e) == -1)
		return -1;
	q.sym = sentences.v;
	q.nsym = sentences.n;
	if (gen_seq(&one, &q, a, e) == -1)
		return -1;
	return fill_pool(p, &one, PARAGRAPHS, k, a, e);
}

/* The texts that a kind puts together, for a column without limits. */
static int pool_of(struct pool *p, const struct gen *g, const struct gen_column *c,
	const struct prose *k, struct arena *a, struct err *e)
{
	struct gen_column *free_column = arena_alloc(a, sizeof(*free_column));
	struct gen one = *g;
	int rc;

	if (free_column == NULL)
		return err_nomem(e);
	*free_column = *c;
	free_column->dom = NULL;
	free_column->base.typmod = -1;
	free_column->unique = free_column->distinct = false;
	if (strcmp(k->of, "paragraph") == 0)
		return pool_of_paragraphs(p, g, free_column, k, a, e);
	rc = *k->of == '{' ? gen_form_of(&one, free_column, gen_locale(c), &k->of, 1, a, e)
			   : gen_form(&one, free_column, gen_locale(c), k->of, a, e);
	return rc == -1 ? -1 : fill_pool(p, &one, SENTENCES, k, a, e);
}

static int make_prose(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const struct prose *k = kind_named(g->op->makes);
	int64_t least = k->least, most = k->most;
	struct gen_seq q = {.sep = k->sep, .inset = k->before};
	struct pool p;
	bool given;

	if (read_counts(g, params, &least, &most, &given, e) == -1 ||
		pool_of(&p, g, c, k, a, e) == -1)
		return -1;
	q.min = (uint32_t)least;
	q.max = (uint32_t)most;
	if (fit(g, &q, &p, gen_word_limits(c), given, e) == -1 || gen_seq(g, &q, a, e) == -1)
		return -1;
	return gen_text_verify(g, c, a, e);
}

static int prepare_prose(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_prose, a, e);
}

/* ---- one sentence ------------------------------------------------------------------------------
 */

static uint32_t words_of(struct vtext t)
{
	uint32_t n = 1;

	for (size_t i = 0; i < t.n; i++)
		n += t.p[i] == ' ';
	return n;
}

/* The sentences of so many words. */
static int make_sentence(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	int64_t least = 1, most = COUNT_MOST;
	struct pool p;
	uint32_t n = 0;
	bool given;

	if (read_counts(g, params, &least, &most, &given, e) == -1 ||
		pool_of(&p, g, c, kind_named("paragraph"), a, e) == -1)
		return -1;
	for (uint32_t i = 0; i < p.n; i++)
		if (words_of(p.v[i]) >= least && words_of(p.v[i]) <= most)
			p.v[n++] = p.v[i];
	if (n == 0)
		return err_set(e, ERR_NO, "%s: it knows no sentence of %lld to %lld words",
			g->op->id, (long long)least, (long long)most);
	return gen_list(g, c, p.v, n, a, e);
}

static int prepare_sentence(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_sentence, a, e);
}

/* ---- passwords ----------------------------------------------------------------------------------
 */

enum { PASSWORD_LEAST = 8, PASSWORD_MOST = 20 };

/* The distinct characters of a set. */
static int symbols(struct gen_seq *q, const char *set, struct arena *a, struct err *e)
{
	size_t bytes = strlen(set);
	struct vtext *v = arena_array(a, bytes + 1, sizeof(*v));

	if (v == NULL)
		return err_nomem(e);
	for (size_t i = 0, len; i < bytes; i += len) {
		bool seen = false;

		len = utf8_cut(set + i, bytes - i, 1);
		len = len == 0 ? 1 : len;
		for (uint32_t k = 0; k < q->nsym && !seen; k++)
			seen = v[k].n == len && memcmp(v[k].p, set + i, len) == 0;
		if (!seen)
			v[q->nsym++] = (struct vtext){set + i, len};
	}
	q->sym = v;
	return 0;
}

/* min_len, max_len and charset say what a password is made of; what is left is a matter of choice.
 */
static int make_password(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	static const char usual[] =
		"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#$%+-_";
	struct gen_limits lim = gen_text_limits(c);
	int64_t least = PASSWORD_LEAST, most = PASSWORD_MOST;
	const char *set = usual;
	struct gen_seq q = {0};
	bool least_given = gen_arg_int(params, "min_len", &least);

	if (!gen_arg_int(params, "max_len", &most) && most < least)
		most = least;
	if (!least_given && least > most)
		least = most;
	if (gen_arg_string(params, "charset", a, &set) && set == NULL)
		return err_nomem(e);
	least = least < 1 ? 1 : least;
	if (least < lim.min || (!least_given && least > lim.max))
		least = least < lim.min ? lim.min : lim.max;
	most = most > lim.max ? lim.max : most < least ? least : most;
	if (least < 1 || least > most || most > COUNT_MOST || symbols(&q, set, a, e) == -1)
		return e->kind != ERR_NONE && e->kind != ERR_NO
			       ? -1
			       : err_set(e, ERR_NO, "%s: min_len and max_len do not fit the column",
					 g->op->id);
	q.min = (uint32_t)least;
	q.max = (uint32_t)most;
	if (gen_seq(g, &q, a, e) == -1)
		return -1;
	return gen_text_verify(g, c, a, e);
}

static int prepare_password(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *pattern = NULL;

	if (gen_arg_string(params, "pattern", a, &pattern))
		return gen_narrow(g, c, params, make_password, a, e);
	return make_password(g, c, params, a, e);
}

/* ---- the ids ------------------------------------------------------------------------------------
 */

static const struct gen_param count_params[] = {
	{"min_count", GP_INT, false, "by kind", "least of them", .min = "1", .max = "1000",
		.not_above = "max_count"},
	{"max_count", GP_INT, false, "by kind", "most of them", .min = "1", .max = "1000"},
	GEN_NARROW_PARAMS,
	{0},
};

#define PROSE(what, text)                                                                          \
	.makes = (what), .help = (text), .params = count_params, .families = GF_TEXT,              \
	.locale = GEN_LOCALES, .prepare = prepare_prose, .value = gen_draw_value

const struct gen_op gen_faker_prose_ops[] = {
	FAKER_AS("faker.lorem.raw.Word", "semantic.lorem.word", WORDS("{word}", "a common word")),
	FAKER("faker.lorem.raw.Words", PROSE("words", "common words, 3 to 8 by default")),
	FAKER("faker.lorem.raw.Sentence", .makes = "sentence",
		.help = "a sentence, of a number of words", .params = count_params,
		.families = GF_TEXT, .locale = GEN_LOCALES, .prepare = prepare_sentence,
		.value = gen_draw_value),
	FAKER("faker.lorem.raw.Sentences", PROSE("sentences", "sentences, 2 to 4 by default")),
	FAKER("faker.lorem.raw.Paragraph",
		PROSE("paragraph", "a paragraph, of 3 to 5 sentences by default")),
	FAKER("faker.lorem.raw.Paragraphs",
		PROSE("paragraphs", "paragraphs, a line each, 2 or 3 by default")),
	FAKER_AS("faker.markdown.raw.BoldWord", "semantic.markdown.bold",
		WORDS("**{word}**", "a word in bold type")),
	FAKER_AS("faker.markdown.raw.ItalicWord", "semantic.markdown.italic",
		WORDS("*{word}*", "a word in italics")),
	FAKER_AS("faker.markdown.raw.Link", "semantic.markdown.link",
		WORDS("[{word}](https://example.com/{word~})", "a link to example.com")),
	FAKER("faker.markdown.raw.BulletPoints",
		PROSE("bullets", "a list with bullets, of 2 to 4 items by default")),
	FAKER("faker.markdown.raw.ListItems",
		PROSE("items", "a list with numbers, of 2 to 4 items by default")),
	FAKER("faker.markdown.raw.BlockQuoteSingleLine",
		PROSE("quote", "a quotation on one line, 1 or 2 sentences by default")),
	FAKER("faker.markdown.raw.BlockQuoteMultiLine",
		PROSE("quotes", "a quotation on lines, 2 or 3 by default")),
	FAKER("faker.markdown.raw.Code", PROSE("code", "lines of code, 2 to 4 by default")),
	FAKER_AS("faker.internet.raw.Password", "semantic.internet.password",
		.help = "a password, of 8 to 20 characters by default", .params = gen_narrow_params,
		.families = GF_TEXT, .prepare = prepare_password, .value = gen_draw_value),
	{0},
};
