/* SPDX-License-Identifier: MIT */
/*
 * Texts put together from parts: literals, words of lists, digits, numbers.
 *
 * A text is chosen in one of two ways. As an index: it is a mixed-radix number
 * with a digit for each part, so that distinct indexes make distinct texts
 * wherever the parts can be told apart. By weight: each part takes random bits
 * of its own to an alias table of its words.
 *
 * This is the innermost loop for names and addresses, hence two details.
 * Division by a constant is a multiplication (common/base/divide.h). Words of
 * at most 30 bytes lie in slots of 32 bytes, so that copying one is a copy of
 * fixed size; the literal before a word is put into the word's slot.
 */
#include <string.h>

#include "common/base/num.h"
#include "common/generators/gen_form_int.h"

/* What was made of some words: slots that begin with a literal, or a table of their weights. */
struct parts_made {
	const struct vtext *words;
	uint32_t n;
	struct vtext before;
	const struct word *slots; /* NULL: a table */
	const struct gen_place *places;
	struct parts_made *next;
};

/* ---- making -----------------------------------------------------------------------------------
 */

/* The longest text of the part, in bytes. */
static uint32_t most_bytes(const struct gen_part *p)
{
	uint32_t most = 0;

	if (p->kind == PART_LITERAL)
		return (uint32_t)strlen(p->text);
	if (!part_is_words(p))
		return NUM_MAX;
	for (uint32_t i = 0; i < p->nwords; i++)
		most = p->words[i].n > most ? (uint32_t)p->words[i].n : most;
	return most;
}

/* What was made of the words before, or memory for it with neither slots nor places. */
static struct parts_made *made_of(struct parts_shared *s, const struct vtext *words, uint32_t n,
	struct vtext before, bool slots)
{
	struct parts_made *m;

	for (m = s->made; m != NULL; m = m->next)
		if (m->words == words && m->n == n && (m->slots != NULL) == slots &&
			m->before.n == before.n && memcmp(m->before.p, before.p, before.n) == 0)
			return m;
	if ((m = arena_alloc(s->a, sizeof(*m))) == NULL)
		return NULL;
	*m = (struct parts_made){words, n, before, NULL, NULL, s->made};
	s->made = m;
	return m;
}

/*
 * The words in slots, ${before} in front of each; NULL when one does not fit,
 * or (*nomem) without memory.
 */
static const struct word *slots_of(const struct vtext *words, uint32_t n, struct vtext before,
	struct parts_shared *shared, bool *nomem)
{
	struct parts_made *m;
	struct word *w;

	for (uint32_t i = 0; i < n; i++)
		if (before.n + words[i].n >= WORD_SLOT)
			return NULL;
	if ((m = made_of(shared, words, n, before, true)) != NULL && m->slots != NULL)
		return m->slots;
	if (m == NULL || (w = arena_array(shared->a, n, sizeof(*w))) == NULL) {
		*nomem = true;
		return NULL;
	}
	for (uint32_t i = 0; i < n; i++) {
		memcpy(w[i].text, before.p, before.n);
		memcpy(w[i].text + before.n, words[i].p, words[i].n);
		w[i].n = (uint8_t)(before.n + words[i].n);
	}
	return m->slots = w;
}

/* The alias table of a part's words; NULL where they have no weights. */
static const struct gen_place *places_of(
	const struct gen_part *p, struct parts_shared *shared, bool *nomem)
{
	static const struct vtext nothing = {"", 0};
	struct parts_made *m;
	uint64_t *weight;

	if (p->weight == NULL)
		return NULL;
	m = made_of(shared, p->words, p->nwords, nothing, false);
	if (m != NULL && m->places != NULL)
		return m->places;
	weight = arena_array(shared->a, p->nwords, sizeof(*weight));
	if (m == NULL || weight == NULL) {
		*nomem = true;
		return NULL;
	}
	for (uint32_t i = 0; i < p->nwords; i++)
		weight[i] = p->weight[i];
	m->places = gen_places(weight, p->nwords, shared->a);
	*nomem = *nomem || m->places == NULL;
	return m->places;
}

