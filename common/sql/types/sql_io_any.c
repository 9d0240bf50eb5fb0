/* SPDX-License-Identifier: MIT */
#include "common/sql/sql_int.h"

/*
 * Input and output of any type.  Arrays and ranges stand above the types of their elements: the
 * elements of a range are scalars, those of an array scalars or ranges.
 */

bool sql_input(struct sql_eval *ev, struct sql_type t, struct vtext text, struct sql_reg *out,
	uint32_t i, const char **why)
{
	if (t.cls == PG_ARRAY)
		return sql_array_in(ev, t, text, out, i, why);
	if (t.cls == PG_RANGE)
		return sql_range_in(ev, t, text, out, i, why);
	return sql_scalar_input(ev, t, text, out, i, why);
}

struct vtext sql_output(struct sql_eval *ev, struct sql_type t, const struct sql_reg *r, uint32_t i)
{
	if (t.cls == PG_ARRAY)
		return sql_array_out(ev, t, r, i);
	if (t.cls == PG_RANGE)
		return sql_range_out(ev, t, r, i);
	return sql_scalar_output(ev, t, r, i);
}
