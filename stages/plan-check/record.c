/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/record.h"

#include <string.h>

#include "common/generators/genreg.h"
#include "common/io/msgpack.h"

static bool comes_before(const msgpack_object *key, const char *name)
{
	size_t n = strlen(name), m = key->via.str.size;
	int d = memcmp(key->via.str.ptr, name, m < n ? m : n);

	return d < 0 || (d == 0 && m < n);
}

/* The rule's parameters, and the record's name at its place among them. */
static const msgpack_object *with_record(struct check *c, const struct rule *r)
{
	static const char name[] = "record";
	uint32_t n = r->mp != NULL ? r->mp->via.map.size : 0, at = 0;
	msgpack_object *o = arena_alloc(c->a, sizeof(*o));
	msgpack_object_kv *kv = arena_array(c->a, n + 1UL, sizeof(*kv));

	if (o == NULL || kv == NULL) {
		c->is.failed = true;
		return NULL;
	}
	while (at < n && comes_before(&r->mp->via.map.ptr[at].key, name))
		at++;
	for (uint32_t i = 0; i < n; i++)
		kv[i + (i >= at)] = r->mp->via.map.ptr[i];
	kv[at] = (msgpack_object_kv){mp_object_str(name), mp_object_str(r->record)};
	*o = (msgpack_object){.type = MSGPACK_OBJECT_MAP, .via.map = {.size = n + 1, .ptr = kv}};
	return o;
}

/*
 * A document's number agrees with anybody. Where the rule leaves open how it is written, and no
 * rows have such numbers yet, it is the record's, so that other columns can have the same.
 */
static const char *number_facet(const struct check *c, const struct rule *r)
{
	const char *facet = genreg_facet_number(r->id);
	bool plain = r->mp == NULL || r->mp->via.map.size == 0;

	return plain && !c->requested[r->t->index].append ? facet : NULL;
}

void record_rule(struct check *c, struct rule *r)
{
	const char *facet = genreg_facet(r->id), *path = issue_path(&c->is, "%s/record", r->path);

	if (c->tolerant) {
		RULE_ERROR(c, r, "record_needs_version", path, "write \"plan_version\": \"0.3\"",
			"records are of plan version 0.3");
		return;
	}
	if (json_object_get(r->params, "record") != NULL) {
		RULE_ERROR(c, r, "record_twice", path, "keep one of them",
			"the record is named by the rule and among its parameters");
		return;
	}
	if (facet == NULL) {
		RULE_ERROR(c, r, "record_unknown", path,
			"leave the record out, or use one of the generators record.*",
			"values of %s have nothing that other columns could agree with", r->id);
		return;
	}
	if (strcmp(facet, r->id) == 0 && gen_param_named(r->op->params, "record") == NULL &&
		(facet = number_facet(c, r)) == NULL)
		return;
	/* what the generator is always made for, its counterpart is made for here */
	if (r->locale == NULL && r->op->locale != NULL && strcmp(r->op->locale, GEN_LOCALES) != 0)
		r->locale = r->op->locale;
	r->id = facet;
	r->op = genreg_find(facet);
	r->mp = with_record(c, r);
}
