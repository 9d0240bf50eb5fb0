/* SPDX-License-Identifier: MIT */
/*
 * Headers: an order or an invoice adds up its lines; its total has discount, tax and
 * shipping in it.
 */
#include "stages/plan-check/draft_number_line.h"

#include <string.h>

/* What a line adds to the header's sum. */
static const char *line_value(struct draft *d, const struct draft_table *lines)
{
	int total = number_at(lines, NUMBER_TOTAL);

	if (total == -1)
		total = number_at(lines, NUMBER_SUBTOTAL);
	return total != -1 ? number_sql(d, lines, (uint32_t)total) : number_net(d, lines);
}

/* A column that the sum of its lines may not fit has none, because rows could not be written then;
 * whoever reads the guesses is told so. */
static bool sums_fit(struct draft *d, struct draft_table *dt, uint32_t c, const char *lines)
{
	if (number_limit(dt, c) > NUMBER_LARGE)
		return true;
	dt->columns[c].m.why = draft_textf(d,
		"%s; it is not the sum of its %s, which can be more than %s and its checks hold",
		dt->columns[c].m.why, lines, dt->t->columns[c].formatted);
	return false;
}

static void sum_of_lines(struct draft *d, struct draft_table *dt, int c)
{
	const struct pg_constraint *con;
	struct draft_table *lines = number_lines_of(d, dt, &con);
	struct draft_rule *r;
	enum { SURE = 92 };

	if (lines == NULL || c == -1 || !draft_free(dt, (uint32_t)c) || dt->columns[c].in_key ||
		!sums_fit(d, dt, (uint32_t)c, lines->t->name))
		return;
	r = draft_rule(d, dt, (uint32_t)c, "derive.children",
		json_pack("{s:s, s:s, s:s, s:s}", "child",
			draft_textf(d, "%s.%s", lines->t->schema, lines->t->name), "foreign_key",
			con->name, "aggregate", "sum", "expr",
			draft_textf(d, "(%s)::numeric", line_value(d, lines))));
	draft_says(r, r->role, draft_textf(d, "the sum of its %s", lines->t->name), SURE);
	r->nulls = 0;
	lines->counted[con - lines->t->cons] = true;
}

/* A foreign key to a coupon that says what it takes off. */
static const struct pg_constraint *coupon_of(struct draft *d, const struct draft_table *dt)
{
	for (uint32_t i = 0; i < dt->t->ncons; i++) {
		const struct draft_table *ref = draft_parent(d, &dt->t->cons[i]);

		if (ref != NULL && ref != dt && *draft_key(d, dt->t, &dt->t->cons[i]) != '\0' &&
			(number_at(ref, NUMBER_COUPON_RATE) != -1 ||
				number_at(ref, NUMBER_FIXED_DISCOUNT) != -1))
			return &dt->t->cons[i];
	}
	return NULL;
}

/* What a coupon takes off the base; 0 without one. */
static const char *by_coupon(struct draft *d, const struct draft_table *dt,
	const struct pg_constraint *con, uint32_t c, const char *base)
{
	const struct draft_table *ref = draft_parent(d, con);
	int rate = number_at(ref, NUMBER_COUPON_RATE),
	    fixed = number_at(ref, NUMBER_FIXED_DISCOUNT);
	const char *off = "0";

	if (rate != -1)
		off = draft_textf(d, "%s * %s%s", base,
			number_of_parent(d, dt, con, ref, (uint32_t)rate),
			number_is_fraction(ref, (uint32_t)rate) ? "" : " / 100.0");
	if (fixed != -1 && number_is_cents(ref, (uint32_t)fixed) == number_is_cents(dt, c))
		off = draft_textf(
			d, "%s + %s", off, number_of_parent(d, dt, con, ref, (uint32_t)fixed));
	return draft_textf(d, "least(%s, %s)", base, number_rounded(d, dt, c, off));
}

static void discount_of(struct draft *d, struct draft_table *dt, const char *base)
{
	int c = number_at(dt, NUMBER_DISCOUNT), rate = number_at(dt, NUMBER_DISCOUNT_RATE);
	const struct pg_constraint *coupon = coupon_of(d, dt);

	if (c == -1)
		return;
	if (rate != -1)
		number_write(d, dt, c,
			number_rounded(d, dt, (uint32_t)c,
				draft_textf(
					d, "%s * %s", base, number_rate(d, dt, (uint32_t)rate))),
			"the rate beside it, of the base");
	else if (coupon != NULL)
		number_write(d, dt, c, by_coupon(d, dt, coupon, (uint32_t)c, base),
			"what the coupon takes off");
	else
		number_write(d, dt, c,
			draft_textf(d, "CASE WHEN uniform(0.0, 1.0) < 0.75 THEN 0 ELSE %s END",
				number_rounded(d, dt, (uint32_t)c,
					draft_textf(d, "%s * choice(0.05, 0.1, 0.1, 0.15)", base))),
			"a part of the base, in one of four rows");
}

/* The columns of the kinds, with the sign before each. */
static const char *with(struct draft *d, const struct draft_table *dt, const char *expr,
	enum number_kind kind, const char *sign)
{
	int c = number_at(dt, kind);

	return c == -1 ? expr
		       : draft_textf(d, "%s %s %s", expr, sign, number_sql(d, dt, (uint32_t)c));
}

void number_headers(struct draft *d, struct draft_table *dt)
{
	int sub = number_at(dt, NUMBER_SUBTOTAL), total = number_at(dt, NUMBER_TOTAL);
	const char *base, *expr;

	if (number_is_line(dt) || (sub == -1 && total == -1))
		return;
	if (number_document(d, dt, sub, total))
		return;
	sum_of_lines(d, dt, sub != -1 ? sub : total);
	if (sub != -1) {
		base = number_sql(d, dt, (uint32_t)sub);
		discount_of(d, dt, base);
		number_tax(d, dt, draft_textf(d, "(%s)", with(d, dt, base, NUMBER_DISCOUNT, "-")));
		expr = with(d, dt, base, NUMBER_DISCOUNT, "-");
		expr = with(d, dt, expr, NUMBER_TAX, "+");
		expr = with(d, dt, expr, NUMBER_SHIPPING, "+");
		number_write(d, dt, total, expr, "subtotal, discount, tax and shipping together");
	}
	if (total != -1)
		number_paid(d, dt, total);
}
