/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/check.h"

#include <string.h>

#include "common/generators/gen_memo.h"
#include "common/generators/locale.h"
#include "common/schema/keyset.h"
#include "stages/plan-check/drift.h"
#include "stages/plan-check/narrow.h"
#include "stages/plan-check/polymorphic.h"

#define ERROR(c, ...)	issue_add(&(c)->is, ISSUE_ERROR, __VA_ARGS__)
#define WARNING(c, ...) issue_add(&(c)->is, ISSUE_WARNING, __VA_ARGS__)

static const char *member(json_t *v, const char *key)
{
	return json_string_value(json_object_get(v, key));
}

int check_open(struct check *c, json_t *plan, const struct schema *schema, struct arena *a)
{
	const char *version = member(plan, "plan_version");

	*c = (struct check){.plan = plan, .schema = schema, .a = a, .is = {.a = a}};
	c->tolerant = version == NULL || strcmp(version, "0.3") != 0;
	c->nrules = c->nwritten = json_array_size(json_object_get(plan, "rules"));
	c->rules = arena_array(a, c->nrules + 1, sizeof(*c->rules));
	c->requested = arena_array(a, (size_t)schema->ntables + 1, sizeof(*c->requested));
	c->except = arena_array(a, (size_t)schema->ntables + 1, sizeof(*c->except));
	c->memo = gen_memo_new(a);
	c->narrowed = narrow_room(schema, a);
	if (c->rules == NULL || c->requested == NULL || c->except == NULL || c->memo == NULL ||
		c->narrowed == NULL)
		return -1;
	return 0;
}

/* ---- schema_ref --------------------------------------------------------- */

/* Another state of the schema than the plan was made for: what is different, as far as the plan
 * tells. */
static void say_drift(struct check *c, json_t *columns, const char *have)
{
	struct drift *d;
	int n = drift_find(c->schema, columns, &d, c->a);
	const char *what = n > 0 ? drift_text(d, n, c->a) : "";

	if (n < 0)
		c->is.failed = true;
	ERROR(c, "schema_fingerprint_mismatch", "/schema_ref/schema_fingerprint",
		issue_path(&c->is,
			"plan-check --init --update PLAN keeps its rules, and adds some for what "
			"is new; or "
			"look "
			"what changed, and write \"%s\"",
			have),
		"the plan was made for another state of the schema%s%s", *what != '\0' ? ": " : "",
		*what != '\0'		  ? what
		: json_is_object(columns) ? ": constraints, defaults or indexes changed"
					  : "");
}

static void check_schema_ref(struct check *c)
{
	json_t *ref = json_object_get(c->plan, "schema_ref");
	const char *engine = member(ref, "engine"), *version = member(ref, "schema_version");
	const char *print = member(ref, "schema_fingerprint"), *have = c->schema->fingerprint;

	if (strcmp(engine, CHECK_ENGINE) != 0)
		ERROR(c, "engine_mismatch", "/schema_ref/engine",
			"write \"" CHECK_ENGINE "\", or introspect the database the plan is for",
			"the plan is for \"%s\", the schema is of \"" CHECK_ENGINE "\"", engine);
	if (strcmp(version, CHECK_SCHEMA_VERSION) != 0)
		ERROR(c, "schema_version_mismatch", "/schema_ref/schema_version",
			"write \"" CHECK_SCHEMA_VERSION "\"",
			"the plan is for schema version \"%s\", the schema has "
			"\"" CHECK_SCHEMA_VERSION "\"",
			version);
	if (print != NULL && have[0] == '\0')
		ERROR(c, "schema_fingerprint_missing", "/schema_ref/schema_fingerprint",
			"remove it from the plan, or run introspect again",
			"the plan has a fingerprint and the schema has none");
	else if (print != NULL && strcmp(print, have) != 0)
		say_drift(c, json_object_get(ref, "columns"), have);
	else if (print == NULL && have[0] != '\0')
		WARNING(c, "schema_fingerprint_not_set", "/schema_ref",
			issue_path(&c->is, "add \"schema_fingerprint\": \"%s\"", have),
			"the plan does not say which state of the schema it is for");
}

/* ---- targets ------------------------------------------------------------ */

static bool has_partitions(const struct schema *s, const struct pg_table *t)
{
	for (uint32_t i = 0; i < s->ntables; i++) {
		if (s->tables[i].parent == t && s->tables[i].partition_bound != NULL)
			return true;
	}
	return false;
}

