/* SPDX-License-Identifier: MIT */
/*
 * A connection to PostgreSQL, on top of libpq: connecting with a deadline,
 * queries, and COPY.
 *
 * Sessions are set up so that values and the catalogue are printed the same
 * everywhere: date styles and the time zone are fixed. The search_path stays what
 * the database and the role say, because triggers, CHECKs and index expressions
 * find their tables and functions through it. Only questions about the catalogue
 * are asked under an empty one (pg_ask), which makes pg_get_expr() and its kin
 * qualify every name. Messages never contain a password:
 * connection strings are checked before libpq sees them, because libpq quotes
 * what it cannot parse.
 */
#include "common/pg/pg.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <libpq-fe.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pg_wait.h"
#include "common/pg/pgerr.h"

enum { CONNECT_SECONDS = 10 };

/* What a session must agree on for the catalogue to be printed the same everywhere. */
static const char session[] = "SET DateStyle = 'ISO, YMD';"
			      "SET IntervalStyle = 'postgres';"
			      "SET TimeZone = 'UTC';"
			      "SET standard_conforming_strings = on;"
			      "SET bytea_output = 'hex';"
			      "SET extra_float_digits = 1;"
			      "SET quote_all_identifiers = off;"
			      "SET lc_monetary = 'C';"
			      "SET client_min_messages = 'error';"
			      "SET statement_timeout = 0;"
			      "SET idle_in_transaction_session_timeout = 0;"
			      /* since 14 and 17 */
			      "SELECT pg_catalog.set_config(s.name, '0', false)"
			      " FROM pg_catalog.pg_settings s WHERE s.name IN"
			      " ('idle_session_timeout', 'transaction_timeout');"
			      "SET jit = off;"
			      /* who has said how long to wait for locks is not overruled */
			      "SELECT pg_catalog.set_config('lock_timeout', '30s', false)"
			      " WHERE pg_catalog.current_setting('lock_timeout') = '0'";

/*
 * The connection string that is used: the option's, else that of the
 * environment.
 */
const char *pg_conn_used(const char *conn)
{
	const char *env = getenv("DATABASE_URL");

	if (conn != NULL)
		return conn;
	return env ? env : "";
}

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* The value of a keyword, or "". */
static const char *option(const PQconninfoOption *o, const char *keyword)
{
	for (; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, keyword) == 0)
			return o->val ? o->val : "";
	return "";
}

/*
 * What libpq would complain of by quoting the string, password and all, is found here
 * first: another engine's URL, a string it cannot parse, a password whose @ or / was not
 * percent-encoded and so ended up in the host or the port.
 */
