/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/check.h"

#include <string.h>

#include "common/generators/genreg.h"
#include "common/generators/locale.h"
#include "common/io/json_pack.h"
#include "stages/plan-check/record.h"

/*
 * What a rule asks for: that the generator, its transforms and the locale exist, that the
 * column can take the values, and that parameters are of their kinds.
 */

const msgpack_object *check_pack(struct check *c, json_t *v)
{
	const msgpack_object *o = json_pack_value(v, c->a);

	c->is.failed = c->is.failed || o == NULL;
	return o;
}

bool rule_names_parent(const struct rule *r)
{
	const struct gen_op *op = genreg_find(r->id);
	const struct gen_param *p = op == NULL ? NULL : gen_param_named(op->params, "parent_table");

	return p != NULL && p->need == GP_REQUIRED;
}

/* ---- generator and locale ----------------------------------------------- */

/* What an old plan's name stands for in the rule's column. */
static const char *legacy_id(const struct rule *r)
{
	const struct pg_column *col = &r->t->columns[r->col];

	return genreg_legacy(r->given, gen_family(pg_base_of(col->type, col->typmod)));
}

const char *check_near_table(struct check *c, const char *table)
{
	const struct pg_table *t = schema_nearest(c->schema, table);

	return t == NULL ? "" : issue_path(&c->is, ": did you mean \"%s.%s\"?", t->schema, t->name);
}

const char *check_near_column(struct check *c, const struct pg_table *t, const char *column)
{
	const char *near = pg_column_nearest(t, column);

	return near == NULL ? "" : issue_path(&c->is, ": did you mean \"%s\"?", near);
}

static void find_generator(struct check *c, struct rule *r)
{
	const char *path = issue_path(&c->is, "%s/generator", r->path), *near, *legacy;

	if ((r->op = genreg_find_named(r->given)) != NULL)
		return;
	if (c->tolerant && (legacy = legacy_id(r)) != NULL) {
		r->id = legacy;
		if ((r->op = genreg_find(legacy)) != NULL)
			return;
	}
	near = genreg_nearest(r->given);
	RULE_ERROR(c, r, "unknown_generator_id", path,
		near == NULL ? NULL : issue_path(&c->is, "did you mean \"%s\"?", near),
		"there is no generator \"%s\"", r->given);
}

void check_no_locale(struct check *c, const char *path, const char *locale)
{
	char names[LOCALE_NAMES];

	issue_add(&c->is, ISSUE_ERROR, "unknown_locale", path,
		issue_path(&c->is, "use %s", locale_names(names)), "there is no locale \"%s\"",
		locale);
}

/*
 * A locale that changes nothing in the values of the rule's generator is refused, so that nobody
 * takes it for one that does. Plans of the earlier versions name locales everywhere: they are
 * warned.
 */
static void check_locale_matters(struct check *c, struct rule *r)
{
	const char *of = r->op->locale;

	if (genreg_has_locale(r->op, r->locale))
		return;
	if (!c->tolerant)
		r->sound = false;
	issue_add(&c->is, c->tolerant ? ISSUE_WARNING : ISSUE_ERROR, "locale_without_effect",
		issue_path(&c->is, "%s/generator/locale", r->path),
		of == NULL ? "leave it out" : "leave it out, or choose another generator",
		"\"%s.%s.%s\": values of %s are %s%s", r->t->schema, r->t->name,
		r->t->columns[r->col].name, r->id,
		of == NULL ? "the same in every locale" : "always of ", of == NULL ? "" : of);
}

/* A rule that says no locale has the plan's, or, where that says none, its generator's own. */
static void check_locale(struct check *c, struct rule *r)
{
	if (r->locale != NULL && r->op != NULL && locale_find(r->locale) != NULL)
		check_locale_matters(c, r);
	if (r->locale == NULL && !c->locale_given && r->op != NULL)
		r->locale = r->op->default_locale;
	if (r->locale == NULL || locale_find(r->locale) != NULL)
		return;
	r->sound = false;
	check_no_locale(c, issue_path(&c->is, "%s/generator/locale", r->path), r->locale);
}

static void check_column(struct check *c, struct rule *r)
{
	const struct pg_column *col = &r->t->columns[r->col];
	struct pg_base base = pg_base_of(col->type, col->typmod);

	if (col->generated != NULL)
		RULE_ERROR(c, r, "rule_on_generated_column", r->path,
			"remove the rule: the server computes the column",
			"\"%s.%s.%s\" is generated as %s", r->t->schema, r->t->name, col->name,
			col->generated);
	else if (r->op != NULL && (r->op->families & gen_family(base)) == 0)
		RULE_ERROR(c, r, "incompatible_generator", r->path, NULL,
			"%s cannot fill \"%s.%s.%s\" of type %s", r->id, r->t->schema, r->t->name,
			col->name, col->formatted);
}

