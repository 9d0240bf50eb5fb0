/* SPDX-License-Identifier: MIT */
/*
 * Whether a text can be made in two ways: "Ana Maria Silva" as the given name
 * "Ana" before the family names "Maria" and "Silva", or as "Ana Maria" before "Silva".
 *
 * A form is read as an automaton: where one stands in it is a part and, within
 * the part, what is left of the sorted words after the bytes that were read. Two
 * readings of one text are two such places that move on by the same bytes until both
 * are at the end; the pairs of places that can be reached are searched (the
 * square of an automaton, as in the test for ambiguity of Book, Even, Greibach
 * and Ott 1971). Two readings of the same form part where a word ends that others
 * go on from: "Ana" and "Ana Maria". Of digits and numbers only the number of
 * digits counts, and that {other} is not the word before it does not: so two
 * readings may be found that are none, which is on the safe side.
 */
#include <stdlib.h>
#include <string.h>

#include "common/base/num.h"
#include "common/generators/gen_form_int.h"

/* A place: ${depth} bytes into a part; of words those [lo, hi) go on from there. */
struct place {
	uint32_t part, lo, hi, depth;
};

/* A form with the words of each part in order; the same array for the same words. */
struct automaton {
	const struct form *f;
	const struct vtext **sorted[GEN_PARTS];
};

struct pair {
	struct place a, b;
};

/* The words of one list in order. */
struct apart_sorted {
	const struct vtext *words, **v;
	uint32_t n;
	struct apart_sorted *next;
};

/* Pairs that are to be looked at, and all that were. */
struct search {
	const struct automaton *a, *b;
	struct arena *arena;
	struct pair *todo, *seen;
	size_t ntodo, todo_cap, nseen, seen_cap;
	bool met, nomem;
};

/* So many pairs without an answer, and the answer is the safe one. */
enum { PAIRS_MAX = 1 << 18 };

/* ---- automata
 * ------------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
	return vtext_compare(*(const struct vtext *const *)a, *(const struct vtext *const *)b);
}

/* The words in order; those of a list that several forms have are sorted once. */
static const struct vtext **sorted_of(const struct gen_part *p, struct apart *t)
{
	struct apart_sorted *o;

	for (o = t->sorted; o != NULL; o = o->next)
		if (o->words == p->words && o->n == p->nwords)
			return o->v;
	if ((o = arena_alloc(&t->tmp, sizeof(*o))) == NULL ||
		(o->v = arena_array(&t->tmp, p->nwords, sizeof(o->v[0]))) == NULL)
		return NULL;
	o->words = p->words;
	o->n = p->nwords;
	o->next = t->sorted;
	t->sorted = o;
	for (uint32_t k = 0; k < p->nwords; k++)
		o->v[k] = &p->words[k];
	qsort(o->v, p->nwords, sizeof(o->v[0]), by_text);
	return o->v;
}

static bool sort_words(struct automaton *m, const struct form *f, struct apart *t)
{
	m->f = f;
	for (uint32_t i = 0; i < f->nparts; i++)
		if (part_is_words(&f->part[i]) &&
			(m->sorted[i] = sorted_of(&f->part[i], t)) == NULL)
			return false;
	return true;
}

/* The place before the first byte of a part. */
static struct place start(const struct automaton *m, uint32_t part)
{
	bool words = part < m->f->nparts && part_is_words(&m->f->part[part]);

	return (struct place){part, 0, words ? m->f->part[part].nwords : 0, 0};
}

/* How many digits the part may have. */
static void digits(const struct gen_part *p, uint32_t *least, uint32_t *most)
{
	*least = p->kind == PART_DIGITS ? p->width : num_digits(p->from);
	*most = p->kind == PART_DIGITS ? p->width : num_digits(p->from + p->count - 1);
}

/*
 * Where the words of the range that go on with the byte begin and end; they are
 * sorted, so that both ends are found by halving.
 */