static int conn_check(const char *conn, struct err *e)
{
	bool uri = strstr(conn, "://") != NULL;
	PQconninfoOption *o;
	int rc = 0;

	if (!uri && strchr(conn, '=') == NULL) { /* the name of a database, or nothing */
		if (strpbrk(conn, "@:/") == NULL)
			return 0;
		return err_set(e, ERR_INPUT,
			"the connection is neither a URL (postgresql://USER@HOST/DATABASE) nor "
			"keyword=value pairs (host=HOST dbname=DATABASE): write one of these; for "
			"a "
			"database whose name has a colon, a slash or an at sign, write "
			"dbname=NAME");
	}
	if (strchr(conn, '=') == NULL || strstr(conn, "://") < strchr(conn, '='))
		if (uri && !starts(conn, "postgresql://") && !starts(conn, "postgres://"))
			return err_set(e, ERR_INPUT,
				"the connection is not to PostgreSQL: its URL must start with "
				"postgresql://");
	errno = 0; /* libpq says in words, of some language, that memory was out; malloc(3) does
		      here */
	o = PQconninfoParse(conn, NULL);
	if (o == NULL && errno == ENOMEM)
		return err_nomem(e);
	if (o == NULL)
		return err_set(e, ERR_INPUT,
			"the connection string cannot be read: it must be "
			"postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters "
			"percent-encoded, or keyword=value pairs");
	if (strchr(option(o, "host"), '@') != NULL ||
		option(o, "port")[strspn(option(o, "port"), "0123456789,")] != '\0')
		rc = err_set(e, ERR_INPUT,
			"the connection string has no plain host and port: write @ : / ? # in a "
			"user or password as %%40 %%3A %%2F %%3F %%23");
	PQconninfoFree(o);
	return rc;
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
 * The connect_timeout in force, in seconds, from the string, a service or
 * PGCONNECT_TIMEOUT.
 */
static double patience(PGconn *conn)
{
	PQconninfoOption *o = PQconninfo(conn);
	long n = strtol(option(o, "connect_timeout"), NULL, 10);

	PQconninfoFree(o);
	return n > 0 && n < INT_MAX / 1000 ? (double)n : CONNECT_SECONDS;
}

/* PQconnectPoll() to its end; -1 with errno when time is up. */
static int wait_connected(PGconn *conn)
{
	double end = now() + patience(conn);
	PostgresPollingStatusType st = PGRES_POLLING_WRITING;

	while (st != PGRES_POLLING_OK && st != PGRES_POLLING_FAILED) {
		struct pollfd p = {.fd = PQsocket(conn),
			.events = st == PGRES_POLLING_READING ? POLLIN : POLLOUT};
		double left = end - now();
		int n = left > 0 ? poll(&p, 1, (int)(left * 1000) + 1) : 0;

		if (n == 0)
			errno = ETIMEDOUT;
		if (n == 0 || (n == -1 && errno != EINTR))
			return -1;
		if (n > 0)
			st = PQconnectPoll(conn);
	}
	return 0;
}

/* libpq's own way prints what the server has to notice on stderr, values of rows included. */
static void pass_over(void *ctx, const PGresult *res)
{
	(void)ctx;
	(void)res;
}

struct pg *pg_connect(const char *conn, const char *app, struct err *e)
{
	const char *used = pg_conn_used(conn);
	/* the later of two settings of one keyword wins, so ours come last */
	const char *const keys[] = {"dbname", "application_name", "client_encoding", NULL};
	const char *const values[] = {used, app, "UTF8", NULL};
	struct pg *c;

	if (conn_check(used, e) == -1)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (c == NULL || (c->conn = PQconnectStartParams(keys, values, 1)) == NULL) {
		free(c);
		(void)err_nomem(e);
		return NULL;
	}
	(void)PQsetErrorVerbosity(c->conn, PQERRORS_VERBOSE);
	(void)PQsetNoticeReceiver(c->conn, pass_over, NULL);
	if (PQstatus(c->conn) != CONNECTION_BAD && wait_connected(c->conn) == -1) {
		(void)err_sys(e, "cannot connect to the server");
		e->kind = ERR_TEMP;
		goto fail;
	}
	if (PQstatus(c->conn) != CONNECTION_OK) {
		bool asks = PQconnectionNeedsPassword(c->conn);

		(void)pgerr_connect(c->conn, e);
		if (asks)
			(void)err_set(e, ERR_INPUT,
				"cannot connect to the server: it wants a password: give it in "
				"the connection string, PGPASSWORD or ~/.pgpass");
		goto fail;
	}
	if (pg_exec(c, session, e) == -1)
		goto fail;
	if (PQserverVersion(c->conn) < 130000) {
		(void)err_set(e, ERR_INPUT, "the server is PostgreSQL %d: 13 or later is needed",
			PQserverVersion(c->conn) / 10000);
		goto fail;
	}
	return c;
fail:
	pg_close(c);
	return NULL;
}

/* NULL is accepted. */
void pg_close(struct pg *c)
{
	if (c != NULL)
		PQfinish(c->conn);
	free(c);
}

int pg_server_version(const struct pg *c)
{
	return PQserverVersion(c->conn);
}

/* Whether the statement succeeded. */
static bool good(const PGresult *res)
{
	ExecStatusType st = PQresultStatus(res);

	return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK || st == PGRES_SINGLE_TUPLE;
}

/* A statement without parameters and without a result. */
int pg_exec(struct pg *c, const char *sql, struct err *e)
{
	PGresult *res = pg_wait_exec(c, sql);
	int rc = good(res) ? 0 : pgerr_result(res, c->conn, e);

	PQclear(res);
	return rc;
}

int pg_commit(struct pg *c, struct err *e)
{
	PGresult *res = pg_wait_exec(c, "COMMIT");
	int rc = 0;

	if (!good(res))
		rc = pgerr_result(res, c->conn, e);
	else if (strcmp(PQcmdStatus(res), "COMMIT") != 0)
		rc = err_set(e, ERR_INPUT,
			"the server has rolled back what it was asked to commit: nothing was done");
	PQclear(res);
	return rc;
}

/* Parameters are texts; NULL is a NULL. */
struct pg_rows *pg_query(
	struct pg *c, const char *sql, size_t n, const char *const *params, struct err *e)
{
	PGresult *res = pg_wait_params(c, sql, n, params);
	struct pg_rows *r;

	if (!good(res)) {
		(void)pgerr_result(res, c->conn, e);
		PQclear(res);
		return NULL;
	}
	r = pg_rows_of(res);
	if (r == NULL)
		(void)err_nomem(e);
	return r;
}

int pg_path_empty(struct pg *c, struct err *e)
{
	return pg_exec(c, "SET search_path = ''", e);
}

int pg_path_own(struct pg *c, struct err *e)
{
	return pg_exec(c, "SET search_path TO DEFAULT", e);
}

struct pg_rows *pg_ask(
	struct pg *c, const char *sql, size_t n, const char *const *params, struct err *e)
{
	struct pg_rows *r;
	struct err ignored;

	if (pg_path_empty(c, e) == -1)
		return NULL;
	r = pg_query(c, sql, n, params, e);
	/* a failed query has ended the transaction, whose rollback restores the path */
	if (r == NULL) {
		(void)pg_path_own(c, &ignored);
	} else if (pg_path_own(c, e) == -1) {
		pg_free(r);
		return NULL;
	}
	return r;
}

/* Asks the server to stop, and throws away what it still sends. */
static void cancel(struct pg *c)
{
	PGcancel *pc = PQgetCancel(c->conn);
	char why[256], *line = NULL;
	PGresult *res;

	if (pc != NULL)
		(void)PQcancel(pc, why, sizeof(why));
	PQfreeCancel(pc);
	while ((res = PQgetResult(c->conn)) != NULL) {
		bool copying = PQresultStatus(res) == PGRES_COPY_OUT;

		PQclear(res);
		while (copying && PQgetCopyData(c->conn, &line, 0) > 0) {
			PQfreemem(line);
			line = NULL;
		}
	}
}

/*
 * Rows one at a time (single-row mode), so that a large result is never in
 * memory as a whole.
 */
int pg_each(struct pg *c, const char *sql, size_t n, const char *const *params, pg_row_fn *row,
	void *ctx, struct err *e)
{
	PGresult *res;
	int rc = 0;

	if (!PQsendQueryParams(c->conn, sql, (int)n, NULL, params, NULL, NULL, 0) ||
		!PQsetSingleRowMode(c->conn))
		return pgerr_result(NULL, c->conn, e);
	while (rc == 0 && (res = PQgetResult(c->conn)) != NULL) {
		struct pg_rows *r;

		if (!good(res)) {
			rc = pgerr_result(res, c->conn, e);
			PQclear(res);
		} else if (PQresultStatus(res) != PGRES_SINGLE_TUPLE) {
			PQclear(res);
		} else if ((r = pg_rows_of(res)) == NULL) {
			rc = err_nomem(e);
		} else if ((rc = row(ctx, r, e)) == -1) {
			pg_free(r);
		} else {
			rc = pg_done(r, e);
		}
	}
	if (rc == -1)
		cancel(c);
	return rc;
}

/* Begins a COPY ... FROM STDIN; data follows by pg_copy_put(). */
int pg_copy_in(struct pg *c, const char *sql, struct err *e)
{
	PGresult *res = pg_wait_exec(c, sql);
	int rc = 0;

	if (PQresultStatus(res) != PGRES_COPY_IN)
		rc = good(res) ? err_set(e, ERR_INPUT, "the statement is no COPY FROM STDIN")
			       : pgerr_result(res, c->conn, e);
	else if (PQsetnonblocking(c->conn, 1) != 0)
		rc = pgerr_result(NULL, c->conn, e);
	PQclear(res);
	return rc;
}

/* The results after a COPY; the first that failed is what ${e} tells. */
static int copy_result(struct pg *c, uint64_t *rows, struct err *e)
{
	PGresult *res;
	int rc = 0;

	while ((res = PQgetResult(c->conn)) != NULL) {
		if (!good(res) && rc == 0)
			rc = pgerr_result(res, c->conn, e);
		else if (rows != NULL)
			*rows = strtoull(PQcmdTuples(res), NULL, 10);
		PQclear(res);
	}
	return rc;
}

/*
 * While data flows to it the server speaks only to complain, but libpq does not listen
 * before the end.  An ErrorResponse ('E') waiting in a plain socket, or the end of the
 * stream, spares sending it the rest.
 */
static bool server_complains(struct pg *c)
{
	char first;
	ssize_t n;

	if (PQsslInUse(c->conn))
		return false;
	n = recv(PQsocket(c->conn), &first, 1, MSG_PEEK | MSG_DONTWAIT);
	return n == 0 || (n == 1 && first == 'E');
}

/*
 * Wait until a piece can be sent without blocking: a send that blocks makes libpq read, and
 * an error it has read cannot be seen in the socket any more.  false: stop sending.
 */
static bool copy_ready(struct pg *c)
{
	struct pollfd p = {.fd = PQsocket(c->conn), .events = POLLIN | POLLOUT};

	for (;;) {
		int n = poll(&p, 1, -1);

		if (n == -1 && errno != EINTR)
			return false;
		if (n < 1)
			continue;
		if ((p.revents & ~POLLOUT) != 0 && server_complains(c))
			return false;
		if ((p.revents & POLLOUT) != 0)
			return true;
		if (PQconsumeInput(c->conn) == 0)
			return false;
	}
}

/* Back to blocking calls, what is queued is sent, and the COPY is over. */
static int copy_finish(struct pg *c, const char *why, uint64_t *rows, struct err *e)
{
	int sent = PQsetnonblocking(c->conn, 0) == 0 && PQputCopyEnd(c->conn, why) == 1;
	int rc = copy_result(c, rows, e);

	if (rc == 0 && !sent)
		rc = pgerr_result(NULL, c->conn, e);
	return rc;
}

/*
 * In small pieces, so that an error of the server is noticed before everything
 * is sent.
 */
int pg_copy_put(struct pg *c, const void *p, size_t n, struct err *e)
{
	enum { PIECE = 32 << 10 }; /* a third of the smallest send buffer */
	const char *s = p;

	while (n > 0) {
		int piece = n > PIECE ? PIECE : (int)n, put = -1;

		if (copy_ready(c))
			put = PQputCopyData(c->conn, s, piece);
		if (put == -1) {
			if (copy_finish(c, "stopped", NULL, e) == 0)
				(void)err_set(e, ERR_TEMP, "COPY was stopped: try again");
			return -1;
		}
		if (put == 1) {
			s += piece;
			n -= (size_t)piece;
		}
	}
	return 0;
}

/* Ends a COPY; *rows is how many the server has taken. */
int pg_copy_end(struct pg *c, uint64_t *rows, struct err *e)
{
	return copy_finish(c, NULL, rows, e);
}

void pg_copy_abort(struct pg *c)
{
	struct err ignored;

	(void)copy_finish(c, "stopped", NULL, &ignored);
}
