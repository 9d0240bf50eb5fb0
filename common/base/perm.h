/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PERM_H
#define COMMON_PERM_H

#include <stdint.h>

#include "common/base/divide.h"

/*
 * perm: keyed bijections of [0, n), for any n from 1 to 2^63.  Uniqueness by
 * construction: row number in, distinct index out, no memory, and invertible,
 * so that a parent can find the rows that chose it.
 *
 * A four-round Feistel network over a*b >= n with a and b near sqrt(n), and
 * cycle walking for what falls outside (Black and Rogaway 2002, methods 2 and
 * 3); a*b exceeds n by less than 2*sqrt(n), so a walk is rarely needed.  Where n is
 * a power of two from 2^32 on, multiplications and xor-shifts modulo n do the same
 * at a tenth of the cost.
 */

struct perm {
	uint64_t n, a, b;
	struct divisor by_a;
	unsigned bits; /* n = 2^bits, and large; or 0 */
	uint64_t key[4];
};

/** perm_init(p, key, n): the bijection of [0, n) that ${key} names; 1 <= n <= 2^63. */
void perm_init(struct perm *p, uint64_t key, uint64_t n);

/** perm_rekey(p, key): another bijection of the same size, cheaply. */
void perm_rekey(struct perm *p, uint64_t key);

/** perm_at(p, i): image of i < n. */
uint64_t perm_at(const struct perm *p, uint64_t i);

/** perm_many(p, i, n, out): out[x] = perm_at(p, i[x]), at less than ${n} calls of it would cost. */
void perm_many(const struct perm *p, const uint64_t *i, uint32_t n, uint64_t *out);

/** perm_inv(p, j): the i with perm_at(p, i) == j. */
uint64_t perm_inv(const struct perm *p, uint64_t j);

#endif
