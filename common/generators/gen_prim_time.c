/* SPDX-License-Identifier: MIT */
/*
 * Dates, times and timestamps. Without parameters a rule draws from the year
 * 2024, which versions 0.1 and 0.2 of the plan format promise; a column without
 * a rule draws from the two years before the plan's date.
 */
#include "common/generators/gen_kit.h"

#include "common/base/calendar.h"

enum { YEAR_DAYS = 365, DEFAULT_YEARS = 2 };

/* The first and last day of the default range. */
static void default_days(const struct gen_column *c, int64_t *first, int64_t *last)
{
	if (c->by_rule) {
		*first = cal_days(2024, 1, 1);
		*last = cal_days(2024, 12, 31);
	} else {
		*first = c->as_of - (int64_t)DEFAULT_YEARS * YEAR_DAYS;
		*last = c->as_of;
	}
}

/* Dates; in a timestamp column they are midnights. */
static int prepare_date(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	int64_t day = gen_day(c->type);
	struct gen_range r = {.step = day,
		.step_fixed = c->type == VT_DATE,
		.fills = true,
		.year = YEAR_DAYS * day};

	default_days(c, &r.lo, &r.hi);
	r.lo_given = gen_arg_date(params, "min", &r.lo);
	r.hi_given = gen_arg_date(params, "max", &r.hi);
	if (__builtin_mul_overflow(r.lo, day, &r.lo))
		r.lo = r.lo < 0 ? CAL_TS_MIN : CAL_TS_MAX;
	if (__builtin_mul_overflow(r.hi, day, &r.hi))
		r.hi = r.hi < 0 ? CAL_TS_MIN : CAL_TS_MAX;
	return gen_ordinal(g, c, r, a, e);
}

/* Timestamps, in whole seconds unless that is not fine enough. */
static int prepare_timestamp(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct gen_range r = {.step = CAL_SECOND, .fills = true, .year = YEAR_DAYS * CAL_DAY};

	default_days(c, &r.lo, &r.hi);
	r.lo *= CAL_DAY;
	r.hi *= CAL_DAY;
	if (c->by_rule)
		r.hi += CAL_DAY - CAL_SECOND;
	r.lo_given = gen_arg_timestamp(params, "min", &r.lo);
	r.hi_given = gen_arg_timestamp(params, "max", &r.hi);
	if (c->type == VT_DATE) {
		r.lo = cal_ts_day(r.lo + CAL_DAY - 1);
		r.hi = cal_ts_day(r.hi);
		r.step = 1;
		r.year = YEAR_DAYS;
	}
	return gen_ordinal(g, c, r, a, e);
}

static int prepare_time(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_range r = {.lo = 0, .hi = CAL_DAY - CAL_SECOND, .step = CAL_SECOND};

	r.lo_given = gen_arg_time(params, "min", &r.lo);
	r.hi_given = gen_arg_time(params, "max", &r.hi);
	return gen_ordinal(g, c, r, a, e);
}

static const struct gen_param date_params[] = {
	{"min", GP_DATE, false, "2024-01-01", "first day", .not_above = "max"},
	{"max", GP_DATE, false, "2024-12-31", "last day"},
	{0},
};

static const struct gen_param timestamp_params[] = {
	{"min", GP_TIMESTAMP, false, "2024-01-01T00:00:00", "earliest", .not_above = "max"},
	{"max", GP_TIMESTAMP, false, "2024-12-31T23:59:59", "latest"},
	{0},
};

static const struct gen_param time_params[] = {
	{"min", GP_TIME, false, "00:00:00", "earliest", .not_above = "max"},
	{"max", GP_TIME, false, "23:59:59", "latest"},
	{0},
};

#define TIME_OP(name, kind, fams, out, text)                                                       \
	{                                                                                          \
		.id = name, .help = text, .params = kind##_params, .families = fams,               \
		.output = out, .prepare = prepare_##kind, .value = gen_ordinal_value               \
	}

const struct gen_op gen_prim_time_ops[] = {
	TIME_OP("primitive.date", date, GF_DATE | GF_TS, GF_DATE, "a day from min to max"),
	TIME_OP("primitive.date.range", date, GF_DATE | GF_TS, GF_DATE, "a day from min to max"),
	TIME_OP("primitive.time", time, GF_TIME, GF_TIME, "a time of day, whole seconds"),
	TIME_OP("primitive.time.range", time, GF_TIME, GF_TIME, "a time of day, whole seconds"),
	TIME_OP("primitive.timestamp", timestamp, GF_TS | GF_DATE, GF_TS,
		"a moment, whole seconds"),
	TIME_OP("primitive.timestamp.range", timestamp, GF_TS | GF_DATE, GF_TS,
		"a moment, whole seconds"),
	{0},
};
