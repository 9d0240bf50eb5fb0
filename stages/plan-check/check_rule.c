/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/check.h"

#include <string.h>

#include "common/generators/genreg.h"
#include "stages/plan-check/when.h"

/*
 * column_generator rules, in the order and with the stops the format says; what the earlier
 * tool did not look at (check_values.c, check_inputs.c) comes after, so that its findings
 * stay what they were.
 */

static const char *member(json_t *v, const char *key)
{
	return json_string_value(json_object_get(v, key));
}

static bool is_blank(const char *s)
{
	return s[strspn(s, " \t\r\n")] == '\0';
}

/* effective id, parameters and locale, and where the parameters stand */
static void read_generator(struct check *c, struct rule *r, json_t *v)
{
	json_t *gen = json_object_get(v, "generator"), *inner = json_object_get(gen, "params");
	json_t *outer = json_object_get(v, "params");
	bool has_inner = inner != NULL && !json_is_null(inner);

	r->given = r->id = json_is_string(gen) ? json_string_value(gen) : member(gen, "id");
	r->locale = member(gen, "locale");
	r->params = has_inner ? inner : json_is_null(outer) ? NULL : outer;
	r->pp = issue_path(&c->is, has_inner ? "%s/generator/params" : "%s/params", r->path);
	r->transforms = json_object_get(v, "transforms");
	r->when = member(v, "when");
	r->record = member(v, "record");
}

static void check_inputs(struct check *c, struct rule *r)
{
	json_t *list = json_object_get(r->params, "input_columns");
	const char *path = issue_path(&c->is, "%s/input_columns", r->pp);

	if (list == NULL)
		return;
	if (!json_is_array(list)) {
		RULE_ERROR(c, r, "invalid_input_columns", path, NULL, "must be an array of names");
		return;
	}
	for (size_t k = 0; k < json_array_size(list); k++) {
		const char *name = json_string_value(json_array_get(list, k));
		const char *at = issue_path(&c->is, "%s/%zu", path, k);

		if (name == NULL)
			RULE_ERROR(c, r, "invalid_input_columns", at, NULL,
				"must be the name of a column");
		else if (pg_column_named(r->t, name) == -1)
			RULE_ERROR(c, r, "unknown_input_column", at, NULL,
				"there is no column \"%s\" in \"%s.%s\"%s", name, r->t->schema,
				r->t->name, check_near_column(c, r->t, name));
	}
}

static void unknown_parent(struct check *c, struct rule *r, const char *key, const char *what)
{
	/* the pointer is that of the earlier tool, wherever the parameters are */
	RULE_ERROR(c, r, "unknown_parent_reference",
		issue_path(&c->is, "%s/params/%s", r->path, key), NULL, "there is no %s \"%s\"",
		what, member(r->params, key))
		->at = issue_path(&c->is, "%s/%s", r->pp, key);
}

static void check_parent(struct check *c, struct rule *r)
{
	static const char *const keys[] = {"parent_schema", "parent_table", "parent_column"};
	const struct pg_table *t;

	if (!rule_names_parent(r))
		return;
	if (r->params == NULL) {
		RULE_ERROR(c, r, "missing_parent_reference",
			issue_path(&c->is, "%s/params", r->path), NULL,
			"%s needs parent_schema, parent_table and parent_column", r->id);
		return;
	}
	for (size_t i = 0; i < 3; i++)
		if (member(r->params, keys[i]) == NULL) {
			RULE_ERROR(c, r, "missing_parent_reference",
				issue_path(&c->is, "%s/%s", r->pp, keys[i]), NULL,
				"%s needs %s, a string", r->id, keys[i]);
			return;
		}
	t = schema_table(c->schema, member(r->params, keys[0]), member(r->params, keys[1]));
	if (!schema_has_namespace(c->schema, member(r->params, keys[0])))
		unknown_parent(c, r, keys[0], "schema");
	else if (t == NULL)
		unknown_parent(c, r, keys[1], "table");
	else if (strchr(member(r->params, keys[2]), '.') == NULL && /* a path: check_inputs.c */
		 pg_column_named(t, member(r->params, keys[2])) == -1)
		unknown_parent(c, r, keys[2], "column");
}

