/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/jsonschema.h"

#include "stages/plan-check/jsonschema_priv.h"

/* Holding a schema against what we understand of Draft 7. */

static bool compile(struct js_walk *w, json_t *schema, const char *path);

static bool bad_schema(struct js_walk *w, const char *path, const char *what)
{
	issue_add(w->is, ISSUE_ERROR, "schema_validation_error", "", NULL,
		"the plan schema%s%s: %s", *path == '\0' ? "" : " at ", path, what);
	return false;
}

static bool compile_list(struct js_walk *w, json_t *k, const char *path)
{
	bool all = json_array_size(k) > 0 || bad_schema(w, path, "must be an array of schemas");

	for (size_t i = 0; i < json_array_size(k); i++)
		if (!compile(w, json_array_get(k, i), issue_path(w->is, "%s/%zu", path, i)))
			all = false;
	return all;
}

static bool compile_regex(struct js_walk *w, const char *pattern, const char *path)
{
	pcre2_code *code = pattern == NULL ? NULL : js_pattern_compile(pattern);

	if (code == NULL)
		return bad_schema(w, path, "must be a regular expression");
	pcre2_code_free(code);
	return true;
}

static bool compile_map(struct js_walk *w, json_t *k, bool patterns, const char *path)
{
	const char *name;
	json_t *sub;
	bool all = json_is_object(k) || bad_schema(w, path, "must be an object of schemas");

	json_object_foreach(k, name, sub)
	{
		const char *at = issue_member(w->is, path, name);

		if ((patterns && !compile_regex(w, name, at)) || !compile(w, sub, at))
			all = false;
	}
	return all;
}

static bool is_string(json_t *v)
{
	return json_is_string(v);
}

static bool is_count(json_t *v)
{
	return js_is_integer(v) && json_number_value(v) >= 0;
}

static bool all_are(json_t *list, bool (*is)(json_t *))
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!is(json_array_get(list, i)))
			return false;
	return json_is_array(list);
}

static bool compile_keyword(
	struct js_walk *w, const struct js_keyword *word, json_t *k, const char *path)
{
	switch (word->form) {
	case JS_ANY:
		return true;
	case JS_NUMBER:
		return json_is_number(k) || bad_schema(w, path, "must be a number");
	case JS_ABOVE_0:
		return (json_is_number(k) && json_number_value(k) > 0) ||
		       bad_schema(w, path, "must be a number above 0");
	case JS_COUNT:
		return is_count(k) || bad_schema(w, path, "must be an integer, 0 or more");
	case JS_BOOLEAN:
		return json_is_boolean(k) || bad_schema(w, path, "must be true or false");
	case JS_PATTERN:
		return compile_regex(w, json_string_value(k), path);
	case JS_TYPES:
		return js_is_type_name(k) || all_are(k, js_is_type_name) ||
		       bad_schema(w, path, "must be the name of a type, or an array of them");
	case JS_NAMES:
		return all_are(k, is_string) || bad_schema(w, path, "must be an array of names");
	case JS_ARRAY:
		return json_is_array(k) || bad_schema(w, path, "must be an array");
	case JS_SCHEMA:
		return compile(w, k, path);
	case JS_SCHEMAS:
		return compile_list(w, k, path);
	case JS_ITEMS:
		return json_is_array(k) ? compile_list(w, k, path) : compile(w, k, path);
	case JS_MAP:
	case JS_PATTERN_MAP:
		return compile_map(w, k, word->form == JS_PATTERN_MAP, path);
	}
	return true;
}

static bool compile(struct js_walk *w, json_t *schema, const char *path)
{
	json_t *ref = json_object_get(schema, "$ref"), *k;
	const char *name;
	bool all = true;

	if (json_is_boolean(schema))
		return true;
	if (!json_is_object(schema))
		return bad_schema(w, path, "must be an object, true or false");
	if (ref != NULL)
		return (json_is_string(ref) && js_resolve(w, json_string_value(ref)) != NULL) ||
		       bad_schema(w, path, "$ref must be the place of a schema in this file");
	json_object_foreach(schema, name, k)
	{
		const struct js_keyword *word = js_keyword_named(name);
		const char *at = issue_member(w->is, path, name);

		if (word == NULL)
			all = bad_schema(w, at, "is no keyword we know");
		else if (!compile_keyword(w, word, k, at))
			all = false;
	}
	return all;
}

bool jsonschema_compile(json_t *schema, struct issues *is)
{
	struct js_walk w = {.is = is, .root = schema};

	return compile(&w, schema, "");
}
