/* SPDX-License-Identifier: MIT */
/*
 * What decoders of text and of binary cells share: memory for texts, the limits
 * of types, and the functions that put a value into a vector after checking it
 * against them.
 *
 * Memory is a list of chunks that are used again for the next block. A chunk
 * that was made for one huge value is freed instead.
 */
#include "common/codec/dec_cell.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/calendar.h"
#include "common/base/num.h"
#include "common/base/str.h"

/* ---- what both forms end in ------------------------------------------------ */

/* ---- columns ------------------------------------------------------------------ */

/* The least and greatest value of the column's type. */
static void limit_ordinal(struct dec_col *c)
{
	int precision, scale;

	c->lo = INT64_MIN;
	c->hi = INT64_MAX;
	switch (c->base.type->cls) {
	case PG_INT2:
		c->lo = INT16_MIN;
		c->hi = INT16_MAX;
		break;
	case PG_INT4:
		c->lo = INT32_MIN;
		c->hi = INT32_MAX;
		break;
	case PG_OID:
		c->lo = 0;
		c->hi = UINT32_MAX;
		break;
	case PG_NUMERIC:
		pg_numeric_limits(c->base, &precision, &scale);
		c->any_scale = precision < 0;
		c->any_size = precision < 0 || precision > 18;
		if (precision < 0 || precision > 18)
			break;
		c->hi = num_pow10((unsigned)precision) - 1;
		c->lo = -c->hi;
		break;
	default:
		break;
	}
}

/*
 * Prepares a column for decoding: its vector, the limits of its type, and the
 * function that reads a cell.
 */
bool dec_col_init(
	struct dec_col *c, const struct pg_table *t, uint32_t col, bool binary, struct arena *a)
{
	const struct pg_column *pc = &t->columns[col];
	uint8_t scale = 0;
	enum vtype type;

	*c = (struct dec_col){.index = col, .base = pg_base_of(pc->type, pc->typmod)};
	type = pg_vtype(c->base, &scale);
	c->unreadable = arena_alloc(a, VEC_BLOCK);
	if (c->unreadable == NULL || !vec_init(&c->v, type, a))
		return false;
	c->v.scale = scale;
	c->chars = type == VT_TEXT ? pg_char_limit(c->base) : -1;
	limit_ordinal(c);
	c->unit = 1;
	if (type == VT_TIME || type == VT_TS || type == VT_TSTZ)
		c->unit = num_pow10((unsigned)(6 - pg_time_precision(c->base)));
	c->cell = binary ? dec_cell_binary(c) : dec_cell_text(c);
	return true;
}
