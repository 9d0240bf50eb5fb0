/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/shape.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "common/base/calendar.h"
#include "stages/plan-check/shape_int.h"

/*
 * The structure is data: what a reader of plans/plan.schema.json finds there stands here in
 * the same order.  A rule is a union told apart by its type; whatever is wrong inside one is
 * reported at the whole rule, the place in the text being exact.
 */

static const char *const kind_text[] = {
	[K_STR] = "a string",
	[K_WORD] = "a string",
	[K_UINT] = "an integer, 0 or more",
	[K_BOOL] = "true or false",
	[K_RATE] = "a number from 0 to 1",
	[K_DAY] = "a date, YYYY-MM-DD",
	[K_OBJ] = "an object",
	[K_MAP] = "an object",
	[K_ARR] = "an array",
	[K_RULE] = "an object",
	[K_GENERATOR] = "a generator id, or an object with its id",
};

static const char *const order_words[] = {"fk_toposort", NULL};
static const char *const constraint_words[] = {
	"check", "unique", "not_null", "primary_key", "foreign_key", NULL};
static const char *const policy_words[] = {"enforce", "warn", "ignore", NULL};
static const char *const strategy_words[] = {"respect", "disable", NULL};
static const char *const impossible_words[] = {"refuse", "skip", NULL};
const char *const shape_rule_words[] = {"column_generator", "constraint_policy",
	"foreign_key_strategy", "relationship", "polymorphic", NULL};
static const char *const order_of_rows_words[] = {"clustered", "shuffled", NULL};

