/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRAFT_NUMBER_H
#define PLAN_CHECK_DRAFT_NUMBER_H

#include "stages/plan-check/draft.h"

/* Kinds of numbers that have to do with each other: words of "kind" in common/data/roles. */
enum number_kind {
	NUMBER_PRICE,
	NUMBER_COST,
	NUMBER_PROMO,
	NUMBER_COMPARE,
	NUMBER_QUANTITY,
	NUMBER_DISCOUNT,
	NUMBER_DISCOUNT_RATE,
	NUMBER_TAX,
	NUMBER_TAX_RATE,
	NUMBER_SHIPPING,
	NUMBER_FEE,
	NUMBER_SUBTOTAL,
	NUMBER_TOTAL,
	NUMBER_PAID,
	NUMBER_DUE,
	NUMBER_AMOUNT,
	NUMBER_REFUND,
	NUMBER_STOCK,
	NUMBER_RESERVED,
	NUMBER_BUDGET,
	NUMBER_SPENT,
	NUMBER_COUPON_RATE,
	NUMBER_FIXED_DISCOUNT,
	NUMBER_KINDS
};

/* The greatest sum of a header's lines, as the roles of prices and quantities have it: nine lines
 * of thirty pieces at 20,000 each. */
enum { NUMBER_LARGE = 9 * 30 * 20000 };

/** number_at(dt, kind): the first column of that kind that holds a number; -1: there is none. */
int number_at(const struct draft_table *dt, enum number_kind kind);

/** number_sql(d, dt, c): the column in an expression, 0 where it is NULL. */
const char *number_sql(struct draft *d, const struct draft_table *dt, uint32_t c);

/** number_of_parent(d, dt, con, ref, c): the same of column ${c} of the parent ${ref} of foreign
 * key ${con}. */
const char *number_of_parent(struct draft *d, const struct draft_table *dt,
	const struct pg_constraint *con, const struct draft_table *ref, uint32_t c);

/**
 * number_write(d, dt, c, expr, why):
 * A rule by which the column is what ${expr} says, brought within what its type and its checks
 * leave; NULL, and no rule: the column is not free, or its checks leave more than an interval.
 */
struct draft_rule *number_write(
	struct draft *d, struct draft_table *dt, int c, const char *expr, const char *why);

/** number_limit(dt, c): the greatest value that column holds by its type and its checks. */
double number_limit(const struct draft_table *dt, uint32_t c);

/** number_is_whole(dt, c): whether the column holds whole numbers. */
bool number_is_whole(const struct draft_table *dt, uint32_t c);

/** number_is_fraction(dt, c): whether a rate is of one, as 0.18; else it is of a hundred. */
bool number_is_fraction(const struct draft_table *dt, uint32_t c);

/** number_is_line(dt): whether a row says how many of something at what price. */
bool number_is_line(const struct draft_table *dt);

/** number_header(d, dt): the foreign key of a line's table to what the lines are of, an order or an
 * invoice; NULL: there is none. */
const struct pg_constraint *number_header(struct draft *d, const struct draft_table *dt);

/**
 * number_shrink(params, limit, whole):
 * The numbers of a rule that are beyond what the type has room for. A long tail is drawn in so that
 * all of it fits; what is spread evenly about its middle, as temperatures are, keeps that middle
 * where the type holds it.
 */
void number_shrink(json_t *params, double limit, bool whole);

/* The parts of the pass, in this order. */
void number_keys(struct draft *d, struct draft_table *dt);
void number_lines(struct draft *d, struct draft_table *dt);
void number_headers(struct draft *d, struct draft_table *dt);
void number_shares(struct draft *d, struct draft_table *dt);
void number_counts(struct draft *d, struct draft_table *dt);
void number_nets(struct draft *d, struct draft_table *dt);
void number_pairs(struct draft *d, struct draft_table *dt);
void number_parts(struct draft *d, struct draft_table *dt);
void number_scales(struct draft *d, struct draft_table *dt);

#endif