static void narrow(const struct vtext **v, struct place *p, unsigned char c)
{
	uint32_t end = p->hi;

	for (uint32_t half = 0; half < 2; half++) {
		uint32_t lo = p->lo, hi = end;

		while (lo < hi) {
			uint32_t mid = lo + (hi - lo) / 2;
			unsigned char x = (unsigned char)v[mid]->p[p->depth];

			if (half == 0 ? x < c : x <= c)
				lo = mid + 1;
			else
				hi = mid;
		}
		*(half == 0 ? &p->lo : &p->hi) = lo;
	}
	p->depth++;
}

/* The places, two at most, where one may stand after the byte. */
static uint32_t step(const struct automaton *m, struct place p, unsigned char c, struct place to[2])
{
	const struct gen_part *part = &m->f->part[p.part];
	struct place next = start(m, p.part + 1);
	uint32_t n = 0, least, most;

	if (part_is_words(part)) {
		narrow(m->sorted[p.part], &p, c);
		if (p.lo < p.hi && m->sorted[p.part][p.lo]->n == p.depth) {
			to[n++] = next;
			p.lo++;
		}
		if (p.lo < p.hi)
			to[n++] = p;
	} else if (part->kind == PART_LITERAL) {
		if ((unsigned char)part->text[p.depth++] == c)
			to[n++] = part->text[p.depth] == '\0' ? next : p;
	} else if (c >= '0' && c <= '9') {
		digits(part, &least, &most);
		if (++p.depth >= least)
			to[n++] = next;
		if (p.depth < most)
			to[n++] = p;
	}
	return n;
}

/* ---- pairs
 * ----------------------------------------------------------------------------------------- */

static uint64_t hash_of(const struct pair *p)
{
	uint64_t h = gen_mix(((uint64_t)p->a.part << 32) | p->b.part, 1);

	h = gen_mix(h ^ (((uint64_t)p->a.lo << 32) | p->b.lo), 2);
	h = gen_mix(h ^ (((uint64_t)p->a.hi << 32) | p->b.hi), 3);
	return gen_mix(h ^ (((uint64_t)p->a.depth << 32) | p->b.depth), 4);
}

/* Puts the pair into the table of those seen, if there is none like it: true. */
static bool remember(struct pair *seen, size_t cap, const struct pair *p)
{
	for (size_t at = hash_of(p) & (cap - 1);; at = (at + 1) & (cap - 1)) {
		if (seen[at].a.depth == UINT32_MAX) {
			seen[at] = *p;
			return true;
		}
		if (memcmp(&seen[at], p, sizeof(*p)) == 0)
			return false;
	}
}

/* A table of at least twice as many places as pairs. */
static bool grow_seen(struct search *s)
{
	size_t cap = s->seen_cap == 0 ? 256 : 4 * s->seen_cap;
	struct pair *larger = arena_array(s->arena, cap, sizeof(*larger));

	if (larger == NULL)
		return false;
	memset(larger, 0xff, cap * sizeof(*larger));
	for (size_t i = 0; i < s->seen_cap; i++)
		if (s->seen[i].a.depth != UINT32_MAX)
			(void)remember(larger, cap, &s->seen[i]);
	s->seen = larger;
	s->seen_cap = cap;
	return true;
}

/* Adds a pair that was not seen; two that are at the end are two readings of one text. */
static void add_pair(struct search *s, struct place a, struct place b)
{
	struct pair p = {a, b};
	bool end_a = a.part == s->a->f->nparts, end_b = b.part == s->b->f->nparts;

	s->met = s->met || (end_a && end_b);
	if (end_a || end_b || s->nomem)
		return;
	if (2 * s->nseen >= s->seen_cap && !grow_seen(s)) {
		s->nomem = true;
		return;
	}
	if (!remember(s->seen, s->seen_cap, &p))
		return;
	if (++s->nseen == PAIRS_MAX)
		s->met = true;
	if (s->ntodo == s->todo_cap) {
		size_t cap = s->todo_cap == 0 ? 64 : 2 * s->todo_cap;
		struct pair *todo = arena_array(s->arena, cap, sizeof(*todo));

		if (todo == NULL) {
			s->nomem = true;
			return;
		}
		if (s->ntodo > 0)
			memcpy(todo, s->todo, s->ntodo * sizeof(*todo));
		s->todo = todo;
		s->todo_cap = cap;
	}
	s->todo[s->ntodo++] = p;
}

