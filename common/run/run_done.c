/* SPDX-License-Identifier: MIT */
/*
 * The end of shards: receipts. A receipt says that the files of its shard are there, so
 * that it is written when their names are on the disk, which an fsync of their folder
 * ensures. That costs as much as a small shard does. So a worker puts receipts off until
 * there are many, or many rows were made, or nothing is left to be made; then it syncs the
 * folders once, writes the receipts, and syncs the folder of these.
 */
#include "common/io/file.h"
#include "common/io/log.h"
#include "common/keys/receipt.h"
#include "common/run/run_int.h"

void run_shard_log(const struct run_job *j, const struct run_waiting *w, bool ok)
{
	const struct pg_table *t = w->t->table;

	log_event(j->run, j->o->stage, ok ? "shard_finished" : "shard_failed", "schema", LOG_STR,
		t->schema, "table", LOG_STR, t->name, "shard", LOG_UINT, (uint64_t)w->shard, "rows",
		LOG_UINT, w->rows, "bytes", LOG_UINT, w->bytes, "duration_us", LOG_UINT, w->us,
		NULL);
}

/* The folder of data or of receipts. */
static int sync_folder(const struct run_job *j, const char *name, struct err *e)
{
	char *path = rundir_file(j->run, name);

	return path == NULL ? err_nomem(e) : dir_sync(path, e);
}

/* One receipt: whole, under its name. */
static int write_receipt(const struct run_job *j, const struct run_waiting *w, struct err *e)
{
	char *path = data_receipt_path(j->run, w->t, w->shard);
	struct outfile *f;

	if (path == NULL || !buf_ok(&w->receipt))
		return err_nomem(e);
	if ((f = outfile_open_one(path, e)) == NULL)
		return -1;
	if (outfile_write(f, w->receipt.p, w->receipt.n, e) == -1) {
		outfile_abort(f);
		return -1;
	}
	if (outfile_commit(f, e) == -1)
		return -1;
	run_receipt_age(j, w->t, w->shard);
	return 0;
}

static int write_receipts(const struct run_done *d, const struct run_job *j, struct err *e)
{
	if ((d->keys && sync_folder(j, "keys", e) == -1) || sync_folder(j, "data", e) == -1)
		return -1;
	for (uint32_t i = 0; i < d->n; i++)
		if (write_receipt(j, &d->v[i], e) == -1)
			return err_wrap(
				e, "table %s.%s", d->v[i].t->table->schema, d->v[i].t->table->name);
	return sync_folder(j, "receipts", e);
}

/* Those that wait are forgotten, also where their receipts could not be written. */
int run_done_all(struct run_done *d, const struct run_job *j, struct err *e)
{
	int rc = d->n > 0 ? write_receipts(d, j, e) : 0;

	for (uint32_t i = 0; i < d->n; i++) {
		run_shard_log(j, &d->v[i], rc == 0);
		buf_free(&d->v[i].receipt);
	}
	d->n = 0;
	d->rows = 0;
	d->keys = false;
	return rc;
}

int run_done_add(struct run_done *d, const struct run_job *j, const struct run_waiting *w,
	bool keys, struct err *e)
{
	d->v[d->n++] = *w;
	d->rows += w->rows;
	d->keys = d->keys || keys;
	return d->n == RUN_WAITING || d->rows >= RUN_WAITING_ROWS ? run_done_all(d, j, e) : 0;
}
