/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/jsonschema.h"

#include <string.h>

#include "stages/plan-check/jsonschema_priv.h"

static bool valid(struct js_walk *w, json_t *schema, json_t *v, const char *path);

/* ---- members and elements ----------------------------------------------- */

static bool check_required(
	struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	bool all = true;

	(void)schema;
	for (size_t i = 0; json_is_object(v) && i < json_array_size(k); i++) {
		const char *name = json_string_value(json_array_get(k, i));

		if (json_object_get(v, name) == NULL)
			all = js_fail(w, path, issue_path(w->is, "\"%s\" is missing", name));
	}
	return all;
}

static bool check_properties(
	struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	const char *name;
	json_t *member;
	bool all = true;

	(void)schema;
	if (!json_is_object(v))
		return true;
	json_object_foreach(v, name, member)
	{
		json_t *sub = json_object_get(k, name);

		if (sub != NULL && !valid(w, sub, member, issue_member(w->is, path, name)))
			all = false;
	}
	return all;
}

static bool by_pattern(json_t *patterns, const char *name)
{
	const char *pattern;
	json_t *sub;

	json_object_foreach(
		patterns, pattern, sub) if (js_matches(pattern, name, strlen(name))) return true;
	return false;
}

static bool check_patterns(
	struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	const char *name, *pattern;
	json_t *member, *sub;
	bool all = true;

	(void)schema;
	if (!json_is_object(v))
		return true;
	json_object_foreach(v, name, member)
	{
		json_object_foreach(k, pattern, sub)
		{
			if (js_matches(pattern, name, strlen(name)) &&
				!valid(w, sub, member, issue_member(w->is, path, name)))
				all = false;
		}
	}
	return all;
}

static bool check_others(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	json_t *known = json_object_get(schema, "properties");
	json_t *patterns = json_object_get(schema, "patternProperties");
	const char *name;
	json_t *member;
	bool all = true;

	if (!json_is_object(v))
		return true;
	json_object_foreach(v, name, member)
	{
		if (json_object_get(known, name) == NULL && !by_pattern(patterns, name) &&
			!valid(w, k, member, issue_member(w->is, path, name)))
			all = false;
	}
	return all;
}

static bool check_items(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	json_t *rest = json_object_get(schema, "additionalItems");
	bool all = true;

	for (size_t i = 0; i < json_array_size(v); i++) {
		json_t *sub = !json_is_array(k)	       ? k
			      : i < json_array_size(k) ? json_array_get(k, i)
						       : rest;

		if (sub != NULL &&
			!valid(w, sub, json_array_get(v, i), issue_path(w->is, "%s/%zu", path, i)))
			all = false;
	}
	return all;
}

/* ---- combinations ------------------------------------------------------- */

static size_t count_valid(struct js_walk *w, json_t *k, json_t *v, const char *path)
{
	struct js_walk quiet = *w;
	size_t n = 0;

	quiet.quiet = true;
	for (size_t i = 0; i < json_array_size(k); i++)
		n += valid(&quiet, json_array_get(k, i), v, path);
	return n;
}

static bool check_all(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	bool all = true;

	(void)schema;
	for (size_t i = 0; i < json_array_size(k); i++)
		if (!valid(w, json_array_get(k, i), v, path))
			all = false;
	return all;
}

static bool check_any(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	(void)schema;
	return count_valid(w, k, v, path) > 0 || js_fail(w, path, "is none of the forms allowed");
}

static bool check_one(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	size_t n = count_valid(w, k, v, path);

	(void)schema;
	if (n == 1)
		return true;
	return js_fail(w, path,
		n == 0 ? "is none of the forms allowed" : "is more than one of the forms allowed");
}

static bool check_not(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	struct js_walk quiet = *w;

	(void)schema;
	quiet.quiet = true;
	return !valid(&quiet, k, v, path) || js_fail(w, path, "has a form that is not allowed");
}

/* then, where the value is valid against if, else where it is not. */
static bool check_if(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	struct js_walk quiet = *w;
	json_t *next;

	quiet.quiet = true;
	next = json_object_get(schema, valid(&quiet, k, v, path) ? "then" : "else");
	return next == NULL || valid(w, next, v, path);
}

