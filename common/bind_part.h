/* SPDX-License-Identifier: MIT */
#ifndef COMMON_BIND_PART_H
#define COMMON_BIND_PART_H

#include "common/bind.h"

/* Inside the parts of bound tables. */

/**
 * part_loop(b, c, from, a):
 * Column ${c} of ${b} is an aggregate, and from[] says which column of ${b} needs each.  Why it
 * cannot be made here: the columns of the loop where it is itself what ${b} is a part for.
 * NULL: it can.
 */
const char *part_loop(const struct bound *b, uint32_t c, const uint32_t *from, struct arena *a);

#endif
