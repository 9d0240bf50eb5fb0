/* SPDX-License-Identifier: MIT */
/*
 * Errors of the server and of libpq: which kind they are, and a message without
 * values.
 *
 * The SQLSTATE decides whether a retry may help (PostgreSQL's manual, appendix
 * A): its first two characters are the class. Values that a data exception
 * quotes are masked, since rows may be real; names of constraints, tables and
 * columns are kept.
 */
#include "common/pg/pgerr.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libpq-fe.h>

#include "common/base/err.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The first row whose prefix fits the SQLSTATE decides; what none fits is ERR_INPUT. */
static const struct {
	const char *prefix;
	enum err_kind kind;
	const char *hint;
} states[] = {
	{"08", ERR_TEMP, "try again when the server can be reached"},
	{"25006", ERR_INPUT, "the server is read-only here: name its primary"},
	{"28", ERR_INPUT, "check the user and the password"},
	{"3D000", ERR_INPUT, "create that database or name another"},
	{"40", ERR_TEMP, "another session was in the way: try again"},
	{"42501", ERR_INPUT, "ask the owner to GRANT it to this role"},
	{"53100", ERR_TEMP, "the server's disk is full: make room and try again"},
	{"53300", ERR_TEMP, "the server has no connection left: try again later"},
	{"53", ERR_TEMP, "the server is out of resources: try again later"},
	{"55P03", ERR_TEMP, "another session holds a lock, and lock_timeout is over: try again"},
	{"55006", ERR_TEMP, "another session uses it: try again"},
	{"57014", ERR_TEMP, "the query was cancelled: try again"},
	{"57P", ERR_TEMP, "the server is starting or stopping: try again"},
	{"58", ERR_TEMP, "the server had trouble with its own system: see its log"},
};

/* What libpq itself says, without a server, when trying again is useless. */
static const char *const hopeless[] = {
	"no password supplied", "SSL", "certificate", "GSS", "invalid", "require_auth", "too long"};

static bool starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/*
 * The kind of an error by its SQLSTATE; the first row whose prefix fits
 * decides.
 */
static enum err_kind judge(const char *state, const char **hint)
{
	*hint = NULL;
	for (size_t i = 0; i < COUNT(states); i++)
		if (starts(state, states[i].prefix)) {
			*hint = states[i].hint;
			return states[i].kind;
		}
	return ERR_INPUT;
}

/*
 * Masks what is between the first quotation mark and the last, which is the
 * value that a data exception complains of.
 */
static void mask_quoted(char *s)
{
	char *from = strchr(s, '"'), *to = strrchr(s, '"');

	if (from != NULL && to - from > 3) {
		memcpy(from + 1, "...", 3);
		memmove(from + 4, to, strlen(to) + 1);
	} else if (from != NULL && to > from) {
		memset(from + 1, '.', (size_t)(to - from - 1));
	}
}

/* The server's table of locks is full, which looks like any other memory that is out. */
static bool is_lock_table_full(const PGresult *res)
{
	const char *advice = PQresultErrorField(res, PG_DIAG_MESSAGE_HINT);

	return advice != NULL && strstr(advice, "max_locks_per_transaction") != NULL;
}

/* "COPY leads, line 3, column score" without the value that follows. */
static void copy_context(const PGresult *res, char *out, size_t size)
{
	const char *c = PQresultErrorField(res, PG_DIAG_CONTEXT);
	size_t n;

	out[0] = '\0';
	if (c == NULL || !starts(c, "COPY "))
		return;
	n = strcspn(c, ":\n");
	(void)snprintf(out, size, "%.*s: ", (int)n, c);
}

