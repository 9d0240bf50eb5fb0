/* SPDX-License-Identifier: MIT */
/*
 * primitive.number: numbers as an application has them: prices and salaries are
 * lognormal, measures are normal, quantities and counters are geometric, and what is
 * chosen from a long list follows Zipf's law.
 *
 * A distribution is told by what people know of it: its median, the value that nine
 * in ten are below, its mean. The draw is in gen_shape_draw.c.
 */
#include "common/generators/gen_shape.h"

#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/io/msgpack.h"

/* ---- parameters --------------------------------------------------------------------------------
 */

enum needs { NEEDS_P90 = 1, NEEDS_MEAN = 2, NEEDS_MAX = 4, FROM_MIN = 8, FROM_0 = 16 };

static const struct shape {
	const char *name;
	int64_t (*raw)(const struct shape_state *s, uint64_t p);
	unsigned needs;
} shapes[] = {
	{"uniform", shape_uniform, 0},
	{"normal", shape_normal, NEEDS_P90},
	{"lognormal", shape_lognormal, NEEDS_P90 | FROM_0},
	{"geometric", shape_geometric, NEEDS_MEAN | FROM_MIN},
	{"zipf", shape_zipf, NEEDS_MAX | FROM_MIN},
};

struct number {
	const struct shape *shape;
	double min, max, median, p90, mean, step;
	bool has_min, has_max, has_median, has_p90, has_mean, has_step;
	uint32_t nendings;
	double ending[SHAPE_ENDINGS];
};

static int read_shape(const struct gen *g, const msgpack_object *params, struct arena *a,
	struct number *x, struct err *e)
{
	const char *name = "uniform";

	if (gen_arg_string(params, "shape", a, &name) && name == NULL)
		return err_nomem(e);
	x->shape = &shapes[0];
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (strcmp(shapes[i].name, name) == 0)
			x->shape = &shapes[i];
	x->has_min = gen_arg_float(params, "min", &x->min);
	x->has_max = gen_arg_float(params, "max", &x->max);
	x->has_median = gen_arg_float(params, "median", &x->median);
	x->has_p90 = gen_arg_float(params, "p90", &x->p90);
	x->has_mean = gen_arg_float(params, "mean", &x->mean);
	x->has_step = gen_arg_float(params, "step", &x->step);
	if (x->has_median != x->has_p90 || x->has_median != ((x->shape->needs & NEEDS_P90) != 0))
		return err_set(e, ERR_NO,
			"%s: median and p90 are for normal and lognormal, which need both",
			g->op->id);
	if (x->has_mean != ((x->shape->needs & NEEDS_MEAN) != 0))
		return err_set(e, ERR_NO, "%s: mean is for geometric, which needs it", g->op->id);
	if (x->has_p90 && x->p90 <= x->median)
		return err_set(e, ERR_NO, "%s: p90 is not above median", g->op->id);
	if (x->has_median && (x->shape->needs & FROM_0) && x->median <= 0)
		return err_set(e, ERR_NO, "%s: a lognormal median is above 0", g->op->id);
	return 0;
}

static int read_endings(
	const struct gen *g, const msgpack_object *params, struct number *x, struct err *e)
{
	const msgpack_object *list = gen_arg_list(params, "endings", &x->nendings);

	if (list == NULL)
		x->nendings = 0;
	if (x->nendings > SHAPE_ENDINGS)
		return err_set(e, ERR_NO, "%s: more than %d endings", g->op->id, SHAPE_ENDINGS);
	for (uint32_t i = 0; i < x->nendings; i++)
		x->ending[i] = list[i].type == MSGPACK_OBJECT_POSITIVE_INTEGER
				       ? (double)list[i].via.u64
				       : list[i].via.f64;
	return 0;
}

/* ---- units -------------------------------------------------------------------------------------
 */

