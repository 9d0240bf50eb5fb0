/* SPDX-License-Identifier: MIT */
#ifndef PLAN_CHECK_DRIFT_H
#define PLAN_CHECK_DRIFT_H

#include <jansson.h>
#include <stdbool.h>

#include "common/base/arena.h"
#include "common/schema/schema.h"

/* drift: what has become of the schema since a plan was made, by the columns that the plan has
 * written down in schema_ref.columns: {"schema.table": {"column": "type"}}. A name with a dot or a
 * quote in it stands in quotes there, as in SQL. */

enum drift_kind { DRIFT_NEW_TABLE, DRIFT_GONE_TABLE, DRIFT_NEW, DRIFT_GONE, DRIFT_CHANGED };

struct drift {
	enum drift_kind kind;
	const struct pg_table *t; /* NULL: it is gone */
	const char *table;	  /* "schema.table" */
	const char *column;	  /* NULL: the table as a whole */
	const char *was, *now;	  /* types, of a column that changed */
};

/** drift_is_target(t): whether a plan can have rows for the table: those of a partitioned table go
 * through its root; of some tables none are made. */
bool drift_is_target(const struct pg_table *t);

/** drift_find(s, columns, out, a): an array in ${a}; how many, -1: out of memory.  ${columns} NULL:
 * 0. */
int drift_find(const struct schema *s, json_t *columns, struct drift **out, struct arena *a);

/** drift_text(d, n, a): a sentence's end for people: "new: a.b.c; gone: ..."; "" for none. */
const char *drift_text(const struct drift *d, int n, struct arena *a);

/** drift_of(d, n, t, column): the one of this column, or of its table as a whole; NULL: neither
 * changed. */
const struct drift *drift_of(
	const struct drift *d, int n, const struct pg_table *t, const char *column);

/** drift_columns(s): the member that a plan writes down; a new reference, NULL: out of memory. */
json_t *drift_columns(const struct schema *s);

#endif
