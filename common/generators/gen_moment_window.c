/* SPDX-License-Identifier: MIT */
/*
 * primitive.moment: a moment of the years before today, more of them the later it is.
 *
 * Indexes are as many as there are bits for, and each is a place in the distribution:
 * the values of a column that a unique key has would not be distinct, so that such a
 * column is drawn evenly, and refused where the plan asks for anything else.
 */
#include "common/generators/gen_moment.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"

enum { WEEK = 7, WORKDAYS = 5, SUNDAY = 0, SATURDAY = 6 };

struct window_state {
	struct gen_draw draw;
	int64_t lo, step;		  /* in the column's units; of days where hours or
					     weekdays choose among these */
	uint64_t room;			  /* steps */
	struct quantile_decay growth;	  /* over them */
	const struct moment_hours *hours; /* NULL: any */
	bool weekdays;
	int64_t day; /* in the column's units */
};

/* ---- drawing -----------------------------------------------------------------------------------
 */

/* A day that is no weekend: another of its week, or else the next to it that is in the window,
 * which has one. */
static int64_t workday(const struct window_state *s, int64_t day, uint64_t bits)
{
	int64_t first = s->lo, last = s->lo + (int64_t)s->room - 1;
	int weekday = cal_weekday(day);
	int64_t monday = day - (weekday + WEEK - 1) % WEEK, other;

	if (weekday != SUNDAY && weekday != SATURDAY)
		return day;
	other = monday + (int64_t)rng_below(bits, WORKDAYS);
	if (other >= first && other <= last)
		return other;
	return monday + WORKDAYS - 1 >= first ? monday + WORKDAYS - 1 : monday + WEEK;
}

/* Days first, and then the time of the day. */
static int64_t moment_of_day(const struct window_state *s, uint64_t at, uint64_t bits)
{
	int64_t day = s->lo + (int64_t)at;

	if (s->weekdays)
		day = workday(s, day, gen_mix(bits, 1));
	if (s->day == 1)
		return day;
	bits = gen_mix(bits, 2);
	return day * CAL_DAY +
	       (s->hours != NULL ? moment_time(s->hours, bits)
				 : (int64_t)rng_below(bits, CAL_DAY / CAL_SECOND) * CAL_SECOND);
}

static void window_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct window_state *s = g->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t bits = idx[i] << (64 - GEN_SPACE_BITS);
		uint64_t at = quantile_decay_at(&s->growth, s->room, bits);

		out->v.i[i] = s->hours != NULL || s->weekdays ? moment_of_day(s, at, bits)
							      : s->lo + s->step * (int64_t)at;
	}
}

/* ---- preparing ---------------------------------------------------------------------------------
 */

/* What the plan and the checks leave, in the column's units. */
struct window {
	int64_t lo, hi;
	bool from, to; /* given */
};

/* The days of from and to; a window that the plan does not give moves to what checks allow. */
static int read_window(const struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct window *w, struct err *e)
{
	int64_t day = gen_day(c->type), lo, hi, span;

	w->hi = c->as_of;
	w->to = gen_arg_since(params, "to", c->as_of, &w->hi);
	w->lo = w->hi - MOMENT_YEARS * MOMENT_YEAR;
	w->from = gen_arg_since(params, "from", c->as_of, &w->lo);
	if (w->lo > w->hi)
		return err_set(e, ERR_NO, "%s: from is after to", g->op->id);
	if (w->lo < CAL_DATE_MIN || w->hi > CAL_TS_MAX / CAL_DAY)
		return err_set(
			e, ERR_NO, "%s: from or to is beyond what a timestamp holds", g->op->id);
	w->lo *= day;
	w->hi *= day;
	span = w->hi - w->lo;
	gen_bounds(c, MOMENT_YEAR * day, &lo, &hi);
	if (!w->from && !w->to && hi < w->lo)
		w->lo = hi - lo < span ? lo : hi - span;
	if (!w->from && !w->to && lo > w->hi)
		w->hi = hi - lo < span ? hi : lo + span;
	w->lo = lo > w->lo ? lo : w->lo;
	w->hi = hi < w->hi ? hi : w->hi;
	if (w->lo > w->hi)
		return err_set(e, ERR_NO,
			"%s: from and to leave nothing of what the column's type and checks allow",
			g->op->id);
	return 0;
}

/* Whether some day of the window is none of a weekend. */
static bool has_workday(int64_t first, int64_t last)
{
	for (int64_t day = first; day <= last && day < first + 3; day++)
		if (cal_weekday(day) != SUNDAY && cal_weekday(day) != SATURDAY)
			return true;
	return false;
}

