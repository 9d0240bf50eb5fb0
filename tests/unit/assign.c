/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/str.h"
#include "common/codec/dec.h"
#include "common/codec/enc.h"
#include "common/schema/schema.h"
#include "common/sql/sql.h"

/*
 * assign SCHEMA ROWS DIR: assign every column of table m to every other.
 *
 * SCHEMA: a schema.msgpack with a table m whose first column is its key.  ROWS: m as CSV.
 * Writes DIR/COLUMN.csv, .text, .binary and .jsonl for each column: the key, and of each other
 * column what it became as a value of COLUMN's type, NULL where it has none.  Prints lines, tabs
 * between: source, target, "free", "cast" or "none"; and of each row that has no value source,
 * target, "fault", key, why.
 */

static struct arena forever = ARENA_INIT;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(2);
}

static void unreadable(void *ctx, const struct dec_problem *p)
{
	const struct pg_table *t = ctx;

	fprintf(stderr, "row %llu, column %s: %s\n", (unsigned long long)p->row,
		p->col >= 0 ? t->columns[p->col].name : "?", dec_fault_text(p->fault));
}

/* A generator draws a real as a double that may be finer than a real is. */
static void refine(const struct pg_column *c, const struct vec *v)
{
	if (pg_base_of(c->type, c->typmod).type->cls != PG_FLOAT4)
		return;
	for (uint32_t i = 0; i < v->n; i++)
		if ((double)(float)(v->v.f[i] * (1 + 1e-12)) == v->v.f[i])
			v->v.f[i] *= 1 + 1e-12;
}

/* One column as another's; rows without a value are told and NULL. */
static bool assigned(const struct pg_column *from, const struct pg_column *to, const struct vec *in,
	const struct vec *id, struct vec *out)
{
	struct err e = {.kind = ERR_NONE};
	struct sql_fault fault = {.why = NULL};
	struct sql_expr *x;
	uint8_t live[VEC_BLOCK];
	uint8_t scale;

	if (sql_compile_move(&x, from, to, false, &forever, &e) != SQL_OK) {
		if (e.kind != ERR_NO)
			die(e.msg);
		printf("%s\t%s\tnone\t\t%s\n", from->name, to->name, e.msg);
		return false;
	}
	printf("%s\t%s\t%s\t\t\n", from->name, to->name, x == NULL ? "free" : "cast");
	if (!vec_init(out, pg_vtype(pg_base_of(to->type, to->typmod), &scale), &forever))
		die("memory");
	out->scale = scale;
	if (x == NULL) {
		*out = *in;
		return true;
	}
	memset(live, 1, sizeof(live));
	do {
		out->has_null = false;
		if (sql_assign(x, &in, in->n, live, out, &fault, &forever, &e) == -1)
			die(e.msg);
		if (fault.why != NULL) {
			live[fault.row] = 0;
			printf("%s\t%s\tfault\t%lld\t%s\n", from->name, to->name,
				(long long)id->v.i[fault.row], fault.why);
		}
	} while (fault.why != NULL);
	return true;
}

static void write_rows(const char *dir, const char *name, enum data_format f,
	const struct enc_column *cols, uint32_t ncols, const struct vec *const *vecs)
{
	static const char *const ends[DATA_FILES] = {[DATA_CSV] = "csv",
		[DATA_TEXT] = "text",
		[DATA_BINARY] = "binary",
		[DATA_JSONL] = "jsonl"};
	struct buf b = BUF_INIT;
	struct err e = {.kind = ERR_NONE};
	struct enc *x;
	FILE *to;

	if (enc_open(&x, f, cols, ncols, &forever, &e) == -1)
		return; /* a type without a binary form */
	enc_header(x, &b);
	enc_rows(x, vecs, vecs[0]->n, &b);
	enc_trailer(x, &b);
	to = fopen(arena_printf(&forever, "%s/%s.%s", dir, name, ends[f]), "wb");
	if (to == NULL || fwrite(b.p, 1, b.n, to) != b.n || fclose(to) != 0)
		die("cannot write");
	buf_free(&b);
}

static void as_column(
	const struct pg_table *t, uint32_t to, const struct dec_block *rows, const char *dir)
{
	const struct pg_column *target = &t->columns[to];
	struct pg_base base = pg_base_of(target->type, target->typmod);
	struct enc_column *cols = arena_array(&forever, t->ncolumns, sizeof(*cols));
	const struct vec **vecs = arena_array(&forever, t->ncolumns, sizeof(*vecs));
	struct vec *out = arena_array(&forever, t->ncolumns, sizeof(*out));
	uint32_t n = 1;

	if (cols == NULL || vecs == NULL || out == NULL)
		die("memory");
	cols[0] = (struct enc_column){.name = t->columns[0].name,
		.type = VT_INT,
		.base = pg_base_of(t->columns[0].type, t->columns[0].typmod)};
	vecs[0] = rows->cols[0];
	for (uint32_t from = 1; from < t->ncolumns; from++) {
		if (!assigned(&t->columns[from], target, rows->cols[from], rows->cols[0], &out[n]))
			continue;
		cols[n] = (struct enc_column){.name = t->columns[from].name,
			.vec = n,
			.type = out[n].type,
			.scale = out[n].scale,
			.base = base};
		vecs[n] = &out[n];
		n++;
	}
	for (int f = 0; f < DATA_FILES; f++)
		write_rows(dir, target->name, (enum data_format)f, cols, n, vecs);
}

int main(int argc, char **argv)
{
	struct schema s;
	struct err e = {.kind = ERR_NONE};
	struct dec_block rows;
	struct dec_spec spec = {.format = DATA_CSV, .npaths = 1, .report = unreadable};
	const char *path;
	uint32_t *all;
	struct dec *d;

	if (argc != 4 || schema_read(&s, argv[1], &forever, &e) == -1)
		die(argc != 4 ? "usage: assign SCHEMA ROWS DIR" : e.msg);
	path = argv[2];
	for (uint32_t i = 0; i < s.ntables; i++)
		if (strcmp(s.tables[i].name, "m") == 0)
			spec.table = &s.tables[i];
	if (spec.table == NULL)
		die("there is no table m");
	spec.ctx = (void *)(uintptr_t)spec.table;
	spec.paths = &path;
	spec.cols = all = arena_array(&forever, spec.table->ncolumns, sizeof(*all));
	spec.ncols = spec.table->ncolumns;
	for (uint32_t i = 0; all != NULL && i < spec.ncols; i++)
		all[i] = i;
	if ((d = dec_open(&spec, &e)) == NULL || dec_next(d, &rows, &e) != 1)
		die(e.msg);
	for (uint32_t i = 1; i < spec.ncols; i++)
		refine(&spec.table->columns[i], rows.cols[i]);
	for (uint32_t i = 1; i < spec.ncols; i++)
		as_column(spec.table, i, &rows, argv[3]);
	dec_close(d);
	arena_free(&forever);
	return 0;
}
