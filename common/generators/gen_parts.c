/* SPDX-License-Identifier: MIT */
/*
 * Texts put together from parts: literals, words of lists, digits, numbers.
 *
 * A part has a number of texts, and the index is a mixed-radix number with a
 * digit for each part, so that distinct indexes make distinct texts wherever
 * the parts can be told apart. Texts have to fit the column: words that are too
 * long or too short are left out, from the part that loses the smallest share
 * of its words by it.
 *
 * This is the innermost loop for names and addresses, hence two details.
 * Division by a constant is a multiplication (common/base/divide.h). Words of
 * at most 30 bytes lie in slots of 32 bytes, so that copying one is a copy of
 * fixed size; the literal before a word is put into the word's slot.
 */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/divide.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/base/str.h"

/* What of a part's words is used: those of min to max characters. */
struct fit {
	uint32_t min, max;    /* characters allowed */
	uint32_t least, most; /* of a word that is there, or of the part's text */
	uint64_t count;
};

/* A word that is copied whole, as most are, has its bytes and its length in one place. */
enum { WORD_SLOT = 32 };

struct word {
	char text[WORD_SLOT - 1];
	uint8_t n;
};

/* A part as it is drawn.  A literal is one word, or is in front of each of the next part's. */
struct step {
	enum gen_part_kind kind;
	uint32_t width;
	uint64_t from;
	struct divisor base;	   /* texts of the part */
	const struct word *slots;  /* NULL: some word does not fit ... */
	const struct vtext *words; /* ... and they are here */
};

struct parts_state {
	struct gen_draw draw;
	uint32_t n;
	struct step step[GEN_PARTS]; /* no more than parts */
};

/*
 * How many texts a part has; "other" is one word of the same list that is not
 * the word before.
 */
static uint64_t part_space(const struct gen_part *p)
{
	switch (p->kind) {
	case PART_LITERAL:
		return 1;
	case PART_WORD:
		return p->nwords;
	case PART_OTHER:
		return (uint64_t)p->nwords - 1;
	case PART_DIGITS:
	case PART_NUMBER:
		break;
	}
	return p->count;
}

/* How many texts the parts make, at most 2^62. */
static uint64_t gen_parts_space(const struct gen_part *p, uint32_t n)
{
	uint64_t space = 1;

	for (uint32_t i = 0; i < n; i++)
		space = gen_mul(space, part_space(&p[i]));
	return space;
}

static uint32_t digits_of(uint64_t v)
{
	char text[NUM_MAX];

	return (uint32_t)num_fmt_u64(text, v);
}

static bool is_words(const struct gen_part *p)
{
	return p->kind == PART_WORD || p->kind == PART_OTHER;
}

/*
 * Counts the words between f->min and f->max characters, and the lengths of the
 * shortest and longest.
 */
static void measure(const struct gen_part *p, struct fit *f)
{
	if (p->kind == PART_LITERAL) {
		f->least = f->most = (uint32_t)utf8_len(p->text, strlen(p->text));
	} else if (p->kind == PART_DIGITS) {
		f->least = f->most = p->width;
	} else if (p->kind == PART_NUMBER) {
		f->least = digits_of(p->from);
		f->most = digits_of(p->from + p->count - 1);
	} else {
		f->count = f->most = 0;
		f->least = UINT32_MAX;
		for (uint32_t i = 0; i < p->nwords; i++) {
			uint32_t len = (uint32_t)utf8_len(p->words[i].p, p->words[i].n);

			if (len < f->min || len > f->max)
				continue;
			f->count++;
			f->least = len < f->least ? len : f->least;
			f->most = len > f->most ? len : f->most;
		}
	}
}

/*
 * Leaves out the longest (or shortest) words of the part that loses the
 * smallest share of its words; false when there is none left to shorten.
 */
