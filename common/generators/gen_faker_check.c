/* SPDX-License-Identifier: MIT */
/*
 * Numbers with check digits: of books, cards, banks and securities. Cards begin as
 * those that payment services document for tests, and banks have the 0 that marks
 * a test address (ISO 9362), so that none is somebody's.
 */
#include "common/generators/gen_faker_code.h"

#include <string.h>

#include "common/base/num.h"
#include "common/base/rng.h"
#include "common/generators/gen_id.h"

/* ---- books ------------------------------------------------------------------------------------
 */

enum { ISBN_BODY = 9, ISBN_GROUP_DIGITS = 8 };

/*
 * How many of the eight digits behind the group are the publisher's: by the
 * ranges of the groups 0 and 1, which English books have (ISBN Users' Manual).
 */
static unsigned publisher_digits(unsigned group, uint64_t rest)
{
	static const struct {
		uint64_t below; /* of the eight digits */
		unsigned digits;
	} ranges[2][6] = {
		{{20000000, 2}, {70000000, 3}, {85000000, 4}, {90000000, 5}, {95000000, 6},
			{100000000, 7}},
		{{10000000, 2}, {40000000, 3}, {55000000, 4}, {86980000, 5}, {99900000, 6},
			{100000000, 7}},
	};

	for (unsigned i = 0;; i++)
		if (rest < ranges[group][i].below)
			return ranges[group][i].digits;
}

/* Weights 10 to 2; ten is written X. */
static char isbn10_check(const char *digits)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < ISBN_BODY; i++)
		sum += (10 - i) * (unsigned)(digits[i] - '0');
	sum = (11 - sum % 11) % 11;
	return sum == 10 ? 'X' : (char)('0' + sum);
}

/* Weights 1 and 3 in turn, behind the prefix 978, whose weighted sum is 9 + 21 + 8. */
static char isbn13_check(const char *digits)
{
	unsigned sum = 38;

	for (unsigned i = 0; i < ISBN_BODY; i++)
		sum += (i % 2 == 0 ? 3 : 1) * (unsigned)(digits[i] - '0');
	return id_mod10(sum);
}

/* The nine digits of a book, with ${mark} between group, publisher and title. */
static char *put_book(uint64_t idx, const char *mark, char *digits, char *to)
{
	uint64_t rest = idx % (CODE_ISBNS / 2);
	unsigned group = (unsigned)(idx / (CODE_ISBNS / 2)), n = publisher_digits(group, rest);

	digits[0] = (char)('0' + group);
	(void)num_put_digits(digits + 1, rest, ISBN_GROUP_DIGITS);
	*to++ = digits[0];
	to = stpcpy(to, mark);
	to = mempcpy(to, digits + 1, n);
	to = stpcpy(to, mark);
	to = mempcpy(to, digits + 1 + n, ISBN_GROUP_DIGITS - n);
	return stpcpy(to, mark);
}

char *code_put_isbn10_marked(const struct gen *g, uint64_t idx, char *to)
{
	char digits[ISBN_BODY];

	(void)g;
	to = put_book(idx, "-", digits, to);
	*to++ = isbn10_check(digits);
	return to;
}

char *code_put_isbn10(const struct gen *g, uint64_t idx, char *to)
{
	char digits[ISBN_BODY];

	(void)g;
	to = put_book(idx, "", digits, to);
	*to++ = isbn10_check(digits);
	return to;
}

char *code_put_isbn13_marked(const struct gen *g, uint64_t idx, char *to)
{
	char digits[ISBN_BODY];

	(void)g;
	to = put_book(idx, "-", digits, stpcpy(to, "978-"));
	*to++ = isbn13_check(digits);
	return to;
}

char *code_put_isbn13(const struct gen *g, uint64_t idx, char *to)
{
	char digits[ISBN_BODY];

	(void)g;
	to = put_book(idx, "", digits, stpcpy(to, "978"));
	*to++ = isbn13_check(digits);
	return to;
}

