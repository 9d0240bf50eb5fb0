/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_NUM_H
#define COMMON_SQL_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * sql_num: PostgreSQL's numeric within 38 significant digits, exact.
 *
 * A value is v * 10^-scale, and scale is the display scale PostgreSQL would keep
 * (3 and 3.00 are equal and print differently); a negative one is a power of ten too
 * large to write out in v, shown without decimals.  What needs more digits fails, as an
 * overflow would: it is never rounded into something else.
 */

typedef __int128 sql_i128;
typedef unsigned __int128 sql_u128;

enum sql_num_kind { SQL_NUM_FINITE, SQL_NUM_PINF, SQL_NUM_NINF, SQL_NUM_NAN };

struct sql_num {
	sql_i128 v;
	int32_t scale;
	uint8_t kind;
};

enum { SQL_NUM_DIGITS = 38, SQL_NUM_TEXT = 1100 };

struct sql_num sql_num_int(int64_t i);

/** sql_num_parse(s, n, out): as numeric_in, spaces around it allowed; false: invalid or too long.
 */
bool sql_num_parse(const char *s, size_t n, struct sql_num *out);

/** sql_num_print(to, a): at most SQL_NUM_TEXT bytes, no NUL; returns how many. */
size_t sql_num_print(char *to, const struct sql_num *a);

/** sql_num_cmp(a, b): NaN is equal to itself and greater than all else. */
int sql_num_cmp_any(const struct sql_num *a, const struct sql_num *b); /* for what follows */
static inline int sql_num_cmp(const struct sql_num *a, const struct sql_num *b)
{
	/* most checks compare finite values of one scale, or with 0, beside which scales change
	 * nothing; a call for each row would cost more than that */
	if (a->kind == SQL_NUM_FINITE && b->kind == SQL_NUM_FINITE &&
		(a->scale == b->scale || a->v == 0 || b->v == 0))
		return a->v < b->v ? -1 : a->v > b->v;
	return sql_num_cmp_any(a, b);
}

/** Arithmetic: false with *why set: overflow or division by zero. */
bool sql_num_add(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why);
bool sql_num_sub(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why);
bool sql_num_mul(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why);
bool sql_num_div(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why);
bool sql_num_mod(
	struct sql_num *r, const struct sql_num *a, const struct sql_num *b, const char **why);

/** sql_num_power(r, a, n, why): a to the n-th, with at least 16 decimals, as power_var_int(). */
bool sql_num_power(struct sql_num *r, const struct sql_num *a, int32_t n, const char **why);

/** sql_num_power_settled(a, n, r): ${r}, a to the n-th, is the same value in every version of
 *  PostgreSQL from 13 on, whatever scale it has there. */
bool sql_num_power_settled(const struct sql_num *a, int32_t n, const struct sql_num *r);

/** sql_num_neg(a) */
struct sql_num sql_num_neg(const struct sql_num *a);

enum sql_round { SQL_ROUND_HALF_AWAY, SQL_ROUND_ZERO, SQL_ROUND_DOWN, SQL_ROUND_UP };

/** sql_num_round(r, a, scale, how): to ${scale} decimals (negative: tens, hundreds ...), shown
 *  with max(scale, 0). */
bool sql_num_round(struct sql_num *r, const struct sql_num *a, int32_t scale, enum sql_round how,
	const char **why);

/** sql_num_to_i64(a, out, why): rounded half away from zero. */
bool sql_num_to_i64(const struct sql_num *a, int64_t *out, const char **why);

/** sql_num_to_f64(a): the nearest double. */
double sql_num_to_f64(const struct sql_num *a);

/** sql_num_from_f64(r, d, digits, why): by way of %.*g with 15 (double) or 6 (real) digits. */
bool sql_num_from_f64(struct sql_num *r, double d, int digits, const char **why);

/** sql_num_pow10(k): 10^k, for k from 0 to SQL_NUM_DIGITS. */
sql_i128 sql_num_pow10(unsigned k);

/** sql_num_stored(to, a, free): the text of a number in a column, at most SQL_NUM_TEXT bytes: with
 *  all decimals it has, but, where the column's type is ${free} of a scale, without zeros at the
 *  end.  How many bytes. */
size_t sql_num_stored(char *to, const struct sql_num *a, bool free);

/** sql_num_min_scale(a): decimals it needs. */
int32_t sql_num_min_scale(const struct sql_num *a);

/** sql_num_fit(a, precision, scale, why): numeric(p,s): rounded; false when it has too many digits.
 */
bool sql_num_fit(struct sql_num *a, int precision, int scale, const char **why);

#endif
