/* SPDX-License-Identifier: MIT */
#ifndef COMMON_FOREIGN_LISTED_H
#define COMMON_FOREIGN_LISTED_H

#include "common/relation/foreign.h"

/*
 * listed: relations that share out their rows, so that a parent's children can be listed; they do
 * not rank draws.  relation_share(), relation_count() and relation_children() are of them too.
 */

/** relation_listed_place(r, row, parent, k): relation_place() of such a one. */
void relation_listed_place(const struct relation *r, uint64_t row, uint64_t *parent, uint64_t *k);

/** relation_first(r, rows, p): of ${rows} rows that are shared as by relation_share(), the first
 * one of parent ${p}; with the number of parents, ${rows}. */
uint64_t relation_first(const struct relation *r, uint64_t rows, uint64_t p);

#endif
