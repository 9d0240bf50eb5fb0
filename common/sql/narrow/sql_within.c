/* SPDX-License-Identifier: MIT */
/*
 * A value within a range: for inner <@ outer, what inner may be.
 *
 * It is the upper half of the range, or where a value is wanted, its middle.  Both are within it
 * whether or not the lower bound belongs to the range, as long as that has two values.  Of ranges
 * whose elements cannot be added the whole range is taken.
 */
#include "common/sql/narrow/sql_within.h"

#include <string.h>

/* A call of one or two arguments. */
static struct sql_node *call(
	struct sql_comp *c, const char *name, struct sql_node *l, struct sql_node *r)
{
	struct sql_node *args[2] = {l, r};
	enum sql_status st = SQL_OK;

	return l == NULL ? NULL : sql_call(c, name, args, r != NULL ? 2 : 1, &st);
}

/* lower + (upper - lower) / 2 */
static struct sql_node *middle(struct sql_comp *c, struct sql_node *lower, struct sql_node *upper)
{
	struct sql_node *two = sql_const_int(c, PG_INT4, 2), *wide;

	if (two == NULL || (wide = call(c, "-", upper, lower)) == NULL ||
		(wide = call(c, "/", wide, two)) == NULL)
		return NULL;
	return call(c, "+", lower, wide);
}

/* The function that makes ranges of a class of elements. */
static const char *maker_of(unsigned elem)
{
	static const struct {
		unsigned elem;
		const char *name;
	} makers[] = {{PG_INT4, "int4range"}, {PG_INT8, "int8range"}, {PG_NUMERIC, "numrange"},
		{PG_DATE, "daterange"}, {PG_TIMESTAMP, "tsrange"}, {PG_TIMESTAMPTZ, "tstzrange"}};

	for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
		if (makers[i].elem == elem)
			return makers[i].name;
	return NULL;
}

struct sql_node *sql_within(
	struct sql_comp *c, const struct sql_node *outer, const struct sql_node *inner)
{
	const char *maker = maker_of(outer->type.elem);
	struct sql_node *range, *lower, *upper, *half;

	memcpy(&range, &outer, sizeof(range));
	if (outer->type.cls != PG_RANGE)
		return NULL;
	if (maker == NULL)
		return inner->type.cls == PG_RANGE ? range : NULL;
	lower = call(c, "lower", range, NULL);
	upper = call(c, "upper", range, NULL);
	if (lower == NULL || upper == NULL || (half = middle(c, lower, upper)) == NULL)
		return NULL;
	return inner->type.cls == PG_RANGE ? call(c, maker, half, upper) : half;
}