/* The window in whole days, all of whose hours are in it. */
static int by_days(struct gen *g, struct window_state *s, const struct window *w, struct err *e)
{
	int64_t first = w->lo, last = w->hi;

	if (s->day != 1) {
		first = cal_ts_day(w->lo + CAL_DAY - 1);
		last = cal_ts_day(w->hi + CAL_SECOND) - 1;
	}
	if (first > last || (s->weekdays && !has_workday(first, last)))
		return err_set(e, ERR_NO, "%s: there is no whole %s from its beginning to its end",
			g->op->id, s->weekdays ? "weekday" : "day");
	s->lo = first;
	s->step = 1;
	s->room = (uint64_t)(last - first) + 1;
	return 0;
}

/* An even draw, of which a key may have its digits. */
static int evenly(struct gen *g, const struct gen_column *c, const struct window *w,
	const struct window_state *s, const msgpack_object *params, struct arena *a, struct err *e)
{
	double growth = 1;
	struct gen_range r = {.lo = w->lo,
		.hi = w->hi,
		.lo_given = true,
		.hi_given = true,
		.step = s->day == 1 ? 1 : CAL_SECOND,
		.step_fixed = s->day == 1};

	if (s->hours != NULL || s->weekdays ||
		(gen_arg_float(params, "growth", &growth) && (growth < 1 || growth > 1)))
		return err_set(e, ERR_NO,
			"%s: hours, weekdays and growth cannot be kept where values have to be "
			"distinct: leave them out",
			g->op->id);
	return gen_ordinal_draw(g, c, r, a, e);
}

/* In seconds, or in the steps that a precision or a check asks for. */
static int by_steps(struct gen *g, const struct gen_column *c, struct window_state *s,
	const struct window *w, struct err *e)
{
	const struct sql_domain *d = c->dom;
	int64_t rem = 0, lo = w->lo;

	s->step = s->day == 1 ? 1 : CAL_SECOND;
	if (d != NULL && d->step > 1) {
		s->step = d->step;
		rem = d->rem;
	}
	lo = lo - rem;
	lo = (lo / s->step + (lo % s->step > 0)) * s->step + rem;
	if (lo > w->hi)
		return err_set(e, ERR_NO,
			"%s: from and to leave nothing of what the column's type and checks allow",
			g->op->id);
	s->lo = lo;
	s->room = (uint64_t)(w->hi - lo) / (uint64_t)s->step + 1;
	return 0;
}

static int prepare_window(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct window_state *s = arena_alloc(a, sizeof(*s));
	const struct sql_domain *d = c->dom;
	struct window w;
	double growth = 2;
	int rc;

	if (s == NULL)
		return err_nomem(e);
	s->day = gen_day(c->type);
	(void)gen_arg_bool(params, "weekdays", &s->weekdays);
	if (read_window(g, c, params, &w, e) == -1 ||
		moment_hours(g, c, params, a, &s->hours, e) == -1)
		return -1;
	if (gen_distinct(c))
		return evenly(g, c, &w, s, params, a, e);
	if (d != NULL && (d->set != NULL || d->nnot > 0))
		return err_set(
			e, ERR_NO, "%s cannot honour a check with a list of values", g->op->id);
	if (d != NULL && d->step > 1 && (s->hours != NULL || s->weekdays))
		return err_set(e, ERR_NO,
			"%s: hours and weekdays cannot be kept beside a check that allows only "
			"every so many moments",
			g->op->id);
	rc = s->hours != NULL || s->weekdays ? by_days(g, s, &w, e) : by_steps(g, c, s, &w, e);
	if (rc == -1)
		return -1;
	(void)gen_arg_float(params, "growth", &growth);
	s->growth = moment_rise(growth, s->room);
	s->draw.value = window_value;
	g->space = GEN_SPACE_MAX;
	g->state = s;
	return 0;
}

static const struct gen_param window_params[] = {
	{"from", GP_SINCE, false, "3y", "the beginning: a date, or how long before as_of"},
	{"to", GP_SINCE, false, "0d",
		"the end, the midnight before a date; \"-30d\" is 30 days after as_of"},
	{"growth", GP_FLOAT, false, "2",
		"how many times as frequent moments are at the end as at the beginning",
		.min = "0.001", .max = "1000"},
	{"hours", GP_STRING, false, "any",
		"of a timestamp: business is from 8 to 18, day from 7 to 23, in UTC",
		.one_of = "any business day"},
	{"weekdays", GP_BOOL, false, "false", "none of a Saturday or Sunday"},
	{0},
};

const struct gen_op gen_moment_window_ops[] = {
	{.id = "primitive.moment",
		.help = "a moment of the years before as_of, more of them the later it is",
		.params = window_params,
		.example = "{\"from\": \"3y\", \"hours\": \"business\", \"weekdays\": true}",
		.families = GF_DATE | GF_TS,
		.output = GF_TS,
		.prepare = prepare_window,
		.value = gen_draw_value},
	{0},
};
