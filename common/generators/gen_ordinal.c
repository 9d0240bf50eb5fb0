/* SPDX-License-Identifier: MIT */
/*
 * Generators whose values are integers inside: numbers, decimals, dates, times,
 * enums.
 *
 * Such a generator is a range and a step, so that the idx-th value is lo + step
 * * idx and the space is known exactly. The range comes from the rule's
 * parameters, from the type and from the checks of the column (struct
 * sql_domain). Where checks list or exclude values, a list stands beside the
 * progression. A default range adapts to the column; what the plan gave
 * explicitly is kept, or refused if the column does not allow it.
 */
#include "common/generators/gen_kit.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/divide.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/saturate.h"

/* The state of a generator whose values are not all of an arithmetic progression. */
struct ordinal_list {
	const int64_t *set;   /* the values themselves, or NULL */
	const uint64_t *skip; /* indexes of the progression that are left out, ascending */
	uint32_t nskip;
};

/* A day in the units of the type. */
int64_t gen_day(enum vtype t)
{
	return t == VT_TS || t == VT_TSTZ ? CAL_DAY : 1;
}

/* The range of an integer type. */
static void integer_range(enum pg_class cls, int64_t *lo, int64_t *hi)
{
	static const struct {
		enum pg_class cls;
		int64_t lo, hi;
	} ranges[] = {
		{PG_INT2, INT16_MIN, INT16_MAX},
		{PG_INT4, INT32_MIN, INT32_MAX},
		{PG_OID, 0, UINT32_MAX},
	};

	*lo = INT64_MIN;
	*hi = INT64_MAX;
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (ranges[i].cls == cls) {
			*lo = ranges[i].lo;
			*hi = ranges[i].hi;
		}
}

/* Numbers of numeric columns are made of so many digits, whatever their type allows. */
enum { DIGITS = 18 };

/* numeric(p, s) holds |v| < 10^p in units of its scale. */
static void decimal_range(const struct gen_column *c, int64_t *lo, int64_t *hi)
{
	int precision, scale;

	pg_numeric_limits(c->base, &precision, &scale);
	precision = precision < 0 || precision > DIGITS ? DIGITS : precision;
	*hi = num_pow10((unsigned)precision) - 1;
	*lo = -*hi;
}

/* Whether a parameter asks for numbers that the type holds, and that are not made all the same. */
static bool is_too_wide(const struct gen_column *c, const struct gen_range *r)
{
	int precision, scale;
	int64_t lo, hi;

	if (c->type != VT_DEC)
		return false;
	pg_numeric_limits(c->base, &precision, &scale);
	decimal_range(c, &lo, &hi);
	return (precision < 0 || precision > DIGITS) &&
	       ((r->lo_given && (r->lo < lo || r->lo > hi)) ||
		       (r->hi_given && (r->hi < lo || r->hi > hi)));
}

/* The least and greatest value of the column's type, in the vector's units. */
void gen_type_range(const struct gen_column *c, int64_t *lo, int64_t *hi)
{
	switch (c->type) {
	case VT_BOOL:
		*lo = 0;
		*hi = 1;
		break;
	case VT_DEC:
		decimal_range(c, lo, hi);
		break;
	case VT_DATE:
		*lo = CAL_DATE_MIN;
		*hi = CAL_DATE_MAX;
		break;
	case VT_TIME:
		*lo = 0;
		*hi = CAL_DAY - 1;
		break;
	case VT_TS:
	case VT_TSTZ:
		*lo = CAL_TS_MIN;
		*hi = CAL_TS_MAX;
		break;
	case VT_ENUM:
		*lo = 0;
		*hi = (int64_t)c->base.type->nlabels - 1;
		break;
	default:
		integer_range(c->base.type->cls, lo, hi);
		break;
	}
}

/*
 * How many years a bound that comes from the clock is kept away from, so that rows
 * hold when they are loaded later: one, and, where the plan pins a day that was long
 * past when the schema was read, those in between. Half a year does not count: the
 * bytes of rows are not to hang on the day of introspection otherwise.
 */
