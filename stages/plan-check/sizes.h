/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_SIZES_H
#define PLAN_CHECK_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/schema/schema.h"

struct err;

/*
 * sizes: "N;schema.table=M;...": a number for all tables, and numbers for some.  Either
 * part may be missing.  Of two for the same table the later counts.
 */
struct size_of {
	const struct pg_table *table; /* NULL: all */
	uint64_t n;		      /* or SIZE_AUTO */
};

/* "auto" in place of a number of shards. */
#define SIZE_AUTO UINT64_MAX

struct sizes {
	struct size_of *v;
	size_t n;
};

/** sizes_parse(s, option, text, schema, a, e): ${text} may be NULL for none. */
int sizes_parse(struct sizes *s, const char *option, const char *text, const struct schema *schema,
	struct arena *a, struct err *e);

/** sizes_get(s, t, n): the number for a table; false, and ${n} untouched, when there is none. */
bool sizes_get(const struct sizes *s, const struct pg_table *t, uint64_t *n);

/** sizes_of_all(s, n), sizes_of_one(s, t, n): only the number for all tables, or only one that
 * names the table. */
bool sizes_of_all(const struct sizes *s, uint64_t *n);
bool sizes_of_one(const struct sizes *s, const struct pg_table *t, uint64_t *n);

#endif
