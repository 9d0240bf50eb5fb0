/* SPDX-License-Identifier: MIT */
/*
 * Lines, what they are lines of, and what is paid of that. A line's price is its product's; its
 * total is quantity times price, less a discount. The header adds up its lines; its total has
 * discount, shipping and tax in it. A payment is a share of the total, so that all of them
 * together are the total, to the cent.
 */
#include "stages/plan-check/draft_number_line.h"

#include <string.h>

#include "common/generators/locale.h"
#include "common/schema/keyset.h"

/* Amounts in cents are whole numbers of another size than those beside them. */
bool number_is_cents(const struct draft_table *dt, uint32_t c)
{
	char words[ROLE_WORDS];

	role_words(dt->t->columns[c].name, words);
	return role_among("cent centavo ", words) != NULL;
}

/* Part of a number, to the cent where it has cents. */
const char *number_rounded(
	struct draft *d, const struct draft_table *dt, uint32_t c, const char *expr)
{
	return draft_textf(d, "round((%s)::numeric, %d)", expr, number_is_whole(dt, c) ? 0 : 2);
}

const char *number_rate(struct draft *d, const struct draft_table *dt, uint32_t c)
{
	const char *name = number_sql(d, dt, c);

	return number_is_fraction(dt, c) ? name : draft_textf(d, "%s / 100.0", name);
}

/* ---- lines ------------------------------------------------------------------------------------
 */

static bool is_header(const struct draft_table *dt)
{
	return number_at(dt, NUMBER_SUBTOTAL) != -1 || number_at(dt, NUMBER_TOTAL) != -1;
}

/* What a product, a service or a procedure costs: its price, or of a line's also its value. */
static int price_in(const struct draft_table *ref, bool line)
{
	int price = number_at(ref, NUMBER_PRICE);

	return price == -1 && line ? number_at(ref, NUMBER_AMOUNT) : price;
}

/* The foreign key to what has the price: a product, a variant, a service. */
static const struct pg_constraint *priced(struct draft *d, const struct draft_table *dt, uint32_t c)
{
	for (uint32_t i = 0; i < dt->t->ncons; i++) {
		const struct pg_constraint *con = &dt->t->cons[i];
		const struct draft_table *ref = draft_parent(d, con);
		int price = ref != NULL && ref != dt ? price_in(ref, number_is_line(dt)) : -1;

		if (price != -1 && !is_header(ref) && *draft_key(d, dt->t, con) != '\0' &&
			number_is_cents(ref, (uint32_t)price) == number_is_cents(dt, c) &&
			number_is_whole(ref, (uint32_t)price) == number_is_whole(dt, c))
			return con;
	}
	return NULL;
}

/* The price of a line is that of the product on the day; the price in a list of prices is some of
 * it more or less. */
static void price_of(struct draft *d, struct draft_table *dt)
{
	int price = number_at(dt, NUMBER_PRICE);
	const struct pg_constraint *con = price != -1 ? priced(d, dt, (uint32_t)price) : NULL;
	const struct draft_table *ref = con != NULL ? draft_parent(d, con) : NULL;
	const char *copy;

	/* what a trade has a price of its own for, as a liter of fuel, is no product's */
	if (ref == NULL || strncmp(draft_role(dt, (uint32_t)price), "money.", 6) != 0)
		return;
	copy = number_of_parent(d, dt, con, ref, (uint32_t)price_in(ref, number_is_line(dt)));
	if (number_at(dt, NUMBER_QUANTITY) != -1)
		number_write(d, dt, price, copy, "the price of what the line is of");
	else
		number_write(d, dt, price,
			number_rounded(d, dt, (uint32_t)price,
				draft_textf(d, "%s * choice(0.85, 0.9, 0.95, 1.0, 1.0, 1.05, 1.1)",
					copy)),
			"near the price of what it is of");
}

/* Quantity times price, less what a rate takes. */
static const char *gross(struct draft *d, const struct draft_table *dt)
{
	int rate = number_at(dt, NUMBER_DISCOUNT_RATE), quantity = number_at(dt, NUMBER_QUANTITY),
	    price = number_at(dt, NUMBER_PRICE);
	const char *product = draft_textf(d, "%s * %s", number_sql(d, dt, (uint32_t)quantity),
		number_sql(d, dt, (uint32_t)price));

	return rate == -1 ? product
			  : number_rounded(d, dt, (uint32_t)price,
				    draft_textf(d, "%s * (1 - %s)", product,
					    number_rate(d, dt, (uint32_t)rate)));
}

/* What a line comes to, without its column for that. */
const char *number_net(struct draft *d, const struct draft_table *dt)
{
	int discount = number_at(dt, NUMBER_DISCOUNT);

	return discount == -1 ? gross(d, dt)
			      : draft_textf(d, "%s - %s", gross(d, dt),
					number_sql(d, dt, (uint32_t)discount));
}