static bool is_whole(double d, int64_t pow)
{
	double x = d * (double)pow, r;

	if (x > 9e15 || x < -9e15)
		return true;
	r = (double)(int64_t)(x < 0 ? x - 0.5 : x + 0.5);
	return r - x < 1e-6 && x - r < 1e-6;
}

/*
 * How many decimals a floating-point column gets: two, or as many as the parameters
 * have, and so many that nine in ten values are not all the same.
 */
static int64_t decimals(const struct number *x)
{
	enum { LEAST = 2, MOST = 9, APART = 100 };
	const double given[] = {x->min, x->max, x->median, x->p90, x->step};
	double span = x->has_p90 ? x->p90 - x->median : x->has_max ? x->max - x->min : APART;
	int64_t pow = num_pow10(LEAST);

	for (int k = LEAST; k < MOST; k++) {
		bool fine = span * (double)pow >= APART;

		for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++)
			fine = fine && is_whole(given[i], pow);
		if (fine)
			break;
		pow *= 10;
	}
	return pow;
}

/* The bounds that checks set on a floating-point column, in units. A real holds what a double does
 * less exactly, and is compared as a double. */
static void float_bounds(const struct gen_column *c, struct shape_state *s)
{
	const struct sql_domain *d = c->dom;
	const double most = 9e15;
	bool real = c->base.type->cls == PG_FLOAT4;

	s->lo = -(int64_t)most;
	s->hi = (int64_t)most;
	if (d != NULL && d->has_lo && d->flo * (double)s->pow > -most)
		s->lo = gen_scaled(d->flo, s->pow, true);
	if (d != NULL && d->has_hi && d->fhi * (double)s->pow < most)
		s->hi = gen_scaled(d->fhi, s->pow, false);
	for (int i = 0; i < 2; i++) {
		double lo = (double)s->lo / (double)s->pow, hi = (double)s->hi / (double)s->pow;

		lo = real ? (double)(float)lo : lo;
		hi = real ? (double)(float)hi : hi;
		s->lo += d != NULL && d->has_lo && (d->flo_open ? lo <= d->flo : lo < d->flo);
		s->hi -= d != NULL && d->has_hi && (d->fhi_open ? hi >= d->fhi : hi > d->fhi);
	}
}

/* The step of the values, which a check may make greater. */
static int steps(const struct gen *g, const struct gen_column *c, const struct number *x,
	struct shape_state *s, struct err *e)
{
	const struct sql_domain *d = c->dom;
	int64_t check = d != NULL && d->step > 1 && c->type != VT_F64 ? d->step : 1;

	if (x->has_step && x->step * (double)s->pow > 4e18)
		return err_set(e, ERR_NO, "%s: step is too great", g->op->id);
	if (x->has_step && !is_whole(x->step, s->pow))
		return err_set(e, ERR_NO, "%s: step is finer than the column's values", g->op->id);
	s->step = (x->shape->needs & FROM_MIN) != 0 ? s->pow : 1;
	if (x->has_step)
		s->step = (int64_t)(x->step * (double)s->pow + 0.5);
	if (check > s->step && check % s->step == 0)
		s->step = check;
	if (s->step % check != 0)
		return err_set(e, ERR_NO,
			"%s: its step and that of the column's checks do not go together",
			g->op->id);
	s->rem = check > 1 ? d->rem : 0;
	return 0;
}

/* What type, checks and parameters leave, on the steps. */
static int bounds(const struct gen *g, const struct gen_column *c, const struct number *x,
	struct shape_state *s, struct err *e)
{
	int64_t lo, hi, rest;
	bool from_min = (x->shape->needs & FROM_MIN) != 0;

