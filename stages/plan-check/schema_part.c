/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/schema_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/generators/genreg.h"
#include "common/generators/locale.h"
#include "stages/plan-check/schema_params.h"
#include "stages/plan-check/shape_int.h"

/*
 * The part of plans/plan.schema.json that is made: the ids of generators and transforms, the
 * parameters of each, the locales, and the members that a plan of version 0.3 may have.  Of a rule
 * the parameters stand beside the generator, in it, or are NULL; so each condition is needed in
 * three places.  Generators that take the same parameters share one.
 */

/* Generators with the same parameters. */
struct group {
	const struct gen_param *spec;
	bool lax;
	const char *name; /* of the definition of their parameters; NULL: they may have any */
	json_t *ids;
};

struct groups {
	struct group *v;
	size_t n;
};

/* In whose plans the rules are. */
enum version { V_BEFORE_03, V_03, V_CHOICE /* within derive.when */ };

/* ---- groups ------------------------------------------------------------------------------ */

/* What is asked of the parameters of an id. */
enum strictness { ANY, LAX, STRICT };

static struct group *group_of(
	struct groups *g, const struct gen_op *op, enum strictness how, struct arena *a)
{
	const struct gen_param *spec = how == ANY ? NULL : op->params;
	struct group *to;
	char name[160];

	for (size_t i = 0; i < g->n; i++)
		if (g->v[i].lax == (how == LAX) && g->v[i].spec == spec &&
			(g->v[i].name == NULL) == (how == ANY))
			return &g->v[i];
	to = &g->v[g->n++];
	*to = (struct group){.spec = spec, .lax = how == LAX, .ids = json_array()};
	(void)snprintf(name, sizeof(name), "params.%s%s", spec == NULL ? "none" : op->id,
		how == LAX ? ".lax" : "");
	if (how != ANY)
		to->name = arena_strdup(a, name);
	return to;
}

/* Names of plans 0.1.  One that stands for several ids comes first with one of them. */
static void collect_legacy(struct groups *g, struct arena *a)
{
	const char *name, *before = "";

	for (size_t i = 0; (name = genreg_legacy_name(i)) != NULL; before = name, i++) {
		const struct gen_op *op = genreg_find(genreg_legacy(name, GF_ANY));
		const char *next = genreg_legacy_name(i + 1);
		bool several = next != NULL && strcmp(next, name) == 0;

		if (op != NULL && strcmp(name, before) != 0)
			(void)json_array_append_new(group_of(g, op,
							    several	  ? ANY
							    : op->lenient ? LAX
									  : STRICT,
							    a)
							    ->ids,
				json_string(name));
	}
}

/* What rules of a version may name, and how strictly its parameters are checked. */
static int collect(struct groups *g, enum version v, struct arena *a)
{
	size_t n;
	const struct gen_op *const *all = genreg_list(a, &n);

	*g = (struct groups){.v = arena_array(a, 2 * n + 16, sizeof(*g->v))};
	if (all == NULL || g->v == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		bool lenient = all[i]->lenient && v != V_03;

		if (v == V_CHOICE && (genreg_find_plain(all[i]->id) == NULL || all[i]->aggregates))
			continue;
		(void)json_array_append_new(group_of(g, all[i],
						    !lenient	    ? STRICT
						    : v == V_CHOICE ? ANY
								    : LAX,
						    a)
						    ->ids,
			json_string(all[i]->id));
	}
	if (v == V_BEFORE_03)
		collect_legacy(g, a);
	return 0;
}

static json_t *all_ids(const struct groups *g)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < g->n; i++)
		(void)json_array_extend(ids, g->v[i].ids);
	return ids;
}

/* ---- conditions -------------------------------------------------------------------------- */

/* {"params": ...}, needed or not. */
static json_t *with_params(const struct group *g)
{
	if (schema_needs_params(g->spec))
		return json_pack("{s:[s], s:{s:o}}", "required", "params", "properties", "params",
			schema_refer(g->name));
	return json_pack("{s:{s:{s:[{s:s}, o]}}}", "properties", "params", "anyOf", "type", "null",
		schema_refer(g->name));
}

/* If the member ${at} is one of the ids, the parameters beside it are of their shape. */
static json_t *by_member(const struct groups *g, const char *at)
{
	json_t *all = json_array();

	for (size_t i = 0; i < g->n; i++)
		(void)json_array_append_new(
			all, json_pack("{s:{s:[s], s:{s:{s:O}}}, s:o}", "if", "required", at,
				     "properties", at, "enum", g->v[i].ids, "then",
				     with_params(&g->v[i])));
	return json_pack("{s:o}", "allOf", all);
}

/* If the id within the generator is one of the ids, the parameters beside the generator are. */
static json_t *by_generator_id(const struct groups *g)
{
	json_t *all = json_array();

	for (size_t i = 0; i < g->n; i++)
		(void)json_array_append_new(
			all, json_pack("{s:{s:{s:{s:{s:{s:O}}}}}, s:o}", "if", "properties",
				     "generator", "properties", "id", "enum", g->v[i].ids, "then",
				     with_params(&g->v[i])));
	return json_pack("{s:o}", "allOf", all);
}

