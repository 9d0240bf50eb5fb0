/* SPDX-License-Identifier: MIT */
/*
 * Shards that several loaders copy.
 *
 * A loader takes a shard by locking its row in the target, FOR UPDATE SKIP LOCKED, copies the file,
 * writes down how many rows came in, and commits: the lock, the rows and the record of them have
 * one end.  A loader that dies loses its lock and its rows together, and the shard is anybody's
 * again. Shards that others hold are left out at first, and waited for at the end: what this call
 * answers for is that all shards whose files it has are in the target.
 */
#include "stages/load/shared.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "common/base/err.h"
#include "common/run/run_pool.h"
#include "common/stage/stage.h"

/* What the processes of a call have in common. */
struct totals {
	_Atomic uint64_t shards, rows;
	atomic_bool refused;
};

struct item {
	uint32_t table, shard;
	uint64_t bytes;
};

struct copying {
	struct load *l;
	const struct item *items;
	struct totals *totals;
	struct progress *progress;
	struct load mine; /* of this process: with a connection of its own */
};

/* Whether the shard is ours now: 1; 0: it is copied, or somebody is at it. */
static int take(struct load *l, const char *const where[2], struct err *e)
{
	struct pg_rows *r = shared_ask(l,
		"SELECT 1 FROM @s WHERE place = $1::int AND shard = $2::int AND rows IS NULL"
		" FOR UPDATE SKIP LOCKED",
		2, where, e);
	int n;

	if (r == NULL)
		return -1;
	n = pg_count(r) > 0;
	return pg_done(r, e) == -1 ? -1 : n;
}

/* One transaction: 1: the shard is copied; 0: it was not to be had; -1. */
static int copy_item(struct load *l, const struct item *it, uint64_t *rows, struct err *e)
{
	const struct load_table *t = &l->tables[it->table];
	char place[16], shard[16], count[24], seconds[32];
	const char *const params[] = {place, shard, count, seconds};
	double start = load_clock();
	int ours;

	(void)snprintf(place, sizeof(place), "%" PRIu32, it->table);
	(void)snprintf(shard, sizeof(shard), "%" PRIu32, it->shard);
	if (pg_exec(l->pg, "BEGIN", e) == -1 || (ours = take(l, params, e)) == -1)
		return -1;
	if (ours == 0)
		return pg_exec(l->pg, "ROLLBACK", e);
	if (copy_shard(l, t, it->shard, e) == -1)
		return -1;
	*rows = shard_start(t->plan->rows, it->shard + 1, t->plan->shards) -
		shard_start(t->plan->rows, it->shard, t->plan->shards);
	(void)snprintf(count, sizeof(count), "%" PRIu64, *rows);
	(void)snprintf(seconds, sizeof(seconds), "%.6f", load_clock() - start);
	if (shared_do(l,
		    "UPDATE @s SET rows = $3::bigint, seconds = $4::float8"
		    " WHERE place = $1::int AND shard = $2::int",
		    4, params, e) == -1)
		return -1;
	return pg_commit(l->pg, e) == -1 ? -1 : 1;
}

/* A task of the pool, in a process that connects when it has its first. */
static int task(const struct run_pool *pool, void *ctx, uint32_t i, struct err *e)
{
	struct copying *c = ctx;
	uint64_t rows = 0;
	bool fire;
	int rc = 0;

	(void)pool;
	if (c->mine.pg == NULL) {
		if ((c->mine.pg = session_open(c->l, &fire, e)) == NULL)
			return -1;
		commit_watch_client(&c->mine);
	}
	if ((rc = copy_item(&c->mine, &c->items[i], &rows, e)) == -1) {
		if (e->kind == ERR_INPUT)
			atomic_store(&c->totals->refused, true);
		return -1;
	}
	if (rc == 1) {
		atomic_fetch_add(&c->totals->shards, 1);
		atomic_fetch_add(&c->totals->rows, rows);
		progress_add(c->progress, rows);
	}
	return 0;
}

