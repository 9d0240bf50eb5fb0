/* SPDX-License-Identifier: MIT */
#ifndef COMMON_KEYSET_EXCLUDE_H
#define COMMON_KEYSET_EXCLUDE_H

#include "common/schema/keyset.h"

/** keyset_exclude(definition, k, a, e): read what pg_get_constraintdef() says of an exclusion
 *  constraint: texts and operators of the elements, and the predicate.  What is nothing of the kind
 *  leaves k->nparts 0.  The parts' columns are the caller's to find. */
int keyset_exclude(const char *definition, struct pg_key *k, struct arena *a, struct err *e);

#endif
