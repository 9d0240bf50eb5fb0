/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_ALIAS_H
#define COMMON_FOREIGN_ALIAS_H

#include <stdint.h>

/*
 * alias: picking among n things in proportion to their weights, in constant time: Walker's
 * alias method (Walker 1977).  Every place holds one thing and a share of a second; all shares
 * are integers out of the sum of the weights, so a thing is drawn exactly as often as its weight
 * says, and the same on every machine.  16 bytes a thing.
 */

struct alias_place {
	uint64_t below; /* the place's own thing has this share of the total, the rest is ... */
	uint64_t other; /* ... this one's */
};

/**
 * alias_build(p, n):
 * p[i].below are the weights, their sum below 2^63 and not 0; p[i].other are 0.  The total.
 * In place and in one sweep (Huebschle-Schneider and Sanders 2022, section 4): one hand walks
 * over the light, one over the heavy, which fill up their places in order.
 */
uint64_t alias_build(struct alias_place *p, uint64_t n);

/** alias_pick(p, n, total, a, b): the thing that two draws of 64 bits choose. */
uint64_t alias_pick(
	const struct alias_place *p, uint64_t n, uint64_t total, uint64_t a, uint64_t b);

#endif