static void name_task(const void *ctx, uint32_t i, struct err *e)
{
	const struct copying *c = ctx;
	const struct plan_table *t = c->l->tables[c->items[i].table].plan;

	err_wrap(e, "%s.%s, shard %u", t->table->schema, t->table->name, c->items[i].shard);
}

/* The largest first, so that none is begun last; of equal ones first shards, so that several
 * connections are at several tables. */
static int by_size(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	if (x->shard != y->shard)
		return x->shard < y->shard ? -1 : 1;
	return x->table < y->table ? -1 : x->table > y->table;
}

static uint64_t size_of(const struct data_file *f)
{
	struct stat st;

	return f->digest != NULL ? f->bytes : stat(f->path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* What is not copied, into items[] those whose files are here; ${to}: how many there are in all. */
static int64_t list(struct load *l, struct item **items, struct shared_copied *to, struct err *e)
{
	struct pg_rows *r = shared_ask(l,
		"SELECT place, shard, (SELECT count(*) FROM @s) FROM @s WHERE rows IS NULL", 0,
		NULL, e);
	int64_t n = 0;

	if (r == NULL)
		return -1;
	if ((*items = malloc((pg_count(r) + 1) * sizeof(**items))) == NULL) {
		pg_free(r);
		return err_nomem(e);
	}
	to->left = pg_count(r);
	for (size_t i = 0; i < pg_count(r); i++) {
		struct item it = {(uint32_t)pg_int(r, i, 0), (uint32_t)pg_int(r, i, 1), 0};
		const struct data_file *f = &l->tables[it.table].files[it.shard];

		to->all = (uint64_t)pg_int(r, i, 2);
		if (f->path == NULL)
			continue;
		it.bytes = size_of(f);
		(*items)[n++] = it;
	}
	qsort(*items, (size_t)n, sizeof(**items), by_size);
	return pg_done(r, e) == -1 ? -1 : n;
}

/* Every shard on the list once. */
static int round_of(struct load *l, const struct item *items, uint32_t n, struct totals *totals,
	struct progress *p, struct err *e)
{
	struct copying c = {.l = l, .items = items, .totals = totals, .progress = p, .mine = *l};
	const struct run_work w = {n, task, name_task, &c, p};
	int rc;

	c.mine.pg = NULL;
	rc = run_pool(l->opt.jobs, &w, e);
	pg_close(c.mine.pg);
	return rc;
}

/* Rounds, until none is left of those whose files are here. */
static int rounds(struct load *l, struct shared_copied *to, struct totals *totals, struct err *e)
{
	static const struct timespec nap = {0, 500 * 1000 * 1000};
	uint64_t rows = 0, before;
	struct item *items = NULL;
	struct progress *p;
	bool waits = false;
	int64_t n;
	int rc = 0;

	for (uint32_t i = 0; i < l->ntables; i++)
		rows += l->tables[i].shared ? l->tables[i].plan->rows : 0;
	p = progress_start("rows loaded", rows);
	while (rc == 0 && (n = list(l, &items, to, e)) != 0) {
		before = atomic_load(&totals->shards);
		rc = n < 0 ? -1 : round_of(l, items, (uint32_t)n, totals, p, e);
		free(items);
		items = NULL;
		if (rc == 0 && atomic_load(&totals->shards) < before + (uint64_t)n) {
			if (!waits)
				stage_waits("for shards that other loaders are copying");
			waits = true;
			(void)nanosleep(&nap, NULL);
		}
	}
	free(items);
	progress_end(p);
	return rc;
}

int shared_copy(struct load *l, struct shared_copied *to, struct err *e)
{
	struct totals *totals = mmap(
		NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int rc;

	*to = (struct shared_copied){0};
	if (totals == MAP_FAILED)
		return err_sys(e, "shared memory");
	rc = rounds(l, to, totals, e);
	to->shards = atomic_load(&totals->shards);
	to->rows = atomic_load(&totals->rows);
	to->refused = atomic_load(&totals->refused);
	munmap(totals, sizeof(*totals));
	return rc;
}
