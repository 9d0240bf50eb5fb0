/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/jsonschema_priv.h"

#include <math.h>
#include <string.h>

#include "common/base/str.h"

/* Keywords that look at one value. */

bool js_fail(struct js_walk *w, const char *path, const char *what)
{
	if (!w->quiet)
		issue_add(w->is, ISSUE_ERROR, "schema_violation", path, NULL, "%s", what);
	return false;
}

/* ---- types -------------------------------------------------------------- */

bool js_is_integer(json_t *v)
{
	return json_is_integer(v) ||
	       (json_is_real(v) && json_real_value(v) == floor(json_real_value(v)));
}

static bool has_type(json_t *v, const char *type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "object",
		[JSON_ARRAY] = "array",
		[JSON_STRING] = "string",
		[JSON_INTEGER] = "number",
		[JSON_REAL] = "number",
		[JSON_TRUE] = "boolean",
		[JSON_FALSE] = "boolean",
		[JSON_NULL] = "null",
	};

	if (strcmp(type, "integer") == 0)
		return js_is_integer(v);
	return strcmp(names[json_typeof(v)], type) == 0;
}

bool js_is_type_name(json_t *v)
{
	static const char *const names[] = {
		"object", "array", "string", "number", "integer", "boolean", "null"};

	for (size_t i = 0; json_is_string(v) && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], json_string_value(v)) == 0)
			return true;
	return false;
}

bool js_type(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	const char *list = "";

	(void)schema;
	if (json_is_string(k))
		return has_type(v, json_string_value(k)) ||
		       js_fail(w, path,
			       issue_path(w->is, "must be of type %s", json_string_value(k)));
	for (size_t i = 0; i < json_array_size(k); i++) {
		const char *type = json_string_value(json_array_get(k, i));

		if (has_type(v, type))
			return true;
		list = issue_path(w->is, "%s%s%s", list, i > 0 ? " or " : "", type);
	}
	return js_fail(w, path, issue_path(w->is, "must be of type %s", list));
}

/* ---- values ------------------------------------------------------------- */

static bool same_number(json_t *a, json_t *b)
{
	return json_is_integer(a) && json_is_integer(b)
		       ? json_integer_value(a) == json_integer_value(b)
		       : json_number_value(a) == json_number_value(b);
}

/* 1 and 1.0 are the same number, within arrays and objects too, which json_equal() denies. */
static bool same(json_t *a, json_t *b)
{
	const char *name;
	json_t *member;

	if (json_is_number(a) && json_is_number(b))
		return same_number(a, b);
	if (a == NULL || b == NULL || json_typeof(a) != json_typeof(b))
		return false;
	if (json_array_size(a) != json_array_size(b) || json_object_size(a) != json_object_size(b))
		return false;
	for (size_t i = 0; i < json_array_size(a); i++)
		if (!same(json_array_get(a, i), json_array_get(b, i)))
			return false;
	json_object_foreach(a, name, member)
	{
		if (!same(member, json_object_get(b, name)))
			return false;
	}
	return json_is_array(a) || json_is_object(a) || json_equal(a, b) != 0;
}

bool js_enum(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	(void)schema;
	for (size_t i = 0; i < json_array_size(k); i++)
		if (same(json_array_get(k, i), v))
			return true;
	return js_fail(w, path, "is none of the values allowed");
}

bool js_const(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	(void)schema;
	return same(k, v) || js_fail(w, path, "is not the value required");
}

/* A keyword that compares a number with a measure of the value: value - limit has the sign. */
struct measure {
	const char *name, *what;
	int sign;    /* -1: at most, 1: at least */
	bool strict; /* and not equal */
};

static bool measured(
	struct js_walk *w, const struct measure *m, double limit, double d, const char *path)
{
	double over = (d - limit) * m->sign;

	if (m->strict ? over > 0 : over >= 0)
		return true;
	return js_fail(w, path, issue_path(w->is, "%s %.15g", m->what, limit));
}

static bool check_number(
	struct js_walk *w, json_t *k, const struct measure *m, json_t *v, const char *path)
{
	return !json_is_number(v) ||
	       measured(w, m, json_number_value(k), json_number_value(v), path);
}

#define NUMBER(fn, text, sign, strict)                                                             \
	bool fn(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)         \
	{                                                                                          \
		static const struct measure m = {#fn, text, sign, strict};                         \
                                                                                                   \
		(void)schema;                                                                      \
		return check_number(w, k, &m, v, path);                                            \
	}
NUMBER(js_minimum, "must be at least", 1, false)
NUMBER(js_maximum, "must be at most", -1, false)
NUMBER(js_above, "must be more than", 1, true)
NUMBER(js_below, "must be less than", -1, true)

/* how many: of the characters, elements or members of a value of one type; -1 of another */
static double length_of(json_t *v, json_type type)
{
	if (json_typeof(v) != type)
		return -1;
	if (type == JSON_STRING)
		return (double)utf8_len(json_string_value(v), json_string_length(v));
	return (double)(type == JSON_ARRAY ? json_array_size(v) : json_object_size(v));
}

#define LENGTH(fn, type, text, sign)                                                               \
	bool fn(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)         \
	{                                                                                          \
		static const struct measure m = {#fn, text, sign, false};                          \
		double n = length_of(v, type);                                                     \
                                                                                                   \
		(void)schema;                                                                      \
		return n < 0 || measured(w, &m, json_number_value(k), n, path);                    \
	}
LENGTH(js_min_length, JSON_STRING, "must have characters: at least", 1)
LENGTH(js_max_length, JSON_STRING, "must have characters: at most", -1)
LENGTH(js_min_items, JSON_ARRAY, "must have elements: at least", 1)
LENGTH(js_max_items, JSON_ARRAY, "must have elements: at most", -1)
LENGTH(js_min_properties, JSON_OBJECT, "must have members: at least", 1)
LENGTH(js_max_properties, JSON_OBJECT, "must have members: at most", -1)

bool js_multiple(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	(void)schema;
	return !json_is_number(v) || fmod(json_number_value(v), json_number_value(k)) == 0 ||
	       js_fail(w, path,
		       issue_path(w->is, "must be a multiple of %.15g", json_number_value(k)));
}

pcre2_code *js_pattern_compile(const char *pattern)
{
	PCRE2_SIZE at;
	int error;

	return pcre2_compile(
		(PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &error, &at, NULL);
}

bool js_matches(const char *pattern, const char *text, size_t n)
{
	pcre2_code *code = js_pattern_compile(pattern);
	pcre2_match_data *data =
		code == NULL ? NULL : pcre2_match_data_create_from_pattern(code, NULL);
	bool yes = data != NULL && pcre2_match(code, (PCRE2_SPTR)text, n, 0, 0, data, NULL) >= 0;

	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return yes;
}

bool js_pattern(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	(void)schema;
	return !json_is_string(v) ||
	       js_matches(json_string_value(k), json_string_value(v), json_string_length(v)) ||
	       js_fail(w, path, issue_path(w->is, "must match %s", json_string_value(k)));
}

bool js_unique(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path)
{
	(void)schema;
	for (size_t i = 0; json_is_true(k) && i < json_array_size(v); i++)
		for (size_t j = 0; j < i; j++)
			if (same(json_array_get(v, i), json_array_get(v, j)))
				return js_fail(w, path, "has an element twice");
	return true;
}
