/* SPDX-License-Identifier: MIT */
/*
 * Running SQL text of which nobody knows where it comes from.
 *
 * A superuser's statement can start programs and read files as the server's user
 * (COPY ... FROM PROGRAM, functions in untrusted languages). So the statements run
 * in a session of a role that owns the database and is nothing else. What such a role
 * may not do and schemas have all the same, as extensions, is done by a second
 * session of the superuser, if it is of a kind that runs no text of the file's.
 */
#include "stages/introspect/ddl.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/err.h"
#include "common/pg/pg.h"
#include "stages/introspect/sqltext.h"

#define OWNER "datalchemy_ddl"

/*
 * Before version 15 whoever may create roles can make them members of those that run programs, so
 * that the owner of the schema does not create roles: the superuser does, one for each name.
 */
static const char make_owner[] =
	"CREATE ROLE " OWNER " LOGIN;"
	"ALTER DATABASE postgres OWNER TO " OWNER ";"
	"ALTER SCHEMA public OWNER TO " OWNER ";"
	/* whom a table is handed to has to have this right */
	"GRANT CREATE ON SCHEMA public TO PUBLIC;"
	"GRANT CREATE ON DATABASE postgres TO PUBLIC;"
	"ALTER DEFAULT PRIVILEGES FOR ROLE " OWNER " GRANT USAGE, CREATE ON SCHEMAS TO PUBLIC";

/* Statements that begin so run no text of the file's, also as a superuser's. */
static const char *const harmless[] = {"CREATE EXTENSION ", "ALTER EXTENSION ",
	"COMMENT ON EXTENSION ", "CREATE OPERATOR CLASS ", "CREATE OPERATOR FAMILY ",
	"CREATE CAST ", "CREATE TEXT SEARCH ", "CREATE PUBLICATION "};

/* The two sessions. */
struct sessions {
	struct pg *owner, *super;
};

static const char *const creates_role[] = {"CREATE ROLE ", "CREATE USER ", "CREATE GROUP "};

/*
 * The statement's first ${size} - 1 bytes, each run of blanks and comments one space, so that its
 * first words can be compared.
 */
static void first_words(struct view stmt, char *to, size_t size)
{
	const char *p = stmt.p, *end = stmt.p + stmt.n;
	size_t n = 0;

	while (p < end && n + 1 < size) {
		const char *from = p;

		if (end - p > 1 && p[0] == '-' && p[1] == '-')
			while (p < end && *p != '\n')
				p++;
		else if (end - p > 1 && p[0] == '/' && p[1] == '*')
			for (p += 2; p < end && !(p[-1] == '/' && p[-2] == '*' && p - from > 3);)
				p++;
		else if (strchr(" \t\r\n\f\v", *p) != NULL)
			p++;
		if (p == from)
			to[n++] = *p++;
		else if (n > 0 && to[n - 1] != ' ')
			to[n++] = ' ';
	}
	to[n] = '\0';
}

/* Where the words after the beginning that fits stand; NULL if none does. */
static const char *begins(const char *words, const char *const *with, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncasecmp(words, with[i], strlen(with[i])) == 0)
			return words + strlen(with[i]);
	return NULL;
}

/* A role that the owner may hand its tables to, and whose rights it may grant. */
static bool make_role(const struct sessions *s, const char *name)
{
	struct err ignored = {0};
	struct buf sql = BUF_INIT;
	bool made = false;

	buf_adds(&sql, "CREATE ROLE ");
	pg_ident(&sql, name);
	buf_adds(&sql, "; GRANT ");
	pg_ident(&sql, name);
	buf_adds(&sql, " TO " OWNER " WITH ADMIN OPTION");
	if (buf_ok(&sql))
		made = pg_exec(s->super, sql.p, &ignored) == 0;
	buf_free(&sql);
	return made;
}

/* If the error is of a role that is not there (a dump names its owners): make it. */
static bool make_missing_role(const struct sessions *s, const struct err *e)
{
	static const char before[] = "role \"", after[] = "\" does not exist";
	const char *from = strstr(e->msg, before), *to = strstr(e->msg, after);
	char name[128];

	if (from == NULL || to == NULL || to <= from + strlen(before))
		return false;
	from += strlen(before);
	if ((size_t)(to - from) >= sizeof(name))
		return false;
	memcpy(name, from, (size_t)(to - from));
	name[to - from] = '\0';
	return make_role(s, name);
}

