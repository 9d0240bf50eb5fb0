/* SPDX-License-Identifier: MIT */
#include "stages/eval/receipts.h"

#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/json_read.h"
#include "common/run/run.h"

/* ---- which files ---------------------------------------------------------------------- */

int receipts_files(const struct audit *u, struct audit_table *t, struct err *e)
{
	struct data_file *f = arena_array(u->a, t->plan->shards, sizeof(*f));
	int64_t known = f != NULL ? data_of_receipts(u->run, t->plan, f, u->a, e) : err_nomem(e);
	bool alike = known == t->plan->shards;

	if (known == -1)
		return -1;
	for (uint32_t i = 1; i < t->plan->shards && alike; i++)
		alike = f[i].format == f[0].format;
	/* else whoever wrote them */
	t->files = alike ? f : data_find_all(u->run, t->plan, u->a, e);
	return t->files != NULL ? 0 : -1;
}

/* ---- whether they are still what was written ------------------------------------------- */

static int check_output(struct audit *u, struct audit_table *t, const json_t *o, struct err *e)
{
	const char *name = json_text(o, "path"), *path = rundir_file(u->run, name);
	struct mapfile m;
	struct rule *r;
	char hex[33];
	bool as_long;
	int there;

	if (path == NULL)
		return err_nomem(e);
	if ((there = file_exists(path, e)) == -1)
		return -1;
	if (there == 0)
		return err_set(
			e, ERR_INPUT, "%s is not there: run %s again", path, data_stage(t->plan));
	if (mapfile_open(&m, path, e) == -1)
		return -1;
	mapfile_digest(&m, hex);
	as_long = (uint64_t)json_integer_value(json_object_get(o, "bytes")) == m.n;
	mapfile_close(&m);
	r = findings_rule(u->findings, KIND_FILE, PLAN_ENFORCE, t->plan, arena_strdup(u->a, name));
	if (r == NULL)
		return err_nomem(e);
	r->code = "file_digest_mismatch";
	r->definition = "the bytes are those the receipt tells of";
	if (!as_long || strcmp(hex, json_text(o, "xxh3_128")) != 0) {
		t->unproven = true;
		findings_hit(u->findings, r, 0, 0, "changed after it was written");
	}
	return 0;
}

static void add_attempts(struct audit_table *t, const json_t *receipt)
{
	json_int_t most = json_integer_value(json_object_get(receipt, "attempts_most"));

	t->retries += (uint64_t)json_integer_value(json_object_get(receipt, "retries"));
	if (most > 0 && (uint64_t)most > t->most)
		t->most = (uint64_t)most;
}

static int check_shard(struct audit *u, struct audit_table *t, uint32_t shard, struct err *e)
{
	json_t *receipt, *o;
	int rc = data_receipt(u->run, t->plan, shard, &receipt, e);
	size_t i;

	t->unproven = t->unproven || rc == 0;
	if (rc == 0)
		return findings_warn(u->findings, "no_receipt", t->row_count->path,
			       "whoever wrote the files, they are audited all the same",
			       "shard %u has no receipt", shard) == -1
			       ? err_nomem(e)
			       : 0;
	if (rc == 1)
		rc = 0;
	add_attempts(t, receipt);
	json_array_foreach(json_object_get(receipt, "outputs"), i, o) if (rc == 0) rc =
		check_output(u, t, o, e);
	json_decref(receipt);
	return rc;
}

int receipts_check(struct audit *u, struct err *e)
{
	for (uint32_t i = 0; i < u->plan->ntables; i++)
		for (uint32_t k = 0; !u->plan->tables[i].existing && k < u->plan->tables[i].shards;
			k++)
			if (check_shard(u, &u->tables[i], k, e) == -1)
				return -1;
	return 0;
}

int receipts_report(const struct audit *u, struct err *e)
{
	return run_report_write(u->run, u->plan, e) == -1 ? -1 : 0;
}

/* The part of a directory's name after "__run_", or "unknown". */
static const char *id_of_folder(const struct rundir *run)
{
	const char *at = strstr(run->path, "__run_"), *id = "unknown";

	while (at != NULL) {
		id = at + strlen("__run_");
		at = strstr(id, "__run_");
	}
	return arena_strndup(run->a, id, strcspn(id, "/"));
}

const char *receipts_run_id(const struct audit *u)
{
	const char *path = rundir_file(u->run, "generation_report.json"), *id = "";
	json_t *j = NULL;

	/* the report was written just now; without one the run has a name all the same */
	if (path == NULL || json_read_file(path, 0, &j, &(struct err){.kind = ERR_NONE}) != 1)
		j = NULL;
	if (strcmp(json_text(j, "plan_digest"), u->plan->digest) == 0)
		id = json_text(j, "run_id");
	id = id[0] != '\0' ? arena_strdup(u->a, id) : id_of_folder(u->run);
	json_decref(j);
	return id;
}
