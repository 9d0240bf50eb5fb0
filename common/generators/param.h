/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PARAM_H
#define COMMON_PARAM_H

#include <stdbool.h>
#include <stdint.h>

#include <msgpack.h>

#include "common/base/arena.h"
#include "common/base/vec.h"

/*
 * param: parameters of generators and transforms: which there are (a table each), what is wrong
 * with those that a plan gives, and their values.
 */

enum gen_pkind {
	GP_BOOL,
	GP_INT,
	GP_FLOAT,
	GP_STRING,
	GP_DATE,
	GP_TIME,
	GP_TIMESTAMP,
	GP_COLUMNS,
	GP_DURATION,
	GP_CHOICES,   /* an array of {value, weight}, at least one, weights above 0 */
	GP_RULES,     /* an array of {when, generator, params} */
	GP_RULE,      /* {generator, params} */
	GP_KEY,	      /* a constraint: its name, or an array of its columns */
	GP_CONSTANT,  /* a number, a string or null */
	GP_VALUES,    /* an array of strings, numbers or booleans, at least one */
	GP_WEIGHTS,   /* an array of numbers above 0 */
	GP_FRACTIONS, /* an array of numbers from 0 to below 1, at least one */
	GP_PATHS,     /* an array of names: columns, or fk_column.column of parents */
	GP_SINCE,     /* a date, or how long before the plan's date: a duration of "3y" kind */
};

/* Whether a parameter may be left out.  Of the parameters of one generator that are GP_ONE_OF, one
 * at least must be given. */
enum gen_need { GP_OPTIONAL = false, GP_REQUIRED = true, GP_ONE_OF };

/*
 * One parameter: what plan-check validates, and what plan.schema.json, the catalogue and the manual
 * say.  Fields that a row leaves out are 0: no bound.
 */
struct gen_param {
	const char *name;
	enum gen_pkind kind;
	enum gen_need need;
	const char *deflt; /* as text for people, or NULL */
	const char *help;
	/* Inclusive bounds of a number, "0" or "0.5".  GP_STRING: of its characters; GP_DURATION:
	 * "0" or "1", none below 0, or not 0 either. */
	const char *min, *max;
	const char *one_of;    /* GP_STRING: the values it may have, with a blank between them */
	const char *not_above; /* the name of the parameter that is the range's upper end */
	const char *excludes;  /* the name of a parameter that is not to be given beside it */
	bool not_zero;	       /* of a number */
};

/* what is wrong with a parameter */
enum gen_param_fault {
	GEN_PARAMS_NOT_MAP, /* the whole of them: name is NULL */
	GEN_PARAM_UNKNOWN,
	GEN_PARAM_KIND,
	GEN_PARAM_RANGE, /* of its kind, and none of the values it may have */
	GEN_PARAM_MISSING,
};

typedef void gen_param_report(
	void *ctx, enum gen_param_fault fault, const char *name, const char *message);

/**
 * gen_check_params(spec, params, report, ctx):
 * Hold ${params} (NULL or nil for none) against the table ${spec} (NULL for no parameters).
 * Everything wrong is reported, in the order of the map, then what is missing in the order of
 * the table; returns how many.  ${message} names the parameter and the kind it should have.
 */
int gen_check_params(const struct gen_param *spec, const msgpack_object *params,
	gen_param_report *report, void *ctx);

/** gen_param_named(spec, name): the parameter of that name, or NULL. */
const struct gen_param *gen_param_named(const struct gen_param *spec, const char *name);

/** gen_param_is(o, k): whether a value is of that kind. */
bool gen_param_is(const msgpack_object *o, enum gen_pkind k);

/** gen_pkind_name(k): "an integer", "a date (YYYY-MM-DD)" ... */
const char *gen_pkind_name(enum gen_pkind k);

/**
 * gen_arg_*(params, name, ...): the typed value of a parameter: true when it is there and of its
 * kind; else ${out} is untouched.  A timestamp with an offset is converted to UTC; times and
 * timestamps are microseconds, dates days.  A string is a copy in ${a}; NULL when memory is out.
 */
bool gen_arg_bool(const msgpack_object *params, const char *name, bool *out);
bool gen_arg_int(const msgpack_object *params, const char *name, int64_t *out);
bool gen_arg_float(const msgpack_object *params, const char *name, double *out);
bool gen_arg_string(
	const msgpack_object *params, const char *name, struct arena *a, const char **out);
bool gen_arg_date(const msgpack_object *params, const char *name, int64_t *out);
bool gen_arg_time(const msgpack_object *params, const char *name, int64_t *out);
bool gen_arg_timestamp(const msgpack_object *params, const char *name, int64_t *out);

/** gen_arg_duration(params, name, unit, out): "0d", "30d", "2h", "90m", "45s", "1d12h", "2w", "3y"
 * (a year is 365 days) or an integer of ${unit} microseconds; out in microseconds. */
bool gen_arg_duration(const msgpack_object *params, const char *name, int64_t unit, int64_t *out);

/** gen_arg_columns(params, name, max, a, out): an array of at most ${max} strings; how many,
 *  or -1 when it is absent or anything else. */
int gen_arg_columns(
	const msgpack_object *params, const char *name, int max, struct arena *a, const char **out);

/** gen_arg_since(params, name, today, out): a date, or a duration before the day ${today}, in whole
 *  days rounded down; out is a day. */
bool gen_arg_since(const msgpack_object *params, const char *name, int64_t today, int64_t *out);

/** gen_value_text(o, a, to): a string, boolean or number of a list as text, a number as PostgreSQL
 *  prints it.  1; 0: it is none of these; -1: memory is out.  The text of a string is that of
 *  ${o}. */
int gen_value_text(const msgpack_object *o, struct arena *a, struct vtext *to);

/** gen_arg_list(params, name, n): the elements of a parameter that is an array, or NULL. */
const msgpack_object *gen_arg_list(const msgpack_object *params, const char *name, uint32_t *n);

#endif
