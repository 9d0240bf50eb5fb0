/* SPDX-License-Identifier: MIT */
#include "common/keys/keys.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"
#include "common/io/file.h"
#include "common/io/msgpack.h"

/*
 * Writing a key snapshot.  A file is written front to back and a chunk is one
 * column of one row group, so a group is gathered in memory first: the group's
 * size, not the table's, is what this costs.
 */
enum { GROUP_SHIFT = 16, GROUP = 1 << GROUP_SHIFT };
enum { GROUP_TEXTS = 32 << 20 }; /* bytes of texts after which it ends all the same */

/* A column of the group that is being gathered. */
struct wcol {
	uint32_t column; /* of the table, or what it carries: as t->kept has it */
	const char *name;
	enum vtype type;
	uint8_t scale;
	uint32_t width; /* of a packed value; 0: text */
	bool affine;
	int64_t start, step;
	uint8_t *fixed;	   /* packed values of the group */
	uint64_t *offsets; /* texts: rows + 1 of them ... */
	struct buf bytes;  /* ... into these */
	uint8_t *nulls;	   /* bitmap */
	uint64_t nnulls;
	int64_t min, max;
	bool has_range;
};

struct keys_writer {
	struct snapw *snap;
	uint64_t row0, rows; /* of the shard; UINT64_MAX: as many as come */
	uint64_t done;	     /* rows in groups already written */
	uint32_t n;	     /* rows of the group being gathered */
	bool ended;
	uint32_t ncols;
	struct wcol cols[];
};

/* bytes of a packed value of each type; 0: offsets and bytes */
static const uint8_t widths[VT_COUNT] = {
	[VT_BOOL] = 1,
	[VT_INT] = 8,
	[VT_DEC] = 8,
	[VT_DATE] = 4,
	[VT_TIME] = 8,
	[VT_TS] = 8,
	[VT_TSTZ] = 8,
	[VT_ENUM] = 4,
	[VT_F64] = 8,
	[VT_UUID] = 16,
};

/* Frees what rows were gathered in. */
static void free_group(struct keys_writer *w)
{
	for (uint32_t i = 0; i < w->ncols; i++) {
		free(w->cols[i].fixed);
		free(w->cols[i].offsets);
		free(w->cols[i].nulls);
		buf_free(&w->cols[i].bytes);
		w->cols[i].fixed = w->cols[i].nulls = NULL;
		w->cols[i].offsets = NULL;
	}
}

static void keys_writer_free(struct keys_writer *w)
{
	free_group(w);
	free(w);
}

/* Nothing is left under the file's name. */
void keys_writer_abort(struct keys_writer *w)
{
	if (w == NULL)
		return;
	if (w->snap != NULL)
		snapw_abort(w->snap);
	keys_writer_free(w);
}

/* Which table and shard, and under which plan. */
static void header(struct buf *h, const struct plan_table *t, uint32_t shard, struct keys_writer *w)
{
	mp_kstr(h, "schema", t->table->schema);
	mp_kstr(h, "table", t->table->name);
	mp_kuint(h, "shard", shard);
	mp_kuint(h, "shards", t->shards);
	mp_kuint(h, "row0", w->row0);
	mp_kuint(h, "rows", w->rows);
	mp_kstr(h, "digest", t->digest);
}

/* A writer of columns that are still to be named. */
static struct keys_writer *new_writer(const uint32_t *cols, uint32_t n, struct err *e)
{
	struct keys_writer *w = calloc(1, sizeof(*w) + n * sizeof(w->cols[0]));

	if (w == NULL) {
		err_nomem(e);
		return NULL;
	}
	w->ncols = n;
	for (uint32_t i = 0; i < n; i++) {
		w->cols[i].column = cols[i];
		w->cols[i].bytes = BUF_INIT;
	}
	return w;
}

/* Begins the file. */
static struct keys_writer *start(
	struct keys_writer *w, struct outfile *f, struct buf *h, uint32_t entries, struct err *e)
{
	struct buf nil = BUF_INIT;

	w->snap = snapw_on(f, "keys", entries, h, &nil, e);
	buf_free(h);
	if (w->snap == NULL) {
		keys_writer_free(w);
		return NULL;
	}
	return w;
}

/* Consumes ${f}, also when it fails. */
struct keys_writer *keys_writer_on(
	struct outfile *f, const struct plan_table *t, uint32_t shard, struct err *e)
{
	struct keys_writer *w = f == NULL ? NULL : new_writer(t->kept, t->nkept, e);
	struct buf h = BUF_INIT;