static int64_t margin(const struct gen_column *c)
{
	enum { YEAR = 365, HALF = 183 };
	int64_t past = c->schema != NULL ? (int64_t)c->schema->introspected_on - c->as_of : 0;

	return past < HALF ? 1 : 1 + (past + YEAR - 1) / YEAR;
}

/*
 * The least and greatest value that type and checks allow. Where a check's
 * bound comes from the clock, a margin in units of ${year} keeps rows valid when
 * they are loaded later.
 */
void gen_bounds(const struct gen_column *c, int64_t year, int64_t *lo, int64_t *hi)
{
	const struct sql_domain *d = c->dom;

	gen_type_range(c, lo, hi);
	if (d == NULL || c->type == VT_F64)
		return;
	if (d->has_lo && d->lo > *lo)
		*lo = d->lo;
	if (d->has_hi && d->hi < *hi)
		*hi = d->hi;
	year *= d->lo_now ? margin(c) : 1;
	if (d->has_lo && d->lo_now && *lo <= *hi && *hi - year >= *lo)
		*lo += year;
}

/* The least multiple of ${step} that is not below v, saturated. */
static int64_t align_up(int64_t v, int64_t step)
{
	int64_t q = divide_down(v, step);

	return q * step == v ? v : (q + 1) > INT64_MAX / step ? INT64_MAX : (q + 1) * step;
}

static int64_t align_down(int64_t v, int64_t step)
{
	int64_t q = divide_down(v, step);

	return q < INT64_MIN / step ? INT64_MIN / step * step : q * step;
}

/* How many values there are from lo to hi, at most GEN_SPACE_MAX. */
static uint64_t count_of(int64_t lo, int64_t hi, int64_t step)
{
	uint64_t span = (uint64_t)hi - (uint64_t)lo;

	if (lo > hi)
		return 0;
	span /= (uint64_t)step;
	return span >= GEN_SPACE_MAX ? GEN_SPACE_MAX : span + 1;
}

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * A default range that lies outside of what is allowed moves to the nearest end
 * of it, and keeps its width as far as there is room.
 */
static void move_into(struct gen_range *r, int64_t lo, int64_t hi)
{
	int64_t span = saturate_sub(r->hi, r->lo);

	if (span < 0)
		span = 0;
	if (r->lo_given && !r->hi_given && r->hi < r->lo)
		r->hi = saturate_add(r->lo, span);
	if (r->hi_given && !r->lo_given && r->lo > r->hi)
		r->lo = saturate_sub(r->hi, span);
	if (!r->hi_given && r->hi < max64(lo, r->lo))
		r->hi = saturate_add(max64(lo, r->lo), span);
	if (!r->lo_given && r->lo > min64(hi, r->hi))
		r->lo = saturate_sub(min64(hi, r->hi), span);
	r->lo = max64(r->lo, lo);
	r->hi = min64(r->hi, hi);
}

/* The distance between values that the column may have: the range's step, or a check's (c % 5 = 1)
 * that has fewer. */
static int64_t sparse_step(const struct gen_range *r, const struct sql_domain *d)
{
	return d != NULL && d->step > r->step && d->step % r->step == 0 ? d->step : r->step;
}

/*
 * A default range that means nothing, such as 0 to 10,000, is none where checks say
 * both ends: values are drawn from all that they allow, not from what the two ranges
 * have in common. Where they say the lower end alone, and it is below, numbers
 * begin there. The clock says no such thing: it bounds what is likely.
 */
static void fill_bounds(struct gen_range *r, const struct gen_column *c, int64_t lo, int64_t hi)
{
	const struct sql_domain *d = c->dom;

	if (!r->fills || d == NULL || r->lo_given || r->hi_given || !d->has_lo || d->lo_now ||
		(d->has_hi && d->hi_now) || lo > hi)
		return;
	if (d->has_hi) {
		r->lo = lo;
		r->hi = hi;
	} else if (r->year == 0 && lo < r->lo) {
		r->lo = lo;
	}
}

/*
 * The default range of a unique column grows until its rows fit four times
 * over, so that values do not run out and do not look like a sequence. Where a
 * check leaves few of its values, it grows if these are too few.
 */
