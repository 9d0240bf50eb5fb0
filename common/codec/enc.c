/* SPDX-License-Identifier: MIT */
/*
 * Encoding: blocks of vectors to the bytes of a format.
 *
 * Each format has a table of functions, one for each type of vector
 * (enc_text.c, enc_json.c, enc_binary.c), and a function that writes rows.
 * Before a block is written, room is made for the worst that it can become, so
 * that no cell has to look whether there is any; functions return where they
 * stopped. Labels of enums and keys of JSON are encoded once, into slots that
 * can be copied whole with a copy of fixed size.
 */
#include "common/codec/enc.h"

#include <assert.h>
#include <string.h>

#include "common/base/err.h"
#include "common/base/num.h"
#include "common/codec/enc_cell.h"

/* The format, and a cell for each column. */
struct enc {
	enum data_format format;
	const struct enc_column *cols;
	uint32_t n;
	struct enc_cell *cells;
	struct enc_day *days;
	struct vtext statement; /* sql: of a row that is all defaults */
};

/* what a format is */
static const struct {
	const struct enc_kind *kinds;
	char *(*string)(char *to, const char *p, size_t n);
	uint32_t string_fixed, string_times;
} formats[DATA_FORMATS] = {
	[DATA_CSV] = {enc_csv_kinds, enc_csv_string, 2, 2},
	[DATA_TEXT] = {enc_text_kinds, enc_text_string, 0, 2},
	[DATA_BINARY] = {enc_binary_kinds, enc_binary_string, 4, 1},
	[DATA_JSONL] = {enc_json_kinds, enc_json_string, 2, 6},
	[DATA_SQL] = {enc_sql_kinds, enc_sql_string, 2, 2},
};

/* ---- opening ----------------------------------------------------------------- */

/* A text as the format writes it, in a slot. */
static bool string_in(struct arena *a, enum data_format f, const char *s, struct vtext *out)
{
	size_t n = strlen(s), room = formats[f].string_fixed + n * formats[f].string_times;
	char *p = arena_alloc(a, room + LABEL_SLOT);

	if (p == NULL)
		return false;
	out->p = p;
	out->n = (size_t)(formats[f].string(p, s, n) - p);
	return true;
}

/* The labels of an enum, as the format writes them. */
static int labels_of(struct enc_cell *c, enum data_format f, const struct pg_type *t,
	struct arena *a, struct err *e)
{
	size_t longest = 0;

	if ((c->labels = arena_array(a, t->nlabels + 1UL, sizeof(c->labels[0]))) == NULL)
		return err_nomem(e);
	for (uint32_t i = 0; i < t->nlabels; i++) {
		if (!string_in(a, f, t->labels[i], &c->labels[i]))
			return err_nomem(e);
		longest = c->labels[i].n > longest ? c->labels[i].n : longest;
	}
	c->fixed += (uint32_t)longest + LABEL_SLOT;
	return 0;
}

/* The key of a JSON member, with the comma or brace before it. */
static int key_of(struct enc_cell *c, const char *name, bool first, struct arena *a, struct err *e)
{
	struct vtext quoted;
	char *p;

	if (!string_in(a, DATA_JSONL, name, &quoted))
		return err_nomem(e);
	if ((p = arena_alloc(a, quoted.n + 2)) == NULL)
		return err_nomem(e);
	p[0] = first ? '{' : ',';
	memcpy(p + 1, quoted.p, quoted.n);
	p[quoted.n + 1] = ':';
	c->key = p;
	c->nkey = (uint32_t)quoted.n + 2;
	return 0;
}

/* The texts of days are made for columns that have some, in formats that write them. */
static bool writes_days(const struct enc *x, uint32_t i)
{
	enum vtype t = x->cols[i].type;

	return x->format != DATA_BINARY && (t == VT_DATE || t == VT_TS || t == VT_TSTZ);
}

/* The function for what is known of a column: texts that need no test, the scale of money. */
static void choose_put(struct enc_cell *c, enum data_format f, unsigned texts)
{
	static const struct {
		char *(*roomy)(const struct enc_cell *c, uint32_t row, char *to);
		char *(*bare)(const struct enc_cell *c, uint32_t row, char *to);
	} known[DATA_FORMATS] = {
		[DATA_CSV] = {enc_csv_roomy, enc_put_bare},
		[DATA_TEXT] = {NULL, enc_put_bare},
		[DATA_BINARY] = {enc_binary_roomy, enc_binary_roomy},
		[DATA_JSONL] = {NULL, enc_json_bare},
	};

	if (c->put == enc_put_dec && c->scale == 2)
		c->put = enc_put_dec2;
	if (c->type != VT_TEXT || c->cls == PG_CHAR || (texts & TEXT_ROOMY) == 0)
		return;
	if ((texts & TEXT_BARE) != 0 && known[f].bare != NULL)
		c->put = known[f].bare;
	else if (known[f].roomy != NULL)
		c->put = known[f].roomy;
}

