/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/draft_worth.h"

#include "stages/plan-check/draft_number.h"

/* What lines multiply and headers add up is to fit their columns. */
enum { MOST_OF_LINES = 5000 };

/* Whether a table has, or refers to the table from, rows that say how many at what price. */
static bool is_in_lines(struct draft *d, const struct draft_table *dt)
{
	if (number_is_line(dt))
		return true;
	for (uint32_t i = 0; i < d->s->ntables; i++)
		for (uint32_t k = 0; number_is_line(&d->tables[i]) && k < d->s->tables[i].ncons;
			k++)
			if (d->s->tables[i].cons[k].kind == PG_CON_FOREIGN &&
				d->s->tables[i].cons[k].ref == dt->t)
				return true;
	return false;
}

/* What the rows of a table are worth by its name; an offer is worth what it is made for. */
static uint32_t worth_of(struct draft *d, const struct draft_table *dt)
{
	static const char of_parent[] =
		"offer bid proposal sale valuation appraisal estimate listing "
		"quote purchase acquisition oferta lance proposta venda "
		"avaliacao anuncio compra aquisicao ";
	uint32_t worth = role_worth_of(dt->words);

	for (uint32_t i = 0; role_among(of_parent, dt->words) != NULL && i < dt->t->ncons; i++) {
		const struct draft_table *ref = draft_parent(d, &dt->t->cons[i]);

		if (worth == 0 && ref != NULL && ref != dt)
			worth = role_worth_of(ref->words);
	}
	return worth > MOST_OF_LINES && is_in_lines(d, dt) ? 0 : worth;
}

static void put(json_t *params, const char *key, double v, bool whole)
{
	json_object_set_new(
		params, key, whole ? json_integer((json_int_t)(v + 0.5)) : json_real(v));
}

bool worth_set(struct draft *d, const struct draft_table *dt, uint32_t c, json_t *params)
{
	enum { ROUND = 1000, LARGE = 20000, STEP = 10, LARGE_STEP = 500 };
	const double hundred = 100, spread = 2.6, least = 0.2, most = 9;
	int share = role_order(dt->columns[c].m.role, "worth");
	uint32_t worth = share > 0 ? worth_of(d, dt) : 0;
	double median = worth * share / hundred;
	bool whole = number_is_whole(dt, c) || median >= hundred;

	if (worth == 0 || params == NULL)
		return false;
	put(params, "median", median, whole);
	put(params, "p90", median * spread, whole);
	put(params, "min", median * least, whole);
	put(params, "max", median * most, whole);
	if (median < ROUND)
		return true;
	json_object_del(params, "endings");
	if (role_is(dt->columns[c].m.role, "price") || median >= LARGE)
		put(params, "step", median >= LARGE ? LARGE_STEP : STEP, true);
	return true;
}