static bool tighten(const struct gen_part *p, struct fit *f, uint32_t n, bool longest)
{
	struct fit best_fit = {0};
	double best = 0;
	uint32_t at = n;

	for (uint32_t i = 0; i < n; i++) {
		struct fit t = f[i];

		if (!is_words(&p[i]) || t.least == t.most)
			continue;
		if (longest)
			t.max = t.most - 1;
		else
			t.min = t.least + 1;
		measure(&p[i], &t);
		if (t.count > 1 - (p[i].kind == PART_WORD) &&
			(double)t.count / (double)f[i].count > best) {
			best = (double)t.count / (double)f[i].count;
			best_fit = t;
			at = i;
		}
	}
	if (at == n)
		return false;
	/* the part after it that draws from the same words must keep to them */
	f[at] = best_fit;
	for (uint32_t i = 0; i < n; i++)
		if (i != at && is_words(&p[i]) && p[i].words == p[at].words) {
			f[i].min = best_fit.min;
			f[i].max = best_fit.max;
			measure(&p[i], &f[i]);
		}
	return true;
}

/* Leaves out words until every text has a length within the limits. */
static bool make_fit(const struct gen_part *p, struct fit *f, uint32_t n, struct gen_limits lim)
{
	for (;;) {
		uint64_t least = 0, most = 0;

		for (uint32_t i = 0; i < n; i++) {
			least += f[i].least;
			most += f[i].most;
		}
		if (most <= lim.max && least >= lim.min)
			return true;
		if (!tighten(p, f, n, most > lim.max))
			return false;
	}
}

/* A part with only the words that are kept. */
static int keep_words(struct gen_part *p, const struct fit *f, struct arena *a, struct err *e)
{
	struct vtext *w;
	uint32_t n = 0;

	if (f->count == p->nwords)
		return 0;
	if ((w = arena_array(a, f->count, sizeof(*w))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < p->nwords; i++) {
		uint32_t len = (uint32_t)utf8_len(p->words[i].p, p->words[i].n);

		if (len >= f->min && len <= f->max)
			w[n++] = p->words[i];
	}
	p->words = w;
	p->nwords = n;
	return 0;
}

/* The longest text of the part, in bytes. */
static uint32_t most_bytes(const struct gen_part *p)
{
	uint32_t most = 0;

	if (p->kind == PART_LITERAL)
		return (uint32_t)strlen(p->text);
	if (!is_words(p))
		return NUM_MAX;
	for (uint32_t i = 0; i < p->nwords; i++)
		most = p->words[i].n > most ? (uint32_t)p->words[i].n : most;
	return most;
}

/*
 * The words in slots, ${before} in front of each; NULL when one does not fit,
 * or (*nomem) without memory.
 */
static const struct word *slots_of(
	const struct vtext *words, uint32_t n, struct vtext before, struct arena *a, bool *nomem)
{
	struct word *w;

	for (uint32_t i = 0; i < n; i++)
		if (before.n + words[i].n >= WORD_SLOT)
			return NULL;
	if ((w = arena_array(a, n, sizeof(*w))) == NULL) {
		*nomem = true;
		return NULL;
	}
	for (uint32_t i = 0; i < n; i++) {
		memcpy(w[i].text, before.p, before.n);
		memcpy(w[i].text + before.n, words[i].p, words[i].n);
		w[i].n = (uint8_t)(before.n + words[i].n);
	}
	return w;
}

/* A literal that stands alone, as a list of one word. */
static bool add_literal(struct parts_state *s, struct vtext text, struct arena *a)
{
	struct vtext *w = arena_alloc(a, sizeof(*w));
	bool nomem = w == NULL;

	if (text.n == 0 || nomem)
		return !nomem;
	*w = text;
	s->step[s->n++] = (struct step){.kind = PART_LITERAL,
		.base = divisor_of(1),
		.slots = slots_of(w, 1, (struct vtext){"", 0}, a, &nomem),
		.words = w};
	return !nomem;
}

/*
 * Adds a step; ${before} is the literal that is still to be written, or empty.
 */
static bool add_step(
	struct parts_state *s, const struct gen_part *p, struct vtext *before, struct arena *a)
{
	static const struct vtext nothing = {"", 0};
	struct step x = {.kind = p->kind, .width = p->width, .from = p->from, .words = p->words};
	bool nomem = false;

	if (p->kind == PART_LITERAL) {
		struct vtext text = {p->text, strlen(p->text)};

		nomem = !add_literal(s, *before, a);
		*before = text;
		return !nomem;
	}
	x.base = divisor_of(part_space(p));
	if (is_words(p))
		x.slots = slots_of(p->words, p->nwords, *before, a, &nomem);
	if (x.slots == NULL && !add_literal(s, *before, a))
		return false;
	if (is_words(p) && x.slots == NULL)
		x.slots = slots_of(p->words, p->nwords, nothing, a, &nomem);
	*before = nothing;
	s->step[s->n++] = x;
	return !nomem;
}

/* A copy of fixed size where words lie in slots. */
static inline char *put_word(const struct step *x, uint64_t d, char *to)
{
	if (x->slots != NULL) {
		memcpy(to, &x->slots[d], sizeof(struct word));
		return to + x->slots[d].n;
	}
	memcpy(to, x->words[d].p, x->words[d].n);
	return to + x->words[d].n;
}

static char *put_digits(char *to, uint64_t v, uint32_t width)
{
	for (uint32_t i = width; i > 1; i -= 2, v /= 100)
		memcpy(to + i - 2, num_two_digits + 2 * (v % 100), 2);
	if (width % 2 != 0)
		to[0] = (char)('0' + v % 10);
	return to + width;
}

/* One text: each part takes its digit of the index. */
static inline char *put(const struct parts_state *s, uint64_t x, char *to)
{
	uint64_t before = 0, d;

	for (const struct step *k = s->step, *end = k + s->n; k < end; k++) {
		x = divide_rest(&k->base, x, &d);
		if (k->kind == PART_DIGITS) {
			to = put_digits(to, k->from + d, k->width);
		} else if (k->kind == PART_NUMBER) {
			to += num_fmt_u64(to, k->from + d);
		} else {
			d += k->kind == PART_OTHER && d >= before;
			before = k->kind == PART_LITERAL ? before : d;
			to = put_word(k, d, to);
		}
	}
	return to;
}

/* Takes room for the longest text, and gives back what was not needed. */
static void parts_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct parts_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		uint32_t len = (uint32_t)(put(s, idx[i], p) - p);

		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/* The same where every step is a word in a slot. */
static void words_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct parts_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes), *to = p;
		uint64_t x = idx[i], d;

		for (const struct step *k = s->step, *end = k + s->n; k < end; k++) {
			x = divide_rest(&k->base, x, &d);
			memcpy(to, &k->slots[d], sizeof(struct word));
			to += k->slots[d].n;
		}
		gen_heap_give(h, g->max_bytes - (uint32_t)(to - p));
		out->v.t[i] = (struct vtext){p, (size_t)(to - p)};
	}
}