/* A target that is left out for what it is, before anything is resolved. */
static void skip_target(struct check *c, const struct pg_table *t, const char *code,
	const char *path, const char *reason, const char *hint)
{
	struct exception *x = &c->except[t->index];

	if (!x->skipped)
		*x = (struct exception){.skipped = true,
			.code = code,
			.path = path,
			.reason = reason,
			.hint = hint};
}

static void check_target_kind(struct check *c, const struct pg_table *t, const char *path)
{
	static const struct {
		char kind;
		const char *what;
	} kinds[] = {{'v', "a view"}, {'m', "a materialized view"}, {'f', "a foreign table"}};
	const char *what = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == t->kind)
			what = kinds[i].what;
	if (t->kind == 'p' && !has_partitions(c->schema, t))
		what = "a partitioned table without partitions";
	if (t->kind == 'p' && t->ncons > 0 && t->cons[t->ncons - 1].expr != NULL &&
		strcmp(t->cons[t->ncons - 1].expr, "false") == 0) /* schema_partitions() */
		what = "partitioned by hash, and some remainders have no partition: any row may be "
		       "theirs";
	if (t->reserved != NULL)
		what = issue_path(&c->is, "%s: it is never filled", t->reserved);
	else if (what != NULL)
		what = issue_path(&c->is, "is %s%s", what,
			strchr(what, ':') == NULL ? ": it holds no rows of its own" : "");
	if (what == NULL)
		return;
	path = issue_path(&c->is, "%s/table", path);
	if (c->skips)
		skip_target(c, t, "target_not_fillable", path, issue_path(&c->is, "it %s", what),
			t->kind == 'p' ? "create the partitions, and introspect again"
				       : "take it out of the targets");
	else
		ERROR(c, "target_not_fillable", path, "take it out of the targets", "\"%s.%s\" %s",
			t->schema, t->name, what);
}

/* A target of no rows is a mistake, unless tables may be left out. */
static void no_rows(struct check *c, const struct pg_table *t, const char *path)
{
	static const char hint[] = "ask for one row or more, or remove the target";

	path = issue_path(&c->is, "%s/rows", path);
	if (!c->skips)
		ERROR(c, "rows_zero", path, hint, "a target of no rows");
	else if (t != NULL)
		skip_target(c, t, "rows_zero", path, "its target asks for no rows",
			"ask for one row or more");
}

static void check_target(struct check *c, json_t *v, const char *path)
{
	const char *schema = member(v, "schema"), *table = member(v, "table");
	uint64_t rows = (uint64_t)json_integer_value(json_object_get(v, "rows"));
	bool said = json_object_get(v, "rows") != NULL;
	struct pg_table *t;

	t = schema_table(c->schema, schema, table);
	if (said && rows == 0)
		no_rows(c, t, path);
	if (!schema_has_namespace(c->schema, schema)) {
		ERROR(c, "unknown_schema", issue_path(&c->is, "%s/schema", path), NULL,
			"there is no schema \"%s\"", schema);
		return;
	}
	if (t == NULL) {
		ERROR(c, "unknown_table", issue_path(&c->is, "%s/table", path), NULL,
			"there is no table \"%s\" in schema \"%s\"%s", table, schema,
			check_near_table(c, table));
		return;
	}
	if (t->filled) {
		issue_add(&c->is, ISSUE_WARNING, "target_left_alone", path, NULL,
			"\"%s.%s\" %s: no rows are made for it", t->schema, t->name, t->reserved);
		return;
	}
	check_target_kind(c, t, path);
	if (c->requested[t->index].target == NULL) {
		c->requested[t->index].target = path;
		c->requested[t->index].rows = rows;
		c->requested[t->index].rows_said = said;
		c->requested[t->index].append = json_is_true(json_object_get(v, "append"));
		if (c->requested[t->index].append && c->tolerant)
			ERROR(c, "append_needs_0_3", issue_path(&c->is, "%s/append", path),
				"write \"plan_version\": \"0.3\"",
				"plans before 0.3 do not add to rows that are there");
	}
}

/* a table named twice is told whether or not it exists */
static bool is_duplicate(json_t *targets, size_t i)
{
	json_t *v = json_array_get(targets, i);

	for (size_t k = 0; k < i; k++) {
		json_t *w = json_array_get(targets, k);

		if (strcmp(member(v, "table"), member(w, "table")) == 0 &&
			strcmp(member(v, "schema"), member(w, "schema")) == 0)
			return true;
	}
	return false;
}

