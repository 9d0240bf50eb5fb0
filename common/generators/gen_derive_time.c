/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_derive.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/divide.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/base/saturate.h"

/*
 * A moment some way from another: at least min and at most max after (or before)
 * it.  A date and a timestamp compare at the date's midnight, so a date after a
 * timestamp is the next day at the earliest, unless that is midnight itself.
 * Where checks bound the column, the span that is drawn from shrinks; nothing
 * heaps up at the bound.
 *
 * PostgreSQL compares a date or a timestamp with a timestamptz in the time zone of the session, and
 * those reach from UTC-12 to UTC+14.  So that the order holds whoever asks, the near end of the
 * span (the first moment after, the last before) moves as far as the farthest zone; the date of a
 * row whose parent is of the last hours before "today" may so be a day after it.  Where a check
 * leaves no room for that, or the longest distance between two moments does not, the order holds
 * in UTC.
 *
 * A moment stays at or before "today" if what it goes from, and the least distance, allow it.
 */
struct move_state {
	enum vtype in, out;
	bool before, up_to_today;
	int64_t min, max; /* microseconds */
	int64_t zones;	  /* the same: how far the near end moves for the sake of time zones */
	int64_t lo, hi;	  /* what the column's type and checks allow, in its units */
	int64_t today;	  /* its end, in the column's units */
	int64_t grain;	  /* of the draw, in the column's units */
	int64_t align;	  /* microseconds the column can tell apart */
	bool not_null;
	struct gen fallback; /* where there is no moment to go from */
};

/* 0 for a finite value, -1 and 1 for the infinities. */
static int infinite(enum vtype t, int64_t v)
{
	if (t == VT_DATE)
		return v == CAL_DATE_NEG_INF ? -1 : v == CAL_DATE_POS_INF;
	return t == VT_TIME ? 0 : v == CAL_TS_NEG_INF ? -1 : v == CAL_TS_POS_INF;
}

static int64_t infinity(enum vtype t, int sign)
{
	if (t == VT_DATE)
		return sign < 0 ? CAL_DATE_NEG_INF : CAL_DATE_POS_INF;
	return sign < 0 ? CAL_TS_NEG_INF : CAL_TS_POS_INF;
}

struct span {
	int64_t lo, hi; /* in the column's units */
	bool tight;	/* the distances leave it no room: it is its near end */
};

/* Multiples of ${unit} in a span, counted in it.  A division by a constant is a multiplication. */
static inline struct span whole(struct span x, int64_t unit)
{
	int64_t first = divide_down(x.lo, unit), last = divide_down(x.hi, unit);

	x.lo = first + (first * unit != x.lo);
	x.hi = last;
	return x;
}

/* The moments that keep the distance, the near end ${farther} away; never empty. */
static inline struct span span_of(const struct move_state *s, int64_t from, int64_t farther)
{
	int64_t p = s->in == VT_DATE ? saturate_mul(from, CAL_DAY) : from;
	int64_t near = saturate_add(s->min, farther);
	struct span x = {saturate_add(p, s->before ? -s->max : near),
		saturate_add(p, s->before ? -near : s->max), false};

	if (s->out == VT_DATE) {
		x = whole(x, CAL_DAY);
	} else if (s->align > 1) {
		x = whole(x, s->align);
		x.lo *= s->align;
		x.hi *= s->align;
	}
	x.tight = x.hi < x.lo;
	if (x.tight && s->before)
		x.lo = x.hi;
	else if (x.tight)
		x.hi = x.lo;
	return x;
}

static bool within(const struct move_state *s, const struct span *x)
{
	return x->lo <= s->hi && x->hi >= s->lo;
}

/*
 * The span that holds in every time zone, or, where it has no room, that of UTC.
 * *begins is where the span of UTC does. It is worked out only if it can matter: it
 * begins no later than the other, unless that had no room.
 */
static struct span zoned(const struct move_state *s, int64_t from, int64_t *begins)
{
	struct span x = span_of(s, from, s->zones), utc;

	*begins = x.lo;
	if (s->zones == 0 || (!x.tight && within(s, &x) && (!s->up_to_today || x.lo <= s->today)))
		return x;
	utc = span_of(s, from, 0);
	*begins = utc.lo;
	if ((x.tight && s->out != VT_DATE) || (!within(s, &x) && within(s, &utc)))
		return utc;
	return x;
}

/* Shrink the span to the bounds; where they exclude it, the distance holds if it can. */
static void bound(const struct move_state *s, int64_t top, struct span *x)
{
	int64_t first = x->lo > s->lo ? x->lo : s->lo, last = x->hi < top ? x->hi : top;

	if (first <= last) {
		x->lo = first;
		x->hi = last;
	} else if (s->before) {
		x->lo = x->hi = last < s->lo ? x->hi : last;
	} else {
		x->lo = x->hi = first > s->hi ? x->lo : first;
	}
}

