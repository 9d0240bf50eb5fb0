/* SPDX-License-Identifier: MIT */
/*
 * What derive.moment is told: which columns it is to be after and before, by the plan
 * and by checks, and how far from them.
 */
#include "common/generators/gen_moment.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/generators/gen_derive.h"
#include "common/generators/gen_path.h"

/* ---- preparing: inputs -------------------------------------------------------------------------
 */

static bool is_moment(enum vtype t)
{
	return t == VT_DATE || t == VT_TS || t == VT_TSTZ;
}

/* What is kept from an input, by what has given way. */
static void keep(const struct gen *g, struct moment_bound *b, bool least)
{
	const struct moment_state *s = g->state;
	int64_t zones = derive_zones(b->type, g->col->type, !b->low);
	/* "later" is a step of the draw later, not a microsecond */
	int64_t whole = saturate_mul(moment_floor_div(b->gap + s->grain - 1, s->grain), s->grain);
	int64_t gap = whole > zones ? whole : zones;

	b->keep[EASE_NOTHING] = saturate_add(gap, least ? s->least : 0);
	b->keep[EASE_LEAST] = gap;
	b->keep[EASE_ZONES] = b->gap;
}

/* One more input, unless the generator has it; its number. */
static int add_input(struct gen *g, const struct gen_input *in, bool low, struct err *e)
{
	struct moment_state *s = g->state;
	const struct pg_column *column = gen_input_column(g->col->table, in);
	uint8_t scale;

	for (uint32_t i = 0; i < g->nin; i++)
		if (s->in[i].low == low && gen_input_same(&g->in[i], in))
			return (int)i;
	if (column == g->col->column && in->from == GEN_ROW)
		return err_set(e, ERR_NO, "%s: the column is its own input", g->op->id);
	if (g->nin == GEN_INPUTS)
		return err_set(
			e, ERR_NO, "%s: it reads more than %d columns", g->op->id, GEN_INPUTS);
	g->in[g->nin] = *in;
	s->in[g->nin] = (struct moment_bound){
		.low = low, .type = pg_vtype(pg_base_of(column->type, column->typmod), &scale)};
	if (!is_moment(s->in[g->nin].type))
		return err_set(e, ERR_NO, "%s: %s (%s) is no date and no timestamp", g->op->id,
			column->name, column->formatted);
	return (int)g->nin++;
}

/* A name is that of a column, whatever characters it has, or else a path with dots. */
static int find(const struct gen_column *c, const char *name, struct gen_input *in, struct err *e)
{
	int at = pg_column_named(c->table, name), fk;
	const char *dot = strchr(name, '.');
	char first[256];

	*in = (struct gen_input){.from = GEN_ROW, .column = (uint32_t)at};
	if (at != -1)
		return 0;
	if (dot == NULL || (size_t)(dot - name) >= sizeof(first))
		return err_set(e, ERR_NO, "there is no column %s in %s.%s", name, c->table->schema,
			c->table->name);
	memcpy(first, name, (size_t)(dot - name));
	first[dot - name] = '\0';
	if ((fk = gen_path_fk(c->table, first)) == -1)
		return err_set(e, ERR_NO, "%s: %s.%s has no foreign key of a column %s", name,
			c->table->schema, c->table->name, first);
	return gen_path_text(c->table, (uint32_t)fk, dot + 1, in, e);
}

/* The names of one of the parameters; how many, or -1. */
static int read_inputs(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	bool low, struct arena *a, struct err *e)
{
	struct moment_state *s = g->state;
	const char *param = low ? "after" : "before", *names[GEN_INPUTS];
	uint32_t given = 0;
	int n;

	if (gen_arg_list(params, param, &given) == NULL)
		return 0;
	if (given > GEN_INPUTS)
		return err_set(
			e, ERR_NO, "%s: it reads more than %d columns", g->op->id, GEN_INPUTS);
	if ((n = gen_arg_columns(params, param, GEN_INPUTS, a, names)) == -1)
		return err_nomem(e);
	for (int i = 0; i < n; i++) {
		struct gen_input in;
		int at;

		if (find(c, names[i], &in, e) == -1 || (at = add_input(g, &in, low, e)) == -1)
			return e->kind == ERR_NO &&
					       strncmp(e->msg, g->op->id, strlen(g->op->id)) == 0
				       ? -1
				       : err_wrap(e, "%s", g->op->id);
		keep(g, &s->in[at], low || !s->after);
	}
	return n;
}

/* A check says that the value is ${gap} after a column of the row, or before it. */
static int order_moment(
	struct gen *g, uint32_t column, bool low, int64_t gap, bool *taken, struct err *e)
{
	struct moment_state *s = g->state;
	const struct gen_input in = {.from = GEN_ROW, .column = column};
	const struct pg_column *col = &g->col->table->columns[column];
	bool least = false;
	uint32_t had = g->nin;
	uint8_t scale;
	int at;

	*taken = is_moment(pg_vtype(pg_base_of(col->type, col->typmod), &scale)) &&
		 g->nin < GEN_INPUTS;
	if (!*taken)
		return 0;
	if ((at = add_input(g, &in, low, e)) == -1)
		return -1;
	least = (uint32_t)at < had && s->in[at].keep[EASE_NOTHING] != s->in[at].keep[EASE_LEAST];
	s->in[at].gap = gap > s->in[at].gap || (uint32_t)at == had ? gap : s->in[at].gap;
	keep(g, &s->in[at], least);
	return 0;
}

/* ---- preparing: distances ----------------------------------------------------------------------
 */

