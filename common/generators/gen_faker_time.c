/* SPDX-License-Identifier: MIT */
/*
 * Dates, times and durations of the ids faker.chrono.* and faker.time.*, on columns
 * of their types and as texts that PostgreSQL reads whatever its DateStyle: ISO 8601.
 * Without parameters they lie in the fifty years before the plan's date.
 */
#include "common/generators/gen_faker.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"

enum { YEARS = 50, AFTER_YEARS = 1, BEFORE_YEARS = 10, MONTHS = 12, YEAR = 365 };
#define LONGEST_STAY (INT64_C(30) * 86400) /* seconds */

/* How a text is written. */
enum form { AS_DATE, AS_MOMENT, AS_TIME, AS_SECONDS, AS_INTERVAL };

struct time_state {
	struct gen_draw draw;
	enum form form;
	int64_t lo, step; /* index to value: days, microseconds, seconds */
};

/* Seconds as PostgreSQL prints an interval of them: hours, of two digits or more. */
static size_t put_interval(char *to, int64_t seconds)
{
	char *p = to;
	int64_t hours = seconds / 3600, minutes = seconds / 60 % 60;

	if (hours < 10)
		*p++ = '0';
	p += num_fmt_i64(p, hours);
	*p++ = ':';
	p = mempcpy(p, num_two_digits + 2 * minutes, 2);
	*p++ = ':';
	p = mempcpy(p, num_two_digits + 2 * (seconds % 60), 2);
	return (size_t)(p - to);
}

static size_t put_time(char *to, enum form form, int64_t v)
{
	switch (form) {
	case AS_DATE:
		return cal_fmt_date(to, v);
	case AS_MOMENT:
		return cal_fmt_rfc3339(to, v);
	case AS_TIME:
		return cal_fmt_time(to, v);
	case AS_INTERVAL:
		return put_interval(to, v);
	case AS_SECONDS:
		break;
	}
	return num_fmt_i64(to, v);
}

static void time_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct time_state *s = g->state;

	for (uint32_t i = 0; i < n; i++) {
		char *p = gen_heap_take(h, CAL_MAX);
		size_t len = put_time(p, s->form, s->lo + s->step * (int64_t)idx[i]);

		gen_heap_give(h, CAL_MAX - (uint32_t)len);
		out->v.t[i] = (struct vtext){p, len};
	}
}

/* Texts of the values from ${lo} to ${hi}. */
static int texts_of(struct gen *g, const struct gen_column *c, struct time_state as, int64_t hi,
	struct arena *a, struct err *e)
{
	struct time_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	if (hi < as.lo)
		return err_set(e, ERR_NO, "%s: its range is empty", g->op->id);
	*s = as;
	s->draw.value = time_value;
	g->state = s;
	g->space = (uint64_t)(hi - as.lo) / (uint64_t)as.step + 1;
	g->max_bytes = CAL_MAX;
	return gen_text_verify(g, c, a, e);
}

/* ---- moments and days -------------------------------------------------------------------------
 */

static bool is(const struct gen *g, const char *what)
{
	return strcmp(g->op->makes, what) == 0;
}

static int64_t years_on(int64_t day, int64_t years)
{
	return cal_add_months(day, years * MONTHS);
}

/*
 * The range in microseconds, from the parameters: after an instant until a year
 * after it, or after the plan's date if that is later; in the ten years before one;
 * between two.
 */
static int moments(const struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct gen_range *r, struct err *e)
{
	int64_t at, day;

	r->lo = years_on(c->as_of, -YEARS) * CAL_DAY;
	r->hi = c->as_of * CAL_DAY;
	r->fills = is(g, "moment") || is(g, "day");
	r->lo_given = r->hi_given = !r->fills;
	if (is(g, "after") && gen_arg_timestamp(params, "after", &at)) {
		day = cal_ts_day(at) > c->as_of ? cal_ts_day(at) : c->as_of;
		r->lo = at + CAL_SECOND;
		r->hi = years_on(day, AFTER_YEARS) * CAL_DAY;
	} else if (is(g, "before") && gen_arg_timestamp(params, "before", &at)) {
		r->lo = years_on(cal_ts_day(at), -BEFORE_YEARS) * CAL_DAY;
		r->hi = at - CAL_SECOND;
	} else if (is(g, "between")) {
		if (!gen_arg_timestamp(params, "start", &r->lo) ||
			!gen_arg_timestamp(params, "end", &r->hi))
			return err_set(e, ERR_NO, "%s: start and end are moments", g->op->id);
	}
	if (r->lo > r->hi)
		return err_set(e, ERR_NO, "%s: start is after end", g->op->id);
	return 0;
}

static int make_moment(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_range r = {.step = CAL_SECOND};

	if (moments(g, c, params, &r, e) == -1)
		return -1;
	if (is(g, "day"))
		return texts_of(g, c,
			(struct time_state){.form = AS_DATE, .lo = cal_ts_day(r.lo), .step = 1},
			cal_ts_day(r.hi), a, e);
	return texts_of(g, c,
		(struct time_state){.form = AS_MOMENT, .lo = r.lo, .step = CAL_SECOND}, r.hi, a, e);
}