/* Draws from the span by the number of the row. */
static int64_t moved(const struct gen *g, const struct move_state *s, int64_t from, uint64_t row)
{
	int64_t begins;
	struct span x = zoned(s, from, &begins);
	bool today = s->up_to_today && begins <= s->today && s->today < s->hi;
	uint64_t steps;

	bound(s, !today ? s->hi : x.lo > s->today ? x.lo : s->today, &x);
	steps = ((uint64_t)x.hi - (uint64_t)x.lo) / (uint64_t)s->grain + 1;
	return (int64_t)((uint64_t)x.lo +
			 (uint64_t)s->grain * rng_below(rng_at(g->key, row), steps));
}

/*
 * Where the input is NULL or infinite: NULL, or a moment of the default
 * generator where the column is NOT NULL.
 */
static void no_moment(const struct gen *g, const struct move_state *s, uint64_t row, uint32_t i,
	struct vec *out, struct gen_heap *h)
{
	struct vec one = *out;
	uint64_t idx = rng_below(rng_at(g->key, row), s->fallback.space);

	if (!s->not_null) {
		vec_set_null(out, i);
		return;
	}
	one.v.i = out->v.i + i;
	s->fallback.op->value(&s->fallback, &idx, 1, &one, h);
}

/*
 * What lies after -infinity or before infinity can be any moment, and is drawn
 * as if there were no input. Any other infinite input gives that infinity.
 */
static void derive_move(const struct gen *g, const struct vec *const *ins, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct move_state *s = g->state;
	const struct vec *in = ins[0];

	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		int sign = vec_is_null(in, i) ? 0 : infinite(s->in, in->v.i[i]);

		if (vec_is_null(in, i) || (sign != 0 && (sign < 0) != s->before))
			no_moment(g, s, row[i], i, out, h);
		else if (sign != 0)
			out->v.i[i] = infinity(s->out, sign);
		else
			out->v.i[i] = moved(g, s, in->v.i[i], row[i]);
	}
}

/* ---- preparing ---------------------------------------------------------------------------- */

/* The generator that fills such a column without a rule. */
static const struct gen_op *time_op(enum vtype t)
{
	const char *id = t == VT_DATE	? "primitive.date"
			 : t == VT_TIME ? "primitive.time"
					: "primitive.timestamp";
	const struct gen_op *op = gen_prim_time_ops;

	while (strcmp(op->id, id) != 0)
		op++;
	return op;
}

/* Prepares that generator as a fallback. */
int derive_moment(const struct gen_column *c, struct arena *a, struct gen *fallback, struct err *e)
{
	struct gen_column *own = arena_alloc(a, sizeof(*own));

	if (own == NULL)
		return err_nomem(e);
	*own = *c;
	own->by_rule = false;
	return gen_prepare(fallback, time_op(c->type), own, NULL, a, e);
}

int64_t derive_zones(enum vtype in, enum vtype out, bool before)
{
	const int64_t east = 14 * CAL_HOUR, west = 12 * CAL_HOUR;
	bool zone = out == VT_TSTZ;

	if ((in == VT_TSTZ) == zone || in == VT_TIME || out == VT_TIME)
		return 0;
	return zone == before ? east : west;
}

static bool is_moment(enum vtype t)
{
	return t == VT_DATE || t == VT_TS || t == VT_TSTZ;
}

/* Everything but min and max. */
static int prepare_move(struct gen *g, const struct gen_column *c, struct move_state *s,
	struct arena *a, struct err *e)
{
	enum { YEAR_DAYS = 365 };
	int64_t day = gen_day(c->type);
	uint8_t scale;

	s->in = derive_input_type(g, c, 0, &scale);
	s->out = c->type;
	s->zones = derive_zones(s->in, s->out, s->before);
	if (s->zones > 0)
		g->reach = 0; /* it may be farther from its input than max */
	if (s->in != s->out && !(is_moment(s->in) && is_moment(s->out)))
		return err_set(e, ERR_NO, "%s: %s (%s) is no moment to go from for a column of %s",
			g->op->id, derive_input(g, c, 0)->name, derive_input(g, c, 0)->formatted,
			c->column->formatted);
	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	if (c->dom != NULL && (c->dom->set != NULL || c->dom->nnot > 0))
		return err_set(
			e, ERR_NO, "%s cannot honour a check with a list of values", g->op->id);
	gen_bounds(c, YEAR_DAYS * day, &s->lo, &s->hi);
	s->today = c->as_of * day;
	s->grain = s->out == VT_DATE ? 1 : CAL_SECOND;
	s->align = num_pow10((unsigned)(6 - pg_time_precision(c->base)));
	if (s->out == VT_TIME && s->hi > CAL_DAY - CAL_SECOND)
		s->hi = CAL_DAY - CAL_SECOND;
	s->not_null = pg_column_not_null(c->column) || (c->dom != NULL && c->dom->must_not_null);
	g->state = s;
	return derive_moment(c, a, &s->fallback, e);
}

