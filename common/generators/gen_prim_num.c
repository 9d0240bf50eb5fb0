/* SPDX-License-Identifier: MIT */
/*
 * Numbers: integers, decimals, floating-point values, booleans and sequences.
 * Integers and decimals are ordinals (gen_ordinal.c); gen_float.c has values of
 * floating-point columns.
 */
#include "common/generators/gen_kit.h"

#include "common/base/err.h"
#include "common/base/num.h"

/* ---- whole numbers and decimals -------------------------------------------------------- */

/*
 * d * pow as an integer: exact when d is a decimal of that scale, else rounded
 * inwards so that it stays in the range.
 */
int64_t gen_scaled(double d, int64_t pow, bool up)
{
	const double limit = 9.2e18;
	double p = d * (double)pow;
	int64_t r;

	if (p >= limit)
		return INT64_MAX;
	if (p <= -limit)
		return INT64_MIN;
	r = (int64_t)(p < 0 ? p - 0.5 : p + 0.5);
	if ((double)r / (double)pow == d)
		return r;
	r = (int64_t)p;
	return up ? r + (p > (double)r) : r - (p < (double)r);
}

/*
 * The range in the column's own units. A bound between two values of the column
 * is rounded inwards.
 */
int gen_number(struct gen *g, const struct gen_column *c, const struct gen_number *num,
	struct arena *a, struct err *e)
{
	int64_t pow = c->type == VT_DEC ? num_pow10(c->scale) : 1;
	int scale = num->whole || c->type != VT_DEC ? 0 : num->scale;
	struct gen_range r = {
		.lo_given = num->min_given, .hi_given = num->max_given, .fills = num->fills};

	if (num->min_given && num->max_given && num->min > num->max)
		return err_set(e, ERR_NO, "%s: min is greater than max", g->op->id);
	if (c->type == VT_F64)
		return gen_float_range(g, c, num, a, e);
	if (c->base.type->wide)
		return gen_wide(g, c, num, a, e);
	r.lo = gen_scaled(num->min, pow, true);
	r.hi = gen_scaled(num->max, pow, false);
	r.step = scale >= 0 && scale < c->scale ? num_pow10((unsigned)(c->scale - scale)) : 1;
	r.step_fixed = true;
	return gen_ordinal(g, c, r, a, e);
}

void gen_number_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	if (out->type == VT_F64)
		gen_float_value(g, idx, n, out);
	else if (out->type == VT_RAW)
		gen_wide_value(g, idx, n, out, h);
	else
		gen_ordinal_value(g, idx, n, out, h);
}

/* ---- the ids ----------------------------------------------------------------------------- */

enum { LEAST = 0, MOST = 10000 };

static int prepare_int(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	int64_t pow = c->type == VT_DEC ? num_pow10(c->scale) : 1;
	struct gen_range r = {
		.lo = LEAST, .hi = MOST, .step = pow, .step_fixed = true, .fills = true};

	r.lo_given = gen_arg_int(params, "min", &r.lo);
	r.hi_given = gen_arg_int(params, "max", &r.hi);
	if (c->type == VT_F64 || c->base.type->wide) {
		struct gen_number num = {.min = (double)r.lo,
			.max = (double)r.hi,
			.min_given = r.lo_given,
			.max_given = r.hi_given,
			.fills = true,
			.whole = true};

		return gen_number(g, c, &num, a, e);
	}
	if (__builtin_mul_overflow(r.lo, pow, &r.lo))
		r.lo = r.lo_given && r.lo < 0 ? INT64_MIN : INT64_MAX;
	if (__builtin_mul_overflow(r.hi, pow, &r.hi))
		r.hi = INT64_MAX;
	return gen_ordinal(g, c, r, a, e);
}

/* The parameter scale is how many decimals values have. */
static int prepare_float(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_number num = {.min = LEAST, .max = MOST, .fills = true, .scale = -1};
	int64_t scale;

	num.min_given = gen_arg_float(params, "min", &num.min);
	num.max_given = gen_arg_float(params, "max", &num.max);
	if (gen_arg_int(params, "scale", &scale)) {
		num.scale = scale > 18 ? 18 : (int)scale;
	}
	return gen_number(g, c, &num, a, e);
}

static int prepare_bool(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_range r = {.lo = 0, .hi = 1, .step = 1, .step_fixed = true};

	(void)params;
	return gen_ordinal(g, c, r, a, e);
}

