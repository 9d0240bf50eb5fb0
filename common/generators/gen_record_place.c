/* SPDX-License-Identifier: MIT */
/*
 * Coordinates of a record's place.
 */
#include "common/generators/gen_record_int.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/num_pow10.h"
#include "common/base/rng.h"

enum { STREAM_NEAR = 401, COORDINATE_SCALE = 4 };

/* The place's coordinate, and a little to one side: within about two kilometres. */
enum { NEAR = 200 };

/* A number of COORDINATE_SCALE decimals in the column's scale, rounded. */
static int64_t rescale(int64_t v, unsigned scale)
{
	int64_t pow;

	if (scale >= COORDINATE_SCALE)
		return v * num_pow10(scale - COORDINATE_SCALE);
	pow = num_pow10(COORDINATE_SCALE - scale);
	return (v < 0 ? v - pow / 2 : v + pow / 2) / pow;
}

/* Whether what may come of the places fits a column of text: their ends do, and one between. */
static int fits_text(const struct gen_column *c, uint32_t n, const int64_t *value, struct arena *a,
	struct err *e)
{
	struct gen_text_check *k = gen_text_check(c, gen_text_limits(c), a, e);
	bool ok = true;

	if (k == NULL)
		return -1;
	for (uint32_t i = 0; ok && i < 3 * n; i++) {
		char text[NUM_MAX];
		int64_t v = value[i / 3] + ((int64_t)(i % 3) - 1) * NEAR;

		ok = gen_text_ok(k, text, num_fmt_dec(text, v, COORDINATE_SCALE));
	}
	gen_text_check_free(k);
	return ok;
}

/* Whether all that may come of the places is within what the column can hold. */
static bool in_bounds(const struct gen_column *c, uint32_t n, const int64_t *value)
{
	int64_t lo, hi;

	if (c->type != VT_DEC)
		return true;
	gen_bounds(c, 0, &lo, &hi);
	for (uint32_t i = 0; i < n; i++)
		if (rescale(value[i] - NEAR, c->scale) < lo ||
			rescale(value[i] + NEAR, c->scale) > hi)
			return false;
	return true;
}

int record_prepare_coordinate(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	const char *column = strrchr(g->op->id, '.') + 1;
	struct record_state *s;
	const struct locale_list *l;
	int64_t *value;
	int at, k, fits;

	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	if (record_open(&s, c, params, a, e) == -1 || (at = record_list(&s->r, "place", e)) == -1)
		return -1;
	l = s->r.list[at].list;
	if ((value = arena_array(a, l->n, sizeof(*value))) == NULL)
		return err_nomem(e);
	k = locale_column(l, column);
	for (uint32_t i = 0; i < l->n; i++)
		if (k < 0 || !locale_fixed(l, i, (uint32_t)k, COORDINATE_SCALE, &value[i]))
			return err_set(
				e, ERR_NO, "locale %s has no %s of places", s->r.l->name, column);
	if ((fits = c->type == VT_TEXT ? fits_text(c, l->n, value, a, e) : 1) == -1)
		return -1;
	if (!fits || !in_bounds(c, l->n, value))
		return err_set(
			e, ERR_NO, "%s: its values do not fit the column or its checks", g->op->id);
	s->list = (uint32_t)at;
	s->value = value;
	s->key = rng_subkey(rng_subkey(s->r.key, STREAM_NEAR), (uint64_t)k);
	g->max_bytes = NUM_MAX;
	g->state = s;
	return 0;
}

void record_derive_coordinate(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct record_state *s = g->state;

	(void)in;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		struct record_row now = {.row = row[i]};
		int64_t v = s->value[record_entry(&s->r, s->list, &now)] - NEAR +
			    (int64_t)rng_below(rng_at(s->key, row[i]), 2 * NEAR + 1);

		if (out->type == VT_F64) {
			out->v.f[i] = (double)v / 1e4;
		} else if (out->type == VT_TEXT) {
			char *p = gen_heap_take(h, g->max_bytes);
			size_t len = num_fmt_dec(p, v, COORDINATE_SCALE);

			gen_heap_give(h, (uint32_t)(g->max_bytes - len));
			out->v.t[i] = (struct vtext){p, len};
		} else {
			out->v.i[i] = rescale(v, out->scale);
		}
	}
}
