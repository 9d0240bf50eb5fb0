/* SPDX-License-Identifier: MIT */
#ifndef INTROSPECT_CATALOG_H
#define INTROSPECT_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/arena.h"
#include "common/schema/schema.h"
#include "stages/introspect/select.h"

struct err;
struct pg;
struct pg_rows;

/*
 * catalog: pg_catalog into struct schema, with one query for each kind of object (not for
 * each table), in one repeatable-read transaction that changes nothing.
 */
struct catalog_opts {
	const char *const *schemas; /* these only; none: all that are not the system's */
	size_t nschemas;
	bool system; /* pg_catalog and information_schema too */
	bool no_views, no_matviews, no_foreign;
	bool no_indexes;	     /* leave out those that enforce nothing */
	bool no_comments;	     /* all comment members NULL */
	struct selection *selection; /* of these, which tables are meant */
};

struct catalog_notes {
	const char **no_usage; /* selected schemas this role may not use */
	uint32_t nno_usage;
};

/* More to be read in the same transaction, when ${s} is whole and has its fingerprint. */
struct catalog_more {
	int (*read)(void *ctx, struct pg *pg, struct schema *s, struct err *e);
	void *ctx;
};

/**
 * catalog_read(pg, o, s, notes, more, a, e):
 * Read what ${o} selects into ${s}; all of it lives in ${a}.  A schema of ${o} that is
 * not there is ERR_INPUT.  A database that changed meanwhile is ERR_TEMP: part of what the
 * server prints is of its state now, not of the transaction's, so nothing of it is kept.
 */
int catalog_read(struct pg *pg, const struct catalog_opts *o, struct schema *s,
	struct catalog_notes *notes, const struct catalog_more *more, struct arena *a,
	struct err *e);

/* ---- for catalog_*.c -------------------------------------------------------- */

/* Which element of an array has an oid. */
struct oid_slot {
	int64_t oid;
	uint32_t at;
};

struct oid_map {
	struct oid_slot *v; /* by oid */
	uint32_t n;
	const char *list; /* "{oid,oid}": a parameter of type oid[] */
};

struct catalog {
	struct pg *pg;
	const struct catalog_opts *o;
	struct schema *s;
	struct arena *a;
	int version; /* 150018 */
	struct oid_map namespaces, tables, types;
	bool nomem, changed; /* remembered until catalog_end() */
};

/** catalog_changed(e): somebody altered the database meanwhile: a temporary error, -1. */
int catalog_changed(struct err *e);

/** catalog_ask(c, sql, n, params, e): pg_query, knowing what a changing database answers. */
struct pg_rows *catalog_ask(
	struct catalog *c, const char *sql, size_t n, const char *const *params, struct err *e);

/** catalog_end(c, r, e): free the rows; -1 if anything went wrong with them. */
int catalog_end(struct catalog *c, struct pg_rows *r, struct err *e);

/** catalog_str, catalog_str0, catalog_text: a copy of a text that is never NULL; that may
 *  be NULL; that is NULL only when its object has just vanished. */
const char *catalog_str(struct catalog *c, struct pg_rows *r, size_t i, size_t col);
const char *catalog_str0(struct catalog *c, struct pg_rows *r, size_t i, size_t col);
const char *catalog_text(struct catalog *c, struct pg_rows *r, size_t i, size_t col);

/** catalog_strs(c, r, i, col, n): a text[] as the schema holds it. */
const char **catalog_strs(struct catalog *c, struct pg_rows *r, size_t i, size_t col, uint32_t *n);

/** catalog_room(c, n, size): n zeroed elements; NULL when memory is out, which is remembered. */
void *catalog_room(struct catalog *c, size_t n, size_t size);

/** catalog_map(c, m, r, col): the oids of a column, rows in the order of an array. */
int catalog_map(struct catalog *c, struct oid_map *m, struct pg_rows *r, size_t col, struct err *e);

/** oid_find(m, oid): the element, or UINT32_MAX. */
uint32_t oid_find(const struct oid_map *m, int64_t oid);

/**
 * catalog_each(c, r, m, fill):
 * Rows come sorted by the oid in column 0: for each run of one oid call ${fill} with the
 * element it is of and the rows [from, to).
 */
typedef void catalog_fill(
	struct catalog *c, struct pg_rows *r, uint32_t at, size_t from, size_t to);
void catalog_each(
	struct catalog *c, struct pg_rows *r, const struct oid_map *m, catalog_fill *fill);

/** catalog_column(t, position): the index of the column of that attnum, or UINT32_MAX. */
uint32_t catalog_column(const struct pg_table *t, int64_t position);

int catalog_tables(struct catalog *c, struct err *e);
int catalog_types(struct catalog *c, struct err *e);
int catalog_columns(struct catalog *c, struct err *e);
int catalog_constraints(struct catalog *c, struct err *e);
int catalog_indexes(struct catalog *c, struct err *e);
int catalog_triggers(struct catalog *c, struct err *e);
int catalog_functions(struct catalog *c, struct err *e);
int catalog_zones(struct catalog *c, struct err *e);

#endif
