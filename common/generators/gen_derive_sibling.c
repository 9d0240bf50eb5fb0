/* SPDX-License-Identifier: MIT */
#include "common/generators/gen_derive.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"

/*
 * derive.after_sibling: moments that follow one another among the children of a parent.
 *
 * In steps of a day (dates) or a second, child k = 0, 1 ... of a parent has
 *
 *	start + min + k * (min + w) + draw(0 .. w),	w = (max - min) / 2
 *
 * so that two neighbours are min + w - w to min + w + w apart, whatever is drawn: between min and
 * max, and never less than a step.  The first is min to min + w after the start.  Nothing of a
 * sibling is looked at, and a value drawn again stays in its place.
 *
 * Where a check ends the column, w shrinks for all children of a parent alike, as far as they
 * need; where min itself has no room the row has no value.  Where a check begins it, the start
 * moves up.
 */
enum { NUMBER, COUNT, START };

/*
 * The parameters in the column's units: days for dates, microseconds for
 * timestamps.
 */
struct order_state {
	enum vtype in;	     /* of the start */
	bool constant;	     /* start is one for all */
	int64_t start;	     /* then: in the column's units */
	int64_t unit, align; /* of a step; what the column can tell apart */
	int64_t min, w;	     /* steps */
	int64_t lo, hi;	     /* what type and checks allow */
	bool not_null;
	struct gen fallback; /* of rows without a parent */
};

/*
 * The start in the column's units; a timestamp that the column cannot tell
 * apart is rounded up, so that the first child is never before it. False for an
 * infinite start.
 */
static bool start_of(const struct order_state *s, enum vtype out, int64_t v, int64_t *start)
{
	int64_t unit = out == VT_DATE ? CAL_DAY : s->align;
	bool date = s->in == VT_DATE;

	if (date ? !cal_date_finite(v) : !cal_ts_finite(v))
		return false;
	if (date && out == VT_DATE) {
		*start = v;
		return true;
	}
	if (date && __builtin_mul_overflow(v, CAL_DAY, &v))
		return false;
	/* a parent's moment is compared in the time zone of any session; a plan's is in UTC */
	if (!s->constant && __builtin_add_overflow(v, derive_zones(s->in, out, false), &v))
		return false;
	*start = v / unit + (v % unit > 0);
	return out == VT_DATE || !__builtin_mul_overflow(*start, unit, start);
}

/*
 * How much the gaps of the ${n} children of a parent may vary, at most w;
 * negative when even gaps of min have no room. Moves the start up to where the
 * column's checks begin.
 */
static int64_t spread(const struct order_state *s, int64_t *start, uint64_t n)
{
	__int128 first = (__int128)s->lo - (__int128)s->min * s->unit, room;

	if (first > *start)
		*start = (int64_t)first;
	room = ((__int128)s->hi - *start) / s->unit;
	if (room < 0 || (room = room / n - s->min) < 0)
		return -1;
	return room < s->w ? (int64_t)room : s->w;
}

/*
 * NULL, or in a NOT NULL column a moment of the default generator, with the
 * row's failure recorded.
 */
static void no_value(const struct gen *g, const struct order_state *s, uint64_t row, uint32_t i,
	struct vec *out, struct gen_heap *h, const char *why)
{
	struct vec one = *out;
	uint64_t idx = rng_below(rng_at(g->key, row), s->fallback.space);

	if (!s->not_null) {
		vec_set_null(out, i);
		return;
	}
	if (why != NULL && (h->live == NULL || h->live[i]))
		gen_fail(h, i, why);
	one.v.i = out->v.i + i;
	s->fallback.op->value(&s->fallback, &idx, 1, &one, h);
}

/*
 * The inputs are the row's number among its siblings, how many they are, and
 * the start if it is the parent's. What is drawn depends on the number of the
 * row alone.
 */
static void derive(const struct gen *g, const struct vec *const *in, const uint64_t *row,
	uint32_t n, struct vec *out, struct gen_heap *h)
{
	const struct order_state *s = g->state;

	out->has_null = false;
	for (uint32_t i = 0; i < n; i++) {
		int64_t start = s->start, w;
		uint64_t draw;

		if (vec_is_null(in[NUMBER], i)) {
			no_value(g, s, row[i], i, out, h, NULL);
			continue;
		}
		if (!s->constant && (vec_is_null(in[START], i) ||
					    !start_of(s, out->type, in[START]->v.i[i], &start))) {
			no_value(g, s, row[i], i, out, h,
				"there is no moment to begin at, and the column is NOT NULL");
			continue;
		}
		w = spread(s, &start, (uint64_t)in[COUNT]->v.i[i]);
		if (w < 0) {
			vec_set_null(out, i);
			if (h->live == NULL || h->live[i])
				gen_fail(h, i,
					"the parent's children, min apart, end beyond what the "
					"column's type and checks allow");
			continue;
		}
		draw = rng_below(rng_at(g->key, row[i]), (uint64_t)w + 1);
		out->v.i[i] = start + s->unit * (s->min + (in[NUMBER]->v.i[i] - 1) * (s->min + w) +
							(int64_t)draw);
	}
}

/* ---- preparing ---------------------------------------------------------------------------- */

