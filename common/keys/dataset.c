/* SPDX-License-Identifier: MIT */
/*
 * Finding a table's data files. A run has one file for each shard;
 * which format it has is told by its extension, so that a reader finds it
 * without the plan. data_find() insists that there is exactly one.
 */
#include "common/keys/dataset.h"

#include <string.h>
#include <unistd.h>

#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/json_read.h"
#include "common/keys/receipt.h"

/* Is there such a file?  1 yes, 0 no, -1 error. */
static int present(struct data_file *f, const struct rundir *run, const struct plan_table *t,
	uint32_t shard, enum data_format format, bool zstd, struct err *e)
{
	char *path = data_path(run, t, shard, format, zstd);
	int there;

	if (path == NULL)
		return err_nomem(e);
	if ((there = file_exists(path, e)) != 1)
		return there;
	*f = (struct data_file){.path = path, .format = format, .zstd = zstd};
	return 1;
}

/*
 * Finds the one file of a shard. Two of them, or none, are errors that say so.
 */
int data_find(struct data_file *f, const struct rundir *run, const struct plan_table *t,
	uint32_t shard, struct err *e)
{
	for (enum data_format format = 0; format < DATA_FILES; format++)
		for (int zstd = 0; zstd < 2; zstd++) {
			int there = present(f, run, t, shard, format, zstd == 1, e);

			if (there != 0)
				return there == 1 ? 0 : -1;
		}
	return err_set(e, ERR_INPUT, "%s.%s: shard %u of %u has no rows in %s/data: run %s",
		t->table->schema, t->table->name, shard, t->shards, run->path, data_stage(t));
}

/* Receipts of files with the header in the first do not name it, as those before it was a choice.
 */
static int header_of(const json_t *receipt, enum data_header *h)
{
	const char *name = json_text(receipt, "header");

	*h = name[0] == '\0' ? DATA_HEADER_FIRST : data_header_named(name);
	return *h < DATA_HEADERS ? 0 : -1;
}

/* What the receipts of files say of their headers; of others the rule is that the first has it. */
static void find_headers(const struct rundir *run, const struct plan_table *t, struct data_file *f)
{
	for (uint32_t i = 0; i < t->shards; i++) {
		struct err ignored = {0};
		json_t *receipt;

		if (data_receipt(run, t, i, &receipt, &ignored) == 1 &&
			header_of(receipt, &f[i].header) == -1)
			f[i].header = DATA_HEADER_FIRST;
		json_decref(receipt);
	}
}

/* The files of all shards of a table, in their order. */
struct data_file *data_find_all(
	const struct rundir *run, const struct plan_table *t, struct arena *a, struct err *e)
{
	struct data_file *f = arena_array(a, t->shards, sizeof(*f));

	if (f == NULL) {
		err_nomem(e);
		return NULL;
	}
	if (data_find(&f[0], run, t, 0, e) == -1)
		return NULL;
	for (uint32_t i = 1; i < t->shards; i++) {
		int there = present(&f[i], run, t, i, f[0].format, f[0].zstd, e);

		if (there == -1)
			return NULL;
		if (there == 0) {
			err_set(e, ERR_INPUT,
				"%s.%s: shard %u of %u is not there as %s, as shard 0 is: run %s",
				t->table->schema, t->table->name, i, t->shards,
				data_format_name(f[0].format), data_stage(t));
			return NULL;
		}
	}
	find_headers(run, t, f);
	return f;
}

char *data_receipt_path(const struct rundir *run, const struct plan_table *t, uint32_t shard)
{
	const char *plain = rundir_shard(
		run, "receipts", t->table->schema, t->table->name, shard, t->shards, "json");

	return plain == NULL ? NULL
			     : arena_printf(run->a, "%s/receipts/gen.%s", run->path,
				       strrchr(plain, '/') + 1);
}

int data_receipt(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	struct json_t **out, struct err *e)
{
	const char *path = data_receipt_path(run, t, shard), *made_from;
	int there;

	*out = NULL;
	if (path == NULL)
		return err_nomem(e);
	if ((there = json_read_file(path, JSON_REJECT_DUPLICATES, out, e)) == 0)
		return 0;
	if (there == -1)
		return e->kind != ERR_INPUT
			       ? -1
			       : err_set(e, ERR_INPUT, "%s: not a receipt: run %s again", path,
					 data_stage(t));
	made_from = json_string_value(json_object_get(*out, "table_digest"));
	if (made_from == NULL || strcmp(made_from, t->digest) != 0)
		(void)err_set(e, ERR_INPUT,
			"%s.%s: its rows were made from another plan: run %s again",
			t->table->schema, t->table->name, data_stage(t));
	else if (receipt_check(run, t, shard, *out, e) == 0)
		return 1;
	else
		(void)err_wrap(e, "%s", path);
	json_decref(*out);
	*out = NULL;
	return -1;
}

/* The output of a receipt that holds rows, or NULL. */
static const json_t *data_output(const json_t *receipt)
{
	const json_t *o;
	size_t i;

	json_array_foreach(json_object_get(receipt, "outputs"), i, o)
	{
		if (strncmp(json_text(o, "path"), "data/", 5) == 0)
			return o;
	}
	return NULL;
}

/* 1; 0: the file is not there; -1 */
static int file_of_receipt(struct data_file *f, const struct rundir *run,
	const struct plan_table *t, const json_t *receipt, struct arena *a, struct err *e)
{
	const json_t *o = data_output(receipt);

	*f = (struct data_file){.format = data_format_named(json_text(receipt, "format")),
		.zstd = json_text(receipt, "compress")[0] != '\0'};
	if (o == NULL || f->format >= DATA_FILES || header_of(receipt, &f->header) == -1)
		return err_set(e, ERR_INPUT, "%s.%s: a receipt that names no rows: run %s again",
			t->table->schema, t->table->name, data_stage(t));
	f->path = rundir_file(run, json_text(o, "path"));
	f->digest = arena_strdup(a, json_text(o, "xxh3_128"));
	f->bytes = (uint64_t)json_integer_value(json_object_get(o, "bytes"));
	if (f->path == NULL || f->digest == NULL)
		return err_nomem(e);
	return file_exists(f->path, e);
}

int data_of_receipt(const struct rundir *run, const struct plan_table *t, uint32_t shard,
	struct data_file *f, struct arena *a, struct err *e)
{
	json_t *receipt;
	int there = data_receipt(run, t, shard, &receipt, e);

	if (there == 1)
		there = file_of_receipt(f, run, t, receipt, a, e);
	json_decref(receipt);
	return there;
}

int64_t data_of_receipts(const struct rundir *run, const struct plan_table *t, struct data_file *f,
	struct arena *a, struct err *e)
{
	for (uint32_t i = 0; i < t->shards; i++) {
		json_t *receipt;
		int there = data_receipt(run, t, i, &receipt, e);

		if (there != 1)
			return there == 0 ? (int64_t)i : -1;
		there = file_of_receipt(&f[i], run, t, receipt, a, e);
		json_decref(receipt);
		if (there == 0)
			err_set(e, ERR_INPUT, "%s is not there: run %s again", f[i].path,
				data_stage(t));
		if (there != 1)
			return -1;
	}
	return t->shards;
}

/*
 * Whether the column is in the files: the server computes generated columns and
 * defaults itself.
 */
bool data_written(const struct plan_table *t, uint32_t col)
{
	enum plan_source s = t->columns[col].source;

	return s != PLAN_GENERATED && s != PLAN_SERVER_DEFAULT;
}