static void check_targets(struct check *c)
{
	json_t *targets = json_object_get(c->plan, "targets");

	if (json_array_size(targets) == 0)
		ERROR(c, "targets_empty", "/targets", "name at least one table and its rows",
			"the plan has no targets");
	for (size_t i = 0; i < json_array_size(targets); i++) {
		json_t *v = json_array_get(targets, i);
		const char *path = issue_path(&c->is, "/targets/%zu", i);

		check_target(c, v, path);
		if (is_duplicate(targets, i) &&
			schema_has_namespace(c->schema, member(v, "schema")))
			ERROR(c, "duplicate_target", path, "keep one of them",
				"\"%s.%s\" is a target already", member(v, "schema"),
				member(v, "table"));
	}
}

/* ---- constraint_policy and foreign_key_strategy ------------------------- */

static bool has_constraint(const struct pg_table *t, enum pg_con_kind kind)
{
	for (uint32_t i = 0; i < t->ncons; i++)
		if (t->cons[i].kind == kind)
			return true;
	return false;
}

static bool has_not_null(const struct pg_table *t)
{
	for (uint32_t i = 0; i < t->ncolumns; i++)
		if (t->columns[i].not_null)
			return true;
	return false;
}

/* Unique indexes and exclusion constraints go by the policy of unique. */
static bool has_key(const struct pg_table *t, bool primary)
{
	for (uint32_t i = 0; i < t->nkeys; i++)
		if ((t->keys[i].kind == KEY_PRIMARY) == primary)
			return true;
	return false;
}

static bool has_kind(const struct pg_table *t, enum plan_policy_kind kind)
{
	switch (kind) {
	case PLAN_POLICY_NOT_NULL:
		return has_not_null(t);
	case PLAN_POLICY_PRIMARY_KEY:
		return has_key(t, true);
	case PLAN_POLICY_UNIQUE:
		return has_key(t, false);
	case PLAN_POLICY_FOREIGN_KEY:
		return has_constraint(t, PG_CON_FOREIGN);
	default:
		return has_constraint(t, PG_CON_CHECK);
	}
}

static int word_of(const char *word, const char *(*name)(int))
{
	for (int i = 0; name(i) != NULL; i++)
		if (strcmp(name(i), word) == 0)
			return i;
	return 0;
}

static const char *kind_name(int i)
{
	return plan_policy_kind_name((enum plan_policy_kind)i);
}

static const char *mode_name(int i)
{
	return plan_policy_name((enum plan_policy)i);
}

static void check_policy(struct check *c, const char *path, json_t *v)
{
	struct pg_table *t = schema_table(c->schema, member(v, "schema"), member(v, "table"));
	int kind = word_of(member(v, "constraint"), kind_name);
	enum plan_policy mode = (enum plan_policy)word_of(member(v, "mode"), mode_name);
	struct requested *w;

	if (t == NULL) {
		ERROR(c, "unknown_constraint_target", issue_path(&c->is, "%s/table", path), NULL,
			"there is no table \"%s.%s\"%s", member(v, "schema"), member(v, "table"),
			check_near_table(c, member(v, "table")));
		return;
	}
	w = &c->requested[t->index];
	if (w->policy_set[kind] != NULL && w->policy[kind] != mode) {
		ERROR(c, "duplicate_constraint_policy", path, "keep one of them",
			"%s says another mode for the same constraints", w->policy_set[kind]);
		return;
	}
	w->policy_set[kind] = path;
	w->policy[kind] = mode;
	if (!has_kind(t, (enum plan_policy_kind)kind))
		WARNING(c, "constraint_not_found", path, NULL,
			"\"%s.%s\" has no constraint of kind %s", t->schema, t->name,
			kind_name(kind));
}

