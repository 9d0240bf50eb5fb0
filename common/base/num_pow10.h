/* SPDX-License-Identifier: MIT */
#ifndef COMMON_NUM_POW10_H
#define COMMON_NUM_POW10_H

#include <stdint.h>

/*
 * num_pow10: 128-bit powers of ten for the shortest formatting of reals.
 */
enum { NUM_POW10_FIRST = -292, NUM_POW10_LAST = 324 };

extern const uint64_t num_pow10_table[NUM_POW10_LAST - NUM_POW10_FIRST + 1][2];

#endif