/* CREATE ROLE "a name" ...: the role, without whatever else it was to be or to have. */
static bool make_named_role(const struct sessions *s, const char *rest)
{
	char name[128];
	size_t n = 0;

	if (*rest == '"')
		for (rest++; *rest != '\0' && n + 1 < sizeof(name); rest++) {
			if (*rest == '"' && *++rest != '"')
				break;
			name[n++] = *rest;
		}
	else
		for (; *rest != '\0' && *rest != ' ' && n + 1 < sizeof(name); rest++)
			name[n++] = *rest >= 'A' && *rest <= 'Z' ? (char)(*rest + 32) : *rest;
	name[n] = '\0';
	return n > 0 && make_role(s, name);
}

/* Wrappers of foreign data are the superuser's, and the owner may use them. */
static const char share_wrappers[] =
	"DO $$ DECLARE f name; BEGIN"
	" FOR f IN SELECT fdwname FROM pg_catalog.pg_foreign_data_wrapper LOOP"
	"  EXECUTE pg_catalog.format('GRANT USAGE ON FOREIGN DATA WRAPPER %I TO " OWNER "', f);"
	" END LOOP; END $$";

static bool is_harmless(const char *words)
{
	static const char *const wrapper[] = {"CREATE FOREIGN DATA WRAPPER "};
	const char *name = begins(words, wrapper, 1);

	/* with more words than its name it may have a validator, which is called at once */
	return begins(words, harmless, sizeof(harmless) / sizeof(*harmless)) != NULL ||
	       (name != NULL && strchr(name, ' ') == NULL);
}

/* What the owner of a database may not do, done for it: 1; 0: it is not done for it; -1. */
static int do_for_owner(const struct sessions *s, struct view stmt, const char *sql, struct err *e)
{
	char words[256];
	const char *role;

	first_words(stmt, words, sizeof(words));
	if (is_harmless(words))
		return pg_exec(s->super, sql, e) == 0 && pg_exec(s->super, share_wrappers, e) == 0
			       ? 1
			       : -1;
	role = begins(words, creates_role, sizeof(creates_role) / sizeof(*creates_role));
	if (role != NULL && make_named_role(s, role))
		return 1;
	return 0;
}

static int run_statement(const struct sessions *s, struct view stmt, struct err *e)
{
	static const char refused[] = "SQLSTATE 42501";
	struct buf sql = BUF_INIT;
	int rc;

	buf_add(&sql, stmt.p, stmt.n);
	if (!buf_ok(&sql)) {
		buf_free(&sql);
		return err_nomem(e);
	}
	do
		rc = pg_exec(s->owner, sql.p, e);
	while (rc != 0 && make_missing_role(s, e));
	if (rc != 0 && strstr(e->msg, refused) != NULL) {
		int done = do_for_owner(s, stmt, sql.p, e);

		if (done == 0)
			err_wrap(e,
				"the throwaway server runs the file as the owner of a database, "
				"who is no superuser: what needs one, load into a database of "
				"your own, and introspect that with --conn");
		rc = done == 1 ? 0 : -1;
	}
	buf_free(&sql);
	return rc;
}

static int run_all(
	const struct sessions *s, const char *name, const struct buf *text, struct err *e)
{
	struct sqltext t = sqltext_of(text->p != NULL ? text->p : "", text->n);
	struct view stmt;
	uint32_t line;
	int more;

	while ((more = sqltext_next(&t, &stmt, &line, e)) == 1)
		if (run_statement(s, stmt, e) != 0)
			return err_wrap(e, "%s:%u", name, line);
	return more == 0 ? 0 : err_wrap(e, "%s", name);
}

/* The URL with another user: it is the last of the URL's parameters. */
static struct pg *connect_owner(const struct ddl *d, struct err *e)
{
	struct buf url = BUF_INIT;
	struct pg *pg = NULL;

	buf_adds(&url, d->url);
	buf_adds(&url, "&user=" OWNER);
	if (buf_ok(&url))
		pg = pg_connect(url.p, "introspect", e);
	else
		err_nomem(e);
	buf_free(&url);
	return pg;
}

int ddl_run(const struct ddl *d, const char *name, const struct buf *text, struct err *e)
{
	/* a script expects a session as psql has it, not the one that reads catalogues */
	static const char plain[] = "RESET ALL; SET client_min_messages = 'error'";
	struct sessions s = {.super = pg_connect(d->url, "introspect", e)};
	int rc = -1;

	if (s.super != NULL && pg_exec(s.super, make_owner, e) == 0 &&
		(s.owner = connect_owner(d, e)) != NULL && pg_exec(s.owner, plain, e) == 0 &&
		pg_exec(s.super, plain, e) == 0)
		rc = run_all(&s, name, text, e);
	pg_close(s.owner);
	pg_close(s.super);
	return rc;
}