void number_lines(struct draft *d, struct draft_table *dt)
{
	int discount = number_at(dt, NUMBER_DISCOUNT), total = number_at(dt, NUMBER_TOTAL);

	price_of(d, dt);
	if (!number_is_line(dt))
		return;
	if (discount != -1)
		number_write(d, dt, discount,
			draft_textf(d, "CASE WHEN uniform(0.0, 1.0) < 0.8 THEN 0 ELSE %s END",
				number_rounded(d, dt, (uint32_t)discount,
					draft_textf(d, "%s * choice(0.05, 0.05, 0.1, 0.15)",
						gross(d, dt)))),
			"a part of the line, in one of five lines");
	if (total == -1)
		total = number_at(dt, NUMBER_SUBTOTAL);
	if (total == -1)
		total = number_at(dt, NUMBER_AMOUNT);
	number_write(d, dt, total, number_net(d, dt), "quantity times price, less discount");
}

const struct pg_constraint *number_header(struct draft *d, const struct draft_table *dt)
{
	for (uint32_t i = 0; number_is_line(dt) && i < dt->t->ncons; i++) {
		const struct draft_table *ref = draft_parent(d, &dt->t->cons[i]);

		if (ref != NULL && ref != dt && is_header(ref))
			return &dt->t->cons[i];
	}
	return NULL;
}

/* ---- headers ----------------------------------------------------------------------------------
 */

/* The table of the lines, and their foreign key to the header. */
struct draft_table *number_lines_of(
	struct draft *d, const struct draft_table *dt, const struct pg_constraint **con)
{
	for (uint32_t i = 0; i < d->s->ntables; i++) {
		*con = d->tables[i].target ? number_header(d, &d->tables[i]) : NULL;
		if (*con != NULL && (*con)->ref == dt->t)
			return &d->tables[i];
	}
	return NULL;
}

/* The usual rate of a tax that has no column for it, by the words of its name. */
const char *number_usual_rate(const struct draft *d, const char *words)
{
	static const struct {
		const char *tax, *rate;
	} known[] = {
		{"icms ", "0.18"},
		{"ipi iss issqn ", "0.05"},
		{"cofins ", "0.076"},
		{"pis ", "0.0165"},
		{"irrf ", "0.015"},
		{"inss ", "0.11"},
		{"vat ", "0.2"},
	};
	struct vtext rate;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (role_among(known[i].tax, words) != NULL)
			return known[i].rate;
	rate = locale_fact(locale_find(d->locale), "tax_rate");
	return rate.n > 0 ? rate.p : "0.2";
}

/* Whether the rate is of that tax: where a name says of which, as aliquota_icms does, it is of no
 * other. */
static bool is_rate_of(const struct draft_table *dt, uint32_t rate, const char *tax)
{
	static const char taxes[] = "icms ipi iss pis cofins irrf inss csll iof vat gst ";
	char words[ROLE_WORDS];
	const char *of;

	role_words(dt->t->columns[rate].name, words);
	of = role_among(taxes, words);
	return of == NULL || role_among(of, tax) == of;
}

void number_tax(struct draft *d, struct draft_table *dt, const char *base)
{
	int rate = number_at(dt, NUMBER_TAX_RATE);

	for (uint32_t c = 0; c < dt->t->ncolumns; c++) {
		char words[ROLE_WORDS];

		if (!role_is(dt->columns[c].m.role, "tax"))
			continue;
		role_words(dt->t->columns[c].name, words);
		number_write(d, dt, (int)c,
			number_rounded(d, dt, c,
				draft_textf(d, "%s * %s", base,
					rate != -1 && is_rate_of(dt, (uint32_t)rate, words)
						? number_rate(d, dt, (uint32_t)rate)
						: number_usual_rate(d, words))),
			"a rate of the base");
	}
}

/* What is paid of a total, and what is left. */
void number_paid(struct draft *d, struct draft_table *dt, int total)
{
	int paid = number_at(dt, NUMBER_PAID), due = number_at(dt, NUMBER_DUE);
	const char *all = number_sql(d, dt, (uint32_t)total);

	if (paid != -1)
		number_write(d, dt, paid,
			number_rounded(d, dt, (uint32_t)paid,
				draft_textf(d, "%s * choice(0, 0, 0.5, 1, 1, 1, 1)", all)),
			"nothing, a part or all of the total");
	if (due != -1 && paid != -1)
		number_write(d, dt, due,
			draft_textf(d, "%s - %s", all, number_sql(d, dt, (uint32_t)paid)),
			"the total less what is paid");
}
