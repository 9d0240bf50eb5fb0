/* SPDX-License-Identifier: MIT */
/*
 * Making one shard: a loop over blocks of rows, which the engine makes and the
 * encoder writes. Rows and key snapshot are committed together, and the receipt
 * after them (run_done.c); whatever fails before leaves the old files and no new ones.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/codec/enc.h"
#include "common/io/file.h"
#include "common/io/zio.h"
#include "common/keys/keys.h"
#include "common/run/run_int.h"

enum { FLUSH = 256 << 10 };

/* One shard being made: born empty, ended by commit or by abort. */
struct making {
	const struct run_job *j;
	const struct run_table *t;
	uint32_t shard;
	uint64_t row0, end;
	struct arena a;
	struct engine *engine;
	enum data_format format; /* of this table's rows: enc_format() */
	struct enc *enc;
	struct buf out;
	struct outfile *file; /* NULL: the rows are made and forgotten */
	struct ziow *zstd;
	struct keys_writer *keys;
	uint64_t bytes; /* of rows, before compression */
	struct run_file data, kept;
};

/* ---- opening ---------------------------------------------------------------------- */

/* What is known of a column's texts: what its generator says, where nothing else makes some. */
static unsigned texts_of(const struct table_program *b, uint32_t c)
{
	unsigned known = b->columns[c].source == PLAN_FOREIGN ? 0 : b->columns[c].gen.texts;

	for (const struct operation *op = b->ops, *end = op + b->nmake; op < end; op++)
		if (op->code >= OP_ORPHAN && op->at == c && op->code != OP_DRAW &&
			op->code != OP_SET_NULLS)
			known = 0;
	return known;
}

/* An encoder for the columns that are written. */
int run_encoder(struct enc **x, const struct table_program *b, enum data_format format,
	struct arena *a, struct err *e)
{
	const struct pg_table *t = b->t->table;
	struct enc_column *cols = arena_array(a, t->ncolumns + 1UL, sizeof(cols[0]));
	uint32_t n = 0;

	if (cols == NULL)
		return err_nomem(e);
	for (uint32_t c = 0; c < t->ncolumns; c++)
		if (b->columns[c].output)
			cols[n++] = (struct enc_column){.name = t->columns[c].name,
				.vec = c,
				.type = b->columns[c].out_type,
				.scale = b->columns[c].scale,
				.texts = texts_of(b, c),
				.base = b->columns[c].gc.base};
	if (enc_open(x, format, cols, n, a, e) == -1)
		return err_wrap(e, "table %s.%s", t->schema, t->name);
	return enc_into(*x, t, a, e);
}

/* The key snapshot, where other tables read one. */
static int open_keys(struct making *m, struct err *e)
{
	const struct plan_table *t = m->t->t;
	char *path = rundir_shard(m->j->run, "keys", t->table->schema, t->table->name, m->shard,
		t->shards, "msgpack");

	if (path == NULL)
		return err_nomem(e);
	if ((m->keys = keys_writer_on(outfile_open_one(path, e), t, m->shard, e)) == NULL)
		return -1;
	m->kept.path = path;
	engine_keys_affine(m->t->b, m->keys);
	return 0;
}

/* A call that only looks at rows, or discards them, opens none. */
static int open_files(struct making *m, struct err *e)
{
	const struct run_job *j = m->j;
	char *path;

	if (run_streams(j->o))
		return 0;
	if (m->t->t->nkept > 0 && open_keys(m, e) == -1)
		return -1;
	if (j->o->discard)
		return 0;
	path = data_path(j->run, m->t->t, m->shard, m->format, j->level > 0);
	if (path == NULL)
		return err_nomem(e);
	m->data.path = path;
	if ((m->file = outfile_open_one(path, e)) == NULL)
		return -1;
	if (j->level > 0 && (m->zstd = ziow_open(m->file, j->level, e)) == NULL)
		return -1;
	return 0;
}

/* ---- rows --------------------------------------------------------------------------- */

