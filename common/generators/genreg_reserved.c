/* SPDX-License-Identifier: MIT */
/*
 * Ids that version 0.2 of the plan format had and that do not exist yet, by
 * namespace. A plan that uses one is refused with a message that says so, and
 * not as if the id were misspelt.
 */
#include "common/generators/genreg.h"

#include <string.h>

static const struct {
	const char *space, *names; /* names with a space on either side */
} reserved[] = {
	{"semantic.person.",
		" name first_name last_name title suffix username email free_email phone cell "},
	{"semantic.address.", " city state state_abbr street street_suffix postcode zipcode "
			      "building_number country country_code timezone secondary "
			      "secondary_type "},
	{"semantic.company.", " name suffix industry profession catch_phrase buzzword bs bs_noun "
			      "bs_verb bs_adj "},
	{"semantic.finance.", " currency_code currency_name currency_symbol bic isin "},
	{"semantic.internet.",
		" domain_suffix ipv4 ipv6 mac user_agent password free_email_provider "},
	{"semantic.lorem.", " word "},
	{"semantic.markdown.", " bold italic link "},
	{"semantic.color.", " hex rgb hsl "},
	{"semantic.barcode.", " isbn10 isbn13 "},
	{"semantic.time.", " date datetime "},
	{"semantic.http.", " status_code "},
	{"faker.address.raw.",
		" BuildingNumber CityName CityPrefix CitySuffix CountryCode CountryName Geohash "
		"Latitude Longitude PostCode SecondaryAddress SecondaryAddressType StateAbbr "
		"StateName StreetName StreetSuffix TimeZone ZipCode "},
	{"faker.barcode.raw.", " Isbn Isbn10 Isbn13 "},
	{"faker.boolean.raw.", " Boolean "},
	{"faker.chrono.raw.",
		" Date DateTime DateTimeAfter DateTimeBefore DateTimeBetween Duration Time "},
	{"faker.color.raw.", " Color HexColor HslColor HslaColor RgbColor RgbaColor "},
	{"faker.company.raw.", " Bs BsAdj BsNoun BsVerb Buzzword BuzzwordMiddle BuzzwordTail "
			       "CatchPhrase CompanyName CompanySuffix Industry Profession "},
	{"faker.creditcard.raw.", " CreditCardNumber "},
	{"faker.currency.raw.", " CurrencyCode CurrencyName CurrencySymbol "},
	{"faker.filesystem.raw.", " DirPath FileExtension FileName FilePath MimeType Semver "
				  "SemverStable SemverUnstable "},
	{"faker.finance.raw.", " Bic Isin "},
	{"faker.http.raw.", " RfcStatusCode ValidStatusCode "},
	{"faker.internet.raw.", " DomainSuffix FreeEmail FreeEmailProvider IP IPv4 IPv6 "
				"MACAddress Password SafeEmail UserAgent Username "},
	{"faker.job.raw.", " Field Position Seniority Title "},
	{"faker.lorem.raw.", " Paragraph Paragraphs Sentence Sentences Word Words "},
	{"faker.markdown.raw.", " BlockQuoteMultiLine BlockQuoteSingleLine BoldWord BulletPoints "
				"Code ItalicWord Link ListItems "},
	{"faker.name.raw.", " FirstName LastName Name NameWithTitle Suffix Title "},
	{"faker.number.raw.", " Digit "},
	{"faker.phone_number.raw.", " CellNumber PhoneNumber "},
	{"faker.time.raw.",
		" Date DateTime DateTimeAfter DateTimeBefore DateTimeBetween Duration Time "},
};

/* Whether ${name} is one of the words between spaces. */
static bool is_word(const char *words, const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || strchr(name, ' ') != NULL)
		return false;
	for (const char *p = words; (p = strstr(p, name)) != NULL; p += n)
		if (p[-1] == ' ' && p[n] == ' ')
			return true;
	return false;
}

bool genreg_reserved(const char *id)
{
	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		size_t n = strlen(reserved[i].space);

		if (strncmp(id, reserved[i].space, n) == 0 && is_word(reserved[i].names, id + n))
			return true;
	}
	return false;
}
