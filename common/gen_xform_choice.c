/* SPDX-License-Identifier: MIT */
#include "common/gen_kit.h"

#include <string.h>

#include "common/calendar.h"
#include "common/err.h"
#include "common/gen_xform.h"
#include "common/mpk.h"
#include "common/num.h"
#include "common/rng.h"

/* ---- transform.weighted_choice ----------------------------------------------------------------
 */

struct choice {
	uint64_t upto; /* draws of 63 bits below this take it */
	union {
		int64_t i;
		double f;
		struct vtext t;
	} v;
};

struct choice_state {
	struct choice *choice;
	uint32_t n;
};

/* A choice is a value of the column's type. */
static bool parse_choice(const struct gen_column *c, struct vtext t, struct choice *out)
{
	const struct pg_type *type = c->base.type;

	switch (c->type) {
	case VT_BOOL:
		out->v.i = t.n == 4 && memcmp(t.p, "true", 4) == 0;
		return out->v.i || (t.n == 5 && memcmp(t.p, "false", 5) == 0);
	case VT_INT:
		return num_parse_i64(t.p, t.n, &out->v.i);
	case VT_DEC:
		return num_parse_dec(t.p, t.n, c->scale, &out->v.i);
	case VT_DATE:
		return cal_parse_date(t.p, t.n, &out->v.i);
	case VT_TIME:
		return cal_parse_time(t.p, t.n, &out->v.i);
	case VT_TS:
		return cal_parse_ts(t.p, t.n, &out->v.i);
	case VT_TSTZ:
		return cal_parse_tstz(t.p, t.n, &out->v.i);
	case VT_ENUM:
		for (uint32_t i = 0; i < type->nlabels; i++)
			if (strlen(type->labels[i]) == t.n &&
				memcmp(type->labels[i], t.p, t.n) == 0) {
				out->v.i = i;
				return true;
			}
		return false;
	case VT_F64:
		return num_parse_f64(t.p, t.n, &out->v.f);
	case VT_TEXT:
		out->v.t = t;
		return true;
	default:
		return false;
	}
}

/* What a choice must be to be stored: in the type's range, or passing the column's checks. */
static bool choice_fits(
	const struct gen_column *c, const struct choice *k, const struct gen_text_check *check)
{
	int64_t lo, hi;

	if (c->type == VT_TEXT)
		return gen_text_ok(check, k->v.t.p, k->v.t.n);
	if (!vec_is_ordinal(c->type))
		return true;
	gen_bounds(c, 0, &lo, &hi);
	return k->v.i >= lo && k->v.i <= hi;
}

static int read_choices(struct xform *x, struct choice_state *s, double *weight,
	const msgpack_object *list, struct arena *a, struct err *e)
{
	struct gen_text_check *check = gen_text_check(x->col, gen_text_limits(x->col), a, e);
	int rc = check == NULL ? -1 : 0;

	for (uint32_t i = 0; rc == 0 && i < s->n; i++) {
		const msgpack_object *o = &list[i];
		const char *text = NULL;

		if (!gen_arg_string(o, "value", a, &text) ||
			!gen_arg_float(o, "weight", &weight[i]) || !(weight[i] > 0))
			rc = err_set(e, ERR_NO,
				"%s: choice %u is not {value: string, weight: number above 0}",
				x->op->id, i);
		else if (text == NULL)
			rc = err_nomem(e);
		else if (!parse_choice(x->col, (struct vtext){text, strlen(text)}, &s->choice[i]) ||
			 !choice_fits(x->col, &s->choice[i], check))
			rc = err_set(
				e, ERR_NO, "%s: the column cannot hold choice %u", x->op->id, i);
	}
	gen_text_check_free(check);
	return rc;
}

static int prepare_choice(struct xform *x, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	struct choice_state *s = arena_alloc(a, sizeof(*s));
	double *weight, sum = 0, upto = 0;
	const msgpack_object *list;
	size_t n;

	list = params == NULL ? NULL : mpk_get_array(params, "choices", &n);
	if (list == NULL || n == 0)
		return err_set(e, ERR_NO, "%s: choices is empty", x->op->id);
	if (xform_not_unique(x, e) == -1)
		return -1;
	if (x->in_type != c->type)
		return err_set(e, ERR_NO, "%s: a transform before it changed the type", x->op->id);
	weight = arena_array(a, n, sizeof(*weight));
	if (s == NULL || weight == NULL ||
		(s->choice = arena_array(a, n, sizeof(*s->choice))) == NULL)
		return err_nomem(e);
	s->n = (uint32_t)n;
	if (read_choices(x, s, weight, list, a, e) == -1)
		return -1;
	for (uint32_t i = 0; i < s->n; i++)
		sum += weight[i];
	for (uint32_t i = 0; i < s->n; i++) {
		upto += weight[i];
		s->choice[i].upto = (uint64_t)(upto / sum * 9223372036854775807.0);
	}
	s->choice[s->n - 1].upto = UINT64_MAX;
	x->state = s;
	return 0;
}

static void apply_choice(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h)
{
	const struct choice_state *s = x->state;

	(void)h;
	for (uint32_t i = 0; i < n; i++) {
		const struct choice *k = s->choice;
		uint64_t draw = rng_at(x->key, row[i]) >> 1;

		if (vec_is_null(v, i))
			continue;
		while (draw >= k->upto)
			k++;
		if (v->type == VT_TEXT)
			v->v.t[i] = k->v.t;
		else if (v->type == VT_F64)
			v->v.f[i] = k->v.f;
		else
			v->v.i[i] = k->v.i;
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

static char *put_padded(char *to, int64_t v, unsigned width)
{
	for (unsigned i = width; i-- > 0; v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + width;
}

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

static int prepare_format(struct xform *x, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
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
		if (xform_not_unique(x, e) == -1)
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
	return text == NULL ? err_nomem(e) : xform_template(x, text, a, e);
}

static void apply_format(
	const struct xform *x, const uint64_t *row, uint32_t n, struct vec *v, struct gen_heap *h)
{
	const struct format_state *s = x->state;

	if (v->type == VT_TEXT) {
		xform_apply_template(x, row, n, v, h);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		bool finite =
			v->type == VT_DATE ? cal_date_finite(v->v.i[i]) : cal_ts_finite(v->v.i[i]);

		if (!vec_is_null(v, i) && finite)
			(void)format_value(s->format, v->type, v->v.i[i], &v->v.i[i]);
	}
}

static const struct gen_param choice_params[] = {
	{"choices", GP_CHOICES, true, NULL, "values and how often each is taken"},
	{0},
};

static const struct gen_param format_params[] = {
	{"format", GP_STRING, false, NULL, "%Y %m %d %H %M %S %F %T ... of a date or time"},
	{"template", GP_STRING, false, NULL, "a text in which {value} stands for the value"},
	{0},
};

const struct xform_op gen_xform_choice_ops[] = {
	{.id = "transform.weighted_choice",
		.help = "one of several values, each with its weight",
		.params = choice_params,
		.prepare = prepare_choice,
		.apply = apply_choice},
	{.id = "transform.format",
		.help = "a date or time through a format, a text through a template",
		.params = format_params,
		.prepare = prepare_format,
		.apply = apply_format},
	{0},
};