/* ---- parameters --------------------------------------------------------- */

struct param_faults {
	struct check *c;
	struct rule *r;
	const char *code, *path;
	bool lenient;
};

static void param_fault(
	void *ctx, enum gen_param_fault fault, const char *name, const char *message)
{
	struct param_faults *f = ctx;
	struct issues *is = &f->c->is;
	const char *at = name == NULL ? f->path : issue_member(is, f->path, name);
	bool warn = f->lenient && fault != GEN_PARAM_MISSING && fault != GEN_PARAMS_NOT_MAP;

	if (issue_known(is, ISSUE_ERROR, at)) /* parents and inputs have codes of their own */
		return;
	if (name != NULL && strcmp(name, "input_columns") == 0 && fault == GEN_PARAM_KIND)
		return;
	if (!warn)
		f->r->sound = false;
	issue_add(is, warn ? ISSUE_WARNING : ISSUE_ERROR, f->code, at, NULL, "%s", message);
}

static void check_params(struct check *c, struct rule *r)
{
	struct param_faults f = {
		c, r, "invalid_generator_params", r->pp, c->tolerant && r->op->lenient};

	/* said already, and not worth a second error for each of its members */
	if (rule_names_parent(r) && !r->sound)
		return;
	gen_check_params(r->op->params, r->mp, param_fault, &f);
}

/* ---- transforms --------------------------------------------------------- */

static void check_null_rate_allowed(
	struct check *c, struct rule *r, json_t *params, const char *path)
{
	const struct pg_column *col = &r->t->columns[r->col];
	json_t *rate = json_object_get(params, "rate");
	double d = json_number_value(rate);
	const char *at = issue_path(&c->is, "%s/params/rate", path);

	if (!json_is_number(rate))
		return; /* its kind was checked */
	if (d > 0 && d <= 1 && pg_column_not_null(col))
		RULE_ERROR(c, r, "null_rate_on_not_null", at, "remove the transform",
			"\"%s.%s.%s\" is NOT NULL", r->t->schema, r->t->name, col->name);
}

static void check_transform(struct check *c, struct rule *r, json_t *v, const char *path)
{
	const char *id = json_string_value(json_object_get(v, "transform"));
	const struct transform_op *op = transformreg_find(id);
	json_t *params = json_object_get(v, "params");
	struct param_faults f = {
		c, r, "invalid_transform_params", issue_path(&c->is, "%s/params", path), false};
	const char *near;

	if (issue_known(&c->is, ISSUE_ERROR, issue_path(&c->is, "%s/transform", path)))
		return; /* it has no name */
	if (op == NULL) {
		near = transformreg_nearest(id);
		RULE_ERROR(c, r, "unknown_transform_id", issue_path(&c->is, "%s/transform", path),
			near == NULL ? NULL : issue_path(&c->is, "did you mean \"%s\"?", near),
			"there is no transform \"%s\"", id);
		return;
	}
	gen_check_params(
		op->params, params == NULL ? NULL : check_pack(c, params), param_fault, &f);
	if (op->nulls)
		check_null_rate_allowed(c, r, params, path);
}

bool check_makes_nulls(json_t *v)
{
	const struct transform_op *op =
		transformreg_find(json_string_value(json_object_get(v, "transform")));

	return op != NULL && op->nulls;
}

double check_null_rate(const struct rule *r)
{
	double stays = 1;
	bool has = false;

	for (size_t j = 0; j < json_array_size(r->transforms); j++) {
		json_t *v = json_array_get(r->transforms, j);

		if (!check_makes_nulls(v))
			continue;
		has = true;
		stays *= 1 -
			 json_number_value(json_object_get(json_object_get(v, "params"), "rate"));
	}
	return has ? 1 - stays : -1;
}

void check_rule_values(struct check *c, struct rule *r)
{
	find_generator(c, r);
	check_locale(c, r);
	if (r->params != NULL)
		r->mp = check_pack(c, r->params);
	if (r->record != NULL && r->op != NULL)
		record_rule(c, r);
	check_column(c, r);
	if (r->op != NULL)
		check_params(c, r);
	for (size_t j = 0; j < json_array_size(r->transforms); j++)
		check_transform(c, r, json_array_get(r->transforms, j),
			issue_path(&c->is, "%s/transforms/%zu", r->path, j));
}