char *code_put_isbn_marked(const struct gen *g, uint64_t idx, char *to)
{
	return idx % 2 == 0 ? code_put_isbn13_marked(g, idx / 2, to)
			    : code_put_isbn10_marked(g, idx / 2, to);
}

char *code_put_isbn(const struct gen *g, uint64_t idx, char *to)
{
	return idx % 2 == 0 ? code_put_isbn13(g, idx / 2, to) : code_put_isbn10(g, idx / 2, to);
}

/* ---- money ----------------------------------------------------------------------------------- */

/* Prefixes of cards for tests, and how many digits the numbers have. */
static const struct {
	const char *prefix;
	unsigned digits;
} cards[] = {
	{"424242", 16},
	{"400000", 16},
	{"555555", 16},
	{"222300", 16},
	{"378282", 15},
	{"371449", 15},
};

enum { NCARDS = CODE_CARD_KINDS, CARD_PREFIX = 6, CARD_SERIAL = 8 };
_Static_assert(sizeof(cards) / sizeof(cards[0]) == NCARDS, "as the space says");

/* The ninth digit of the longer serials is a hash, so that each kind has as many numbers. */
char *code_put_card(const struct gen *g, uint64_t idx, char *to)
{
	unsigned kind = (unsigned)(idx % NCARDS), n = cards[kind].digits - CARD_PREFIX - 1;
	char *from = to;

	to = stpcpy(to, cards[kind].prefix);
	if (n > CARD_SERIAL)
		*to++ = (char)('0' + rng_below(rng_at(g->key, idx), 10));
	to = num_put_digits(to, idx / NCARDS, CARD_SERIAL);
	*to = id_luhn(from, (size_t)(to - from));
	return to + 1;
}

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char alphanumeric[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char countries[][3] = {"AR", "AT", "AU", "BE", "BR", "CA", "CH", "CL", "CO", "CZ",
	"DE", "DK", "ES", "FI", "FR", "GB", "IE", "IN", "IT", "JP", "KR", "LU", "MX", "NL", "NO",
	"NZ", "PL", "PT", "SE", "SG", "US", "ZA"};

enum { NLETTERS = 26, NALNUM = 36, NCOUNTRIES = CODE_COUNTRIES };
_Static_assert(sizeof(countries) / sizeof(countries[0]) == NCOUNTRIES, "as the spaces say");
#define BANKS	  (UINT64_C(26) * 26 * 26 * 26)
#define ISIN_BODY 9

/* Four letters of the bank, the country, a letter and the 0 of a test address. */
char *code_put_bic(const struct gen *g, uint64_t idx, char *to)
{
	uint64_t bank = idx % BANKS;

	(void)g;
	idx /= BANKS;
	for (unsigned i = 0; i < 4; i++, bank /= NLETTERS)
		*to++ = letters[bank % NLETTERS];
	to = mempcpy(to, countries[idx % NCOUNTRIES], 2);
	*to++ = letters[idx / NCOUNTRIES];
	*to++ = '0';
	return to;
}

/*
 * A country, nine letters and digits, and the check digit of Luhn over all
 * digits, letters counting as 10 to 35 (ISO 6166).
 */
char *code_put_isin(const struct gen *g, uint64_t idx, char *to)
{
	char spelt[2 * (ISIN_BODY + 2)], *end = spelt, *from = to;

	(void)g;
	to = mempcpy(to, countries[idx % NCOUNTRIES], 2);
	idx /= NCOUNTRIES;
	for (unsigned i = 0; i < ISIN_BODY; i++, idx /= NALNUM)
		*to++ = alphanumeric[idx % NALNUM];
	for (const char *p = from; p < to; p++) {
		unsigned v = (unsigned)(strchr(alphanumeric, *p) - alphanumeric);

		end = v > 9 ? num_put_digits(end, v, 2) : num_put_digits(end, v, 1);
	}
	*to = id_luhn(spelt, (size_t)(end - spelt));
	return to + 1;
}
