/* SPDX-License-Identifier: MIT */
/* What was collected of a column, once all its rows were seen. */
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/generators/gen_derive.h"
#include "stages/eval/profile_int.h"

/* ---- sorting ----------------------------------------------------------------------------- */

static int by_hash(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_number(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_order(const void *a, const void *b)
{
	const struct profile_value *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

static int by_count(const void *a, const void *b)
{
	const struct profile_value *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return vtext_compare(&x->text, &y->text);
}

/* ---- values ------------------------------------------------------------------------------- */

/* A number of the column's kind as text, in the arena. */
static const char *number_text(const struct profile_work *w, double f, int64_t i, struct arena *a)
{
	struct vec v = {.type = w->type, .scale = w->scale, .n = 1};
	char to[PROFILE_TEXT];

	if (w->type == VT_F64)
		v.v.f = &f;
	else
		v.v.i = &i;
	return arena_strndup(a, to, profile_text(&v, 0, w->base, to));
}

/* Types whose values lie on a line that people read as one. */
static bool is_scale(enum vtype t)
{
	return t == VT_INT || t == VT_DEC || t == VT_DATE || t == VT_TIME || t == VT_TS ||
	       t == VT_TSTZ || t == VT_F64;
}

static int range(struct profile_column *c, struct arena *a, struct err *e)
{
	const struct profile_work *w = c->work;
	bool any = w->type == VT_F64 ? w->flow <= w->fhigh : w->low <= w->high;

	if (!is_scale(w->type) || !any)
		return 0;
	c->ranged = w->type != VT_F64;
	if (!c->shown)
		return 0;
	c->least = number_text(w, w->flow, w->low, a);
	c->most = number_text(w, w->fhigh, w->high, a);
	return c->least != NULL && c->most != NULL ? 0 : err_nomem(e);
}

static int few(struct profile_column *c, struct arena *a, struct err *e)
{
	struct profile_work *w = c->work;

	if (w->nfew > PROFILE_FEW || w->nfew == 0 || !c->shown)
		return 0;
	c->few = arena_array(a, w->nfew, sizeof(*c->few));
	if (c->few == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < w->nfew; i++) {
		const struct sketch_entry *x = sketch_find(&w->sketch, w->few[i].hash);

		c->few[i] = w->few[i];
		c->few[i].count = x != NULL ? x->count : 0;
		c->few[i].text.p = arena_strndup(a, w->few[i].text.p, w->few[i].text.n);
		if (c->few[i].text.p == NULL)
			return err_nomem(e);
	}
	c->nfew = w->nfew;
	qsort(c->few, c->nfew, sizeof(*c->few), vec_is_ordinal(w->type) ? by_order : by_count);
	return 0;
}

/* ---- the sample ---------------------------------------------------------------------------- */

static uint32_t most_frequent(uint64_t *hash, uint32_t n)
{
	uint32_t most = 0, run = 0;

	qsort(hash, n, sizeof(*hash), by_hash);
	for (uint32_t i = 0; i < n; i++) {
		run = i > 0 && hash[i] == hash[i - 1] ? run + 1 : 1;
		most = run > most ? run : most;
	}
	return most;
}

/* The number that bars and medians are of: of decimals the value, of texts the length. */
static void to_doubles(const struct profile_work *w, double *x)
{
	double unit = 1;

	for (uint8_t k = 0; w->type == VT_DEC && k < w->scale; k++)
		unit *= 10;
	for (uint32_t i = 0; i < w->n; i++)
		if (w->type == VT_F64)
			memcpy(&x[i], &w->number[i], sizeof(*x));
		else
			x[i] = (double)w->number[i] / unit;
}

/*
 * Intervals of one width from the least value of the sample to the greatest; where one value in
 * a hundred lies far beyond the others, the last interval begins where most of the others end, or
 * the others would all be in the first.  Whole numbers have no interval narrower than 1.
 */
static void bars(struct profile_column *c, const double *x, bool whole)
{
	struct profile_bars *b = &c->bars;
	uint32_t n = c->work->n;
	double from = x[0], to = x[n - 1], near = x[n - 1 - n / 100], width;

	if (to - from > 4 * (near - from) && near > from) {
		to = near;
		b->open = true;
	}
	width = to - from + (whole ? 1 : 0);
	b->n = whole && width < PROFILE_BARS ? (uint32_t)width : PROFILE_BARS;
	if (!(width > 0) || !__builtin_isfinite(width))
		b->n = 1;
	for (uint32_t i = 0; i < n; i++) {
		double at = b->n == 1 ? 0 : (x[i] - from) * b->n / width;

		b->count[at >= b->n ? b->n - 1 : (uint32_t)at]++;
	}
}

/* The nearest integer; a bigint's ends have no double of their own. */
static int64_t nearest(double x)
{
	if (x >= 9.2e18)
		return INT64_MAX;
	return x <= -9.2e18 ? INT64_MIN : (int64_t)__builtin_round(x);
}

/* The ends of the bars as values of the type: of lengths, as numbers. */
static int label_bars(struct profile_column *c, const double *x, struct arena *a, struct err *e)
{
	const struct profile_work *w = c->work;
	struct profile_work as = *w;
	double to = x[w->n - 1], unit = 1;

	if (c->bars.open)
		to = x[w->n - 1 - w->n / 100];
	if (!is_scale(w->type)) {
		as.type = VT_INT;
		as.base = (struct pg_base){0};
	}
	for (uint8_t k = 0; as.type == VT_DEC && k < as.scale; k++)
		unit *= 10;
	c->bars.from = number_text(&as, x[0], nearest(x[0] * unit), a);
	c->bars.to = number_text(&as, to, nearest(to * unit), a);
	return c->bars.from != NULL && c->bars.to != NULL ? 0 : err_nomem(e);
}

static int from_sample(struct profile_column *c, struct arena *a, struct err *e)
{
	struct profile_work *w = c->work;
	bool lengths = !is_scale(w->type) && w->type >= VT_TEXT;
	double *x;
	int rc = 0;

	c->sampled = w->n;
	c->mode = most_frequent(w->hash, w->n);
	if (w->n == 0 || (!is_scale(w->type) && !lengths))
		return 0;
	x = malloc(w->n * sizeof(*x));
	if (x == NULL)
		return err_nomem(e);
	to_doubles(w, x);
	qsort(x, w->n, sizeof(*x), by_number);
	c->median = x[w->n / 2];
	if (c->shown) {
		bars(c, x, w->type == VT_INT || w->type == VT_DATE || lengths);
		rc = label_bars(c, x, a, e);
	}
	free(x);
	return rc;
}

int profile_spread(struct profile_column *c, struct arena *a, struct err *e)
{
	const struct profile_work *w = c->work;

	c->sized = w->type >= VT_TEXT && c->values > 0;
	c->bytes = w->type == VT_BYTES;
	if (w->unique == NULL) {
		c->distinct = sketch_distinct(&w->sketch);
		c->exact = w->sketch.depth == 0;
		c->distinct = c->distinct < c->values ? c->distinct : c->values;
	} else {
		const struct rule *r = w->unique->rule;

		c->distinct = c->values > r->violations ? c->values - r->violations : 0;
		c->exact = r->not_evaluated == NULL && r->violations == 0;
	}
	if (range(c, a, e) == -1 || few(c, a, e) == -1)
		return -1;
	return from_sample(c, a, e);
}
