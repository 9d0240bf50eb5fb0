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

static void words_for(struct draft *d, struct draft_table *dt, uint32_t c)
{
	enum { NOTHING_SAYS = 10, SHORT = 40 };
	const struct pg_column *col = &dt->t->columns[c];
	int32_t typmod = pg_base_of(col->type, col->typmod).typmod;
	bool is_short = (typmod > 0 && typmod - 4 <= SHORT) || dt->columns[c].in_key;

	if (strcmp(dt->columns[c].kind, "text") != 0 || is_shaped(dt->columns[c].dom))
		return;
	draft_says(draft_rule(d, dt, c, is_short ? "semantic.text.label" : "semantic.text.title",
			   NULL),
		"other.text", "nothing says what it holds", NOTHING_SAYS);
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
	}
}

void draft_rest(struct draft *d)
{
	for (uint32_t i = 0; i < d->s->ntables; i++)
		if (d->tables[i].target)
			rest_of_table(d, &d->tables[i]);
}
