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
 */

struct segment {
	uint64_t row0, rows;
	enum snap_enc enc; /* SNAP_AFFINE, SNAP_PACKED, SNAP_OFFSETS */
	int64_t start, step;
	const uint8_t *p; /* packed values, or offsets */
	const uint8_t *bytes;
	uint64_t nbytes;
	const uint8_t *nulls;
};

struct kcol {
	const char *name;
	enum vtype type;
	uint8_t scale;
	uint32_t width;
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

static bool begins_segment(enum snap_enc enc)
{
	return enc == SNAP_AFFINE || enc == SNAP_PACKED || enc == SNAP_OFFSETS;
}

static int bad(const struct snap *s, const struct snap_chunk *c, const char *why, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: column %s: %s", s->path, c->column, why);
}

/* bytes of one value as it is stored, of the widths a type may have */
static bool width_fits(enum vtype type, uint32_t width)
{
	if (type == VT_UUID)
		return width == 16;
	if (type == VT_F64)
		return width == 8;
	return vec_is_ordinal(type) && (width == 1 || width == 2 || width == 4 || width == 8);
}

static int check_chunk(const struct snap *s, const struct snap_chunk *c, struct err *e)
{
	uint64_t end;

	if (__builtin_add_overflow(c->row0, c->rows, &end) || end > s->rows)
		return bad(s, c, "a row group reaches beyond the rows", e);
	switch (c->enc) {
	case SNAP_AFFINE:
		return vec_is_ordinal(c->type) ? 0 : bad(s, c, "affine, but not a number", e);
	case SNAP_PACKED:
		if (!width_fits(c->type, c->width))
			return bad(s, c, "values of a width that its type has not", e);
		if (c->len / c->width != c->rows || c->len % c->width != 0)
			return bad(s, c, "more or fewer values than rows", e);
		return 0;
	case SNAP_OFFSETS:
		if (width_fits(c->type, 8) || c->type == VT_UUID)
			return bad(s, c, "offsets, but not a text", e);
		if (c->len % 8 != 0 || c->len / 8 != c->rows + 1)
			return bad(s, c, "more or fewer offsets than rows", e);
		return 0;
	case SNAP_NULLS:
		if (c->len < c->rows / 8 + (c->rows % 8 != 0))
			return bad(s, c, "a bitmap shorter than its rows", e);
		return 0;
	case SNAP_BYTES:
		return 0;
	case SNAP_DICT:
		break;
	}
	return bad(s, c, "encoding dict is not one that key snapshots may have", e);
}

static struct kcol *column_of(struct keys *k, const struct snap_chunk *c)
{
	int i = keys_column(k, c->column);

	if (i == -1) {
		i = (int)k->ncols++;
		k->cols[i].name = c->column;
		k->cols[i].type = c->type;
		k->cols[i].scale = c->scale;
		k->cols[i].width = c->enc == SNAP_PACKED ? c->width : 0;
	}
	return &k->cols[i];
}

static struct segment *segment_at(const struct kcol *c, uint64_t row)
{
	uint32_t lo = 0, hi = c->nseg;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (c->seg[mid].row0 + c->seg[mid].rows <= row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < c->nseg && c->seg[lo].row0 <= row ? &c->seg[lo] : NULL;
}

static int add_segment(struct kcol *col, const struct snap *s, const struct snap_chunk *c,
	uint64_t row0, struct err *e)
{
	struct segment *prev = col->nseg > 0 ? &col->seg[col->nseg - 1] : NULL;

	if (col->type != c->type || col->scale != c->scale)
		return bad(s, c, "its type changes between row groups", e);
	if (c->enc == SNAP_PACKED && col->width == 0)
		col->width = c->width;
	if (c->enc == SNAP_PACKED && col->width != c->width)
		return bad(s, c, "its width changes between row groups", e);
	if (c->rows == 0)
		return 0;
	if ((prev == NULL ? 0 : prev->row0 + prev->rows) != row0 + c->row0)
		return bad(s, c, "its row groups do not follow one another", e);
	col->seg[col->nseg++] = (struct segment){.row0 = row0 + c->row0,
		.rows = c->rows,
		.enc = c->enc,
		.start = c->start,
		.step = c->step,
		.p = c->p};
	return 0;
}

static int attach(struct kcol *col, const struct snap *s, const struct snap_chunk *c, uint64_t row0,
	struct err *e)
{
	struct segment *g = segment_at(col, row0 + c->row0);

