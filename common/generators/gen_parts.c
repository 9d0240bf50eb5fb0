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
	bool bare;		  /* of slots: each is TEXT_BARE */
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
	*m = (struct parts_made){words, n, before, .next = s->made};
	s->made = m;
	return m;
}

/* Slots that no line of the cache divides. */
static struct word *aligned_words(uint32_t n, struct arena *a)
{
	char *p = arena_array(a, n + 1UL, sizeof(struct word));

	return p == NULL ? NULL : (struct word *)(p + (-(uintptr_t)p & (sizeof(struct word) - 1)));
}

/* Puts the words into slots, ${before} in front of each; false when memory is out. */
static bool make_slots(struct parts_made *m, struct arena *a)
{
	struct word *w = aligned_words(m->n, a);

	if (w == NULL)
		return false;
	m->bare = true;
	for (uint32_t i = 0; i < m->n; i++) {
		memcpy(w[i].text, m->before.p, m->before.n);
		memcpy(w[i].text + m->before.n, m->words[i].p, m->words[i].n);
		w[i].n = (uint8_t)(m->before.n + m->words[i].n);
		m->bare = m->bare && vtext_is_bare(&(struct vtext){w[i].text, w[i].n});
	}
	m->slots = w;
	return true;
}

/*
 * Gives the step the words in slots, ${before} in front of each; none when one does not fit, or
 * (*nomem) without memory.
 */
static void set_slots(struct step *x, const struct vtext *words, uint32_t n, struct vtext before,
	struct parts_shared *shared, bool *nomem)
{
	struct parts_made *m;

	x->slots = NULL;
	for (uint32_t i = 0; i < n; i++)
		if (before.n + words[i].n >= WORD_SLOT)
			return;
	m = made_of(shared, words, n, before, true);
	if (m == NULL || (m->slots == NULL && !make_slots(m, shared->a))) {
		*nomem = true;
		return;
	}
	x->slots = m->slots;
	x->bare = m->bare;
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
	struct step *x = &s->step[s->n];

	if (text.n == 0 || nomem)
		return !nomem;
	*w = text;
	*x = (struct step){.kind = PART_LITERAL, .count = 1, .base = divisor_of(1), .words = w};
	set_slots(x, w, 1, (struct vtext){"", 0}, shared, &nomem);
	s->n++;
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
		set_slots(&x, p->words, p->nwords, *before, shared, &nomem);
		x.places = places_of(p, shared, &nomem);
	}
	if (x.slots == NULL && !add_literal(s, *before, shared))
		return false;
	if (part_is_words(p) && x.slots == NULL)
		set_slots(&x, p->words, p->nwords, nothing, shared, &nomem);
	*before = nothing;
	s->step[s->n++] = x;
	return !nomem;
}

/* Each part is a step at most, but for a literal that does not fit into a slot. */
bool parts_make(struct parts *s, const struct gen_part *p, uint32_t n, struct parts_shared *shared)
{
	struct vtext before = {"", 0};

	*s = (struct parts){.space = 1, .bare = n > 0};
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
	for (uint32_t i = 0; i < s->n; i++)
		s->bare = s->bare && (s->step[i].words == NULL || s->step[i].bare);
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

/* What a part takes of some texts: places of its words, or numbers.  ${before}: the places that the
 * part before it with words took. */
static void pick_many(
	const struct step *k, uint64_t *bits, const uint64_t *before, uint32_t n, uint64_t *out)
{
	for (uint32_t i = 0; i < n; i++)
		bits[i] = gen_mix(bits[i], 1);
	if (k->words == NULL)
		for (uint32_t i = 0; i < n; i++)
			out[i] = (uint64_t)(((unsigned __int128)bits[i] * k->base.d) >> 64);
	else if (k->kind == PART_OTHER)
		for (uint32_t i = 0; i < n; i++)
			out[i] = pick_other(k, bits[i], (uint32_t)before[i]);
	else if (k->places != NULL)
		for (uint32_t i = 0; i < n; i++)
			out[i] = gen_pick(k->places, k->count, bits[i]);
	else
		for (uint32_t i = 0; i < n; i++)
			out[i] = gen_pick(NULL, k->count, bits[i]);
}

/* Puts the parts of each text together: all are words in slots, or some are not. */
static char *join_slots(const struct parts *s, const uint64_t pick[][PARTS_MANY], uint32_t n,
	char *to, struct vtext *out)
{
	const struct word *slots[GEN_PARTS + 1];
	const uint32_t parts = s->n;

	for (uint32_t k = 0; k < parts; k++)
		slots[k] = s->step[k].slots;
	for (uint32_t i = 0; i < n; i++) {
		char *p = to;

		for (uint32_t k = 0; k < parts; k++) {
			const struct word *w = &slots[k][pick[k][i]];

			memcpy(to, w, sizeof(*w));
			to += w->n;
		}
		out[i] = (struct vtext){p, (size_t)(to - p)};
	}
	return to;
}

static char *join_any(const struct parts *s, const uint64_t pick[][PARTS_MANY], uint32_t n,
	char *to, struct vtext *out)
{
	for (uint32_t i = 0; i < n; i++) {
		char *p = to;

		for (uint32_t k = 0; k < s->n; k++)
			to = s->step[k].words != NULL ? put_word(&s->step[k], pick[k][i], to)
						      : put_number(&s->step[k], pick[k][i], to);
		out[i] = (struct vtext){p, (size_t)(to - p)};
	}
	return to;
}

/*
 * Each part takes random bits of its own. First one part of all texts, then the next: what a text
 * waits for, the tables of weights and the words, is then under way for others too.
 */
char *parts_put_many(const struct parts *s, uint64_t *bits, uint32_t n, char *to, struct vtext *out)
{
	static const uint64_t none[PARTS_MANY];
	uint64_t pick[GEN_PARTS + 1][PARTS_MANY];
	const uint64_t *before = none;
	bool slots = true;

	for (uint32_t k = 0; k < s->n; k++) {
		slots = slots && s->step[k].slots != NULL;
		if (s->step[k].kind == PART_LITERAL) {
			memset(pick[k], 0, sizeof(pick[k]));
			continue;
		}
		pick_many(&s->step[k], bits, before, n, pick[k]);
		before = s->step[k].words != NULL ? pick[k] : before;
	}
	return (slots ? join_slots : join_any)(s, (const uint64_t(*)[PARTS_MANY])pick, n, to, out);
}
