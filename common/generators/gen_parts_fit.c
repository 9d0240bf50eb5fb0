/* SPDX-License-Identifier: MIT */
/*
 * Texts of parts have to fit their column: words that are too long or too short
 * are left out, from the part that loses the smallest share of its words by it,
 * until the longest and the shortest text are within the limits. How many words there
 * are of each length is counted once for each list.
 */
#include <string.h>

#include "common/base/num.h"
#include "common/base/str.h"
#include "common/generators/gen_form_int.h"

/* What of a part's words is used: those of min to max characters. */
struct fit {
	uint32_t min, max;    /* characters allowed */
	uint32_t least, most; /* of a word that is there, or of the part's text */
	uint64_t count;
	const struct parts_lengths *lengths; /* of words */
};

/* How many of a part's words have each length. */
struct parts_lengths {
	const struct vtext *words;
	uint32_t n, most;
	uint32_t *count; /* [most + 1] */
	struct parts_lengths *next;
};

static struct parts_lengths *lengths_of(const struct gen_part *p, struct parts_shared *shared)
{
	struct parts_lengths *l = shared->lengths;
	uint32_t most = 0;

	while (l != NULL && (l->words != p->words || l->n != p->nwords))
		l = l->next;
	if (l != NULL)
		return l;
	for (uint32_t i = 0; i < p->nwords; i++)
		most = p->words[i].n > most ? (uint32_t)p->words[i].n : most;
	if ((l = arena_alloc(shared->a, sizeof(*l))) == NULL ||
		(l->count = arena_array(shared->a, most + 1UL, sizeof(*l->count))) == NULL)
		return NULL;
	for (uint32_t i = 0; i < p->nwords; i++)
		l->count[utf8_len(p->words[i].p, p->words[i].n)]++;
	l->words = p->words;
	l->n = p->nwords;
	l->most = most; /* bytes: no text has more characters */
	l->next = shared->lengths;
	return shared->lengths = l;
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
		f->least = num_digits(p->from);
		f->most = num_digits(p->from + p->count - 1);
	} else {
		f->count = f->most = 0;
		f->least = UINT32_MAX;
		for (uint32_t len = f->min; len <= f->max && len <= f->lengths->most; len++) {
			if (f->lengths->count[len] == 0)
				continue;
			f->count += f->lengths->count[len];
			f->least = len < f->least ? len : f->least;
			f->most = len;
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

		if (!part_is_words(&p[i]) || t.least == t.most)
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
		if (i != at && part_is_words(&p[i]) && p[i].words == p[at].words) {
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
			if (part_is_words(&p[i]) && part_space(&p[i]) == 0)
				return false;
			least += f[i].least;
			most += f[i].most;
		}
		if (most <= lim.max && least >= lim.min)
			return true;
		if (!tighten(p, f, n, most > lim.max))
			return false;
	}
}

/* The words that are kept move to arrays of their own. */
bool part_keep(struct gen_part *p, const bool *keep, struct arena *a)
{
	struct vtext *w = arena_array(a, p->nwords, sizeof(*w));
	uint32_t *weight = arena_array(a, p->nwords, sizeof(*weight)), n = 0;

	if (w == NULL || weight == NULL)
		return false;
	for (uint32_t i = 0; i < p->nwords; i++)
		if (keep[i]) {
			weight[n] = p->weight != NULL ? p->weight[i] : 1;
			w[n++] = p->words[i];
		}
	p->words = w;
	p->weight = p->weight != NULL ? weight : NULL;
	p->nwords = n;
	return true;
}

/* A part with only the words that are kept; parts of the same words share them again. */
static bool keep_words(struct gen_part *p, const struct fit *f, uint32_t at,
	const struct vtext **was, struct arena *a)
{
	bool *keep;

	was[at] = p[at].words;
	if (f[at].count == p[at].nwords)
		return true;
	for (uint32_t i = 0; i < at; i++)
		if (was[i] == was[at] && part_is_words(&p[i])) {
			p[at].words = p[i].words;
			p[at].weight = p[i].weight;
			p[at].nwords = p[i].nwords;
			return true;
		}
	if ((keep = arena_array(a, p[at].nwords, sizeof(*keep))) == NULL)
		return false;
	for (uint32_t i = 0; i < p[at].nwords; i++) {
		uint32_t len = (uint32_t)utf8_len(p[at].words[i].p, p[at].words[i].n);

		keep[i] = len >= f[at].min && len <= f[at].max;
	}
	return part_keep(&p[at], keep, a);
}

int parts_fit(struct gen_part *p, uint32_t n, struct gen_limits lim, struct parts_shared *shared)
{
	const struct vtext *was[GEN_PARTS] = {NULL};
	struct fit f[GEN_PARTS] = {{0}};

	for (uint32_t i = 0; i < n; i++) {
		f[i].max = UINT32_MAX;
		if (part_is_words(&p[i]) && (f[i].lengths = lengths_of(&p[i], shared)) == NULL)
			return -1;
		measure(&p[i], &f[i]);
	}
	if (!make_fit(p, f, n, lim))
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (part_is_words(&p[i]) && !keep_words(p, f, i, was, shared->a))
			return -1;
	return 1;
}
