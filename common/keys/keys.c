/* SPDX-License-Identifier: MIT */
#include "common/keys/keys.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/err.h"

/*
 * Reading key snapshots.  Each column is a list of segments (row groups of all the
 * files, in order); a guide says for every 2^shift rows which segment they begin in,
 * so that a row is found in O(1) however the writer cut his groups.
 *
 * Files are opened to the depth SNAP_VALUES at least, so that nothing here doubts a value:
 * offsets stay inside their bytes, and what is gathered is a value of the column's type.
 */

/* A row group of a file, where its values are. */
struct segment {
	uint64_t row0, rows;
	enum snap_enc enc; /* SNAP_AFFINE, SNAP_PACKED, SNAP_OFFSETS */
	uint32_t width;	   /* of a packed value */
	int64_t start, step;
	const uint8_t *p; /* packed values, or offsets */
	const uint8_t *bytes;
	const uint8_t *nulls;
};

/* A column: its segments, and the guide. */
struct kcol {
	const char *name;
	enum vtype type;
	uint8_t scale;
	uint32_t width; /* of a packed value; 0: none is packed, or their widths differ */
	bool nullable;
	struct segment *seg;
	uint32_t nseg;
	uint32_t *guide;
	unsigned shift;
};

struct keys {
	struct snap *files;
	uint32_t nfiles;
	uint64_t rows;
	struct kcol *cols;
	uint32_t ncols;
};

/* Unmaps the files; values that were gathered and are not texts stay valid. */
void keys_close(struct keys *k)
{
	if (k == NULL)
		return;
	for (uint32_t i = 0; i < k->nfiles; i++)
		snap_close(&k->files[i]);
	k->nfiles = 0;
}

uint64_t keys_rows(const struct keys *k)
{
	return k->rows;
}

uint32_t keys_files(const struct keys *k)
{
	return k->nfiles;
}

const struct snap *keys_file(const struct keys *k, uint32_t i)
{
	return &k->files[i];
}

int keys_column(const struct keys *k, const char *name)
{
	for (uint32_t i = 0; i < k->ncols; i++)
		if (strcmp(k->cols[i].name, name) == 0)
			return (int)i;
	return -1;
}

enum vtype keys_type(const struct keys *k, int col, uint8_t *scale)
{
	*scale = k->cols[col].scale;
	return k->cols[col].type;
}

bool keys_nullable(const struct keys *k, int col)
{
	return k->cols[col].nullable;
}

/* ---- opening --------------------------------------------------------------- */

/* An error that names the file and the column. */
static int bad(const struct snap *s, const char *column, const char *why, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: column %s: %s", s->path, column, why);
}

/* The column of that name, which is added if it is new. */
static struct kcol *column_of(struct keys *k, const struct snap_column *c)
{
	int i = keys_column(k, c->name);

	if (i == -1) {
		i = (int)k->ncols++;
		k->cols[i].name = c->name;
		k->cols[i].type = c->type;
		k->cols[i].scale = c->scale;
	}
	return &k->cols[i];
}

/* Room for the segments of each column. */
static int count_segments(struct keys *k, struct arena *a, struct err *e)
{
	size_t all = 0;

	for (uint32_t f = 0; f < k->nfiles; f++)
		all += k->files[f].ncol;
	if ((k->cols = arena_array(a, all + 1, sizeof(k->cols[0]))) == NULL)
		return err_nomem(e);
	for (uint32_t f = 0; f < k->nfiles; f++)
		for (size_t i = 0; i < k->files[f].ncol; i++)
			column_of(k, &k->files[f].col[i])->nseg +=
				(uint32_t)k->files[f].col[i].ngroup;
	for (uint32_t i = 0; i < k->ncols; i++) {
		k->cols[i].seg = arena_array(a, k->cols[i].nseg + 1UL, sizeof(struct segment));
		if (k->cols[i].seg == NULL)
			return err_nomem(e);
		k->cols[i].nseg = 0;
	}
	return 0;
}