static void grow(struct gen_range *r, const struct gen_column *c, int64_t lo, int64_t hi)
{
	enum { ROOM = 4 };
	uint64_t want = gen_mul(c->rows, ROOM);
	int64_t step = sparse_step(r, c->dom), span;
	bool sparse = step > r->step && count_of(r->lo, r->hi, step) <= c->rows;

	if (!sparse)
		step = r->step;
	if (!c->unique || count_of(r->lo, r->hi, step) >= want ||
		__builtin_mul_overflow((int64_t)want, step, &span))
		return;
	if (!r->hi_given)
		r->hi = min64(hi, max64(r->hi, saturate_add(r->lo, span)));
	if (!r->lo_given && count_of(r->lo, r->hi, step) < want)
		r->lo = max64(lo, min64(r->lo, saturate_sub(r->hi, span)));
}

/*
 * Seconds become milliseconds and then microseconds where the range or
 * uniqueness needs more values, as far as the type's precision goes.
 */
static void refine(struct gen_range *r, const struct gen_column *c)
{
	enum { FINER = 1000 };
	int64_t least = 1;

	if (c->type == VT_TIME || c->type == VT_TS || c->type == VT_TSTZ)
		least = num_pow10((unsigned)(6 - pg_time_precision(c->base)));
	while (!r->step_fixed && r->step > least) {
		uint64_t n =
			count_of(align_up(r->lo, r->step), align_down(r->hi, r->step), r->step);

		if (n >= (c->unique ? c->rows : 1))
			break;
		r->step = r->step % FINER == 0 ? max64(r->step / FINER, least) : least;
	}
	r->lo = align_up(r->lo, r->step);
	r->hi = align_down(r->hi, r->step);
}

/*
 * A check may allow only every so many of the values (c % 5 = 1, Mondays, whole
 * hours); then the step is that.
 */
static void stride(struct gen_range *r, const struct sql_domain *d)
{
	const int64_t step = r->step;

	if (d == NULL || d->step == 0)
		return;
	if (step < d->step && d->step % step == 0)
		r->step = d->step;
	if (step > d->step && step % d->step != 0)
		return; /* neither divides the other: it is left to chance */
	r->lo = saturate_add(align_up(saturate_sub(r->lo, d->rem), r->step), d->rem);
	r->hi = saturate_add(align_down(saturate_sub(r->hi, d->rem), r->step), d->rem);
}

static bool excluded(const struct sql_domain *d, int64_t v)
{
	for (uint32_t i = 0; d->not_set != NULL && i < d->nnot; i++)
		if (d->not_set[i] == v)
			return true;
	return false;
}

/*
 * The values that a check lists and the range has; if they happen to be evenly
 * spaced, a progression serves.
 */
static int use_set(struct gen *g, const struct gen_range *r, const struct sql_domain *d,
	struct arena *a, struct err *e)
{
	int64_t *v = arena_array(a, d->nset, sizeof(*v));
	struct ordinal_list *l = arena_alloc(a, sizeof(*l));
	uint32_t n = 0;
	bool even = true;

	if (v == NULL || l == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < d->nset; i++)
		if (d->set[i] >= r->lo && d->set[i] <= r->hi && !excluded(d, d->set[i]) &&
			(!r->step_fixed || d->set[i] % r->step == 0))
			v[n++] = d->set[i];
	if (n == 0)
		return err_set(e, ERR_NO,
			"%s: none of the %u values the checks allow is in its range", g->op->id,
			d->nset);
	for (uint32_t i = 2; i < n; i++)
		even = even && v[i] - v[i - 1] == v[1] - v[0];
	g->space = n;
	g->lo = v[0];
	g->hi = v[n - 1];
	g->step = n > 1 ? v[1] - v[0] : 1;
	g->ordinal = even;
	if (!even) {
		l->set = v;
		g->state = l;
	}
	return 0;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x < y ? -1 : x > y;
}