/* All pairs that one byte leads to. */
static void follow(struct search *s, const struct pair *p, unsigned char c)
{
	struct place a[2], b[2];
	uint32_t na = step(s->a, p->a, c, a), nb = na > 0 ? step(s->b, p->b, c, b) : 0;

	for (uint32_t i = 0; i < na; i++)
		for (uint32_t k = 0; k < nb; k++)
			add_pair(s, a[i], b[k]);
}

/* The bytes that may come next in the first form. */
static void follow_all(struct search *s, const struct pair *p)
{
	const struct gen_part *part = &s->a->f->part[p->a.part];
	const struct vtext **v = s->a->sorted[p->a.part];

	if (part->kind == PART_LITERAL) {
		follow(s, p, (unsigned char)part->text[p->a.depth]);
	} else if (!part_is_words(part)) {
		for (unsigned char c = '0'; c <= '9'; c++)
			follow(s, p, c);
	} else {
		for (uint32_t i = p->a.lo; i < p->a.hi && !s->met; i++)
			if (i == p->a.lo || v[i]->p[p->a.depth] != v[i - 1]->p[p->a.depth])
				follow(s, p, (unsigned char)v[i]->p[p->a.depth]);
	}
}

/* Whether two readings meet at the end from any of the pairs to do; -1 when memory is out. */
static int meet(struct search *s)
{
	while (s->ntodo > 0 && !s->met && !s->nomem) {
		struct pair p = s->todo[--s->ntodo];

		follow_all(s, &p);
	}
	return s->nomem ? -1 : s->met;
}

/* ---- one form
 * ---------------------------------------------------------------------------------------- */

/* Whether the text goes on where the other one is over. */
static bool goes_on(const struct vtext *word, const struct vtext *longer)
{
	return longer->n > word->n && memcmp(word->p, longer->p, word->n) == 0;
}

/* Forgets the pairs of a search that has found something. */
static void search_again(struct search *s)
{
	*s = (struct search){.a = s->a, .b = s->b, .arena = s->arena};
}

/*
 * Marks the words of part ${i} that a second reading begins in. A search that
 * finds nothing leaves behind what it has seen, which the next need not look at
 * again. 1: there are such words; 0; -1 when memory is out.
 */
static int mark_words(struct search *s, uint32_t i, bool *keep)
{
	const struct gen_part *p = &s->a->f->part[i];
	const struct vtext **v = s->a->sorted[i];
	int any = 0;

	for (uint32_t k = 0; k < p->nwords; k++)
		for (uint32_t l = k + 1; l < p->nwords && goes_on(v[k], v[l]); l++) {
			int rc;

			add_pair(s, start(s->a, i + 1),
				(struct place){i, l, l + 1, (uint32_t)v[k]->n});
			if ((rc = meet(s)) == -1)
				return -1;
			if (rc == 1) {
				keep[v[l] - p->words] = false;
				search_again(s);
			}
			any |= rc;
		}
	return any;
}

/* Whether a second reading begins where a number has fewer digits than it may have. */
static int number_meets(struct search *s, uint32_t i)
{
	uint32_t least, most;

	digits(&s->a->f->part[i], &least, &most);
	for (uint32_t n = least; n < most; n++)
		add_pair(s, start(s->a, i + 1), (struct place){i, 0, 0, n});
	return meet(s);
}

