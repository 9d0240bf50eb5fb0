/* SPDX-License-Identifier: MIT */
/*
 * The key snapshots of a run: where they are, and whether they are of this
 * plan. A snapshot's header has the digest of the plan's table that it was made
 * for; one that does not match is stale, and the message says which stage makes
 * it again.
 */
#include "common/keys/keys.h"

#include <string.h>

#include "common/base/err.h"
#include "common/io/msgpack.h"
#include "common/keys/dataset.h"

/*
 * The file of a shard: of existing rows where introspect --keys writes it, of
 * added rows where the plan says.
 */
char *keys_path(const struct rundir *run, const struct plan_table *t, uint32_t shard)
{
	if (t->existing)
		return rundir_existing(run, t->table->schema, t->table->name);
	if (t->keys_at != NULL)
		return arena_strdup(run->a, t->keys_at);
	return rundir_shard(
		run, "keys", t->table->schema, t->table->name, shard, t->shards, "msgpack");
}

static const char *stage_of(const struct plan_table *t)
{
	return t->existing ? "introspect --keys" : data_stage(t);
}

/* The error, with the command that mends it. */
static int stale(const struct snap *s, const struct plan_table *t, const char *why, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: %s: rerun %s --table %s.%s", s->path, why, stage_of(t),
		t->table->schema, t->table->name);
}

/* Whether the file is of this table, shard and plan. */
static int check_header(
	const struct snap *s, const struct plan_table *t, uint32_t shard, struct err *e)
{
	struct view digest = mp_get_view(&s->header, "digest");
	uint64_t row0 = shard_start(t->rows, shard, t->shards);

	if (t->existing && strcmp(s->root, t->snapshot) != 0)
		return err_set(e, ERR_INPUT,
			"%s: not the keys that the plan was held against: rerun plan-check",
			s->path);
	if (t->existing || digest.n == 0)
		return 0; /* somebody else's */
	if (!view_eq(digest, view_of(t->digest)))
		return stale(s, t, "made from another plan", e);
	if (!view_eq(mp_get_view(&s->header, "table"), view_of(t->table->name)) ||
		!view_eq(mp_get_view(&s->header, "schema"), view_of(t->table->schema)))
		return stale(s, t, "the keys of another table", e);
	if (mp_get_uint(&s->header, "shard", 0) != shard ||
		mp_get_uint(&s->header, "shards", 1) != t->shards ||
		s->rows != shard_start(t->rows, shard + 1, t->shards) - row0)
		return stale(s, t, "another shard than its name says", e);
	return 0;
}

/*
 * Whether the snapshots of all shards are there and were made by another
 * program: their headers name no digest of a plan.
 */
bool keys_theirs(const struct rundir *run, const struct plan_table *t)
{
	bool theirs = true;

	for (uint32_t i = 0; theirs && i < t->shards; i++) {
		const char *path = keys_path(run, t, i);
		struct err none;
		struct snap s;

		if (path == NULL || snap_open(&s, path, "keys", SNAP_HEAD, &none) == -1)
			return false;
		theirs = mp_get_view(&s.header, "digest").n == 0;
		snap_close(&s);
	}
	return theirs;
}

/* Opens the snapshots of all shards of a table; each has to be of this plan. */
int keys_open(struct keys **out, const struct rundir *run, const struct plan_table *t,
	enum snap_check check, struct arena *a, struct err *e)
{
	const char **paths = arena_array(a, t->shards, sizeof(paths[0]));
	struct keys *k = NULL;

	if (paths == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < t->shards; i++)
		if ((paths[i] = keys_path(run, t, i)) == NULL)
			return err_nomem(e);
	if (keys_open_files(&k, &(struct keys_source){paths, t->shards, run->seen}, check, a, e) ==
		-1)
		return err_wrap(e, "keys of %s.%s (made by %s)", t->table->schema, t->table->name,
			stage_of(t));
	for (uint32_t i = 0; i < t->shards; i++)
		if (check_header(keys_file(k, i), t, i, e) == -1)
			goto fail;
	for (uint32_t i = 0; i < t->nkept; i++)
		if (keys_column(k, plan_kept_name(t, t->kept[i])) == -1 && keys_rows(k) > 0) {
			err_set(e, ERR_INPUT, "%s: no column %s: rerun %s --table %s.%s", paths[0],
				plan_kept_name(t, t->kept[i]), stage_of(t), t->table->schema,
				t->table->name);
			goto fail;
		}
	*out = k;
	return 0;
fail:
	keys_close(k);
	return -1;
}
