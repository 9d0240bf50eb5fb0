/* SPDX-License-Identifier: MIT */
/* What is collected of the values of one column, block by block. */
#include <string.h>

#include <xxhash.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/rng.h"
#include "common/generators/gen_derive.h"
#include "stages/eval/profile_int.h"

/* ---- texts ----------------------------------------------------------------------------- */

/* How many characters UTF-8 text has: the bytes that do not continue one, eight at a time. */
static uint64_t characters(const char *p, size_t n)
{
	uint64_t more = 0, w;
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		memcpy(&w, p + i, 8);
		w = w >> 7 & ~(w >> 6) & UINT64_C(0x0101010101010101);
		more += (uint64_t)__builtin_popcountll(w);
	}
	for (; i < n; i++)
		more += ((unsigned char)p[i] & 0xc0) == 0x80;
	return n - more;
}

/* "\x" and digits, as PostgreSQL prints a bytea. */
static uint32_t hex(const struct vtext *t, char *to)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = t->n < PROFILE_TEXT / 2 - 1 ? t->n : PROFILE_TEXT / 2 - 1;

	to[0] = '\\';
	to[1] = 'x';
	for (size_t i = 0; i < n; i++) {
		to[2 + 2 * i] = digits[(unsigned char)t->p[i] >> 4];
		to[3 + 2 * i] = digits[(unsigned char)t->p[i] & 15];
	}
	return (uint32_t)(2 + 2 * n);
}