/* Passes what was encoded to the file. */
static int flush(struct making *m, struct err *e)
{
	int rc = 0;

	if (!buf_ok(&m->out))
		return err_nomem(e);
	m->bytes += m->out.n;
	if (m->zstd != NULL || m->j->zstd != NULL)
		rc = ziow_write(m->zstd != NULL ? m->zstd : m->j->zstd, m->out.p, m->out.n, e);
	else if (m->file != NULL || m->j->stream != NULL)
		rc = outfile_write(m->file != NULL ? m->file : m->j->stream, m->out.p, m->out.n, e);
	buf_clear(&m->out);
	return rc;
}

/* The loop over blocks; it stops early when another worker failed. */
static int make_rows(struct making *m, const struct run_pool *pool, struct err *e)
{
	engine_expect(m->engine, m->end - m->row0);
	if (m->j->o->unchecked)
		engine_unchecked(m->engine);
	for (uint64_t row = m->row0; row < m->end; row += VEC_BLOCK) {
		uint32_t n = m->end - row < VEC_BLOCK ? (uint32_t)(m->end - row) : VEC_BLOCK;
		const struct vec *const *cols;

		if (run_pool_stopped(pool))
			return err_set(e, ERR_TEMP, "stopped: another worker failed");
		if (engine_block(m->engine, row, n, e) == -1)
			return -1;
		cols = engine_columns(m->engine);
		enc_rows(m->enc, cols, n, &m->out);
		if (m->keys != NULL && keys_writer_block(m->keys, cols, n, e) == -1)
			return -1;
		if (m->out.n >= FLUSH && flush(m, e) == -1)
			return -1;
		progress_add(m->j->progress, n);
	}
	return 0;
}

/*
 * Whether the header belongs before the shard. A stream is one file of all its shards: with
 * --header each it has one before the first of them.
 */
static bool has_header(const struct making *m)
{
	const struct run_job *j = m->j;

	if (!run_streams(j->o) || j->header != DATA_HEADER_EACH)
		return data_has_header(j->header, m->shard);
	return m->shard == j->first_shard;
}

/* Whether the trailer belongs behind it. */
static bool has_trailer(const struct making *m)
{
	const struct run_job *j = m->j;

	if (j->o->slice != NULL || m->shard == m->t->t->shards - 1)
		return true;
	return j->header == DATA_HEADER_EACH && (!run_streams(j->o) || m->shard == j->last_shard);
}

/*
 * The header belongs to the first shard and the trailer to the last, so that
 * files of all shards can be concatenated; or to each.
 */
static int make(struct making *m, const struct run_pool *pool, struct err *e)
{
	if (has_header(m))
		enc_header(m->enc, &m->out);
	if (make_rows(m, pool, e) == -1)
		return -1;
	if (has_trailer(m))
		enc_trailer(m->enc, &m->out);
	return flush(m, e);
}

/* ---- the end --------------------------------------------------------------------------- */

static int size_of(struct run_file *f, struct err *e)
{
	struct stat st;

	if (stat(f->path, &st) == -1)
		return err_sys(e, "%s", f->path);
	f->bytes = (uint64_t)st.st_size;
	return 0;
}

/*
 * Files of this shard in other formats, of those that were there when the call began, are
 * removed: the receipt will not speak of them.
 */
static int drop_other_forms(struct making *m, struct err *e)
{
	for (enum data_format f = 0; f < DATA_FILES; f++)
		for (int zstd = 0; zstd < 2; zstd++) {
			char *path = data_path(m->j->run, m->t->t, m->shard, f, zstd != 0);

			if (path == NULL)
				return err_nomem(e);
			if (strcmp(path, m->data.path) != 0 &&
				run_had(m->j, "data", strrchr(path, '/') + 1) &&
				unlink(path) == -1 && errno != ENOENT)
				return err_sys(e, "remove %s", path);
		}
	return 0;
}

/*
 * The old receipt goes first: until the new one is there the shard is not done.
 */
static int drop_receipt(const struct making *m, struct err *e)
{
	char *path = data_receipt_path(m->j->run, m->t->t, m->shard);

	if (path == NULL)
		return err_nomem(e);
	if (unlink(path) == -1 && errno != ENOENT)
		return err_sys(e, "remove %s", path);
	return 0;
}

/* The snapshot first: rows without one could not be referred to. */
static int commit_keys(struct making *m, struct err *e)
{
	struct keys_writer *keys = m->keys;

	m->keys = NULL;
	if (keys == NULL)
		return 0;
	return keys_writer_commit(keys, m->kept.hex, e) == -1 ? -1 : size_of(&m->kept, e);
}