	if (c->rows == 0)
		return 0;
	if (g == NULL || g->row0 != row0 + c->row0 || g->rows != c->rows)
		return bad(s, c, "a part that belongs to no row group", e);
	if (c->enc == SNAP_NULLS) {
		g->nulls = c->p;
		col->nullable = true;
	} else {
		g->bytes = c->p;
		g->nbytes = c->len;
	}
	return 0;
}

/* Room for the segments of each column: one pass to count, then one to fill. */
static int count_segments(struct keys *k, struct arena *a, struct err *e)
{
	size_t all = 0;

	for (uint32_t f = 0; f < k->nfiles; f++)
		all += k->files[f].nchunk;
	if ((k->cols = arena_array(a, all + 1, sizeof(k->cols[0]))) == NULL)
		return err_nomem(e);
	for (uint32_t f = 0; f < k->nfiles; f++)
		for (size_t i = 0; i < k->files[f].nchunk; i++)
			if (begins_segment(k->files[f].chunk[i].enc))
				column_of(k, &k->files[f].chunk[i])->nseg++;
	for (uint32_t i = 0; i < k->ncols; i++) {
		k->cols[i].seg = arena_array(a, k->cols[i].nseg + 1UL, sizeof(struct segment));
		if (k->cols[i].seg == NULL)
			return err_nomem(e);
		k->cols[i].nseg = 0;
	}
	return 0;
}

static int fill_segments(struct keys *k, struct err *e)
{
	for (int pass = 0; pass < 2; pass++) {
		uint64_t row0 = 0;

		for (uint32_t f = 0; f < k->nfiles; f++) {
			const struct snap *s = &k->files[f];

			for (size_t i = 0; i < s->nchunk; i++) {
				const struct snap_chunk *c = &s->chunk[i];
				int col = keys_column(k, c->column);

				if (pass == 0 && check_chunk(s, c, e) == -1)
					return -1;
				if (col == -1)
					return bad(s, c, "a part without values", e);
				if (begins_segment(c->enc) != (pass == 0))
					continue;
				if ((pass == 0 ? add_segment : attach)(
					    &k->cols[col], s, c, row0, e) == -1)
					return -1;
			}
			row0 += s->rows;
		}
	}
	return 0;
}

static int finish_column(const struct keys *k, struct kcol *c, struct arena *a, struct err *e)
{
	uint64_t covered = c->nseg > 0 ? c->seg[c->nseg - 1].row0 + c->seg[c->nseg - 1].rows : 0;
	uint64_t buckets;
	uint32_t s = 0;

	if (covered != k->rows)
		return err_set(e, ERR_INPUT, "%s: column %s has %llu rows of %llu",
			k->files[0].path, c->name, (unsigned long long)covered,
			(unsigned long long)k->rows);
	for (uint32_t i = 0; i < c->nseg; i++)
		if (c->seg[i].enc == SNAP_OFFSETS && c->seg[i].bytes == NULL)
			return err_set(e, ERR_INPUT, "%s: column %s: texts without their bytes",
				k->files[0].path, c->name);
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

static int index_columns(struct keys *k, struct arena *a, struct err *e)
{
	if (count_segments(k, a, e) == -1 || fill_segments(k, e) == -1)
		return -1;
	for (uint32_t i = 0; i < k->ncols; i++)
		if (finish_column(k, &k->cols[i], a, e) == -1)
			return -1;
	return 0;
}

int keys_open_files(struct keys **out, const char *const *paths, uint32_t n, enum snap_check check,
	struct arena *a, struct err *e)
{
	struct keys *k = arena_alloc(a, sizeof(*k));

	if (k == NULL || (k->files = arena_array(a, n, sizeof(k->files[0]))) == NULL)
		return err_nomem(e);
	for (; k->nfiles < n; k->nfiles++) {
		if (snap_open(&k->files[k->nfiles], paths[k->nfiles], "keys", check, e) == -1)
			goto fail;
		if (__builtin_add_overflow(k->rows, k->files[k->nfiles].rows, &k->rows)) {
			err_set(e, ERR_INPUT, "%s: too many rows", paths[k->nfiles]);
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

static inline const struct segment *find(const struct kcol *c, uint64_t row)
{
	const struct segment *g = &c->seg[c->guide[row >> c->shift]];

	while (row - g->row0 >= g->rows)
		g++;
	return g;
}

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

	if (c->nseg == 1 && only->enc != SNAP_AFFINE) { /* most are of one row group */
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
		at[i] = g->p + (row[i] - g->row0) * c->width;
		__builtin_prefetch(at[i]);
	}
}

/* Few enough that what was asked for is still in the first cache when it is read. */
enum { AHEAD = 256 };

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

static void gather_fixed(const struct kcol *c, const uint64_t *row, uint32_t n, struct vec *out)
{
	for (uint32_t from = 0; from < n; from += AHEAD)
		gather_some(c, row, from, n - from < AHEAD ? n - from : AHEAD, out);
}

/* A damaged offset gives an empty text, not a wild pointer. */
static struct vtext text_at(const struct segment *g, const uint8_t *at)
{
	uint64_t from, to;

	memcpy(&from, at, 8);
	memcpy(&to, at + 8, 8);
	if (from > to || to > g->nbytes)
		return (struct vtext){"", 0};
	return (struct vtext){(const char *)g->bytes + from, to - from};
}

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
		if (g->nulls != NULL &&
			(g->nulls[(row[i] - g->row0) / 8] >> (row[i] - g->row0) % 8 & 1))
			vec_set_null(out, i);
	}
}
