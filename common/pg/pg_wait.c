/* SPDX-License-Identifier: MIT */
/*
 * Waiting for the server's answer, and saying so where another session's lock is
 * why it is late.
 *
 * A session that waits cannot ask why. So a second connection with the same
 * settings asks pg_blocking_pids(), once for a statement, after five seconds
 * without an answer. Whatever fails there is passed over: the statement goes on
 * waiting, as it would have done, until lock_timeout ends it.
 */
#include "common/pg/pg_wait.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PATIENCE_MS = 5000, MOST_KEYWORDS = 80 };

static const char who_blocks[] =
	"SELECT pg_catalog.format('for a lock%s, which %s',"
	"  (SELECT pg_catalog.format(' on %s.%s', n.nspname, k.relname)"
	"    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class k ON k.oid = l.relation"
	"    JOIN pg_catalog.pg_namespace n ON n.oid = k.relnamespace"
	"    WHERE l.pid = $1::int AND NOT l.granted LIMIT 1),"
	"  pg_catalog.string_agg(pg_catalog.format('process %s (%s%s) holds', a.pid,"
	"    coalesce(nullif(a.application_name, '') || ', ', ''), coalesce(a.state, 'at work')),"
	"   ' and '))"
	" FROM pg_catalog.pg_stat_activity a"
	" WHERE a.pid = ANY (pg_catalog.pg_blocking_pids($1::int)) HAVING count(*) > 0";

/* A second connection, as the first was made; NULL where there is none to be had. */
static PGconn *connect_again(PGconn *conn)
{
	PQconninfoOption *all = PQconninfo(conn);
	const char *keys[MOST_KEYWORDS + 1], *values[MOST_KEYWORDS + 1];
	PGconn *second = NULL;
	int n = 0;

	for (PQconninfoOption *o = all; o != NULL && o->keyword != NULL && n < MOST_KEYWORDS; o++)
		if (o->val != NULL && strcmp(o->keyword, "connect_timeout") != 0) {
			keys[n] = o->keyword;
			values[n++] = o->val;
		}
	if (n > 0 && n < MOST_KEYWORDS) {
		keys[n] = "connect_timeout";
		values[n++] = "5";
		keys[n] = values[n] = NULL;
		second = PQconnectdbParams(keys, values, 0);
	}
	PQconninfoFree(all);
	return second;
}

static void tell_who_blocks(struct pg *c)
{
	char pid[16];
	const char *const params[] = {pid};
	PGconn *second = connect_again(c->conn);
	PGresult *res = NULL;

	(void)snprintf(pid, sizeof(pid), "%d", PQbackendPID(c->conn));
	if (second != NULL && PQstatus(second) == CONNECTION_OK)
		res = PQexecParams(second, who_blocks, 1, NULL, params, NULL, NULL, 0);
	if (PQntuples(res) == 1)
		c->waits(PQgetvalue(res, 0, 0));
	PQclear(res);
	PQfinish(second);
}

/* Until the next result can be had without waiting, or the connection is gone. */
static void wait_for_answer(struct pg *c, bool *told)
{
	while (PQisBusy(c->conn)) {
		struct pollfd p = {.fd = PQsocket(c->conn), .events = POLLIN};
		int n = poll(&p, 1, *told ? -1 : PATIENCE_MS);

		if (n == 0) {
			*told = true;
			tell_who_blocks(c);
		} else if ((n == -1 && errno != EINTR) || (n > 0 && PQconsumeInput(c->conn) == 0)) {
			return;
		}
	}
}

/* The last result, as PQexec() gives it: what a COPY needs next is the caller's. */
static PGresult *last_result(struct pg *c)
{
	PGresult *last = NULL, *res;
	bool told = false;

	for (;;) {
		if (c->waits != NULL)
			wait_for_answer(c, &told);
		if ((res = PQgetResult(c->conn)) == NULL)
			return last;
		PQclear(last);
		last = res;
		switch (PQresultStatus(res)) {
		case PGRES_COPY_IN:
		case PGRES_COPY_OUT:
		case PGRES_COPY_BOTH:
			return last;
		default:
			break;
		}
		if (PQstatus(c->conn) == CONNECTION_BAD)
			return last;
	}
}

PGresult *pg_wait_exec(struct pg *c, const char *sql)
{
	return PQsendQuery(c->conn, sql) == 1 ? last_result(c) : NULL;
}

PGresult *pg_wait_params(struct pg *c, const char *sql, size_t n, const char *const *params)
{
	if (PQsendQueryParams(c->conn, sql, (int)n, NULL, params, NULL, NULL, 0) == 1)
		return last_result(c);
	return NULL;
}