/* The values of a row group, as where they are and how wide. */
static struct segment segment_of(const struct snap_group *g, uint64_t row0)
{
	const struct snap_chunk *bytes = g->part[SNAP_BYTES], *nulls = g->part[SNAP_NULLS], *v;

	if ((v = g->part[SNAP_AFFINE]) == NULL && (v = g->part[SNAP_PACKED]) == NULL)
		v = g->part[SNAP_OFFSETS];
	return (struct segment){.row0 = row0 + g->row0,
		.rows = g->rows,
		.enc = v->enc,
		.width = v->width,
		.start = v->start,
		.step = v->step,
		.p = v->p,
		.bytes = bytes != NULL ? bytes->p : NULL,
		.nulls = nulls != NULL ? nulls->p : NULL};
}

/* The row groups of a column of one file, whose first row is ${row0} of all. */
static int add_segments(struct kcol *col, const struct snap *s, const struct snap_column *c,
	uint64_t row0, struct err *e)
{
	if (col->type != c->type || col->scale != c->scale)
		return bad(s, c->name, "its type changes between files", e);
	for (size_t i = 0; i < c->ngroup; i++) {
		const struct snap_group *g = &c->group[i];
		const struct segment *prev = col->nseg > 0 ? &col->seg[col->nseg - 1] : NULL;

		if (g->rows == 0)
			continue;
		if (g->part[SNAP_DICT] != NULL)
			return bad(s, c->name,
				"encoding dict is not one that key snapshots may have", e);
		if ((prev == NULL ? 0 : prev->row0 + prev->rows) != row0 + g->row0)
			return bad(s, c->name, "its row groups do not follow one another", e);
		col->seg[col->nseg++] = segment_of(g, row0);
	}
	if (c->nulls > 0)
		col->nullable = true;
	return 0;
}

/* Fills them, file by file. */
static int fill_segments(struct keys *k, struct err *e)
{
	uint64_t row0 = 0;

	for (uint32_t f = 0; f < k->nfiles; f++) {
		const struct snap *s = &k->files[f];

		for (size_t i = 0; i < s->ncol; i++)
			if (add_segments(column_of(k, &s->col[i]), s, &s->col[i], row0, e) == -1)
				return -1;
		row0 += s->rows;
	}
	return 0;
}

/* The width that all packed values of a column have, or 0. */
static uint32_t common_width(const struct kcol *c)
{
	uint32_t width = 0;

	for (uint32_t i = 0; i < c->nseg; i++) {
		if (c->seg[i].enc != SNAP_PACKED)
			continue;
		if (width != 0 && c->seg[i].width != width)
			return 0;
		width = c->seg[i].width;
	}
	return width;
}

/* Checks that the segments cover all rows, and builds the guide. */
static int finish_column(const struct keys *k, struct kcol *c, struct arena *a, struct err *e)
{
	uint64_t covered = c->nseg > 0 ? c->seg[c->nseg - 1].row0 + c->seg[c->nseg - 1].rows : 0;
	uint64_t buckets;
	uint32_t s = 0;

	if (covered != k->rows)
		return err_set(e, ERR_INPUT, "%s: column %s has %llu rows of %llu",
			k->files[0].path, c->name, (unsigned long long)covered,
			(unsigned long long)k->rows);
	c->width = common_width(c);
	for (c->shift = 0; k->rows > 0 && (k->rows - 1) >> c->shift >= 2ULL * c->nseg;)
		c->shift++;
	buckets = k->rows == 0 ? 0 : ((k->rows - 1) >> c->shift) + 1;
	if ((c->guide = arena_array(a, buckets + 1, sizeof(uint32_t))) == NULL)
		return err_nomem(e);
	for (uint64_t b = 0; b < buckets; b++) {
		while (b << c->shift >= c->seg[s].row0 + c->seg[s].rows)
			s++;
		c->guide[b] = s;
	}
	return 0;
}

