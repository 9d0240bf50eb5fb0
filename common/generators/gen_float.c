/* SPDX-License-Identifier: MIT */
/*
 * Floating-point numbers. A column takes values of a decimal grid, so that its
 * texts are short and distinct; where no grid is fine enough, the range is cut
 * into 2^52 equal steps, or, for a unique column of reals, into as many as a
 * real keeps apart.
 */
#include "common/generators/gen_kit.h"

#include "common/base/err.h"
#include "common/base/num.h"

/*
 * The idx-th value is (lo + idx) / pow on a grid, and flo + (fhi - flo) * idx /
 * 2^bits without one.
 */
struct grid {
	int64_t lo;
	double pow;
	double flo, fhi;
	int bits; /* without a grid: how many steps there are */
};

enum { GRID_BITS = 52, DECIMALS = 6, DIGITS_F4 = 6, DIGITS_F8 = 15, REAL_BITS = 24 };

/* The larger absolute value of the two ends. */
static double magnitude(double lo, double hi)
{
	double a = lo < 0 ? -lo : lo, b = hi < 0 ? -hi : hi;

	return a > b ? a : b;
}

/*
 * The most decimals that a float of so many significant digits (FLT_DIG,
 * DBL_DIG) keeps apart everywhere in the range.
 */
static int decimals_for(double lo, double hi, int digits)
{
	double m = magnitude(lo, hi), span = hi - lo, p = 1,
	       limit = (double)num_pow10((unsigned)digits);
	int k = 0;

	while (k < digits && m * p * 10 <= limit && (k < DECIMALS || span * p < 1e6)) {
		p *= 10;
		k++;
	}
	return m <= limit ? k : -1;
}

/* Whether the value is in the range and on the right side of open ends. */
static bool inside(const struct sql_domain *d, double v, double lo, double hi)
{
	if (v < lo || v > hi)
		return false;
	return d == NULL || ((!d->has_lo || !d->flo_open || v > d->flo) &&
				    (!d->has_hi || !d->fhi_open || v < d->fhi));
}

/*
 * How many halvings of the range still give steps that the column keeps apart. A double does for
 * all 52. A real has 24 bits: two values are still different in it if they are apart by 2^-22 of
 * the larger end, which is at least twice what it rounds by. A column that is not unique may have
 * one twice.
 */
static int halvings(const struct gen_column *c, double lo, double hi)
{
	double least = magnitude(lo, hi) / (double)(1 << (REAL_BITS - 2)), step = hi - lo;
	int bits = 0;

	if (c->base.type->cls != PG_FLOAT4 || !gen_distinct(c))
		return GRID_BITS;
	for (; bits < REAL_BITS && step / 2 >= least; step /= 2)
		bits++;
	return bits;
}

/* Puts a grid on the range, leaving out ends that a check excludes. */
static int float_grid(struct gen *g, const struct gen_column *c, double lo, double hi, int scale,
	struct arena *a, struct err *e)
{
	int digits = c->base.type->cls == PG_FLOAT4 ? DIGITS_F4 : DIGITS_F8;
	int k = decimals_for(lo, hi, digits);
	struct grid *s = arena_alloc(a, sizeof(*s));
	int64_t first, last;

	if (s == NULL)
		return err_nomem(e);
	*s = (struct grid){.flo = lo, .fhi = hi, .bits = halvings(c, lo, hi)};
	g->state = s;
	/* whole numbers need no decimal digit, and a real has all of them up to 2^24 */
	if (k < 0 && scale == 0 && digits == DIGITS_F4 && magnitude(lo, hi) <= 1 << REAL_BITS)
		k = 0;
	if (k < 0) {
		g->space = UINT64_C(1) << s->bits;
		return 0;
	}
	if (scale >= 0 && scale < k)
		k = scale;
	s->pow = (double)num_pow10((unsigned)k);
	first = (int64_t)(lo * s->pow) - 1;
	last = (int64_t)(hi * s->pow) + 1;
	while (first <= last && !inside(c->dom, (double)first / s->pow, lo, hi))
		first++;
	while (first <= last && !inside(c->dom, (double)last / s->pow, lo, hi))
		last--;
	if (first > last)
		return err_set(e, ERR_NO,
			"%s: no number of %d decimals is in its range and what "
			"the column's checks allow",
			g->op->id, k);
	s->lo = first;
	g->space = (uint64_t)(last - first) + 1;
	return 0;
}

/* Bounds beyond this are infinity, or as good as it: no range to draw from. */
#define FAR 1e300

/* The range, from parameters and checks. */
int gen_float_range(struct gen *g, const struct gen_column *c, const struct gen_number *num,
	struct arena *a, struct err *e)
{
	const struct sql_domain *d = c->dom;
	double lo = num->min, hi = num->max;

	if (d != NULL && (d->set != NULL || d->nnot > 0))
		return err_set(e, ERR_NO,
			"%s cannot honour a check with a list of values on a "
			"floating-point column",
			g->op->id);
	if (d != NULL && num->fills && !num->min_given && !num->max_given && d->has_lo &&
		d->flo > -FAR && (d->has_hi ? d->fhi < FAR : d->flo < lo)) {
		lo = d->flo;
		hi = d->has_hi ? d->fhi : hi;
	}
	if (d != NULL && d->has_lo && lo < d->flo) {
		if (!num->max_given && hi <= d->flo)
			hi = d->flo + (hi - lo);
		lo = d->flo;
	}
	if (d != NULL && d->has_hi && hi > d->fhi) {
		if (!num->min_given && lo >= d->fhi)
			lo = d->fhi - (hi - lo);
		hi = d->fhi;
	}
	if (d != NULL && d->has_lo && lo < d->flo)
		lo = d->flo;
	if (!(lo <= hi))
		return err_set(e, ERR_NO,
			"%s: its parameters min and max leave nothing of what the checks allow",
			g->op->id);
	return float_grid(g, c, lo, hi, num->whole ? 0 : num->scale, a, e);
}

/*
 * Values of the grid by one division, which is correctly rounded, so that they
 * print with few digits.
 */
void gen_float_value(const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out)
{
	const struct grid *s = g->state;

	if (s->pow != 0) {
		for (uint32_t i = 0; i < n; i++)
			out->v.f[i] = (double)(s->lo + (int64_t)idx[i]) / s->pow;
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		double t = (double)idx[i] / (double)(UINT64_C(1) << s->bits);

		out->v.f[i] = s->flo * (1 - t) + s->fhi * t;
	}
}
