/* SPDX-License-Identifier: MIT */
#include "common/gen_kit.h"

#include <string.h>

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

struct parts_state {
	struct gen_draw draw;
	uint32_t n;
	struct gen_part part[GEN_PARTS];
	uint32_t bytes[GEN_PARTS]; /* of a literal */
};

uint64_t gen_parts_space(const struct gen_part *p, uint32_t n)
{
	uint64_t space = 1;

	for (uint32_t i = 0; i < n; i++)
		if (p[i].kind == PART_WORD)
			space = gen_mul(space, p[i].nwords);
		else if (p[i].kind == PART_OTHER)
			space = gen_mul(space, p[i].nwords - 1);
		else if (p[i].kind != PART_LITERAL)
			space = gen_mul(space, p[i].count);
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

/*
 * The words that fit, copied so that SLOT bytes may be read from the beginning of any: one
 * copy of a known size does for the short ones, and no branch hangs on their length.
 */
enum { SLOT = 16 };

static int keep_words(struct gen_part *p, const struct fit *f, struct arena *a, struct err *e)
{
	struct vtext *w = arena_array(a, p->nwords + 1UL, sizeof(*w));
	size_t bytes = SLOT;
	uint32_t n = 0;
	char *to;

	for (uint32_t i = 0; i < p->nwords; i++)
		bytes += p->words[i].n;
	if (w == NULL || (to = arena_alloc(a, bytes)) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < p->nwords; i++) {
		uint32_t len = (uint32_t)utf8_len(p->words[i].p, p->words[i].n);

		if (f->count < p->nwords && (len < f->min || len > f->max))
			continue;
		memcpy(to, p->words[i].p, p->words[i].n);
		w[n++] = (struct vtext){to, p->words[i].n};
		to += p->words[i].n;
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
		uint64_t base, d;

		if (p->kind == PART_LITERAL) {
			bytes_copy(to, p->text, s->bytes[k]);
			to += s->bytes[k];
			continue;
		}
		base = p->kind == PART_WORD    ? p->nwords
		       : p->kind == PART_OTHER ? (uint64_t)p->nwords - 1
					       : p->count;
		if ((x | base) >> 32 == 0) { /* a short division costs half */
			d = (uint32_t)x % (uint32_t)base;
			x = (uint32_t)x / (uint32_t)base;
		} else {
			d = x % base;
			x /= base;
		}
		if (p->kind == PART_DIGITS) {
			to = put_digits(to, p->from + d, p->width);
		} else if (p->kind == PART_NUMBER) {
			to += num_fmt_u64(to, p->from + d);
		} else {
			d += p->kind == PART_OTHER && d >= before;
			before = d;
			if (p->words[d].n <= SLOT)
				memcpy(to, p->words[d].p, SLOT);
			else
				memcpy(to, p->words[d].p, p->words[d].n);
			to += p->words[d].n;
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
		s->bytes[i] = p[i].kind == PART_LITERAL ? (uint32_t)strlen(p[i].text) : 0;
		g->max_bytes += most_bytes(&s->part[i]);
	}
	g->max_bytes += SLOT; /* the end of the last word's slot */
	g->state = s;
	g->space = gen_parts_space(s->part, n);
	return gen_text_verify(g, c, a, e);
}