/* The ids whose values are of this locale alone; NULL: of ids whose values no locale changes. */
static json_t *ids_of_locale(
	const struct gen_op *const *all, size_t n, const char *locale, json_t *only)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < n; i++) {
		const char *of = all[i]->locale;

		if (locale == NULL ? of == NULL : of != NULL && strcmp(of, locale) == 0)
			(void)json_array_append_new(ids, json_string(all[i]->id));
	}
	if (locale != NULL)
		(void)json_array_append_new(only, json_string(locale));
	return ids;
}

/* If the member ${at} is an id with one locale or none, the rule names no other. */
static json_t *locale_by_member(const char *at, struct arena *a)
{
	json_t *conditions = json_array();
	size_t n;
	const struct gen_op *const *all = genreg_list(a, &n);

	for (size_t i = 0; all != NULL && i <= locale_count(); i++) {
		const char *locale = i < locale_count() ? locale_at(i)->name : NULL;
		json_t *only = json_pack("[n]"), *ids = ids_of_locale(all, n, locale, only);

		(void)json_array_append_new(
			conditions, json_pack("{s:{s:[s], s:{s:{s:o}}}, s:{s:{s:{s:o}}}}", "if",
					    "required", at, "properties", at, "enum", ids, "then",
					    "properties", "locale", "enum", only));
	}
	return json_pack("{s:o}", "allOf", conditions);
}

/* A rule that fills a column. */
static json_t *column_rule(const struct groups *g, const char *beside, const char *within,
	const char *across, const char *locale)
{
	json_t *ids = all_ids(g);
	json_t *generator = json_pack("{s:[{s:O}, {s:s, s:{s:{s:o}, s:o}, s:[o]}]}", "anyOf",
		"enum", ids, "type", "object", "properties", "id", "enum", ids, "locale",
		schema_refer("locale"), "allOf", schema_refer(locale));
	json_t *then = json_pack("{s:{s:o, s:{s:o}}, s:{s:{s:{s:s}}}, s:o}", "properties",
		"generator", generator, "transforms", "items", schema_refer("transform"), "if",
		"properties", "generator", "type", "string", "then", schema_refer(beside));
	json_t *inner = json_pack("{s:{s:{s:{s:[s], s:{s:{s:{s:s}}}}}}, s:{s:{s:o}}, s:o}", "if",
		"properties", "generator", "required", "params", "properties", "params", "not",
		"type", "null", "then", "properties", "generator", schema_refer(within), "else",
		schema_refer(across));

	(void)json_object_set_new(then, "else", inner);
	return json_pack("{s:{s:[s], s:{s:{s:s}}}, s:o}", "if", "required", "type", "properties",
		"type", "const", "column_generator", "then", then);
}

/* ---- members that there are -------------------------------------------------------------- */

static json_t *members(const struct member *list);

static json_t *member_value(const struct member *m)
{
	json_t *all;

	if (m->kind == K_ARR)
		return json_pack("{s:o}", "items", member_value(m->sub));
	if (m->kind == K_OBJ || m->kind == K_GENERATOR)
		return members(m->sub);
	if (m->kind != K_RULE)
		return json_object();
	all = json_array();
	for (size_t i = 0; shape_rule_words[i] != NULL; i++)
		(void)json_array_append_new(
			all, json_pack("{s:{s:[s], s:{s:{s:s}}}, s:o}", "if", "required", "type",
				     "properties", "type", "const", shape_rule_words[i], "then",
				     members(shape_rules[i])));
	return json_pack("{s:o}", "allOf", all);
}

/* An object with these members, and no others. */
static json_t *members(const struct member *list)
{
	json_t *names = json_pack("[s]", "comment"), *properties = json_object();

	for (const struct member *m = list; m->name != NULL; m++) {
		json_t *v = member_value(m);

		(void)json_array_append_new(names, json_string(m->name));
		if (json_object_size(v) > 0)
			(void)json_object_set_new(properties, m->name, v);
		else
			json_decref(v);
	}
	return json_pack(
		"{s:{s:o}, s:o}", "propertyNames", "enum", names, "properties", properties);
}

/* ---- all --------------------------------------------------------------------------------- */

static void put(json_t *to, const char *name, json_t *v)
{
	(void)json_object_set_new(to, name, v);
}

