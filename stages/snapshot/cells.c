/* SPDX-License-Identifier: MIT */
#include "stages/snapshot/cells.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/vec.h"

/* Chunks of one column that begin at the same row. */
struct group {
	uint64_t row0, rows;
	const struct snap_chunk *part[SNAP_NULLS + 1]; /* by encoding */
};

struct column {
	const char *name;
	enum vtype type;
	uint8_t scale;
	struct group *group;
	size_t ngroup, now; /* now: where the last row was */
};

/* ---- chunks to columns --------------------------------------------------- */

static struct column *column_named(struct cells *c, const char *name)
{
	for (size_t i = 0; i < c->ncol; i++)
		if (strcmp(c->col[i].name, name) == 0)
			return &c->col[i];
	return NULL;
}

static size_t chunks_of(const struct snap *s, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nchunk; i++)
		n += strcmp(s->chunk[i].column, name) == 0;
	return n;
}

static struct group *group_at(struct column *c, uint64_t row0)
{
	for (size_t i = c->ngroup; i-- > 0;) /* the last one, nearly always */
		if (c->group[i].row0 == row0)
			return &c->group[i];
	c->group[c->ngroup].row0 = row0;
	return &c->group[c->ngroup++];
}

static int add_chunk(struct cells *c, const struct snap_chunk *k, struct arena *a, struct err *e)
{
	struct column *col = column_named(c, k->column);
	struct group *g;

	if (col == NULL) {
		col = &c->col[c->ncol++];
		*col = (struct column){.name = k->column, .type = k->type, .scale = k->scale};
		col->group = arena_array(a, chunks_of(c->s, k->column), sizeof(*col->group));
		if (col->group == NULL)
			return err_nomem(e);
	}
	g = group_at(col, k->row0);
	if (g->part[k->enc] != NULL || k->type != col->type)
		return err_set(e, ERR_INPUT, "%s: column %s: two chunks for one thing", c->s->path,
			k->column);
	g->part[k->enc] = k;
	return 0;
}

int cells_open(struct cells *c, const struct snap *s, struct arena *a, struct err *e)
{
	static const enum snap_enc rows_of[] = {SNAP_DICT, SNAP_AFFINE, SNAP_PACKED, SNAP_OFFSETS};

	*c = (struct cells){.s = s, .col = arena_array(a, s->nchunk, sizeof(*c->col))};
	if (c->col == NULL)
		return err_nomem(e);
	for (size_t i = 0; i < s->nchunk; i++)
		if (add_chunk(c, &s->chunk[i], a, e) == -1)
			return -1;
	for (size_t i = 0; i < c->ncol; i++) {
		for (size_t g = 0; g < c->col[i].ngroup; g++) {
			struct group *group = &c->col[i].group[g];

			for (size_t k = 4; k-- > 0;) /* a dict's codes count, not its values */
				if (group->part[rows_of[k]] != NULL)
					group->rows = group->part[rows_of[k]]->rows;
		}
	}
	return 0;
}

/* ---- values -------------------------------------------------------------- */

static int bad(const struct cells *c, const struct column *col, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: column %s: %s", c->s->path, col->name, what);
}

/* A little-endian signed integer of 1, 2, 4 or 8 bytes. */
static int64_t get_int(const uint8_t *p, uint32_t width)
{
	uint64_t u = 0, sign = UINT64_C(1) << (8 * width - 1);

	for (uint32_t i = width; i-- > 0;)
		u = u << 8 | p[i];
	return (int64_t)((u ^ sign) - sign);
}

static void put_ordinal(struct jsonw *j, const struct column *col, int64_t v)
{
	char t[CAL_MAX];

	switch (col->type) {
	case VT_BOOL:
		jw_bool(j, v != 0);
		break;
	case VT_DEC:
		jw_strn(j, t, num_fmt_dec(t, v, col->scale));
		break;
	case VT_DATE:
		jw_strn(j, t, cal_fmt_date(t, v));
		break;
	case VT_TIME:
		jw_strn(j, t, cal_fmt_time(t, v));
		break;
	case VT_TS:
		jw_strn(j, t, cal_fmt_ts(t, v, 'T'));
		break;
	case VT_TSTZ:
		jw_strn(j, t, cal_fmt_rfc3339(t, v));
		break;
	default:
		jw_int(j, v);
	}
}

