/* SPDX-License-Identifier: MIT */
/*
 * One value of a parameter: whether it is of a kind, and what it is. Parameters
 * come from the plan as a msgpack map.
 */
#include "common/generators/param.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/num.h"
#include "common/io/msgpack.h"

/* ---- one value of a kind -------------------------------------------------------- */

/* An integer that fits 64 bits with a sign. */
static bool as_int(const msgpack_object *o, int64_t *out)
{
	if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		*out = o->via.i64;
	else if (o->type == MSGPACK_OBJECT_POSITIVE_INTEGER && o->via.u64 <= INT64_MAX)
		*out = (int64_t)o->via.u64;
	else
		return false;
	return true;
}

/*
 * Any number; integers too, since "min": 10 means 10.0 where a number is
 * wanted.
 */
static bool as_float(const msgpack_object *o, double *out)
{
	if (o->type == MSGPACK_OBJECT_FLOAT64 || o->type == MSGPACK_OBJECT_FLOAT32)
		*out = o->via.f64;
	else if (o->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		*out = (double)o->via.i64;
	else if (o->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
		*out = (double)o->via.u64;
	else
		return false;
	return *out - *out == 0; /* finite */
}

static bool is_string(const msgpack_object *o)
{
	return o->type == MSGPACK_OBJECT_STR;
}

/* A finite date, as YYYY-MM-DD. */
static bool as_date(const msgpack_object *o, int64_t *out)
{
	return is_string(o) && cal_parse_date(o->via.str.ptr, o->via.str.size, out) &&
	       cal_date_finite(*out);
}

static bool as_time(const msgpack_object *o, int64_t *out)
{
	return is_string(o) && cal_parse_time(o->via.str.ptr, o->via.str.size, out);
}

/* A finite timestamp; without a time zone it is in UTC. */
static bool as_timestamp(const msgpack_object *o, int64_t *out)
{
	return is_string(o) && cal_parse_tstz(o->via.str.ptr, o->via.str.size, out) &&
	       cal_ts_finite(*out);
}

/* The length of a duration's unit, in microseconds. */
static bool unit_of(char c, int64_t *usec)
{
	static const struct {
		char c;
		int64_t usec;
	} units[] = {{'d', CAL_DAY}, {'h', CAL_HOUR}, {'m', CAL_MINUTE}, {'s', CAL_SECOND},
		{'w', 7 * CAL_DAY}, {'y', 365 * CAL_DAY}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].c == c) {
			*usec = units[i].usec;
			return true;
		}
	return false;
}

/*
 * "1d12h": numbers with a unit each, added up; a sign in front applies to the
 * whole.
 */
static bool parse_duration(const char *s, size_t n, int64_t *out)
{
	bool minus = n > 0 && *s == '-';
	int64_t sum = 0;

	for (size_t i = minus; i < n || i == minus; i++) {
		size_t from = i;
		int64_t count, usec;

		while (i < n && s[i] >= '0' && s[i] <= '9')
			i++;
		if (i == n || !num_parse_i64(s + from, i - from, &count) || !unit_of(s[i], &usec) ||
			__builtin_mul_overflow(count, usec, &count) ||
			__builtin_add_overflow(sum, count, &sum))
			return false;
	}
	*out = minus ? -sum : sum;
	return true;
}

/*
 * A duration, or a plain number of ${unit} microseconds each; false when it
 * overflows.
 */
static bool as_duration(const msgpack_object *o, int64_t unit, int64_t *out)
{
	int64_t n;

	if (as_int(o, &n))
		return !__builtin_mul_overflow(n, unit, out);
	return is_string(o) && parse_duration(o->via.str.ptr, o->via.str.size, out);
}

static bool is_columns(const msgpack_object *o)
{
	if (o->type != MSGPACK_OBJECT_ARRAY)
		return false;
	for (uint32_t i = 0; i < o->via.array.size; i++)
		if (!is_string(&o->via.array.ptr[i]))
			return false;
	return true;
}

/* A map that names a generator, with or without parameters. */
static bool is_rule(const msgpack_object *o)
{
	const msgpack_object *id = mp_get(o, "generator"), *params = mp_get(o, "params");

	return id != NULL && is_string(id) &&
	       (params == NULL || params->type == MSGPACK_OBJECT_MAP ||
		       params->type == MSGPACK_OBJECT_NIL);
}

/* A list of rules, each with a condition. */
static bool is_rules(const msgpack_object *o)
{
	if (o->type != MSGPACK_OBJECT_ARRAY)
		return false;
	for (uint32_t i = 0; i < o->via.array.size; i++) {
		const msgpack_object *when = mp_get(&o->via.array.ptr[i], "when");

		if (when == NULL || !is_string(when) || !is_rule(&o->via.array.ptr[i]))
			return false;
	}
	return true;
}

/* Texts, numbers, true and false, each with a weight above 0; at least one. */
static bool is_choices(const msgpack_object *o)
{
	double weight;

	if (o->type != MSGPACK_OBJECT_ARRAY)
		return false;
	for (uint32_t i = 0; i < o->via.array.size; i++) {
		const msgpack_object *value = mp_get(&o->via.array.ptr[i], "value");
		const msgpack_object *w = mp_get(&o->via.array.ptr[i], "weight");

		if (value == NULL ||
			(!is_string(value) && value->type != MSGPACK_OBJECT_BOOLEAN &&
				!as_float(value, &weight)) ||
			w == NULL || !as_float(w, &weight) || !(weight > 0))
			return false;
	}
	return o->via.array.size > 0;
}

/* Values without weights; at least one. */
static bool is_values(const msgpack_object *o)
{
	double number;

	if (o->type != MSGPACK_OBJECT_ARRAY)
		return false;
	for (uint32_t i = 0; i < o->via.array.size; i++) {
		const msgpack_object *v = &o->via.array.ptr[i];

		if (!is_string(v) && !as_float(v, &number) && v->type != MSGPACK_OBJECT_BOOLEAN)
			return false;
	}
	return o->via.array.size > 0;
}

static bool is_weights(const msgpack_object *o)
{
	double weight;

	if (o->type != MSGPACK_OBJECT_ARRAY)
		return false;
	for (uint32_t i = 0; i < o->via.array.size; i++)
		if (!as_float(&o->via.array.ptr[i], &weight) || !(weight > 0))
			return false;
	return true;
}

/* Parts of one; at least one. */
static bool is_fractions(const msgpack_object *o)
{
	double part;

	if (o->type != MSGPACK_OBJECT_ARRAY)
		return false;
	for (uint32_t i = 0; i < o->via.array.size; i++)
		if (!as_float(&o->via.array.ptr[i], &part) || part < 0 || part >= 1)
			return false;
	return o->via.array.size > 0;
}

/* A date, or how long before some day, written with units. */
static bool is_since(const msgpack_object *o)
{
	int64_t v;

	return is_string(o) &&
	       (as_date(o, &v) || parse_duration(o->via.str.ptr, o->via.str.size, &v));
}

/* Whether a value is of the kind that a parameter wants. */
bool gen_param_is(const msgpack_object *o, enum gen_pkind k)
{
	int64_t i;
	double d;

	switch (k) {
	case GP_BOOL:
		return o->type == MSGPACK_OBJECT_BOOLEAN;
	case GP_INT:
		return as_int(o, &i);
	case GP_FLOAT:
		return as_float(o, &d);
	case GP_STRING:
		return is_string(o);
	case GP_DATE:
		return as_date(o, &i);
	case GP_TIME:
		return as_time(o, &i);
	case GP_TIMESTAMP:
		return as_timestamp(o, &i);
	case GP_COLUMNS:
		return is_columns(o);
	case GP_DURATION:
		return as_duration(o, 1, &i);
	case GP_CHOICES:
		return is_choices(o);
	case GP_RULES:
		return is_rules(o);
	case GP_RULE:
		return is_rule(o);
	case GP_KEY:
		return is_string(o) || is_columns(o);
	case GP_CONSTANT:
		return is_string(o) || as_float(o, &d);
	case GP_VALUES:
		return is_values(o);
	case GP_WEIGHTS:
		return is_weights(o);
	case GP_FRACTIONS:
		return is_fractions(o);
	case GP_PATHS:
		return is_columns(o);
	case GP_SINCE:
		return is_since(o);
	}
	return false;
}

/* ---- reading ------------------------------------------------------------------------ */

/* A parameter that is null is as good as not given. */
static bool absent(const msgpack_object *o)
{
	return o == NULL || o->type == MSGPACK_OBJECT_NIL;
}

/*
 * The value of a parameter, or NULL. The functions below return false when it
 * is not given or of another kind, and leave *out as it was, so that a default
 * can be put there before.
 */
static const msgpack_object *arg(const msgpack_object *params, const char *name)
{
	return absent(params) || params->type != MSGPACK_OBJECT_MAP ? NULL : mp_get(params, name);
}

bool gen_arg_bool(const msgpack_object *params, const char *name, bool *out)
{
	const msgpack_object *o = arg(params, name);

	if (o == NULL || o->type != MSGPACK_OBJECT_BOOLEAN)
		return false;
	*out = o->via.boolean;
	return true;
}

bool gen_arg_int(const msgpack_object *params, const char *name, int64_t *out)
{
	const msgpack_object *o = arg(params, name);

	return o != NULL && as_int(o, out);
}

bool gen_arg_float(const msgpack_object *params, const char *name, double *out)
{
	const msgpack_object *o = arg(params, name);
	double d;

	if (o == NULL || !as_float(o, &d))
		return false;
	*out = d;
	return true;
}

bool gen_arg_string(
	const msgpack_object *params, const char *name, struct arena *a, const char **out)
{
	const msgpack_object *o = arg(params, name);

	if (o == NULL || !is_string(o))
		return false;
	*out = arena_strndup(a, o->via.str.ptr, o->via.str.size);
	return true;
}

#define ARG_OF(kind)                                                                               \
	bool gen_arg_##kind(const msgpack_object *params, const char *name, int64_t *out)          \
	{                                                                                          \
		const msgpack_object *o = arg(params, name);                                       \
		int64_t v;                                                                         \
                                                                                                   \
		if (o == NULL || !as_##kind(o, &v))                                                \
			return false;                                                              \
		*out = v;                                                                          \
		return true;                                                                       \
	}

ARG_OF(date)
ARG_OF(time)
ARG_OF(timestamp)

/* A plain number counts ${unit} microseconds each; *out is microseconds. */
bool gen_arg_duration(const msgpack_object *params, const char *name, int64_t unit, int64_t *out)
{
	const msgpack_object *o = arg(params, name);
	int64_t v;

	if (o == NULL || !as_duration(o, unit, &v))
		return false;
	*out = v;
	return true;
}

/*
 * Names of columns into out[], copied to the arena; how many, or -1 when they
 * are not given or are more than ${max}.
 */
int gen_arg_columns(
	const msgpack_object *params, const char *name, int max, struct arena *a, const char **out)
{
	const msgpack_object *o = arg(params, name);

	if (o == NULL || !is_columns(o) || o->via.array.size > (uint32_t)max)
		return -1;
	for (uint32_t i = 0; i < o->via.array.size; i++) {
		const msgpack_object_str *s = &o->via.array.ptr[i].via.str;

		if ((out[i] = arena_strndup(a, s->ptr, s->size)) == NULL)
			return -1;
	}
	return (int)o->via.array.size;
}

bool gen_arg_since(const msgpack_object *params, const char *name, int64_t today, int64_t *out)
{
	const msgpack_object *o = arg(params, name);
	int64_t usec;

	if (o == NULL || !is_string(o))
		return false;
	if (as_date(o, out))
		return true;
	if (!parse_duration(o->via.str.ptr, o->via.str.size, &usec))
		return false;
	*out = today - cal_ts_day(usec);
	return true;
}

const msgpack_object *gen_arg_list(const msgpack_object *params, const char *name, uint32_t *n)
{
	const msgpack_object *o = arg(params, name);

	if (o == NULL || o->type != MSGPACK_OBJECT_ARRAY)
		return NULL;
	*n = o->via.array.size;
	return o->via.array.ptr;
}

int gen_value_text(const msgpack_object *o, struct arena *a, struct vtext *to)
{
	char text[NUM_MAX];
	size_t n;

	switch (o->type) {
	case MSGPACK_OBJECT_STR:
		*to = (struct vtext){o->via.str.ptr, o->via.str.size};
		return 1;
	case MSGPACK_OBJECT_BOOLEAN:
		*to = o->via.boolean ? (struct vtext){"true", 4} : (struct vtext){"false", 5};
		return 1;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		n = num_fmt_u64(text, o->via.u64);
		break;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		n = num_fmt_i64(text, o->via.i64);
		break;
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		n = num_fmt_f64(text, o->via.f64);
		break;
	default:
		return 0;
	}
	to->p = arena_strndup(a, text, n);
	to->n = n;
	return to->p != NULL ? 1 : -1;
}
