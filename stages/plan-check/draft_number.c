/* SPDX-License-Identifier: MIT */
/*
 * What numbers have to do with each other: lines are quantity times price, headers the sums of
 * their lines, payments shares of what is paid, counters count. The rules are expressions over
 * the row, over its parents, and aggregates of its children. Nothing here reads a header from a
 * line's table, so that what a header adds up never depends on the header.
 */
#include "stages/plan-check/draft_number.h"

#include <math.h>
#include <string.h>

/* ---- kinds ------------------------------------------------------------------------------------
 */

static bool is_number(const struct draft_column *x)
{
	return role_of_kind("number ", x->kind);
}

int number_at(const struct draft_table *dt, enum number_kind kind)
{
	static const char *const words[NUMBER_KINDS] = {
		[NUMBER_PRICE] = "price",
		[NUMBER_COST] = "cost",
		[NUMBER_PROMO] = "promo",
		[NUMBER_COMPARE] = "compare",
		[NUMBER_QUANTITY] = "quantity",
		[NUMBER_DISCOUNT] = "discount",
		[NUMBER_DISCOUNT_RATE] = "discount_rate",
		[NUMBER_TAX] = "tax",
		[NUMBER_TAX_RATE] = "tax_rate",
		[NUMBER_SHIPPING] = "shipping",
		[NUMBER_FEE] = "fee",
		[NUMBER_SUBTOTAL] = "subtotal",
		[NUMBER_TOTAL] = "total",
		[NUMBER_PAID] = "paid",
		[NUMBER_DUE] = "due",
		[NUMBER_AMOUNT] = "amount",
		[NUMBER_REFUND] = "refund",
		[NUMBER_STOCK] = "stock",
		[NUMBER_RESERVED] = "reserved",
		[NUMBER_BUDGET] = "budget",
		[NUMBER_SPENT] = "spent",
		[NUMBER_COUPON_RATE] = "coupon_rate",
		[NUMBER_FIXED_DISCOUNT] = "fixed_discount",
	};

	for (uint32_t c = 0; dt->target && c < dt->t->ncolumns; c++)
		if (role_is(dt->columns[c].m.role, words[kind]) && is_number(&dt->columns[c]))
			return (int)c;
	return -1;
}

bool number_is_line(const struct draft_table *dt)
{
	return number_at(dt, NUMBER_QUANTITY) != -1 && number_at(dt, NUMBER_PRICE) != -1;
}

/* ---- expressions ------------------------------------------------------------------------------
 */

const char *number_sql(struct draft *d, const struct draft_table *dt, uint32_t c)
{
	const char *name = draft_sql(d, dt->t, c);

	return dt->columns[c].nullable ? draft_textf(d, "coalesce(%s, 0)", name) : name;
}

const char *number_of_parent(struct draft *d, const struct draft_table *dt,
	const struct pg_constraint *con, const struct draft_table *ref, uint32_t c)
{
	const char *key = draft_key(d, dt->t, con), *name = draft_sql(d, ref->t, c);

	return ref->columns[c].nullable || pg_may_be_null(dt->t, con)
		       ? draft_textf(d, "coalesce(%s.%s, 0)", key, name)
		       : draft_textf(d, "%s.%s", key, name);
}

/* ---- what fits --------------------------------------------------------------------------------
 */

enum { TEN = 10, WIDE = 9 /* digits before the point: no sum here has more */ };

static double ten_to(uint32_t n)
{
	double v = 1;

	while (n-- > 0)
		v *= TEN;
	return v;
}

/* The digits before the point that the type has; WIDE: so many, or as many as one likes. */
static uint32_t whole_digits(const struct pg_column *col)
{
	struct pg_base b = pg_base_of(col->type, col->typmod);
	enum { INT2_DIGITS = 4 };
	int precision, scale;

	if (b.type->cls == PG_INT2)
		return INT2_DIGITS;
	pg_numeric_limits(b, &precision, &scale);
	if (precision < 0 || precision - scale >= WIDE)
		return WIDE;
	return precision > scale ? (uint32_t)(precision - scale) : 0;
}