/* Excluded values at the ends shrink the range; those inside are skipped. */
static int leave_out(struct gen *g, const struct sql_domain *d, struct arena *a, struct err *e)
{
	uint64_t *skip = arena_array(a, d->nnot, sizeof(*skip));
	struct ordinal_list *l = arena_alloc(a, sizeof(*l));
	uint32_t n = 0;

	if (skip == NULL || l == NULL)
		return err_nomem(e);
	while (g->lo <= g->hi && excluded(d, g->lo))
		g->lo += g->step;
	while (g->lo <= g->hi && excluded(d, g->hi))
		g->hi -= g->step;
	g->space = count_of(g->lo, g->hi, g->step);
	if (g->space == 0)
		return err_set(
			e, ERR_NO, "%s: the checks exclude every value of its range", g->op->id);
	for (uint32_t i = 0; i < d->nnot; i++) {
		int64_t v = d->not_set[i];
		uint64_t off = (uint64_t)v - (uint64_t)g->lo;

		if (v > g->lo && v < g->hi && off % (uint64_t)g->step == 0)
			skip[n++] = off / (uint64_t)g->step;
	}
	if (n == 0)
		return 0;
	qsort(skip, n, sizeof(*skip), by_value);
	for (uint32_t i = 0; i < n; i++)
		if (l->nskip == 0 || skip[l->nskip - 1] != skip[i])
			skip[l->nskip++] = skip[i];
	l->skip = skip;
	g->state = l;
	g->ordinal = false;
	g->space -= l->nskip;
	return 0;
}

/*
 * Puts range, checks and uniqueness together, in this order: the default moves
 * into the bounds, grows, is refined, and then takes the step of the checks.
 */
int gen_ordinal(struct gen *g, const struct gen_column *c, struct gen_range r, struct arena *a,
	struct err *e)
{
	const struct sql_domain *d = c->dom;
	int64_t lo, hi;

	if (r.lo_given && r.hi_given && r.lo > r.hi)
		return err_set(e, ERR_NO, "%s: min is greater than max", g->op->id);
	if (is_too_wide(c, &r))
		return err_set(e, ERR_NO,
			"%s: min or max is beyond the %d digits, %u of them behind the point, that "
			"numbers of the column are made of",
			g->op->id, DIGITS, (unsigned)c->scale);
	gen_bounds(c, r.year, &lo, &hi);
	if (d != NULL && d->set != NULL) {
		r.lo = max64(lo, r.lo_given ? r.lo : INT64_MIN);
		r.hi = min64(hi, r.hi_given ? r.hi : INT64_MAX);
		return use_set(g, &r, d, a, e);
	}
	fill_bounds(&r, c, lo, hi);
	move_into(&r, lo, hi);
	grow(&r, c, lo, hi);
	refine(&r, c);
	stride(&r, d);
	g->space = count_of(r.lo, r.hi, r.step);
	if (g->space == 0)
		return err_set(e, ERR_NO,
			"%s: its parameters min and max leave nothing of what the column's type "
			"and "
			"checks allow",
			g->op->id);
	g->ordinal = true;
	g->lo = r.lo;
	g->hi = r.hi;
	g->step = r.step;
	return d != NULL && d->not_set != NULL && d->nnot > 0 ? leave_out(g, d, a, e) : 0;
}

/*
 * The idx-th index that is not left out. Few are, so that a scan in order is
 * the fastest.
 */
static uint64_t past(const struct ordinal_list *l, uint64_t idx)
{
	for (uint32_t i = 0; i < l->nskip && l->skip[i] <= idx; i++)
		idx++;
	return idx;
}

/*
 * Either a progression, or an entry of the list of values, or a progression
 * with a few indexes left out.
 */
void gen_ordinal_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct ordinal_list *l = g->state;
	uint64_t lo = (uint64_t)g->lo, step = (uint64_t)g->step;

	(void)h;
	if (l == NULL)
		for (uint32_t i = 0; i < n; i++)
			out->v.i[i] = (int64_t)(lo + step * idx[i]);
	else if (l->set != NULL)
		for (uint32_t i = 0; i < n; i++)
			out->v.i[i] = l->set[idx[i]];
	else
		for (uint32_t i = 0; i < n; i++)
			out->v.i[i] = (int64_t)(lo + step * past(l, idx[i]));
}