static void check_transform_ids(struct check *c, struct rule *r)
{
	for (size_t j = 0; j < json_array_size(r->transforms); j++) {
		const char *id = member(json_array_get(r->transforms, j), "transform");
		const char *at = issue_path(&c->is, "%s/transforms/%zu/transform", r->path, j);

		if (is_blank(id)) {
			RULE_ERROR(
				c, r, "transform_empty_id", at, NULL, "the transform has no name");
			continue;
		}
		for (size_t k = 0; k < j; k++)
			if (strcmp(id, member(json_array_get(r->transforms, k), "transform")) ==
				0) {
				issue_add(&c->is, ISSUE_WARNING, "duplicate_transform", at, NULL,
					"\"%s\" is applied twice", id);
				break;
			}
	}
}

/* the rule of the column so far, in the table's list */
static struct rule **slot(struct check *c, const struct rule *r)
{
	struct requested *w = &c->requested[r->t->index];

	if (w->by_col == NULL)
		w->by_col = arena_array(c->a, (size_t)r->t->ncolumns + 1, sizeof(struct rule *));
	if (w->by_col == NULL) {
		c->is.failed = true;
		return NULL;
	}
	return &w->by_col[r->col];
}

/* the same id twice is accepted, the later one counts */
static bool is_duplicate(struct check *c, struct rule *r, const struct rule *first)
{
	if (first == NULL || !first->counts || strcmp(first->given, r->given) == 0)
		return false;
	RULE_ERROR(c, r, "duplicate_generator_rule", r->path, "keep one of them",
		"%s gives \"%s.%s.%s\" another generator, \"%s\"", first->path, r->t->schema,
		r->t->name, r->t->columns[r->col].name, first->given);
	return true;
}

/* steps 5 to 8; a rule that stops here still speaks for its column, though badly */
static void check_identity(struct check *c, struct rule *r)
{
	struct rule *none = NULL, **first = r->when != NULL ? &none : slot(c, r);

	if (first == NULL)
		return;
	if (is_blank(r->given)) {
		RULE_ERROR(c, r, "empty_generator_id", issue_path(&c->is, "%s/generator", r->path),
			NULL, "the generator has no id");
	} else if (r->params != NULL && !json_is_object(r->params)) {
		RULE_ERROR(c, r, "invalid_generator_params", r->pp, NULL, "must be an object");
	} else if (!is_duplicate(c, r, *first)) {
		r->counts = true;
		*first = r;
		check_transform_ids(c, r);
		check_rule_values(c, r);
		check_rule_inputs(c, r);
		if (r->when != NULL)
			when_check(c, r);
	}
	if (*first == NULL)
		*first = r;
}

void check_rule(struct check *c, size_t i, json_t *v)
{
	const char *schema = member(v, "schema"), *table = member(v, "table");
	struct rule *r = &c->rules[i];
	int col;

	read_generator(c, r, v);
	r->t = schema_table(c->schema, schema, table);
	if (r->t == NULL) {
		RULE_ERROR(c, r, "unknown_column_target", issue_path(&c->is, "%s/table", r->path),
			NULL, "there is no table \"%s.%s\"%s", schema, table,
			check_near_table(c, table));
		return;
	}
	if ((col = pg_column_named(r->t, member(v, "column"))) == -1) {
		RULE_ERROR(c, r, "unknown_column", issue_path(&c->is, "%s/column", r->path), NULL,
			"there is no column \"%s\" in \"%s.%s\"%s", member(v, "column"), schema,
			table, check_near_column(c, r->t, member(v, "column")));
		r->t = NULL;
		return;
	}
	r->col = (uint32_t)col;
	r->sound = true;
	check_inputs(c, r);
	check_parent(c, r);
	check_identity(c, r);
}
