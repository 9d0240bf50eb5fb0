/* SPDX-License-Identifier: MIT */
/*
 * What the other columns of a table, or the table's shape, say of the roles that names gave:
 * whether a name is a person's or a company's, whether rows are things that are there or work that
 * gets done, and whether a description is the only name that a row has.
 */
#include <string.h>

#include "stages/plan-check/draft.h"

/* A description beside a name that has the same role is no second name. */
static void tell_apart(struct draft_table *dt)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct role *mine = dt->columns[c].m.role;
		char words[ROLE_WORDS];
		bool twice = false;

		role_words(dt->t->columns[c].name, words);
		if (mine == NULL || role_among("description descricao ", words) == NULL)
			continue;
		for (uint32_t k = 0; k < dt->t->ncolumns; k++)
			twice = twice || (k != c && dt->columns[k].m.role == mine);
		if (twice)
			dt->columns[c].m.role =
				draft_role_named(strcmp(mine->id, "thing.product") == 0
							 ? "text.description_of_product"
							 : "text.description");
	}
}

/* A name that no table's words explain is a person's beside what only people have, or in a table of
 * those who do something, and a company's beside its number. */
static void tell_whose(struct draft_table *dt)
{
	static const char people[] =
		"person.cpf person.rg person.sex person.mother_name person.father_name "
		"person.marital_status person.birth_date work.student_birth trade.gender_code ";
	static const char companies[] = "company.cnpj company.ein company.state_registration ";
	bool person = role_is_agent(draft_role_named("rest.agent"), role_last_word(dt->words));
	bool company = false;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const char *id = draft_role(dt, c);

		person = person || (*id != '\0' && role_lists(people, id));
		company = company || (*id != '\0' && role_lists(companies, id));
	}
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		struct role_match *m = &dt->columns[c].m;

		if (m->role == NULL || strcmp(m->role->id, "thing.any") != 0 || person == company)
			continue;
		m->role = draft_role_named(person ? "person.name" : "company.name_of_table");
		m->why = person ? "a name beside what only people have"
				: "a name beside a company's number";
	}
}

/* A number of letters and digits behind a street is the house's. */
static void tell_house(struct draft_table *dt)
{
	static const char streets[] = "place.address place.street road.street ";
	bool street = false;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		struct role_match *m = &dt->columns[c].m;
		char words[ROLE_WORDS];

		street = street || (m->role != NULL && role_lists(streets, draft_role(dt, c)));
		role_words(dt->t->columns[c].name, words);
		if (!street || m->role == NULL || strcmp(dt->columns[c].kind, "text") != 0 ||
			!role_has("number numero ", words))
			continue;
		m->role = draft_role_named("place.number");
		m->why = "a number beside a street";
	}
}

/* A state where nothing has an address is not a place: it is how far a row has come. */
static void tell_state(struct draft *d, struct draft_table *dt)
{
	static const char places[] =
		"city zip street address country cidade cep municipio endereco logradouro bairro "
		"postal postcode county region regiao uf license plate tax ";
	static const char states[] = "place.state list.state_name ";
	bool place = false;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		char words[ROLE_WORDS];

		role_words(dt->t->columns[c].name, words);
		place = place || role_among(places, words) != NULL;
	}
	for (uint32_t c = 0; !place && c < dt->t->ncolumns; c++) {
		char words[ROLE_WORDS];
		struct role_asked ask = {
			dt->t, c, "status", dt->columns[c].dom, d->words, draft_head_first(d)};

		role_words(dt->t->columns[c].name, words);
		if (dt->columns[c].m.role != NULL && strcmp(dt->columns[c].kind, "text") == 0 &&
			role_lists(states, draft_role(dt, c)) &&
			role_among("state estado ", words) != NULL)
			dt->columns[c].m = role_find(d->book, &ask, d->a);
	}
}

/* Whether the role is a moment at which something happens to a row, beyond its being written. */
static bool is_of_work(const struct role *r)
{
	return role_is(r, "event") || role_is(r, "start") || role_is(r, "end") ||
	       role_is(r, "future");
}

/* Whether the table's rows are things that are there, with a name and no dates of their own: a
 * branch, a carrier. Others are work that gets done: an appointment, an instalment. */
static bool is_of_things(const struct draft_table *dt)
{
	static const char names[] = "name nome razao_social nome_fantasia description descricao "
				    "full_name first_name title titulo label sigla model modelo ";
	bool named = false;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const struct draft_column *x = &dt->columns[c];
		char words[ROLE_WORDS];

		if (role_of_kind("moment ", x->kind) && is_of_work(x->m.role) &&
			!role_is(x->m.role, "hire"))
			return false;
		role_words(dt->t->columns[c].name, words);
		named = named || role_has(names, words) || role_is(x->m.role, "any_name") ||
			strstr(draft_role(dt, c), "name") != NULL;
	}
	return named;
}

/* A status of which only its name is known is that of a thing, or of work. */
static void tell_status(struct draft_table *dt)
{
	static const char unknown[] = "thing.status_text rest.status ";

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		struct role_match *m = &dt->columns[c].m;

		if (m->role != NULL && role_lists(unknown, m->role->id) &&
			strcmp(dt->columns[c].kind, "text") == 0)
			m->role = draft_role_named(
				is_of_things(dt) ? "state.of_thing" : "state.of_work");
	}
}

/* Whether a column has the row's name, by its own name. */
static bool has_name(const struct draft_table *dt)
{
	static const char names[] = "name title nome titulo label subject assunto rotulo ";

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		char words[ROLE_WORDS], left[ROLE_WORDS];

		role_words(dt->t->columns[c].name, words);
		if (role_has(names, words) || role_is(dt->columns[c].m.role, "any_name") ||
			!role_without_name(words, left))
			return true;
	}
	return false;
}

/* Whether the column is a short text that says what the row is: descricao varchar(150). */
static bool is_short_description(const struct draft_table *dt, uint32_t c)
{
	enum { LONGEST = 150 };
	int32_t limit = pg_char_limit(pg_base_of(dt->t->columns[c].type, dt->t->columns[c].typmod));
	char words[ROLE_WORDS];

	role_words(dt->t->columns[c].name, words);
	return strcmp(draft_role(dt, c), "text.description") == 0 &&
	       role_has("description descricao ", words) && limit > 0 && limit <= LONGEST;
}

/* A row without a name is called by its description: a service, a part. Lines and events, which
 * refer to what they are of, have none. */
static void tell_name(struct draft *d, struct draft_table *dt)
{
	if (has_name(dt))
		return;
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		struct role_asked ask = {
			dt->t, c, "name", dt->columns[c].dom, d->words, draft_head_first(d)};
		struct role_match m;

		if (!is_short_description(dt, c))
			continue;
		m = role_find(d->book, &ask, d->a);
		if (m.role == NULL || role_is(m.role, "any_name")) {
			ask.called = "nome";
			m = role_find(d->book, &ask, d->a);
		}
		if (m.role != NULL && !role_is(m.role, "any_name"))
			dt->columns[c].m =
				(struct role_match){m.role, m.confidence, "the row's only name"};
		return;
	}
}

void draft_tell(struct draft *d, struct draft_table *dt)
{
	tell_apart(dt);
	tell_whose(dt);
	tell_house(dt);
	tell_state(d, dt);
	tell_name(d, dt);
	tell_status(dt);
}
