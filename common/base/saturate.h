/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SATURATE_H
#define COMMON_SATURATE_H

#include <stdint.h>

/*
 * saturate: arithmetic of 64 bits that stops at INT64_MIN and INT64_MAX instead of wrapping, for
 * the ends of ranges: where one is beyond what the type holds, so is what is reckoned from it.
 */

/** saturate_add(a, b), saturate_sub(a, b), saturate_mul(a, b): a + b, a - b, a * b. */
static inline int64_t saturate_add(int64_t a, int64_t b)
{
	int64_t s;

	return __builtin_add_overflow(a, b, &s) ? b < 0 ? INT64_MIN : INT64_MAX : s;
}

static inline int64_t saturate_sub(int64_t a, int64_t b)
{
	int64_t s;

	return __builtin_sub_overflow(a, b, &s) ? b < 0 ? INT64_MAX : INT64_MIN : s;
}

static inline int64_t saturate_mul(int64_t a, int64_t b)
{
	int64_t p;

	return __builtin_mul_overflow(a, b, &p) ? (a < 0) != (b < 0) ? INT64_MIN : INT64_MAX : p;
}

#endif