	assert(shard < t->shards);
	if (w == NULL) {
		outfile_abort(f);
		return NULL;
	}
	for (uint32_t i = 0; i < t->nkept; i++)
		w->cols[i].name = plan_kept_name(t, t->kept[i]);
	w->row0 = shard_start(t->rows, shard, t->shards);
	w->rows = shard_start(t->rows, shard + 1, t->shards) - w->row0;
	header(&h, t, shard, w);
	return start(w, f, &h, 7, e);
}

/*
 * A snapshot of a table whose rows are in the database: one file, of unknown
 * length.
 */
struct keys_writer *keys_writer_open_existing(const char *path, const struct pg_table *t,
	const uint32_t *cols, uint32_t n, const char *fingerprint, struct err *e)
{
	struct keys_writer *w = new_writer(cols, n, e);
	struct buf h = BUF_INIT;

	if (w == NULL)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		w->cols[i].name = t->columns[cols[i]].name;
	w->rows = UINT64_MAX;
	mp_kstr(&h, "schema", t->schema);
	mp_kstr(&h, "table", t->name);
	mp_kstr(&h, "schema_fingerprint", fingerprint);
	return start(w, outfile_open(path, e), &h, 3, e);
}

/*
 * A column that is start + step * row is written as these two numbers, without
 * values.
 */
void keys_writer_affine(struct keys_writer *w, uint32_t column, int64_t start, int64_t step)
{
	for (uint32_t i = 0; i < w->ncols; i++)
		if (w->cols[i].column == column) {
			w->cols[i].affine = true;
			w->cols[i].start = start;
			w->cols[i].step = step;
		}
}

/* ---- gathering ------------------------------------------------------------- */

/* The first block says what a column is: transforms may have made it text. */
static bool wcol_begin(struct wcol *c, const struct vec *v)
{
	c->type = v->type;
	c->scale = v->scale;
	c->width = widths[v->type];
	if ((c->nulls = calloc(1, GROUP / 8)) == NULL)
		return false;
	if (c->width > 0)
		return (c->fixed = malloc((size_t)GROUP * c->width)) != NULL;
	return (c->offsets = malloc(((size_t)GROUP + 1) * sizeof(uint64_t))) != NULL;
}

/* Integers, in as many bytes as the type's values need. */
static void add_ordinals(
	struct wcol *c, uint32_t at, const struct vec *v, uint32_t from, uint32_t n)
{
	const int64_t *p = v->v.i + from;
	uint8_t *to = c->fixed + (size_t)at * c->width;

	for (uint32_t i = 0; i < n; i++, to += c->width) {
		int64_t x = vec_is_null(v, from + i) ? 0 : p[i];

		memcpy(to, &x, c->width); /* little-endian */
		if (vec_is_null(v, from + i))
			continue;
		if (!c->has_range || x < c->min)
			c->min = x;
		if (!c->has_range || x > c->max)
			c->max = x;
		c->has_range = true;
	}
}

/* Offsets and bytes. Room for the texts of a block is asked for once. */
static void add_texts(struct wcol *c, uint32_t at, const struct vec *v, uint32_t from, uint32_t n)
{
	const struct vtext *t = v->v.t + from;
	size_t bytes = 0, end = c->bytes.n;

	for (uint32_t i = 0; i < n; i++)
		bytes += vec_is_null(v, from + i) ? 0 : t[i].n;
	if (!buf_reserve(&c->bytes, bytes))
		return;
	for (uint32_t i = 0; i < n; i++) {
		c->offsets[at + i] = end;
		if (vec_is_null(v, from + i))
			continue;
		if (t[i].n > 0)
			memcpy(c->bytes.p + end, t[i].p, t[i].n);
		end += t[i].n;
	}
	c->offsets[at + n] = c->bytes.n = end;
}

/*
 * Adds values to a column; one that the first block found to be of another type
 * is a fault of the caller.
 */
static int wcol_add(
	struct wcol *c, uint32_t at, const struct vec *v, uint32_t from, uint32_t n, struct err *e)
{
	if (c->affine)
		return 0;
	if (c->nulls == NULL && !wcol_begin(c, v))
		return err_nomem(e);
	assert(c->type == v->type);
	if (v->has_null)
		for (uint32_t i = 0; i < n; i++)
			if (v->null[from + i]) {
				c->nulls[(at + i) / 8] |= (uint8_t)(1U << (at + i) % 8);
				c->nnulls++;
			}
	if (c->width == 0)
		add_texts(c, at, v, from, n);
	else if (v->type == VT_UUID)
		memcpy(c->fixed + (size_t)at * 16, v->v.u + from, (size_t)n * 16);
	else if (v->type == VT_F64)
		memcpy(c->fixed + (size_t)at * 8, v->v.f + from, (size_t)n * 8);
	else
		add_ordinals(c, at, v, from, n);
	return buf_ok(&c->bytes) ? 0 : err_nomem(e);
}