double number_limit(const struct draft_table *dt, uint32_t c)
{
	const struct pg_column *col = &dt->t->columns[c];
	const struct sql_domain *dom = dt->columns[c].dom;
	uint8_t scale = 0;
	enum vtype type = pg_vtype(pg_base_of(col->type, col->typmod), &scale);
	double limit = ten_to(whole_digits(col)) - 1;

	if (dom != NULL && dom->has_hi) {
		double hi = type == VT_F64 ? dom->fhi : (double)dom->hi / ten_to(scale);

		limit = hi < limit ? hi : limit;
	}
	return limit;
}

bool number_is_whole(const struct draft_table *dt, uint32_t c)
{
	return strcmp(dt->columns[c].kind, "int") == 0;
}

bool number_is_fraction(const struct draft_table *dt, uint32_t c)
{
	enum { TENTH = 9 }; /* of numeric(5, 4), 9 is the greatest whole number */

	return number_limit(dt, c) <= 1 ||
	       (!number_is_whole(dt, c) && number_limit(dt, c) <= TENTH &&
		       (dt->columns[c].dom == NULL || !dt->columns[c].dom->has_hi));
}

/* Whether checks say no more of the column than where it begins and ends. */
static bool is_interval(const struct sql_domain *dom)
{
	return dom == NULL || (dom->set == NULL && dom->nnot == 0 && dom->step <= 1 && !dom->more &&
				      !dom->must_null && !dom->lo_now && !dom->hi_now);
}

/* A bound of an ordinal type as SQL has it. */
static const char *bound_text(struct draft *d, int64_t units, uint8_t scale)
{
	enum { MOST = 18 };
	uint64_t left = units < 0 ? -(uint64_t)units : (uint64_t)units, one = 1;
	const char *sign = units < 0 ? "-" : "";

	for (uint8_t i = 0; i < scale && i < MOST; i++)
		one *= TEN;
	if (scale == 0)
		return draft_textf(d, "%s%llu", sign, (unsigned long long)left);
	return draft_textf(d, "%s%llu.%0*llu", sign, (unsigned long long)(left / one), scale,
		(unsigned long long)(left % one));
}

/* The expression within what checks and the type leave. Numbers of the kinds here are at least 0,
 * but for differences. */
static const char *bounded(
	struct draft *d, const struct draft_table *dt, uint32_t c, const char *expr)
{
	const struct pg_column *col = &dt->t->columns[c];
	const struct sql_domain *dom = dt->columns[c].dom;
	uint8_t scale = 0;
	enum vtype type = pg_vtype(pg_base_of(col->type, col->typmod), &scale);
	uint32_t digits = whole_digits(col);
	const double step = 0.01; /* a float that has to be above a bound is above it by that */
	double lo;

	if (dom != NULL && dom->has_hi)
		expr = draft_textf(d, "least(%s, %s)",
			type == VT_F64 ? draft_textf(d, "%.15g",
						 dom->fhi_open ? dom->fhi - step : dom->fhi)
				       : bound_text(d, dom->hi, scale),
			expr);
	else if (digits < WIDE)
		expr = draft_textf(d, "least(%.0f, %s)", ten_to(digits) - 1, expr);
	lo = dom != NULL && dom->has_lo ? (type == VT_F64 ? dom->flo : (double)dom->lo) : -1;
	if (lo > 0 || (lo == 0 && ((type == VT_F64 && dom->flo_open) || strchr(expr, '-') != NULL)))
		expr = draft_textf(d, "greatest(%s, %s)",
			type == VT_F64 ? draft_textf(d, "%.15g",
						 dom->flo_open ? dom->flo + step : dom->flo)
				       : bound_text(d, dom->lo, scale),
			expr);
	return expr;
}

struct draft_rule *number_write(
	struct draft *d, struct draft_table *dt, int c, const char *expr, const char *why)
{
	enum { SURE = 90 };
	struct draft_rule *r;

	if (c < 0 || !draft_free(dt, (uint32_t)c) || dt->columns[c].in_key ||
		!is_interval(dt->columns[c].dom) || *expr == '\0')
		return NULL;
	r = draft_rule(d, dt, (uint32_t)c, "derive.expr",
		json_pack("{s:s}", "expr", bounded(d, dt, (uint32_t)c, expr)));
	if (number_limit(dt, (uint32_t)c) <= NUMBER_LARGE && !number_is_fraction(dt, (uint32_t)c))
		why = draft_textf(d, "%s, within what %s and its checks hold", why,
			dt->t->columns[c].formatted);
	draft_says(r, r->role, why, SURE);
	r->nulls = r->nulls < 0 ? 0 : r->nulls;
	return r;
}
