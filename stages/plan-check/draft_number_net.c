/* SPDX-License-Identifier: MIT */
/*
 * What is left of a gross number: a net weight is the gross one less the tare, net pay is the gross
 * pay less what is withheld, what is due is the amount less the discount and with the surcharge.
 * Which columns take away and which add is told by their names; on a pay slip also by their role.
 * And sums of two parts that have names of their own, as a repair's parts and labor.
 */
#include "stages/plan-check/draft_number.h"

#include <string.h>

/* What a column is to the others of its row, by words of its name. */
enum part { PART_NONE, PART_GROSS, PART_LESS, PART_MORE, PART_NET };

static const struct {
	enum part part;
	const char *words;
	const char *share; /* of the gross number, where nothing else says how much it is */
	const char *kind;  /* of a role, which says the same as the words */
} parts[] = {
	{PART_NET, "net liquido liquida ", NULL, NULL},
	{PART_GROSS, "gross bruto bruta original ", NULL, NULL},
	{PART_LESS, "tare tara ", "uniform(0.08, 0.3)", NULL},
	{PART_LESS, "discount desconto abatimento rebate ", "choice(0, 0, 0, 0.05, 0.1)",
		"discount"},
	{PART_LESS, "scholarship bolsa ", "choice(0, 0, 0.1, 0.25, 0.5)", NULL},
	{PART_LESS, "deduction deducao withheld withholding retencao retido ",
		"uniform(0.03, 0.12)", NULL},
	{PART_MORE, "surcharge acrescimo juros multa interest penalty ",
		"choice(0, 0, 0, 0.02, 0.05)", NULL},
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

/* The entry of the list that says what the column is; PARTS: none. Rates, days and flags are no
 * part of a sum. */
static size_t part_of(const struct draft_table *dt, uint32_t c)
{
	static const char others[] = "percentual percent rate day dia date data number count ";
	const struct draft_column *x = &dt->columns[c];
	char words[ROLE_WORDS];
	size_t i = 0;

	role_words(dt->t->columns[c].name, words);
	if (!role_of_kind("number ", x->kind) || role_is(x->m.role, "percent") ||
		role_is(x->m.role, "tax_rate") || role_among(others, words) != NULL)
		return PARTS;
	while (i < PARTS && role_among(parts[i].words, words) == NULL &&
		!(parts[i].kind != NULL && role_is(x->m.role, parts[i].kind)))
		i++;
	return i;
}

/* What words say of weights and of money are two sums: they have nothing in common. */
static bool is_weight(const struct draft_table *dt, uint32_t c)
{
	static const char weights[] = "weight peso kg lb tare tara ";
	char words[ROLE_WORDS];

	role_words(dt->t->columns[c].name, words);
	return role_among(weights, words) != NULL;
}

static int find(const struct draft_table *dt, enum part part, bool weight)
{
	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		size_t i = part_of(dt, c);

		if (i < PARTS && parts[i].part == part && is_weight(dt, c) == weight)
			return (int)c;
	}
	return -1;
}

/* A part of the gross number, where no pass has said what it is. */
static void share(
	struct draft *d, struct draft_table *dt, uint32_t c, uint32_t gross, const char *times)
{
	number_write(d, dt, (int)c,
		draft_textf(d, "round((%s * %s)::numeric, %d)", number_sql(d, dt, gross), times,
			number_is_whole(dt, c) ? 0 : 2),
		"a part of the gross number");
}

/* " - tare + surcharge": the columns between gross and net, each a share of the gross number. */
static const char *between(struct draft *d, struct draft_table *dt, uint32_t gross, bool weight)
{
	const char *sum = "";

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		size_t i = part_of(dt, c);
		bool withheld = strcmp(draft_role(dt, c), "work.deduction") == 0;

		if (c == gross || is_weight(dt, c) != weight ||
			!(withheld || (i < PARTS && (parts[i].part == PART_LESS ||
							    parts[i].part == PART_MORE))))
			continue;
		share(d, dt, c, gross, withheld ? "uniform(0.02, 0.11)" : parts[i].share);
		sum = draft_textf(d, "%s %s %s", sum,
			!withheld && parts[i].part == PART_MORE ? "+" : "-", number_sql(d, dt, c));
	}
	return sum;
}

