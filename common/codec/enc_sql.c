/* SPDX-License-Identifier: MIT */
/*
 * Cells of INSERT statements.
 *
 * One statement a row, as pg_dump --inserts writes them: a row is then the same text wherever it
 * stands, and a reviewer's diff shows rows. Integers, decimals and booleans are bare. All else is a
 * quoted constant without a type, which the server reads by the input function of the column's type
 * (PostgreSQL's manual, 4.1.2.7): this holds for every type, also those of extensions. Backslashes
 * stand for themselves, because the header sets standard_conforming_strings.
 */
#include "common/codec/enc_cell.h"

#include "common/base/calendar.h"
#include "common/base/err.h"
#include "common/base/num.h"

/* ---- values ----------------------------------------------------------------------------- */

char *enc_sql_string(char *to, const char *p, size_t n)
{
	*to++ = '\'';
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\'')
			*to++ = '\'';
		*to++ = p[i];
	}
	*to++ = '\'';
	return to;
}

/* A value between quotes whose text has no quote in it. */
#define QUOTED(name, put)                                                                          \
	static char *name(const struct enc_cell *c, uint32_t row, char *to)                        \
	{                                                                                          \
		*to = '\'';                                                                        \
		to = put(c, row, to + 1);                                                          \
		*to = '\'';                                                                        \
		return to + 1;                                                                     \
	}

static char *hex(const struct enc_cell *c, uint32_t row, char *to)
{
	memcpy(to, "\\x", 2);
	return enc_hex_bytes(to + 2, (const uint8_t *)c->v->v.t[row].p, c->v->v.t[row].n);
}

QUOTED(put_date, enc_put_date)
QUOTED(put_time, enc_put_time)
QUOTED(put_ts, enc_put_ts)
QUOTED(put_tstz, enc_put_tstz)
QUOTED(put_f64, enc_put_f64) /* NaN and Infinity are words */
QUOTED(put_uuid, enc_put_uuid)
QUOTED(put_bytes, hex)
QUOTED(put_int_text, enc_put_int)

/* Types that hold numbers without being one have no assignment from integer (oid, xid). */
static char *put_int(const struct enc_cell *c, uint32_t row, char *to)
{
	bool bare =
		c->cls == PG_INT2 || c->cls == PG_INT4 || c->cls == PG_INT8 || c->cls == PG_NUMERIC;

	return (bare ? enc_put_int : put_int_text)(c, row, to);
}

static char *put_bool(const struct enc_cell *c, uint32_t row, char *to)
{
	bool yes = c->v->v.i[row] != 0;

	memcpy(to, yes ? "true\0\0\0" : "false\0\0", 8);
	return to + 5 - yes;
}

static char *put_text(const struct enc_cell *c, uint32_t row, char *to)
{
	return enc_sql_string(to, c->v->v.t[row].p, c->v->v.t[row].n);
}

const struct enc_kind enc_sql_kinds[VT_COUNT] = {
	[VT_BOOL] = {put_bool, 8, 0},
	[VT_INT] = {put_int, NUM_MAX + 2, 0},
	[VT_DEC] = {enc_put_dec, NUM_MAX, 0},
	[VT_DATE] = {put_date, CAL_MAX + 2, 0},
	[VT_TIME] = {put_time, CAL_MAX + 2, 0},
	[VT_TS] = {put_ts, CAL_MAX + 2, 0},
	[VT_TSTZ] = {put_tstz, CAL_MAX + 2, 0},
	[VT_ENUM] = {enc_put_label, 0, 0},
	[VT_F64] = {put_f64, NUM_MAX + 2, 0},
	[VT_UUID] = {put_uuid, 38, 0},
	[VT_TEXT] = {put_text, 2, 2},
	[VT_BYTES] = {put_bytes, 4, 2},
	[VT_RAW] = {put_text, 2, 2},
};

/* ---- the statement ------------------------------------------------------------------------ */

/* A name between double quotes, which no setting folds. */
static void name(struct buf *b, const char *s)
{
	buf_addc(b, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"')
			buf_addc(b, '"');
		buf_addc(b, *s);
	}
	buf_addc(b, '"');
}

static void into(struct buf *b, const struct pg_table *t)
{
	buf_adds(b, "INSERT INTO ");
	name(b, t->schema);
	buf_addc(b, '.');
	name(b, t->name);
}

/* GENERATED ALWAYS AS IDENTITY takes values only with this clause. */
static bool overrides(const struct pg_table *t)
{
	for (uint32_t i = 0; i < t->ncolumns; i++)
		if (t->columns[i].identity == PG_IDENTITY_ALWAYS)
			return true;
	return false;
}

static int kept(struct buf *b, struct vtext *out, struct arena *a, struct err *e)
{
	out->p = buf_ok(b) ? arena_strndup(a, b->p, b->n) : NULL;
	out->n = b->n;
	buf_free(b);
	return out->p != NULL ? 0 : err_nomem(e);
}

int enc_sql_default(struct vtext *s, const struct pg_table *t, struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;

	into(&b, t);
	buf_adds(&b, " DEFAULT VALUES;\n");
	return kept(&b, s, a, e);
}

int enc_sql_keys(struct enc_cell *cells, const struct enc_column *cols, uint32_t n,
	const struct pg_table *t, struct arena *a, struct err *e)
{
	struct buf b = BUF_INIT;
	struct vtext first;

	into(&b, t);
	for (uint32_t i = 0; i < n; i++) {
		buf_adds(&b, i == 0 ? " (" : ", ");
		name(&b, cols[i].name);
	}
	buf_addf(&b, ")%s VALUES (", overrides(t) ? " OVERRIDING SYSTEM VALUE" : "");
	if (kept(&b, &first, a, e) == -1)
		return -1;
	for (uint32_t i = 0; i < n; i++) {
		cells[i].key = i == 0 ? first.p : ", ";
		cells[i].nkey = i == 0 ? (uint32_t)first.n : 2;
		cells[i].fixed += cells[i].nkey;
	}
	return 0;
}
