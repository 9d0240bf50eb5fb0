/* SPDX-License-Identifier: MIT */
/*
 * engine RUN: the rows of every table of the plan, made in blocks.
 *
 * A row is the same in whatever block it is made, and alone; NULLs are counted as often as they are
 * there; and a row that engine_row() makes again has the parents and draws that it says.
 * RUN has the key snapshots of the parents.
 */
#include "common/engine/engine.h"

#include <stdio.h>

#include "common/base/err.h"
#include "common/io/rundir.h"
#include "tests/unit/gen_fixture.h"
#include "tests/unit/run_fixture.h"

enum { ROWS_MOST = 4096 };

struct looked {
	const struct rundir *run;
	const struct table_program *b;
	struct engine *g;
	uint64_t rows;
	struct arena a;
};

/* ---- what a row is ------------------------------------------------------------------------ */

/* Of all columns that are made: whether it is NULL, and the value. */
static uint64_t row_hash(const struct looked *x, uint32_t i)
{
	const struct vec *const *cols = engine_columns(x->g);
	uint64_t h = 7;

	for (uint32_t c = 0; c < x->b->t->table->ncolumns; c++) {
		if (cols[c] == NULL)
			continue;
		h = rng_subkey(h, vec_is_null(cols[c], i) ? 1 : fix_hash(cols[c], i));
	}
	return h;
}

/* The hashes of rows [from, to), made ${step} at a time. */
static bool hashes(struct looked *x, uint64_t from, uint64_t to, uint32_t step, uint64_t *hash)
{
	struct err e = {.kind = ERR_NONE};

	for (uint64_t row = from; row < to; row += step) {
		uint32_t n = to - row < step ? (uint32_t)(to - row) : step;

		if (engine_block(x->g, row, n, &e) == -1) {
			fprintf(stderr, "%s: %s\n", x->b->t->table->name, e.msg);
			return false;
		}
		for (uint32_t i = 0; i < n; i++)
			hash[row + i] = row_hash(x, i);
	}
	return true;
}

static bool open_engine(struct looked *x)
{
	struct err e = {.kind = ERR_NONE};
	const struct table_program *as;
	struct foreign *fc;

	if (engine_context(&as, &fc, x->b, x->run, NULL, &x->a, &e) == 0 &&
		engine_open(&x->g, as, fc, &x->a, &e) == 0) {
		x->b = as;
		return true;
	}
	fprintf(stderr, "%s: %s\n", x->b->t->table->name, e.msg);
	return false;
}

/* ---- what must hold ------------------------------------------------------------------------ */

static void blocks_of_any_size_make_the_same_rows(struct looked *x, const uint64_t *want)
{
	static const uint32_t steps[] = {1, 7, 500};
	static uint64_t got[ROWS_MOST];

	for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
		uint64_t from = x->rows / 3 * (s % 2), bad = 0;

		CHECK(hashes(x, from, x->rows, steps[s], got));
		for (uint64_t r = from; r < x->rows; r++)
			bad += got[r] != want[r];
		CHECK(bad == 0);
	}
}

static void a_row_alone_is_the_same(struct looked *x, const uint64_t *want)
{
	for (uint64_t r = 0; r < x->rows; r += 1 + x->rows / 23) {
		struct err e = {.kind = ERR_NONE};
		struct engine_row row;

		CHECK(engine_row(x->g, r, &row, &e) == 0);
		CHECK(row_hash(x, 0) == want[r]);
		CHECK(row.attempts < ENGINE_ATTEMPTS);
		for (uint32_t i = 0; i < row.attempts; i++)
			CHECK(row.failed[i] != 0);
		for (uint32_t f = 0; f < x->b->t->nfks; f++) {
			const struct plan_fk *fk = &x->b->t->fks[f];
			uint64_t k, parent;

			if (!how_picks(x->b->fks[f].how))
				continue;
			parent = engine_row_parent(&row, f, &k);
			CHECK(parent == UINT64_MAX || parent < x->b->plan->tables[fk->parent].rows);
		}
		for (uint32_t c = 0; c < x->b->t->table->ncolumns; c++) {
			struct engine_draw d;

			if (engine_row_draw(&row, c, &d) && d.gen != NULL)
				CHECK(d.index < d.gen->space && d.lo <= d.hi);
		}
	}
}

static void nulls_are_counted(struct looked *x)
{
	const struct engine_counts *n = engine_counts(x->g);
	const struct vec *const *cols;
	struct err e = {.kind = ERR_NONE};
	uint64_t before[64];
	uint32_t some = x->rows < 100 ? (uint32_t)x->rows : 100, columns = x->b->t->table->ncolumns;
	uint64_t rows = n->rows;

	columns = columns < 64 ? columns : 64;
	for (uint32_t c = 0; c < columns; c++)
		before[c] = n->nulls[c];
	CHECK(engine_block(x->g, 0, some, &e) == 0);
	CHECK(n->rows == rows + some);
	cols = engine_columns(x->g);
	for (uint32_t c = 0; c < columns; c++) {
		uint64_t nulls = 0;

		for (uint32_t i = 0; cols[c] != NULL && i < some; i++)
			nulls += vec_is_null(cols[c], i);
		CHECK(cols[c] == NULL || n->nulls[c] - before[c] == nulls);
	}
	CHECK(n->most >= 1 && n->most <= ENGINE_ATTEMPTS);
}

/* ---- tables --------------------------------------------------------------------------------- */

static void table(const struct rundir *run, const struct plan *plan, const struct plan_table *t,
	const struct schema *schema)
{
	static uint64_t want[ROWS_MOST];
	struct looked x = {.run = run, .rows = t->rows, .a = ARENA_INIT};
	struct err e = {.kind = ERR_NONE};
	struct table_program *b;

	if (x.rows > ROWS_MOST)
		x.rows = ROWS_MOST;
	CHECK(program_compile(&b, plan, t, schema, NULL, &x.a, &e) == 0);
	x.b = b;
	if (x.b != NULL && open_engine(&x)) {
		CHECK(hashes(&x, 0, x.rows, VEC_BLOCK, want));
		blocks_of_any_size_make_the_same_rows(&x, want);
		if (x.rows > 0) {
			a_row_alone_is_the_same(&x, want);
			nulls_are_counted(&x);
		}
	} else {
		CHECK(!"the engine opens");
	}
	engine_close(x.g);
	arena_free(&x.a);
}

int main(int argc, char **argv)
{
	static struct run_fixture r;

	if (argc != 2 || run_fixture_open(&r, argv[1]) == -1)
		return 2;
	for (uint32_t i = 0; i < r.plan.ntables; i++)
		if (!r.plan.tables[i].existing)
			table(&r.run, &r.plan, &r.plan.tables[i], &r.schema);
	arena_free(&r.a);
	return check_done();
}
