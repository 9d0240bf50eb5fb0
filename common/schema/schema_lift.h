/* SPDX-License-Identifier: MIT */
#ifndef COMMON_SCHEMA_LIFT_H
#define COMMON_SCHEMA_LIFT_H

#include "common/schema/schema.h"

/**
 * schema_lift(s, t, p, takes, a, e): what partition ${p} asks of its rows beyond what the
 * partitioned table ${t} asks, as constraints of ${t}.  ${takes} is the condition for a row to go
 * to ${p}, or NULL where no expression says it: then its CHECKs are asked of all rows.  The keys of
 * ${t} have to be listed again afterwards.  0 or -1.
 */
int schema_lift(const struct schema *s, struct pg_table *t, const struct pg_table *p,
	const char *takes, struct arena *a, struct err *e);

#endif