/* Builds all columns once the files are open. */
static int index_columns(struct keys *k, struct arena *a, struct err *e)
{
	if (count_segments(k, a, e) == -1 || fill_segments(k, e) == -1)
		return -1;
	for (uint32_t i = 0; i < k->ncols; i++)
		if (finish_column(k, &k->cols[i], a, e) == -1)
			return -1;
	return 0;
}

/*
 * Opens all files of a table as one, in their order; rows are numbered across
 * them.
 */
int keys_open_files(struct keys **out, const struct keys_source *from, enum snap_check check,
	struct arena *a, struct err *e)
{
	struct keys *k = arena_alloc(a, sizeof(*k));

	if (k == NULL || (k->files = arena_array(a, from->n, sizeof(k->files[0]))) == NULL)
		return err_nomem(e);
	if (check < SNAP_VALUES)
		check = SNAP_VALUES; /* whoever asks for less: values are about to be used */
	for (; k->nfiles < from->n; k->nfiles++) {
		struct snap *s = &k->files[k->nfiles];

		if (snap_open_once(s, from->paths[k->nfiles], "keys", check, from->seen, e) == -1)
			goto fail;
		if (__builtin_add_overflow(k->rows, s->rows, &k->rows)) {
			err_set(e, ERR_INPUT, "%s: too many rows", s->path);
			k->nfiles++;
			goto fail;
		}
	}
	if (index_columns(k, a, e) == -1)
		goto fail;
	*out = k;
	return 0;
fail:
	keys_close(k);
	return -1;
}

/* Asks the kernel to read a column ahead; -1 for all. */
void keys_populate(const struct keys *k, int col)
{
	for (uint32_t f = 0; f < k->nfiles; f++)
		for (size_t i = 0; i < k->files[f].nchunk; i++) {
			const struct snap_chunk *c = &k->files[f].chunk[i];

			if (c->len > 0 && (col == -1 || strcmp(c->column, k->cols[col].name) == 0))
				snap_prefetch(&k->files[f], c);
		}
}

/* ---- gathering ---------------------------------------------------------------- */

/* The segment of a row: the guide's, or one of the few after it. */
static inline const struct segment *find(const struct kcol *c, uint64_t row)
{
	const struct segment *g = &c->seg[c->guide[row >> c->shift]];

	while (row - g->row0 >= g->rows)
		g++;
	return g;
}

/* A packed integer of that width, with its sign. */
static inline int64_t load(const uint8_t *p, uint32_t width)
{
	int64_t v8;
	int32_t v4;
	int16_t v2;

	switch (width) {
	case 8:
		memcpy(&v8, p, 8);
		return v8;
	case 4:
		memcpy(&v4, p, 4);
		return v4;
	case 2:
		memcpy(&v2, p, 2);
		return v2;
	default:
		return *p <= 127 ? *p : (int64_t)*p - 256;
	}
}

static const uint8_t nothing[16];

/* Where the values are, each asked for before any is read: this hides the misses. */
static void locate(
	const struct kcol *c, const uint64_t *row, uint32_t n, const uint8_t **at, int64_t *out)
{
	const struct segment *only = c->seg;

	if (c->nseg == 1 && only->enc == SNAP_PACKED) { /* most are of one row group */
		for (uint32_t i = 0; i < n; i++) {
			at[i] = row[i] == UINT64_MAX ? nothing : only->p + row[i] * c->width;
			__builtin_prefetch(at[i]);
		}
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct segment *g;

		at[i] = nothing;
		if (row[i] == UINT64_MAX)
			continue;
		g = find(c, row[i]);
		if (g->enc == SNAP_AFFINE) {
			at[i] = NULL;
			out[i] = (int64_t)((uint64_t)g->start +
					   (uint64_t)g->step * (row[i] - g->row0));
			continue;
		}
		at[i] = g->p + (row[i] - g->row0) * g->width;
		__builtin_prefetch(at[i]);
		if (c->width == 0) { /* groups of several widths: no loop of one width reads them */
			out[i] = load(at[i], g->width);
			at[i] = NULL;
		}
	}
}

/* Few enough that what was asked for is still in the first cache when it is read. */
enum { AHEAD = 256 };

