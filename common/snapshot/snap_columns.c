/* SPDX-License-Identifier: MIT */
#include "common/snapshot/snap_int.h"

#include <string.h>

#include "common/base/err.h"

/*
 * Chunks put together as columns.  The directory is a flat list, in which a column is spread over
 * its row groups, and a row group over its parts: values, the bytes of texts, a bitmap of NULLs.
 * The directory alone says whether the parts belong together, so this reads no payload.
 */

int snap_column_bad(const struct snap *s, const char *name, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: column %s: %s", s->path, name, what);
}

static struct snap_column *column_named(struct snap *s, const char *name)
{
	for (size_t i = 0; i < s->ncol; i++)
		if (strcmp(s->col[i].name, name) == 0)
			return &s->col[i];
	return NULL;
}

static size_t chunks_of(const struct snap *s, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nchunk; i++)
		n += strcmp(s->chunk[i].column, name) == 0;
	return n;
}

/*
 * The row group that begins at ${row0}, nearly always the last one; a new one
 * if there is none.
 */
static struct snap_group *group_at(struct snap_column *c, uint64_t row0)
{
	for (size_t i = c->ngroup; i-- > 0;) /* the last one, nearly always */
		if (c->group[i].row0 == row0)
			return &c->group[i];
	c->group[c->ngroup].row0 = row0;
	return &c->group[c->ngroup++];
}

/*
 * Puts a chunk in its place in the column's row group; two chunks for one place
 * are an error.
 */
static int add_chunk(struct snap *s, const struct snap_chunk *k, struct arena *a, struct err *e)
{
	struct snap_column *col = column_named(s, k->column);
	struct snap_group *g;

	if (col == NULL) {
		col = &s->col[s->ncol++];
		*col = (struct snap_column){.name = k->column, .type = k->type, .scale = k->scale};
		col->group = arena_array(a, chunks_of(s, k->column), sizeof(*col->group));
		if (col->group == NULL)
			return err_nomem(e);
	}
	if (col->type != k->type || col->scale != k->scale)
		return snap_column_bad(s, k->column, "its type changes between chunks", e);
	g = group_at(col, k->row0);
	if (g->part[k->enc] != NULL)
		return snap_column_bad(s, k->column, "two chunks for one thing", e);
	g->part[k->enc] = k;
	return 0;
}

/* ---- whether the parts of a row group belong together --------------------------- */

/* Types whose values are offsets and bytes. */
static bool is_text(enum vtype t)
{
	return t == VT_TEXT || t == VT_BYTES || t == VT_RAW;
}

/* Whether a value of the type may be stored in so many bytes. */
static bool width_fits(enum vtype type, uint32_t width)
{
	if (type == VT_UUID)
		return width == 16;
	if (type == VT_F64)
		return width == 8;
	return vec_is_ordinal(type) && (width == 1 || width == 2 || width == 4 || width == 8);
}

/* What is wrong with how the values are stored, or NULL. */
static const char *values_wrong(const struct snap_column *c, const struct snap_group *g)
{
	const struct snap_chunk *affine = g->part[SNAP_AFFINE], *packed = g->part[SNAP_PACKED],
				*offsets = g->part[SNAP_OFFSETS], *bytes = g->part[SNAP_BYTES];
	int forms = (affine != NULL) + (packed != NULL) + (offsets != NULL);

	if (forms > 1)
		return "two chunks for one thing: its values are given twice";
	if (forms == 0 || (g->part[SNAP_DICT] != NULL && affine != NULL))
		return "a part without values";
	if (affine != NULL && !vec_is_ordinal(c->type))
		return "affine, but not a number";
	if (packed != NULL && !width_fits(c->type, packed->width))
		return "values of a width that its type does not have";
	if (offsets != NULL && !is_text(c->type))
		return "offsets, but not a text";
	if ((bytes != NULL) != (offsets != NULL))
		return offsets != NULL ? "texts without their bytes"
				       : "bytes without their offsets";
	if (bytes != NULL && bytes->rows != offsets->rows)
		return "more or fewer bytes than offsets: rows";
	return NULL;
}

/*
 * Whether the parts of a group agree about its rows, which are rows of the
 * file; what is wrong, or NULL.
 */
static const char *group_wrong(
	const struct snap *s, const struct snap_column *c, struct snap_group *g)
{
	static const enum snap_enc rows_of[] = {
		SNAP_DICT, SNAP_AFFINE, SNAP_PACKED, SNAP_OFFSETS, SNAP_BYTES, SNAP_NULLS};
	const struct snap_chunk *nulls = g->part[SNAP_NULLS], *first = NULL;
	const char *wrong;

	/* the codes of a dict count the rows, not its values: it comes first */
	for (size_t i = 0; first == NULL; i++)
		first = g->part[rows_of[i]];
	g->rows = first->rows;
	if (g->rows == 0)
		return NULL;
	if ((wrong = values_wrong(c, g)) != NULL)
		return wrong;
	if (nulls != NULL && nulls->rows != g->rows)
		return "a bitmap of NULLs that is not of its rows";
	for (size_t i = 0; nulls == NULL && i < sizeof(rows_of) / sizeof(rows_of[0]); i++)
		if (g->part[rows_of[i]] != NULL && g->part[rows_of[i]]->nulls > 0)
			return "nulls: some, and no bitmap that says which";
	if (g->row0 > s->rows || g->rows > s->rows - g->row0)
		return "a row group reaches beyond the rows";
	return NULL;
}

/* Makes the columns of an opened file. */
int snap_columns_open(struct snap *s, struct arena *a, struct err *e)
{
	const char *wrong;

	if ((s->col = arena_array(a, s->nchunk + 1, sizeof(*s->col))) == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < s->nchunk; i++)
		if (add_chunk(s, &s->chunk[i], a, e) == -1)
			return -1;
	for (size_t i = 0; i < s->ncol; i++)
		for (size_t g = 0; g < s->col[i].ngroup; g++)
			if ((wrong = group_wrong(s, &s->col[i], &s->col[i].group[g])) != NULL)
				return snap_column_bad(s, s->col[i].name, wrong, e);
	return 0;
}
