/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FIXED_POINT_H
#define COMMON_FIXED_POINT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * fixp: logarithms and powers in fixed point, so that what is drawn by them is the same on
 * every machine: no libm, no floats.  Relative error below 10^-6 for results above 10^-12.
 */

enum { FIX_ONE_BITS = 60 };
#define FIX_ONE (UINT64_C(1) << FIX_ONE_BITS)

/** fix_exp2_minus(e): 2^-(e / 2^32) * FIX_ONE; 0 where that is below 1. */
uint64_t fix_exp2_minus(uint64_t e);

/** fix_power_minus(x, t): x^-(t/1000) * FIX_ONE, x > 0. */
uint64_t fix_power_minus(uint64_t x, uint32_t thousandths);

#endif