/* A part of the block; addresses first, then values. */
static void gather_some(
	const struct kcol *c, const uint64_t *row, uint32_t from, uint32_t n, struct vec *out)
{
	const uint8_t *at[AHEAD];

	locate(c, row + from, n, at, out->v.i + from);
	if (c->type == VT_UUID) {
		for (uint32_t i = 0; i < n; i++)
			memcpy(&out->v.u[from + i], at[i], 16);
	} else if (c->type == VT_F64) {
		for (uint32_t i = 0; i < n; i++)
			memcpy(&out->v.f[from + i], at[i], 8);
	} else if (c->width == 8) {
		for (uint32_t i = 0; i < n; i++)
			if (at[i] != NULL)
				memcpy(&out->v.i[from + i], at[i], 8);
	} else {
		for (uint32_t i = 0; i < n; i++)
			if (at[i] != NULL)
				out->v.i[from + i] = load(at[i], c->width);
	}
}

/*
 * In pieces of AHEAD rows, so that what was prefetched is still in the cache
 * when it is read.
 */
static void gather_fixed(const struct kcol *c, const uint64_t *row, uint32_t n, struct vec *out)
{
	for (uint32_t from = 0; from < n; from += AHEAD)
		gather_some(c, row, from, n - from < AHEAD ? n - from : AHEAD, out);
}

/* A text by its two offsets. */
static struct vtext text_at(const struct segment *g, const uint8_t *at)
{
	uint64_t from, to;

	memcpy(&from, at, 8);
	memcpy(&to, at + 8, 8);
	return (struct vtext){(const char *)g->bytes + from, to - from};
}

/* Texts point into the mapping, and live as long as ${k} does. */
static void gather_texts(const struct kcol *c, const uint64_t *row, uint32_t n, struct vec *out)
{
	const struct segment *seg[VEC_BLOCK];
	const uint8_t *at[VEC_BLOCK];

	for (uint32_t i = 0; i < n; i++) {
		if (row[i] == UINT64_MAX)
			continue;
		seg[i] = find(c, row[i]);
		at[i] = seg[i]->p + (row[i] - seg[i]->row0) * 8;
		__builtin_prefetch(at[i]);
	}
	for (uint32_t i = 0; i < n; i++) {
		out->v.t[i] = row[i] == UINT64_MAX ? (struct vtext){"", 0} : text_at(seg[i], at[i]);
		__builtin_prefetch(out->v.t[i].p);
	}
}

/* In the place of a NULL a file may have anything, which nobody has checked. */
static void clear_value(struct vec *out, uint32_t i)
{
	if (vec_is_ordinal(out->type))
		out->v.i[i] = 0;
	else if (out->type == VT_F64)
		out->v.f[i] = 0;
	else if (out->type == VT_UUID)
		out->v.u[i] = (struct uuid){{0}};
	else
		out->v.t[i] = (struct vtext){"", 0};
}

/* The values of a column in the given rows. A row of UINT64_MAX gives NULL. */
void keys_gather(const struct keys *k, int col, const uint64_t *row, uint32_t n, struct vec *out)
{
	const struct kcol *c = &k->cols[col];

	assert(out->type == c->type && n <= VEC_BLOCK);
	out->n = n;
	out->scale = c->scale;
	out->has_null = false;
	if (c->type == VT_TEXT || c->type == VT_BYTES || c->type == VT_RAW)
		gather_texts(c, row, n, out);
	else
		gather_fixed(c, row, n, out);
	for (uint32_t i = 0; i < n; i++) {
		const struct segment *g;

		if (row[i] == UINT64_MAX) {
			vec_set_null(out, i);
			continue;
		}
		if (!c->nullable)
			continue;
		g = find(c, row[i]);
		if (g->nulls == NULL ||
			(g->nulls[(row[i] - g->row0) / 8] >> (row[i] - g->row0) % 8 & 1) == 0)
			continue;
		vec_set_null(out, i);
		clear_value(out, i);
	}
}
