/* SPDX-License-Identifier: MIT */
#ifndef COMMON_PG_WAIT_H
#define COMMON_PG_WAIT_H

#include <stddef.h>

#include <libpq-fe.h>

/* pg_wait: statements whose answer may be late because of somebody else's lock. */

struct pg {
	PGconn *conn;
	void (*waits)(const char *what); /* or NULL */
};

/** pg_wait_exec(c, sql): as PQexec(), and c->waits() is told of a lock that is waited for. */
PGresult *pg_wait_exec(struct pg *c, const char *sql);

/** pg_wait_params(c, sql, n, params): the same as PQexecParams(), with parameters as text. */
PGresult *pg_wait_params(struct pg *c, const char *sql, size_t n, const char *const *params);

#endif