/*
 * Rows from ${start} on, no further than ${most}. A unique column needs all of
 * them distinct; in others the last value repeats.
 */
static int sequence(struct gen *g, const struct gen_column *c, int64_t start, int64_t step,
	int64_t most, struct err *e)
{
	uint64_t steps = step > 0 ? ((uint64_t)most - (uint64_t)start) / (uint64_t)step
				  : ((uint64_t)start - (uint64_t)most) / (0 - (uint64_t)step);

	if (step > 0 ? start > most : start < most)
		return err_set(
			e, ERR_NO, "%s: it starts beyond what the column can hold", g->op->id);
	g->affine = true;
	g->lo = start;
	g->step = step;
	g->hi = most;
	g->space = steps >= GEN_SPACE_MAX ? GEN_SPACE_MAX : steps + 1;
	if (c->unique && g->space < c->rows)
		return err_set(e, ERR_NO,
			"%s counts %s values before its end and the column is unique over %s rows",
			g->op->id, num_people(g->space).s, num_people(c->rows).s);
	return 0;
}

/*
 * The same as digits in a text, where a default is nextval(...)::text: the texts of so many
 * numbers as there are rows, each row's chosen as that of any text, so that keys are met as by
 * other texts.
 */
static int sequence_of_text(struct gen *g, const struct gen_column *c, int64_t start, int64_t step,
	struct arena *a, struct err *e)
{
	enum { DIGITS = 18, SIGN = 1 };
	int32_t limit = gen_declared_limit(c);
	int64_t most = num_pow10(limit < 0 || limit > DIGITS ? DIGITS : (unsigned)limit) - 1;

	if (step < 0)
		most = 0; /* a sign would take a place */
	if (sequence(g, c, start, step, most, e) == -1)
		return -1;
	g->affine = false;
	g->max_bytes = DIGITS + SIGN + 1;
	if (g->space > c->rows && c->rows > 0)
		g->space = c->rows;
	return gen_text_verify(g, c, a, e);
}

/* start, step and max, by default those of the column's own sequence. */
static int prepare_sequence(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	int64_t pow = c->type == VT_DEC ? num_pow10(c->scale) : 1;
	int64_t start = 1, step = 1, max, lo, hi;
	bool own = !c->by_rule && c->column->sequence != NULL, given;

	if (own && c->column->seq_step != 0) {
		start = c->column->seq_start;
		step = c->column->seq_step;
	}
	given = gen_arg_int(params, "start", &start);
	(void)gen_arg_int(params, "step", &step);
	if (step == 0)
		return err_set(e, ERR_NO, "%s: step is 0", g->op->id);
	if (c->type == VT_TEXT)
		return sequence_of_text(g, c, start, step, a, e);
	if (c->dom != NULL && (c->dom->set != NULL || c->dom->nnot > 0))
		return err_set(e, ERR_NO,
			"%s cannot honour a check with a list of values: use primitive.int",
			g->op->id);
	gen_bounds(c, 0, &lo, &hi);
	if (gen_arg_int(params, "max", &max) && !__builtin_mul_overflow(max, pow, &max) && max < hi)
		hi = max;
	if (__builtin_mul_overflow(start, pow, &start) || __builtin_mul_overflow(step, pow, &step))
		return err_set(
			e, ERR_NO, "%s: start or step is too large for the column", g->op->id);
	if (start < lo && !given && step > 0)
		start = lo;
	if (start < lo || start > hi)
		return err_set(e, ERR_NO,
			"%s: its start is outside what the column's type, checks and max allow",
			g->op->id);
	return sequence(g, c, start, step, step > 0 ? hi : lo, e);
}

/*
 * The same, but counted anew for each parent: whoever knows the row's place
 * among its siblings gives the index.
 */
static int prepare_sibling(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct gen_column one = *c;

	one.unique = false; /* it is unique with its parent */
	if (prepare_sequence(g, &one, params, a, e) == -1)
		return -1;
	if (g->step < 0)
		return err_set(e, ERR_NO, "%s: step is less than 0", g->op->id);
	if (gen_arg_string(params, "foreign_key", a, &g->of) && g->of == NULL)
		return err_nomem(e);
	g->affine = false;
	g->ordinal = g->sibling = true;
	return 0;
}

/* The digits of value ${x} as a text. */
static struct vtext digits_of(const struct gen *g, int64_t x, struct gen_heap *h)
{
	char *p = gen_heap_take(h, g->max_bytes);
	int n = snprintf(p, g->max_bytes, "%lld", (long long)x);

