/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a map of parameters. Each generator lists what it takes
 * (struct gen_param), so that unknown names, missing ones, wrong kinds and values
 * out of bounds are found in one place and said in the same words. Every fault is
 * reported, not only the first, so that a user can mend them all.
 */
#include "common/generators/param.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/base/num.h"
#include "common/base/str.h"
#include "common/io/msgpack.h"

/* What one check works on. */
struct params {
	const struct gen_param *spec;
	const msgpack_object *map; /* a map, or nothing is given */
	gen_param_report *report;
	void *ctx;
	int faults;
};

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
		[GP_DURATION] = "a duration (30d, 2h, 90m, 1d12h, 3y) or an integer",
		[GP_CHOICES] = "an array of {value, weight}",
		[GP_RULES] = "an array of {when, generator, params}",
		[GP_RULE] = "an object {generator, params}",
		[GP_KEY] = "a constraint's name, or an array of its columns",
		[GP_CONSTANT] = "a number, a string or null",
		[GP_VALUES] = "an array of strings, numbers or booleans",
		[GP_WEIGHTS] = "an array of numbers above 0",
		[GP_FRACTIONS] = "an array of numbers from 0 to below 1",
		[GP_PATHS] = "an array of names of columns (column, fk_column.column)",
		[GP_SINCE] = "a date (YYYY-MM-DD) or a duration before as_of (3y, 30d)",
	};

	return names[k];
}

/* A parameter that is null is as good as not given. */
static bool absent(const msgpack_object *o)
{
	return o == NULL || o->type == MSGPACK_OBJECT_NIL;
}

static const msgpack_object *given(const struct params *p, const char *name)
{
	const msgpack_object *o = absent(p->map) ? NULL : mp_get(p->map, name);

	return absent(o) ? NULL : o;
}

