/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PG_H
#define COMMON_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/pg/pgrows.h"

struct buf;
struct err;

/*
 * pg: a connection to PostgreSQL 13 or later, over libpq.  SQL text lives in the
 * stage that asks; this module only carries it.  Linked by introspect, load and
 * eval alone (NAME_LIBS := -lpq in their stage.mk).
 *
 * Errors: a server that is away, full, starting or stopping, a deadlock and a
 * cancelled query are ERR_TEMP; a bad password, a missing privilege or database,
 * wrong SQL and rejected rows are ERR_INPUT.  A message has what the server said
 * first (never its DETAIL), the constraint, table and column it names, the
 * SQLSTATE, and what to do.  It holds no connection string and no value of a row.
 */
struct pg;

/**
 * pg_connect(conn, app, e):
 * Connect to ${conn} (URI or keyword=value); when NULL to $DATABASE_URL; without that
 * to what libpq's own environment says.  ${app} is the application_name.  Waits
 * at most connect_timeout seconds (10 when nobody says otherwise).
 *
 * What the server has to notice is passed over: functions may have it say values of rows.
 *
 * The session is pinned, so that the same values give the same text anywhere:
 * client_encoding UTF8, DateStyle ISO,YMD, IntervalStyle postgres, TimeZone UTC, and the
 * like; no timeouts but lock_timeout, which is 30 s where neither PGOPTIONS nor role
 * nor database say otherwise.  The search_path is what the database and the role say: triggers,
 * CHECKs and index expressions depend on it.  So SQL that is run under it qualifies what it names,
 * functions of pg_catalog included.  NULL on failure.
 */
struct pg *pg_connect(const char *conn, const char *app, struct err *e);

/**
 * pg_set(c, settings, n, e): custom parameters of the session, each "NAME=VALUE", which defaults,
 * triggers, CHECKs and policies read by current_setting().  A custom parameter has a dot in its
 * name; any other is ERR_INPUT, because the session is pinned.  A value is never told.
 */
int pg_set(struct pg *c, const char *const *settings, size_t n, struct err *e);

/** pg_lock_timeout(c, seconds, e): how long a statement waits for a lock, as --lock-timeout gives
 * it; "0": for ever; NULL: as it is.  What is no whole number is ERR_INPUT. */
int pg_lock_timeout(struct pg *c, const char *seconds, struct err *e);

/** pg_on_wait(c, waits): from now on a statement that has waited for a lock for five seconds is
 * told, once: waits("for a lock on shop.orders, which process 7 (psql, idle in transaction)
 * holds").  The server is asked over a second connection. */
void pg_on_wait(struct pg *c, void (*waits)(const char *what));

/** pg_keys_fire(c, fire, e): has the server check foreign keys as rows come, which it does not
 * where session_replication_role is replica.  ${fire}: whether it does; not where that is set for
 * the role or the database and the role may not set it. */
int pg_keys_fire(struct pg *c, bool *fire, struct err *e);

/** pg_close(c): disconnect; an open transaction is rolled back.  NULL is accepted. */
void pg_close(struct pg *c);

/** pg_server_version(c): as server_version_num, 150018 for 15.18. */
int pg_server_version(const struct pg *c);

/** pg_conn_used(conn): the connection string pg_connect() would use: ${conn}, else
 *  $DATABASE_URL, else "".  It may hold a password: only for common/io/redact.h. */
const char *pg_conn_used(const char *conn);

/**
 * pg_exec(c, sql, e): run one or more statements; rows that they return are discarded.
 * Returns 0 or -1.
 */
int pg_exec(struct pg *c, const char *sql, struct err *e);

/** pg_commit(c, e): COMMIT.  -1 also where the server answers that it has rolled back, which it
 * does, without an error, with a transaction that failed before; ERR_TEMP where there was no
 * answer, so that nobody here knows. */
int pg_commit(struct pg *c, struct err *e);

/**
 * pg_query(c, sql, n, params, e):
 * Run one query with parameters $1..$${n}, given as text; a NULL one is NULL.
 * All rows are in memory, for common/pg/pgrows.h to read.  NULL on failure.
 */
struct pg_rows *pg_query(
	struct pg *c, const char *sql, size_t n, const char *const *params, struct err *e);

/**
 * pg_ask(c, sql, n, params, e): as pg_query, for questions about the catalogue: they are
 * asked under an empty search_path, so that the server prints every name qualified, and no
 * object of a user stands before one of pg_catalog.
 */
struct pg_rows *pg_ask(
	struct pg *c, const char *sql, size_t n, const char *const *params, struct err *e);

/** pg_path_empty(c, e): all that follows is asked so.  pg_path_own(c, e): the database's and
 *  the role's search_path again.  Within a transaction, its rollback undoes either. */
int pg_path_empty(struct pg *c, struct err *e);
int pg_path_own(struct pg *c, struct err *e);

/**
 * pg_each(c, sql, n, params, row, ctx, e):
 * As pg_query, but ${row} is called with each row as it comes (row 0 of ${r}, which it
 * does not free), so that memory does not grow with the result.  When it returns -1 the
 * query is cancelled.  0 or -1.
 */
typedef int pg_row_fn(void *ctx, struct pg_rows *r, struct err *e);
int pg_each(struct pg *c, const char *sql, size_t n, const char *const *params, pg_row_fn *row,
	void *ctx, struct err *e);

/**
 * COPY ... FROM STDIN, from the caller's buffers:
 *
 *	pg_copy_in(c, "COPY crm.leads (id) FROM STDIN (FORMAT binary)", e)
 *	pg_copy_put(c, p, n, e)		any number of times, cut anywhere
 *	pg_copy_end(c, &rows, e)	or pg_copy_abort(c)
 *
 * A row the server rejects is told by the next put or by the end; after any -1 the
 * COPY is over, and only its transaction is left to roll back.
 */
int pg_copy_in(struct pg *c, const char *sql, struct err *e);
int pg_copy_put(struct pg *c, const void *p, size_t n, struct err *e);
int pg_copy_end(struct pg *c, uint64_t *rows, struct err *e);
void pg_copy_abort(struct pg *c);

/* Quoting, appended to ${b}: "a ""name""", "schema"."name", 'a ''literal'', {"an","array"}.
 * Names are always quoted.  Literals suit standard_conforming_strings, which is pinned. */
void pg_ident(struct buf *b, const char *name);
void pg_qname(struct buf *b, const char *schema, const char *name);
void pg_literal(struct buf *b, const char *s);
void pg_array(struct buf *b, const char *const *s, size_t n);

/** pg_own_rows(b, kind, schema, table): append how a statement names the rows that a table has
 * itself: those of tables that inherit from it are not its own, those of partitions (kind 'p') are.
 */
void pg_own_rows(struct buf *b, char kind, const char *schema, const char *table);

#endif
