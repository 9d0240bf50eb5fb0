/* SPDX-License-Identifier: MIT */
#include "common/gen_kit.h"

#include <string.h>

#include "common/divide.h"
#include "common/err.h"
#include "common/num.h"
#include "common/rng.h"
#include "common/str.h"

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

struct parts_state {
	struct gen_draw draw;
	uint32_t n;
	struct gen_part part[GEN_PARTS];
	struct divisor base[GEN_PARTS]; /* texts of the part */
	struct word *words[GEN_PARTS];	/* NULL: some do not fit a slot */
};

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

uint64_t gen_parts_space(const struct gen_part *p, uint32_t n)
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

/* Count the words between f->min and f->max characters. */
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

/* Take the longest (or shortest) words from the part that loses the least share of its own. */
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

/* Leave out words until every text has a length within the limits. */
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

/* The words in slots, unless one is too long.  A literal is the one word it is. */
static int make_slots(struct parts_state *s, uint32_t k, struct arena *a, struct err *e)
{
	struct gen_part *p = &s->part[k];

	if (p->kind == PART_LITERAL) {
		struct vtext *w = arena_alloc(a, sizeof(*w));

		if (w == NULL)
			return err_nomem(e);
		*w = (struct vtext){p->text, strlen(p->text)};
		p->words = w;
		p->nwords = 1;
	} else if (!is_words(p)) {
		return 0;
	}
	for (uint32_t i = 0; i < p->nwords; i++)
		if (p->words[i].n >= WORD_SLOT)
			return 0;
	if ((s->words[k] = arena_array(a, p->nwords, sizeof(struct word))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < p->nwords; i++) {
		memcpy(s->words[k][i].text, p->words[i].p, p->words[i].n);
		s->words[k][i].n = (uint8_t)p->words[i].n;
	}
	return 0;
}

static char *put_word(const struct parts_state *s, uint32_t k, uint64_t d, char *to)
{
	if (s->words[k] != NULL) {
		memcpy(to, &s->words[k][d], sizeof(struct word));
		return to + s->words[k][d].n;
	}
	memcpy(to, s->part[k].words[d].p, s->part[k].words[d].n);
	return to + s->part[k].words[d].n;
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
static char *put(const struct parts_state *s, uint64_t x, char *to)
{
	uint64_t before = 0;

	for (uint32_t k = 0; k < s->n; k++) {
		const struct gen_part *p = &s->part[k];
		uint64_t d;

		if (p->kind == PART_LITERAL) {
			to = put_word(s, k, 0, to);
			continue;
		}
		x = divide_rest(&s->base[k], x, &d);
		if (p->kind == PART_DIGITS) {
			to = put_digits(to, p->from + d, p->width);
		} else if (p->kind == PART_NUMBER) {
			to += num_fmt_u64(to, p->from + d);
		} else {
			d += p->kind == PART_OTHER && d >= before;
			before = d;
			to = put_word(s, k, d, to);
		}
	}
	return to;
}

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

int gen_parts(struct gen *g, const struct gen_column *c, const struct gen_part *p, uint32_t n,
	struct arena *a, struct err *e)
{
	struct gen_limits lim = gen_text_limits(c);
	struct parts_state *s;
	struct fit f[GEN_PARTS] = {{0}};

	if (n == 1 && p->kind == PART_WORD)
		return gen_list(g, c, p->words, p->nwords, a, e);
	if ((s = arena_alloc(a, sizeof(*s))) == NULL)
		return err_nomem(e);
	s->draw.value = parts_value;
	s->n = n;
	for (uint32_t i = 0; i < n; i++) {
		f[i].max = UINT32_MAX;
		measure(&p[i], &f[i]);
	}
	if (!make_fit(p, f, n, lim))
		return err_set(e, ERR_NO, "%s: its texts do not fit %u to %u characters", g->op->id,
			lim.min, lim.max);
	for (uint32_t i = 0; i < n; i++) {
		s->part[i] = p[i];
		if (is_words(&p[i]) && keep_words(&s->part[i], &f[i], a, e) == -1)
			return -1;
		if (make_slots(s, i, a, e) == -1)
			return -1;
		s->base[i] = divisor_of(part_space(&s->part[i]));
		g->max_bytes += most_bytes(&s->part[i]);
	}
	g->max_bytes += WORD_SLOT; /* a slot is copied whole */
	g->state = s;
	g->space = gen_parts_space(s->part, n);
	return gen_text_verify(g, c, a, e);
}
