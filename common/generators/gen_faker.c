/* SPDX-License-Identifier: MIT */
/*
 * What the ids faker.* share, and those whose texts are a locale's words and
 * nothing else: people and their addresses in the net, companies and work.
 */
#include "common/generators/gen_faker.h"

#include <string.h>

#include "common/base/err.h"

static int make_words(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	const char *forms[2] = {g->op->makes, NULL}, *bar = strchr(g->op->makes, '|');
	const struct locale *l = gen_own_locale(g, c);

	(void)params;
	if (strchr(forms[0], '{') == NULL)
		return gen_form(g, c, l, forms[0], a, e);
	if (bar != NULL) {
		forms[0] = arena_strndup(a, forms[0], (size_t)(bar - forms[0]));
		forms[1] = bar + 1;
	}
	if (forms[0] == NULL)
		return err_nomem(e);
	return gen_form_of(g, c, l, forms, bar != NULL ? 2 : 1, a, e);
}

int gen_faker_words(struct gen *g, const struct gen_column *c, const msgpack_object *params,
	struct arena *a, struct err *e)
{
	return gen_narrow(g, c, params, make_words, a, e);
}

bool gen_faker_is_type(const struct gen_column *c, const char *name)
{
	return strcmp(c->base.type->name, name) == 0;
}

void gen_faker_value(
	const struct gen *g, const uint64_t *idx, uint32_t n, struct vec *out, struct gen_heap *h)
{
	if (out->type == VT_TEXT || out->type == VT_RAW)
		gen_draw_value(g, idx, n, out, h);
	else
		gen_number_value(g, idx, n, out, h);
}

/* Words, each with a number behind it where a unique column has more rows than there are. */
#define NUMBERED(token) token "|" token " {2..9999999}"

const struct gen_op gen_faker_people_ops[] = {
	FAKER_AS("faker.name.raw.FirstName", "semantic.person.first_name",
		WORDS("{given}", "a given name"), .pii = "pii.name"),
	FAKER_AS("faker.name.raw.LastName", "semantic.person.last_name",
		WORDS("{family}", "a surname"), .pii = "pii.name"),
	FAKER_AS("faker.name.raw.Name", "semantic.person.name", WORDS("name", "a person's name"),
		.pii = "pii.name"),
	FAKER("faker.name.raw.NameWithTitle",
		WORDS("name_with_title", "a person's name with the title that goes with it"),
		.pii = "pii.name"),
	FAKER("semantic.person.woman",
		WORDS("{given[sex=F]} {family}", "a woman's name, as of a mother"),
		.pii = "pii.name"),
	FAKER("semantic.person.man",
		WORDS("{given[sex=M]} {family}", "a man's name, as of a father"),
		.pii = "pii.name"),
	FAKER_AS("faker.name.raw.Suffix", "semantic.person.suffix",
		WORDS("{suffix}", "what stands behind a name: Jr., PhD")),
	FAKER_AS("faker.name.raw.Title", "semantic.person.title",
		WORDS("{title}", "what stands before a name: Dr., Mrs.")),
	FAKER_AS("faker.internet.raw.Username", "semantic.person.username",
		WORDS("user_name", "a user's name, of a given name and a surname"),
		.pii = "pii.name"),
	FAKER_AS("faker.internet.raw.SafeEmail", "semantic.person.email",
		WORDS("email", "an e-mail address of a name, at example.com"), .pii = "pii.email"),
	FAKER_AS("faker.internet.raw.FreeEmail", "semantic.person.free_email",
		WORDS("free_email", "an e-mail address of a name, at a domain nobody can own"),
		.pii = "pii.email"),
	FAKER_AS("faker.internet.raw.FreeEmailProvider", "semantic.internet.free_email_provider",
		WORDS("{email_provider}", "a domain of e-mail that nobody can own")),
	FAKER_AS("faker.phone_number.raw.PhoneNumber", "semantic.person.phone",
		TELEPHONE("landline",
			"a telephone number; in the United States one that nobody has")),
	FAKER_AS("faker.phone_number.raw.CellNumber", "semantic.person.cell",
		TELEPHONE("cell", "the number of a mobile telephone; in the United States one that "
				  "nobody has")),
	{0},
};