/* The rules of a version, and the parameters that their generators take. */
static int put_version(json_t *to, enum version v, const char *suffix, struct arena *a)
{
	struct groups g;
	char name[4][64];

	if (collect(&g, v, a) == -1)
		return -1;
	for (size_t i = 0; i < g.n; i++)
		if (g.v[i].name != NULL && json_object_get(to, g.v[i].name) == NULL)
			put(to, g.v[i].name, schema_params(g.v[i].spec, g.v[i].lax));
	(void)snprintf(name[0], sizeof(name[0]), "beside_generator.%s", suffix);
	(void)snprintf(name[1], sizeof(name[1]), "within_generator.%s", suffix);
	(void)snprintf(name[2], sizeof(name[2]), "beside_object.%s", suffix);
	(void)snprintf(name[3], sizeof(name[3]), "rule.%s", suffix);
	put(to, name[0], by_member(&g, "generator"));
	if (v == V_CHOICE) {
		put(to, "rule_of_choice",
			json_pack("{s:s, s:[s], s:{s:{s:o}, s:{s:[s, s]}, s:o}, s:[o, o]}", "type",
				"object", "required", "generator", "properties", "generator",
				"enum", all_ids(&g), "params", "type", "object", "null", "locale",
				schema_refer("locale"), "allOf", schema_refer(name[0]),
				schema_refer("locale_of_choice")));
	} else {
		put(to, name[1], by_member(&g, "id"));
		put(to, name[2], by_generator_id(&g));
		put(to, name[3],
			column_rule(&g, name[0], name[1], name[2],
				v == V_03 ? "locale_of_id" : "locale_of_any"));
	}
	for (size_t i = 0; i < g.n; i++)
		json_decref(g.v[i].ids);
	return 0;
}

static int put_transforms(json_t *to, struct arena *a)
{
	size_t n;
	const struct transform_op *const *all = transformreg_list(a, &n);
	json_t *list = json_array(), *ids = json_array();

	if (all == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		char name[128];
		struct group g = {.spec = all[i]->params, .name = name};

		(void)snprintf(name, sizeof(name), "params.%s", all[i]->id);
		put(to, name, schema_params(all[i]->params, false));
		(void)json_array_append_new(ids, json_string(all[i]->id));
		(void)json_array_append_new(
			list, json_pack("{s:{s:{s:{s:s}}}, s:o}", "if", "properties", "transform",
				      "const", all[i]->id, "then", with_params(&g)));
	}
	put(to, "transform",
		json_pack("{s:{s:{s:o}}, s:o}", "properties", "transform", "enum", ids, "allOf",
			list));
	return 0;
}

static json_t *locales(void)
{
	json_t *names = json_array();

	for (size_t i = 0; i < locale_count(); i++)
		(void)json_array_append_new(names, json_string(locale_at(i)->name));
	(void)json_array_append_new(names, json_null());
	return json_pack("{s:o}", "enum", names);
}

static json_t *plan_of(const char *rule)
{
	return json_pack("{s:{s:{s:{s:o}}, s:{s:o}}}", "properties", "global", "properties",
		"locale", schema_refer("locale"), "rules", "items", schema_refer(rule));
}

/* What is of version 0.3. */
static json_t *before_0_3(void)
{
	json_t *rule = json_pack("{s:{s:{s:s}, s:{s:s}}}", "properties", "when", "type", "null",
		"record", "type", "null");

	return json_pack("{s:{s:{s:{s:{s:s}}}, s:{s:{s:{s:[s, n]}}}, s:{s:{s:{s:{s:[b, n]}}}}, "
			 "s:{s:o}}}",
		"properties", "global", "properties", "rows", "type", "null", "options",
		"properties", "on_impossible", "enum", "refuse", "targets", "items", "properties",
		"append", "enum", 0, "rules", "items", rule);
}

static int put_all(json_t *to, struct arena *a)
{
	put(to, "locale", locales());
	put(to, "locale_of_id", locale_by_member("id", a));
	put(to, "locale_of_choice", locale_by_member("generator", a));
	put(to, "locale_of_any", json_object());
	put(to, "plan_0_3",
		json_pack("{s:[o, o]}", "allOf", members(shape_plan), plan_of("rule.0_3")));
	put(to, "plan_before_0_3",
		json_pack("{s:[o, o]}", "allOf", before_0_3(), plan_of("rule.before_0_3")));
	return put_version(to, V_03, "0_3", a) == -1 ||
			       put_version(to, V_BEFORE_03, "before_0_3", a) == -1 ||
			       put_version(to, V_CHOICE, "choice", a) == -1 ||
			       put_transforms(to, a) == -1
		       ? -1
		       : 0;
}

int schema_part_print(struct err *e)
{
	struct arena a = ARENA_INIT;
	json_t *to = json_object(), *v;
	const char *key;
	int rc = to == NULL || put_all(to, &a) == -1 ? err_nomem(e) : 0;

	if (rc == 0)
		json_object_foreach(to, key, v)
		{
			char *text = v != NULL ? json_dumps(v, 0) : NULL;

			if (text == NULL)
				rc = err_nomem(e);
			else
				(void)printf("    \"%s\": %s\n", key, text);
			free(text);
		}
	if (rc == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		rc = err_sys(e, "standard output");
	json_decref(to);
	arena_free(&a);
	return rc;
}
