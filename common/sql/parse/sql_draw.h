/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SQL_DRAW_H
#define COMMON_SQL_DRAW_H

#include <stdint.h>

/*
 * sql_draw: the normal distribution without libm.
 */

enum { SQL_NORMAL_OCTAVES = 32 };

/* z of the tail probabilities 2^-(e+2) * (1 + j/16), at (31 - e) * 16 + j; in millionths */
extern const int32_t sql_normal_table[SQL_NORMAL_OCTAVES * 16 + 1];

/** sql_draw_normal(bits): a standard normal deviate in millionths, from 64 uniform bits: the
 *  inverse of the distribution, linear between 16 points an octave of the tail's probability.
 *  None is beyond 6.4 deviations. */
int64_t sql_draw_normal(uint64_t bits);

#endif