/* Whether the formatters take it: they promise nothing for other values. */
static bool in_range(enum vtype type, int64_t v)
{
	switch (type) {
	case VT_DATE:
		return !cal_date_finite(v) || (v >= CAL_DATE_MIN && v <= CAL_DATE_MAX);
	case VT_TIME:
		return v >= 0 && v <= CAL_DAY;
	case VT_TS:
	case VT_TSTZ:
		return !cal_ts_finite(v) || (v >= CAL_TS_MIN && v <= CAL_TS_MAX);
	default:
		return true;
	}
}

static int put_number(
	const struct cells *c, const struct column *col, int64_t v, struct jsonw *j, struct err *e)
{
	if (!in_range(col->type, v))
		return bad(c, col, "a value that its type does not have", e);
	put_ordinal(j, col, v);
	return 0;
}

static void put_uuid(struct jsonw *j, const uint8_t *p)
{
	static const char hex[] = "0123456789abcdef";
	char t[36], *to = t;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = hex[p[i] >> 4];
		*to++ = hex[p[i] & 15];
	}
	jw_strn(j, t, sizeof(t));
}

static int put_packed(const struct cells *c, const struct column *col, const struct snap_chunk *k,
	uint64_t i, struct jsonw *j, struct err *e)
{
	const uint8_t *p = k->p + i * k->width;
	double d;

	if (col->type == VT_F64 && k->width == sizeof(d)) {
		memcpy(&d, p, sizeof(d));
		jw_double(j, d);
		return 0;
	}
	if (col->type == VT_UUID && k->width == 16) {
		put_uuid(j, p);
		return 0;
	}
	if (vec_is_ordinal(col->type) && k->width <= 8 && (k->width & (k->width - 1)) == 0)
		return put_number(c, col, get_int(p, k->width), j, e);
	return bad(c, col, "a width that its type does not have", e);
}

static int put_bytes(const struct cells *c, const struct column *col, const struct group *g,
	uint64_t i, struct jsonw *j, struct err *e)
{
	const struct snap_chunk *offsets = g->part[SNAP_OFFSETS], *bytes = g->part[SNAP_BYTES];
	uint64_t from, to;

	memcpy(&from, offsets->p + 8 * i, 8);
	memcpy(&to, offsets->p + 8 * i + 8, 8);
	if (bytes == NULL || from > to || to > bytes->len)
		return bad(c, col, "offsets outside its bytes", e);
	if (col->type == VT_BYTES)
		jw_hex(j, bytes->p + from, to - from);
	else
		jw_strn(j, (const char *)bytes->p + from, to - from);
	return 0;
}

static int put_value(const struct cells *c, const struct column *col, const struct group *g,
	uint64_t i, struct jsonw *j, struct err *e)
{
	const struct snap_chunk *dict = g->part[SNAP_DICT], *packed = g->part[SNAP_PACKED],
				*offsets = g->part[SNAP_OFFSETS], *affine = g->part[SNAP_AFFINE];
	uint64_t v;

	if (dict != NULL) {
		uint32_t code;

		memcpy(&code, dict->p + 4 * i, 4);
		i = code;
	}
	if (packed != NULL)
		return i < packed->rows ? put_packed(c, col, packed, i, j, e)
					: bad(c, col, "a code beyond its values", e);
	if (offsets != NULL)
		return i < offsets->rows ? put_bytes(c, col, g, i, j, e)
					 : bad(c, col, "a code beyond its values", e);
	if (affine == NULL || !vec_is_ordinal(col->type))
		return bad(c, col, "no values", e);
	v = (uint64_t)affine->start + i * (uint64_t)affine->step;
	return put_number(c, col, (int64_t)v, j, e);
}

/* The group a row is in; NULL when there is none. */
static const struct group *group_of(struct column *c, uint64_t row)
{
	for (size_t n = 0; n < c->ngroup; n++) {
		const struct group *g = &c->group[c->now];

		if (row >= g->row0 && row - g->row0 < g->rows)
			return g;
		c->now = (c->now + 1) % c->ngroup;
	}
	return NULL;
}

int cells_row(struct cells *c, uint64_t row, struct jsonw *j, struct err *e)
{
	jw_object(j);
	for (size_t i = 0; i < c->ncol; i++) {
		struct column *col = &c->col[i];
		const struct group *g = group_of(col, row);
		const struct snap_chunk *nulls = g == NULL ? NULL : g->part[SNAP_NULLS];
		uint64_t at = g == NULL ? 0 : row - g->row0;

		jw_key(j, col->name);
		if (g == NULL || (nulls != NULL && at < nulls->rows &&
					 (nulls->p[at / 8] >> at % 8 & 1) != 0))
			jw_null(j);
		else if (put_value(c, col, g, at, j, e) == -1)
			return -1;
	}
	jw_end(j);
	return 0;
}
