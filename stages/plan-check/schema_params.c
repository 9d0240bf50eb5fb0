/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/schema_params.h"

#include <stdint.h>
#include <string.h>

#include "common/base/err.h"
#include "common/io/json_read.h"

/*
 * Parameters as JSON Schema.  Draft 7 cannot compare two members: that min is not above max is
 * plan-check's alone to say.  Kinds that no generator changes are definitions that stand in
 * plans/plan.schema.json itself.
 */

json_t *schema_refer(const char *name)
{
	return json_pack("{s:s+}", "$ref", "#/definitions/", name);
}

/* The number that a bound is written as. */
static json_t *number(const char *text)
{
	struct err none = {.kind = ERR_NONE};

	return json_read_text(text, strlen(text), JSON_DECODE_ANY, NULL, &none);
}

/* Bounds, by the names that they have for this kind. */
static json_t *bounded(json_t *o, const struct gen_param *p, const char *least, const char *most)
{
	if (p->min != NULL)
		(void)json_object_set_new(o, least, number(p->min));
	if (p->max != NULL)
		(void)json_object_set_new(o, most, number(p->max));
	if (p->not_zero)
		(void)json_object_set_new(o, "not", json_pack("{s:i}", "const", 0));
	return o;
}

static json_t *words(const char *list)
{
	json_t *all = json_array();

	for (const char *p = list; *p != '\0';) {
		size_t n = strcspn(p, " ");

		(void)json_array_append_new(all, json_stringn(p, n));
		p += n + (p[n] == ' ');
	}
	return json_pack("{s:o}", "enum", all);
}

static json_t *duration(const struct gen_param *p)
{
	return schema_refer(p->min == NULL	       ? "duration"
			    : strcmp(p->min, "0") == 0 ? "duration_from_0"
						       : "duration_above_0");
}

/* A value of a parameter that is given. */
static json_t *value(const struct gen_param *p)
{
	static const char *const definitions[] = {
		[GP_DATE] = "date",
		[GP_TIME] = "time",
		[GP_TIMESTAMP] = "timestamp",
		[GP_CHOICES] = "choices",
		[GP_RULES] = "rules_of_choice",
		[GP_RULE] = "rule_of_choice",
		[GP_KEY] = "key",
		[GP_CONSTANT] = "constant",
		[GP_VALUES] = "values",
		[GP_WEIGHTS] = "weights",
		[GP_FRACTIONS] = "fractions",
		[GP_SINCE] = "since",
	};

	if (p->one_of != NULL)
		return words(p->one_of);
	switch (p->kind) {
	case GP_BOOL:
		return json_pack("{s:s}", "type", "boolean");
	case GP_INT:
		return bounded(json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum",
				       (json_int_t)INT64_MIN, "maximum", (json_int_t)INT64_MAX),
			p, "minimum", "maximum");
	case GP_FLOAT:
		return bounded(json_pack("{s:s}", "type", "number"), p, "minimum", "maximum");
	case GP_STRING:
		return bounded(json_pack("{s:s}", "type", "string"), p, "minLength", "maxLength");
	case GP_COLUMNS:
	case GP_PATHS:
		return bounded(
			json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", "string"), p,
			"minItems", "maxItems");
	case GP_DURATION:
		return duration(p);
	default:
		return schema_refer(definitions[p->kind]);
	}
}

/* null is as good as not given, but not where something must be. */
static json_t *or_null(const struct gen_param *p)
{
	if (p->need == GP_REQUIRED)
		return value(p);
	return json_pack("{s:[{s:s}, o]}", "anyOf", "type", "null", value(p));
}

/* {"required": [NAME, ...], ...}: all are given, and not as null. */
static json_t *are_given(const char *a, const char *b)
{
	json_t *o = json_pack(
		"{s:[s], s:{s:{s:{s:s}}}}", "required", a, "properties", a, "not", "type", "null");

	if (b == NULL)
		return o;
	(void)json_array_append_new(json_object_get(o, "required"), json_string(b));
	(void)json_object_set_new(
		json_object_get(o, "properties"), b, json_pack("{s:{s:s}}", "not", "type", "null"));
	return o;
}

/* What stands between parameters: one of several is needed; two exclude one another. */
static void add_pairs(json_t *o, const struct gen_param *spec)
{
	json_t *any = json_array(), *pairs = json_array();

	for (const struct gen_param *p = spec; p != NULL && p->name != NULL; p++) {
		if (p->need == GP_ONE_OF)
			(void)json_array_append_new(any, are_given(p->name, NULL));
		if (p->excludes != NULL)
			(void)json_array_append_new(pairs, are_given(p->name, p->excludes));
	}
	if (json_array_size(pairs) > 0)
		(void)json_object_set_new(o, "not", json_pack("{s:o}", "anyOf", pairs));
	else
		json_decref(pairs);
	if (json_array_size(any) > 0)
		(void)json_object_set_new(o, "anyOf", any);
	else
		json_decref(any);
}

/* What a lenient generator asks of one in an old plan: those of columns and of a parent that it has
 * to be told are checked by rules of their own. */
static json_t *lax_value(const struct gen_param *p)
{
	bool strict = p->kind == GP_COLUMNS || strncmp(p->name, "parent_", 7) == 0;

	if (strict && p->need == GP_REQUIRED)
		return value(p);
	return p->need == GP_REQUIRED ? json_pack("{s:{s:s}}", "not", "type", "null") : NULL;
}

json_t *schema_params(const struct gen_param *spec, bool lax)
{
	json_t *properties = json_object(), *required = json_array();
	json_t *o = json_pack("{s:s}", "type", "object");

	for (const struct gen_param *p = spec; p != NULL && p->name != NULL; p++) {
		json_t *v = lax ? lax_value(p) : or_null(p);

		if (v != NULL)
			(void)json_object_set_new(properties, p->name, v);
		if (p->need == GP_REQUIRED)
			(void)json_array_append_new(required, json_string(p->name));
	}
	if (lax && json_object_get(properties, "input_columns") == NULL)
		(void)json_object_set_new(properties, "input_columns",
			json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", "string"));
	(void)json_object_set_new(o, "properties", properties);
	(void)json_object_set_new(o, "required", required);
	if (!lax)
		(void)json_object_set_new(o, "additionalProperties", json_false());
	add_pairs(o, spec);
	return o;
}

bool schema_needs_params(const struct gen_param *spec)
{
	for (const struct gen_param *p = spec; p != NULL && p->name != NULL; p++)
		if (p->need != GP_OPTIONAL)
			return true;
	return false;
}
