/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_DERIVE_WORLD_H
#define TESTS_UNIT_DERIVE_WORLD_H

#include "tests/unit/gen_fixture.h"

/*
 * A child t (fk, nome, d, ts, preco, qtd) of a parent p (id, d, ts), and the
 * generator under test on a seventh column.
 */
enum { FK, NOME, D, TS, PRECO, QTD, OUT, NCOLS };

static struct pg_type int4 = {.name = "int4", .cls = PG_INT4, .typmod = -1},
		      text = {.name = "text", .cls = PG_TEXT, .typmod = -1},
		      date = {.name = "date", .cls = PG_DATE, .typmod = -1},
		      tstz = {.name = "timestamptz", .cls = PG_TIMESTAMPTZ, .typmod = -1},
		      num = {.name = "numeric", .cls = PG_NUMERIC, .typmod = -1};

struct world {
	struct pg_column cols[NCOLS], pcols[3];
	struct pg_constraint fk;
	struct pg_table t, p;
	uint32_t fk_cols[1], fk_ref[1];
	const char *ref_names[1];
	struct gen_fix f;
};

static inline void make_world(struct world *w, struct pg_type *out, int32_t typmod)
{
	struct pg_type *types[NCOLS] = {&int4, &text, &date, &tstz, &num, &int4, out};
	static const char *names[NCOLS] = {"fk", "nome", "d", "ts", "preco", "qtd", "x"};

	memset(w, 0, sizeof(*w));
	fix_column(&w->f, PG_INT4, -1);
	for (int i = 0; i < NCOLS; i++)
		w->cols[i] = (struct pg_column){.name = names[i],
			.type = types[i],
			.typmod = -1,
			.formatted = types[i]->name};
	w->cols[PRECO].typmod = (12 << 16 | 2) + 4;
	w->cols[OUT].typmod = typmod;
	for (int i = 0; i < 3; i++)
		w->pcols[i] = (struct pg_column){.name = i == 0 ? "id" : names[i + 1],
			.type = i == 0 ? &int4 : types[i + 1],
			.typmod = -1,
			.formatted = types[i + 1]->name};
	w->p = (struct pg_table){.schema = "s", .name = "p", .columns = w->pcols, .ncolumns = 3};
	w->fk_cols[0] = FK;
	w->fk_ref[0] = 0;
	w->ref_names[0] = "id";
	w->fk = (struct pg_constraint){.kind = PG_CON_FOREIGN,
		.name = "t_fk",
		.cols = w->fk_cols,
		.ncols = 1,
		.ref_schema = "s",
		.ref_table = "p",
		.ref = &w->p,
		.ref_names = w->ref_names,
		.ref_cols = w->fk_ref};
	w->t = (struct pg_table){.schema = "s",
		.name = "t",
		.columns = w->cols,
		.ncolumns = NCOLS,
		.cons = &w->fk,
		.ncons = 1};
	w->f.c.table = &w->t;
	w->f.c.column = &w->cols[OUT];
	w->f.c.base = (struct pg_base){out, typmod};
	w->f.c.type = pg_vtype(w->f.c.base, &w->f.c.scale);
}

static inline void inputs(struct world *w, uint32_t nparams, const char *a, const char *b)
{
	fix_params(&w->f, nparams);
	mp_str(&w->f.packed, "input_columns");
	mp_array(&w->f.packed, b == NULL ? 1 : 2);
	mp_str(&w->f.packed, a);
	if (b != NULL)
		mp_str(&w->f.packed, b);
}

enum { N = VEC_BLOCK };

static struct vec in[2], out;
static uint64_t rows[N];
static struct gen_heap heap;

static inline void run(struct world *w, enum vtype t0, uint8_t s0, enum vtype t1)
{
	heap = GEN_HEAP_INIT;
	CHECK(vec_init(&out, w->f.c.type, &w->f.a));
	out.scale = w->f.c.scale;
	if (in[0].v.i == NULL) {
		CHECK(vec_init(&in[0], t0, &w->f.a));
		in[0].scale = s0;
	}
	if (in[1].v.i == NULL)
		CHECK(vec_init(&in[1], t1, &w->f.a));
	CHECK(gen_heap_reserve(&heap, (size_t)N * w->f.g.max_bytes + 1));
	for (uint32_t i = 0; i < N; i++)
		rows[i] = 1000 + i;
}

static inline void derive(struct world *w)
{
	const struct vec *ins[] = {&in[0], &in[1]};

	out.n = N;
	w->f.g.op->derive(&w->f.g, ins, rows, N, &out, &heap);
}

static inline void done(struct world *w)
{
	gen_heap_free(&heap);
	fix_free(&w->f);
	memset(in, 0, sizeof(in));
}

#endif
