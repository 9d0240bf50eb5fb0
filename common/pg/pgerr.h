/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PGERR_H
#define COMMON_PGERR_H

struct err;
struct pg_conn;
struct pg_result; /* libpq's */

/*
 * pgerr: what libpq and the server complain of, as an err.  The words that may hold a
 * value of a row or a secret stay behind: DETAIL and the statement are never read, what
 * a data exception quotes is replaced by "...", and of a COPY's context only the table,
 * line and column are kept.
 */

/** pgerr_result(res, conn, e): a statement failed.  ${res} may be NULL.  Returns -1. */
int pgerr_result(const struct pg_result *res, struct pg_conn *conn, struct err *e);

/** pgerr_connect(conn, e): the connection was not made; the verbosity of ${conn} is
 *  PQERRORS_VERBOSE, which is what brings the SQLSTATE.  Returns -1. */
int pgerr_connect(struct pg_conn *conn, struct err *e);

#endif