	if (c->type == VT_F64)
		float_bounds(c, s);
	else
		gen_bounds(c, 0, &s->lo, &s->hi);
	lo = x->has_min			  ? gen_scaled(x->min, s->pow, true)
	     : from_min			  ? s->pow
	     : (x->shape->needs & FROM_0) ? 0
					  : s->lo;
	hi = x->has_max ? gen_scaled(x->max, s->pow, false) : s->hi;
	if ((x->shape->needs & NEEDS_MAX) && !x->has_max && (c->dom == NULL || !c->dom->has_hi))
		return err_set(e, ERR_NO, "%s: zipf needs max", g->op->id);
	if (from_min && s->rem == 0 && x->has_min)
		s->rem = lo % s->step;
	s->lo = lo > s->lo ? lo : s->lo;
	s->hi = hi < s->hi ? hi : s->hi;
	if (s->lo < INT64_MIN / 2 || s->hi > INT64_MAX / 2) { /* room for sums */
		s->lo = s->lo < INT64_MIN / 2 ? INT64_MIN / 2 : s->lo;
		s->hi = s->hi > INT64_MAX / 2 ? INT64_MAX / 2 : s->hi;
	}
	rest = ((s->lo - s->rem) % s->step + s->step) % s->step;
	s->lo += rest == 0 ? 0 : s->step - rest;
	if (s->lo > s->hi)
		return err_set(e, ERR_NO,
			"%s: its parameters leave nothing of what the column's type and checks "
			"allow",
			g->op->id);
	return 0;
}

/* ---- preparing ---------------------------------------------------------------------------------
 */

/* The numbers that the shape's function reads. */
static int shape_it(
	const struct gen *g, const struct number *x, struct shape_state *s, struct err *e)
{
	const double most = 0x1p45, one = 0x1p28 / (double)QUANTILE_P90;
	double pow = (double)s->pow, share;

	s->raw = x->shape->raw;
	if (x->has_p90 && (x->median * pow > most || x->median * pow < -most ||
				  (x->p90 - x->median) * pow > most))
		return err_set(e, ERR_NO, "%s: median or p90 is too great", g->op->id);
	if (s->raw == shape_normal) {
		s->middle = gen_scaled(x->median, s->pow, false);
		s->spread = (int64_t)((x->p90 - x->median) * pow * one * 0x1p16) + 1;
	} else if (s->raw == shape_lognormal) {
		s->middle = (int64_t)(x->median * pow * 0x1p16 + 0.5);
		share = x->median / x->p90 * 0x1p64;
		s->spread =
			(int64_t)((double)quantile_bits((uint64_t)(share > 1 ? share : 1)) * one);
		if (s->middle == 0)
			return err_set(e, ERR_NO,
				"%s: median is less than the column can tell from 0", g->op->id);
	} else if (s->raw == shape_geometric) {
		double mean = (x->mean * pow - (double)s->lo) / (double)s->step;

		share = mean / (1 + mean) * 0x1p64;
		if (!(mean > 0) || share >= 0x1p64 - 0x1p32)
			return err_set(e, ERR_NO,
				"%s: mean is not above the least value, or too far above it",
				g->op->id);
		s->spread = (int64_t)quantile_bits((uint64_t)(share > 1 ? share : 1));
		s->spread = s->spread > 0 ? s->spread : 1;
	} else if (s->raw == shape_zipf) {
		uint64_t n = ((uint64_t)s->hi - (uint64_t)s->lo) / (uint64_t)s->step + 2;

		if (n > (UINT64_C(1) << 40))
			return err_set(e, ERR_NO, "%s: zipf has too many values", g->op->id);
		s->spread = (int64_t)quantile_bits(UINT64_MAX / n + 1);
	}
	return 0;
}

/* The endings, in units. */
static int endings(const struct gen *g, const struct gen_column *c, const struct number *x,
	struct shape_state *s, struct err *e)
{
	const struct sql_domain *d = c->dom;

