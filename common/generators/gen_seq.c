/* SPDX-License-Identifier: MIT */
/*
 * Texts that are sequences of symbols, of any length from min to max. An index
 * first determines the length, by the share of indexes that each length has,
 * and then the symbols as digits of what is left of it. Where symbols are
 * single bytes, a digit stands for two of them, which halves the divisions.
 * Long sequences use the index up; their other symbols come from a hash of it.
 */
#include "common/generators/gen_seq.h"

#include <string.h>

#include "common/base/divide.h"
#include "common/base/err.h"
#include "common/base/rng.h"

struct slot {
	uint64_t share; /* indexes of this length */
	uint32_t full;	/* digits the index pays for whole */
	uint64_t rest;	/* what is left of it for the next one */
};

struct seq_state {
	struct gen_draw draw;
	struct gen_seq seq;
	uint32_t step; /* symbols of a digit: 1 or 2 */
	uint64_t base; /* of a digit */
	struct divisor by_base, by_nsym;
	uint32_t equal; /* from this slot on all have the same share ... */
	struct divisor by_share;
	char (*pair)[2]; /* step 2: the texts of digits */
	uint32_t ninset;
	struct slot slot[];
};

/* Digits of hash: multiply, keep what falls below the point for the next. */
struct hash {
	uint64_t key, n, bits;
	uint32_t left;
};

/*
 * Up to four digits from 64 bits of hash: the high part of bits * base is a
 * digit below base, the low part goes on (Lemire, "Fast Random Integer
 * Generation in an Interval", 2019).
 */
static uint64_t hash_digit(struct hash *h, uint64_t base)
{
	unsigned __int128 p;

	if (h->left == 0) {
		h->bits = rng_at(h->key, h->n++);
		h->left = 4;
	}
	h->left--;
	p = (unsigned __int128)h->bits * base;
	h->bits = (uint64_t)p;
	return (uint64_t)(p >> 64);
}

/* With ${left} symbols to go: an odd length's last digit is one symbol, the other half dropped. */
static uint64_t digit_base(const struct seq_state *s, uint32_t left)
{
	return left == 1 ? s->seq.nsym : s->base;
}

/* Writes one symbol, or a pair of them. */
static inline char *put_digit(const struct seq_state *s, uint64_t d, char *to, bool pairs)
{
	const struct vtext *t;

	if (pairs) {
		memcpy(to, s->pair[d], 2);
		return to + 2;
	}
	t = &s->seq.sym[d];
	if (t->n == 1) {
		*to = *t->p;
		return to + 1;
	}
	memcpy(to, t->p, t->n);
	to += t->n;
	*to = s->seq.sep;
	return to + (s->seq.sep != '\0');
}

/* The slot that holds index *u, which becomes its place there. Short lengths have shares of their
 * own; the many others, which share equally, are found by a division. */
static uint32_t find_slot(const struct seq_state *s, uint64_t *u)
{
	uint32_t at = 0;

	for (; at < s->equal; at++) {
		if (*u < s->slot[at].share)
			return at;
		*u -= s->slot[at].share;
	}
	return at + (uint32_t)divide_rest(&s->by_share, *u, u);
}

/* Puts the inset into a text that has been written, [from, to). */
static char *put_inset(const struct seq_state *s, char *from, char *to)
{
	memmove(from + s->seq.inset_at + s->ninset, from + s->seq.inset_at,
		(size_t)(to - from) - s->seq.inset_at);
	memcpy(from + s->seq.inset_at, s->seq.inset, s->ninset);
	return to + s->ninset;
}

/* The text of index ${x}: its length first, then its digits: those that the index pays for, the
 * one that it pays for in part, and those of a hash. It is compiled twice, for symbols of any
 * length and for digits that are two bytes (${pairs}). */