const struct gen_op gen_faker_work_ops[] = {
	FAKER_AS("faker.company.raw.CompanyName", "semantic.company.name",
		WORDS("company", "a company's name, made up")),
	FAKER_AS("faker.company.raw.CompanySuffix", "semantic.company.suffix",
		WORDS(NUMBERED("{company_form}"), "a company's legal form: LLC, Ltda.")),
	FAKER_AS("faker.company.raw.Industry", "semantic.company.industry",
		WORDS(NUMBERED("{industry}"), "a branch of industry")),
	FAKER_AS("faker.company.raw.Profession", "semantic.company.profession",
		WORDS(NUMBERED("{profession}"), "a profession")),
	FAKER_AS("faker.company.raw.CatchPhrase", "semantic.company.catch_phrase",
		WORDS("catch_phrase", "what a company says of what it sells")),
	FAKER_AS("faker.company.raw.Buzzword", "semantic.company.buzzword",
		WORDS(NUMBERED("{catch_head}"), "the first word of such a phrase")),
	FAKER("faker.company.raw.BuzzwordMiddle",
		WORDS(NUMBERED("{catch_middle}"), "the middle of such a phrase")),
	FAKER("faker.company.raw.BuzzwordTail",
		WORDS(NUMBERED("{catch_tail}"), "the end of such a phrase")),
	FAKER_AS("faker.company.raw.Bs", "semantic.company.bs",
		WORDS("bs", "what a company says that it does")),
	FAKER_AS("faker.company.raw.BsVerb", "semantic.company.bs_verb",
		WORDS(NUMBERED("{company_buzz_verb}"), "the verb of such a phrase")),
	FAKER_AS("faker.company.raw.BsAdj", "semantic.company.bs_adj",
		WORDS(NUMBERED("{company_buzz_adjective}"), "the adjective of such a phrase")),
	FAKER_AS("faker.company.raw.BsNoun", "semantic.company.bs_noun",
		WORDS(NUMBERED("{company_buzz_noun}"), "the noun of such a phrase")),
	FAKER("faker.job.raw.Field", WORDS(NUMBERED("{job_field}"), "what a job is about")),
	FAKER("faker.job.raw.Position", WORDS(NUMBERED("{job_position}"), "what one is in a job")),
	FAKER("faker.job.raw.Seniority",
		WORDS(NUMBERED("{job_level}"), "how high one is in a job")),
	FAKER("faker.job.raw.Title", WORDS("job", "the name of a job")),
	FAKER_AS("faker.currency.raw.CurrencyCode", "semantic.finance.currency_code",
		WORDS("{currency.code}", "the code of a currency (ISO 4217)")),
	FAKER_AS("faker.currency.raw.CurrencyName", "semantic.finance.currency_name",
		WORDS("{currency.name}", "the name of a currency")),
	FAKER_AS("faker.currency.raw.CurrencySymbol", "semantic.finance.currency_symbol",
		WORDS("{currency.symbol}", "the sign of a currency, or its code")),
	{0},
};

const struct gen_op gen_faker_net_ops[] = {
	FAKER_AS("faker.internet.raw.DomainSuffix", "semantic.internet.domain_suffix",
		WORDS("{tld}", "a top-level domain")),
	FAKER_AS("faker.internet.raw.UserAgent", "semantic.internet.user_agent",
		WORDS("{user_agent}", "what a browser calls itself")),
	FAKER("faker.filesystem.raw.DirPath", WORDS("dir_path", "the path of a directory")),
	FAKER("faker.filesystem.raw.FileExtension",
		WORDS("{extension}", "what a file's name ends in")),
	FAKER("faker.filesystem.raw.FileName", WORDS("file_name", "the name of a file")),
	FAKER("faker.filesystem.raw.FilePath", WORDS("file_path", "the path of a file")),
	FAKER("faker.filesystem.raw.MimeType", WORDS("{mime}", "a media type (RFC 6838)")),
	FAKER("faker.filesystem.raw.Semver", WORDS("semver", "a version: 1.4.2, 3.0.1-rc.2")),
	FAKER("faker.filesystem.raw.SemverStable", WORDS("semver_stable", "a version: 1.4.2")),
	FAKER("faker.filesystem.raw.SemverUnstable",
		WORDS("semver_unstable", "a version before its release: 3.0.1-rc.2")),
	FAKER("faker.color.raw.Color", WORDS(NUMBERED("{color}"), "the name of a colour")),
	{0},
};

/* ---- beside the ids of the earlier tool
 * ------------------------------------------------------------ */

/* As the others, but of the plan's locale wherever no rule says another. */
#define OWN(name, ...)                                                                             \
	{                                                                                          \
		.id = name, __VA_ARGS__                                                            \
	}

const struct gen_op gen_locale_ops[] = {
	OWN("semantic.address.district", WORDS("{district}", "a part of a city"),
		.pii = "pii.location"),
	OWN("semantic.address.line", WORDS("address", "a street with the number of a building"),
		.pii = "pii.address"),
	OWN("semantic.company.department", WORDS(NUMBERED("{department}"), "a part of a company")),
	OWN("semantic.internet.url", WORDS("url", "an address at example.com"),
		.pii = "pii.network"),
	OWN("semantic.product.category", WORDS(NUMBERED("{category}"), "a kind of products")),
	OWN("semantic.product.name", WORDS("product", "a product's name")),
	OWN("semantic.text.note", WORDS("note", "what somebody wrote down")),
	OWN("semantic.text.paragraph", WORDS("paragraph", "a few sentences")),
	{0},
};