	for (uint32_t i = 0; i < x->nendings; i++) {
		if (!is_whole(x->ending[i], s->pow))
			return err_set(e, ERR_NO,
				"%s: the column's values have no decimals for its endings",
				g->op->id);
		s->ending[i] = (int64_t)(x->ending[i] * (double)s->pow + 0.5);
	}
	s->nendings = x->nendings;
	if (s->nendings > 0 && d != NULL &&
		(d->set != NULL || d->nnot > 0 || (d->step > 1 && c->type != VT_F64)))
		return err_set(e, ERR_NO,
			"%s: endings cannot be kept beside a check that lists values", g->op->id);
	for (uint32_t i = 0; i < s->nendings; i++) {
		int64_t whole = (s->lo - s->ending[i]) / s->pow + (s->lo > s->ending[i]);

		if (whole * s->pow + s->ending[i] <= s->hi)
			return 0;
	}
	return s->nendings == 0
		       ? 0
		       : err_set(e, ERR_NO, "%s: no number with its endings is allowed", g->op->id);
}

/* The values that checks list, or exclude. */
static int lists(const struct gen *g, const struct gen_column *c, struct shape_state *s,
	struct arena *a, struct err *e)
{
	const struct sql_domain *d = c->dom;
	int64_t *set;

	if (d == NULL || (d->set == NULL && d->nnot == 0))
		return 0;
	if (c->type == VT_F64)
		return err_set(e, ERR_NO,
			"%s cannot honour a check with a list of values on a floating-point column",
			g->op->id);
	s->not_set = d->not_set;
	s->nnot = d->not_set != NULL ? d->nnot : 0;
	if (d->set == NULL)
		return 0;
	if ((set = arena_array(a, d->nset, sizeof(*set))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < d->nset; i++) {
		bool out = d->set[i] < s->lo || d->set[i] > s->hi;

		for (uint32_t k = 0; k < s->nnot; k++)
			out = out || s->not_set[k] == d->set[i];
		if (!out)
			set[s->nset++] = d->set[i];
	}
	s->set = set;
	return s->nset > 0 ? 0
			   : err_set(e, ERR_NO,
				     "%s: none of the values that checks list is in its range",
				     g->op->id);
}

/* An even draw of whole numbers and decimals is a progression, which keys and orders know. */
static int progression(struct gen *g, const struct gen_column *c, const struct number *x,
	const struct shape_state *s, struct arena *a, struct err *e)
{
	enum { MOST = 10000 };
	struct gen_range r = {.lo = x->has_min ? gen_scaled(x->min, s->pow, true) : 0,
		.hi = x->has_max ? gen_scaled(x->max, s->pow, false) : MOST * s->pow,
		.lo_given = x->has_min,
		.hi_given = x->has_max,
		.step = s->step,
		.step_fixed = true,
		.fills = true};

	return gen_ordinal_draw(g, c, r, a, e);
}

/* Floating-point values are whole numbers of units, of which a double holds 2^53 exactly. */
static int float_fits(
	const struct gen *g, const struct number *x, const struct shape_state *s, struct err *e)
{
	const double most = 9e15 / (double)s->pow;

	if (x->min < -most || x->min > most || x->max < -most || x->max > most)
		return err_set(e, ERR_NO, "%s: min or max is too far from 0", g->op->id);
	if (x->has_p90 && (x->p90 - x->median) * (double)s->pow < 1)
		return err_set(e, ERR_NO, "%s: p90 is too near to median", g->op->id);
	return 0;
}

/* The range of an even draw of a floating-point column, where the plan does not say: that of its
 * checks, or as that of primitive.float. */
static void float_range(const struct gen_column *c, struct number *x)
{
	const double wide = 10000;
	const struct sql_domain *d = c->dom;

	if (!x->has_min)
		x->min = d != NULL && d->has_lo	    ? d->flo
			 : x->has_max && x->max < 0 ? x->max - wide
						    : 0;
	if (!x->has_max)
		x->max = d != NULL && d->has_hi ? d->fhi : x->min + wide;
	if (x->min > x->max && !x->has_min)
		x->min = x->max - wide;
	x->has_min = x->has_max = true;
}

static inline void put(const struct shape_state *s, int64_t v, struct vec *out, uint32_t i)
{
	if (out->type == VT_F64)
		out->v.f[i] = (double)v / (double)s->pow;
	else
		out->v.i[i] = v;
}

static void shape_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct shape_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++)
		put(s, shape_at(s, idx[i]), out, i);
}