static const struct member ref_members[] = {
	{"schema_version", K_STR, REQUIRED, NULL, NULL, 0},
	{"engine", K_STR, REQUIRED, NULL, NULL, 0},
	{"schema_fingerprint", K_STR, NULLABLE, NULL, NULL, 0},
	{"columns", K_MAP, NULLABLE, NULL, NULL, 0},
	{0},
};
static const struct member global_members[] = {
	{"locale", K_STR, NULLABLE, NULL, NULL, 0},
	{"as_of", K_DAY, NULLABLE, NULL, NULL, 0},
	{"rows", K_UINT, NULLABLE, NULL, NULL, 0},
	{0},
};
static const struct member strategy_members[] = {
	{"insert_order", K_WORD, NULLABLE, NULL, order_words, 0},
	{"batch_size", K_UINT, NULLABLE, NULL, NULL, UINT32_MAX},
	{0},
};
static const struct member target_members[] = {
	{"schema", K_STR, REQUIRED, NULL, NULL, 0},
	{"table", K_STR, REQUIRED, NULL, NULL, 0},
	{"rows", K_UINT, ONCE_REQUIRED, NULL, NULL, 0},
	{"append", K_BOOL, NULLABLE, NULL, NULL, 0},
	{"strategy", K_OBJ, NULLABLE, strategy_members, NULL, 0},
	{0},
};
static const struct member target_item[] = {{"", K_OBJ, 0, target_members, NULL, 0}};
static const struct member generator_members[] = {
	{"id", K_STR, REQUIRED, NULL, NULL, 0},
	{"locale", K_STR, NULLABLE, NULL, NULL, 0},
	{"params", K_ANY, NULLABLE, NULL, NULL, 0},
	{0},
};
static const struct member transform_members[] = {
	{"transform", K_STR, REQUIRED, NULL, NULL, 0},
	{"params", K_ANY, NULLABLE, NULL, NULL, 0},
	{0},
};
static const struct member transform_item[] = {{"", K_OBJ, 0, transform_members, NULL, 0}};
static const struct member guessed_members[] = {
	{"role", K_STR, REQUIRED, NULL, NULL, 0},
	{"why", K_STR, NULLABLE, NULL, NULL, 0},
	{"confidence", K_RATE, NULLABLE, NULL, NULL, 0},
	{0},
};
static const struct member column_rule[] = {
	{"type", K_WORD, REQUIRED, NULL, shape_rule_words, 0},
	{"schema", K_STR, REQUIRED, NULL, NULL, 0},
	{"table", K_STR, REQUIRED, NULL, NULL, 0},
	{"column", K_STR, REQUIRED, NULL, NULL, 0},
	{"generator", K_GENERATOR, REQUIRED, generator_members, NULL, 0},
	{"params", K_ANY, NULLABLE, NULL, NULL, 0},
	{"transforms", K_ARR, 0, transform_item, NULL, 0},
	{"when", K_STR, NULLABLE, NULL, NULL, 0},
	{"record", K_STR, NULLABLE, NULL, NULL, 0},
	{"guessed", K_OBJ, NULLABLE, guessed_members, NULL, 0},
	{0},
};
static const struct member policy_rule[] = {
	{"type", K_WORD, REQUIRED, NULL, shape_rule_words, 0},
	{"schema", K_STR, REQUIRED, NULL, NULL, 0},
	{"table", K_STR, REQUIRED, NULL, NULL, 0},
	{"constraint", K_WORD, REQUIRED, NULL, constraint_words, 0},
	{"mode", K_WORD, REQUIRED, NULL, policy_words, 0},
	{0},
};
static const struct member strategy_rule[] = {
	{"type", K_WORD, REQUIRED, NULL, shape_rule_words, 0},
	{"schema", K_STR, REQUIRED, NULL, NULL, 0},
	{"table", K_STR, REQUIRED, NULL, NULL, 0},
	{"mode", K_WORD, REQUIRED, NULL, strategy_words, 0},
	{0},
};
static const struct member name_item[] = {{"", K_STR, 0, NULL, NULL, 0}};
static const struct member relationship_rule[] = {
	{"type", K_WORD, REQUIRED, NULL, shape_rule_words, 0},
	{"schema", K_STR, REQUIRED, NULL, NULL, 0},
	{"table", K_STR, REQUIRED, NULL, NULL, 0},
	{"columns", K_ARR, NULLABLE, name_item, NULL, 0},
	{"constraint", K_STR, NULLABLE, NULL, NULL, 0},
	{"children_per_parent", K_ANY, NULLABLE, NULL, NULL, 0},
	{"pick", K_ANY, NULLABLE, NULL, NULL, 0},
	{"order", K_WORD, NULLABLE, NULL, order_of_rows_words, 0},
	{"cover", K_BOOL, NULLABLE, NULL, NULL, 0},
	{"null_rate", K_RATE, NULLABLE, NULL, NULL, 0},
	{"partial_nulls", K_RATE, NULLABLE, NULL, NULL, 0},
	{"where", K_STR, NULLABLE, NULL, NULL, 0},
	{"same", K_ANY, NULLABLE, NULL, NULL, 0},
	{"roots", K_ANY, NULLABLE, NULL, NULL, 0},
	{"max_depth", K_UINT, NULLABLE, NULL, NULL, UINT32_MAX},
	{"guessed", K_OBJ, NULLABLE, guessed_members, NULL, 0},
	{0},
};
static const char *const parent_pick_words[] = {"uniform", "round_robin", NULL};
static const struct member parent_members[] = {
	{"value", K_ANY, REQUIRED, NULL, NULL, 0},
	{"schema", K_STR, NULLABLE, NULL, NULL, 0},
	{"table", K_STR, REQUIRED, NULL, NULL, 0},
	{"column", K_STR, NULLABLE, NULL, NULL, 0},
	{"weight", K_UINT, NULLABLE, NULL, NULL, UINT32_MAX},
	{"pick", K_WORD, NULLABLE, NULL, parent_pick_words, 0},
	{0},
};
static const struct member parent_item[] = {{"", K_OBJ, 0, parent_members, NULL, 0}};
static const struct member polymorphic_rule[] = {
	{"type", K_WORD, REQUIRED, NULL, shape_rule_words, 0},
	{"schema", K_STR, REQUIRED, NULL, NULL, 0},
	{"table", K_STR, REQUIRED, NULL, NULL, 0},
	{"type_column", K_STR, REQUIRED, NULL, NULL, 0},
	{"id_column", K_STR, REQUIRED, NULL, NULL, 0},
	{"parents", K_ARR, REQUIRED, parent_item, NULL, 0},
	{"null_rate", K_RATE, NULLABLE, NULL, NULL, 0},
	{"guessed", K_OBJ, NULLABLE, guessed_members, NULL, 0},
	{0},
};
static const struct member untyped_rule[] = {
	{"type", K_WORD, REQUIRED, NULL, shape_rule_words, 0},
	{0},
};
const struct member *const shape_rules[] = {
	column_rule, policy_rule, strategy_rule, relationship_rule, polymorphic_rule};
