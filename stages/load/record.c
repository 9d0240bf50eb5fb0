/* SPDX-License-Identifier: MIT */
/*
 * The table of the target in which --record has each load write a row of its run. The row is
 * written in the transaction of the rows, so both are there or neither is: whatever became of the
 * reply to COMMIT, of the run directory, or of the server since (it may have been restored from a
 * backup), asking the table says whether the rows are in this database.
 */
#include <string.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/pg/pgrows.h"
#include "stages/load/load.h"

static const char sql_there[] = "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace "
				"n ON n.oid = c.relnamespace"
				" WHERE n.nspname = $1 AND c.relname = $2";

int record_check(const char *record, struct err *e)
{
	const char *dot = strchr(record, '.');

	if (dot == NULL || dot == record || dot[1] == '\0' || strchr(dot + 1, '.') != NULL)
		return err_set(e, ERR_INPUT, "--record: write SCHEMA.TABLE, not \"%s\"", record);
	return 0;
}

/* SCHEMA.TABLE in two; the names are taken as they are, without quotes. */
static int names(struct load *l, const char *to[2], struct err *e)
{
	const char *dot = strchr(l->opt.record, '.');

	to[0] = arena_strndup(l->a, l->opt.record, (size_t)(dot - l->opt.record));
	to[1] = arena_strdup(l->a, dot + 1);
	return to[0] != NULL && to[1] != NULL ? 0 : err_nomem(e);
}

/* Runs a command with the table's name in the place of its one %; rows that it gives, or -1. */
static int with_table(struct load *l, const char *const name[2], const char *sql,
	const char *const *params, int nparams, struct err *e)
{
	const char *at = strchr(sql, '%');
	struct buf b = BUF_INIT;
	struct pg_rows *r;
	int n;

	buf_add(&b, sql, (size_t)(at - sql));
	pg_ident(&b, name[0]);
	buf_addc(&b, '.');
	pg_ident(&b, name[1]);
	buf_add(&b, at + 1, strlen(at + 1) + 1);
	r = buf_ok(&b) ? pg_query(l->pg, b.p, nparams, params, e) : NULL;
	if (!buf_ok(&b))
		(void)err_nomem(e);
	buf_free(&b);
	if (r == NULL)
		return -1;
	n = (int)pg_count(r);
	return pg_done(r, e) == -1 ? -1 : n;
}

/* Whether the table is there: 1, 0; -1 on failure. */
static int is_there(struct load *l, const char *const name[2], struct err *e)
{
	struct pg_rows *r = pg_query(l->pg, sql_there, 2, name, e);
	int there;

	if (r == NULL)
		return -1;
	there = pg_count(r) > 0;
	return pg_done(r, e) == -1 ? -1 : there;
}

int record_earlier(struct load *l, struct err *e)
{
	const char *name[2], *plan = l->plan.digest;
	int there;

	if (l->opt.record == NULL)
		return 0;
	if (names(l, name, e) == -1 || (there = is_there(l, name, e)) == -1)
		return -1;
	return there == 0 ? 0 : with_table(l, name, "SELECT 1 FROM % WHERE plan = $1", &plan, 1, e);
}

int record_add(struct load *l, struct err *e)
{
	const char *name[2], *params[2] = {l->plan.digest, NULL};
	uint64_t rows = 0;
	int there;

	if (l->opt.record == NULL)
		return 0;
	if (names(l, name, e) == -1 || (there = is_there(l, name, e)) == -1)
		return -1;
	for (uint32_t i = 0; i < l->ntables; i++)
		rows += l->tables[i].rows;
	if ((params[1] = arena_printf(l->a, "%llu", (unsigned long long)rows)) == NULL)
		return err_nomem(e);
	if (there == 0 && with_table(l, name,
				  "CREATE TABLE % (plan text PRIMARY KEY, rows bigint NOT NULL,"
				  " loaded_at timestamptz NOT NULL)",
				  NULL, 0, e) == -1)
		return -1;
	/* a run whose tables were emptied since is loaded again */
	return with_table(l, name,
		       "INSERT INTO % AS t VALUES ($1, $2::bigint, pg_catalog.now()) ON CONFLICT "
		       "(plan)"
		       " DO UPDATE SET rows = excluded.rows, loaded_at = excluded.loaded_at",
		       params, 2, e) == -1
		       ? -1
		       : 0;
}
