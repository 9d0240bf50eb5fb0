/* SPDX-License-Identifier: MIT */
/*
 * transform.weighted_choice replaces a value by one of several;
 * transform.format rewrites a date or time by a format, or a text by a
 * template.
 */
#include "common/generators/gen_kit.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/generators/gen_transform.h"
#include "common/io/msgpack.h"

/* ---- transform.weighted_choice ----------------------------------------------------------------
 */

struct choice_state {
	struct gen_choices c;
	uint64_t *upto; /* draws of 63 bits below this take it */
};

/* Turns weights into thresholds of 63-bit numbers. */
static int prepare_choice(struct transform *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct choice_state *s = arena_alloc(a, sizeof(*s));
	double upto = 0;

	if (s == NULL)
		return err_nomem(e);
	if (transform_not_unique(x, e) == -1)
		return -1;
	if (x->in_type != c->type)
		return err_set(e, ERR_NO, "%s: a transform before it changed the type", x->op->id);
	if (gen_choices(&s->c, x->op->id, c, params, a, e) == -1)
		return -1;
	if ((s->upto = arena_array(a, s->c.n, sizeof(*s->upto))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < s->c.n; i++) {
		upto += s->c.v[i].weight;
		s->upto[i] = (uint64_t)(upto / s->c.sum * 9223372036854775807.0);
	}
	s->upto[s->c.n - 1] = UINT64_MAX;
	x->max_bytes = s->c.bytes > x->in_bytes ? s->c.bytes : x->in_bytes;
	x->state = s;
	return 0;
}

/* Draws 63 bits by the row's number, and finds the threshold. */
static void apply_choice(const struct transform *x, const uint64_t *row, uint32_t n, struct vec *v,
	struct gen_heap *h)
{
	const struct choice_state *s = x->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t draw = rng_at(x->key, row[i]) >> 1;
		uint32_t k = 0;

		if (vec_is_null(v, i))
			continue;
		while (draw >= s->upto[k])
			k++;
		gen_choice_put(&s->c.v[k], v, i);
	}
}

/* ---- transform.format --------------------------------------------------------------------------
 */

/*
 * A format gives a date or time back to its column: what it writes is read again,
 * so "%Y-%m-01" is the first of the month.  In a text column use a template.
 */
struct format_state {
	const char *format;
};

enum { FORMAT_MAX = 128 };

/* A number with leading zeros. */
static char *put_padded(char *to, int64_t v, unsigned width)
{
	for (unsigned i = width; i-- > 0; v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + width;
}

/* One field of a format; false when there is no such field. */
static bool put_field(char spec, const struct cal_fields *f, int64_t days, char **to)
{
	const struct {
		char spec;
		unsigned width;
		int64_t value;
	} fields[] = {
		{'Y', 4, f->date.year},
		{'m', 2, f->date.month},
		{'d', 2, f->date.day},
		{'H', 2, f->hour},
		{'M', 2, f->minute},
		{'S', 2, f->second},
		{'y', 2, f->date.year % 100},
		{'f', 6, f->usec},
		{'j', 3, cal_yearday(days)},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].spec == spec && fields[i].value >= 0) {
			*to = put_padded(*to, fields[i].value, fields[i].width);
			return true;
		}
	return false;
}

/*
 * Formats the value and reads the text as a value of the type; false when it is
 * none.
 */
static bool format_value(const char *format, enum vtype t, int64_t v, int64_t *out)
{
	int64_t ts = t == VT_DATE ? v * CAL_DAY : v;
	struct cal_fields f = cal_fields(ts);
	char text[FORMAT_MAX + 8], *to = text;

	for (const char *p = format; *p != '\0'; p++) {
		if (to - text > FORMAT_MAX - 32)
			return false;
		if (*p != '%') {
			*to++ = *p;
		} else if (*++p == 'F' || *p == 'T') {
			const char *part = *p == 'F' ? "Y-m-d" : "H:M:S";

			for (; *part != '\0'; part++)
				if (!put_field(*part, &f, cal_ts_day(ts), &to))
					*to++ = *part;
		} else if (*p == '%') {
			*to++ = '%';
		} else if (*p == '\0' || !put_field(*p, &f, cal_ts_day(ts), &to)) {
			return false;
		}
	}
	if (t == VT_DATE)
		return cal_parse_date(text, (size_t)(to - text), out);
	if (t == VT_TIME)
		return cal_parse_time(text, (size_t)(to - text), out);
	return cal_parse_tstz(text, (size_t)(to - text), out);
}

