/* SPDX-License-Identifier: MIT */
/*
 * Whether a commit happened, when nobody was there to hear it.
 *
 * COMMIT is one message to the server and one answer.  If this process is killed between the two,
 * the rows are there and no receipt says so; a second call would find tables that have rows
 * already, and a user would not know whose they are.  PostgreSQL keeps the outcome of every recent
 * transaction, and pg_xact_status() tells it by the transaction's number.  So the number is written
 * down, with the cluster and the database that it belongs to, before the COMMIT is sent, and the
 * next call asks.
 */
#include "stages/load/load.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/io/json_read.h"
#include "common/io/json_seal.h"

static const char pending[] = "receipts/load.pending.json";

/* The cluster's own number, and the database's in it: transaction numbers mean nothing elsewhere.
 */
static const char sql_place[] =
	"SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system()), d.oid::text,"
	" d.datname::text"
	" FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()";
static const char sql_number[] = "SELECT pg_catalog.pg_current_xact_id()::text";
static const char sql_status[] =
	"SELECT coalesce(pg_catalog.pg_xact_status($1::text::pg_catalog.xid8), 'forgotten')";

/*
 * While the server makes an index, it does not look at its client, and would go on for long after a
 * kill.  Since version 14 it can look now and then; where the setting is unknown, or refused by the
 * server's platform, the session ends a little later.
 */
void commit_watch_client(struct load *l)
{
	struct err ignored = {.kind = ERR_NONE};

	if (pg_server_version(l->pg) >= 140000)
		(void)pg_exec(l->pg, "SET client_connection_check_interval = '1s'", &ignored);
}

/* The text that a query gives, in the arena; NULL on failure. */
static const char *ask(struct load *l, const char *sql, const char *param, struct err *e)
{
	return load_text(l, pg_query(l->pg, sql, param != NULL, &param, e), e);
}

int commit_place(struct load *l, struct commit_place *to, struct err *e)
{
	struct pg_rows *r = pg_query(l->pg, sql_place, 0, NULL, e);

	if (r == NULL)
		return -1;
	to->cluster = arena_strdup(l->a, pg_str(r, 0, 0));
	to->oid = arena_strdup(l->a, pg_str(r, 0, 1));
	to->name = arena_strdup(l->a, pg_str(r, 0, 2));
	if (pg_done(r, e) == -1)
		return -1;
	return to->cluster != NULL && to->oid != NULL && to->name != NULL ? 0 : err_nomem(e);
}

/* "cluster/oid" */
static const char *where_we_are(struct load *l, struct err *e)
{
	struct commit_place at;
	const char *text;

	if (commit_place(l, &at, e) == -1)
		return NULL;
	if ((text = arena_printf(l->a, "%s/%s", at.cluster, at.oid)) == NULL)
		err_nomem(e);
	return text;
}

int commit_prepare(struct load *l, struct err *e)
{
	const char *where = where_we_are(l, e);
	const char *number = where == NULL ? NULL : ask(l, sql_number, NULL, e);
	char *path = rundir_file(&l->run, pending);
	struct buf b = BUF_INIT;
	struct jsonw j;
	int rc;

	if (number == NULL)
		return -1;
	jw_begin(&j, &b, true);
	jw_object(&j);
	jw_kstr(&j, "database", where);
	jw_kstr(&j, "transaction", number);
	jw_kstr(&j, "plan", l->plan.digest);
	rc = json_seal(&j, e);
	jw_end(&j);
	buf_addc(&b, '\n');
	if (rc == 0)
		rc = path != NULL && buf_ok(&b) ? file_replace(path, b.p, b.n, e) : err_nomem(e);
	buf_free(&b);
	if (rc == -1)
		commit_done(l); /* it may be there under its name, but not for certain */
	return rc;
}

void commit_done(struct load *l)
{
	char *path = rundir_file(&l->run, pending);

	if (path != NULL)
		(void)unlink(path);
}