static void check_strategy(struct check *c, const char *path, json_t *v)
{
	struct pg_table *t = schema_table(c->schema, member(v, "schema"), member(v, "table"));
	bool disable = strcmp(member(v, "mode"), "disable") == 0;
	json_t *options = json_object_get(c->plan, "options");
	struct requested *w;

	if (t == NULL) {
		ERROR(c, "unknown_fk_target", issue_path(&c->is, "%s/table", path), NULL,
			"there is no table \"%s.%s\"%s", member(v, "schema"), member(v, "table"),
			check_near_table(c, member(v, "table")));
		return;
	}
	w = &c->requested[t->index];
	if (w->fk_strategy != NULL && w->fk_disabled != disable) {
		ERROR(c, "duplicate_fk_strategy", path, "keep one of them",
			"%s says another mode for the same table", w->fk_strategy);
		return;
	}
	w->fk_strategy = path;
	w->fk_disabled = disable;
	if (!has_kind(t, PLAN_POLICY_FOREIGN_KEY))
		WARNING(c, "fk_strategy_without_fk", path, NULL, "\"%s.%s\" has no foreign key",
			t->schema, t->name);
	if (disable && !json_is_true(json_object_get(options, "allow_fk_disable")))
		WARNING(c, "fk_disable_without_flag", path,
			"set options.allow_fk_disable to true if that is meant",
			"foreign keys of \"%s.%s\" will not be filled from their parents",
			t->schema, t->name);
}

static void check_rules(struct check *c)
{
	json_t *rules = json_object_get(c->plan, "rules");

	for (size_t i = 0; i < c->nrules; i++) {
		json_t *v = json_array_get(rules, i);
		const char *path = i < c->nwritten ? issue_path(&c->is, "/rules/%zu", i)
						   : c->origin[i - c->nwritten];
		const char *type = member(v, "type");

		c->rules[i] = (struct rule){.path = path, .fk = UINT32_MAX};
		if (strcmp(type, "column_generator") == 0)
			check_rule(c, i, v);
		else if (strcmp(type, "constraint_policy") == 0)
			check_policy(c, path, v);
		else if (strcmp(type, "relationship") == 0)
			check_relationship(c, path, v);
		else if (strcmp(type, "polymorphic") == 0)
			; /* made into others already */
		else
			check_strategy(c, path, v);
	}
}

/* ---- rules_unsupported -------------------------------------------------- */

static void check_reference(struct check *c, const char *path, json_t *ref)
{
	const char *schema = member(ref, "schema"), *table = member(ref, "table");
	const char *column = member(ref, "column");
	struct pg_table *t = schema_table(c->schema, schema, table);

	if (!schema_has_namespace(c->schema, schema))
		WARNING(c, "unsupported_unknown_schema", issue_path(&c->is, "%s/schema", path),
			NULL, "there is no schema \"%s\"", schema);
	else if (t == NULL)
		WARNING(c, "unsupported_unknown_table", issue_path(&c->is, "%s/table", path), NULL,
			"there is no table \"%s\" in schema \"%s\"", table, schema);
	else if (column != NULL && pg_column_named(t, column) == -1)
		WARNING(c, "unsupported_unknown_column", issue_path(&c->is, "%s/column", path),
			NULL, "there is no column \"%s\" in \"%s.%s\"", column, schema, table);
}

static void check_unsupported(struct check *c)
{
	json_t *list = json_object_get(c->plan, "rules_unsupported");

	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *ref = json_object_get(json_array_get(list, i), "reference");

		if (json_is_object(ref))
			check_reference(
				c, issue_path(&c->is, "/rules_unsupported/%zu/reference", i), ref);
	}
}

/* Rows that are a default, and what to do about tables that cannot be filled. */
static void check_defaults(struct check *c)
{
	json_t *global = json_object_get(c->plan, "global"),
	       *rows = json_object_get(global, "rows");
	const char *word = member(json_object_get(c->plan, "options"), "on_impossible");
	const char *locale = member(global, "locale");

	c->locale_given = locale != NULL;
	c->locale = locale != NULL ? locale : CHECK_LOCALE;
	if (locale_find(c->locale) == NULL)
		check_no_locale(c, "/global/locale", c->locale);
	c->rows = (uint64_t)json_integer_value(rows);
	c->skips = word != NULL && strcmp(word, "skip") == 0;
	if (json_is_integer(rows) && c->rows == 0)
		ERROR(c, "rows_zero", "/global/rows", "leave it out, or say one row or more",
			"targets without rows would have none");
	if (c->tolerant && (json_is_integer(rows) || c->skips))
		ERROR(c, "defaults_need_0_3", c->skips ? "/options/on_impossible" : "/global/rows",
			"write \"plan_version\": \"0.3\"",
			"plans before 0.3 have no default of rows, and leave no table out");
}

void check_document(struct check *c)
{
	check_defaults(c);
	check_schema_ref(c);
	check_targets(c);
	polymorphic_expand(c);
	if (c->is.failed)
		return;
	check_rules(c);
	check_unsupported(c);
	check_cycles(c);
}
