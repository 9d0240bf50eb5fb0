/* SPDX-License-Identifier: MIT */
/*
 * What documents share of the total of what they are of: payments of an order, an
 * invoice of it and the taxes in it, to the cent.
 */
#include "stages/plan-check/draft_number_line.h"

#include <string.h>

#include "common/schema/keyset.h"

/* ---- shares of a parent's total ---------------------------------------------------------------
 */

/* What the columns of a document share: the total of the order, of the invoice. */
static int total_of(const struct draft_table *ref)
{
	int c = number_at(ref, NUMBER_TOTAL);

	return c != -1 ? c : number_at(ref, NUMBER_SUBTOTAL);
}

/* A whole total, or of several rows an equal share each; the last has what rounding left. */
static const char *share(struct draft *d, const struct draft_table *dt,
	const struct pg_constraint *con, uint32_t c, const char *all)
{
	const char *key = draft_key(d, dt->t, con), *part;

	if (keyset_tells_apart(dt->t, con->cols, con->ncols))
		return all;
	part = number_is_whole(dt, c)
		       ? draft_textf(d, "%s / sibling_count(%s)", all, key)
		       : draft_textf(d, "round((%s / sibling_count(%s))::numeric, 2)", all, key);
	return draft_textf(d,
		"CASE WHEN sibling_number(%s) = sibling_count(%s) THEN %s - (%s) * "
		"(sibling_count(%s) - 1) ELSE %s END",
		key, key, all, part, key, part);
}

/* Rows without a parent have an amount of their own. */
static bool share_of(struct draft *d, struct draft_table *dt, const struct pg_constraint *con,
	int c, const struct draft_table *ref)
{
	uint32_t total = (uint32_t)total_of(ref);
	const char *key = draft_key(d, dt->t, con), *expr;

	if (number_is_cents(ref, total) != number_is_cents(dt, (uint32_t)c) ||
		number_is_whole(ref, total) != number_is_whole(dt, (uint32_t)c))
		return false;
	expr = share(d, dt, con, (uint32_t)c, number_of_parent(d, dt, con, ref, total));
	if (!pg_column_not_null(&dt->t->columns[con->cols[0]]))
		expr = draft_textf(d, "CASE WHEN %s IS NULL THEN %s ELSE %s END", key,
			number_is_whole(dt, (uint32_t)c) ? "uniform(20, 900)"
							 : "uniform(20.00, 900.00)",
			expr);
	if (number_write(d, dt, c, expr,
		    draft_textf(d, "%s %s of %s",
			    keyset_tells_apart(dt->t, con->cols, con->ncols) ? "the"
									     : "a share of the",
			    ref->t->columns[total].name, ref->t->name)) == NULL)
		return false;
	if (!keyset_tells_apart(dt->t, con->cols, con->ncols))
		dt->counted[con - dt->t->cons] = true;
	return true;
}

/* Shares out the totals of the tables that a document without lines refers to; whether there is
 * one. */
static bool share_out(struct draft *d, struct draft_table *dt, int c)
{
	const struct pg_constraint *con;
	bool any = false;

	for (uint32_t i = 0; number_lines_of(d, dt, &con) == NULL && i < dt->t->ncons; i++) {
		const struct draft_table *ref = draft_parent(d, &dt->t->cons[i]);

		if (ref != NULL && ref != dt && total_of(ref) != -1 && !number_is_line(ref) &&
			*draft_key(d, dt->t, &dt->t->cons[i]) != '\0')
			any |= share_of(d, dt, &dt->t->cons[i], c, ref);
	}
	return any;
}

/*
 * An invoice whose total is its order's: what the taxes are of is what makes that total. A base is
 * all of it, for taxes that are in the price (as ICMS is); a subtotal is the total without them.
 */
static void parts_of_total(struct draft *d, struct draft_table *dt, int sub, const char *all)
{
	int tax = number_at(dt, NUMBER_TAX), rate = number_at(dt, NUMBER_TAX_RATE);
	char words[ROLE_WORDS];

	role_words(dt->t->columns[sub].name, words);
	if (tax == -1 || strstr(words, "_base_") != NULL) {
		number_write(d, dt, sub, all, "all of the total");
		number_tax(d, dt, number_sql(d, dt, (uint32_t)sub));
		return;
	}
	role_words(dt->t->columns[tax].name, words);
	number_write(d, dt, sub,
		number_rounded(d, dt, (uint32_t)sub,
			draft_textf(d, "%s / (1 + %s)", all,
				rate != -1 ? number_rate(d, dt, (uint32_t)rate)
					   : number_usual_rate(d, words))),
		"the total without its tax");
	number_write(d, dt, tax, draft_textf(d, "%s - %s", all, number_sql(d, dt, (uint32_t)sub)),
		"the total less the subtotal");
}

/* The total of the one order that a document is of, where a check computes the document's own. */
static const char *total_elsewhere(struct draft *d, const struct draft_table *dt, int total)
{
	for (uint32_t i = 0; !draft_free(dt, (uint32_t)total) && i < dt->t->ncons; i++) {
		const struct pg_constraint *con = &dt->t->cons[i];
		const struct draft_table *ref = draft_parent(d, con);

		if (ref != NULL && ref != dt && total_of(ref) != -1 && !number_is_line(ref) &&
			*draft_key(d, dt->t, con) != '\0' &&
			keyset_tells_apart(dt->t, con->cols, con->ncols))
			return number_of_parent(d, dt, con, ref, (uint32_t)total_of(ref));
	}
	return NULL;
}

/* A document of an order, whose total has nothing in it but a subtotal and a tax. */
bool number_document(struct draft *d, struct draft_table *dt, int sub, int total)
{
	const char *all;

	if (sub == -1 || total == -1 || number_at(dt, NUMBER_DISCOUNT) != -1 ||
		number_at(dt, NUMBER_SHIPPING) != -1)
		return false;
	all = share_out(d, dt, total) ? number_sql(d, dt, (uint32_t)total)
				      : total_elsewhere(d, dt, total);
	if (all == NULL)
		return false;
	parts_of_total(d, dt, sub, all);
	number_paid(d, dt, total);
	return true;
}

static void refund_of(struct draft *d, struct draft_table *dt)
{
	int c = number_at(dt, NUMBER_REFUND), all = number_at(dt, NUMBER_AMOUNT);

	if (all == -1)
		all = number_at(dt, NUMBER_TOTAL);
	if (c != -1 && all != -1)
		number_write(d, dt, c,
			number_rounded(d, dt, (uint32_t)c,
				draft_textf(d, "%s * choice(0.3, 0.5, 1, 1, 1)",
					number_sql(d, dt, (uint32_t)all))),
			"a part or all of the amount");
}

void number_shares(struct draft *d, struct draft_table *dt)
{
	static const enum number_kind kinds[] = {
		NUMBER_AMOUNT, NUMBER_TOTAL, NUMBER_PAID, NUMBER_REFUND};
	int c = -1;

	for (size_t k = 0; c == -1 && k < sizeof(kinds) / sizeof(kinds[0]); k++)
		c = number_at(dt, kinds[k]);
	if (c == -1 || number_is_line(dt) || number_at(dt, NUMBER_QUANTITY) != -1)
		return;
	(void)share_out(d, dt, c);
	refund_of(d, dt);
	if (number_at(dt, NUMBER_SUBTOTAL) == -1)
		number_tax(d, dt, number_sql(d, dt, (uint32_t)c));
}
