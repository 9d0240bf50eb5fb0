/* SPDX-License-Identifier: MIT */
/*
 * Tables by pattern, as --tables and --exclude name them: a glob, as a shell would match it to file
 * names. With a dot in it, what stands before the first dot is for the schema and the rest for the
 * table, so that a star never crosses the two; without one, it is for the table in any schema.
 */
#include "common/schema/schema.h"

#include <fnmatch.h>
#include <string.h>

#include "common/base/str.h"

static bool matches_one(const struct pg_table *t, const char *pattern)
{
	const char *dot = strchr(pattern, '.');
	char schema[PG_PATTERN_MAX];

	if (dot == NULL)
		return fnmatch(pattern, t->name, 0) == 0;
	memcpy(schema, pattern, (size_t)(dot - pattern));
	schema[dot - pattern] = '\0';
	return fnmatch(schema, t->schema, 0) == 0 && fnmatch(dot + 1, t->name, 0) == 0;
}

const char *pg_pattern_next(const char *p, char to[static PG_PATTERN_MAX])
{
	size_t n = strcspn(p, ","), kept = n < PG_PATTERN_MAX ? n : 0;

	memcpy(to, p, kept);
	to[kept] = '\0';
	return p[n] == ',' ? p + n + 1 : NULL;
}

bool pg_table_matches(const struct pg_table *t, const char *const *patterns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (const char *p = patterns[i]; p != NULL;) {
			char one[PG_PATTERN_MAX];

			p = pg_pattern_next(p, one);
			if (matches_one(t, one))
				return true;
		}
	return false;
}

const struct pg_table *schema_nearest(const struct schema *s, const char *name)
{
	const char *dot = strchr(name, '.'), *table = dot != NULL ? dot + 1 : name;
	const struct pg_table *near = NULL;
	size_t least = 3;

	for (uint32_t k = 0; k < s->ntables; k++) {
		size_t d = str_distance(table, strlen(table), s->tables[k].name);

		if (d < least) {
			least = d;
			near = &s->tables[k];
		}
	}
	return near;
}

const char *pg_column_nearest(const struct pg_table *t, const char *name)
{
	const char *near = NULL;
	size_t least = 3;

	for (uint32_t k = 0; k < t->ncolumns; k++) {
		size_t d = str_distance(name, strlen(name), t->columns[k].name);

		if (d < least) {
			least = d;
			near = t->columns[k].name;
		}
	}
	return near;
}
