/* SPDX-License-Identifier: MIT */
#ifndef COMMON_GEN_JSON_FORM_H
#define COMMON_GEN_JSON_FORM_H

#include "common/generators/gen_json.h"
#include "common/generators/gen_native_json.h"

/* gen_json_form: a template of a json value as members, and those that checks ask for among them.
 */

enum { JSON_MEMBERS = 24 };

struct json_member {
	const char *key; /* NULL: the whole is no object */
	struct json_text text;
	const struct part *asked; /* NULL: ${text} */
	uint32_t use;		  /* the draw of ${asked} */
};

struct json_form {
	struct json_member m[JSON_MEMBERS];
	uint32_t n, max;
	bool array;
	uint32_t weight;
};

/* What is at hand while a generator is prepared. */
struct json_making {
	struct gen *g;
	const struct gen_column *c;
	struct json_reader r;
	struct native_build b;
	struct part root; /* what checks ask */
	struct json_state *s;
};

/** json_form_read(k, whole, f): a template as members, or as a whole where it is an array. */
int json_form_read(struct json_making *k, const char *whole, struct json_form *f);

/**
 * json_form_ask(k, f, p): the part takes the place of the member of its name, or becomes one more;
 * one that must not be there is taken out.  -1: an error, ERR_NO where nothing has what is asked.
 */
int json_form_ask(struct json_making *k, struct json_form *f, struct part *p);

#endif