static void fault(
	struct params *p, enum gen_param_fault what, const char *name, const char *message)
{
	p->report(p->ctx, what, name, message);
	p->faults++;
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

/* ---- bounds ------------------------------------------------------------------------------ */

/*
 * What is held against the bounds of a parameter: its value, or how long a text
 * is. Dates and times are in the units of their kind. A duration counts as its
 * own number, whatever its unit: its bounds tell only what is below 0, and
 * whether 0 is allowed.
 */
static bool measure(const msgpack_object *params, const struct gen_param *q, double *out)
{
	const msgpack_object *o = mp_get(params, q->name);
	int64_t i = 0;

	switch (q->kind) {
	case GP_FLOAT:
		return gen_arg_float(params, q->name, out);
	case GP_INT:
		(void)gen_arg_int(params, q->name, &i);
		break;
	case GP_DURATION:
		(void)gen_arg_duration(params, q->name, 1, &i);
		break;
	case GP_DATE:
		(void)gen_arg_date(params, q->name, &i);
		break;
	case GP_TIME:
		(void)gen_arg_time(params, q->name, &i);
		break;
	case GP_TIMESTAMP:
		(void)gen_arg_timestamp(params, q->name, &i);
		break;
	case GP_COLUMNS:
	case GP_PATHS:
		i = (int64_t)o->via.array.size;
		break;
	case GP_STRING:
		i = (int64_t)utf8_len(o->via.str.ptr, o->via.str.size);
		break;
	default:
		return false;
	}
	*out = (double)i;
	return true;
}

/* Whether a text is one of the words of a list. */
static bool is_word(const char *list, const msgpack_object_str *s)
{
	for (const char *p = list; *p != '\0';) {
		size_t n = strcspn(p, " ");

		if (n == s->size && memcmp(p, s->ptr, n) == 0)
			return true;
		p += n + (p[n] == ' ');
	}
	return false;
}

/* Whether a value of its kind is one that the parameter may have; if not, what it must be. */
static bool in_range(const struct params *p, const struct gen_param *q, char *must, size_t size)
{
	const msgpack_object *o = given(p, q->name);
	const char *of = q->kind != GP_STRING			      ? ""
			 : q->min != NULL && strcmp(q->min, "1") == 0 ? " character"
								      : " characters";
	double v, bound;

	if (q->one_of != NULL) {
		str_any_of(q->one_of, must, size);
		return is_word(q->one_of, &o->via.str);
	}
	if (!measure(p->map, q, &v))
		return true;
	if (q->not_zero && !(v < 0 || v > 0)) {
		(void)snprintf(must, size, "other than 0");
		return false;
	}
	if (q->min != NULL && num_parse_f64(q->min, strlen(q->min), &bound) && v < bound) {
		(void)snprintf(must, size, "%s%s or more", q->min, of);
		return false;
	}
	if (q->max != NULL && num_parse_f64(q->max, strlen(q->max), &bound) && v > bound) {
		(void)snprintf(must, size, "%s%s or less", q->max, of);
		return false;
	}
	return true;
}

/* Two parameters that are the ends of a range. */
static void check_order(struct params *p, const struct gen_param *low)
{
	const struct gen_param *high = gen_param_named(p->spec, low->not_above);
	char message[192];
	double a, b;

	if (given(p, low->name) == NULL || given(p, high->name) == NULL ||
		!gen_param_is(given(p, low->name), low->kind) ||
		!gen_param_is(given(p, high->name), high->kind) || !measure(p->map, low, &a) ||
		!measure(p->map, high, &b) || a <= b)
		return;
	(void)snprintf(
		message, sizeof(message), "parameter %s is greater than %s", low->name, high->name);
	fault(p, GEN_PARAM_RANGE, low->name, message);
}

/* ---- the whole map ---------------------------------------------------------------- */

/* Checks one entry of the map. */
static void check_entry(struct params *p, const msgpack_object_kv *kv)
{
	char name[64], message[256], must[128];
	const struct gen_param *q;

	if (kv->key.type != MSGPACK_OBJECT_STR) {
		fault(p, GEN_PARAM_UNKNOWN, "", "a parameter's name must be a string");
		return;
	}
	q = spec_named(p->spec, kv->key.via.str.ptr, kv->key.via.str.size);
	(void)snprintf(name, sizeof(name), "%.*s",
		(int)(kv->key.via.str.size < 60 ? kv->key.via.str.size : 60), kv->key.via.str.ptr);
	if (q == NULL) {
		(void)snprintf(message, sizeof(message), "unknown parameter %s", name);
		fault(p, GEN_PARAM_UNKNOWN, name, message);
		return;
	}
	if (absent(&kv->val))
		return;
	if (!gen_param_is(&kv->val, q->kind)) {
		(void)snprintf(message, sizeof(message), "parameter %s must be %s", q->name,
			gen_pkind_name(q->kind));
		fault(p, GEN_PARAM_KIND, q->name, message);
		return;
	}
	if (!in_range(p, q, must, sizeof(must))) {
		(void)snprintf(message, sizeof(message), "parameter %s must be %s", q->name, must);
		fault(p, GEN_PARAM_RANGE, q->name, message);
	}
}

/*
 * Some parameters are alternatives, of which one must be given. Where none is,
 * the fault is at the first of them and names all.
 */
static void check_alternatives(struct params *p)
{
	const char *first = NULL;
	char message[192] = "parameter ";
	size_t n = strlen(message);

	for (const struct gen_param *q = p->spec; q != NULL && q->name != NULL; q++) {
		if (q->need != GP_ONE_OF)
			continue;
		if (given(p, q->name) != NULL)
			return;
		n += (size_t)snprintf(message + n, sizeof(message) - n, "%s%s",
			first != NULL ? " or " : "", q->name);
		assert(n < sizeof(message));
		if (first == NULL)
			first = q->name;
	}
	if (first == NULL)
		return;
	(void)snprintf(message + n, sizeof(message) - n, " is required");
	fault(p, GEN_PARAM_MISSING, first, message);
}

int gen_check_params(const struct gen_param *spec, const msgpack_object *params,
	gen_param_report *report, void *ctx)
{
	struct params p = {.spec = spec, .map = params, .report = report, .ctx = ctx};
	char message[192];

	if (!absent(params) && params->type != MSGPACK_OBJECT_MAP) {
		fault(&p, GEN_PARAMS_NOT_MAP, NULL, "parameters must be an object");
		return p.faults;
	}
	if (!absent(params))
		for (uint32_t i = 0; i < params->via.map.size; i++)
			check_entry(&p, &params->via.map.ptr[i]);
	for (const struct gen_param *q = spec; q != NULL && q->name != NULL; q++) {
		if (q->not_above != NULL)
			check_order(&p, q);
		if (q->excludes != NULL && given(&p, q->name) != NULL &&
			given(&p, q->excludes) != NULL) {
			(void)snprintf(message, sizeof(message),
				"parameters %s and %s exclude one another", q->name, q->excludes);
			fault(&p, GEN_PARAM_RANGE, q->name, message);
		}
		if (q->need != GP_REQUIRED || given(&p, q->name) != NULL)
			continue;
		(void)snprintf(message, sizeof(message), "parameter %s is required (%s)", q->name,
			gen_pkind_name(q->kind));
		fault(&p, GEN_PARAM_MISSING, q->name, message);
	}
	check_alternatives(&p);
	return p.faults;
}
