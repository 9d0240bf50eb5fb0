/* SPDX-License-Identifier: MIT */
#include "stages/plan-check/narrow.h"

const struct sql_domain *narrow_table(
	const struct schema *s, const struct pg_table *t, int32_t as_of, struct arena *a)
{
	(void)s;
	(void)t;
	(void)as_of;
	(void)a;
	return NULL;
}