static bool check_names(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	const char *name;
	json_t *ignored;
	bool all = true;

	(void)schema;
	json_object_foreach(v, name, ignored)
	{
		json_t *text = json_string(name);

		if (text == NULL) {
			w->is->failed = true;
			return false;
		}
		if (!valid(w, k, text, path))
			all = false;
		json_decref(text);
	}
	return all;
}

/* ---- keywords ----------------------------------------------------------- */

static const struct js_keyword keywords[] = {
	{"type", JS_TYPES, js_type},
	{"enum", JS_ARRAY, js_enum},
	{"const", JS_ANY, js_const},
	{"minimum", JS_NUMBER, js_minimum},
	{"maximum", JS_NUMBER, js_maximum},
	{"exclusiveMinimum", JS_NUMBER, js_above},
	{"exclusiveMaximum", JS_NUMBER, js_below},
	{"multipleOf", JS_ABOVE_0, js_multiple},
	{"minLength", JS_COUNT, js_min_length},
	{"maxLength", JS_COUNT, js_max_length},
	{"minItems", JS_COUNT, js_min_items},
	{"maxItems", JS_COUNT, js_max_items},
	{"minProperties", JS_COUNT, js_min_properties},
	{"maxProperties", JS_COUNT, js_max_properties},
	{"uniqueItems", JS_BOOLEAN, js_unique},
	{"pattern", JS_PATTERN, js_pattern},
	{"required", JS_NAMES, check_required},
	{"properties", JS_MAP, check_properties},
	{"patternProperties", JS_PATTERN_MAP, check_patterns},
	{"additionalProperties", JS_SCHEMA, check_others},
	{"items", JS_ITEMS, check_items},
	{"additionalItems", JS_SCHEMA, NULL},
	{"allOf", JS_SCHEMAS, check_all},
	{"anyOf", JS_SCHEMAS, check_any},
	{"oneOf", JS_SCHEMAS, check_one},
	{"not", JS_SCHEMA, check_not},
	{"if", JS_SCHEMA, check_if},
	{"then", JS_SCHEMA, NULL},
	{"else", JS_SCHEMA, NULL},
	{"propertyNames", JS_SCHEMA, check_names},
	{"definitions", JS_MAP, NULL},
	{"$schema", JS_ANY, NULL},
	{"$id", JS_ANY, NULL},
	{"$comment", JS_ANY, NULL},
	{"title", JS_ANY, NULL},
	{"description", JS_ANY, NULL},
	{"default", JS_ANY, NULL},
	{"examples", JS_ANY, NULL},
	{"format", JS_ANY, NULL},
	{"readOnly", JS_ANY, NULL},
	{"writeOnly", JS_ANY, NULL},
};

const struct js_keyword *js_keyword_named(const char *name)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcmp(keywords[i].name, name) == 0)
			return &keywords[i];
	return NULL;
}

/* the schema a "#/definitions/..." names, or NULL */
json_t *js_resolve(const struct js_walk *w, const char *ref)
{
	json_t *at = w->root;

	if (*ref++ != '#')
		return NULL;
	while (at != NULL && *ref == '/') {
		char name[128];
		size_t n = strcspn(++ref, "/");

		if (n >= sizeof(name))
			return NULL;
		memcpy(name, ref, n);
		name[n] = '\0';
		at = json_object_get(at, name);
		ref += n;
	}
	return *ref == '\0' ? at : NULL;
}

static bool valid(struct js_walk *w, json_t *schema, json_t *v, const char *path)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref")), *name;
	bool all = true;
	json_t *k;

	if (json_is_boolean(schema))
		return json_is_true(schema) || js_fail(w, path, "is not allowed");
	if (w->depth == JS_DEPTH)
		return js_fail(w, path, "is nested too deep for the plan schema");
	w->depth++;
	if (ref != NULL) { /* in Draft 7 its neighbours are ignored */
		all = valid(w, js_resolve(w, ref), v, path);
	} else {
		json_object_foreach(schema, name, k)
		{
			const struct js_keyword *word = js_keyword_named(name);

			if (word != NULL && word->check != NULL &&
				!word->check(w, k, schema, v, path))
				all = false;
		}
	}
	w->depth--;
	return all;
}

void jsonschema_check(json_t *schema, json_t *value, struct issues *is)
{
	struct js_walk w = {.is = is, .root = schema};

	(void)valid(&w, schema, value, "");
}
