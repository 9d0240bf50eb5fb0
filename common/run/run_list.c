/* SPDX-License-Identifier: MIT */
/*
 * --list: which shards a call would make, for programs that share them out to many machines.
 *
 * A shard is there if its receipt is of this program and plan, if the options would give files of
 * the same form, if these are there and as long as they were, and if it was made from the key files
 * that its parents' receipts tell of, where these are there. No file is read but receipts, unless
 * damaged ones are asked for: then each file is compared with its digest.
 *
 * A line has a shard: the table's level, the table as file names have it, the shard's number, how
 * many shards the table has, and what its files are called before their extensions.
 */
#include <inttypes.h>
#include <string.h>

#include "common/codec/enc.h"
#include "common/io/file.h"
#include "common/keys/keys.h"
#include "common/run/run_int.h"

/* ---- what a shard was made from --------------------------------------------------------- */

/* The digest of a parent's key file, as its receipt has it, or of the file where introspect wrote
 * it; none where it is not there: a parent that is lost will be made again as it was, and its
 * children stay. */
static int said_of_keys(const struct run_job *j, const struct plan_table *parent, uint32_t shard,
	const char *path, char hex[RUN_HEX], struct err *e)
{
	const char *said = NULL;
	struct mapfile m;
	json_t *receipt;
	int there;

	if (parent->existing) {
		if ((there = file_exists(path, e)) != 1)
			return there;
		if (mapfile_open(&m, path, e) == -1)
			return -1;
		mapfile_digest(&m, hex);
		mapfile_close(&m);
		return 0;
	}
	if ((there = run_receipt_read(j->run, parent, shard, &receipt, e)) != 1)
		return there;
	said = run_receipt_output(receipt, run_relative(j->run, path));
	if (said != NULL && strlen(said) == RUN_HEX - 1)
		memcpy(hex, said, RUN_HEX);
	json_decref(receipt);
	return 0;
}

/* The inputs of a table's shards. */
static int inputs_said(const struct run_job *j, struct run_table *t, struct arena *a, struct err *e)
{
	const struct plan *plan = j->plan;
	size_t n = 0;

	for (uint32_t p = 0; p < plan->ntables; p++)
		if (plan_reads(plan, t->t, p))
			n += plan->tables[p].shards;
	if ((t->inputs = arena_array(a, n + 1, sizeof(t->inputs[0]))) == NULL)
		return err_nomem(e);
	for (uint32_t p = 0; p < plan->ntables; p++)
		for (uint32_t s = 0; plan_reads(plan, t->t, p) && s < plan->tables[p].shards; s++) {
			struct run_file *f = &t->inputs[t->ninputs++];
			char *path = keys_path(j->run, &plan->tables[p], s);

			if (path == NULL)
				return err_nomem(e);
			f->path = run_relative(j->run, path);
			if (said_of_keys(j, &plan->tables[p], s, path, f->hex, e) == -1)
				return -1;
		}
	return 0;
}

/* ---- a shard ------------------------------------------------------------------------------ */

int run_is_done(const struct run_job *j, const struct run_table *t, uint32_t shard, json_t **out,
	struct err *e)
{
	struct run_receipt r = {.t = t->t,
		.shard = shard,
		.format = data_format_name(enc_format(t->t->table, j->format)),
		.compress = j->compress,
		.header = run_header(j, enc_format(t->t->table, j->format)),
		.inputs = t->inputs,
		.ninputs = t->ninputs};
	int there = run_receipt_read(j->run, t->t, shard, out, e);

	if (there == 1 && !run_receipt_same(*out, &r)) {
		json_decref(*out);
		*out = NULL;
		return 0;
	}
	return there;
}

/* Whether a file that a receipt tells of has other bytes: 1, 0, -1. */
static int output_differs(const struct run_job *j, const json_t *o, struct err *e)
{
	const char *path = rundir_file(j->run, json_string_value(json_object_get(o, "path")));
	const char *said = json_string_value(json_object_get(o, "xxh3_128"));
	struct mapfile m;
	char hex[RUN_HEX];

	if (path == NULL)
		return err_nomem(e);
	if (mapfile_open(&m, path, e) == -1)
		return -1;
	mapfile_digest(&m, hex);
	mapfile_close(&m);
	return said == NULL || strcmp(said, hex) != 0;
}

static int any_differs(const struct run_job *j, const json_t *receipt, struct err *e)
{
	const json_t *o;
	size_t i;
	int differs = 0;

	json_array_foreach(json_object_get(receipt, "outputs"), i, o)
	{
		if (differs == 0)
			differs = output_differs(j, o, e);
	}
	return differs;
}

/* Whether the shard belongs on the list: 1, 0, -1. */
static int listed(const struct run_job *j, const struct run_table *t, uint32_t shard,
	enum run_which which, struct err *e)
{
	json_t *receipt = NULL;
	int there;

	if (which == RUN_ALL)
		return 1;
	if ((there = run_is_done(j, t, shard, &receipt, e)) == -1)
		return -1;
	if (there == 0)
		return which == RUN_MISSING;
	there = which == RUN_DAMAGED ? any_differs(j, receipt, e) : 0;
	json_decref(receipt);
	return there;
}

static int print_shard(
	const struct run_job *j, const struct plan_table *t, uint32_t shard, struct err *e)
{
	char *table = rundir_table(j->run, t->table->schema, t->table->name);
	char *path = rundir_shard(
		j->run, "receipts", t->table->schema, t->table->name, shard, t->shards, "");

	if (table == NULL || path == NULL)
		return err_nomem(e);
	path[strlen(path) - 1] = '\0'; /* the dot before no extension */
	stage_say("%u %s %u %u %s %" PRIu64, t->level, table, shard, t->shards,
		strrchr(path, '/') + 1,
		shard_start(t->rows, shard + 1, t->shards) -
			shard_start(t->rows, shard, t->shards));
	return 0;
}

/* ---- the list ------------------------------------------------------------------------------ */

static int list_table(
	const struct run_job *j, const struct plan_table *plan, enum run_which which, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct run_table t = {.t = plan};
	int rc = which == RUN_ALL ? 0 : inputs_said(j, &t, &a, e);

	for (uint32_t s = 0; s < plan->shards && rc == 0; s++) {
		int on_list = run_wants(j, plan, s) ? listed(j, &t, s, which, e) : 0;

		rc = on_list == 1 ? print_shard(j, plan, s, e) : on_list;
	}
	arena_free(&a);
	return rc;
}

int run_list(const struct run_job *j, uint32_t level, struct err *e)
{
	enum run_which which = (enum run_which)run_list_named(j->o->list);

	for (uint32_t i = 0; i < j->plan->ntables; i++) {
		const struct plan_table *t = &j->plan->tables[i];

		if (t->level == level && !t->existing && (j->one == NULL || j->one == t) &&
			list_table(j, t, which, e) == -1)
			return -1;
	}
	return 0;
}
