/* SPDX-License-Identifier: MIT */
/*
 * derive.moment: a moment in the life of a row, after some moments of the row and of
 * its parents and before others.
 *
 * The latest of what it is to be after and the earliest of what it is to be before,
 * with what the checks and today allow, leave a span. The distance from the latest is
 * drawn from an exponential distribution that is cut off where the span ends
 * (quantile_decay_at()), not drawn again or moved to the end: so nothing heaps up at
 * today, and how far rows are apart is that of real ones, many soon and few late.
 *
 * All is reckoned in microseconds, dates at their midnight, which is how PostgreSQL
 * compares the two; a date after a timestamp is so the next day. As in
 * gen_derive_time.c an order between a type with a time zone and one without is to hold
 * in the time zone of any session, where there is room for that up to today.
 */
#include "common/generators/gen_moment.h"

#include "common/base/calendar.h"
#include "common/base/rng.h"

/* ---- the span -------------------------------------------------------------------------------- */

struct span {
	int64_t lo, hi;	    /* by the inputs; INT64_MIN and INT64_MAX: they do not say */
	bool after, before; /* which is so */
	int sign;	    /* an infinite input leaves only this infinity */
};

/* -1 and 1 for the infinities. */
static inline int infinite(enum vtype t, int64_t v)
{
	int64_t least = t == VT_DATE ? CAL_DATE_NEG_INF : CAL_TS_NEG_INF;
	int64_t most = t == VT_DATE ? CAL_DATE_POS_INF : CAL_TS_POS_INF;

	return v == least ? -1 : v == most;
}

/* What the inputs of row ${i} leave.  NULLs, and infinities that anything is before or after, say
 * nothing. */
static struct span span_of(const struct gen *g, const struct moment_state *s,
	const struct vec *const *in, uint32_t i, enum moment_ease ease)
{
	struct span x = {INT64_MIN, INT64_MAX, false, false, 0};

	for (uint32_t k = 0; k < g->nin; k++) {
		const struct moment_bound *b = &s->in[k];
		int64_t v = in[k]->v.i[i];
		int sign;

		if (vec_is_null(in[k], i))
			continue;
		if ((sign = infinite(b->type, v)) != 0) {
			x.sign = (sign > 0) == b->low ? sign : x.sign;
			continue;
		}
		if (b->type == VT_DATE)
			v = saturate_mul(v, CAL_DAY);
		if (b->low) {
			v = saturate_add(v, b->keep[ease]);
			x.lo = v > x.lo ? v : x.lo;
			x.after = true;
		} else {
			v = saturate_add(v, -b->keep[ease]);
			x.hi = v < x.hi ? v : x.hi;
			x.before = true;
		}
	}
	return x;
}

/* Within what type and checks allow, on the column's own steps. */
static inline void fit(const struct moment_state *s, struct span *x)
{
	x->lo = moment_align_up(s, x->lo > s->lo ? x->lo : s->lo);
	x->hi = moment_align_down(s, x->hi < s->hi ? x->hi : s->hi);
}

/*
 * The span of a row. Where there is none that ends by today the least distance gives
 * way, then time zones other than UTC, and today last: a child of a moment after today
 * cannot be before it, but it is no later than it has to be. Where the inputs
 * themselves leave nothing the moment is right after what it is to be after; what
 * checks say holds in any case.
 */
static struct span room_of(
	const struct gen *g, const struct moment_state *s, const struct vec *const *in, uint32_t i)
{
	struct span x = {.lo = 0};

	for (enum moment_ease ease = EASE_NOTHING; ease < EASES; ease++) {
		int64_t top;

		x = span_of(g, s, in, i, ease);
		fit(s, &x);
		top = s->future && (x.after || x.before) ? INT64_MAX : s->today;
		if (x.hi > top)
			x.hi = moment_align_down(s, top);
		if (x.lo <= x.hi)
			return x;
	}
	/* x is what is left where all but today has given way */
	x.lo = moment_align_up(s, x.lo);
	x.hi = moment_align_down(s, s->hi);
	x.lo = x.hi = x.lo <= x.hi ? x.lo : x.hi;
	return x;
}

/* ---- drawing -----------------------------------------------------------------------------------
 */

/*
 * What falls outside the hours moves into them: to a busy time of its day, or else to
 * any time of what the span has of them on that day or the next to it. Where it has
 * none the moment stays.
 */
static int64_t into_hours(
	const struct moment_state *s, const struct span *x, int64_t v, uint64_t bits)
{
	const struct moment_hours *h = s->hours;
	int64_t day = moment_floor_div(v, CAL_DAY) * CAL_DAY, t;
	static const int64_t days[] = {0, CAL_DAY, -CAL_DAY};

	if (v - day >= h->opens && v - day < h->closes)
		return v;
	t = moment_align_down(s, day + moment_time(h, bits));
	if (t >= x->lo && t <= x->hi)
		return t;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		int64_t lo = day + days[i] + h->opens, hi = day + days[i] + h->closes - CAL_SECOND;

		lo = moment_align_up(s, lo > x->lo ? lo : x->lo);
		hi = moment_align_down(s, hi < x->hi ? hi : x->hi);
		if (lo <= hi)
			return lo +
			       s->grain * (int64_t)rng_below(bits,
						  (uint64_t)(hi - lo) / (uint64_t)s->grain + 1);
	}
	return v;
}

static inline uint64_t grains(const struct moment_state *s, const struct span *x)
{
	uint64_t n = (uint64_t)x->hi - (uint64_t)x->lo;

	return 1 + (s->grain == CAL_SECOND	 ? n / CAL_SECOND
			   : s->grain == CAL_DAY ? n / CAL_DAY
						 : n / (uint64_t)s->grain);
}

/* A moment of the span, by the number of the row. */
static int64_t moment(const struct moment_state *s, struct span x, uint64_t bits)
{
	uint64_t room = grains(s, &x), at;
	const bool back = !x.after && x.before && !s->after;
	int64_t v;

	if (x.after || back) {
		room = room < s->most ? room : s->most;
		at = quantile_decay_at(&s->gap, room, bits);
	} else {
		room = room < s->years ? room : s->years;
		at = quantile_decay_at(&s->growth, room, bits);
	}
	if (x.after) {
		x.hi = x.lo + s->grain * (int64_t)(room - 1);
		v = x.lo + s->grain * (int64_t)at;
	} else {
		x.lo = x.hi - s->grain * (int64_t)(room - 1);
		v = back ? x.hi - s->grain * (int64_t)at : x.lo + s->grain * (int64_t)at;
	}
	return s->hours == NULL ? v : into_hours(s, &x, v, gen_mix(bits, 1));
}

void moment_derive(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct moment_state *s = g->state;
	const bool date = out->type == VT_DATE;

	(void)h;
	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		struct span x = room_of(g, s, in, i);
		int64_t v = x.sign == 0 ? moment(s, x, rng_at(g->key, row[i])) : 0;

		if (x.sign != 0)
			out->v.i[i] = x.sign > 0 ? date ? CAL_DATE_POS_INF : CAL_TS_POS_INF
				      : date	 ? CAL_DATE_NEG_INF
						 : CAL_TS_NEG_INF;
		else
			out->v.i[i] = date ? v / CAL_DAY : v;
	}
}
