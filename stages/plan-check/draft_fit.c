/* SPDX-License-Identifier: MIT */
/*
 * The rules of roles as those of columns. Labels that a column has no room for. Of a role's labels
 * those that fit are kept; where too few do, a column of a few letters has their initials (F and J
 * of fisica and juridica), and a wider one their first words. A default says how labels are written
 * (PENDING), and is one of them.
 */
#include "stages/plan-check/draft.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/io/json_read.h"

enum { INITIALS = 3, ENOUGH = 2, SHORTEST = 3 };

/* The role's first rule from number ${i} on that is for the draft's locale; NULL: there is none. */
static const struct role_rule *rule_from(const struct draft *d, const struct role *role, int i)
{
	for (; role != NULL && i < ROLE_RULES && role->rules[i].generator != NULL; i++)
		if (role->rules[i].locale == NULL || strcmp(role->rules[i].locale, d->locale) == 0)
			return &role->rules[i];
	return NULL;
}

const struct role_rule *draft_rule_for(const struct draft *d, const struct role *role)
{
	return rule_from(d, role, 0);
}

static const struct role_rule *rule_after(
	const struct draft *d, const struct role *role, const struct role_rule *rule)
{
	return rule_from(d, role, (int)(rule - role->rules) + 1);
}

json_t *draft_params(struct draft *d, const struct role_rule *rule)
{
	struct err none = {.kind = ERR_NONE};
	json_t *params;

	if (rule->params == NULL)
		return NULL;
	params = json_read_text(rule->params, strlen(rule->params), 0, NULL, &none);
	d->failed = d->failed || params == NULL;
	return params;
}

static const char *label_at(const json_t *list, size_t i)
{
	return json_string_value(json_object_get(json_array_get(list, i), "value"));
}

static bool has_room(const char *text, uint32_t limit)
{
	return utf8_len(text, strlen(text)) <= limit;
}

/* How many of the labels fit. */
static size_t count_fitting(const json_t *list, uint32_t limit)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++)
		n += label_at(list, i) != NULL && has_room(label_at(list, i), limit);
	return n;
}

/* The first letters of the label in capitals; empty: they are not of ASCII. */
static void initials_of(const char *label, uint32_t limit, char to[INITIALS + 1])
{
	uint32_t n = 0;

	for (; n < limit && isalnum((unsigned char)label[n]); n++)
		to[n] = (char)toupper((unsigned char)label[n]);
	to[n == limit ? n : 0] = '\0';
}

/* How many bytes of the label are whole words that fit; 0: not one is. */
static size_t words_that_fit(const char *label, uint32_t limit)
{
	static const char idle[] =
		"of the a an in to by for de da do e em com por para um uma the ";
	size_t end = 0;

	for (const char *p = label; *p != '\0'; p++) {
		size_t n = (size_t)(p - label) + 1;
		bool last = strchr(" _.;,:", p[1]) != NULL || p[1] == '\0';
		const char *word = p;
		char of[ROLE_WORDS];

		if (utf8_len(label, n) > limit)
			break;
		while (word > label && strchr(" _", word[-1]) == NULL)
			word--;
		memcpy(of, word, (size_t)(p + 1 - word) < sizeof(of) ? (size_t)(p + 1 - word) : 0);
		of[(size_t)(p + 1 - word) < sizeof(of) ? (size_t)(p + 1 - word) : 0] = '\0';
		if (last && strchr(" _.;,:", *p) == NULL && !role_lists(idle, of))
			end = n;
	}
	return end >= SHORTEST ? end : 0;
}

/* Adds the label to the list, or its weight to that of the same one. */
static bool add_label(json_t *list, const char *label, size_t n, json_int_t weight)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *x = json_array_get(list, i);
		const char *has = json_string_value(json_object_get(x, "value"));

		if (strlen(has) == n && memcmp(has, label, n) == 0)
			return json_object_set_new(x, "weight",
				       json_integer(weight + json_integer_value(json_object_get(
								     x, "weight")))) == 0;
	}
	return json_array_append_new(
		       list, json_pack("{s:s%, s:I}", "value", label, n, "weight", weight)) == 0;
}

/* The labels, shorter; NULL: fewer than two are left. */
static json_t *shortened(struct draft *d, const json_t *list, uint32_t limit)
{
	bool whole = count_fitting(list, limit) >= ENOUGH;
	json_t *to = json_array();

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *label = label_at(list, i);
		json_int_t weight =
			json_integer_value(json_object_get(json_array_get(list, i), "weight"));
		char initials[INITIALS + 1] = "";
		size_t n = 0;

		if (label == NULL)
			continue;
		if (has_room(label, limit))
			n = strlen(label);
		else if (!whole && limit <= INITIALS)
			initials_of(label, limit, initials);
		else if (!whole)
			n = words_that_fit(label, limit);
		if (initials[0] != '\0' || n > 0)
			d->failed = !add_label(to, n > 0 ? label : initials,
					    n > 0 ? n : strlen(initials), weight) ||
				    d->failed;
	}
	if (json_array_size(to) >= ENOUGH)
		return to;
	json_decref(to);
	return NULL;
}

static bool is_choice(const struct role_rule *rule)
{
	return strcmp(rule->generator, "primitive.choice") == 0 && rule->params != NULL;
}