static const struct member rule_item[] = {{"", K_RULE, 0, NULL, NULL, 0}};
static const struct member reference_members[] = {
	{"schema", K_STR, REQUIRED, NULL, NULL, 0},
	{"table", K_STR, REQUIRED, NULL, NULL, 0},
	{"column", K_STR, NULLABLE, NULL, NULL, 0},
	{0},
};
static const struct member unsupported_members[] = {
	{"description", K_STR, REQUIRED, NULL, NULL, 0},
	{"reason", K_STR, REQUIRED, NULL, NULL, 0},
	{"reference", K_OBJ, NULLABLE, reference_members, NULL, 0},
	{0},
};
static const struct member unsupported_item[] = {{"", K_OBJ, 0, unsupported_members, NULL, 0}};
static const struct member option_members[] = {
	{"strict", K_BOOL, NULLABLE, NULL, NULL, 0},
	{"allow_fk_disable", K_BOOL, NULLABLE, NULL, NULL, 0},
	{"null_rate", K_RATE, NULLABLE, NULL, NULL, 0},
	{"on_impossible", K_WORD, NULLABLE, NULL, impossible_words, 0},
	{0},
};
const struct member shape_plan[] = {
	{"$schema", K_STR, 0, NULL, NULL, 0},
	{"plan_version", K_STR, REQUIRED, NULL, NULL, 0},
	{"seed", K_UINT, REQUIRED, NULL, NULL, 0},
	{"schema_ref", K_OBJ, REQUIRED, ref_members, NULL, 0},
	{"global", K_OBJ, NULLABLE, global_members, NULL, 0},
	{"targets", K_ARR, REQUIRED, target_item, NULL, 0},
	{"rules", K_ARR, REQUIRED, rule_item, NULL, 0},
	{"rules_unsupported", K_ARR, 0, unsupported_item, NULL, 0},
	{"options", K_OBJ, NULLABLE, option_members, NULL, 0},
	{0},
};

static const char *const versions[] = {"0.1", "0.2", "0.3", NULL};

struct walk {
	struct issues *is;
	const char *rule;     /* pointer of the rule we are in, or NULL */
	const char *mistyped; /* first number that JSON Schema takes and the type does not hold */
	enum severity unknown;
	bool is_03;
};

static bool is_word(const char *const *words, const char *s)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, s) == 0)
			return true;
	return false;
}

static const char *list_words(struct issues *is, const char *const *words)
{
	const char *s = "";

	for (size_t i = 0; words[i] != NULL; i++)
		s = issue_path(is, "%s%s%s", s, i == 0 ? "" : ", ", words[i]);
	return s;
}

static void violation(struct walk *w, const char *path, const char *what)
{
	struct issue *i = issue_add(w->is, ISSUE_ERROR, "schema_violation",
		w->rule != NULL ? w->rule : path, NULL, "%s%s%s",
		w->rule != NULL && strcmp(w->rule, path) != 0 ? path + strlen(w->rule) + 1 : "",
		w->rule != NULL && strcmp(w->rule, path) != 0 ? ": " : "", what);

	i->at = path;
}

static void wrong_kind(struct walk *w, const struct member *m, const char *path)
{
	violation(w, path,
		issue_path(w->is, "must be %s%s", kind_text[m->kind],
			m->flags & NULLABLE ? ", or null" : ""));
}

static bool is_day(json_t *v)
{
	int64_t day;

	return json_is_string(v) && json_string_length(v) == 10 &&
	       cal_parse_date(json_string_value(v), 10, &day);
}

/* an integer as JSON Schema sees it; one with a fraction point, or beyond the type, is
 * remembered: it is refused once the structure has been found right */
static bool is_uint(struct walk *w, const struct member *m, json_t *v, const char *path)
{
	if (json_is_real(v)) {
		double d = json_real_value(v);

		if (d < 0 || d != floor(d))
			return false;
	} else if (!json_is_integer(v) || json_integer_value(v) < 0) {
		return false;
	}
	if (w->mistyped == NULL &&
		(json_is_real(v) || (m->max != 0 && (uint64_t)json_integer_value(v) > m->max)))
		w->mistyped = path;
	return true;
}

static bool scalar_ok(struct walk *w, const struct member *m, json_t *v, const char *path)
{
	switch (m->kind) {
	case K_STR:
	case K_WORD:
		return json_is_string(v);
	case K_UINT:
		return is_uint(w, m, v, path);
	case K_BOOL:
		return json_is_boolean(v);
	case K_RATE:
		return json_is_number(v) && json_number_value(v) >= 0 && json_number_value(v) <= 1;
	case K_DAY:
		return is_day(v);
	case K_MAP:
		return json_is_object(v);
	default:
		return true;
	}
}