/* least, typical and most; how far values are apart. */
static int read_distances(
	struct gen *g, const struct gen_column *c, const msgpack_object *params, struct err *e)
{
	enum { TYPICAL = 3, PART = 3, TIMES = 30 };
	struct moment_state *s = g->state;
	int64_t unit = c->type == VT_DATE ? CAL_DAY : CAL_SECOND, typical = 0, most = 0;
	struct quantile_decay d;
	bool given, bounded;

	(void)gen_arg_duration(params, "least", unit, &s->least);
	given = gen_arg_duration(params, "typical", unit, &typical);
	bounded = gen_arg_duration(params, "most", unit, &most);
	if (!given) {
		int64_t part = (most - s->least) / PART;

		typical = bounded && part < TYPICAL * CAL_DAY ? part : TYPICAL * CAL_DAY;
		typical = saturate_add(s->least, typical > unit ? typical : unit);
	}
	if (!bounded)
		most = saturate_add(
			s->least, saturate_mul(saturate_add(typical, -s->least), TIMES));
	if (s->least < 0 || typical <= s->least || most < typical)
		return err_set(e, ERR_NO,
			"%s: least, typical and most are not in order from 0 up, typical after "
			"least",
			g->op->id);
	s->most = (uint64_t)(most - s->least) / (uint64_t)s->grain + 1;
	/* in halves, so that the median is in the middle of its own grain */
	d = quantile_decay_median(
		2 * ((uint64_t)(typical - s->least) / (uint64_t)s->grain) + 1, 2 * s->most);
	s->gap = quantile_decay(d.half / 2, d.rises);
	return 0;
}

/* The steps of the column: those of its type's precision, or of a check. */
static int read_steps(struct gen *g, const struct gen_column *c, struct err *e)
{
	struct moment_state *s = g->state;
	const struct sql_domain *d = c->dom;
	int64_t unit = c->type == VT_DATE ? CAL_DAY : 1;

	s->align = c->type == VT_DATE ? CAL_DAY
				      : num_pow10((unsigned)(6 - pg_time_precision(c->base)));
	if (d != NULL && (d->set != NULL || d->nnot > 0))
		return err_set(
			e, ERR_NO, "%s cannot honour a check with a list of values", g->op->id);
	if (d != NULL && d->step > 1) {
		s->align = saturate_mul(d->step, unit);
		s->rem = d->rem * unit;
	}
	s->grain = s->align < CAL_SECOND && CAL_SECOND % s->align == 0 ? CAL_SECOND : s->align;
	return 0;
}

/* Everything but the inputs. */
static int read_span(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct moment_state *s = g->state;
	int64_t day = gen_day(c->type), unit = c->type == VT_DATE ? CAL_DAY : 1;

	if (c->unique)
		return err_set(e, ERR_NO, "%s cannot promise distinct values for a unique column",
			g->op->id);
	gen_bounds(c, MOMENT_YEAR * day, &s->lo, &s->hi);
	s->lo = saturate_mul(s->lo, unit);
	s->hi = saturate_mul(s->hi, unit);
	s->lo = s->lo < CAL_TS_MIN ? CAL_TS_MIN : s->lo;
	s->hi = s->hi > CAL_TS_MAX ? CAL_TS_MAX : s->hi;
	s->today = c->as_of * CAL_DAY;
	(void)gen_arg_bool(params, "future", &s->future);
	if (read_steps(g, c, e) == -1 || read_distances(g, c, params, e) == -1)
		return -1;
	s->years = (uint64_t)(MOMENT_YEARS * MOMENT_YEAR * CAL_DAY) / (uint64_t)s->grain + 1;
	s->growth = moment_rise(2, s->years);
	if (s->lo > s->today) /* a check wants moments after today */
		s->today = saturate_add(s->lo, MOMENT_YEARS * MOMENT_YEAR * CAL_DAY);
	return moment_hours(g, c, params, a, &s->hours, e);
}

static int prepare_moment(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct moment_state *s = arena_alloc(a, sizeof(*s));
	int n;

	if (s == NULL)
		return err_nomem(e);
	g->state = s;
	if (read_span(g, c, params, a, e) == -1 ||
		(n = read_inputs(g, c, params, true, a, e)) == -1)
		return -1;
	s->after = n > 0;
	return read_inputs(g, c, params, false, a, e) == -1 ? -1 : 0;
}

static const struct gen_param derive_params[] = {
	{"after", GP_PATHS, false, NULL,
		"columns of the row, or of parents (fk_column.column), that it is not before"},
	{"before", GP_PATHS, false, NULL, "the same, that it is not after"},
	{"typical", GP_DURATION, false, "3d after least, or a third of most",
		"median of the distance from the latest of after; a number is days of a date, "
		"seconds of a timestamp",
		.min = "1"},
	{"most", GP_DURATION, false, "30 times typical", "greatest distance", .min = "1"},
	{"least", GP_DURATION, false, "0d", "least distance, where there is room for it",
		.min = "0"},
	{"future", GP_BOOL, false, "false",
		"may be after today, the plan's as_of; without it only where what it is after is"},
	{"hours", GP_STRING, false, "any",
		"of a timestamp: business is from 8 to 18, day from 7 to 23, in UTC",
		.one_of = "any business day"},
	{0},
};

const struct gen_op gen_moment_derive_ops[] = {
	{.id = "derive.moment",
		.help = "a moment after some of the row's and its parents', and before others",
		.params = derive_params,
		.example = "{\"after\": [\"placed\", \"customer_id.since\"], \"typical\": \"3d\", "
			   "\"most\": \"90d\"}",
		.families = GF_DATE | GF_TS,
		.output = GF_TS,
		.reads = GR_ROW | GR_PARENT,
		.derives = true,
		.prepare = prepare_moment,
		.derive = moment_derive,
		.order = order_moment},
	{0},
};