/* Whether the role has labels for columns as narrow as this one. */
static bool has_narrower(
	struct draft *d, const struct role *role, const struct role_rule *rule, uint32_t limit)
{
	while ((rule = rule_after(d, role, rule)) != NULL) {
		json_t *params = is_choice(rule) ? draft_params(d, rule) : NULL;
		const json_t *list = json_object_get(params, "choices");
		bool fits = list != NULL && count_fitting(list, limit) == json_array_size(list);

		json_decref(params);
		if (fits)
			return true;
	}
	return false;
}

const char *draft_constant(struct draft *d, const char *expr)
{
	const char *end = expr[0] == '\'' ? strchr(expr + 1, '\'') : NULL;

	if (end == NULL || end[1] == '\'' || (end[1] != '\0' && end[1] != ':'))
		return NULL;
	for (const char *p = end + 1; *p != '\0'; p++)
		if (strchr("(|+", *p) != NULL && strstr(p, "::") != NULL)
			return NULL;
	return arena_strndup(d->a, expr + 1, (size_t)(end - expr) - 1);
}

/* Writes a label as the default is written: EM_ANDAMENTO beside PENDENTE, Em andamento beside
 * Pendente. */
static void write_as(const char *deflt, char *label)
{
	bool small = false, large = isupper((unsigned char)deflt[0]) != 0;

	for (const char *p = deflt; *p != '\0'; p++)
		small = small || islower((unsigned char)*p);
	for (char *p = label; large && *p != '\0'; p++)
		if (!small || p == label)
			*p = (char)toupper((unsigned char)*p);
		else if (*p == '_')
			*p = ' ';
}

/* The labels with the default among them, as frequent as the first; NULL: memory is out. */
static json_t *with_default(struct draft *d, const json_t *list, const char *deflt)
{
	json_int_t first = json_integer_value(json_object_get(json_array_get(list, 0), "weight"));
	json_t *to = json_array();
	bool has = false;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *label = label_at(list, i);
		char *written = label != NULL ? arena_strdup(d->a, label) : NULL;

		if (written == NULL)
			continue;
		write_as(deflt, written);
		has = has || strcmp(written, deflt) == 0;
		d->failed = !add_label(to, written, strlen(written),
				    json_integer_value(
					    json_object_get(json_array_get(list, i), "weight"))) ||
			    d->failed;
	}
	if (!has)
		d->failed = !add_label(to, deflt, strlen(deflt), first) || d->failed;
	return to;
}

/* What the labels of the column are to be, from those of its role. */
static void write_labels(struct draft *d, const struct pg_column *col, json_t *params)
{
	const char *deflt = col->deflt != NULL ? draft_constant(d, col->deflt) : NULL;
	json_t *list = json_object_get(params, "choices");

	if (deflt == NULL || *deflt == '\0' || json_array_size(list) == 0 ||
		label_at(list, 0) == NULL || !pg_column_is_text(col))
		return;
	if (json_object_set_new(params, "choices", with_default(d, list, deflt)) == -1)
		d->failed = true;
}

json_t *draft_params_for(struct draft *d, const struct pg_column *col, const struct role *role,
	const struct role_rule *rule)
{
	json_t *params = draft_params(d, rule), *list, *shorter;
	int32_t limit = pg_char_limit(pg_base_of(col->type, col->typmod));

	if (!is_choice(rule) || role == NULL)
		return params;
	write_labels(d, col, params);
	if (limit <= 0)
		return params;
	list = json_object_get(params, "choices");
	if (count_fitting(list, (uint32_t)limit) == json_array_size(list) ||
		has_narrower(d, role, rule, (uint32_t)limit))
		return params;
	shorter = shortened(d, list, (uint32_t)limit);
	if (shorter != NULL && json_object_set_new(params, "choices", shorter) == -1)
		d->failed = true;
	return params;
}

struct draft_rule *draft_own_rule(
	struct draft *d, struct draft_table *dt, uint32_t c, const struct role_rule *rule)
{
	const struct role *role = dt->columns[c].m.role;
	struct draft_rule *r = draft_rule(
		d, dt, c, rule->generator, draft_params_for(d, &dt->t->columns[c], role, rule));

	if (role != NULL && rule >= role->rules && rule < role->rules + ROLE_RULES) {
		r->from = role;
		r->nth = (uint8_t)(rule - role->rules);
	}
	return r;
}

/* Whether words will do where a role has no more rules: letters in no order would do less. */
static bool may_be_words(const struct draft *d, const struct draft_rule *r)
{
	const struct draft_column *x = &d->tables[r->t->index].columns[r->column];

	return strcmp(x->kind, "text") == 0 && !x->unique &&
	       strncmp(r->from->id, "other.", strlen("other.")) != 0;
}

bool draft_next(struct draft *d, struct draft_rule *r)
{
	const struct role_rule *next = r->from != NULL ? rule_from(d, r->from, r->nth + 1) : NULL;

	r->number = ULONG_MAX; /* other errors of this round speak of the rule that it was */
	if (r->record != NULL && strncmp(r->generator, "record.", strlen("record.")) != 0) {
		r->record = NULL; /* the same values, which agree with nothing */
		return r->group == 0;
	}
	if (next == NULL && r->group == 0 && r->from != NULL && may_be_words(d, r)) {
		r->from = draft_role_named("other.text");
		next = draft_rule_for(d, r->from);
	}
	if (next == NULL || r->group != 0)
		return false;
	json_decref(r->params);
	r->params = draft_params_for(d, &r->t->columns[r->column], r->from, next);
	r->generator = next->generator;
	r->record = NULL;
	r->nth = (uint8_t)(next - r->from->rules);
	return true;
}