/* ---- writing a group --------------------------------------------------------- */

/* One chunk: values, offsets, bytes, or the bitmap of NULLs. */
static int put(struct keys_writer *w, struct wcol *c, struct snap_chunk *k, enum snap_enc enc,
	const void *p, uint64_t len, struct err *e)
{
	k->enc = enc;
	k->p = p;
	k->len = len;
	if (len >= UINT32_MAX)
		return err_set(e, ERR_NO, "column %s: %u rows of its key snapshot take over 4 GiB",
			c->name, w->n);
	return snapw_chunk(w->snap, k, e);
}

/* Writes the parts of one column's group. */
static int group_column(struct keys_writer *w, struct wcol *c, struct err *e)
{
	struct snap_chunk k = {.column = c->name,
		.type = c->type,
		.scale = c->scale,
		.row0 = w->done,
		.rows = w->n,
		.width = c->width,
		.min = c->min,
		.max = c->max,
		.has_range = c->has_range,
		.nulls = c->nnulls};
	int rc;

	if (c->width > 0)
		rc = put(w, c, &k, SNAP_PACKED, c->fixed, (uint64_t)w->n * c->width, e);
	else if ((rc = put(w, c, &k, SNAP_OFFSETS, c->offsets, (w->n + 1ULL) * 8, e)) == 0)
		rc = put(w, c, &k, SNAP_BYTES, c->bytes.p, c->bytes.n, e);
	if (rc == 0 && c->nnulls > 0)
		rc = put(w, c, &k, SNAP_NULLS, c->nulls, (w->n + 7ULL) / 8, e);
	memset(c->nulls, 0, GROUP / 8);
	c->nnulls = 0;
	c->has_range = false;
	buf_clear(&c->bytes);
	return rc;
}

/* Writes a row group, column by column, and begins the next. */
static int group_write(struct keys_writer *w, struct err *e)
{
	for (uint32_t i = 0; i < w->ncols; i++)
		if (!w->cols[i].affine && group_column(w, &w->cols[i], e) == -1)
			return -1;
	w->done += w->n;
	w->n = 0;
	return 0;
}

/* A group ends after GROUP rows, or when its texts are large. */
static bool is_full(const struct keys_writer *w)
{
	size_t bytes = 0;

	for (uint32_t i = 0; i < w->ncols; i++)
		bytes += w->cols[i].bytes.n;
	return w->n == GROUP || bytes >= GROUP_TEXTS;
}

/* Adds a block of rows. */
int keys_writer_block(
	struct keys_writer *w, const struct vec *const *cols, uint32_t n, struct err *e)
{
	for (uint32_t from = 0; from < n;) {
		uint32_t some = n - from < GROUP - w->n ? n - from : GROUP - w->n;

		for (uint32_t i = 0; i < w->ncols; i++)
			if (wcol_add(&w->cols[i], w->n, cols[w->cols[i].column], from, some, e) ==
				-1)
				return -1;
		w->n += some;
		from += some;
		if (is_full(w) && group_write(w, e) == -1)
			return -1;
	}
	return 0;
}

/* A progression has no payload: its start and step are in the directory. */
static int write_affine(struct keys_writer *w, const struct wcol *c, struct err *e)
{
	int64_t first = c->start + c->step * (int64_t)w->row0;
	int64_t last = first + c->step * (int64_t)(w->rows > 0 ? w->rows - 1 : 0);
	struct snap_chunk k = {.column = c->name,
		.type = VT_INT,
		.enc = SNAP_AFFINE,
		.rows = w->rows,
		.start = first,
		.step = c->step,
		.min = first < last ? first : last,
		.max = first < last ? last : first,
		.has_range = w->rows > 0};

	return snapw_chunk(w->snap, &k, e);
}

/* Writes what is left, then the columns that are progressions. */
int keys_writer_end(struct keys_writer *w, struct err *e)
{
	int rc = w->n > 0 ? group_write(w, e) : 0;

	assert(rc == -1 || w->done == w->rows || w->rows == UINT64_MAX);
	w->rows = w->done;
	for (uint32_t i = 0; rc == 0 && i < w->ncols; i++)
		if (w->cols[i].affine)
			rc = write_affine(w, &w->cols[i], e);
	free_group(w);
	w->ended = true;
	return rc;
}

/* Ends the file; the digest of all of it goes into ${hex}. */
int keys_writer_commit(struct keys_writer *w, char hex[33], struct err *e)
{
	struct snapw *snap = w->snap;
	int rc = w->ended ? 0 : keys_writer_end(w, e);

	w->snap = NULL;
	if (rc == -1)
		snapw_abort(snap);
	else
		rc = snapw_commit(snap, w->rows, hex, e);
	keys_writer_free(w);
	return rc;
}
