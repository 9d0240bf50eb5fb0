/* SPDX-License-Identifier: MIT */
/*
 * receipts/load.json: what was loaded, from which plan, and into which database.
 *
 * A run that is resumed asks it whether there is anything left to load.  A database is known by the
 * number of its cluster and by its oid there; its name is for people.  The same name in the same
 * cluster with another oid is a database that was dropped and made again, and is empty of our rows.
 */
#include "stages/load/load.h"

#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/base/str.h"
#include "common/io/file.h"
#include "common/io/json.h"
#include "common/io/json_read.h"
#include "common/io/json_seal.h"
#include "common/stage/stage.h"

static const char receipt[] = "receipts/load.json";

const char *load_road(const struct load_table *t)
{
	return t->bulk ? "bulk" : "in place";
}

/* The triggers that somebody may wonder about: that fired, or were switched off. */
static void put_triggers(struct jsonw *j, const struct load *l)
{
	jw_key(j, "triggers");
	jw_array(j);
	for (uint32_t i = 0; i < l->ntriggers; i++) {
		const struct load_trigger *t = &l->triggers[i];

		jw_object(j);
		jw_kstr(j, "schema", t->schema);
		jw_kstr(j, "table", t->rel);
		jw_kstr(j, "trigger", t->name);
		jw_kbool(j, "off", t->off);
		jw_kstr(j, "why", t->off && t->why == NULL ? "as was asked" : t->why);
		jw_end(j);
	}
	jw_end(j);
}

int receipt_stage(struct load *l, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jsonw j;
	char *path = rundir_file(&l->run, receipt);
	struct commit_place at;
	int rc = -1;

	if (commit_place(l, &at, e) == -1)
		return -1;
	jw_begin(&j, &b, true);
	jw_object(&j);
	jw_kstr(&j, "stage", "load");
	jw_kstr(&j, "tool_version", STAGE_VERSION);
	jw_kstr(&j, "plan", l->plan.digest);
	jw_kstr(&j, "schema_fingerprint", l->schema.fingerprint);
	jw_key(&j, "database");
	jw_object(&j);
	jw_kstr(&j, "system_identifier", at.cluster);
	jw_kstr(&j, "oid", at.oid);
	jw_kstr(&j, "name", at.name);
	jw_end(&j);
	jw_key(&j, "tables");
	jw_array(&j);
	for (uint32_t i = 0; i < l->ntables; i++) {
		const struct load_table *t = &l->tables[i];

		jw_object(&j);
		jw_kstr(&j, "schema", t->plan->table->schema);
		jw_kstr(&j, "table", t->plan->table->name);
		jw_kuint(&j, "rows", t->rows);
		if (t->files != NULL && t->files[0].path != NULL)
			jw_kstr(&j, "format", data_format_name(t->files[0].format));
		jw_kstr(&j, "road", load_road(t));
		jw_end(&j);
	}
	jw_end(&j);
	put_triggers(&j, l);
	rc = json_seal(&j, e);
	jw_end(&j);
	buf_addc(&b, '\n');
	if (rc == 0 && (path == NULL || !buf_ok(&b)))
		rc = err_nomem(e);
	if (rc == 0)
		rc = (l->receipt = outfile_open(path, e)) == NULL ? -1 : 0;
	if (rc == 0)
		rc = outfile_write(l->receipt, b.p, b.n, e);
	if (rc == 0)
		rc = outfile_sync(l->receipt, e);
	buf_free(&b);
	return rc;
}

void receipt_keep(struct load *l)
{
	struct err e = {.kind = ERR_NONE};
	struct outfile *f = l->receipt;

	l->receipt = NULL;
	if (outfile_commit(f, &e) == 0)
		commit_done(l);
	else
		stage_warn("the rows are loaded, but their receipt cannot be written: %s; "
			   "receipts/load.pending.json tells later calls",
			e.msg);
}

void receipt_drop(struct load *l)
{
	outfile_abort(l->receipt);
	l->receipt = NULL;
}

/* Whether the receipt's database is not this one; a receipt of an earlier version names none. */
static int another_database(const json_t *was, const struct commit_place *now, struct err *e)
{
	const char *cluster = json_string_value(json_object_get(was, "system_identifier"));
	const char *oid = json_string_value(json_object_get(was, "oid"));
	const char *name = json_string_value(json_object_get(was, "name"));
	bool here = cluster != NULL && strcmp(cluster, now->cluster) == 0;

	if (cluster == NULL || oid == NULL || name == NULL)
		return 0;
	if (here && strcmp(oid, now->oid) == 0)
		return 0;
	if (here && strcmp(name, now->name) == 0)
		return 1;
	return err_set(e, ERR_INPUT,
		"this run was loaded into database %s%s, and this is %s: connect to the database "
		"that it was loaded into, or begin a new run",
		name, here ? "" : " of another server", now->name);
}

static bool adds_rows(const struct load *l)
{
	for (uint32_t i = 0; i < l->ntables; i++)
		if (l->tables[i].plan->append)
			return true;
	return false;
}

static int says_loaded(struct load *l, const json_t *j, struct err *e)
{
	const char *plan = json_string_value(json_object_get(j, "plan"));
	struct commit_place now;
	int another;

	if (commit_place(l, &now, e) == -1 ||
		(another = another_database(json_object_get(j, "database"), &now, e)) == -1)
		return -1;
	if (another == 1 || l->opt.existing == LOAD_TRUNCATE || plan == NULL)
		return 0;
	if (strcmp(plan, l->plan.digest) == 0)
		return commit_still_there(l, e);
	if (adds_rows(l))
		return err_set(e, ERR_INPUT,
			"the keys that this run has read are out of date, because it has added "
			"rows since: an edited plan needs a new run");
	return 0;
}

int receipt_says_loaded(struct load *l, struct err *e)
{
	char *path = rundir_file(&l->run, receipt);
	json_t *j;
	int rc;

	if (path == NULL)
		return err_nomem(e);
	if ((rc = json_read_file(path, 0, &j, e)) != 1)
		return rc == 0 || e->kind != ERR_INPUT ? rc : commit_unread(e);
	if (json_sealed(j, e) == -1) {
		(void)err_wrap(e, "%s", path);
		rc = e->kind == ERR_INPUT ? commit_unread(e) : -1;
	} else {
		rc = says_loaded(l, j, e);
	}
	json_decref(j);
	return rc;
}
