/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_TWIN_H
#define COMMON_FOREIGN_TWIN_H

#include <stdint.h>

/*
 * twins: pairs of different rows of one parent, by number.  Pair (low, high), low < high, has
 * the number high * (high - 1) / 2 + low.
 */

/** twins_pairs(parents): how many there are, at most 2^62. */
uint64_t twins_pairs(uint64_t parents);

/** twins_at(number, low, high): the pair of that number. */
void twins_at(uint64_t number, uint64_t *low, uint64_t *high);

#endif
