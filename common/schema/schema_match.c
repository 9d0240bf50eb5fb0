/* SPDX-License-Identifier: MIT */
/*
 * Tables by pattern, as --tables and --exclude name them: a glob, as a shell would match it to file
 * names. With a dot in it, what stands before the first dot is for the schema and the rest for the
 * table, so that a star never crosses the two; without one, it is for the table in any schema.
 */
#include "common/schema/schema.h"

#include <fnmatch.h>
#include <string.h>

static bool matches_one(const struct pg_table *t, const char *pattern)
{
	enum { LONGEST = 512 };
	const char *dot = strchr(pattern, '.');
	char schema[LONGEST];

	if (dot == NULL)
		return fnmatch(pattern, t->name, 0) == 0;
	if (dot - pattern >= LONGEST)
		return false;
	memcpy(schema, pattern, (size_t)(dot - pattern));
	schema[dot - pattern] = '\0';
	return fnmatch(schema, t->schema, 0) == 0 && fnmatch(dot + 1, t->name, 0) == 0;
}

bool pg_table_matches(const struct pg_table *t, const char *const *patterns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (matches_one(t, patterns[i]))
			return true;
	return false;
}
