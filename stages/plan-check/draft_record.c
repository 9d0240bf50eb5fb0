/* SPDX-License-Identifier: MIT */
/*
 * Columns of a row that speak of one person, place, company or document. Their generators have a
 * counterpart in a record (genreg_facet()), and those of one record agree. billing_city and
 * shipping_city of one table are of two records: what stands in front of the role's name tells them
 * apart.
 */
#include "stages/plan-check/draft.h"

#include <string.h>

#include "common/generators/genreg.h"

static bool has_company(const struct draft_table *dt)
{
	return draft_column_of(dt, "company.name") >= 0 ||
	       draft_column_of(dt, "company.trade_name") >= 0 ||
	       draft_column_of(dt, "company.name_of_table") >= 0;
}

static bool has_person(const struct draft_table *dt)
{
	return draft_column_of(dt, "person.name") >= 0 ||
	       draft_column_of(dt, "person.first_name") >= 0 ||
	       draft_column_of(dt, "person.full_name") >= 0;
}

/* A name beside a family name is a given name, and the address of a company is the company's. */
static const struct role_rule *rule_beside(
	const struct draft *d, const struct draft_table *dt, uint32_t c)
{
	static const struct role_rule given = {.generator = "semantic.person.first_name"};
	static const struct role_rule office = {.generator = "record.company.email"};

	if (strcmp(draft_role(dt, c), "person.name") == 0 &&
		draft_column_of(dt, "person.last_name") >= 0)
		return &given;
	if (strcmp(draft_role(dt, c), "person.email") == 0 && has_company(dt) && !has_person(dt))
		return &office;
	if (strcmp(draft_role(dt, c), "person.phone") == 0 &&
		draft_column_of(dt, "person.cell") >= 0)
		return NULL; /* a line of its own: that of the record is the mobile's */
	return draft_rule_for(d, dt->columns[c].m.role);
}

/* The rule of a column whose generator has a counterpart in a record; NULL: it has none. */
static const struct role_rule *facet_rule(
	const struct draft *d, const struct draft_table *dt, uint32_t c, const char **facet)
{
	const struct role_rule *rule = draft_free(dt, c) ? rule_beside(d, dt, c) : NULL;

	if (rule == NULL || (*facet = genreg_facet(rule->generator)) == NULL ||
		strcmp(*facet, "record.lookup") == 0 || strcmp(*facet, "record.list") == 0)
		return NULL;
	return rule;
}

/* "person" of record.person.name; numbers, which agree with anybody, have none. */
static size_t subject_of(const char *facet, const char **subject)
{
	*subject = facet + sizeof("record.") - 1;
	return strncmp(facet, "record.", sizeof("record.") - 1) == 0 ? strcspn(*subject, ".") : 0;
}

/* Whose a column is, by a word of its name: "billing" of billing_city, "guardian" of guardian_name,
 * else "". A word that is all of the name is whose name it is: recipient. Where somebody works or
 * lives makes nobody else of him. */
static const char *prefix_of(
	struct draft *d, const struct draft_table *dt, uint32_t c, const char *subject)
{
	static const char sides[] =
		"billing shipping delivery invoice origin destination sender recipient "
		"entrega cobranca origem destino remetente destinatario mother father mae pai "
		"conjuge spouse contact contato responsavel emergency emergencia guardian parent "
		"tutor next kin supervisor manager gerente gestor coordenador doctor physician "
		"medico agent agente driver motorista owner proprietario landlord tenant "
		"inquilino locador locatario buyer seller comprador vendedor fiador avalista "
		"procurador beneficiary beneficiario dependent dependente referee reference "
		"referencia witness testemunha principal accountant contador lawyer advogado "
		"payer pagador payee recebedor ";
	static const char places[] = "home work mailing residencial comercial ";
	bool place = strncmp(subject, "place", strlen("place")) == 0;
	char words[ROLE_WORDS], side[ROLE_WORDS];

	role_words(dt->t->columns[c].name, words);
	for (int k = 0; k <= (int)place; k++) {
		const char *at = role_among(k == 0 ? sides : places, words), *found;

		/* in a table of guardians, the guardian's name is the row's own */
		if (at == NULL || role_among(at, dt->words) == at)
			continue;
		found = draft_textf(d, "%.*s", (int)strcspn(at, " "), at);
		role_words(found, side);
		if (strcmp(words, side) != 0)
			return found;
	}
	return "";
}

/* The record's name: what it is, and whose. */
static const char *record_of(
	struct draft *d, const struct draft_table *dt, uint32_t c, const char *subject, size_t n)
{
	const char *prefix = prefix_of(d, dt, c, subject);

	return *prefix != '\0' ? draft_textf(d, "%s_%.*s", prefix, (int)n, subject)
			       : draft_textf(d, "%.*s", (int)n, subject);
}

/* Whether a column before ${c} has the same facet of that record: who signed is not who approved,
 * and of one person's two telephones the first is the record's. */
static bool is_had(struct draft *d, const struct draft_table *dt, const char **record, uint32_t c)
{
	const char *mine, *other;

	if (facet_rule(d, dt, c, &mine) == NULL)
		return false;
	for (uint32_t k = 0; k < c; k++)
		if (record[k] != NULL && strcmp(record[k], record[c]) == 0 &&
			facet_rule(d, dt, k, &other) != NULL && strcmp(other, mine) == 0)
			return true;
	return false;
}

/* How many columns have a facet of that record. */
static uint32_t together(struct draft *d, const struct draft_table *dt, const char *record)
{
	uint32_t n = 0;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const char *facet, *subject;
		size_t len;

		if (facet_rule(d, dt, c, &facet) != NULL && (len = subject_of(facet, &subject)) > 0)
			n += strcmp(record_of(d, dt, c, subject, len), record) == 0;
	}
	return n;
}

void draft_record(struct draft *d, struct draft_table *dt)
{
	const char **record = arena_array(d->a, dt->t->ncolumns + 1UL, sizeof(*record));

	if (record == NULL) {
		d->failed = true;
		return;
	}
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		const char *facet, *subject;
		size_t n;

		if (facet_rule(d, dt, c, &facet) == NULL || (n = subject_of(facet, &subject)) == 0)
			continue;
		record[c] = record_of(d, dt, c, subject, n);
		if (together(d, dt, record[c]) < 2 || is_had(d, dt, record, c))
			record[c] = NULL;
	}
	for (uint32_t c = 0; c < dt->t->ncolumns; c++)
		if (record[c] != NULL)
			draft_own_rule(d, dt, c, rule_beside(d, dt, c))->record = record[c];
}