/* A day of a column of moments is its midnight; a moment of a column of days is its day. */
static int prepare_moment(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_range r = {.step = CAL_SECOND, .year = YEAR * CAL_DAY};

	if (c->type == VT_TEXT)
		return gen_narrow(g, c, params, make_moment, a, e);
	if (moments(g, c, params, &r, e) == -1)
		return -1;
	if (c->type == VT_DATE) {
		r.lo = cal_ts_day(r.lo + CAL_DAY - 1);
		r.hi = cal_ts_day(r.hi);
		r.step = 1;
		r.year = YEAR;
	} else if (is(g, "day")) {
		r.step = CAL_DAY;
	}
	return gen_ordinal(g, c, r, a, e);
}

/* ---- times of day and durations -----------------------------------------------------------------
 */

static int make_time(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	(void)params;
	return texts_of(g, c, (struct time_state){.form = AS_TIME, .step = CAL_SECOND},
		CAL_DAY - CAL_SECOND, a, e);
}

static int prepare_time(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_range r = {.lo = 0, .hi = CAL_DAY - CAL_SECOND, .step = CAL_SECOND};

	if (c->type == VT_TEXT)
		return gen_narrow(g, c, params, make_time, a, e);
	return gen_ordinal(g, c, r, a, e);
}

static int make_seconds(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	bool text = (gen_family(c->base) & GF_TEXT) != 0;

	(void)params;
	return texts_of(g, c,
		(struct time_state){.form = text ? AS_SECONDS : AS_INTERVAL, .step = 1},
		LONGEST_STAY, a, e);
}

static int prepare_duration(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_number num = {.max = (double)LONGEST_STAY, .whole = true, .fills = true};

	if (c->type == VT_TEXT)
		return gen_narrow(g, c, params, make_seconds, a, e);
	if ((gen_family(c->base) & GF_RAW) == 0)
		return gen_number(g, c, &num, a, e);
	if (!gen_faker_is_type(c, "interval"))
		return err_set(e, ERR_NO,
			"%s: of the types that are no text or number it fills interval only",
			g->op->id);
	return make_seconds(g, c, params, a, e);
}

/* ---- the ids -----------------------------------------------------------------------------------
 */

static const struct gen_param after_params[] = {
	{"after", GP_TIMESTAMP, true, NULL, "the moment that values are after"},
	GEN_NARROW_PARAMS,
	{0},
};

static const struct gen_param before_params[] = {
	{"before", GP_TIMESTAMP, true, NULL, "the moment that values are before"},
	GEN_NARROW_PARAMS,
	{0},
};

static const struct gen_param between_params[] = {
	{"start", GP_TIMESTAMP, true, NULL, "the earliest", .not_above = "end"},
	{"end", GP_TIMESTAMP, true, NULL, "the latest"},
	GEN_NARROW_PARAMS,
	{0},
};

#define MOMENT(what, nature, text)                                                                 \
	.makes = (what), .help = (text), .families = GF_TEXT | GF_DATE | GF_TS,                    \
	.output = (nature), .prepare = prepare_moment, .value = gen_faker_value
#define DAY(text)	 MOMENT("day", GF_DATE, text), .params = gen_narrow_params
#define ANY_MOMENT(text) MOMENT("moment", GF_TS, text), .params = gen_narrow_params
#define AFTER                                                                                      \
	MOMENT("after", GF_TS, "a moment in the year after one, or until a year from now"),        \
		.params = after_params, .example = "{\"after\": \"2024-01-01T00:00:00\"}"
#define BEFORE                                                                                     \
	MOMENT("before", GF_TS, "a moment in the ten years before one"),                           \
		.params = before_params, .example = "{\"before\": \"2024-01-01T00:00:00\"}"
#define BETWEEN                                                                                    \
	MOMENT("between", GF_TS, "a moment between two"),                                          \
		.params = between_params,                                                          \
		.example = "{\"start\": \"2024-01-01T00:00:00\", \"end\": "                        \
			   "\"2024-12-31T23:59:59\"}"
#define TIME                                                                                       \
	.help = "a time of day", .params = gen_narrow_params, .families = GF_TEXT | GF_TIME,       \
	.output = GF_TIME, .prepare = prepare_time, .value = gen_faker_value
#define DURATION                                                                                   \
	.help = "a duration of at most 30 days: an interval, or whole seconds",                    \
	.params = gen_narrow_params, .families = GF_TEXT | GF_INT | GF_NUM | GF_FLOAT | GF_RAW,    \
	.output = GF_TEXT, .prepare = prepare_duration, .value = gen_faker_value

const struct gen_op gen_faker_time_ops[] = {
	FAKER("faker.chrono.raw.Date", DAY("a day of the last fifty years")),
	FAKER("faker.chrono.raw.DateTime", ANY_MOMENT("a moment of the last fifty years")),
	FAKER("faker.chrono.raw.DateTimeAfter", AFTER),
	FAKER("faker.chrono.raw.DateTimeBefore", BEFORE),
	FAKER("faker.chrono.raw.DateTimeBetween", BETWEEN),
	FAKER("faker.chrono.raw.Duration", DURATION),
	FAKER("faker.chrono.raw.Time", TIME),
	FAKER_AS("faker.time.raw.Date", "semantic.time.date",
		DAY("a day of the last fifty years, YYYY-MM-DD")),
	FAKER_AS("faker.time.raw.DateTime", "semantic.time.datetime",
		ANY_MOMENT("a moment of the last fifty years, in UTC")),
	FAKER("faker.time.raw.DateTimeAfter", AFTER),
	FAKER("faker.time.raw.DateTimeBefore", BEFORE),
	FAKER("faker.time.raw.DateTimeBetween", BETWEEN),
	FAKER("faker.time.raw.Duration", DURATION),
	FAKER("faker.time.raw.Time", TIME),
	{0},
};
