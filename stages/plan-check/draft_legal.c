/* SPDX-License-Identifier: MIT */
/*
 * People and companies in one table. A column says which a row is (F or J, person or company). Rows
 * of companies have a company's name, and nothing that only people have.
 */
#include "stages/plan-check/draft.h"

#include <string.h>

#include "stages/plan-check/draft_life.h"

static const char people[] = "f pf fisica pessoa_fisica person individual natural consumer ";
static const char companies[] =
	"j pj juridica pessoa_juridica company business legal corporate organization empresa ";

/* The label of the column's that is one of the words; NULL: none is. */
static const char *label_among(
	struct draft *d, const struct draft_table *dt, uint32_t c, const char *words)
{
	uint32_t n;
	const char *const *labels = life_labels(d, dt, c, &n);

	for (uint32_t i = 0; labels != NULL && i < n; i++) {
		char w[ROLE_WORDS];

		role_words(labels[i], w);
		if (role_has(words, w))
			return labels[i];
	}
	return NULL;
}

/* What only people have. */
static bool is_of_people(const struct draft_table *dt, uint32_t c)
{
	static const char *const roles_of[] = {"person.birth_date", "person.sex", "person.rg",
		"person.marital_status", "person.profession", "person.mother_name",
		"person.social_name", "person.education", "person.pis", "person.voter",
		"person.driver_licence", "person.nationality", "person.ethnicity",
		"person.passport", NULL};

	for (size_t i = 0; roles_of[i] != NULL; i++)
		if (strcmp(draft_role(dt, c), roles_of[i]) == 0)
			return dt->columns[c].nullable;
	return false;
}

static bool is_name(const struct draft_table *dt, uint32_t c)
{
	return strcmp(draft_role(dt, c), "person.name") == 0 ||
	       strcmp(draft_role(dt, c), "person.full_name") == 0;
}

/* The rule is for people; the others have ${otherwise}, or NULL. */
static void divide(struct draft *d, struct draft_table *dt, uint32_t rule, const char *when,
	const char *otherwise)
{
	uint32_t c = d->rules[rule].column, group = draft_group(d);
	struct draft_rule *r = draft_rule(d, dt, c, otherwise != NULL ? otherwise : "derive.expr",
		otherwise != NULL ? NULL : json_pack("{s:s}", "expr", "NULL"));

	r->group = d->rules[rule].group = group;
	r->nulls = -1;
	d->rules[rule].when = when;
	d->rules[rule].divided = true;
	if (otherwise != NULL && strncmp(otherwise, "record.", strlen("record.")) == 0)
		r->record = "company";
}

static void people_and_companies(struct draft *d, struct draft_table *dt, uint32_t by)
{
	const char *person = label_among(d, dt, by, people);
	const char *quoted = person != NULL && label_among(d, dt, by, companies) != NULL
				     ? str_quoted(d->a, '\'', person)
				     : NULL;
	uint32_t n = d->nrules;
	const char *when;

	if (quoted == NULL)
		return;
	when = draft_textf(d, "%s = %s", draft_sql(d, dt->t, by), quoted);
	for (uint32_t i = 0; i < n; i++) {
		const struct draft_rule *r = &d->rules[i];

		if (r->t != dt->t || r->column == UINT32_MAX || r->when != NULL)
			continue;
		if (is_of_people(dt, r->column))
			divide(d, dt, i, when, NULL);
		else if (is_name(dt, r->column))
			divide(d, dt, i, when, "record.company.name");
		else if (strcmp(draft_role(dt, r->column), "person.email") == 0)
			divide(d, dt, i, when, "record.company.email");
	}
}

void draft_legal(struct draft *d, struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (strcmp(dt->columns[c].kind, "choice") == 0)
			people_and_companies(d, dt, c);
}