/* A literal that stands alone, as a list of one word. */
static bool add_literal(struct parts *s, struct vtext text, struct parts_shared *shared)
{
	struct vtext *w = arena_alloc(shared->a, sizeof(*w));
	bool nomem = w == NULL;

	if (text.n == 0 || nomem)
		return !nomem;
	*w = text;
	s->step[s->n++] = (struct step){.kind = PART_LITERAL,
		.count = 1,
		.base = divisor_of(1),
		.slots = slots_of(w, 1, (struct vtext){"", 0}, shared, &nomem),
		.words = w};
	return !nomem;
}

/*
 * Adds a step; ${before} is the literal that is still to be written, or empty.
 */
static bool add_step(struct parts *s, const struct gen_part *p, struct vtext *before,
	struct parts_shared *shared)
{
	static const struct vtext nothing = {"", 0};
	struct step x = {.kind = p->kind,
		.width = p->width,
		.count = p->nwords,
		.from = p->from,
		.words = p->words};
	bool nomem = false;

	if (p->kind == PART_LITERAL) {
		struct vtext text = {p->text, strlen(p->text)};

		nomem = !add_literal(s, *before, shared);
		*before = text;
		return !nomem;
	}
	x.base = divisor_of(part_space(p));
	if (part_is_words(p)) {
		x.slots = slots_of(p->words, p->nwords, *before, shared, &nomem);
		x.places = places_of(p, shared, &nomem);
	}
	if (x.slots == NULL && !add_literal(s, *before, shared))
		return false;
	if (part_is_words(p) && x.slots == NULL)
		x.slots = slots_of(p->words, p->nwords, nothing, shared, &nomem);
	*before = nothing;
	s->step[s->n++] = x;
	return !nomem;
}

/* Each part is a step at most, but for a literal that does not fit into a slot. */
bool parts_make(struct parts *s, const struct gen_part *p, uint32_t n, struct parts_shared *shared)
{
	struct vtext before = {"", 0};

	*s = (struct parts){.space = 1};
	if ((s->step = arena_array(shared->a, n + 1UL, sizeof(s->step[0]))) == NULL)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (!add_step(s, &p[i], &before, shared))
			return false;
		s->max_bytes += most_bytes(&p[i]);
		s->space = gen_mul(s->space, part_space(&p[i]));
	}
	if (!add_literal(s, before, shared))
		return false;
	return true;
}

/* ---- drawing ----------------------------------------------------------------------------------
 */

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

static inline char *put_number(const struct step *k, uint64_t d, char *to)
{
	return k->kind == PART_DIGITS ? num_put_digits(to, k->from + d, k->width)
				      : to + num_fmt_u64(to, k->from + d);
}

/* One text: each part takes its digit of the index. */
char *parts_put(const struct parts *s, uint64_t x, char *to)
{
	uint64_t before = 0, d;

	for (const struct step *k = s->step, *end = k + s->n; k < end; k++) {
		x = divide_rest(&k->base, x, &d);
		if (k->words == NULL) {
			to = put_number(k, d, to);
		} else {
			d += k->kind == PART_OTHER && d >= before;
			before = k->kind == PART_LITERAL ? before : d;
			to = put_word(k, d, to);
		}
	}
	return to;
}

/*
 * A word that is not the one before: when two draws both give that one, it is
 * the next of the list.
 */
static uint32_t pick_other(const struct step *k, uint64_t bits, uint32_t before)
{
	uint32_t d = gen_pick(k->places, k->count, bits);

	if (d == before)
		d = gen_pick(k->places, k->count, gen_mix(bits, 1));
	return d != before ? d : before + 1 < k->count ? before + 1 : 0;
}

/* One text: each part takes random bits of its own. */
char *parts_put_weighted(const struct parts *s, uint64_t bits, char *to)
{
	uint32_t before = 0, d;

	for (const struct step *k = s->step, *end = k + s->n; k < end; k++) {
		if (k->kind == PART_LITERAL) {
			to = put_word(k, 0, to);
			continue;
		}
		bits = gen_mix(bits, 1);
		if (k->words == NULL) {
			to = put_number(
				k, (uint64_t)(((unsigned __int128)bits * k->base.d) >> 64), to);
			continue;
		}
		d = k->kind == PART_OTHER ? pick_other(k, bits, before)
					  : gen_pick(k->places, k->count, bits);
		before = d;
		to = put_word(k, d, to);
	}
	return to;
}
