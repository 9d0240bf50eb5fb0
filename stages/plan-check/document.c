/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/document.h"

#include <string.h>

#include "common/base/digest.h"
#include "common/io/msgpack.h"

/* Members that stand as they are, in the order of the normal form. */
static const char *const ref_keys[] = {"schema_version", "schema_fingerprint", "engine", NULL};
static const char *const global_keys[] = {"locale", "as_of", "rows", NULL};
static const char *const strategy_keys[] = {"insert_order", "batch_size", NULL};
static const char *const policy_keys[] = {"type", "schema", "table", "constraint", "mode", NULL};
static const char *const fk_keys[] = {"type", "schema", "table", "mode", NULL};
static const char *const guess_keys[] = {"role", "why", "confidence", NULL};
static const char *const reference_keys[] = {"schema", "table", "column", NULL};
static const char *const option_keys[] = {
	"strict", "allow_fk_disable", "null_rate", "on_impossible", NULL};

static bool there(json_t *v)
{
	return v != NULL && !json_is_null(v);
}

static void put_value(struct buf *b, json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_STRING:
		mp_strn(b, json_string_value(v), json_string_length(v));
		return;
	case JSON_INTEGER:
		mp_int(b, json_integer_value(v));
		return;
	case JSON_REAL:
		mp_double(b, json_real_value(v));
		return;
	default:
		mp_bool(b, json_is_true(v));
	}
}

/* an object of plain values, those that are there */
static void put_members(struct buf *b, json_t *v, const char *const *keys)
{
	uint32_t n = 0;

	for (size_t i = 0; keys[i] != NULL; i++)
		n += there(json_object_get(v, keys[i]));
	mp_map(b, n);
	for (size_t i = 0; keys[i] != NULL; i++) {
		json_t *m = json_object_get(v, keys[i]);

		if (!there(m))
			continue;
		mp_str(b, keys[i]);
		put_value(b, m);
	}
}

static void put_object(struct buf *b, const char *key, json_t *v, const char *const *keys)
{
	mp_str(b, key);
	put_members(b, v, keys);
}

static const char *text(json_t *v, const char *key)
{
	return json_string_value(json_object_get(v, key));
}

/* rows as asked for on the command line, if they were */
static uint64_t rows_of(const struct plan *p, json_t *v)
{
	const struct plan_table *t = plan_table(p, text(v, "schema"), text(v, "table"));

	return t != NULL ? t->rows : (uint64_t)json_integer_value(json_object_get(v, "rows"));
}

static void put_targets(struct buf *b, struct check *c, const struct plan *p)
{
	json_t *list = json_object_get(c->plan, "targets");

	mp_str(b, "targets");
	mp_array(b, (uint32_t)json_array_size(list));
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *v = json_array_get(list, i), *strategy = json_object_get(v, "strategy");

		bool append = json_is_true(json_object_get(v, "append"));

		mp_map(b, 3 + append + there(strategy));
		mp_kstr(b, "schema", text(v, "schema"));
		mp_kstr(b, "table", text(v, "table"));
		mp_kuint(b, "rows", rows_of(p, v));
		if (append)
			mp_kbool(b, "append", true);
		if (there(strategy))
			put_object(b, "strategy", strategy, strategy_keys);
	}
}

static void put_transforms(struct buf *b, struct check *c, json_t *list)
{
	mp_str(b, "transforms");
	mp_array(b, (uint32_t)json_array_size(list));
	for (size_t j = 0; j < json_array_size(list); j++) {
		json_t *v = json_array_get(list, j), *params = json_object_get(v, "params");

		mp_map(b, 1 + there(params));
		mp_kstr(b, "transform", text(v, "transform"));
		if (there(params)) {
			mp_str(b, "params");
			mp_object(b, check_pack(c, params));
		}
	}
}

static void put_column_rule(struct buf *b, struct check *c, const struct rule *r, json_t *v)
{
	json_t *guessed = json_object_get(v, "guessed");
	bool transforms = json_array_size(r->transforms) > 0;

	mp_map(b, 5 + transforms + there(guessed));
	mp_kstr(b, "type", text(v, "type"));
	mp_kstr(b, "schema", text(v, "schema"));
	mp_kstr(b, "table", text(v, "table"));
	mp_kstr(b, "column", text(v, "column"));
	mp_str(b, "generator");
	mp_map(b, 1 + (r->locale != NULL) + (r->mp != NULL));
	mp_kstr(b, "id", r->id);
	if (r->locale != NULL)
		mp_kstr(b, "locale", r->locale);
	if (r->mp != NULL) {
		mp_str(b, "params");
		mp_object(b, r->mp);
	}
	if (transforms)
		put_transforms(b, c, r->transforms);
	if (there(guessed))
		put_object(b, "guessed", guessed, guess_keys);
}

/* as it was written, sorted by key */
static void put_relationship(struct buf *b, struct check *c, json_t *v)
{
	json_t *rule = json_copy(v);

	if (rule == NULL) {
		c->is.failed = true;
		return;
	}
	json_object_del(rule, "comment");
	mp_object(b, check_pack(c, rule));
	json_decref(rule);
}

static void put_rules(struct buf *b, struct check *c)
{
	json_t *list = json_object_get(c->plan, "rules");

	mp_str(b, "rules");
	mp_array(b, (uint32_t)c->nwritten);
	for (size_t i = 0; i < c->nwritten; i++) {
		json_t *v = json_array_get(list, i);

		if (strcmp(text(v, "type"), "relationship") == 0 ||
			strcmp(text(v, "type"), "polymorphic") == 0)
			put_relationship(b, c, v);
		else if (c->rules[i].t != NULL)
			put_column_rule(b, c, &c->rules[i], v);
		else if (json_object_get(v, "constraint") != NULL)
			put_members(b, v, policy_keys);
		else
			put_members(b, v, fk_keys);
	}
}

static void put_unsupported(struct buf *b, json_t *list)
{
	mp_str(b, "rules_unsupported");
	mp_array(b, (uint32_t)json_array_size(list));
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *v = json_array_get(list, i), *ref = json_object_get(v, "reference");

		mp_map(b, 2 + there(ref));
		mp_kstr(b, "description", text(v, "description"));
		mp_kstr(b, "reason", text(v, "reason"));
		if (there(ref))
			put_object(b, "reference", ref, reference_keys);
	}
}

void document_pack(struct buf *b, struct check *c, const struct plan *p)
{
	json_t *global = json_object_get(c->plan, "global");
	json_t *unsupported = json_object_get(c->plan, "rules_unsupported");
	json_t *options = json_object_get(c->plan, "options");
	bool any = json_array_size(unsupported) > 0;
	char digest[2 * SHA256_BYTES + 1];
	size_t from;

	mp_map(b, 7 + there(global) + any + there(options));
	from = b->n;
	mp_kstr(b, "plan_version", p->version);
	mp_kuint(b, "seed", p->seed);
	put_object(b, "schema_ref", json_object_get(c->plan, "schema_ref"), ref_keys);
	if (there(global))
		put_object(b, "global", global, global_keys);
	put_targets(b, c, p);
	put_rules(b, c);
	if (any)
		put_unsupported(b, unsupported);
	if (there(options))
		put_object(b, "options", options, option_keys);
	mp_str(b, "resolved");
	plan_pack(b, p);
	if (buf_ok(b)) {
		digest_sha256_hex(b->p + from, b->n - from, digest);
		mp_kstr(b, "digest", digest);
	}
}