/*
 * The format is tried on a value when it is prepared, so that a wrong one is
 * refused before any row.
 */
static int prepare_format(struct transform *x, const struct gen_column *c,
	const msgpack_object *params, struct arena *a, struct err *e)
{
	struct format_state *s = arena_alloc(a, sizeof(*s));
	const char *text = NULL;
	bool moment = c->type >= VT_DATE && c->type <= VT_TSTZ;
	int64_t v;

	if (s == NULL)
		return err_nomem(e);
	if (gen_arg_string(params, "format", a, &s->format)) {
		if (s->format == NULL)
			return err_nomem(e);
		if (!moment || x->in_type != c->type)
			return err_set(e, ERR_NO, "%s: format is for dates and times", x->op->id);
		if (transform_not_unique(x, e) == -1)
			return -1;
		if (!format_value(s->format, c->type, 0, &v))
			return err_set(e, ERR_NO,
				"%s: what the format writes is no value of type %s", x->op->id,
				pg_class_name(c->base.type->cls));
		x->state = s;
		return 0;
	}
	if (!gen_arg_string(params, "template", a, &text))
		return err_set(e, ERR_NO, "%s: it needs format or template", x->op->id);
	return text == NULL ? err_nomem(e) : transform_template(x, text, a, e);
}

/* A value whose text cannot be read again stays as it is. */
static void apply_format(const struct transform *x, const uint64_t *row, uint32_t n, struct vec *v,
	struct gen_heap *h)
{
	const struct format_state *s = x->state;

	if (v->type == VT_TEXT) {
		transform_apply_template(x, row, n, v, h);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		bool finite =
			v->type == VT_DATE ? cal_date_finite(v->v.i[i]) : cal_ts_finite(v->v.i[i]);

		if (!vec_is_null(v, i) && finite)
			(void)format_value(s->format, v->type, v->v.i[i], &v->v.i[i]);
	}
}

/*
 * The length of a text that a template made tells how long the value in it is,
 * and what begins after the first piece is the value. Of a format nothing is
 * known.
 */
static bool format_distinct(const struct transform *x, const msgpack_object *params,
	const struct transform_key *key, struct arena *a)
{
	struct transform_pieces p;
	const char *text = NULL;

	(void)x;
	(void)key;
	return gen_arg_string(params, "template", a, &text) && text != NULL &&
	       transform_split(&p, text, a) == 0 && p.n > 1;
}

static bool choice_few(const msgpack_object *params)
{
	(void)params;
	return true;
}

static const struct gen_param choice_params[] = {
	{"choices", GP_CHOICES, true, NULL, "values and how often each is taken"},
	{0},
};

static const struct gen_param format_params[] = {
	{"format", GP_STRING, GP_ONE_OF, NULL, "%Y %m %d %H %M %S %F %T ... of a date or time"},
	{"template", GP_STRING, GP_ONE_OF, NULL, "a text in which {value} stands for the value"},
	{0},
};

const struct transform_op gen_transform_choice_ops[] = {
	{.id = "transform.weighted_choice",
		.help = "one of several values, each with its weight",
		.params = choice_params,
		.example = "{\"choices\": [{\"value\": \"new\", \"weight\": 3}, "
			   "{\"value\": \"used\", \"weight\": 1}]}",
		.draws = true,
		.few = choice_few,
		.prepare = prepare_choice,
		.before = transform_before_any,
		.apply = apply_choice},
	{.id = "transform.format",
		.help = "a date or time through a format, a text through a template",
		.params = format_params,
		.example = "{\"template\": \"no. {value}\"}",
		.distinct = format_distinct,
		.prepare = prepare_format,
		.before = transform_before_format,
		.apply = apply_format},
	{0},
};
