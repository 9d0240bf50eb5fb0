/* SPDX-License-Identifier: MIT */
#include "stages/snapshot/cells.h"

#include <string.h>

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"
#include "common/base/vec.h"

/*
 * The chunks are columns already, and every value is one of its type: that is what opening a
 * snapshot to the depth SNAP_VALUES means.  So nothing is asked again here.
 */

int cells_open(struct cells *c, const struct snap *s, struct arena *a, struct err *e)
{
	*c = (struct cells){.s = s, .at = arena_array(a, s->ncol + 1, sizeof(*c->at))};
	return c->at == NULL ? err_nomem(e) : 0;
}

/* ---- values -------------------------------------------------------------- */

/* A little-endian signed integer of 1, 2, 4 or 8 bytes. */
static int64_t get_int(const uint8_t *p, uint32_t width)
{
	uint64_t u = 0, sign = UINT64_C(1) << (8 * width - 1);

	for (uint32_t i = width; i-- > 0;)
		u = u << 8 | p[i];
	return (int64_t)((u ^ sign) - sign);
}

static void put_ordinal(struct jsonw *j, const struct snap_column *col, int64_t v)
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

static void put_packed(
	const struct snap_column *col, const struct snap_chunk *k, uint64_t i, struct jsonw *j)
{
	const uint8_t *p = k->p + i * k->width;
	double d;

	if (col->type == VT_F64) {
		memcpy(&d, p, sizeof(d));
		jw_double(j, d);
	} else if (col->type == VT_UUID) {
		put_uuid(j, p);
	} else {
		put_ordinal(j, col, get_int(p, k->width));
	}
}

static void put_bytes(
	const struct snap_column *col, const struct snap_group *g, uint64_t i, struct jsonw *j)
{
	const char *bytes = (const char *)g->part[SNAP_BYTES]->p;
	uint64_t at[2];

	memcpy(at, g->part[SNAP_OFFSETS]->p + 8 * i, sizeof(at));
	if (col->type == VT_BYTES)
		jw_hex(j, bytes + at[0], at[1] - at[0]);
	else
		jw_strn(j, bytes + at[0], at[1] - at[0]);
}

static void put_value(
	const struct snap_column *col, const struct snap_group *g, uint64_t i, struct jsonw *j)
{
	const struct snap_chunk *dict = g->part[SNAP_DICT], *packed = g->part[SNAP_PACKED],
				*affine = g->part[SNAP_AFFINE];

	if (dict != NULL) {
		uint32_t code;

		memcpy(&code, dict->p + 4 * i, 4);
		i = code;
	}
	if (packed != NULL)
		put_packed(col, packed, i, j);
	else if (affine != NULL)
		put_ordinal(
			j, col, (int64_t)((uint64_t)affine->start + i * (uint64_t)affine->step));
	else
		put_bytes(col, g, i, j);
}

/* The group that a row is in, looked for from the one at *at on; NULL when there is none. */
static const struct snap_group *group_of(const struct snap_column *c, uint64_t row, size_t *at)
{
	for (size_t n = 0; n < c->ngroup; n++) {
		const struct snap_group *g = &c->group[*at];

		if (row >= g->row0 && row - g->row0 < g->rows)
			return g;
		*at = (*at + 1) % c->ngroup;
	}
	return NULL;
}

void cells_row(struct cells *c, uint64_t row, struct jsonw *j)
{
	jw_object(j);
	for (size_t i = 0; i < c->s->ncol; i++) {
		const struct snap_column *col = &c->s->col[i];
		const struct snap_group *g = group_of(col, row, &c->at[i]);
		const struct snap_chunk *nulls = g == NULL ? NULL : g->part[SNAP_NULLS];
		uint64_t at = g == NULL ? 0 : row - g->row0;

		jw_key(j, col->name);
		if (g == NULL || (nulls != NULL && (nulls->p[at / 8] >> at % 8 & 1) != 0))
			jw_null(j);
		else
			put_value(col, g, at, j);
	}
	jw_end(j);
}