/*
 * Ends the compressed stream, and takes the digest before the file is renamed.
 */
static int commit_rows(struct making *m, struct err *e)
{
	struct outfile *file = m->file;

	if (m->zstd != NULL && ziow_end(m->zstd, e) == -1)
		return -1;
	outfile_digest(file, m->data.hex);
	m->data.bytes = outfile_size(file);
	m->file = NULL;
	if (outfile_commit(file, e) == -1)
		return -1;
	return drop_other_forms(m, e);
}

/* Renames the files, and makes the text of the receipt: 1; 0: there is to be none. */
static int commit(struct making *m, struct buf *receipt, struct err *e)
{
	const struct run_job *j = m->j;
	struct run_receipt r = {.t = m->t->t,
		.shard = m->shard,
		.stage = j->o->stage,
		.format = data_format_name(m->format),
		.header = run_header(j, m->format),
		.compress = j->compress,
		.inputs = m->t->inputs,
		.ninputs = m->t->ninputs,
		.b = m->t->b,
		.counts = engine_counts(m->engine),
		.issues = m->t->issues};

	if (run_streams(j->o) || j->o->unchecked)
		return 0;
	if (j->o->discard)
		return commit_keys(m, e);
	if (drop_receipt(m, e) == -1 || commit_keys(m, e) == -1 || commit_rows(m, e) == -1)
		return -1;
	m->data.rows = m->kept.rows = m->end - m->row0;
	m->data.path = run_relative(j->run, m->data.path);
	if (m->kept.path != NULL)
		m->kept.path = run_relative(j->run, m->kept.path);
	r.data = m->data;
	r.keys = m->kept;
	run_receipt_text(receipt, &r);
	return 1;
}

/* Frees everything; files that were not committed vanish. */
static void making_end(struct making *m)
{
	engine_close(m->engine);
	ziow_free(m->zstd);
	outfile_abort(m->file);
	keys_writer_abort(m->keys);
	buf_free(&m->out);
	arena_free(&m->a);
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/*
 * What waits for a receipt, or has failed. The time that it took goes into the log and not
 * into the receipt, which must not depend on it.
 */
static int end(struct making *m, int rc, struct run_waiting *w, struct run_done *d, struct err *e)
{
	const struct run_job *j = m->j;

	w->rows = m->end - m->row0;
	w->bytes = m->data.bytes;
	if (rc == 1)
		return run_done_add(d, j, w, m->kept.path != NULL, e);
	buf_free(&w->receipt);
	if (!run_streams(j->o))
		run_shard_log(j, w, rc == 0);
	return rc;
}

/* Makes one shard, as a task of the pool. */
int run_shard(const struct run_job *j, const struct run_pool *pool, const struct run_task *task,
	struct run_done *d, struct err *e)
{
	const struct plan_table *t = task->table->t;
	struct making m = {.j = j,
		.t = task->table,
		.shard = task->shard,
		.row0 = shard_start(t->rows, task->shard, t->shards),
		.end = shard_start(t->rows, task->shard + 1, t->shards),
		.format = enc_format(t->table, j->format),
		.a = ARENA_INIT,
		.out = BUF_INIT};
	struct run_waiting w = {.t = t, .shard = task->shard, .receipt = BUF_INIT};
	uint64_t began = now_us();
	int rc = -1;

	if (j->o->slice != NULL) {
		m.row0 = j->from;
		m.end = j->from + j->count;
	}
	if (j->o->look != NULL) {
		rc = engine_open(&m.engine, m.t->b, m.t->fc, &m.a, e);
		if (rc == 0)
			rc = j->o->look->look(
				j->o->look->ctx, m.t->b, m.t->fc, m.engine, m.t->issues, e);
		making_end(&m);
		return rc;
	}
	if (engine_open(&m.engine, m.t->b, m.t->fc, &m.a, e) == 0 &&
		run_encoder(&m.enc, m.t->b, m.format, &m.a, e) == 0 && open_files(&m, e) == 0 &&
		make(&m, pool, e) == 0)
		rc = commit(&m, &w.receipt, e);
	w.us = now_us() - began;
	rc = end(&m, rc, &w, d, e);
	making_end(&m);
	return rc;
}
