/* SPDX-License-Identifier: MIT */
/*
 * Decoding: files of rows back into vectors, a block at a time, for every
 * format that is written (CSV, COPY text, COPY binary, JSON lines), whatever
 * cut them into shards.
 *
 * Three layers, each in files of its own. dec_in.c reads and decompresses the
 * shards into a window of bytes. A splitter (dec_csv.c, dec_binary.c,
 * dec_jsonl.c) cuts one record out of the window, in place, into fields. A
 * function for each type (dec_cell_text.c, dec_cell_binary.c) makes a field a
 * value of the vector. Whatever is wrong is reported with its row and column
 * and the work goes on: an audit has to count faults, not to stop at the first.
 */
#include "common/codec/dec.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/codec/dec_cell.h"
#include "common/codec/dec_in.h"

static const char *const faults[DEC_FAULTS] = {
	[DEC_FINE] = "nothing is wrong",
	[DEC_BAD_VALUE] = "not a value of the column's type",
	[DEC_OUT_OF_RANGE] = "outside the range or precision of the type",
	[DEC_TOO_LONG] = "longer than the type allows",
	[DEC_BAD_LABEL] = "no label of the enum",
	[DEC_BAD_UTF8] = "not valid UTF-8",
	[DEC_ROUNDED] = "more decimals than the type keeps",
	[DEC_BAD_ROW] = "not a row of the table's columns",
	[DEC_CUT] = "ends within a row or is damaged: what follows is not read",
	[DEC_NO_COLUMN] = "not in the files",
	[DEC_BEYOND] = "a number with more digits than are read",
	[DEC_EXTRA] = "the files have a column the table does not have",
};

const char *dec_fault_text(enum dec_fault f)
{
	return faults[f];
}

typedef enum dec_split split_fn(struct dec_cut *c, struct dec_record *r);

static split_fn *const splitters[DATA_FILES] = {
	[DATA_BINARY] = dec_binary_split,
	[DATA_TEXT] = dec_text_split,
	[DATA_CSV] = dec_csv_split,
	[DATA_JSONL] = dec_jsonl_split,
};

/*
 * The state: one column each for what the caller asked for, and which field
 * belongs to which.
 */
struct dec {
	const struct dec_spec *spec;
	struct arena a;
	struct dec_in in;
	struct dec_heap heap;
	struct dec_record rec;
	struct dec_col *cols;	 /* [spec->ncols] */
	struct dec_col **field;	 /* [rec.cap]: the column of each field, or NULL */
	uint32_t fields;	 /* a record must have */
	const struct vec **vecs; /* by table column, for dec_block */
	const uint8_t **unreadable;
	uint64_t rows; /* in earlier blocks */
	uint32_t n;    /* in this block */
	bool started, at_header;
};

/* Passes a problem on to the caller; column -1 is the row as a whole. */
static void report(const struct dec *d, enum dec_fault fault, uint64_t row, int col)
{
	if (d->spec->report != NULL)
		d->spec->report(d->spec->ctx, &(struct dec_problem){fault, row, col});
}

/*
 * Which column each field is, where the file does not say: the order of
 * spec->cols. In JSON lines members are looked up by name, so there the fields
 * are the table's columns.
 */
static void default_fields(struct dec *d)
{
	bool by_table = d->spec->format == DATA_JSONL;

	for (uint32_t i = 0; i < d->spec->ncols; i++)
		d->field[by_table ? d->spec->cols[i] : i] = &d->cols[i];
	d->fields = by_table ? d->spec->table->ncolumns : d->spec->ncols;
	d->rec.cap = by_table ? d->fields : d->rec.cap;
}

/*
 * Everything that the decoder needs is allocated here; the specification has to
 * outlive it.
 */
struct dec *dec_open(const struct dec_spec *s, struct err *e)
{
	uint32_t ncolumns = s->table->ncolumns;
	struct dec *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		err_nomem(e);
		return NULL;
	}
	d->spec = s;
	d->rec.cap = ncolumns + 64; /* a header may have columns that are not ours */
	d->rec.f = arena_array(&d->a, d->rec.cap, sizeof(*d->rec.f));
	d->field = arena_array(&d->a, d->rec.cap, sizeof(*d->field));
	d->cols = arena_array(&d->a, s->ncols, sizeof(*d->cols));
	d->vecs = arena_array(&d->a, ncolumns, sizeof(*d->vecs));
	d->unreadable = arena_array(&d->a, ncolumns, sizeof(*d->unreadable));
	if (d->rec.f == NULL || d->field == NULL || d->cols == NULL || d->vecs == NULL ||
		d->unreadable == NULL)
		goto nomem;
	for (uint32_t i = 0; i < s->ncols; i++) {
		if (!dec_col_init(
			    &d->cols[i], s->table, s->cols[i], s->format == DATA_BINARY, &d->a))
			goto nomem;
		d->vecs[s->cols[i]] = &d->cols[i].v;
	}
	default_fields(d);
	d->at_header = s->format == DATA_CSV;
	dec_in_init(&d->in, s->paths, s->npaths);
	return d;
nomem:
	err_nomem(e);
	dec_close(d);
	return NULL;
}

void dec_close(struct dec *d)
{
	if (d == NULL)
		return;
	dec_in_close(&d->in);
	dec_heap_free(&d->heap);
	arena_free(&d->a);
	free(d);
}

/* ---- records ------------------------------------------------------------------- */

/* An empty line is one empty field, or of a table without columns none. */
static void empty_line(struct dec *d)
{
	if (d->spec->ncols == 0 && d->rec.n == 1 && d->rec.f[0].n == 0)
		d->rec.n = 0;
}

/*
 * The CSV header says which field is which column: by its exact name, else by
 * its name in any case.
 */