static void walk_object(struct walk *w, const struct member *members, json_t *v, const char *path);

static void walk_rule(struct walk *w, json_t *v, const char *path)
{
	const char *type = json_string_value(json_object_get(v, "type"));
	const struct member *members = untyped_rule;

	for (size_t i = 0; type != NULL && shape_rule_words[i] != NULL; i++)
		if (strcmp(type, shape_rule_words[i]) == 0)
			members = shape_rules[i];
	w->rule = path;
	if ((members == relationship_rule || members == polymorphic_rule) && !w->is_03)
		violation(w, path,
			members == polymorphic_rule
				? "a polymorphic rule needs \"plan_version\": \"0.3\""
				: "a relationship rule needs \"plan_version\": \"0.3\"");
	else if (json_is_object(v))
		walk_object(w, members, v, path);
	else
		violation(w, path, "must be an object");
	w->rule = NULL;
}

static void walk_value(struct walk *w, const struct member *m, json_t *v, const char *path)
{
	if (json_is_null(v) && (m->flags & NULLABLE))
		return;
	if (m->kind == K_RULE) {
		walk_rule(w, v, path);
	} else if (m->kind == K_OBJ || (m->kind == K_GENERATOR && !json_is_string(v))) {
		if (json_is_object(v))
			walk_object(w, m->sub, v, path);
		else
			wrong_kind(w, m, path);
	} else if (m->kind == K_ARR) {
		if (!json_is_array(v))
			wrong_kind(w, m, path);
		for (size_t i = 0; i < json_array_size(v); i++)
			walk_value(w, m->sub, json_array_get(v, i),
				issue_path(w->is, "%s/%zu", path, i));
	} else if (!scalar_ok(w, m, v, path)) {
		wrong_kind(w, m, path);
	} else if (m->kind == K_WORD && !is_word(m->words, json_string_value(v))) {
		violation(w, path,
			issue_path(w->is, "must be one of %s", list_words(w->is, m->words)));
	}
}

static const struct member *member_named(const struct member *m, const char *name)
{
	for (; m->name != NULL; m++)
		if (strcmp(m->name, name) == 0)
			return m;
	return NULL;
}

static void walk_object(struct walk *w, const struct member *members, json_t *v, const char *path)
{
	const char *key;
	json_t *value;

	for (const struct member *m = members; m->name != NULL; m++)
		if ((m->flags & (w->is_03 ? REQUIRED : REQUIRED | ONCE_REQUIRED)) &&
			json_object_get(v, m->name) == NULL)
			violation(w, path, issue_path(w->is, "\"%s\" is missing", m->name));
	json_object_foreach(v, key, value)
	{
		const struct member *m = member_named(members, key);
		const char *at = issue_member(w->is, path, key);

		if (m != NULL)
			walk_value(w, m, value, at);
		else if (strcmp(key, "comment") != 0 && members != untyped_rule)
			issue_add(w->is, w->unknown, "unknown_key", at, NULL,
				"\"%s\" is not a member here", key);
	}
}

/* unknown keys do not keep a plan from being read, nor does its version */
static bool readable(const struct issues *is)
{
	for (size_t i = 0; i < is->n; i++)
		if (strcmp(is->v[i].code, "schema_violation") == 0)
			return false;
	return true;
}

bool shape_check(json_t *plan, struct issues *is)
{
	const char *version = json_string_value(json_object_get(plan, "plan_version"));
	struct walk w = {.is = is, .unknown = ISSUE_WARNING};

	if (!json_is_object(plan)) {
		issue_add(is, ISSUE_ERROR, "schema_violation", "", NULL, "must be an object");
		return false;
	}
	w.is_03 = version != NULL && strcmp(version, "0.3") == 0;
	if (w.is_03)
		w.unknown = ISSUE_ERROR;
	walk_object(&w, shape_plan, plan, "");
	if (!readable(is))
		return false;
	if (w.mistyped != NULL) {
		issue_add(is, ISSUE_ERROR, "invalid_plan_json", "", NULL,
			"%s must be written as an integer that its type can hold", w.mistyped)
			->at = w.mistyped;
		return false;
	}
	if (!is_word(versions, version))
		issue_add(is, ISSUE_ERROR, "unsupported_plan_version", "/plan_version",
			"this version reads plans 0.1, 0.2 and 0.3", "unknown plan version \"%s\"",
			version);
	return true;
}