/* The start: a column of the parent, or a constant. */
static int read_start(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct order_state *s, struct arena *a, struct err *e)
{
	const char *column = NULL, *start = NULL;
	uint32_t fk;
	int64_t v;

	(void)gen_arg_string(params, "parent_column", a, &column);
	s->constant = gen_arg_string(params, "start", a, &start);
	if (s->constant == (column != NULL))
		return err_set(e, ERR_NO,
			"%s: say where the first begins: either parent_column or start", g->op->id);
	if (!s->constant) {
		uint8_t scale;

		if (derive_parent(g, c, params, a, e) == -1)
			return -1;
		s->in = derive_input_type(g, c, 0, &scale);
		if (s->in != VT_DATE && s->in != VT_TS && s->in != VT_TSTZ)
			return err_set(e, ERR_NO, "%s: %s (%s) is no date or timestamp", g->op->id,
				derive_input(g, c, 0)->name, derive_input(g, c, 0)->formatted);
		g->in[START] = g->in[0];
		fk = g->in[0].fk;
		g->nin = START + 1;
	} else {
		s->in = gen_arg_date(params, "start", &v) ? VT_DATE : VT_TSTZ;
		if ((s->in != VT_DATE && !gen_arg_timestamp(params, "start", &v)) ||
			!start_of(s, c->type, v, &s->start))
			return err_set(e, ERR_NO, "%s: start is no date or timestamp", g->op->id);
		if (derive_fk(g, c, params, a, &fk, e) == -1)
			return -1;
		g->nin = START;
	}
	g->in[NUMBER] = (struct gen_input){.from = GEN_NUMBER, .fk = fk};
	g->in[COUNT] = (struct gen_input){.from = GEN_SIBLINGS, .fk = fk};
	return 0;
}

/* min and max, in steps. */
static int read_gaps(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct order_state *s, struct err *e)
{
	int64_t day = c->type == VT_DATE ? CAL_DAY : CAL_SECOND, min = CAL_DAY, max = 30 * CAL_DAY;

	if (gen_arg_duration(params, "min", day, &min) && max < min)
		max = min;
	(void)gen_arg_duration(params, "max", day, &max);
	if (min < 1 || max < min)
		return err_set(
			e, ERR_NO, "%s: min and max are not in order from above 0 up", g->op->id);
	s->min = min / day + (min % day > 0); /* whole steps within them */
	max /= day;
	if (max < s->min)
		return err_set(e, ERR_NO, "%s: no whole %s is between min and max", g->op->id,
			c->type == VT_DATE ? "day" : "second");
	s->w = (max - s->min) / 2;
	return 0;
}

/*
 * A step is a day for dates and a second for timestamps; a timestamp of lower
 * precision is aligned to what the column can tell apart.
 */
static int prepare(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	enum { YEAR_DAYS = 365 };
	struct order_state *s = arena_alloc(a, sizeof(*s));

	if (s == NULL)
		return err_nomem(e);
	s->unit = c->type == VT_DATE ? 1 : CAL_SECOND;
	s->align = c->type == VT_DATE ? 1 : num_pow10((unsigned)(6 - pg_time_precision(c->base)));
	if (read_start(g, c, params, s, a, e) == -1 || read_gaps(g, c, params, s, e) == -1)
		return -1;
	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	if (c->dom != NULL && (c->dom->set != NULL || c->dom->nnot > 0))
		return err_set(
			e, ERR_NO, "%s cannot honour a check with a list of values", g->op->id);
	gen_bounds(c, YEAR_DAYS * gen_day(c->type), &s->lo, &s->hi);
	s->not_null = pg_column_not_null(c->column) || (c->dom != NULL && c->dom->must_not_null);
	g->state = s;
	g->every = s->min * s->unit;
	return derive_moment(c, a, &s->fallback, e);
}

/*
 * Refuses a plan in which a parent may have more children than there is room
 * for, where that can be told before any row is made.
 */
static int siblings(const struct gen *g, uint64_t most, struct err *e)
{
	const struct order_state *s = g->state;
	int64_t start = s->start;

	if (!s->constant || spread(s, &start, most) >= 0)
		return 0;
	return err_set(e, ERR_NO,
		"%s: the %llu children that a parent may have, min apart from start on, end beyond "
		"what its type and checks allow",
		g->op->id, (unsigned long long)most);
}

static const struct gen_param params[] = {
	{"input_columns", GP_COLUMNS, true, NULL, "the foreign key column", .min = "1"},
	{"parent_column", GP_STRING, GP_ONE_OF, NULL,
		"where the first begins: the parent's date or timestamp, or fk_column.column of "
		"its "
		"parent"},
	{"start", GP_STRING, GP_ONE_OF, NULL, "instead: a date or timestamp, for all"},
	{"parent_schema", GP_STRING, false, NULL, "where several parents could be meant"},
	{"parent_table", GP_STRING, false, NULL, "where several parents could be meant"},
	{"min", GP_DURATION, false, "1d",
		"least distance from one to the next; a number is days, or seconds of a time",
		.min = "1"},
	{"max", GP_DURATION, false, "30d", "greatest distance"},
	{0},
};

const struct gen_op gen_derive_sibling_ops[] = {
	{.id = "derive.after_sibling",
		.help = "min to max after the sibling before it, the first after a start",
		.params = params,
		.example = "{\"input_columns\": [\"customer_id\"], \"parent_column\": \"since\"}",
		.families = GF_DATE | GF_TS,
		.output = GF_TS,
		.reads = GR_PARENT | GR_SIBLINGS,
		.parent_families = GF_DATE | GF_TS,
		.derives = true,
		.prepare = prepare,
		.derive = derive,
		.siblings = siblings},
	{0},
};