/* Whether the simpler loop will do. */
static bool all_words(const struct parts_state *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (s->step[i].kind != PART_WORD || s->step[i].slots == NULL)
			return false;
	return true;
}

/*
 * Prepares a generator of texts from parts, for a column. Fails with ERR_NO
 * when no combination of words fits.
 */
int gen_parts(struct gen *g, const struct gen_column *c, const struct gen_part *p, uint32_t n,
	struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct vtext before = {"", 0};
	struct parts_state *s;
	struct gen_part part[GEN_PARTS];
	struct fit f[GEN_PARTS] = {{0}};

	if (n == 1 && p->kind == PART_WORD)
		return gen_list(g, c, p->words, p->nwords, a, e);
	if ((s = arena_alloc(a, sizeof(*s))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < n; i++) {
		f[i].max = UINT32_MAX;
		measure(&p[i], &f[i]);
	}
	if (!make_fit(p, f, n, lim))
		return err_set(e, ERR_NO, "%s: its texts do not fit %u to %u characters", g->op->id,
			lim.min, lim.max);
	for (uint32_t i = 0; i < n; i++) {
		part[i] = p[i];
		if (is_words(&p[i]) && keep_words(&part[i], &f[i], a, e) == -1)
			return -1;
		if (!add_step(s, &part[i], &before, a))
			return err_nomem(e);
		g->max_bytes += most_bytes(&part[i]);
	}
	if (!add_literal(s, before, a))
		return err_nomem(e);
	s->draw.value = all_words(s) ? words_value : parts_value;
	g->max_bytes += WORD_SLOT; /* a slot is copied whole */
	g->state = s;
	g->space = gen_parts_space(part, n);
	return gen_text_verify(g, c, a, e);
}
