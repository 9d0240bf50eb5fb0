/* SPDX-License-Identifier: MIT */
/*
 * Which generators have a counterpart whose values agree with the other columns of a record. A rule
 * names the generator it would have without a record, and what the record is.
 */
#include "common/generators/genreg.h"

#include <string.h>

static const struct {
	const char *facet, *ids; /* ids with a blank between two */
} facets[] = {
	{"record.company.name",
		"semantic.br.company.name semantic.company.name faker.company.raw.CompanyName"},
	{"record.company.site", "semantic.br.url"},
	{"record.lookup", "primitive.lookup"},
	{"record.person.cell",
		"semantic.br.phone semantic.person.cell faker.phone_number.raw.CellNumber"},
	{"record.person.email",
		"semantic.br.email.safe semantic.person.email semantic.person.free_email "
		"faker.internet.raw.SafeEmail faker.internet.raw.FreeEmail"},
	{"record.person.first_name", "semantic.person.first_name faker.name.raw.FirstName"},
	{"record.person.last_name", "semantic.person.last_name faker.name.raw.LastName"},
	{"record.person.name", "semantic.br.name semantic.person.name faker.name.raw.Name"},
	{"record.person.phone",
		"semantic.us.phone semantic.person.phone faker.phone_number.raw.PhoneNumber"},
	{"record.person.username", "semantic.person.username faker.internet.raw.Username"},
	{"record.place.address", "semantic.br.address semantic.address.line"},
	{"record.place.building_number",
		"semantic.address.building_number faker.address.raw.BuildingNumber"},
	{"record.place.city", "semantic.br.city semantic.address.city faker.address.raw.CityName"},
	{"record.place.complement",
		"semantic.address.secondary faker.address.raw.SecondaryAddress"},
	{"record.place.country", "semantic.address.country faker.address.raw.CountryName"},
	{"record.place.country_code",
		"semantic.address.country_code faker.address.raw.CountryCode"},
	{"record.place.district", "semantic.address.district"},
	{"record.place.latitude", "faker.address.raw.Latitude"},
	{"record.place.longitude", "faker.address.raw.Longitude"},
	{"record.place.postal_code", "semantic.us.zip semantic.br.cep semantic.address.postcode "
				     "semantic.address.zipcode "
				     "faker.address.raw.PostCode faker.address.raw.ZipCode"},
	{"record.place.state",
		"semantic.br.uf semantic.address.state_abbr faker.address.raw.StateAbbr"},
	{"record.place.state_name", "semantic.address.state faker.address.raw.StateName"},
	{"record.place.street", "semantic.address.street faker.address.raw.StreetName"},
};

/* Numbers that agree with any person or company: with a record they are made as without. */
static const char numbers[] =
	"semantic.br.cnpj semantic.br.cnpj.alphanumeric semantic.br.cpf semantic.br.rg "
	"semantic.br.cnh "
	"semantic.br.pis semantic.br.titulo_eleitor semantic.br.ie semantic.br.pix semantic.us.ein "
	"semantic.us.itin semantic.us.ssn";

/* Those that are the number of a record's company or document, so that two columns can have the
 * same. */
static const struct {
	const char *facet, *ids;
} numbers_of[] = {
	{"record.company.registry", "semantic.br.cnpj semantic.us.ein"},
	{"record.document.number", "semantic.br.rg"},
};

/* Whether ${id} is one of the words. */
static bool is_word(const char *words, const char *id)
{
	size_t n = strlen(id);

	for (const char *p = words; (p = strstr(p, id)) != NULL; p += n)
		if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

const char *genreg_facet(const char *id)
{
	if (strncmp(id, "record.", strlen("record.")) == 0)
		return id;
	if (is_word(numbers, id))
		return id;
	for (size_t i = 0; i < sizeof(facets) / sizeof(facets[0]); i++)
		if (is_word(facets[i].ids, id))
			return facets[i].facet;
	return NULL;
}

const char *genreg_facet_number(const char *id)
{
	for (size_t i = 0; i < sizeof(numbers_of) / sizeof(numbers_of[0]); i++)
		if (is_word(numbers_of[i].ids, id))
			return numbers_of[i].facet;
	return NULL;
}
