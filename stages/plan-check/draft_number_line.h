/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_NUMBER_LINE_H
#define PLAN_CHECK_DRAFT_NUMBER_LINE_H

#include "stages/plan-check/draft_number.h"

/* What the files about lines, headers and shares have in common. */

/** number_is_cents(dt, c): whether an amount is in cents, as its name says. */
bool number_is_cents(const struct draft_table *dt, uint32_t c);

/** number_rounded(d, dt, c, expr): the expression, to the cent where the column has cents. */
const char *number_rounded(
	struct draft *d, const struct draft_table *dt, uint32_t c, const char *expr);

/** number_rate(d, dt, c): the rate in column ${c} as a share of one. */
const char *number_rate(struct draft *d, const struct draft_table *dt, uint32_t c);

/** number_usual_rate(d, words): the rate, as text, of a tax of that name where no column has it. */
const char *number_usual_rate(const struct draft *d, const char *words);

/** number_net(d, dt): what a line comes to, without its column for that. */
const char *number_net(struct draft *d, const struct draft_table *dt);

/** number_lines_of(d, dt, con): the table of the lines of a header, and their foreign key to it. */
struct draft_table *number_lines_of(
	struct draft *d, const struct draft_table *dt, const struct pg_constraint **con);

/** number_tax(d, dt, base): taxes are a rate of the base.  number_paid(d, dt, total): what is paid
 * of a total, and what is left. */
void number_tax(struct draft *d, struct draft_table *dt, const char *base);
void number_paid(struct draft *d, struct draft_table *dt, int total);

/** number_document(d, dt, sub, total): rules for a document whose total is that of what it is of,
 * and has nothing in it but a subtotal and a tax; false, and no rule, if it is none. */
bool number_document(struct draft *d, struct draft_table *dt, int sub, int total);

#endif
