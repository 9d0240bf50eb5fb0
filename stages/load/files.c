/* SPDX-License-Identifier: MIT */
/* The files of rows that are loaded. */
#include "stages/load/load.h"

#include "common/base/err.h"
#include "common/codec/enc.h"
#include "common/stage/stage.h"

/* The files that the receipts of this plan tell of: what has none, nobody vouches for. */
static int proven_files(struct load *l, struct load_table *t, struct err *e)
{
	struct data_file *f = arena_array(l->a, t->plan->shards, sizeof(*f));
	int64_t known = f != NULL ? data_of_receipts(&l->run, t->plan, f, l->a, e) : err_nomem(e);
	const char *stage = data_stage(t->plan);

	t->files = f;
	if (known == -1)
		return -1;
	if (known < t->plan->shards)
		return err_set(e, ERR_INPUT,
			"%s.%s: shard %lld of %u has no receipt that says what its rows are: run "
			"%s, or add --no-verify if the file was made elsewhere",
			t->plan->table->schema, t->plan->table->name, (long long)known,
			t->plan->shards, stage);
	for (uint32_t i = 1; i < t->plan->shards; i++)
		if (f[i].format != f[0].format || f[i].header != f[0].header)
			return err_set(e, ERR_INPUT,
				"%s.%s: shard %u of %u is %s with --header %s, shard 0 is %s with "
				"--header %s: run %s --force with one --format and one --header",
				t->plan->table->schema, t->plan->table->name, i, t->plan->shards,
				data_format_name(f[i].format), data_header_name(f[i].header),
				data_format_name(f[0].format), data_header_name(f[0].header),
				stage);
	return 0;
}

static int no_copy_reads(const struct load_table *t, struct err *e)
{
	return err_set(e, ERR_INPUT,
		"%s.%s has only jsonl rows, which COPY does not read: run the generators with "
		"--format binary, text or csv",
		t->plan->table->schema, t->plan->table->name);
}

static int find_files(struct load *l, struct load_table *t, struct err *e)
{
	if (l->opt.verify)
		return proven_files(l, t, e);
	t->files = data_find_all(&l->run, t->plan, l->a, e);
	return t->files != NULL ? 0 : -1;
}

/* The rows of a run, all of them in one form, before the server is asked anything. */
int files_find(struct load *l, struct err *e)
{
	enum data_format slowest = DATA_BINARY;

	for (uint32_t i = 0; i < l->ntables; i++) {
		struct load_table *t = &l->tables[i];

		if (find_files(l, t, e) == -1)
			return -1;
		if (t->files[0].format == DATA_JSONL)
			return no_copy_reads(t, e);
		if (t->files[0].format > slowest &&
			enc_format(t->plan->table, DATA_BINARY) == DATA_BINARY)
			slowest = t->files[0].format;
	}
	if (slowest != DATA_BINARY)
		stage_warn("the run has %s rows: COPY BINARY is about 2.5 times cheaper for the "
			   "server; generate with --format binary to have it",
			data_format_name(slowest));
	return 0;
}

/* One shard's file, if it is here: 1, 0, -1. */
static int find_here(const struct load *l, const struct load_table *t, uint32_t shard,
	struct data_file *f, struct err *e)
{
	struct err none = {.kind = ERR_NONE};

	if (l->opt.verify)
		return data_of_receipt(&l->run, t->plan, shard, f, l->a, e);
	if (data_find(f, &l->run, t->plan, shard, &none) == 0)
		return 1;
	if (none.kind == ERR_INPUT)
		return 0;
	*e = none;
	return -1;
}

int files_here(struct load *l, struct err *e)
{
	for (uint32_t i = 0; i < l->ntables; i++) {
		struct load_table *t = &l->tables[i];
		struct data_file *f = arena_array(l->a, t->plan->shards, sizeof(*f));

		if (f == NULL)
			return err_nomem(e);
		t->files = f;
		for (uint32_t k = 0; k < t->plan->shards; k++) {
			int there = find_here(l, t, k, &f[k], e);

			if (there == -1)
				return -1;
			if (there == 0)
				f[k].path = NULL;
			else if (f[k].format == DATA_JSONL)
				return no_copy_reads(t, e);
		}
	}
	return 0;
}

int files_rest(struct load *l, struct err *e)
{
	for (uint32_t i = 0; i < l->ntables; i++)
		if (!l->tables[i].shared && find_files(l, &l->tables[i], e) == -1)
			return -1;
	return 0;
}