/* Whether the rows go beside others, so that a second load of them would be no error. */
static bool adds_rows(const struct load *l)
{
	bool adds = l->opt.existing == LOAD_APPEND;

	for (uint32_t i = 0; i < l->ntables; i++)
		adds = adds || l->tables[i].plan->append;
	return adds;
}

/*
 * A session whose client was killed ends soon, but not at once: it is waited for, because until
 * then nobody can say what becomes of its rows.
 */
static int outcome(struct load *l, const char *number, struct err *e)
{
	static const struct timespec nap = {0, 100 * 1000 * 1000};
	enum { NAPS = 300 };

	for (int i = 0; i < NAPS; i++) {
		const char *status = ask(l, sql_status, number, e);

		if (status == NULL)
			return -1;
		if (strcmp(status, "forgotten") == 0 && adds_rows(l))
			return err_set(e, ERR_INPUT,
				"an earlier load of this run sent its COMMIT, and the server has "
				"forgotten since whether it happened: see if its rows are there, "
				"then remove receipts/load.pending.json, or the run");
		if (strcmp(status, "in progress") != 0)
			return strcmp(status, "committed") == 0;
		(void)nanosleep(&nap, NULL);
	}
	return err_set(e, ERR_TEMP,
		"an earlier load of this run is still at work in the database: wait for it to end, "
		"then call again");
}

/* Whether the rows that were committed are there still: somebody may have emptied the tables. */
int commit_still_there(struct load *l, struct err *e)
{
	int there = 1;

	for (uint32_t i = 0; i < l->ntables && there == 1; i++)
		if (l->tables[i].plan->rows > 0)
			there = target_has_rows(l, &l->tables[i], e);
	return there;
}

int commit_unread(struct err *e)
{
	return err_wrap(e, "whether this run is loaded already cannot be told (see if its rows are "
			   "in the database, and then remove this file)");
}

/* What an earlier call has written down before its COMMIT. */
struct note {
	const char *database, *transaction, *plan;
};

/* All of it, or -1: rows could come twice if what is damaged were taken for nothing. */
static int read_note(struct note *n, const json_t *j, struct err *e)
{
	*n = (struct note){
		.database = json_string_value(json_object_get(j, "database")),
		.transaction = json_string_value(json_object_get(j, "transaction")),
		.plan = json_string_value(json_object_get(j, "plan")),
	};
	if (n->database == NULL || n->transaction == NULL || n->plan == NULL)
		return err_set(e, ERR_INPUT,
			"it does not say which transaction of which database loaded which plan");
	return json_sealed(j, e);
}

/* 1, 0, -1, as commit_earlier() says. */
static int ask_outcome(struct load *l, const json_t *j, const char *path, struct err *e)
{
	struct note n;
	const char *where;

	if (read_note(&n, j, e) == -1) {
		(void)err_wrap(e, "%s", path);
		return e->kind == ERR_INPUT ? commit_unread(e) : -1;
	}
	if ((where = where_we_are(l, e)) == NULL)
		return -1;
	/* what is of another plan or database says nothing of these rows */
	if (strcmp(n.plan, l->plan.digest) != 0 || strcmp(n.database, where) != 0)
		return 0;
	return outcome(l, n.transaction, e);
}

int commit_earlier(struct load *l, struct err *e)
{
	char *path = rundir_file(&l->run, pending);
	json_t *j;
	int rc;

	if (path == NULL)
		return err_nomem(e);
	/* tables that are to be emptied first have the same rows afterwards, whatever was before */
	if (l->opt.existing == LOAD_TRUNCATE)
		return 0;
	if ((rc = record_earlier(l, e)) != 0)
		return rc == 1 ? commit_still_there(l, e) : rc;
	if ((rc = json_read_file(path, 0, &j, e)) != 1)
		return rc == 0 || e->kind != ERR_INPUT ? rc : commit_unread(e);
	rc = ask_outcome(l, j, path, e);
	json_decref(j);
	return rc == 1 ? commit_still_there(l, e) : rc;
}