static void net_of(struct draft *d, struct draft_table *dt, bool weight)
{
	int net = find(dt, PART_NET, weight), gross = find(dt, PART_GROSS, weight);
	const char *rest;

	if (net == -1 || gross == -1 || !draft_free(dt, (uint32_t)net))
		return;
	rest = between(d, dt, (uint32_t)gross, weight);
	if (*rest != '\0')
		number_write(d, dt, net,
			draft_textf(d, "%s%s", number_sql(d, dt, (uint32_t)gross), rest),
			"the gross number less what is taken away");
	else
		share(d, dt, (uint32_t)net, (uint32_t)gross, "uniform(0.72, 0.96)");
}

/* The only number whose name has the word; -1: none or several. */
static int only_with(const struct draft_table *dt, const char *word)
{
	int found = -1;

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		char words[ROLE_WORDS];

		role_words(dt->t->columns[c].name, words);
		if (!role_of_kind("number ", dt->columns[c].kind) ||
			role_among(word, words) == NULL)
			continue;
		if (found != -1)
			return -1;
		found = (int)c;
	}
	return found;
}

/* A total of two parts. */
static void total_of(struct draft *d, struct draft_table *dt)
{
	static const struct {
		const char *one, *other;
	} sums[] = {
		{"part peca ", "labor labour obra "},
		{"material ", "labor labour obra "},
		{"principal ", "interest juros "},
		{"product produto ", "service servico "},
	};
	int total = number_at(dt, NUMBER_TOTAL);

	for (size_t i = 0; total != -1 && i < sizeof(sums) / sizeof(sums[0]); i++) {
		int one = only_with(dt, sums[i].one), other = only_with(dt, sums[i].other);

		if (one != -1 && other != -1 && one != other && one != total && other != total)
			number_write(d, dt, total,
				draft_textf(d, "%s + %s", number_sql(d, dt, (uint32_t)one),
					number_sql(d, dt, (uint32_t)other)),
				"the sum of its parts");
	}
}

/* Who sells asks for a little more than who buys bids. */
static void ask_of(struct draft *d, struct draft_table *dt)
{
	int bid = only_with(dt, "bid "), ask = only_with(dt, "ask "), mid = only_with(dt, "mid ");

	if (bid == -1 || ask == -1 || bid == ask)
		return;
	number_write(d, dt, ask,
		draft_textf(
			d, "%s * choice(1.0002, 1.0004, 1.001)", number_sql(d, dt, (uint32_t)bid)),
		"a little above the bid");
	if (mid != -1 && mid != bid && mid != ask)
		number_write(d, dt, mid,
			draft_textf(d, "(%s + %s) / 2", number_sql(d, dt, (uint32_t)bid),
				number_sql(d, dt, (uint32_t)ask)),
			"between bid and ask");
}

/* A model is of the year in which it was built, or of the next one. */
static void year_of_model(struct draft *d, struct draft_table *dt)
{
	int built = only_with(dt, "ano_fabricacao ano_fab year_built manufacture_year "),
	    model = only_with(dt, "ano_modelo ano_mod model_year ");

	if (built != -1 && model != -1 && built != model)
		number_write(d, dt, model,
			draft_textf(d, "%s + choice(0, 0, 1)", number_sql(d, dt, (uint32_t)built)),
			"the year of building, or the next one");
}

void number_nets(struct draft *d, struct draft_table *dt)
{
	net_of(d, dt, false);
	net_of(d, dt, true);
	total_of(d, dt);
	ask_of(d, dt);
	year_of_model(d, dt);
}
