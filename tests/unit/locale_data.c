/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "common/generators/locale.h"
#include "tests/unit/check.h"

/* What the data of each locale promises: how much there is, and that places are what they seem. */

static const struct locale_list *list(const struct locale *l, const char *name)
{
	const struct locale_list *found = locale_list(l, name);

	if (found == NULL)
		fprintf(stderr, "%s has no %s\n", l->name, name);
	CHECK(found != NULL);
	return found;
}

static int64_t number(const struct locale_list *l, uint32_t row, const char *column)
{
	int64_t v = -1;

	CHECK(locale_int(l, row, (uint32_t)locale_column(l, column), &v));
	return v;
}

static bool same(struct vtext a, struct vtext b)
{
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static void there_is_enough(const struct locale *l)
{
	static const struct {
		const char *name;
		uint32_t least;
	} lists[] = {{"given", 1000}, {"family", 1000}, {"place", 500}, {"state", 10},
		{"street", 300}, {"district", 100}, {"word", 300}, {"sentence", 60},
		{"profession", 100}, {"industry", 80}, {"company_word", 100}, {"country", 190},
		{"currency", 166}, {"timezone", 125}};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct locale_list *found = list(l, lists[i].name);

		if (found != NULL && found->n < lists[i].least)
			fprintf(stderr, "%s has %u of %s\n", l->name, found->n, lists[i].name);
		CHECK(found != NULL && found->n >= lists[i].least);
	}
}

static void names_have_both_sexes(const struct locale *l)
{
	const struct locale_list *given = list(l, "given");
	uint32_t sex = (uint32_t)locale_column(given, "sex"), women = 0, men = 0;

	for (uint32_t i = 0; i < given->n; i++) {
		struct vtext v = locale_cell(given, i, sex);

		women += v.n == 1 && *v.p == 'F';
		men += v.n == 1 && *v.p == 'M';
	}
	CHECK(women + men == given->n && women > given->n / 3 && men > given->n / 3);
	CHECK(given->weight != NULL && locale_list(l, "family")->weight != NULL);
}

/* A cell in ten thousandths of degrees, and a fact of the country. */
static int64_t degrees_of(const struct locale_list *l, uint32_t row, const char *column)
{
	int64_t x = 0;

	CHECK(locale_fixed(l, row, (uint32_t)locale_column(l, column), 4, &x));
	return x;
}

static int64_t degrees(const struct locale *l, const char *name)
{
	const struct vtext v = locale_fact(l, name);
	const struct locale_list one = {.v = &v, .n = 1, .ncolumns = 1};
	int64_t x = 0;

	CHECK(locale_fixed(&one, 0, 0, 4, &x));
	return x;
}

/* The facts that other places ask for, and a rectangle within the country for every system. */
static void facts_are_there(const struct locale *l)
{
	const struct locale_list *in = list(l, "extent");
	long iban = strtol(locale_fact(l, "iban_length").p, NULL, 10);
	double tax = strtod(locale_fact(l, "tax_rate").p, NULL);
	bool degrees_of_none = false;

	CHECK(locale_fact(l, "language").n == 2 &&
		strncmp(l->name, locale_fact(l, "language").p, 2) == 0);
	CHECK(iban >= 15 && iban <= 34 && tax > 0 && tax < 1);
	CHECK(locale_fact(l, "no such fact").n == 0);
	for (uint32_t i = 0; i < in->n; i++) {
		CHECK(number(in, i, "srid_from") <= number(in, i, "srid_to"));
		CHECK(number(in, i, "decimals") <= 5);
		if (number(in, i, "srid_from") != 0)
			continue;
		degrees_of_none = true;
		CHECK(degrees_of(in, i, "west") >= degrees(l, "west") &&
			degrees_of(in, i, "east") <= degrees(l, "east"));
		CHECK(degrees_of(in, i, "south") >= degrees(l, "south") &&
			degrees_of(in, i, "north") <= degrees(l, "north"));
	}
	CHECK(degrees_of_none && number(in, in->n - 1, "srid_from") == 1);
}