static void read_header(struct dec *d)
{
	uint32_t n;

	empty_line(d);
	n = d->rec.n < d->rec.cap ? d->rec.n : d->rec.cap;
	memset(d->field, 0, d->rec.cap * sizeof(struct dec_col *));
	d->fields = d->rec.n;
	for (uint32_t i = 0; i < d->spec->ncols; i++) {
		const char *name = d->spec->table->columns[d->spec->cols[i]].name;
		size_t len = strlen(name);
		int found = -1;

		for (uint32_t k = 0; k < n; k++) {
			const struct dec_field *f = &d->rec.f[k];

			if (f->n != len || strncasecmp(f->p, name, len) != 0 || d->field[k] != NULL)
				continue;
			if (found == -1 || memcmp(f->p, name, len) == 0)
				found = (int)k;
		}
		d->vecs[d->spec->cols[i]] = found >= 0 ? &d->cols[i].v : NULL;
		if (found >= 0) {
			d->field[found] = &d->cols[i];
			continue;
		}
		report(d, DEC_NO_COLUMN, 0, (int)d->spec->cols[i]);
	}
	for (uint32_t k = 0; k < n; k++)
		if (d->field[k] == NULL)
			report(d, DEC_EXTRA, 0, -1);
	d->at_header = false;
}

/*
 * Marks the value as one that could not be read, which is not the same as a
 * NULL.
 */
static void set_unreadable(struct dec *d, struct dec_col *c)
{
	if (!c->any_unreadable)
		memset(c->unreadable, 0, VEC_BLOCK);
	c->any_unreadable = true;
	c->unreadable[d->n] = 1;
	dec_put_null(c, d->n);
}

/* A row that is there, but whose content is unknown. */
static void add_bad_row(struct dec *d, enum dec_fault fault)
{
	report(d, fault, d->rows + d->n + 1, -1);
	for (uint32_t i = 0; i < d->spec->ncols; i++)
		set_unreadable(d, &d->cols[i]);
	d->n++;
}

/* Decodes the fields of one record. */
static void add_row(struct dec *d)
{
	empty_line(d);
	if (d->rec.n != d->fields) {
		add_bad_row(d, DEC_BAD_ROW);
		return;
	}
	for (uint32_t k = 0; k < d->fields && k < d->rec.cap; k++) {
		const struct dec_field *f = &d->rec.f[k];
		struct dec_col *c = d->field[k];
		enum dec_fault fault;

		if (c == NULL)
			continue;
		if (f->null) {
			dec_put_null(c, d->n);
			continue;
		}
		fault = c->cell(c, f->p, f->n, d->n, &d->heap);
		if (fault == DEC_FINE)
			continue;
		report(d, fault, d->rows + d->n + 1, (int)c->index);
		if (fault != DEC_ROUNDED)
			set_unreadable(d, c);
	}
	d->n++;
}

/* The next shard: 1, 0 no more, -1. */
static int next_shard(struct dec *d, struct err *e)
{
	int more = dec_in_next(&d->in, e);

	if (more == 1 && d->spec->headers != NULL)
		d->at_header = d->spec->format == DATA_CSV && d->spec->headers[d->in.next - 1];
	return more;
}

/*
 * The rest of this shard is lost, since where records begin is no longer known;
 * one row that cannot be read stands for it.
 */
static int give_up(struct dec *d, struct err *e)
{
	*e = (struct err){0};
	add_bad_row(d, DEC_CUT);
	return next_shard(d, e);
}

/*
 * Cuts one record and adds it. Returns 1 to go on, 0 when the shards have
 * ended, -1 on an error.
 */
static int step(struct dec *d, struct err *e)
{
	struct dec_in *in = &d->in;
	struct dec_cut cut = {.first = !d->started, .table = d->spec->table};
	enum dec_split got;
	int more;

	for (;;) {
		if (in->start == in->end) {
			more = dec_in_fill(in, e);
			if (more == -1)
				return e->kind == ERR_INPUT ? give_up(d, e) : -1;
			if (more == 0)
				return next_shard(d, e);
		}
		cut.p = in->p + in->start;
		cut.n = in->end - in->start;
		cut.eof = in->eof;
		got = splitters[d->spec->format](&cut, &d->rec);
		if (got != DEC_MORE)
			break;
		more = dec_in_fill(in, e);
		if (more == -1)
			return e->kind == ERR_INPUT ? give_up(d, e) : -1;
		if (more == 2) /* no row is that long */
			break;
	}
	d->started = true;
	if (got == DEC_MORE || got == DEC_BROKEN)
		return give_up(d, e);
	in->start += cut.used;
	if (got == DEC_WRONG)
		add_bad_row(d, DEC_BAD_ROW);
	else if (got == DEC_GOT && d->at_header)
		read_header(d);
	else if (got == DEC_GOT)
		add_row(d);
	return 1;
}

/* The next block; its texts live until the call after. */
int dec_next(struct dec *d, struct dec_block *b, struct err *e)
{
	int more = 1;

	d->rows += d->n;
	d->n = 0;
	dec_heap_reset(&d->heap);
	for (uint32_t i = 0; i < d->spec->ncols; i++) {
		d->cols[i].v.has_null = false;
		d->cols[i].any_unreadable = false;
	}
	while (d->n < VEC_BLOCK && more == 1) {
		more = step(d, e);
		if (d->heap.failed)
			return err_nomem(e);
	}
	if (more == -1)
		return -1;
	for (uint32_t i = 0; i < d->spec->ncols; i++) {
		struct dec_col *c = &d->cols[i];

		c->v.n = d->n;
		d->unreadable[c->index] = c->any_unreadable ? c->unreadable : NULL;
	}
	*b = (struct dec_block){d->rows, d->n, d->vecs, d->unreadable};
	return d->n > 0 ? 1 : 0;
}