/* Leaves out the marked words wherever the form has them. */
static bool leave_out(struct form *f, uint32_t i, const bool *keep, struct arena *a)
{
	const struct gen_part was = f->part[i];

	if (!part_keep(&f->part[i], keep, a))
		return false;
	for (uint32_t k = 0; k < f->nparts; k++)
		if (k != i && part_is_words(&f->part[k]) && f->part[k].words == was.words) {
			f->part[k].words = f->part[i].words;
			f->part[k].weight = f->part[i].weight;
			f->part[k].nwords = f->part[i].nwords;
		}
	return true;
}

static int settle_part(struct form *f, uint32_t i, struct apart *t, struct arena *a)
{
	struct automaton m = {0};
	struct search s = {.a = &m, .b = &m, .arena = &t->tmp};
	bool *keep = arena_array(&t->tmp, f->part[i].nwords + 1UL, sizeof(*keep));
	int rc;

	if (f->part[i].kind == PART_LITERAL)
		return 1;
	if (keep == NULL || !sort_words(&m, f, t))
		return -1;
	if (!part_is_words(&f->part[i]))
		return (rc = number_meets(&s, i)) == -1 ? -1 : !rc;
	memset(keep, true, f->part[i].nwords);
	if ((rc = mark_words(&s, i, keep)) == 1 && !leave_out(f, i, keep, a))
		rc = -1;
	return rc == -1 ? -1 : 1;
}

/* Words that are left out take readings away and never add one, so that one pass is enough. */
int form_settle(struct form *f, struct apart *t, struct arena *a)
{
	int rc = 1;

	for (uint32_t i = 0; i < f->nparts && rc == 1; i++)
		rc = settle_part(f, i, t, a);
	for (uint32_t i = 0; i < f->nparts && rc == 1; i++)
		rc = part_space(&f->part[i]) > 0;
	return rc;
}

/* ---- two forms
 * --------------------------------------------------------------------------------------- */

static bool same_part(const struct gen_part *x, const struct gen_part *y)
{
	if (part_is_words(x) || part_is_words(y))
		return part_is_words(x) && part_is_words(y) && x->words == y->words &&
		       x->nwords == y->nwords;
	if (x->kind != y->kind)
		return false;
	return x->kind == PART_LITERAL
		       ? strcmp(x->text, y->text) == 0
		       : x->width == y->width && x->from == y->from && x->count == y->count;
}

/*
 * The parts that both forms begin with are read in step; readings part there
 * only where a word or a number ends in one form and goes on in the other.
 */
static void part_ways(struct search *s, uint32_t i)
{
	const struct gen_part *p = &s->a->f->part[i];
	const struct vtext **v = s->a->sorted[i];
	uint32_t least, most;

	if (p->kind == PART_LITERAL)
		return;
	if (!part_is_words(p)) {
		digits(p, &least, &most);
		for (uint32_t n = least; n < most; n++) {
			add_pair(s, start(s->a, i + 1), (struct place){i, 0, 0, n});
			add_pair(s, (struct place){i, 0, 0, n}, start(s->b, i + 1));
		}
		return;
	}
	for (uint32_t k = 0, l; k < p->nwords; k++) {
		for (l = k + 1; l < p->nwords && goes_on(v[k], v[l]); l++)
			;
		if (l == k + 1)
			continue;
		add_pair(s, start(s->a, i + 1), (struct place){i, k + 1, l, (uint32_t)v[k]->n});
		add_pair(s, (struct place){i, k + 1, l, (uint32_t)v[k]->n}, start(s->b, i + 1));
	}
}

int form_apart(const struct form *f, const struct form *g, struct apart *t)
{
	struct automaton m = {0}, o = {0};
	struct search s = {.a = &m, .b = &o, .arena = &t->tmp};
	uint32_t i = 0;
	int rc;

	if (!sort_words(&m, f, t) || !sort_words(&o, g, t))
		return -1;
	while (i < f->nparts && i < g->nparts && same_part(&f->part[i], &g->part[i]))
		part_ways(&s, i++);
	add_pair(&s, start(&m, i), start(&o, i));
	rc = meet(&s);
	return rc == -1 ? -1 : !rc;
}