/* derive.updated_after_created, derive.end_after_start */
static int prepare_after(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	bool up_to_today, struct arena *a, struct err *e)
{
	struct move_state *s = arena_alloc(a, sizeof(*s));
	int64_t days = INT64_MAX, seconds = INT64_MAX, most = INT64_MAX;

	if (s == NULL)
		return err_nomem(e);
	if (derive_inputs(g, c, params, 1, a, e) == -1)
		return -1;
	/* The least of those that are given holds, whatever the column's type. */
	if (gen_arg_int(params, "max_days", &days))
		most = saturate_mul(days, CAL_DAY);
	if (gen_arg_int(params, "max_seconds", &seconds) &&
		saturate_mul(seconds, CAL_SECOND) < most)
		most = saturate_mul(seconds, CAL_SECOND);
	if (days == INT64_MAX && seconds == INT64_MAX)
		most = c->type == VT_DATE   ? 30 * CAL_DAY
		       : c->type == VT_TIME ? 3600 * CAL_SECOND
					    : CAL_DAY;
	s->max = most < 0 ? 0 : most;
	if (c->dom == NULL || !c->dom->has_lo) /* which may be later still */
		g->reach = c->type == VT_DATE ? s->max / CAL_DAY : s->max;
	s->up_to_today = c->type != VT_TIME && up_to_today;
	return prepare_move(g, c, s, a, e);
}

static int prepare_updated(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return prepare_after(g, c, params, true, a, e);
}

static int prepare_end(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return prepare_after(g, c, params, false, a, e);
}

/* derive.after_parent, derive.before_parent */
static int prepare_parent(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	bool before, struct arena *a, struct err *e)
{
	struct move_state *s = arena_alloc(a, sizeof(*s));
	int64_t unit = c->type == VT_DATE ? CAL_DAY : CAL_SECOND;
	bool future = false;

	if (s == NULL)
		return err_nomem(e);
	if (derive_parent(g, c, params, a, e) == -1)
		return -1;
	s->before = before;
	s->max = 30 * CAL_DAY;
	if (gen_arg_duration(params, "min", unit, &s->min) && s->max < s->min)
		s->max = s->min;
	(void)gen_arg_duration(params, "max", unit, &s->max);
	(void)gen_arg_bool(params, "future", &future);
	s->up_to_today = !future;
	if (s->min < 0 || s->max < s->min)
		return err_set(e, ERR_NO, "%s: min and max are not in order from 0 up", g->op->id);
	return prepare_move(g, c, s, a, e);
}

static int prepare_after_parent(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	return prepare_parent(g, c, params, false, a, e);
}

static int prepare_before_parent(struct gen *g, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	return prepare_parent(g, c, params, true, a, e);
}

static const struct gen_param after_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL, "the column to be after", .min = "1"},
	{"max_seconds", GP_INT, false, "86400 (time: 3600; date: none)", "most seconds after"},
	{"max_days", GP_INT, false, "30 of a date, else none", "most days after"},
	{0},
};

static const struct gen_param parent_params[] = {
	{"input_columns", GP_COLUMNS, true, NULL, "the foreign key column", .min = "1"},
	{"parent_column", GP_STRING, true, NULL,
		"the parent's date or timestamp, or fk_column.column of its parent"},
	{"parent_schema", GP_STRING, false, NULL, "where several parents could be meant"},
	{"parent_table", GP_STRING, false, NULL, "where several parents could be meant"},
	{"min", GP_DURATION, false, "0d", "least distance; a number is days, or seconds of a time",
		.min = "0"},
	{"max", GP_DURATION, false, "30d", "greatest distance"},
	{"future", GP_BOOL, false, "false",
		"may be after today, the plan's as_of; without it only where the parent or min ask "
		"for it"},
	{0},
};

#define AFTER_OP(name, how, text)                                                                  \
	{                                                                                          \
		.id = name, .help = text, .params = after_params,                                  \
		.example = "{\"input_columns\": [\"placed\"]}",                                    \
		.families = GF_DATE | GF_TS | GF_TIME, .output = GF_TS, .reads = GR_ROW,           \
		.lenient = true, .derives = true, .prepare = how, .derive = derive_move            \
	}
#define PARENT_OP(name, how, text)                                                                 \
	{                                                                                          \
		.id = name, .help = text, .params = parent_params,                                 \
		.example = "{\"input_columns\": [\"customer_id\"], \"parent_column\": \"since\"}", \
		.families = GF_DATE | GF_TS, .output = GF_TS, .reads = GR_PARENT,                  \
		.parent_families = GF_DATE | GF_TS, .derives = true, .prepare = how,               \
		.derive = derive_move                                                              \
	}

const struct gen_op gen_derive_time_ops[] = {
	AFTER_OP("derive.updated_after_created", prepare_updated,
		"a moment after another, not after today"),
	AFTER_OP("derive.end_after_start", prepare_end, "a moment after another"),
	PARENT_OP("derive.after_parent", prepare_after_parent,
		"min to max after a date or time of the parent row"),
	PARENT_OP("derive.before_parent", prepare_before_parent,
		"min to max before a date or time of the parent row"),
	{0},
};
