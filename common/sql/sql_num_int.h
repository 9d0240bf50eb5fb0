/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_NUM_INT_H
#define COMMON_SQL_NUM_INT_H

/*
 * What the files of sql_num share: integers of 128 bits that are kept within 38
 * decimal digits, because 10^38 - 1 fits 127 bits. The functions are small and
 * stand here so that each file's compiler can inline them.
 */
#include "common/sql/sql_num.h"

/* Why an operation failed, as *why says it. */
static const char sql_num_too_long[] = "a numeric of more than 38 digits";
static const char sql_num_by_zero[] = "division by zero";

/* 10^k, for k from 0 to 38; beyond that it would not fit 128 bits. */
static inline sql_i128 num_pow10(unsigned k)
{
	static const uint64_t small[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000,
		100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
		100000000000000, 1000000000000000, 10000000000000000, 100000000000000000,
		1000000000000000000, 10000000000000000000U};

	if (k < 20)
		return (sql_i128)small[k];
	return (sql_i128)small[19] * (sql_i128)small[k - 19];
}

/* 38 nines: the largest magnitude that v may have. */
static inline sql_i128 num_limit(void)
{
	return num_pow10(38) - 1;
}

/*
 * The absolute value as an unsigned number, which is defined for the least
 * value too.
 */
static inline sql_u128 num_magnitude(sql_i128 v)
{
	return v < 0 ? -(sql_u128)v : (sql_u128)v;
}

/* The number of decimal digits of ${u}, 0 for 0 and at most 38. */
static inline unsigned num_digits(sql_u128 u)
{
	unsigned d = 0;

	while (d < 38 && u >= (sql_u128)num_pow10(d))
		d++;
	return d;
}

/* Whether ${v} has at most 38 digits. */
static inline bool num_fits(sql_i128 v)
{
	return v <= num_limit() && v >= -num_limit();
}

/*
 * Multiplies *v by 10^k. Returns false, and leaves *v alone, when the product
 * has more than 38 digits.
 */
static inline bool num_scale_up(sql_i128 *v, int32_t k)
{
	sql_i128 r;

	if (*v == 0 || k == 0)
		return true;
	if (k > 38 || __builtin_mul_overflow(*v, num_pow10((unsigned)k), &r) || !num_fits(r))
		return false;
	*v = r;
	return true;
}

/* An infinity or NaN. */
static inline struct sql_num num_special(enum sql_num_kind k)
{
	return (struct sql_num){.kind = (uint8_t)k};
}

/*
 * -1, 0 or 1; infinities have their sign, and NaN counts as what its v says,
 * which callers exclude.
 */
static inline int num_sign(const struct sql_num *a)
{
	if (a->kind == SQL_NUM_PINF)
		return 1;
	if (a->kind == SQL_NUM_NINF)
		return -1;
	return a->v > 0 ? 1 : a->v < 0 ? -1 : 0;
}

/*
 * Both values as integers of the larger of the two scales; false when one has
 * too many digits then.
 */
static inline bool num_align(
	const struct sql_num *a, const struct sql_num *b, sql_i128 *x, sql_i128 *y)
{
	*x = a->v;
	*y = b->v;
	if (a->scale < b->scale)
		return num_scale_up(x, b->scale - a->scale);
	return num_scale_up(y, a->scale - b->scale);
}

#endif
