/* SPDX-License-Identifier: MIT */
/*
 * What no pass has taken: each column gets its role's generator. Where it has no role, a text gets
 * words, because letters and digits in no order are what nobody has in a column; other types keep
 * their default generator.
 */
#include "stages/plan-check/draft.h"

#include <string.h>

/* Whether checks say of a text what it looks like, so that words would not do. */
static bool is_shaped(const struct sql_domain *dom)
{
	return dom != NULL && (dom->npatterns > 0 || dom->contains != NULL || dom->texts != NULL ||
				      dom->more || dom->must_null);
}

/* What a text without a role is taken for, by its name or else its length. */
static const struct role other[] = {
	{.id = "other.text",
		.rules = {{NULL, "primitive.text.pattern", "{\"pattern\": \"[1-9][0-9]{4}\"}"},
			{NULL, "semantic.code.short", NULL}}},
	{.id = "other.text", .rules = {{NULL, "semantic.code.short", NULL}}},
	{.id = "other.text",
		.rules = {{NULL, "semantic.text.label", NULL},
			{NULL, "semantic.name.project", NULL},
			{NULL, "semantic.code.short", NULL}}},
	{.id = "other.text",
		.rules = {{NULL, "semantic.text.note", NULL}, {NULL, "semantic.text.label", NULL},
			{NULL, "semantic.name.project", NULL},
			{NULL, "semantic.code.short", NULL}}},
};

static const struct role *other_role(const struct draft_table *dt, uint32_t c)
{
	enum { DIGITS, CODE, WORDS, SENTENCE, SHORT = 60 };
	const struct pg_column *col = &dt->t->columns[c];
	int32_t typmod = pg_base_of(col->type, col->typmod).typmod;
	bool is_short = (typmod > 0 && typmod - 4 <= SHORT) || dt->columns[c].in_key;
	char words[ROLE_WORDS];

	role_words(col->name, words);
	if (strstr(words, "_number_") != NULL || strstr(words, "_numero_") != NULL)
		return &other[DIGITS];
	if (strstr(words, "_code_") != NULL || strstr(words, "_codigo_") != NULL)
		return &other[CODE];
	return is_short ? &other[WORDS] : &other[SENTENCE];
}

/* Letters in no order are what nobody has in a column. */
static void words_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { NOTHING_SAYS = 10 };

	if (strcmp(dt->columns[c].kind, "text") != 0 || is_shaped(dt->columns[c].dom))
		return;
	dt->columns[c].m =
		(struct role_match){other_role(dt, c), NOTHING_SAYS, "nothing says what it holds"};
	draft_own_rule(d, dt, c, dt->columns[c].m.role->rules);
}

/* Numbers of which nothing is known are mostly small; where checks say something, that is what is
 * drawn. */
static void number_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { NOTHING_SAYS = 10 };
	static const struct role number = {.id = "other.number",
		.rules = {{NULL, "primitive.number",
			"{\"shape\": \"lognormal\", \"median\": 12, \"p90\": 90, \"min\": 0}"}}};
	const struct draft_column *x = &dt->columns[c];

	if (!role_of_kind("number ", x->kind) || x->in_key || dt->t->columns[c].deflt != NULL ||
		(x->dom != NULL && (x->dom->has_lo || x->dom->has_hi || x->dom->nset > 0 ||
					   x->dom->more || x->dom->must_null)))
		return;
	for (uint32_t i = 0; i < dt->t->ncons; i++)
		if (dt->t->cons[i].kind == PG_CON_CHECK &&
			pg_has_column(dt->t->cons[i].cols, dt->t->cons[i].ncols, c))
			return;
	dt->columns[c].m = (struct role_match){&number, NOTHING_SAYS, "nothing says what it holds"};
	draft_own_rule(d, dt, c, number.rules);
}

/* The column that a slug is made of: the row's name or title. */
static int name_of_row(const struct draft_table *dt)
{
	static const char names[] = "name title nome titulo label subject assunto headline ";

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		char words[ROLE_WORDS];

		role_words(dt->t->columns[c].name, words);
		if (role_has(names, words) && strcmp(dt->columns[c].kind, "text") == 0)
			return (int)c;
	}
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (draft_under(dt, c, "thing.") && strcmp(dt->columns[c].kind, "text") == 0)
			return (int)c;
	return -1;
}

/* A slug beside a name; by itself it is a tag. */
static void slug_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	int name = name_of_row(dt);

	if (name >= 0)
		draft_rule(d, dt, c, "derive.slug",
			json_pack("{s:[s]}", "input_columns", dt->t->columns[name].name));
	else
		draft_rule(d, dt, c, "semantic.text.tag", NULL);
}

static void rest_of_table(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct role_rule *rule = draft_rule_for(d, dt->columns[c].m.role);

		if (!draft_free(dt, c))
			continue;
		if (role_is(dt->columns[c].m.role, "slug"))
			slug_for(d, dt, c);
		else if (rule != NULL)
			draft_own_rule(d, dt, c, rule);
		else if (dt->columns[c].m.role == NULL)
			words_for(d, dt, c);
		if (dt->columns[c].m.role == NULL && draft_free(dt, c))
			number_for(d, dt, c);
	}
}

void draft_rest(struct draft *d)
{
	for (uint32_t i = 0; i < d->s->ntables; i++)
		if (d->tables[i].target)
			rest_of_table(d, &d->tables[i]);
}
