/* SPDX-License-Identifier: MIT */
/*
 * The key snapshots that a table reads. Each file is digested once in a call.
 * If its receipt names the same digest, the file is whole; a file without a
 * receipt, or one that differs from it, is checked chunk by chunk. The digests
 * go into the receipts of the shards that are made from the files, so that a
 * changed parent makes its children stale.
 */
#include <string.h>

#include "common/io/file.h"
#include "common/keys/keys.h"
#include "common/run/run_int.h"
#include "common/snapshot/snap.h"

/* XXH3 of 128 bits over the whole file, in hexadecimal. */
static int digest(const char *path, char hex[RUN_HEX], struct err *e)
{
	struct mapfile m;

	if (mapfile_open(&m, path, e) == -1)
		return -1;
	mapfile_digest(&m, hex);
	mapfile_close(&m);
	return 0;
}

/* What the receipt says of the file has to be true of it. */
static int verify(const struct run_job *j, const struct plan_table *t, uint32_t shard,
	const char *path, const char *hex, struct err *e)
{
	json_t *receipt = NULL;
	const char *said;
	struct snap s;
	bool whole;

	if (!t->existing && run_receipt_read(j->run, t, shard, &receipt, e) == -1)
		return -1;
	said = receipt == NULL ? NULL : run_receipt_output(receipt, run_relative(j->run, path));
	whole = said != NULL && strcmp(said, hex) == 0;
	json_decref(receipt);
	if (whole)
		return 0;
	if (snap_open_once(&s, path, "keys", SNAP_FULL, j->run->seen, e) == -1)
		return -1;
	snap_close(&s);
	return 0;
}

/*
 * What the receipt will say of a key file; without a receipt to come, it is
 * only checked that it is whole.
 */
static int inspect(const struct run_job *j, const struct plan_table *t, uint32_t shard,
	const char *path, char hex[RUN_HEX], struct err *e)
{
	if (j->o->discard || run_shows(j->o))
		memcpy(hex, "-", 2);
	else if (digest(path, hex, e) == -1)
		return -1;
	if (verify(j, t, shard, path, hex, e) == -1) {
		hex[0] = '\0';
		return -1;
	}
	return 0;
}

/* One file, digested once for all tables that read it. */
static int add_input(const struct run_job *j, struct run_table *t, const struct plan_table *parent,
	uint32_t shard, char hex[RUN_HEX], struct err *e)
{
	const struct pg_table *p = parent->table;
	char *path = keys_path(j->run, parent, shard);
	struct run_file *f = &t->inputs[t->ninputs];

	if (path == NULL)
		return err_nomem(e);
	if (hex[0] == '\0' && inspect(j, parent, shard, path, hex, e) == -1)
		return err_wrap(e, "table %s.%s needs the keys of %s.%s, which %s makes",
			t->t->table->schema, t->t->table->name, p->schema, p->name,
			parent->existing     ? "introspect --keys"
			: parent->level == 0 ? "gen-parents"
					     : "gen-children");
	f->path = run_relative(j->run, path);
	memcpy(f->hex, hex, RUN_HEX);
	t->ninputs++;
	return 0;
}

/* All files that a table's program reads. */
int run_inputs(const struct run_job *j, struct run_table *t, char (**digests)[RUN_HEX],
	struct arena *a, struct err *e)
{
	const struct plan *plan = j->plan;
	size_t n = 0;

	for (uint32_t p = 0; p < plan->ntables; p++)
		if (plan_reads(plan, t->t, p))
			n += plan->tables[p].shards;
	if ((t->inputs = arena_array(a, n + 1, sizeof(t->inputs[0]))) == NULL)
		return err_nomem(e);
	for (uint32_t p = 0; p < plan->ntables; p++) {
		if (!plan_reads(plan, t->t, p))
			continue;
		if (digests[p] == NULL && (digests[p] = arena_array(j->run->a,
						   plan->tables[p].shards, RUN_HEX)) == NULL)
			return err_nomem(e);
		for (uint32_t s = 0; s < plan->tables[p].shards; s++)
			if (add_input(j, t, &plan->tables[p], s, digests[p][s], e) == -1)
				return -1;
	}
	return 0;
}