uint32_t profile_text(
	const struct vec *v, uint32_t i, struct pg_base base, char to[static PROFILE_TEXT])
{
	char own[DERIVE_TEXT];
	struct vtext t;
	size_t n;

	if (v->type == VT_BYTES)
		return hex(&v->v.t[i], to);
	t = derive_text(v, i, base, own);
	n = t.n;
	if (n > PROFILE_TEXT) {
		n = PROFILE_TEXT;
		while (n > 0 && ((unsigned char)t.p[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(to, t.p, n);
	return (uint32_t)n;
}

/* ---- one value ------------------------------------------------------------------------- */

/* A value that was not met before: kept, while such are few. */
static void keep(struct profile_work *w, const struct vec *v, uint32_t i, uint64_t hash)
{
	struct profile_value *x;

	if (w->nfew >= PROFILE_FEW) {
		w->nfew = PROFILE_FEW + 1;
		return;
	}
	x = &w->few[w->nfew];
	x->text.p = w->text[w->nfew];
	x->text.n = profile_text(v, i, w->base, w->text[w->nfew]);
	x->hash = hash;
	x->order = vec_is_ordinal(v->type) ? v->v.i[i] : 0;
	w->nfew++;
}

static inline void count(struct profile_work *w, const struct vec *v, uint32_t i, uint64_t hash)
{
	struct sketch_entry *x;

	if (w->unique != NULL || !sketch_holds(w->sketch.depth, hash))
		return;
	x = sketch_at(&w->sketch, hash);
	if (x != NULL && x->count++ == 0)
		keep(w, v, i, hash);
}

static void sample(struct profile_work *w, uint64_t hash, int64_t number)
{
	if (w->n == w->cap)
		return;
	w->hash[w->n] = hash;
	w->number[w->n++] = number;
}

/* An infinite date is a value, and no end of a range. */
static bool is_finite(enum vtype type, int64_t x)
{
	if (type == VT_DATE)
		return cal_date_finite(x);
	return (type != VT_TS && type != VT_TSTZ) || cal_ts_finite(x);
}

/* ---- columns by the form of their vector --------------------------------------------------- */

/* Rows of a block: which are of the sample. */
struct rows {
	const struct dec_block *b;
	uint64_t stride;
	uint32_t next; /* of the sample, in the block; UINT32_MAX: none is left */
};

static struct rows rows_of(const struct dec_block *b, uint64_t stride)
{
	uint64_t next = (stride - b->row0 % stride) % stride;

	return (struct rows){b, stride, next < b->n ? (uint32_t)next : UINT32_MAX};
}

/* Whether row ${i} is of the sample; asked of every row, in order. */
static inline bool is_sampled(struct rows *r, uint32_t i)
{
	if (i != r->next)
		return false;
	r->next = r->stride < r->b->n - i ? i + (uint32_t)r->stride : UINT32_MAX;
	return true;
}

static void see_ordinals(struct profile_column *c, const struct vec *v, struct rows r)
{
	struct profile_work *w = c->work;

	for (uint32_t i = 0; i < v->n; i++) {
		bool sampled = is_sampled(&r, i);
		int64_t x = v->v.i[i];
		uint64_t hash;

		if (vec_is_null(v, i))
			continue;
		hash = rng_at(0, (uint64_t)x);
		c->values++;
		c->trues += v->type == VT_BOOL && x != 0;
		count(w, v, i, hash);
		if (!is_finite(v->type, x))
			continue;
		w->low = x < w->low ? x : w->low;
		w->high = x > w->high ? x : w->high;
		if (sampled)
			sample(w, hash, x);
	}
}

static void see_floats(struct profile_column *c, const struct vec *v, struct rows r)
{
	struct profile_work *w = c->work;

	for (uint32_t i = 0; i < v->n; i++) {
		bool sampled = is_sampled(&r, i);
		double x = v->v.f[i] + 0.0; /* -0 and 0 are equal */
		int64_t bits;

		if (vec_is_null(v, i))
			continue;
		memcpy(&bits, &x, sizeof(bits));
		c->values++;
		count(w, v, i, rng_at(0, (uint64_t)bits));
		if (!__builtin_isfinite(x))
			continue;
		w->flow = x < w->flow ? x : w->flow;
		w->fhigh = x > w->fhigh ? x : w->fhigh;
		if (sampled)
			sample(w, rng_at(0, (uint64_t)bits), bits);
	}
}

static void see_uuids(struct profile_column *c, const struct vec *v, struct rows r)
{
	for (uint32_t i = 0; i < v->n; i++) {
		bool sampled = is_sampled(&r, i);
		uint64_t word[2], hash;

		if (vec_is_null(v, i))
			continue;
		memcpy(word, v->v.u[i].b, sizeof(word));
		hash = rng_at(word[0], word[1]);
		c->values++;
		count(c->work, v, i, hash);
		if (sampled)
			sample(c->work, hash, 0);
	}
}

static void judge(struct profile_column *c, const struct vtext *t)
{
	enum pairs_look look = pairs_judge(c->work->pairs, t->p, t->n);

	c->judged += look != PAIRS_NO_TEXT;
	c->unlike += look == PAIRS_UNLIKE;
}

static void see_texts(struct profile_column *c, const struct vec *v, struct rows r)
{
	bool bytes = v->type == VT_BYTES;

	for (uint32_t i = 0; i < v->n; i++) {
		bool sampled = is_sampled(&r, i);
		const struct vtext *t = &v->v.t[i];
		uint64_t hash = 0, size;

		if (vec_is_null(v, i))
			continue;
		if (sampled || c->work->unique == NULL)
			hash = XXH3_64bits(t->p, t->n);
		size = bytes ? t->n : characters(t->p, t->n);
		c->values++;
		c->shortest = size < c->shortest ? size : c->shortest;
		c->longest = size > c->longest ? size : c->longest;
		count(c->work, v, i, hash);
		if (!sampled)
			continue;
		sample(c->work, hash, (int64_t)size);
		if (c->work->pairs != NULL)
			judge(c, t);
	}
}

int profile_see(struct profile_column *c, const struct vec *v, const struct dec_block *b,
	uint64_t stride, struct err *e)
{
	struct rows r = rows_of(b, stride);

	c->work->type = v->type;
	c->work->scale = v->scale;
	if (vec_is_ordinal(v->type))
		see_ordinals(c, v, r);
	else if (v->type == VT_F64)
		see_floats(c, v, r);
	else if (v->type == VT_UUID)
		see_uuids(c, v, r);
	else
		see_texts(c, v, r);
	return c->work->sketch.failed ? err_nomem(e) : 0;
}