/* Prepares a column for its format. */
static int cell_open(struct enc *x, uint32_t i, struct arena *a, struct err *e)
{
	const struct enc_column *col = &x->cols[i];
	const struct enc_kind *kind = &formats[x->format].kinds[col->type];
	struct enc_cell *c = &x->cells[i];

	if (writes_days(x, i) && x->days == NULL && (x->days = enc_days(a)) == NULL)
		return err_nomem(e);
	*c = (struct enc_cell){.put = kind->put,
		.vec = col->vec,
		.type = col->type,
		.scale = col->scale,
		.unit = divisor_of(col->type == VT_DEC ? (uint64_t)num_pow10(col->scale) : 1),
		.pad = col->scale <= 4 ? (uint16_t)num_pow10(4u - col->scale) : 0,
		.days = x->days,
		.cls = col->base.type->cls,
		.fixed = kind->fixed + 1, /* what divides cells, or a NULL */
		.times = kind->times};
	choose_put(c, x->format, col->texts);
	if (x->format == DATA_BINARY && !enc_binary_has(col->base, col->type))
		return err_set(e, ERR_NO,
			"column %s: type %s has no binary form here, use --format text", col->name,
			col->base.type->name);
	if (col->type == VT_ENUM && labels_of(c, x->format, col->base.type, a, e) == -1)
		return -1;
	if (x->format == DATA_JSONL && key_of(c, col->name, i == 0, a, e) == -1)
		return -1;
	c->fixed += c->nkey + 6; /* NULL, and what divides and ends a row */
	return 0;
}

/* Generated columns are PostgreSQL's to compute, and are in no file. */
enum data_format enc_format(const struct pg_table *t, enum data_format f)
{
	for (uint32_t i = 0; f == DATA_BINARY && i < t->ncolumns; i++) {
		struct pg_base base = pg_base_of(t->columns[i].type, t->columns[i].typmod);
		uint8_t scale;

		if (t->columns[i].generated == NULL &&
			!enc_binary_has(base, pg_vtype(base, &scale)))
			return DATA_TEXT;
	}
	return f;
}

/*
 * The arena keeps labels, keys and the table of days as long as the encoder is
 * used.
 */
int enc_open(struct enc **out, enum data_format f, const struct enc_column *cols, uint32_t n,
	struct arena *a, struct err *e)
{
	struct enc *x = arena_alloc(a, sizeof(*x));

	if (x == NULL || (x->cells = arena_array(a, n + 1UL, sizeof(x->cells[0]))) == NULL)
		return err_nomem(e);
	x->format = f;
	x->cols = cols;
	x->n = n;
	for (uint32_t i = 0; i < n; i++)
		if (cell_open(x, i, a, e) == -1)
			return -1;
	*out = x;
	return 0;
}

int enc_into(struct enc *x, const struct pg_table *t, struct arena *a, struct err *e)
{
	if (x->format != DATA_SQL)
		return 0;
	return x->n > 0 ? enc_sql_keys(x->cells, x->cols, x->n, t, a, e)
			: enc_sql_default(&x->statement, t, a, e);
}

/* ---- head and tail ------------------------------------------------------------- */

static const char binary_header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* flags, extension */
static const char binary_trailer[2] = {(char)0xff, (char)0xff};

/* The column names of CSV, the signature of COPY binary; in SQL, how texts are to be read. */
void enc_header(const struct enc *x, struct buf *b)
{
	if (x->format == DATA_BINARY)
		buf_add(b, binary_header, sizeof(binary_header));
	if (x->format == DATA_SQL)
		buf_adds(b, "SET client_encoding = 'UTF8';\n"
			    "SET standard_conforming_strings = on;\n");
	for (uint32_t i = 0; x->format == DATA_CSV && i < x->n; i++) {
		size_t n = strlen(x->cols[i].name);

		if (!buf_reserve(b, 2 * n + 4))
			return;
		b->n = (size_t)(enc_csv_string(b->p + b->n, x->cols[i].name, n) - b->p);
		buf_addc(b, i + 1 < x->n ? ',' : '\n');
	}
	if (x->format == DATA_CSV && x->n == 0)
		buf_addc(b, '\n'); /* COPY skips a line where it is told of a header */
}