/* Every place lies in a state that there is, within the country; no two have one postal code, and
 * an area code is of one state, but for those few that cross a border. */
static void places_agree(const struct locale *l)
{
	int64_t south = degrees(l, "south"), north = degrees(l, "north"), west = degrees(l, "west"),
		east = degrees(l, "east");
	const struct locale_list *p = list(l, "place"), *s = list(l, "state");
	uint32_t state = (uint32_t)locale_column(p, "state"),
		 abbr = (uint32_t)locale_column(s, "abbr");
	uint32_t lat = (uint32_t)locale_column(p, "latitude"),
		 lon = (uint32_t)locale_column(p, "longitude"), lost = 0, shared = 0, outside = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		int64_t from = number(p, i, "postal_from"), to = number(p, i, "postal_to"), y, x;
		bool found = false;

		for (uint32_t k = 0; k < s->n; k++)
			found |= same(locale_cell(p, i, state), locale_cell(s, k, abbr));
		lost += !found || from > to;
		CHECK(locale_fixed(p, i, lat, 4, &y) && locale_fixed(p, i, lon, 4, &x));
		outside += y < south || y > north || x < west || x > east;
		for (uint32_t k = 0; k < i; k++)
			shared += from <= number(p, k, "postal_to") &&
				  number(p, k, "postal_from") <= to;
		CHECK(locale_cell(p, i, (uint32_t)locale_column(p, "area")).n >= 2);
	}
	CHECK(lost == 0 && shared == 0 && outside == 0);
}

/* The first three digits of the ZIP codes of a state (the postal service's plan). */
static void zip_codes_are_of_their_state(void)
{
	static const struct {
		const char *abbr;
		int from, to;
	} of[] = {{"AL", 350, 369}, {"AK", 995, 999}, {"AZ", 850, 865}, {"AR", 716, 729},
		{"CA", 900, 961}, {"CO", 800, 816}, {"CT", 60, 69}, {"DE", 197, 199},
		{"DC", 200, 205}, {"FL", 320, 349}, {"GA", 300, 319}, {"HI", 967, 968},
		{"ID", 832, 838}, {"IL", 600, 629}, {"IN", 460, 479}, {"IA", 500, 528},
		{"KS", 660, 679}, {"KY", 400, 427}, {"LA", 700, 714}, {"ME", 39, 49},
		{"MD", 206, 219}, {"MA", 10, 27}, {"MI", 480, 499}, {"MN", 550, 567},
		{"MS", 386, 397}, {"MO", 630, 658}, {"MT", 590, 599}, {"NE", 680, 693},
		{"NV", 889, 898}, {"NH", 30, 38}, {"NJ", 70, 89}, {"NM", 870, 884},
		{"NY", 100, 149}, {"NC", 270, 289}, {"ND", 580, 588}, {"OH", 430, 459},
		{"OK", 730, 749}, {"OR", 970, 979}, {"PA", 150, 196}, {"RI", 28, 29},
		{"SC", 290, 299}, {"SD", 570, 577}, {"TN", 370, 385}, {"TX", 750, 799},
		{"UT", 840, 847}, {"VT", 50, 59}, {"VA", 201, 246}, {"WA", 980, 994},
		{"WV", 247, 268}, {"WI", 530, 549}, {"WY", 820, 831}};
	const struct locale_list *p = list(locale_find("en_US"), "place");
	uint32_t state = (uint32_t)locale_column(p, "state"), right = 0;

	for (uint32_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < sizeof(of) / sizeof(of[0]); k++) {
			struct vtext abbr = {of[k].abbr, strlen(of[k].abbr)};

			right += same(abbr, locale_cell(p, i, state)) &&
				 number(p, i, "postal_from") / 100 >= of[k].from &&
				 number(p, i, "postal_to") / 100 <= of[k].to;
		}
	CHECK(right == p->n);
}

int main(void)
{
	for (size_t i = 0; i < locale_count(); i++) {
		there_is_enough(locale_at(i));
		names_have_both_sexes(locale_at(i));
		facts_are_there(locale_at(i));
		places_agree(locale_at(i));
	}
	zip_codes_are_of_their_state();
	return check_done();
}
