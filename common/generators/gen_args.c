/* SPDX-License-Identifier: MIT */
/*
 * Parameters of generators: checking a map of them against the generator's
 * list, and reading single values.
 *
 * Parameters come from the plan as a msgpack map. Each generator lists what it
 * takes (struct gen_param: name, kind, whether it is needed), so that unknown
 * names, missing ones and wrong kinds are found in one place, reported in the
 * same words, and listed by --help.
 */
#include "common/generators/gen.h"

#include <assert.h>
#include <stdio.h>
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
	} units[] = {{'d', CAL_DAY}, {'h', CAL_HOUR}, {'m', CAL_MINUTE}, {'s', CAL_SECOND}};

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

/* Whether a value is of the kind that a parameter wants. */
static bool is_kind(const msgpack_object *o, enum gen_pkind k)
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
		return o->type == MSGPACK_OBJECT_ARRAY;
	case GP_RULES:
		return is_rules(o);
	case GP_RULE:
		return is_rule(o);
	case GP_KEY:
		return is_string(o) || is_columns(o);
	case GP_CONSTANT:
		return is_string(o) || as_float(o, &d);
	}
	return false;
}

/* The kind in words, for messages. */
const char *gen_pkind_name(enum gen_pkind k)
{
	static const char *const names[] = {
		[GP_BOOL] = "true or false",
		[GP_INT] = "an integer",
		[GP_FLOAT] = "a number",
		[GP_STRING] = "a string",
		[GP_DATE] = "a date (YYYY-MM-DD)",
		[GP_TIME] = "a time (HH:MM:SS)",
		[GP_TIMESTAMP] = "a timestamp (YYYY-MM-DDTHH:MM:SS)",
		[GP_COLUMNS] = "an array of column names",
		[GP_DURATION] = "a duration (30d, 2h, 90m, 1d12h) or an integer",
		[GP_CHOICES] = "an array of {value, weight}",
		[GP_RULES] = "an array of {when, generator, params}",
		[GP_RULE] = "an object {generator, params}",
		[GP_KEY] = "a constraint's name, or an array of its columns",
		[GP_CONSTANT] = "a number, a string or null",
	};

	return names[k];
}

/* ---- the whole map ---------------------------------------------------------------- */

/* A parameter that is null is as good as not given. */
static bool absent(const msgpack_object *o)
{
	return o == NULL || o->type == MSGPACK_OBJECT_NIL;
}

/* The parameter of that name in the generator's list, or NULL. */
static const struct gen_param *spec_named(const struct gen_param *spec, const char *name, size_t n)
{
	for (; spec != NULL && spec->name != NULL; spec++)
		if (strlen(spec->name) == n && memcmp(spec->name, name, n) == 0)
			return spec;
	return NULL;
}

const struct gen_param *gen_param_named(const struct gen_param *spec, const char *name)
{
	return spec_named(spec, name, strlen(name));
}

/* Checks one entry of the map; returns how many faults it has. */
static int check_entry(const struct gen_param *spec, const msgpack_object_kv *kv,
	gen_param_report *report, void *ctx)
{
	char name[64], message[192];
	const struct gen_param *p;

	if (!is_string(&kv->key)) {
		report(ctx, GEN_PARAM_UNKNOWN, "", "a parameter's name must be a string");
		return 1;
	}
	p = spec_named(spec, kv->key.via.str.ptr, kv->key.via.str.size);
	(void)snprintf(name, sizeof(name), "%.*s",
		(int)(kv->key.via.str.size < 60 ? kv->key.via.str.size : 60), kv->key.via.str.ptr);
	if (p == NULL) {
		(void)snprintf(message, sizeof(message), "unknown parameter %s", name);
		report(ctx, GEN_PARAM_UNKNOWN, name, message);
		return 1;
	}
	if (absent(&kv->val) || is_kind(&kv->val, p->kind))
		return 0;
	(void)snprintf(message, sizeof(message), "parameter %s must be %s", p->name,
		gen_pkind_name(p->kind));
	report(ctx, GEN_PARAM_KIND, p->name, message);
	return 1;
}

/*
 * Some parameters are alternatives, of which one must be given. Returns the
 * name of the first of them where none is, with all their names in ${text} as a
 * list for people; NULL when one is given or there are no such parameters.
 */
static const char *none_given(
	const struct gen_param *spec, const msgpack_object *params, char *text, size_t size)
{
	const char *first = NULL;
	size_t n = 0;

	for (const struct gen_param *p = spec; p != NULL && p->name != NULL; p++) {
		if (p->need != GP_ONE_OF)
			continue;
		if (!absent(params) && !absent(mp_get(params, p->name)))
			return NULL;
		n += (size_t)snprintf(text + n, size - n, "%s%s", n > 0 ? " or " : "", p->name);
		assert(n < size);
		if (first == NULL)
			first = p->name;
	}
	return first;
}

/*
 * Reports every fault of the map, not only the first, so that a user can mend
 * them all; returns how many there are.
 */
int gen_check_params(const struct gen_param *spec, const msgpack_object *params,
	gen_param_report *report, void *ctx)
{
	char message[192], names[128];
	const char *one;
	int faults = 0;

	if (!absent(params) && params->type != MSGPACK_OBJECT_MAP) {
		report(ctx, GEN_PARAMS_NOT_MAP, NULL, "parameters must be an object");
		return 1;
	}
	if (!absent(params))
		for (uint32_t i = 0; i < params->via.map.size; i++)
			faults += check_entry(spec, &params->via.map.ptr[i], report, ctx);
	for (const struct gen_param *p = spec; p != NULL && p->name != NULL; p++) {
		const msgpack_object *o =
			p->need == GP_REQUIRED && !absent(params) ? mp_get(params, p->name) : NULL;

		if (p->need != GP_REQUIRED || !absent(o))
			continue;
		(void)snprintf(message, sizeof(message), "parameter %s is required (%s)", p->name,
			gen_pkind_name(p->kind));
		report(ctx, GEN_PARAM_MISSING, p->name, message);
		faults++;
	}
	if ((one = none_given(spec, params, names, sizeof(names))) != NULL) {
		(void)snprintf(message, sizeof(message), "parameter %s is required", names);
		report(ctx, GEN_PARAM_MISSING, one, message);
		faults++;
	}
	return faults;
}

/* ---- reading ------------------------------------------------------------------------ */

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