void enc_trailer(const struct enc *x, struct buf *b)
{
	if (x->format == DATA_BINARY)
		buf_add(b, binary_trailer, sizeof(binary_trailer));
}

/* ---- rows -------------------------------------------------------------------------- */

/*
 * The most bytes that the block can become: a fixed size for each cell, and for
 * texts a multiple of their length.
 */
static size_t worst(const struct enc *x, uint32_t n)
{
	size_t all = 64 + (8ULL + x->statement.n) * n;

	for (uint32_t c = 0; c < x->n; c++) {
		const struct enc_cell *cell = &x->cells[c];
		size_t bytes = 0;

		all += (size_t)cell->fixed * n;
		if (cell->times == 0)
			continue;
		for (uint32_t i = 0; i < n; i++)
			bytes += vec_is_null(cell->v, i) ? 0 : cell->v->v.t[i].n;
		all += bytes * cell->times;
	}
	return all;
}

/*
 * Cells with commas between them and a newline at the end; NULL is an empty
 * field without quotes.
 */
static char *rows_csv(
	const struct enc_cell *cells, const struct enc_cell *end, uint32_t n, char *to)
{
	for (uint32_t i = 0; i < n; i++) {
		for (const struct enc_cell *c = cells; c < end; c++) {
			if (!enc_is_null(c, i))
				to = c->put(c, i, to);
			*to++ = ',';
		}
		to -= cells < end; /* the last comma; a table without columns has none */
		*to++ = '\n';
	}
	return to;
}

/* Cells with tabs between; NULL is \N. */
static char *rows_text(
	const struct enc_cell *cells, const struct enc_cell *end, uint32_t n, char *to)
{
	for (uint32_t i = 0; i < n; i++) {
		for (const struct enc_cell *c = cells; c < end; c++) {
			if (enc_is_null(c, i)) {
				memcpy(to, "\\N", 2);
				to += 2;
			} else {
				to = c->put(c, i, to);
			}
			*to++ = '\t';
		}
		to -= cells < end;
		*to++ = '\n';
	}
	return to;
}

/* Each cell with what stands before it, then what ends the row. */
static inline char *rows_keyed(const struct enc_cell *cells, const struct enc_cell *end, uint32_t n,
	char *to, const char null[static 4], const struct vtext *last)
{
	for (uint32_t i = 0; i < n; i++) {
		for (const struct enc_cell *c = cells; c < end; c++) {
			memcpy(to, c->key, c->nkey);
			to += c->nkey;
			if (enc_is_null(c, i)) {
				memcpy(to, null, 4);
				to += 4;
			} else {
				to = c->put(c, i, to);
			}
		}
		memcpy(to, last->p, last->n);
		to += last->n;
	}
	return to;
}

/* One object a line; NULL is null. */
static char *rows_jsonl(
	const struct enc_cell *cells, const struct enc_cell *end, uint32_t n, char *to)
{
	static const struct vtext brace = {"}\n", 2}, empty = {"{}\n", 3};

	return rows_keyed(cells, end, n, to, "null", cells < end ? &brace : &empty);
}

/* A statement a row; NULL is NULL. */
static char *rows_sql(
	const struct enc_cell *cells, const struct enc_cell *end, uint32_t n, char *to)
{
	static const struct vtext last = {");\n", 3};

	return rows_keyed(cells, end, n, to, "NULL", &last);
}

/* Rows without columns: the same statement for each. */
static void rows_default(const struct enc *x, uint32_t n, struct buf *b)
{
	for (uint32_t i = 0; i < n; i++)
		buf_add(b, x->statement.p, x->statement.n);
}

/* Appends ${n} rows to ${b}; a buffer that has failed stays as it is. */
void enc_rows(struct enc *x, const struct vec *const *vecs, uint32_t n, struct buf *b)
{
	static enc_rows_fn *const rows[DATA_FORMATS] = {
		[DATA_CSV] = rows_csv,
		[DATA_TEXT] = rows_text,
		[DATA_BINARY] = enc_binary_rows,
		[DATA_JSONL] = rows_jsonl,
		[DATA_SQL] = rows_sql,
	};

	for (uint32_t c = 0; c < x->n; c++) {
		x->cells[c].v = vecs[x->cells[c].vec];
		x->cells[c].null = x->cells[c].v->has_null ? x->cells[c].v->null : NULL;
		assert(x->cells[c].v->type == x->cells[c].type);
	}
	if (!buf_reserve(b, worst(x, n)))
		return;
	if (x->format == DATA_SQL && x->n == 0) {
		rows_default(x, n, b);
		return;
	}
	b->n = (size_t)(rows[x->format](x->cells, x->cells + x->n, n, b->p + b->n) - b->p);
}