/* Each index has its own step, so that values are distinct. */
static void even_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct shape_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++)
		put(s, s->lo + s->step * (int64_t)idx[i], out, i);
}

static int prepare_shape(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct shape_state *s = arena_alloc(a, sizeof(*s));
	struct number x = {.step = 1};
	bool even;

	if (s == NULL)
		return err_nomem(e);
	if (read_shape(g, params, a, &x, e) == -1 || read_endings(g, params, &x, e) == -1)
		return -1;
	even = x.shape->raw == shape_uniform && x.nendings == 0;
	if (gen_distinct(c) && !even)
		return err_set(e, ERR_NO,
			"%s cannot promise distinct values for a unique column or one of a key "
			"unless its shape is uniform, without endings",
			g->op->id);
	s->pow = c->type == VT_DEC ? num_pow10(c->scale) : c->type == VT_F64 ? decimals(&x) : 1;
	if (steps(g, c, &x, s, e) == -1)
		return -1;
	if (even && c->type != VT_F64)
		return progression(g, c, &x, s, a, e);
	if (x.shape->raw == shape_uniform && c->type == VT_F64)
		float_range(c, &x);
	if (c->type == VT_F64 && float_fits(g, &x, s, e) == -1)
		return -1;
	if (bounds(g, c, &x, s, e) == -1 || shape_it(g, &x, s, e) == -1 ||
		endings(g, c, &x, s, e) == -1 || lists(g, c, s, a, e) == -1)
		return -1;
	s->draw.value = even ? even_value : shape_value;
	g->state = s;
	if (s->nset > 0 && !(x.shape->needs & FROM_MIN)) {
		s->lo = s->set[0];
		s->hi = s->set[s->nset - 1];
	}
	if (even)
		g->space = ((uint64_t)s->hi - (uint64_t)s->lo) / (uint64_t)s->step + 1;
	else if (!shape_cut(s, &g->space))
		return err_set(e, ERR_NO,
			"%s: its shape has no values where its parameters and the column's checks "
			"allow some",
			g->op->id);
	return 0;
}

static const struct gen_param shape_params[] = {
	{"shape", GP_STRING, false, "uniform", "the distribution",
		.one_of = "uniform normal lognormal geometric zipf"},
	{"min", GP_FLOAT, false, "0; geometric and zipf: 1; normal: none",
		"least value; geometric and zipf begin there", .not_above = "max"},
	{"max", GP_FLOAT, false, "10000 of uniform, else none; zipf needs one", "greatest value"},
	{"median", GP_FLOAT, false, NULL,
		"of normal and lognormal: half of the values are below it"},
	{"p90", GP_FLOAT, false, NULL, "of normal and lognormal: nine in ten values are below it"},
	{"mean", GP_FLOAT, false, NULL, "of geometric: the average, before max cuts it"},
	{"step", GP_FLOAT, false, "the least there is; geometric and zipf: 1",
		"values are multiples of it, or of it from min on", .min = "0", .not_zero = true,
		.excludes = "endings"},
	{"endings", GP_FRACTIONS, false, NULL,
		"what comes behind the point, one as often as another: [0.90, 0.99]"},
	{0},
};

const struct gen_op gen_shape_ops[] = {
	{.id = "primitive.number",
		.help = "a number of a distribution that is told by its median, 90th percentile or "
			"mean",
		.params = shape_params,
		.example = "{\"shape\": \"lognormal\", \"median\": 79.9, \"p90\": 400, "
			   "\"min\": 1, \"endings\": [0.90, 0.99]}",
		.families = GF_INT | GF_NUM | GF_FLOAT,
		.output = GF_NUM,
		.prepare = prepare_shape,
		.value = gen_draw_value},
	{0},
};