	gen_heap_give(h, g->max_bytes - (uint32_t)n);
	return (struct vtext){p, (size_t)n};
}

/* A sequence is a function of the row: its index is the number of the row; of a text it is drawn.
 */
static void sequence_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	uint64_t lo = (uint64_t)g->lo, step = (uint64_t)g->step, last = g->space - 1;

	for (uint32_t i = 0; out->type == VT_TEXT && i < n; i++)
		out->v.t[i] = digits_of(g, (int64_t)(lo + step * idx[i]), h);
	for (uint32_t i = 0; out->type != VT_TEXT && i < n; i++)
		out->v.i[i] = idx[i] > last ? g->hi : (int64_t)(lo + step * idx[i]);
}

static const struct gen_param int_params[] = {
	{"min", GP_INT, false, "0", "least value", .not_above = "max"},
	{"max", GP_INT, false, "10000", "greatest value"},
	{0},
};

static const struct gen_param float_params[] = {
	{"min", GP_FLOAT, false, "0.0", "least value", .not_above = "max"},
	{"max", GP_FLOAT, false, "10000.0", "greatest value"},
	{0},
};

static const struct gen_param decimal_params[] = {
	{"min", GP_FLOAT, false, "0.0", "least value", .not_above = "max"},
	{"max", GP_FLOAT, false, "10000.0", "greatest value"},
	{"scale", GP_INT, false, "the column's, else 2", "decimals", .min = "0"},
	{0},
};

static const struct gen_param sequence_params[] = {
	{"start", GP_INT, false, "1", "value of the first row"},
	{"step", GP_INT, false, "1", "difference between rows", .not_zero = true},
	{"max", GP_INT, false, NULL, "rows after it repeat it"},
	{0},
};

static const struct gen_param sibling_params[] = {
	{"start", GP_INT, false, "1", "value of the first child of a parent"},
	{"step", GP_INT, false, "1", "difference between siblings", .min = "1"},
	{"foreign_key", GP_STRING, false, NULL,
		"whose children: a foreign key's name or column; where the column is unique with "
		"one, or there is one only, that is found"},
	{0},
};

/* What a range of numbers fills. */
#define NUMBERS (GF_INT | GF_NUM | GF_FLOAT | GF_WIDE)

#define INT_OP(name)                                                                               \
	{                                                                                          \
		.id = name, .help = "a whole number from min to max", .params = int_params,        \
		.example = "{\"min\": 1, \"max\": 6}", .families = NUMBERS, .output = GF_INT,      \
		.prepare = prepare_int, .value = gen_number_value                                  \
	}
#define FLOAT_OP(name)                                                                             \
	{                                                                                          \
		.id = name, .help = "a number from min to max", .params = float_params,            \
		.example = "{\"min\": 0, \"max\": 1}", .families = NUMBERS, .output = GF_FLOAT,    \
		.prepare = prepare_float, .value = gen_number_value                                \
	}

const struct gen_op gen_prim_num_ops[] = {
	{.id = "primitive.bool",
		.help = "true or false",
		.families = GF_BOOL,
		.prepare = prepare_bool,
		.value = gen_ordinal_value},
	INT_OP("primitive.int"),
	INT_OP("primitive.int.range"),
	{.id = "primitive.int.sequence_hint",
		.help = "start, start + step, ... by row",
		.params = sequence_params,
		.example = "{\"start\": 1000, \"step\": 10}",
		.families = GF_INT | GF_NUM | GF_TEXT,
		.output = GF_INT,
		.prepare = prepare_sequence,
		.value = sequence_value},
	{.id = "derive.sibling_number",
		.help = "start, start + step, ... among the children of a parent",
		.params = sibling_params,
		.families = GF_INT | GF_NUM,
		.output = GF_INT,
		.reads = GR_SIBLINGS,
		.prepare = prepare_sibling,
		.value = gen_ordinal_value},
	FLOAT_OP("primitive.float"),
	FLOAT_OP("primitive.float.range"),
	{.id = "primitive.decimal.numeric",
		.help = "a decimal from min to max, exact to its scale",
		.params = decimal_params,
		.example = "{\"min\": 0.5, \"max\": 99.5, \"scale\": 2}",
		.families = NUMBERS,
		.output = GF_NUM,
		.prepare = prepare_float,
		.value = gen_number_value},
	{0},
};
