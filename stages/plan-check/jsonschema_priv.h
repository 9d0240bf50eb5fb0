/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_JSONSCHEMA_PRIV_H
#define PLAN_CHECK_JSONSCHEMA_PRIV_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "stages/plan-check/issue.h"

/* What the three files of jsonschema share. */

enum { JS_DEPTH = 64 };

struct js_walk {
	struct issues *is;
	json_t *root;
	bool quiet; /* only whether, not what */
	unsigned depth;
};

/* a keyword's value ${k} in ${schema} held against a value; false, and reported, if it fails */
typedef bool js_check(struct js_walk *w, json_t *k, json_t *schema, json_t *v, const char *path);

js_check js_type, js_enum, js_const, js_minimum, js_maximum, js_above, js_below, js_multiple;
js_check js_min_length, js_max_length, js_min_items, js_max_items, js_min_properties,
	js_max_properties, js_unique, js_pattern;

/* what the value of a keyword must be */
enum js_form {
	JS_ANY,
	JS_NUMBER,
	JS_ABOVE_0,
	JS_COUNT,
	JS_BOOLEAN,
	JS_PATTERN,
	JS_TYPES,
	JS_NAMES,
	JS_ARRAY,
	JS_SCHEMA,
	JS_SCHEMAS,
	JS_ITEMS, /* a schema, or an array of them */
	JS_MAP,	  /* schemas by name */
	JS_PATTERN_MAP,
};

struct js_keyword {
	const char *name;
	enum js_form form;
	js_check *check; /* NULL: it says nothing of values by itself */
};

/** js_keyword_named(name): or NULL. */
const struct js_keyword *js_keyword_named(const char *name);

/** js_resolve(w, ref): the schema that "#/definitions/..." names, or NULL. */
json_t *js_resolve(const struct js_walk *w, const char *ref);

bool js_fail(struct js_walk *w, const char *path, const char *what);
bool js_is_integer(json_t *v);
bool js_is_type_name(json_t *v);
pcre2_code *js_pattern_compile(const char *pattern);
bool js_matches(const char *pattern, const char *text, size_t n);

#endif