/* " (constraint x of crm.leads)", as far as the server names them. */
static void object_named(const PGresult *res, char *out, size_t size)
{
	static const struct {
		int field;
		const char *what;
	} kinds[] = {{PG_DIAG_CONSTRAINT_NAME, "constraint"}, {PG_DIAG_COLUMN_NAME, "column"}};
	const char *schema = PQresultErrorField(res, PG_DIAG_SCHEMA_NAME);
	const char *table = PQresultErrorField(res, PG_DIAG_TABLE_NAME);
	const char *name = NULL, *what = "";

	for (size_t i = 0; i < COUNT(kinds) && name == NULL; i++) {
		name = PQresultErrorField(res, kinds[i].field);
		what = kinds[i].what;
	}
	out[0] = '\0';
	if (table != NULL && name != NULL)
		(void)snprintf(
			out, size, " (%s %s of %s.%s)", what, name, schema ? schema : "", table);
	else if (table != NULL)
		(void)snprintf(out, size, " (table %s.%s)", schema ? schema : "", table);
}

/* The primary message, what it concerns, and a hint that says what to do. */
int pgerr_result(const PGresult *res, PGconn *conn, struct err *e)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *said = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *hint;
	char msg[512], where[256], object[256];
	enum err_kind kind;

	if (state == NULL || said == NULL) {
		if (PQstatus(conn) == CONNECTION_BAD)
			return err_set(e, ERR_TEMP, "the server closed the connection: try again");
		/* libpq's own words, and the first line of them: memory, protocol */
		said = PQerrorMessage(conn);
		return err_set(e, ERR_TEMP, "%.*s", (int)strcspn(said, "\n"), said);
	}
	kind = judge(state, &hint);
	if (is_lock_table_full(res)) {
		kind = ERR_INPUT;
		hint = "raise the server's max_locks_per_transaction";
	}
	(void)snprintf(msg, sizeof(msg), "%s", said);
	if (starts(state, "22") || starts(state, "P0"))
		mask_quoted(msg);
	copy_context(res, where, sizeof(where));
	object_named(res, object, sizeof(object));
	return err_set(e, kind, "%s%s%s, SQLSTATE %s%s%s", where, msg, object, state,
		hint ? ": " : "", hint ? hint : "");
}

/*
 * Finds an SQLSTATE in a message, as PQERRORS_VERBOSE prints it: five
 * characters with a digit among them, a colon and a blank.
 */
static const char *find_state(const char *s)
{
	static const char set[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (; (s = strchr(s, ' ')) != NULL; s++)
		if (strspn(s + 1, set) == 5 && strcspn(s + 1, "0123456789") < 5 && s[6] == ':' &&
			s[7] == ' ')
			return s + 1;
	return NULL;
}

/*
 * There is no result to ask before a connection stands, so that the message has
 * to be read.
 */
int pgerr_connect(PGconn *conn, struct err *e)
{
	const char *said = PQerrorMessage(conn), *state = find_state(said);
	const char *password = PQpass(conn), *hint = NULL, *what;
	enum err_kind kind = ERR_TEMP;
	char line[400];

	if (state != NULL) {
		char code[6];

		memcpy(code, state, 5);
		code[5] = '\0';
		kind = judge(code, &hint);
		(void)snprintf(line, sizeof(line), "%.*s, SQLSTATE %s",
			(int)strcspn(state + 7, "\n"), state + 7, code);
	} else {
		(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(said, "\n"), said);
		what = strstr(line, " failed: ");
		for (size_t i = 0; i < COUNT(hopeless) && !strstr(line, "host name"); i++)
			if (strstr(what ? what : line, hopeless[i]) != NULL)
				kind = ERR_INPUT;
		hint = kind != ERR_TEMP ? "check the connection's settings"
		       : strstr(line, "host name")
			       ? "is the host's name right, and does it have an address yet?"
			       : "is it running, and are host and port right?";
	}
	if (password != NULL && password[0] != '\0' && strstr(line, password) != NULL)
		return err_set(e, kind, "cannot connect to the server");
	return err_set(e, kind, "cannot connect to the server: %s%s%s", line, hint ? ": " : "",
		hint ? hint : "");
}