static inline __attribute__((always_inline)) char *put(
	const struct seq_state *s, uint64_t key, uint64_t x, char *to, bool pairs)
{
	const uint32_t step = pairs ? 2 : 1;
	uint64_t u = x, d;
	uint32_t at = find_slot(s, &u), len = s->seq.min + at, done = 0;
	const struct slot *sl = &s->slot[at];
	struct hash h = {rng_at(key, x), 0, 0, 0};
	char *from = to, *end = to + len;

	for (uint32_t i = 0; i < sl->full; i++, done += step) {
		u = divide_rest(len - done == 1 ? &s->by_nsym : &s->by_base, u, &d);
		to = put_digit(s, d, to, pairs);
	}
	if (done < len) {
		d = digit_base(s, len - done);
		d = u + sl->rest * rng_below(rng_at(h.key, UINT64_MAX), d / sl->rest);
		to = put_digit(s, d, to, pairs);
		done += step;
	}
	for (; done < len; done += step)
		to = put_digit(s, hash_digit(&h, digit_base(s, len - done)), to, pairs);
	if (pairs)
		to = end; /* an odd length drops half of the last pair */
	else if (s->seq.sep != '\0' && len > 0)
		to--;
	return s->ninset > 0 ? put_inset(s, from, to) : to;
}

static void seq_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct seq_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, g->max_bytes);
		const char *end = s->step == 2 ? put(s, g->key, idx[i], p, true)
					       : put(s, g->key, idx[i], p, false);
		uint32_t len = (uint32_t)(end - p);

		gen_heap_give(h, g->max_bytes - len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/* How an equal share, or all the sequences there are, is spent on the digits. */
static void plan_slot(const struct seq_state *s, uint32_t len, uint64_t most, struct slot *sl)
{
	uint64_t own = 1, cap;
	uint32_t done = 0;

	for (uint32_t i = 0; i < len && own < GEN_SPACE_MAX; i++)
		own = gen_mul(own, s->seq.nsym);
	cap = sl->share = own < most ? own : most;
	for (; done < len && cap >= digit_base(s, len - done); done += s->step) {
		uint64_t base = digit_base(s, len - done);

		cap = (cap + base - 1) / base;
		sl->full++;
	}
	sl->rest = cap;
}

/* Whether pairs of symbols can be tabulated. */
static bool single_bytes(const struct gen_seq *q)
{
	for (uint32_t i = 0; i < q->nsym; i++)
		if (q->sym[i].n != 1)
			return false;
	return q->nsym <= 128;
}

/* All pairs of symbols, so that a digit writes two at once. */
static bool make_pairs(struct seq_state *s, struct arena *a)
{
	const struct gen_seq *q = &s->seq;

	s->base = (uint64_t)q->nsym * q->nsym;
	if ((s->pair = arena_array(a, s->base, 2)) == NULL)
		return false;
	for (uint32_t second = 0, d = 0; second < q->nsym; second++)
		for (uint32_t first = 0; first < q->nsym; first++, d++) {
			s->pair[d][0] = *q->sym[first].p;
			s->pair[d][1] = *q->sym[second].p;
		}
	return true;
}

/*
 * Prepares a generator of sequences of symbols. Every length gets an equal
 * share of the space, as far as it has that many sequences.
 */
int gen_seq(struct gen *g, const struct gen_seq *q, struct arena *a, struct err *e)
{
	uint32_t n = q->max - q->min + 1;
	struct seq_state *s = arena_alloc(a, sizeof(*s) + n * sizeof(s->slot[0]));
	size_t most = 0;

	if (s == NULL)
		return err_nomem(e);
	s->draw.value = seq_value;
	s->seq = *q;
	s->step = 1;
	s->base = q->nsym;
	s->ninset = q->inset == NULL ? 0 : (uint32_t)strlen(q->inset);
	if (single_bytes(q)) {
		s->step = 2;
		if (!make_pairs(s, a))
			return err_nomem(e);
	}
	g->space = 0;
	for (uint32_t i = 0; i < n; i++) {
		plan_slot(s, q->min + i, GEN_SPACE_MAX / n, &s->slot[i]);
		g->space += s->slot[i].share;
	}
	for (s->equal = n - 1; s->equal > 0; s->equal--)
		if (s->slot[s->equal - 1].share != s->slot[n - 1].share)
			break;
	s->by_share = divisor_of(s->slot[n - 1].share);
	s->by_base = divisor_of(s->base);
	s->by_nsym = divisor_of(q->nsym);
	for (uint32_t i = 0; i < q->nsym; i++)
		most = q->sym[i].n > most ? q->sym[i].n : most;
	g->max_bytes = (uint32_t)((most + 1) * ((size_t)q->max + 2)) + s->ninset;
	g->state = s;
	return 0;
}
